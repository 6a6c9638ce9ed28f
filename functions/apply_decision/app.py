"""Applies a decided case to what it is about."""

from certification.acts import decisions
from certification.cloud.handlers import Event, listener


@listener
def handler(detail: Event) -> None:
    decisions.apply(detail["case"])
