"""Webhooks: what payment providers say to us, verified, stored, answered. What it means is the machine's question.

Stored before it is answered: a provider that hears "taken" never tells again. Who is refused hears why in one word, and
every refusal is counted by its reason. A refusal loses no money: the real message follows, or a query finds it.
Nothing that is sent makes these doors fail: a fault would page us for somebody else's mistake.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from certification.acts import inbox_entries, wallets
from certification.cloud import clock, metrics, secrets
from certification.cloud.log import logger
from certification.cloud.secrets import secret
from certification.providers import alipay_webhook, card_webhook, wechat_webhook
from certification.providers.signatures import Rejected
from certification.rules.payments import Method

Event = Mapping[str, Any]
Answer = dict[str, Any]
ALARMING = 60
"""Seconds by which a sender's clock may differ from ours before it is counted; more than 300 is refused."""
MOST_KEPT = 300_000
"""Characters of a message as its row holds it; a row takes 400 kB."""


def answer(event: Event) -> Answer:
    """The answer to one message, by the path it came on; a gateway lets slashes at its ends pass."""
    return DOORS[f"/{str(event['rawPath']).strip('/')}"](event)


def _card(event: Event) -> Answer:
    try:
        live = card_webhook.is_live(secret("card", "api")[0])
        verified = card_webhook.verify(event, secret("card", "webhook"), clock.now(), live=live)
        _kept("card", verified.id, verified.raw.decode(), verified.ahead)
    except Rejected as rejected:
        return {"statusCode": 400, "body": _refused("card", rejected)}
    return {"statusCode": 200, "body": ""}


def _alipay(event: Event) -> Answer:
    """Alipay hears exactly the seven characters `success`, or tells again."""
    try:
        verified = alipay_webhook.verify(event, wallets.alipay_account())
        _kept("alipay", verified.id, verified.body)
    except Rejected as rejected:
        return {"statusCode": 400, "headers": {"content-type": "text/plain"}, "body": _refused("alipay", rejected)}
    return {"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": "success"}


def _wechat_pay(event: Event) -> Answer:
    """WeChat Pay hears by the status alone; what it asks for in a refusal is a code and a sentence."""
    try:
        verified = _opened(event)
        _kept("wechat_pay", verified.id, verified.body, verified.ahead)
    except Rejected as rejected:
        said = json.dumps({"code": "FAIL", "message": _refused("wechat_pay", rejected)})
        return {"statusCode": 401, "headers": {"content-type": "application/json"}, "body": said}
    return {"statusCode": 204, "body": ""}


def _opened(event: Event) -> wechat_webhook.Verified:
    """A key that we do not know may be newer than what this process remembers: the secret is read once more, at most
    once a minute, whoever asks. Nobody is ever asked for a key."""
    try:
        return wechat_webhook.verify(event, wallets.wechat_account(), clock.now())
    except Rejected as rejected:
        if rejected.code != "unknown_key" or not secrets.read_anew("wechat_pay"):
            raise
    return wechat_webhook.verify(event, wallets.wechat_account(), clock.now())


def _refused(provider: Method, rejected: Rejected) -> str:
    # An alarm cannot add up reasons: it has a count of its own. A probe of WeChat Pay's is no attack, and not in it.
    if rejected.code != "probe":
        metrics.count("WebhookDistrusted")
    metrics.count("WebhookRefused", provider=provider, reason=rejected.code)
    logger.warning("webhook refused", provider=provider, code=rejected.code)
    return rejected.code


def _kept(provider: Method, event_id: str, body: str, ahead: int = 0) -> None:
    if abs(ahead) > ALARMING:
        metrics.count("WebhookClockDiffers", provider=provider, reason="fast" if ahead > 0 else "slow")
    if len(json.dumps(body, ensure_ascii=False).encode(errors="replace")) > MOST_KEPT:
        raise Rejected("too_large", "no row takes this message")
    stored = inbox_entries.receive(provider, event_id, body)
    logger.info("webhook stored" if stored else "webhook known", provider=provider, event=event_id)


DOORS: dict[str, Callable[[Event], Answer]] = {
    "/webhooks/card": _card,
    "/webhooks/alipay": _alipay,
    "/webhooks/wechatpay": _wechat_pay,
}
