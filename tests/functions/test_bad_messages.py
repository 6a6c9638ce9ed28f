"""Bad input at the payment providers' doors: refused with a counted reason, or kept and shown to a person. Never a fault.

Every message is given to every door: mangled on its way (nothing of it may count), and genuine, signed by the provider,
with something in it that no program expects.
"""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certification.acts import sheets, webhooks
from certification.cloud import metrics
from certification.cloud.tables.cases import cases
from certification.cloud.tables.inbox import inbox
from certification.cloud.tables.ledger import ledger
from certification.providers.signatures import LARGEST, sign
from local import seed
from local.simulators import card
from local.simulators.bank_files import Booking, Day, Part, statement
from tests.functions.stand import Stand
from tests.functions.test_incoming import EVENT
from tests.functions.wallet_samples import ABROAD, FORMS, NOTICES, ORDER, PAID, alipay, gateway, wechat

Message = dict[str, Any]
Counted = list[tuple[str, dict[str, str]]]
INTENT = {
    "id": "pi_bad", "latest_charge": None, "amount_received": 13_500, "currency": "usd", "metadata": {"reference": "A.B"},
}  # fmt: skip
SUCCEEDED = {**EVENT, "type": "payment_intent.succeeded", "data": {"object": INTENT}}
DEEP = 50_000
BOOKED = date(2026, 11, 23)


def of_card(stand: Stand, body: bytes | Message) -> Message:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = {"stripe-signature": sign(raw, card.ENDPOINT_SECRET, stand.clock.now())}
    return gateway("/webhooks/card", signed, raw, packed=True)


GENUINE: dict[str, Callable[[Stand], Message]] = {
    "card": lambda stand: of_card(stand, EVENT),
    "alipay": lambda _: alipay(PAID),
    "alipay international": lambda _: alipay(FORMS["alipay_international"]),
    "wechat": lambda stand: wechat(*NOTICES["wechat_paid"], at=stand.clock.now(), packed=True),
    "wechat global": lambda stand: wechat(*NOTICES["wechat_paid_global"], at=stand.clock.now(), packed=True),
}
each_door = pytest.mark.parametrize("door", GENUINE)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    found: Counted = []
    monkeypatch.setattr(metrics, "count", lambda name, **about: found.append((name, about)))
    return found


def mangled(genuine: Message) -> Iterator[tuple[str, Message]]:
    """The message as accidents and attackers leave it."""
    raw = base64.b64decode(genuine["body"])
    for twentieth in range(20):
        cut = base64.b64encode(raw[: len(raw) * twentieth // 20]).decode()
        yield f"cut off at {twentieth}/20", {**genuine, "body": cut}
    yield "no body", {**genuine, "body": None}
    yield "the flag says that it is packed, and it is not", {**genuine, "body": raw.decode()}
    yield "the flag says that it is not packed, and it is", {**genuine, "isBase64Encoded": False}
    yield "two mebibytes", {**genuine, "body": base64.b64encode(raw + b" " * 2 * 1024**2).decode()}
    yield "not UTF-8", {**genuine, "body": base64.b64encode(raw[:-9] + b"\xff\xfe" + raw[-9:]).decode()}
    yield "half a surrogate pair", {**genuine, "body": raw.decode() + "\ud800", "isBase64Encoded": False}
    if genuine["rawPath"] == "/webhooks/alipay":  # its signature stands in the form
        form = raw.decode()
        yield "a field twice", {**genuine, "body": f"{form}&notify_id=7", "isBase64Encoded": False}
        return
    yield "no headers", {**genuine, "headers": None}
    for name, value in genuine["headers"].items():
        if "signature" in name or name.startswith("wechatpay"):
            for what, changed in {
                "missing": "", "twice": f"{value},{value}", "huge": value * 5000, "Chinese": f"{value}证", "half": "\udc80",
            }.items():  # fmt: skip
                if not (name == "wechatpay-signature-type" and what == "missing"):
                    yield f"{name} {what}", {**genuine, "headers": {**genuine["headers"], name: changed}}


@each_door
@pytest.mark.scenario(41)
def test_what_was_mangled_on_its_way_is_refused_with_a_counted_reason_and_nothing_is_kept(
    stand: Stand, counted: Counted, door: str
) -> None:
    for what, message in mangled(GENUINE[door](stand)):
        counted.clear()
        assert webhooks.answer(message)["statusCode"] in (400, 401), what
        (alarming, nothing), (name, about) = counted
        assert (alarming, nothing, name) == ("WebhookDistrusted", {}, "WebhookRefused"), what
        assert about["reason"], what
        assert about["provider"] in message["rawPath"].replace("wechatpay", "wechat_pay"), what
    assert list(inbox.everything()) == []
    assert webhooks.answer(GENUINE[door](stand))["statusCode"] in (200, 204), "the genuine one is taken"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=100)),
    st.dictionaries(
        st.sampled_from(["stripe-signature", "Wechatpay-Signature", "wechatpay-serial", "wechatpay-timestamp", "x"]),
        st.text(max_size=40), max_size=4,
    ),
    st.booleans(),
)  # fmt: skip
@pytest.mark.usefixtures("stand")
def test_arbitrary_bytes_and_headers_are_refused_at_every_door(
    body: bytes | str, headers: dict[str, str], packed: bool
) -> None:
    text = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    for door in (*webhooks.DOORS, *(f"/{door}//" for door in webhooks.DOORS)):
        event = {"rawPath": door, "headers": headers, "body": text, "isBase64Encoded": packed}
        assert webhooks.answer(event)["statusCode"] in (400, 401)


