"""The wallets' doors as deployed: stored before it is answered, answered in each wallet's way, refused with a reason."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from certification.acts import webhooks
from certification.cloud import clients, metrics
from certification.cloud.settings import settings
from certification.cloud.tables.inbox import inbox
from certification.providers import http
from local.chain import chain
from local.simulators import wallet_keys
from tests.functions.stand import Stand
from tests.functions.wallet_samples import NOTICES, PAID, alipay, samples, wechat

DOORS = {"/webhooks/alipay", "/webhooks/wechatpay"}


@pytest.fixture(autouse=True)
def refusals(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """What was counted."""
    found: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(metrics, "count", lambda name, **about: found.append((name, about)))
    return found


def knock(stand: Stand, event: dict[str, Any]) -> tuple[int, str]:
    """The message at its door, by HTTP."""
    raw = event["body"].encode()
    if event["isBase64Encoded"]:
        raw = base64.b64decode(event["body"])
    answer = stand.cloud.request("POST", event["rawPath"], event["headers"], raw)
    return answer.status, answer.body.decode()


def kept(provider: str) -> list[str]:
    return [entry.id for entry in inbox.everything() if entry.provider == provider]


def test_alipay_hears_the_seven_characters_and_the_same_message_again_is_kept_once(stand: Stand) -> None:
    for _ in range(2):
        assert knock(stand, alipay(PAID)) == (200, "success")
    assert kept("alipay") == [f"alipay#{PAID['notify_id']}"]


@pytest.mark.scenario(37)
def test_wechat_pay_hears_that_nothing_is_to_be_said_and_the_same_message_again_is_kept_once(stand: Stand) -> None:
    fresh = wechat(*NOTICES["wechat_paid"], at=stand.clock.now())
    for _ in range(2):
        assert knock(stand, fresh) == (204, "")
    assert kept("wechat_pay") == [f"wechat_pay#{json.loads(fresh['body'])['id']}"]


@pytest.mark.scenario(42)
def test_a_probe_is_refused_with_401_and_counted_by_a_reason_of_its_own(
    stand: Stand, refusals: list[tuple[str, dict[str, str]]]
) -> None:
    status, body = knock(stand, samples()["wechat_probe"])
    assert (status, json.loads(body)) == (401, {"code": "FAIL", "message": "probe"})
    assert refusals == [("WebhookRefused", {"provider": "wechat_pay", "reason": "probe"})]


@pytest.mark.scenario(33)
@pytest.mark.scenario(35)
def test_every_refusal_is_a_4xx_with_a_counted_reason_and_nothing_is_kept(
    stand: Stand, refusals: list[tuple[str, dict[str, str]]]
) -> None:
    other = wallet_keys.stranger()
    messages = [
        alipay(PAID, key=other), alipay({**PAID, "app_id": "1"}), alipay(PAID, total_amount="1.00"),
        wechat(*NOTICES["wechat_paid"], at=stand.clock.now(), key=other), wechat(*NOTICES["wechat_paid"]),
        {**alipay(PAID), "body": "x", "isBase64Encoded": False}, {**wechat(*NOTICES["wechat_paid"]), "headers": {}},
    ]  # fmt: skip
    reasons = []
    for message in messages:
        status, _ = knock(stand, message)
        assert status in (400, 401)
        reasons.append(refusals[-1][1]["reason"])
    assert reasons == [
        "wrong_signature", "not_ours", "wrong_signature", "wrong_signature", "too_new", "not_form", "no_signature",
    ]  # fmt: skip
    assert kept("alipay") == kept("wechat_pay") == []


@pytest.mark.scenario(41)
def test_a_thousand_forged_messages_keep_nothing_and_make_nobody_call_out(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verified in this process, as in one that stays warm: the secret is read once, and once anew."""
    asked: list[str] = []
    monkeypatch.setattr(http, "before_call", asked.append)
    real, read = clients.secrets(), list[str]()

    class Counting:
        def get_secret_value(self, **about: str) -> Any:
            read.append(about["SecretId"])
            return real.get_secret_value(**about)

    monkeypatch.setattr(clients, "secrets", Counting)
    fresh = wechat(*NOTICES["wechat_paid"], at=stand.clock.now())
    for number in range(1000):
        forged = {**fresh, "headers": {**fresh["headers"], "wechatpay-serial": f"FORGED{number}"}}
        assert webhooks.answer(forged)["statusCode"] == 401
    assert asked == []
    assert len(read) <= 2
    assert kept("wechat_pay") == []


@pytest.mark.scenario(40)
def test_a_new_key_is_accepted_as_soon_as_the_secret_has_it_and_the_secret_is_read_anew_once_a_minute(
    stand: Stand,
) -> None:
    name, serial = settings().secret("wechat_pay"), "PUB_KEY_ID_NEW"

    def arrives() -> int:
        fresh = wechat(*NOTICES["wechat_paid"], at=stand.clock.now(), serial=serial, key=wallet_keys.merchant())
        return int(webhooks.answer(fresh)["statusCode"])

    assert arrives() == 401
    held = json.loads(clients.secrets().get_secret_value(SecretId=name)["SecretString"])
    held["keys"] = [f"{serial}={wallet_keys.public_text(wallet_keys.merchant())}", *held["keys"]]
    clients.secrets().put_secret_value(SecretId=name, SecretString=json.dumps(held))
    assert arrives() == 401
    stand.clock.move_to(stand.clock.now() + timedelta(seconds=61))
    assert arrives() == 204


def test_a_message_is_verified_and_kept_in_three_cloud_calls_at_most(stand: Stand) -> None:
    """In a new process, which reads the secret first."""
    for message in (alipay(PAID), wechat(*NOTICES["wechat_paid"], at=stand.clock.now())):
        chain.only(lambda call: call.function == "assay-payment_webhook")
        chain.arm(None)
        try:
            assert knock(stand, message)[0] in (200, 204)
            assert [call.operation for call in chain.ledger] == ["GetSecretValue", "TransactWriteItems"]
        finally:
            chain.only(None)
            chain.arm(None)
