"""WeChat Pay's notifications: whose signature is believed, when, and its agreement with the vendor's own library."""

import base64
import dataclasses
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from hypothesis import given
from hypothesis import strategies as st
from wechatpayv3 import WeChatPay, WeChatPayType

from certification.providers.signatures import Rejected, raw_body
from certification.providers.wechat_webhook import Account, Verified, verify
from local.simulators import wallet_keys
from tests.functions.wallet_samples import EVENTS, NOTICES, NOW, ORDER, SEAL, SERIAL, WECHAT, samples, wechat, written

SAMPLES = sorted(EVENTS.glob("wechat_*.json"))
PAID = NOTICES["wechat_paid"]


def seen(request: dict[str, Any], account: Account = WECHAT, now: datetime = NOW) -> Verified:
    return verify(request, account, now)


def refused(request: dict[str, Any], account: Account = WECHAT, now: datetime = NOW) -> str:
    with pytest.raises(Rejected) as why:
        seen(request, account, now)
    return why.value.code


def with_header(name: str, value: str) -> dict[str, Any]:
    request = wechat(*PAID)
    return {**request, "headers": {**request["headers"], name: value}}


def vendor() -> WeChatPay:
    return WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=WECHAT.merchant,
        private_key=wallet_keys.private_text(wallet_keys.merchant()),
        cert_serial_no="AB",
        appid=WECHAT.app,
        apiv3_key=SEAL,
        notify_url="https://assay.example.org/webhooks/wechatpay",
        public_key=f"-----BEGIN PUBLIC KEY-----\n{WECHAT.keys[SERIAL]}\n-----END PUBLIC KEY-----",
        public_key_id=SERIAL,
    )


@pytest.mark.scenario(43)
def test_a_genuine_notification_is_opened_whether_the_body_is_packed_or_not() -> None:
    plain, packed = seen(wechat(*PAID)), seen(wechat(*PAID, packed=True))
    assert plain == packed
    assert (plain.resource, plain.ahead) == (ORDER, 0)
    assert json.loads(plain.body)["resource"] == ORDER


@pytest.mark.scenario(35)
@pytest.mark.parametrize(("seconds", "code"), [(-301, "too_old"), (301, "too_new"), (-86400, "too_old")])
def test_a_notification_outside_three_hundred_seconds_is_refused_both_ways(seconds: int, code: str) -> None:
    assert refused(wechat(*PAID, at=NOW + timedelta(seconds=seconds))) == code


@pytest.mark.scenario(36)
@pytest.mark.scenario(37)
@pytest.mark.parametrize("seconds", [-300, -240, 240, 300])
def test_within_the_window_it_is_accepted_also_a_second_time_and_the_difference_reported(seconds: int) -> None:
    request = wechat(*PAID, at=NOW + timedelta(seconds=seconds))
    assert seen(request) == seen(request)
    assert seen(request).ahead == seconds


@pytest.mark.scenario(40)
def test_keys_of_both_kinds_overlap_and_an_unknown_one_is_refused() -> None:
    other = wallet_keys.public_text(wallet_keys.merchant())
    both = dataclasses.replace(WECHAT, keys={**WECHAT.keys, "5157F09EFDC096DE15EBE81A47057A72": other})
    old = wechat(*PAID, serial="5157F09EFDC096DE15EBE81A47057A72", key=wallet_keys.merchant())
    assert refused(old) == "unknown_key"
    assert seen(old, both).id == seen(wechat(*PAID), both).id
    # A signature counts only under the serial that it names.
    assert refused(wechat(*PAID, serial="5157F09EFDC096DE15EBE81A47057A72"), both) == "wrong_signature"


def test_a_platform_certificate_serves_as_its_key() -> None:
    key, name = wallet_keys.merchant(), x509.Name([])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    lasting = made.serial_number(7).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    pem = lasting.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    account = dataclasses.replace(WECHAT, keys={"07": pem})
    assert seen(wechat(*PAID, serial="07", key=key), account).resource == ORDER


@pytest.mark.scenario(42)
def test_a_probe_is_refused_and_told_apart_from_a_forgery() -> None:
    assert refused(samples()["wechat_probe"]) == "probe"
    assert refused(wechat(*PAID, key=wallet_keys.stranger())) == "wrong_signature"


