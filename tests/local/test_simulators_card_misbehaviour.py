"""The card simulator misbehaves on command; what the product must believe stays the same."""

import json
from datetime import timedelta

import pytest

from certification.providers.card_events import read
from certification.rules.facts import fold
from local.simulators.card_bank import RETRIES
from tests.local.card_stand import REFERENCE, START, Stand


@pytest.mark.scenario(1)
def test_every_event_twice_is_one_capture() -> None:
    stand = Stand()
    stand.paid("event_twice")
    assert len(stand.types) == 8
    assert stand.captured == 12000


@pytest.mark.scenario(25)
def test_a_second_payment_for_the_order_comes_five_seconds_later() -> None:
    stand = Stand()
    stand.paid("second_payment")
    assert stand.captured == 12000
    stand.until(timedelta(seconds=5))
    assert stand.captured == 24000
    assert {read(json.loads(body)).reference for *_, body in stand.posted} >= {REFERENCE}


@pytest.mark.scenario(16)
@pytest.mark.scenario(18)
def test_a_slow_bank_takes_the_money_an_hour_after_the_checkout_expired() -> None:
    stand = Stand()
    name = stand.paid("late")
    assert "working on it" in stand.page("POST", name, {"card": "visa"})[2].decode()
    stand.until(timedelta(hours=3))
    assert (stand.types[0], stand.captured) == ("checkout.session.expired", 12000)
    assert [fact.at for fact in stand.facts.values()] == [START + timedelta(hours=2)]


@pytest.mark.scenario(3)
def test_the_events_can_come_before_the_checkout_is_answered() -> None:
    stand = Stand()
    stand.switch("before_answer")  # the answer itself was made, and stored, before the payment
    status, answer = stand.create()
    assert (status, answer["status"], stand.captured) == (200, "open", 12000)


def test_out_of_order_the_last_event_comes_first_and_the_sum_is_the_same() -> None:
    stand = Stand()
    stand.paid("out_of_order")
    assert (stand.types[0], stand.types[-1]) == ("checkout.session.completed", "payment_intent.created")
    assert stand.captured == 12000


@pytest.mark.scenario(41)
def test_forged_events_come_first_and_are_refused() -> None:
    stand = Stand()
    stand.paid("forged")
    assert stand.refused == ["wrong_signature"] * 4
    assert stand.captured == 12000
    assert json.loads(stand.posted[0][2])["data"]["object"]["amount"] == 120000
    stand.until(timedelta(days=4))
    assert len(stand.refused) == 4


@pytest.mark.scenario(28)
@pytest.mark.scenario(29)
def test_a_wrong_amount_or_currency_is_told_alike_by_every_event() -> None:
    short, other = Stand(), Stand()
    short.paid("wrong_amount")
    other.paid("wrong_currency")
    assert (fold(short.facts).captured, fold(short.facts).anomalies) == (11999, ())
    assert (fold(other.facts).currency, fold(other.facts).anomalies) == ("HKD", ())


def test_dropped_events_never_come_but_the_query_knows() -> None:
    stand = Stand()
    name = stand.paid("drop")
    stand.until(timedelta(days=4))
    assert stand.posted == []
    assert stand.ask("GET", f"/v1/checkout/sessions/{name}")[1]["payment_status"] == "paid"


@pytest.mark.scenario(17)
def test_delayed_events_come_a_day_later_with_a_fresh_signature_and_the_old_time() -> None:
    stand = Stand()
    stand.paid("delay_24_hours")
    stand.until(timedelta(hours=23, minutes=59))
    assert stand.posted == []
    stand.until(timedelta(minutes=1))
    assert stand.captured == 12000
    assert {fact.at for fact in stand.facts.values()} == {START}


@pytest.mark.scenario(10)
def test_an_event_that_is_not_taken_is_tried_again_for_three_days() -> None:
    stand = Stand()
    stand.open, stand.status = False, 500
    stand.simulator.control("decline", {"session": stand.session()})
    stand.until(timedelta(hours=72))
    kept = [event for event in stand.simulator.control("status", {})["events"] if event["type"].endswith("failed")]
    times = [one["at"] - int(START.timestamp()) for one in kept[0]["deliveries"]]
    assert times == [0, *RETRIES]
    assert times[-1] == 72 * 3600
    stand.until(timedelta(days=4))
    assert len(stand.simulator.control("status", {})["events"][0]["deliveries"]) == len(times)


def test_an_event_is_not_tried_again_once_it_is_taken() -> None:
    stand = Stand()
    stand.status = 503
    stand.paid()
    stand.status = 200
    stand.until(timedelta(minutes=5))
    stand.until(timedelta(days=4))
    assert len(stand.types) == 8


@pytest.mark.scenario(7)
def test_a_stored_failure_is_given_again_under_its_key_only() -> None:
    stand = Stand()
    stand.switch("stored_500")
    assert [stand.create()[0], stand.create()[0], stand.create(key="pay:P1:2")[0]] == [500, 500, 200]
    assert len(stand.simulator.dump()["sessions"]) == 1


@pytest.mark.scenario(5)
def test_a_lost_answer_leaves_a_checkout_behind() -> None:
    stand = Stand()
    stand.switch("answer_lost")
    assert [stand.create()[0], stand.create()[0]] == [504, 200]
    assert len(stand.simulator.dump()["sessions"]) == 1


def test_when_it_is_down_the_page_and_the_events_go_on() -> None:
    stand = Stand()
    name = stand.paid("down")
    assert stand.captured == 12000
    assert stand.ask("GET", f"/v1/checkout/sessions/{name}")[0] == 503
