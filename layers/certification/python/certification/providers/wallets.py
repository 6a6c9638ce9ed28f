"""WALLETS: one wallet, several products: the currency of an order says which of them takes it.

A mainland merchant can price in CNY only; an international one settles in foreign currency through another door. An
order's currency is known when its page is made, and stands in the checkout's id from then on; where only our reference
or the wallet's number is known, every product is asked in turn.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from certification.providers.ports import (
    Attempt,
    Checkout,
    CheckoutState,
    OrderLine,
    PaymentProvider,
    ProviderRefused,
)
from certification.providers.refund_ports import RefundAsked, RefundSeen
from certification.providers.wallet_numbers import currency_of


class ByCurrency:
    """The products of a wallet by currency. Implements `PaymentProvider`."""

    def __init__(self, products: Mapping[str, PaymentProvider]) -> None:
        self._products = products

    def create_checkout(
        self, attempt: Attempt, lines: Sequence[OrderLine], success_url: str, cancel_url: str, expires_at: datetime
    ) -> Checkout:
        """In the product that takes the order's currency; ProviderRefused where there is none."""
        product = self._product(lines[0].money.currency)
        return product.create_checkout(attempt, lines, success_url, cancel_url, expires_at)

    def find_checkout(self, wanted: str, since: datetime | None = None) -> CheckoutState | None:
        """In its own product, or in the first that knows it."""
        currency = currency_of(wanted)
        if currency:
            return self._product(currency).find_checkout(wanted, since)
        return self._first(lambda product: product.find_checkout(wanted, since))

    def expire_checkout(self, checkout: str) -> CheckoutState:
        """In its own product."""
        return self._product(currency_of(checkout) or "").expire_checkout(checkout)

    def send_refund(self, asked: RefundAsked) -> RefundSeen:
        """In the product that took the money."""
        return self._product(asked.captured.currency).send_refund(asked)

    def find_refund(self, asked: RefundAsked) -> RefundSeen | None:
        """In the product that took the money."""
        return self._product(asked.captured.currency).find_refund(asked)

    def find_reference(self, capture: str) -> str | None:
        """In the first product that knows it."""
        return self._first(lambda product: product.find_reference(capture))

    def _product(self, currency: str) -> PaymentProvider:
        if currency not in self._products:
            raise ProviderRefused(400, "currency", f"no product of this wallet takes {currency}")
        return self._products[currency]

    def _first[Found](self, ask: Callable[[PaymentProvider], Found | None]) -> Found | None:
        answers = (ask(product) for product in self._products.values())
        return next((answer for answer in answers if answer is not None), None)
