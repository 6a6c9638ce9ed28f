"""What the provider's events mean: facts keyed by the payment intent, and reports on the attempt."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from certification.providers.card_events import READERS, read, session_state
from certification.providers.events import ProviderEvent, UnreadableEvent
from certification.rules.facts import add_fact, fold
from certification.rules.money import Money, usd
from certification.rules.payments import AttemptState

EVENTS = {
    path.stem: path
    for path in Path("events/payment_webhook").glob("*.json")
    if not path.stem.startswith(("alipay", "wechat"))
}
CREATED = datetime.fromtimestamp(1795349998, UTC)
A = AttemptState
# Sample: state reported, captured amount, order in our reference.
MEANINGS: dict[str, tuple[AttemptState | None, Money | None, str | None]] = {
    "async_payment_failed": (A.FAILED, None, "ORD-26-000001"),
    "async_payment_succeeded": (A.CAPTURED, usd(12000), "ORD-26-000001"),
    "checkout_completed": (A.CAPTURED, usd(12000), "ORD-26-000001"),
    "checkout_completed_base64": (A.CAPTURED, usd(12000), "ORD-26-000001"),
    "checkout_completed_unpaid": (A.PENDING, None, "ORD-26-000001"),
    "checkout_expired": (A.EXPIRED, None, "ORD-26-000001"),
    "intent_declined": (None, None, "ORD-26-000001"),
    "intent_succeeded": (A.CAPTURED, usd(12000), "ORD-26-000001"),
    "intent_wrong_amount": (A.CAPTURED, usd(11999), "ORD-26-000001"),
    "intent_wrong_currency": (A.CAPTURED, Money(amount=12000, currency="HKD"), "ORD-26-000001"),
    "live_mode": (A.CAPTURED, usd(12000), "ORD-26-000001"),
    "refund_updated": (None, usd(9600), None),
    "second_payment": (A.CAPTURED, usd(12000), "ORD-26-000001"),
    "unknown_order": (A.CAPTURED, usd(12000), "ORD-26-999999"),
    "unknown_type": (None, None, None),
    "without_reference": (A.CAPTURED, usd(12000), None),
}


def content(name: str) -> dict[str, Any]:
    event = json.loads(EVENTS[name].read_text())
    body = base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"]
    inside: dict[str, Any] = json.loads(body)
    return inside


def meaning(name: str, **changes: Any) -> ProviderEvent:
    event = content(name)
    event["data"]["object"] |= changes
    return read(event)


def test_every_sample_event_has_a_meaning() -> None:
    assert set(MEANINGS) == set(EVENTS)


@pytest.mark.parametrize("name", MEANINGS)
def test_a_sample_event_means_what_the_table_says(name: str) -> None:
    state, money, order = MEANINGS[name]
    event = meaning(name)
    assert (event.state, event.order) == (state, order)
    assert [fact.money for fact in event.facts] == ([money] if money else [])
    assert event.attempt == ("P1" if order else None)


@pytest.mark.scenario(2)
def test_session_and_intent_tell_one_fact_with_the_events_time() -> None:
    session, intent = meaning("checkout_completed"), meaning("intent_succeeded")
    (one,), (other,) = session.facts, intent.facts
    assert one.key == other.key == "CAP#pi_test_1"
    assert one.at == other.at == CREATED
    facts = add_fact(add_fact({}, one), other)
    assert fold(facts).captured == 12000
    assert facts["CAP#pi_test_1"].references == {"checkout": "cs_test_a1", "charge": "ch_test_1"}
    assert (session.checkout, session.payment) == ("cs_test_a1", "pi_test_1")


@pytest.mark.scenario(13)
@pytest.mark.scenario(14)
def test_a_completed_checkout_that_is_unpaid_is_no_money_until_the_later_event_says_so() -> None:
    assert meaning("checkout_completed_unpaid").facts == ()
    assert meaning("async_payment_succeeded").facts[0].money == usd(12000)
    assert meaning("async_payment_failed").facts == ()


def test_a_free_checkout_is_no_money() -> None:
    assert meaning("checkout_completed", payment_status="no_payment_required").facts == ()


def test_in_a_query_the_charges_own_time_counts() -> None:
    charge = {"id": "ch_1", "created": 1795349000}
    intent = {"id": "pi_1", "amount_received": 12000, "currency": "usd", "latest_charge": charge}
    session = content("checkout_completed")["data"]["object"] | {"payment_intent": intent}
    (fact,) = session_state(session).facts
    assert (fact.key, fact.at) == ("CAP#pi_1", datetime.fromtimestamp(1795349000, UTC))
    assert read(content("checkout_completed") | {"data": {"object": session}}).payment == "pi_1"


def test_unknown_types_say_nothing() -> None:
    assert "customer.created" not in READERS
    event = content("unknown_type") | {"type": "customer.created", "data": {"object": {"odd": True}}}
    assert read(event) == ProviderEvent(id=event["id"], provider="card", type="customer.created", at=CREATED)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("checkout_completed", {"amount_total": None}),
        ("checkout_completed", {"amount_total": 120.0}),
        ("checkout_completed", {"amount_total": 0}),
        ("checkout_completed", {"payment_intent": None}),
        ("checkout_completed", {"currency": None}),
        ("checkout_completed", {"payment_status": None, "status": None, "expires_at": None}),
        ("intent_succeeded", {"amount_received": "12000"}),
        ("intent_succeeded", {"currency": "u$"}),
        ("intent_succeeded", {"metadata": None}),
        ("intent_succeeded", {"id": 7}),
    ],
)
def test_an_event_of_a_known_type_that_lacks_what_it_must_have_goes_to_a_person(
    name: str, change: dict[str, Any]
) -> None:
    with pytest.raises(UnreadableEvent, match="cannot be read"):
        meaning(name, **change)
