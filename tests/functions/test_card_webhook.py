"""The webhook verifier at every edge, and its agreement with the vendor's own library."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from certification.providers.card_webhook import HEADER, Verified, is_live, verify
from certification.providers.signatures import Rejected, sign

EVENTS = [
    path
    for path in sorted(Path("events/payment_webhook").glob("*.json"))
    if not path.stem.startswith(("alipay_", "wechat_"))
]
NOW = datetime.fromtimestamp(1795350000, UTC)
SECRET, OTHER = "whsec_sample_current", "whsec_sample_previous"
BODY = json.dumps(
    {
        "id": "evt_1",
        "type": "checkout.session.completed",
        "created": 1795349998,
        "livemode": True,
        "data": {"object": {"amount_total": 12000, "note": "报名费"}},
    },
    ensure_ascii=False,
    indent=2,
).encode()


def request(body: bytes = BODY, header: str | None = None, name: str = HEADER, packed: bool = False) -> dict[str, Any]:
    value = sign(body, SECRET, NOW) if header is None else header
    text = base64.b64encode(body).decode() if packed else body.decode()
    return {"headers": {"host": "x", name: value}, "body": text, "isBase64Encoded": packed}


def seen(
    event: dict[str, Any], secrets: tuple[str, ...] = (SECRET,), now: datetime = NOW, live: bool = True
) -> Verified:
    return verify(event, secrets, now, live=live)


def refused(event: dict[str, Any], **more: Any) -> str:
    with pytest.raises(Rejected) as why:
        seen(event, **more)
    return why.value.code


@pytest.mark.scenario(43)
def test_a_genuine_event_is_read_whether_api_gateway_packed_its_body_or_not() -> None:
    plain, packed = seen(request()), seen(request(packed=True))
    assert plain == packed
    assert (plain.id, plain.raw, plain.ahead) == ("evt_1", BODY, 0)


def test_every_seventh_byte_flipped_is_refused() -> None:
    header = sign(BODY, SECRET, NOW)
    for place in range(0, len(BODY), 7):
        changed = bytearray(BODY)
        changed[place] ^= 1
        assert refused(request(bytes(changed), header, packed=True)) == "wrong_signature"


def test_every_character_of_the_signature_matters() -> None:
    header = sign(BODY, SECRET, NOW)
    for place in range(len(header)):
        changed = header[:place] + ("0" if header[place] != "0" else "1") + header[place + 1 :]
        assert refused(request(header=changed)) in ("wrong_signature", "malformed_signature")


@pytest.mark.scenario(35)
@pytest.mark.parametrize(
    ("seconds", "code"), [(-301, "too_old"), (301, "too_new"), (-86400, "too_old"), (86400, "too_new")]
)
def test_a_signature_outside_three_hundred_seconds_is_refused_both_ways(seconds: int, code: str) -> None:
    assert refused(request(header=sign(BODY, SECRET, NOW + timedelta(seconds=seconds)))) == code


@pytest.mark.scenario(36)
@pytest.mark.parametrize("seconds", [-300, -240, 0, 240, 300])
def test_within_the_window_it_is_accepted_and_the_difference_reported(seconds: int) -> None:
    assert seen(request(header=sign(BODY, SECRET, NOW + timedelta(seconds=seconds)))).ahead == seconds


@pytest.mark.scenario(39)
def test_while_a_secret_is_replaced_old_new_and_both_signatures_are_accepted_until_the_old_one_ends() -> None:
    old, new = sign(BODY, OTHER, NOW), sign(BODY, SECRET, NOW)
    both = f"{old},{new.partition(',')[2]}"
    for header in (old, new, both):
        assert seen(request(header=header), secrets=(SECRET, OTHER)).id == "evt_1"
    assert refused(request(header=old)) == "wrong_signature"
    assert seen(request(header=both)).id == "evt_1"


@pytest.mark.scenario(44)
@pytest.mark.parametrize("name", ["Stripe-Signature", "stripe-signature", "STRIPE-SIGNATURE"])
def test_the_case_of_the_headers_name_does_not_matter(name: str) -> None:
    assert seen(request(name=name)).id == "evt_1"


@pytest.mark.parametrize("headers", [{}, None, {"x": "y"}, {HEADER: ""}])
def test_without_a_signature_it_is_refused(headers: dict[str, str] | None) -> None:
    assert refused({**request(), "headers": headers}) == "no_signature"


@pytest.mark.parametrize(
    "header",
    [
        "nonsense", "t=,v1=", "t=1795350000", f"v1={'0' * 64}", f"t=1795350000,v0={'0' * 64}", "t=1795350000,v1=zz",
        f"t=0795350000,v1={'0' * 64}", f"t=-795350000,v1={'0' * 64}", f"t=1795350000.5,v1={'0' * 64}",
        f"t=1795350000,t=1795350000,v1={'0' * 64}", f"t=1795350000,v1={'A' * 64}",
        f"t=１７９５３５００００,v1={'0' * 64}",
        f"t=1795350000,v1={'é' * 64}",
    ],
)  # fmt: skip
def test_a_malformed_header_is_refused_and_never_a_fault(header: str) -> None:
    assert refused(request(header=header)) == "malformed_signature"


def test_without_a_secret_nothing_is_believed() -> None:
    for secrets in ((), ("",), ("  ",)):
        assert refused(request(header=sign(BODY, "", NOW)), secrets=secrets) == "no_secret"


@pytest.mark.scenario(34)
def test_an_event_of_the_other_mode_is_refused() -> None:
    test_mode = BODY.replace(b'"livemode": true', b'"livemode": false')
    assert refused(request(test_mode)) == "wrong_mode"
    assert seen(request(test_mode), live=False).id == "evt_1"
    assert refused(request(), live=False) == "wrong_mode"
    without = BODY.replace(b'  "livemode": true,\n', b"")
    assert refused(request(without), live=False) == "wrong_mode"
    assert (is_live("sk_live_x"), is_live("sk_test_x")) == (True, False)


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"not json", b"[1]", b"null", b'"text"', b"", b"[" * 5000])
def test_signed_bytes_that_are_not_a_json_object_are_refused(body: bytes) -> None:
    assert refused(request(body, packed=True)) == "not_json"


@pytest.mark.parametrize(
    "change", [{"id": ""}, {"id": 7}, {"type": None}, {"data": []}, {"data": {"object": 1}}, {"created": "x"}]
)
def test_a_signed_object_that_is_no_event_is_refused(change: dict[str, Any]) -> None:
    body = json.dumps({**json.loads(BODY), **change}).encode()
    assert refused(request(body)) == "wrong_shape"


@pytest.mark.parametrize("body", ["%%%", "äöü", "YQ", 7, "\ud800"])
def test_a_body_that_cannot_be_turned_into_bytes_is_refused(body: Any) -> None:
    assert refused({**request(), "body": body, "isBase64Encoded": body != "\ud800"}) == "body_encoding"


@pytest.mark.scenario(45)
def test_json_written_anew_by_a_proxy_is_refused_and_the_reason_says_that_the_body_changed() -> None:
    again = json.dumps(json.loads(BODY)).encode()
    with pytest.raises(Rejected, match="the body was changed on its way"):
        seen(request(again, sign(BODY, SECRET, NOW)))


@given(st.text(max_size=60), st.one_of(st.text(max_size=40), st.binary(max_size=40)))
def test_whatever_is_sent_the_answer_is_a_refusal_and_never_a_fault(header: str, body: str | bytes) -> None:
    packed = isinstance(body, bytes)
    text = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    refused({"headers": {HEADER: header}, "body": text, "isBase64Encoded": packed})


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.integers(-300, 300))
def test_the_vendors_library_and_ours_sign_and_verify_alike(text: str, seconds: int) -> None:
    at = NOW + timedelta(seconds=seconds)
    body = json.dumps({**json.loads(BODY), "note": text}, ensure_ascii=False)
    theirs = stripe.WebhookSignature.generate_signature_header(body, SECRET, int(at.timestamp()))
    assert theirs == sign(body.encode(), SECRET, at)
    assert seen(request(body.encode(), theirs)).ahead == seconds
    assert stripe.WebhookSignature.verify_header(body, sign(body.encode(), SECRET, at), SECRET)


def test_the_vendors_library_refuses_what_we_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", NOW.timestamp)
    old = sign(BODY, SECRET, NOW - timedelta(seconds=301))
    for header in (old, sign(BODY, OTHER, NOW), "nonsense", "t=1795350000"):
        refused(request(header=header))
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(BODY, header, SECRET, tolerance=300)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_sample_event_signed_is_verified_by_us_and_by_the_vendor(path: Path) -> None:
    event = json.loads(path.read_text())
    body = base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"].encode()
    event["headers"][HEADER] = sign(body, SECRET, NOW)
    verified = seen(event, live=path.stem == "live_mode")
    assert stripe.WebhookSignature.verify_header(body, event["headers"][HEADER], SECRET)
    assert verified.event["api_version"] == stripe.api_version
