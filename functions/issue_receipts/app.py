"""Gives the payer a receipt for what an announcement says happened to the money."""

from certification.acts import receipts
from certification.cloud.handlers import Event, listener


@listener
def handler(detail: Event) -> None:
    receipts.issue(detail["name"], detail)