@pytest.mark.scenario(44)
@pytest.mark.parametrize("change", [str.upper, str.title, str.lower])
def test_the_case_of_the_headers_names_does_not_matter(change: Any) -> None:
    request = wechat(*PAID)
    headers = {change(name): value for name, value in request["headers"].items()}
    assert seen({**request, "headers": headers}).id == seen(request).id


@pytest.mark.scenario(45)
def test_json_written_anew_by_a_proxy_is_refused_and_the_reason_says_that_the_body_changed() -> None:
    request = wechat(*PAID)
    with pytest.raises(Rejected, match="the body was changed on its way"):
        seen({**request, "body": json.dumps(json.loads(request["body"]), indent=1)})


def test_every_seventh_byte_flipped_is_refused() -> None:
    request = wechat(*PAID)
    body = raw_body(request)
    for place in range(0, len(body), 7):
        changed = bytearray(body)
        changed[place] ^= 1
        packed = {"body": base64.b64encode(changed).decode(), "isBase64Encoded": True}
        assert refused({**request, **packed}) == "wrong_signature"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("wechatpay-signature", "", "no_signature"),
        ("wechatpay-signature", "%", "malformed_signature"),
        ("wechatpay-signature-type", "WECHATPAY2-SM2-WITH-SM3", "wrong_algorithm"),
        ("wechatpay-serial", "", "unknown_key"),
        ("wechatpay-nonce", "other", "wrong_signature"),
        ("wechatpay-timestamp", "", "wrong_signature"),
    ],
)
def test_a_header_that_is_missing_or_odd_is_refused(name: str, value: str, code: str) -> None:
    assert refused(with_header(name, value)) == code


def test_a_signed_time_that_is_no_time_is_refused() -> None:
    request = wechat(*PAID)
    signature = wallet_keys.signed(wallet_keys.provider(), b"soon\nn\n" + raw_body(request) + b"\n")
    odd = {"wechatpay-timestamp": "soon", "wechatpay-nonce": "n", "wechatpay-signature": signature}
    assert refused({**request, "headers": {**request["headers"], **odd}}) == "malformed_signature"


def test_a_missing_type_of_signature_is_taken_for_the_usual_one() -> None:
    assert seen(with_header("wechatpay-signature-type", "")).resource == ORDER


@pytest.mark.scenario(33)
@pytest.mark.parametrize("change", [{"mchid": "1900000110"}, {"appid": "wx1"}])
def test_a_genuine_notification_for_another_merchant_or_app_is_refused(change: dict[str, str]) -> None:
    assert refused(wechat("TRANSACTION.SUCCESS", {**ORDER, **change})) == "not_ours"


def test_a_resource_that_none_of_our_keys_opens_is_refused_and_an_older_key_opens_it() -> None:
    older = wechat(*PAID, seal="F" * 32)
    assert refused(older) == "unreadable_resource"
    assert seen(older, dataclasses.replace(WECHAT, seals=(SEAL, "F" * 32))).resource == ORDER


def test_without_a_key_nothing_is_believed() -> None:
    for keys in ({}, {SERIAL: ""}):
        assert refused(wechat(*PAID), dataclasses.replace(WECHAT, keys=keys)) == "no_secret"


@given(
    st.one_of(st.text(max_size=40), st.binary(max_size=40)),
    st.dictionaries(
        st.sampled_from([f"wechatpay-{name}" for name in ("timestamp", "nonce", "signature", "serial")]), st.text()
    ),
)
def test_whatever_is_sent_the_answer_is_a_refusal_and_never_a_fault(body: str | bytes, headers: dict[str, str]) -> None:
    packed = isinstance(body, bytes)
    text = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    refused({"headers": {"wechatpay-serial": SERIAL, **headers}, "body": text, "isBase64Encoded": packed})


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_is_made_again_and_read_alike_by_us_and_by_the_vendor(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == written(samples()[path.stem])
    request = json.loads(path.read_text(encoding="utf-8"))
    theirs = vendor().callback(request["headers"], raw_body(request).decode())
    if path.stem == "wechat_probe":
        assert theirs is None
        assert refused(request) == "probe"
    else:
        assert theirs["resource"] == seen(request).resource


def test_the_vendors_library_has_no_window_and_we_have() -> None:
    stale = wechat(*PAID, at=NOW - timedelta(days=3650))
    assert vendor().callback(stale["headers"], stale["body"])
    assert refused(stale) == "too_old"
