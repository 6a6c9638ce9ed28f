"""Whose daily bills this stack reads, and where they come from."""

from certification.cloud.secrets import secret
from certification.cloud.settings import settings
from certification.providers.bill_ports import BillSource
from certification.providers.card_bill import CardBills
from certification.rules.payments import Method

PROVIDERS: tuple[Method, ...] = ("card",)


def bill_source(provider: Method) -> BillSource:
    """Where this provider's bills come from."""
    match provider:
        case "card":
            return CardBills(settings().card_api, secret("card", "api")[0])
        case _:
            raise ValueError(f"no bills are read of {provider}")
