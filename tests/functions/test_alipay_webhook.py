"""Alipay's notifications: whose signature is believed, and its agreement with the vendor's own library."""

import base64
import dataclasses
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from alipay import AliPay
from hypothesis import given
from hypothesis import strategies as st

from certification.providers.alipay_webhook import Account, Verified, verify
from certification.providers.signatures import Rejected, raw_body
from local.simulators import wallet_keys
from tests.functions.wallet_samples import ALIPAY, EVENTS, FORMS, PAID, UNPAID, alipay, samples, written

SAMPLES = sorted(EVENTS.glob("alipay_*.json"))


def seen(request: dict[str, Any], account: Account = ALIPAY) -> Verified:
    return verify(request, account)


def refused(request: dict[str, Any], account: Account = ALIPAY) -> str:
    with pytest.raises(Rejected) as why:
        seen(request, account)
    return why.value.code


def vendor() -> AliPay:
    """The vendor's client, which needs its keys in PEM."""
    pem = [
        f"-----BEGIN {kind}-----\n{text}\n-----END {kind}-----"
        for kind, text in (
            ("PRIVATE KEY", wallet_keys.private_text(wallet_keys.merchant())),
            ("PUBLIC KEY", wallet_keys.public_text(wallet_keys.provider())),
        )
    ]
    return AliPay(appid=ALIPAY.app, app_private_key_string=pem[0], alipay_public_key_string=pem[1], sign_type="RSA2")


@pytest.mark.scenario(43)
@pytest.mark.scenario(46)
def test_blank_fields_chinese_and_signs_of_a_form_are_kept_whether_the_body_is_packed_or_not() -> None:
    packed, plain = seen(alipay(PAID)), seen(alipay(PAID, packed=False))
    assert packed == plain
    assert packed.id == PAID["notify_id"]
    assert {name: packed.fields[name] for name in PAID} == PAID
    assert (packed.fields["body"], packed.fields["subject"]) == ("", "Exam fee 报名费 & 考试费=120 USD")
    assert json.loads(packed.body) == packed.fields
    spaces_as_percent = raw_body(alipay(PAID)).replace(b"+", b"%20")
    assert seen({"body": spaces_as_percent.decode()}).fields == packed.fields


def test_a_field_that_did_not_exist_when_we_were_written_belongs_to_what_is_signed() -> None:
    assert seen(alipay({**PAID, "brand_new": "ä"})).fields["brand_new"] == "ä"
    assert refused(alipay(PAID, brand_new="ä")) == "wrong_signature"


@pytest.mark.scenario(48)
def test_a_field_that_comes_twice_is_refused() -> None:
    body = raw_body(alipay(PAID)).decode() + "&trade_status=TRADE_CLOSED"
    assert refused({"body": body}) == "duplicate_field"


@pytest.mark.scenario(33)
@pytest.mark.parametrize("change", [{"app_id": "2021000000000002"}, {"seller_id": "2088000000000003"}])
def test_a_genuine_notification_for_another_app_or_seller_is_refused(change: dict[str, str]) -> None:
    assert refused(alipay({**PAID, **change})) == "not_ours"
    assert refused(alipay(PAID), dataclasses.replace(ALIPAY, app="", seller="")) == "not_ours"


def test_the_international_form_is_taken_only_where_that_product_is_in_use() -> None:
    form = FORMS["alipay_international"]
    assert seen(alipay(form)).id == "6"
    assert refused(alipay(form), dataclasses.replace(ALIPAY, partner="")) == "not_ours"


@pytest.mark.scenario(34)
def test_a_notification_signed_in_the_sandbox_is_refused_because_its_key_is_another() -> None:
    assert refused(alipay(PAID, key=wallet_keys.stranger())) == "wrong_signature"


@pytest.mark.parametrize("kind", ["RSA", "MD5", "", "rsa2"])
def test_an_older_signature_is_refused_whatever_it_is_worth(kind: str) -> None:
    body = raw_body(alipay(PAID)).decode().replace("sign_type=RSA2", f"sign_type={kind}")
    assert refused({"body": body}) == "wrong_algorithm"


