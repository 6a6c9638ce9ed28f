"""What the outside tells us: the card provider's webhook and the registry's late answers, genuine, forged, twice, and misbehaving."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest

from certification.acts import invariants
from certification.cloud.tables.applications import applications
from certification.cloud.tables.cases import cases
from certification.cloud.tables.inbox import inbox
from certification.cloud.tables.orders import orders
from certification.cloud.tables.refunds import refunds
from certification.cloud.tables.verifications import verifications
from certification.providers.registry import ANSWER
from certification.providers.registry import HEADER as REGISTRY_HEADER
from certification.providers.signatures import sign
from local.chain import Fault, Mode, chain
from local.simulators import card, registries
from tests.functions.stand import Answer, Stand

CARD_HEADER = "stripe-signature"
EVENT = {
    "id": "evt_sample",
    "object": "event",
    "type": "checkout.session.expired",
    "created": 1_788_224_400,
    "livemode": False,
    "data": {
        "object": {
            "id": "cs_test_sample",
            "object": "checkout.session",
            "status": "expired",
            "payment_status": "unpaid",
            "client_reference_id": None,
            "metadata": {},
            "payment_intent": None,
            "amount_total": 13_500,
            "currency": "usd",
            "expires_at": 1_788_226_200,
            "created": 1_788_224_400,
        }
    },
}


def post(stand: Stand, path: str, body: bytes, headers: dict[str, str]) -> Answer:
    answer = stand.cloud.request("POST", path, {"content-type": "application/json", **headers}, body)
    return Answer(answer.status, answer.body.decode())


def webhook(stand: Stand, event: Any = EVENT, header: str | None = None, secret: str = card.ENDPOINT_SECRET) -> Answer:
    body = json.dumps(event).encode()
    signed = sign(body, secret, stand.clock.now()) if header is None else header
    return post(stand, "/webhooks/card", body, {CARD_HEADER: signed})


@pytest.mark.scenario(43)
def test_a_genuine_event_is_stored_before_it_is_answered(stand: Stand) -> None:
    assert webhook(stand).status == 200
    entry = inbox.read("card#evt_sample")
    assert json.loads(entry.body) == EVENT
    stand.cloud.settle()
    assert inbox.read("card#evt_sample").applied_at is not None


def test_a_genuine_event_that_nobody_can_read_becomes_a_case(stand: Stand) -> None:
    assert webhook(stand, {**EVENT, "data": {"object": {}}}).status == 200
    stand.cloud.settle()
    assert inbox.read("card#evt_sample").applied_at is None
    (case,) = cases.everything()
    assert (case.kind, case.facts["error"]) == ("failed_machine", "UnreadableEvent")


@pytest.mark.parametrize(
    ("header", "code"),
    [("", "no_signature"), ("t=1,v1=", "malformed_signature"), ("nonsense", "malformed_signature")],
)
def test_an_event_without_a_good_signature_is_not_stored(stand: Stand, header: str, code: str) -> None:
    refused = webhook(stand, header=header)
    assert (refused.status, refused.body) == (400, code)
    assert list(inbox.everything()) == []


@pytest.mark.scenario(34)
@pytest.mark.scenario(35)
def test_an_event_signed_by_another_or_long_ago_or_changed_on_the_way_is_not_stored(stand: Stand) -> None:
    assert webhook(stand, secret="whsec_another").body == "wrong_signature"
    body = json.dumps(EVENT).encode()
    good = sign(body, card.ENDPOINT_SECRET, stand.clock.now())
    changed = post(stand, "/webhooks/card", body.replace(b"expired", b"complete"), {CARD_HEADER: good})
    assert changed.body == "wrong_signature"
    stand.wait(timedelta(seconds=301))
    assert post(stand, "/webhooks/card", body, {CARD_HEADER: good}).body == "too_old"
    assert webhook(stand, {**EVENT, "livemode": True}).body == "wrong_mode"
    assert list(inbox.everything()) == []


def test_an_event_that_comes_twenty_times_at_once_is_stored_once(stand: Stand) -> None:
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(webhook(stand).status)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 20
    assert len(list(inbox.everything())) == 1


@pytest.mark.parametrize("mode", [Mode.THROTTLE, Mode.BEFORE])
def test_an_event_that_could_not_be_stored_is_not_acknowledged(stand: Stand, mode: Mode) -> None:
    chain.only(lambda call: call.operation == "TransactWriteItems")
    chain.arm(Fault(1, mode, times=9))
    try:
        assert webhook(stand).status == 500
    finally:
        chain.only(None)
        chain.arm(None)
    assert list(inbox.everything()) == []
    assert webhook(stand).status == 200


# the provider misbehaves

OUTCOMES: dict[str, tuple[str, str, int]] = {
    "event_twice": ("registered", "settled", 0),
    "out_of_order": ("registered", "settled", 0),
    "forged": ("registered", "settled", 0),
    "second_payment": ("registered", "settled", 1),
    "wrong_amount": ("awaiting_payment", "open", 1),
    "wrong_currency": ("awaiting_payment", "open", 1),
    "before_answer": ("registered", "settled", 0),
    "delay_24_hours": ("registered", "settled", 0),
    "drop": ("registered", "settled", 0),
}


@pytest.mark.parametrize("switch", OUTCOMES)
def test_however_the_provider_misbehaves_the_books_stay_right(stand: Stand, switch: str) -> None:
    candidate = stand.to_pay()
    stand.cloud.simulators["card"].control("switch", {"name": switch, "on": "true"})
    if switch == "before_answer":
        candidate.open_checkout()  # and by the time it is open, it is paid
    else:
        candidate.pay()
    stand.cloud.settle()
    stand.skip(stand.clock.now() + timedelta(hours=31))
    status, state, returns = OUTCOMES[switch]
    application = applications.read(candidate.reference)
    assert (application.status, orders.read(application.order or "").state) == (status, state)
    assert len(list(refunds.everything())) == returns
    assert invariants.differences() == []
    assert not stand.cloud.undelivered


# the registry's late answers


def asked(stand: Stand, marker: str) -> str:
    """The question about somebody whose document the registry answers as marked; the id of our check."""
    candidate = stand.sign_in("sample@example.test")
    details = {
        "native_name": "陈样本",
        "latin_name": "CHEN YANGBEN",
        "birth_date": "1995-05-17",
        "nationality": "CN",
        "id_kind": "passport",
        "id_number": f"SAMPLE{marker}",
    }
    assert stand.call("PUT", "/api/candidate/profile/details", details, session=candidate).status == 200
    stand.cloud.settle()
    (check,) = verifications.everything()
    return check.id


def answer(stand: Stand, question: str, result: str, secret: str = registries.SECRET, prefix: bytes = ANSWER) -> Answer:
    body = json.dumps(
        {
            "question": question,
            "result": result,
            "ticket": "T-1",
            "answered_at": stand.clock.now().isoformat(),
        }
    ).encode()
    signature = sign(prefix + body, secret, stand.clock.now())
    return post(stand, "/registry/answers", body, {REGISTRY_HEADER: signature})


def test_a_late_answer_counts_once_and_one_that_contradicts_it_is_looked_at_by_a_person(stand: Stand) -> None:
    check = asked(stand, "77003")
    assert verifications.read(check).state == "asked"
    for said, state in (("match", "passed"), ("match", "passed"), ("no_match", "on_site"), ("match", "on_site")):
        assert answer(stand, check, said).status == 200
        assert verifications.read(check).state == state


def test_an_answer_of_somebody_else_changes_nothing(stand: Stand) -> None:
    check = asked(stand, "77003")
    assert answer(stand, check, "match", secret="another").status == 400
    assert answer(stand, check, "match", prefix=b"question.").status == 400
    assert answer(stand, "unknown-question", "match").status == 404
    assert answer(stand, check, "perhaps").status == 400
    assert verifications.read(check).state == "asked"


@pytest.mark.parametrize(
    ("marker", "state"),
    [("77001", "failed"), ("77002", "passed"), ("77004", "passed"), ("77005", "failed"), ("77006", "on_site")],
)
def test_whatever_the_registry_does_the_check_ends(stand: Stand, marker: str, state: str) -> None:
    check = asked(stand, marker)
    stand.cloud.advance(timedelta(hours=3))
    assert verifications.read(check).state == state
    assert not stand.cloud.undelivered


@pytest.mark.parametrize("marker", ["77003", "77007"])
def test_an_answer_that_does_not_come_in_a_day_leaves_the_check_to_a_person(stand: Stand, marker: str) -> None:
    check = asked(stand, marker)
    stand.cloud.advance(timedelta(hours=23))
    assert verifications.read(check).state == "asked"
    stand.cloud.advance(timedelta(hours=3))
    assert verifications.read(check).state == "on_site"
    stand.cloud.advance(timedelta(hours=6))
    assert verifications.read(check).state == ("passed" if marker == "77007" else "on_site")
