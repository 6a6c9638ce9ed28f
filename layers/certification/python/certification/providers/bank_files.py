"""A BANK AS A PAYMENT PROVIDER: it has no pages and answers no questions; what happened is told by its files.

Sending a refund through it means putting it into the next file, which is the acts' (`bank_refunds.py`).
"""

from typing import Any

from certification.providers.ports import Checkout, CheckoutState, ProviderRefused, Unreachable
from certification.providers.refund_ports import RefundAsked, RefundSeen


class BankByFiles:
    """Implements `PaymentProvider` as far as a bank can."""

    def create_checkout(self, *_: Any, **__: Any) -> Checkout:
        """A transfer is paid at the payer's bank."""
        raise ProviderRefused(405, "no_page", "a transfer is paid at the payer's bank")

    def find_checkout(self, *_: Any, **__: Any) -> CheckoutState | None:
        """Nothing could take money by itself: a credit finds its order by its reference."""
        return None

    def expire_checkout(self, *_: Any) -> CheckoutState:
        """There is nothing to close."""
        raise ProviderRefused(404, "no_page", "there is no page to close")

    def find_reference(self, *_: Any) -> str | None:
        """What a bank tells names its payment already."""
        return None

    def send_refund(self, asked: RefundAsked) -> RefundSeen:
        """Only by the next file."""
        raise Unreachable(f"{asked.refund} goes to the bank in a file")

    def find_refund(self, asked: RefundAsked) -> RefundSeen | None:
        """Only by the bank's next file."""
        raise Unreachable(f"what became of {asked.refund} stands in the bank's files")