def test_another_charset_is_refused() -> None:
    assert refused(alipay({**PAID, "charset": "gbk"})) == "wrong_algorithm"


def test_every_seventh_byte_flipped_is_refused_unless_it_says_the_same() -> None:
    body, flipped = raw_body(alipay(PAID)), 0
    said = parse_qsl(body.decode(), keep_blank_values=True)
    for place in range(0, len(body), 7):
        changed = bytearray(body)
        changed[place] ^= 1
        if parse_qsl(changed.decode("utf-8", "replace"), keep_blank_values=True) == said:
            continue  # the case of a hexadecimal digit
        flipped += 1
        assert refused({"body": base64.b64encode(changed).decode(), "isBase64Encoded": True})
    assert flipped > 100


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sign": ""}, "no_signature"),
        ({"sign": "%%%"}, "malformed_signature"),
        ({"sign": "é"}, "malformed_signature"),
        ({"sign": "AAAA"}, "wrong_signature"),
    ],
)
def test_a_signature_that_is_none_is_refused(change: dict[str, str], code: str) -> None:
    fields = dict(parse_qsl(raw_body(alipay(PAID)).decode(), keep_blank_values=True))
    assert refused({"body": urlencode({**fields, **change})}) == code


def test_without_a_usable_key_nothing_is_believed() -> None:
    for keys in ((), ("",), ("  ",), ("no key",), (wallet_keys.public_text(wallet_keys.provider())[:60],)):
        assert refused(alipay(PAID), dataclasses.replace(ALIPAY, keys=keys)) == "no_secret"


@pytest.mark.scenario(39)
def test_while_the_key_is_replaced_both_are_accepted_until_the_old_one_ends() -> None:
    other = wallet_keys.public_text(wallet_keys.merchant())
    both = dataclasses.replace(ALIPAY, keys=(other, *ALIPAY.keys))
    assert seen(alipay(PAID), both).id == PAID["notify_id"]
    assert seen(alipay(PAID, key=wallet_keys.merchant()), both).id == PAID["notify_id"]
    assert refused(alipay(PAID), dataclasses.replace(ALIPAY, keys=(other,))) == "wrong_signature"


@pytest.mark.parametrize("without", ["notify_id", "out_trade_no"])
def test_signed_without_an_id_or_a_trade_it_is_no_notification(without: str) -> None:
    fields = {name: PAID[name] for name in PAID if name not in (without, "trade_no")}
    assert refused(alipay(fields)) == "wrong_shape"


@given(st.one_of(st.text(max_size=60), st.binary(max_size=60)))
def test_whatever_is_sent_the_answer_is_a_refusal_and_never_a_fault(body: str | bytes) -> None:
    packed = isinstance(body, bytes)
    text = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    refused({"body": text, "isBase64Encoded": packed})


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.dictionaries(WORDS.filter(lambda name: bool(name) and name not in ("sign", "sign_type")), WORDS, max_size=5))
def test_the_vendors_library_believes_what_we_believe(more: dict[str, str]) -> None:
    request = alipay({**more, **UNPAID})
    fields = seen(request).fields
    said = dict(fields)
    assert vendor().verify(said, said.pop("sign"))


def test_the_vendors_library_refuses_what_we_refuse() -> None:
    fields = dict(seen(alipay(PAID)).fields)
    sign = fields.pop("sign")
    for change in ({"total_amount": "8.52"}, {"trade_status": "TRADE_CLOSED"}, {"new": "1"}):
        body = urlencode({**fields, "sign": sign, **change}, quote_via=quote)
        assert refused({"body": body}) == "wrong_signature"
        assert not vendor().verify({**fields, **change}, sign)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_is_made_again_and_believed_by_us_and_by_the_vendor(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == written(samples()[path.stem])
    said = dict(seen(json.loads(path.read_text(encoding="utf-8"))).fields)
    assert vendor().verify(said, said.pop("sign"))
