"""RECEIPT PLATFORM: a public service that issues payers' electronic receipts, where a scheme's receipts come from there.

We report a payment once it settled an order; the platform numbers the receipt, and the payer queries and prints it
there (PAY-11). Reporting the same payment again gives the same receipt.
"""

import json
from datetime import datetime
from typing import Protocol

from pydantic import Field, ValidationError

from certification.providers import http
from certification.providers.ports import Lost, ProviderRefused, Unreachable
from certification.rules.model import Frozen
from certification.rules.money import Money


class Reported(Frozen):
    """A payment as the platform is told of it. `order` is the number that the payer queries by; `refund` our refund's
    id where money went back."""

    order: str = Field(min_length=1)
    payer: str = Field(min_length=1)
    money: Money
    happened_at: datetime
    refund: str | None = None


class PlatformReceipt(Frozen):
    """The receipt there: its number, and where the payer queries it."""

    number: str = Field(min_length=1)
    address: str = Field(pattern=r"^https?://")
    simulated: bool = False


class ReceiptPlatform(Protocol):
    """Whoever issues electronic receipts to payers."""

    def report(self, payment: Reported) -> PlatformReceipt:
        """Report a payment or refund. Raises Unreachable, Lost or ProviderRefused."""


class ReceiptsOverHttp:
    """The platform at `base_url`. Implements `ReceiptPlatform`."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")

    def report(self, payment: Reported) -> PlatformReceipt:
        """PUT under a name that follows from what is reported, so that a repetition is harmless."""
        name = f"{payment.order}.{payment.refund}" if payment.refund else payment.order
        reply = http.call(
            "PUT",
            f"{self._base}/v1/receipts/{name}",
            {"Content-Type": "application/json"},
            json.dumps(payment.model_dump(mode="json"), ensure_ascii=False).encode(),
        )
        if reply.status == 429:
            raise Unreachable("the platform takes no more reports now")
        if 400 <= reply.status < 500:
            raise ProviderRefused(reply.status, "refused", f"the platform refuses {name}")
        if reply.status != 200:
            raise Lost(f"the platform answered {reply.status}")
        try:
            return PlatformReceipt.model_validate(reply.json())
        except ValidationError as reason:
            raise Lost("the platform's answer is not a receipt") from reason
