"""Looks at a file that a candidate uploaded."""

from certification.acts import uploads
from certification.cloud.handlers import Event, listener


@listener
def handler(detail: Event) -> None:
    uploads.check(detail["object"]["key"])