def nested(text: bytes, at: bytes) -> bytes:
    """The text with a value nested deeply in place of a word."""
    return text.replace(at, b"[" * DEEP + b"]" * DEEP, 1)


def of_wechat(stand: Stand, plain: Message | bytes, **envelope: Any) -> Message:
    return wechat("TRANSACTION.SUCCESS", plain, at=stand.clock.now(), **envelope)


def signed_and_refused(stand: Stand) -> Iterator[tuple[str, Message]]:
    """Genuine, and in a shape that may be read in two ways, or that no row takes."""
    whole, order = json.dumps(SUCCEEDED), json.dumps(ORDER)
    for reason, text in {
        "not_json": whole.replace("13500", "NaN"),
        "duplicate_field": whole.replace('"currency"', '"currency": "hkd", "currency"'),
        "wrong_shape": whole.replace("evt_sample", "e" * 3000),
    }.items():
        yield reason, of_card(stand, text.encode())
    yield "not_json", of_card(stand, nested(whole.encode(), b"null"))
    yield "not_json", of_card(stand, whole.replace("13500", "1" * 5000).encode())
    yield "wrong_shape", of_card(stand, whole.replace("evt_sample", "\\ud800").encode())
    yield "wrong_shape", of_card(stand, whole.replace("1788224400", "1e999").encode())
    yield "too_large", of_card(stand, {**SUCCEEDED, "more": "x" * LARGEST})
    yield "too_large", of_card(stand, {**SUCCEEDED, "more": '"' * 120_000})
    yield "wrong_shape", alipay({**PAID, "notify_id": "n" * 3000})
    yield "wrong_shape", alipay({**PAID, "notify_id": "编号"})
    yield "too_large", alipay({**PAID, "body": "\x00" * 80_000})
    yield "too_large", alipay({**FORMS["alipay_international"], "body": "x" * LARGEST})
    yield "not_json", of_wechat(stand, nested(order.encode(), b'"CNY"'))
    yield "not_json", of_wechat(stand, {**ORDER, "amount": {"total": float("nan"), "currency": "CNY"}})
    yield "duplicate_field", of_wechat(stand, order.replace('"total"', '"total": 1, "total"').encode())
    yield "not_json", of_wechat(stand, b"\xff" + order.encode())
    yield "wrong_shape", of_wechat(stand, ORDER, id="编号")
    yield "wrong_algorithm", of_wechat(stand, ORDER, resource=[])
    yield "not_ours", of_wechat(stand, {**ORDER, "mchid": "1900000110"})
    yield "not_ours", of_wechat(stand, {**ABROAD, "mchid": None})


def test_what_is_genuine_and_can_be_read_in_two_ways_is_refused(stand: Stand, counted: Counted) -> None:
    for reason, message in signed_and_refused(stand):
        counted.clear()
        assert webhooks.answer(message)["statusCode"] in (400, 401), message["rawPath"]
        assert [about.get("reason") for _, about in counted] == [None, reason], message["body"][:300]
    assert list(inbox.everything()) == []


AMOUNTS: tuple[Any, ...] = (-13_500, 0, 135.5, float("1e308"), True, "13500", None, [13_500])


def signed_and_kept(stand: Stand) -> Iterator[Message]:
    """Genuine, and saying of money what cannot be."""
    for number, amount in enumerate(AMOUNTS):
        intent = {**INTENT, "id": f"pi_{number}", "amount_received": amount}
        yield of_card(stand, {**SUCCEEDED, "id": f"evt_{number}", "data": {"object": intent}})
        yield of_wechat(stand, {**ORDER, "amount": {"total": amount, "currency": "CNY"}})
        yield of_wechat(stand, {**ABROAD, "amount": {"total": amount, "currency": "USD"}})
    infinite = json.dumps({**SUCCEEDED, "id": "evt_infinite"}).replace("13500", "1e999")
    yield of_card(stand, infinite.encode())
    yield of_card(stand, {**SUCCEEDED, "id": "evt_late", "created": 10**15})
    yield of_card(stand, {**SUCCEEDED, "id": "evt_whose", "data": {"object": {**INTENT, "metadata": {"reference": 7}}}})
    yield of_card(stand, {**SUCCEEDED, "id": "evt_money", "data": {"object": {**INTENT, "currency": "dollars"}}})
    yield of_wechat(stand, {**ORDER, "amount": {"total": 1, "currency": "cny"}})
    yield of_wechat(stand, json.dumps({**ORDER, "success_time": "\ud800"}).encode())
    for number, text in enumerate(("NaN", "1e999", "-852.00", "852.001", "٨٥٢", "0.00", "", "9" * 5000)):
        yield alipay({**PAID, "notify_id": f"A{number}", "total_amount": text})


