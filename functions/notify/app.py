"""Writes to the candidate about an announcement."""

from certification.acts import notifications
from certification.cloud.handlers import Event, listener


@listener
def handler(detail: Event) -> None:
    notifications.write(detail["name"], detail)
