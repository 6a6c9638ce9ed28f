"""The wallets with the accounts, keys and addresses of this stack: directly, or through the card provider."""

from certification.cloud import clock
from certification.cloud.secrets import secret
from certification.cloud.settings import settings
from certification.providers import alipay_webhook, wechat_webhook
from certification.providers.alipay import AlipayPages
from certification.providers.alipay_international import AlipayInternational
from certification.providers.ports import PaymentProvider
from certification.providers.wallets import ByCurrency
from certification.providers.wechat import WechatOrders
from certification.providers.wechat_events import GLOBAL, MAINLAND
from certification.rules.payments import Method

SETTLEMENT = "USD"
"""What the international products settle in."""
WALLETS: tuple[Method, ...] = ("alipay", "wechat_pay")


def via(method: Method) -> Method | None:
    """Who processes a wallet where that is not the wallet itself: the card provider, on a stack set up so."""
    return "card" if method in WALLETS and settings().wallets_via == "stripe" else None


def alipay_account() -> alipay_webhook.Account:
    """Who we are to Alipay, and its public keys."""
    return alipay_webhook.Account(
        app=secret("alipay", "app")[0],
        seller=secret("alipay", "seller")[0],
        partner=secret("alipay", "partner")[0],
        keys=secret("alipay", "keys"),
    )


def alipay() -> PaymentProvider:
    """The mainland product in CNY, the international one in USD."""
    return ByCurrency({"CNY": alipay_pages(), SETTLEMENT: alipay_abroad()})


def alipay_abroad() -> AlipayInternational:
    """The international product alone, for its daily bill."""
    own, notify = secret("alipay", "own")[0], _notified("alipay")
    return AlipayInternational(settings().alipay_global_api, alipay_account(), own, SETTLEMENT, notify, clock.now)


def alipay_pages() -> AlipayPages:
    """The mainland product alone, for its daily bill."""
    own, notify = secret("alipay", "own")[0], _notified("alipay")
    return AlipayPages(settings().alipay_api, alipay_account(), own, notify, clock.now)


def wechat_account() -> wechat_webhook.Account:
    """Who we are to WeChat Pay, its public keys by serial, and the keys it seals with."""
    return wechat_webhook.Account(
        merchant=secret("wechat_pay", "merchant")[0],
        app=secret("wechat_pay", "app")[0],
        keys=dict(_named(text) for text in secret("wechat_pay", "keys")),
        seals=secret("wechat_pay", "seals"),
    )


def wechat_pay() -> PaymentProvider:
    """The mainland product in CNY, the Global one in USD."""
    return ByCurrency({"CNY": wechat_orders("CNY"), SETTLEMENT: wechat_orders(SETTLEMENT)})


def wechat_orders(currency: str) -> WechatOrders:
    """One product alone: each has a daily bill of its own."""
    base, product = (
        (settings().wechat_pay_api, MAINLAND) if currency == "CNY" else (settings().wechat_pay_global_api, GLOBAL)
    )
    own = _named(secret("wechat_pay", "own")[0])
    return WechatOrders(base, product, currency, wechat_account(), own, _notified("wechatpay"), clock.now)


def _notified(path: str) -> str:
    return f"{settings().public_url}/webhooks/{path}"


def _named(text: str) -> tuple[str, str]:
    """`<serial>=<key>`."""
    serial, _, key = text.partition("=")
    return serial.strip(), key.strip()