def test_what_is_genuine_and_says_nonsense_of_money_is_kept_and_shown_to_a_person(stand: Stand) -> None:
    messages = list(signed_and_kept(stand))
    for message in messages:
        assert webhooks.answer(message)["statusCode"] in (200, 204)
    stand.cloud.settle()
    told = {case.about for case in cases.everything() if case.kind == "failed_machine"}
    entries = {entry.id: entry for entry in inbox.everything()}
    assert len(entries) == len(messages)
    assert {name for name, entry in entries.items() if entry.applied_at is None} == set(entries) == told
    assert stand.log.count('"MessageUnreadable":[1.0]') == len(messages)
    assert list(ledger.everything()) == []


@pytest.mark.scenario(29)
@pytest.mark.scenario(32)
def test_money_in_a_currency_that_nobody_asked_for_is_a_fact_with_a_case(stand: Stand) -> None:
    """The hint of the international product alone moves nothing: nobody is named in it."""
    messages = [
        of_card(stand, {**SUCCEEDED, "data": {"object": {**INTENT, "currency": "hkd", "metadata": {}}}}),
        of_wechat(stand, {**ABROAD, "out_trade_no": "SHOP-1", "amount": {"total": 12000, "currency": "HKD"}}),
        of_wechat(stand, {**ORDER, "amount": {"total": 85200, "currency": "XAU"}}),
        alipay({**FORMS["alipay_international"], "currency": "HKD", "total_fee": "-1.005"}),
    ]
    for message in messages:
        assert webhooks.answer(message)["statusCode"] in (200, 204)
    stand.cloud.settle()
    assert {(case.kind, case.facts.get("amount") or case.facts.get("error")) for case in cases.everything()} == {
        ("unmatched_credit", "HKD 135.00"), ("unmatched_credit", "HKD 120.00"), ("failed_machine", "UnreadableEvent"),
    }  # fmt: skip
    applied = [entry.id for entry in inbox.everything() if entry.applied_at is None]
    assert len(applied) == 1


def bank_files() -> dict[str, tuple[str, bytes]]:
    """What must never be taken for a file of the bank, and what is one and says what cannot be; with why it is refused."""
    credit = Booking("B1", True, (Part(12_000, name="A"),), BOOKED, BOOKED)
    day = Day("012-345678-901", "USD", BOOKED, 100_000, bookings=(credit,))
    whole = statement(day, datetime(2026, 11, 23, 14, tzinfo=UTC))
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><Document>&c;</Document>'
    changed = {
        "another account": ("account_unknown", b"012-345678-901", b"999-456789-001"),
        "negative": ("element_wrong", b">120.00<", b">-120.00<"),
        "sub-cent": ("element_wrong", b">120.00<", b">120.005<"),
        "an exponent": ("element_wrong", b">120.00<", b">1e999<"),
        "long": ("text_too_long", b">B1<", b">" + b"B" * 3000 + b"<"),
        "no currency": ("element_wrong", b'"USD"', b'"ZZZ"'),
        "a cent more": ("balances_differ", b'<Amt Ccy="USD">1120.00<', b'<Amt Ccy="USD">1120.01<'),
    }
    assert all(old in whole for _, old, _ in changed.values())
    return {
        "empty": ("format_unknown", b""),
        "noise": ("format_unknown", bytes(range(256))),
        "bomb": ("definition_refused", bomb),
        "wide bomb": ("definition_refused", bomb.decode().encode("utf-16")),
        "deep": ("format_unknown", b"<a>" * 500_000),
        "half": ("not_xml", whole[: len(whole) // 2]),
        "twice": ("not_xml", whole + whole),
        "answer": ("element_wrong", b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"/>'),
        **{name: (why, whole.replace(old, new)) for name, (why, old, new) in changed.items()},
    }


@pytest.mark.scenario(97)
def test_whatever_is_dropped_as_a_file_of_the_bank_gets_a_report_and_keeps_nothing(stand: Stand) -> None:
    files = bank_files()
    for name, (_, content) in files.items():
        seed.drop(stand.cloud, f"statements/cgptc/{name.replace(' ', '-')}.xml", content, seed.REVIEWER)
    stand.cloud.settle()
    for name, (why, _) in files.items():
        report = sheets.read_report(f"statements/cgptc/{name.replace(' ', '-')}.xml")
        assert (report["counts"], report["rows_in_force"]) == (False, 0), name
        assert [problem["code"] for problem in report["problems"]] == [why], name
    assert list(inbox.everything()) == []
    assert list(stand.cloud.invoker.failures) == []
    assert list(stand.cloud.undelivered) == []
    assert stand.log.count('"StaffFileRefused":[1.0]') == len(files)
