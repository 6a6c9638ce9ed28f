"""Whose daily bills this stack reads, and where they come from.

A wallet has a product, and with it a bill, for each currency it settles in. Only products that a policy offers are asked.
"""

from functools import cache
from typing import NamedTuple

from certification.acts import wallets
from certification.acts.bank_days import Statements, stream_of
from certification.cloud.secrets import secret
from certification.cloud.settings import settings
from certification.policies import load_policy, schemes
from certification.providers.alipay_bill import AlipayBills
from certification.providers.alipay_international_bill import AlipayInternationalBills
from certification.providers.bill_ports import BillSource
from certification.providers.card_bill import CardBills
from certification.providers.wechat_bill import WechatBills
from certification.rules.payments import Method
from certification.rules.policy import Policy


class Stream(NamedTuple):
    """Bills that come day by day. `currency` is None where one bill holds all currencies; `accounts` are a bank's."""

    name: str
    provider: Method
    currency: str | None = None
    accounts: frozenset[str] = frozenset()


EVERY = (
    Stream("card", "card"),
    Stream("alipay", "alipay", "CNY"),
    Stream("alipay_international", "alipay", "USD"),
    Stream("wechat_pay", "wechat_pay", "CNY"),
    Stream("wechat_pay_global", "wechat_pay", "USD"),
)


@cache
def streams() -> tuple[Stream, ...]:
    """The bills of this stack. A wallet that the card provider takes is in the card provider's bill."""
    offered = {(way, policy.fees.settlement_currency) for policy in _policies() for way in policy.payment.ways}
    if settings().wallets_via == "stripe":
        offered = {(way, currency) for way, currency in offered if way not in wallets.WALLETS}
    asked = tuple(one for one in EVERY if one.currency is None or (one.provider, one.currency) in offered)
    return (*asked, *_banks())


@cache
def every() -> tuple[Stream, ...]:
    """All that there may be days of, whether it is still asked for or not."""
    return (*EVERY, *_banks())


def _banks() -> tuple[Stream, ...]:
    """Our bank's statements, which are dropped as files."""
    found: dict[str, set[str]] = {}
    for policy in _policies():
        if policy.payment.transfer_to is not None:
            found.setdefault(policy.fees.settlement_currency, set()).add(policy.payment.transfer_to.number)
    return tuple(
        Stream(stream_of(currency), "bank_transfer", currency, frozenset(accounts))
        for currency, accounts in sorted(found.items())
    )


def _policies() -> list[Policy]:
    return [load_policy(scheme)[0] for scheme in schemes()]


def bill_source(stream: Stream) -> BillSource:
    """Where these bills come from."""
    match stream.provider:
        case "card":
            return CardBills(settings().card_api, secret("card", "api")[0])
        case "alipay" if stream.currency == wallets.SETTLEMENT:
            return AlipayInternationalBills(wallets.alipay_abroad())
        case "alipay":
            return AlipayBills(wallets.alipay_pages())
        case "wechat_pay":
            return WechatBills(wallets.wechat_orders(stream.currency or ""))
        case "bank_transfer":
            return Statements(stream.name)
