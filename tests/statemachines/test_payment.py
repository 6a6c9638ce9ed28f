"""Payment: whatever the provider tells, when and how often, the books stay right and nobody's money is forgotten."""

import json
from datetime import timedelta
from typing import Any

import pytest

from certification.acts.outcomes import MOST_TRIES
from certification.cloud import clients
from certification.cloud.outbox import outbox
from certification.cloud.settings import settings
from certification.cloud.tables.bill_days import bill_days
from certification.cloud.tables.inbox import inbox
from certification.cloud.tables.ledger import ledger
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import payments
from certification.cloud.tables.refunds import refunds
from certification.rules.ledger import balances
from certification.rules.reconciliation import Class
from local.candidate import ApiCandidate
from local.simulators.base import signature
from local.simulators.card_bank import ENDPOINT_SECRET
from tests.journeys.stages import Stages
from tests.journeys.town import START, Town

NOTHING = ["Apply the fact", "Is there an order?", "Done"]
SETTLES = ["Apply the fact", "Is there an order?", "Settle the order"]
FEE = 13_500
USD = "USD"


def misbehave(town: Town, *switches: str) -> None:
    """Switch the card simulator's misbehaviours on, and all others off."""
    town.cloud.simulators["card"].control("clear", {})
    for name in switches:
        town.cloud.simulators["card"].control("switch", {"name": name})


def told(town: Town) -> list[Any]:
    """The events of the card simulator with their deliveries."""
    events: list[Any] = town.cloud.simulators["card"].control("status", {})["events"]
    return events


def deliver_everything(town: Town) -> None:
    """The provider tells again whatever it has told or kept back."""
    for event in told(town):
        town.cloud.simulators["card"].control("deliver", {"event": event["id"]})
    town.settle()


def the_order(candidate: ApiCandidate) -> Order:
    return orders.read(candidate.order()["number"])


def books() -> dict[str, int]:
    """Cents by kind of account and currency, e.g. `candidate USD`."""
    found: dict[str, int] = {}
    for (account, currency), amount in balances(entry.entry for entry in ledger.everything()).items():
        name = f"{account.partition(':')[0]} {currency}"
        found[name] = found.get(name, 0) + amount
    return found


def going_back() -> list[tuple[str, int, str]]:
    return [(refund.kind, refund.money.amount, refund.money.currency) for refund in refunds.everything()]


def kinds(town: Town) -> list[str]:
    """The kinds of all cases but the review."""
    return [case.kind for case in other_cases(town)]


def other_cases(town: Town) -> list[Any]:
    return [case for case in town.cases() if case.kind != "review"]


PAID = {"psp USD": FEE, "candidate USD": -FEE}
PAID_AND_BILLED = {"psp USD": FEE - 422, "candidate USD": -FEE, "cost USD": 422}
"""After the night: the day's bill has told what the card provider keeps."""


@pytest.mark.rule("REG-02", "PAY-05", "FEE-02")
def test_who_pays_in_time_is_registered(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    assert town.paths("payment") == [NOTHING, NOTHING, SETTLES, SETTLES]
    order = candidate.order()
    assert (order["state"], order["total"]) == ("settled", {"amount": FEE, "currency": USD})
    assert books() == PAID
    assert (going_back(), kinds(town)) == ([], [])
    assert ("CandidateRegistered", "email") in town.letters(candidate)
    assert candidate.call("POST", f"/api/candidate/applications/{candidate.reference}/payment", {}, expect=422)


def test_a_declined_card_costs_nothing_and_the_same_page_takes_another(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    page = candidate.open_checkout()
    assert candidate.submit(page, {"card": "declined"}).status == 402
    town.settle()
    assert candidate.open_checkout() == page
    candidate.pay_at(page)
    town.settle()
    assert (candidate.status(), books()) == ("registered", PAID)


@pytest.mark.parametrize("switches", [("event_twice",), ("out_of_order",), ("event_twice", "out_of_order")])
def test_events_twice_and_out_of_order_count_once(town: Town, stages: Stages, switches: tuple[str, ...]) -> None:
    candidate = stages.at("to_pay")
    misbehave(town, *switches)
    candidate.pay()
    town.settle()
    deliver_everything(town)
    assert (candidate.status(), books(), going_back()) == ("registered", PAID, [])
    assert town.letters(candidate).count(("CandidateRegistered", "email")) == 1


@pytest.mark.rule("PAY-08", "REF-07")
def test_a_second_payment_of_the_same_order_goes_back(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    misbehave(town, "second_payment")
    candidate.pay()
    town.pass_time(START + timedelta(seconds=10))
    assert candidate.status() == "registered"
    assert going_back() == [("duplicate", FEE, USD)]
    assert [refund.state for refund in refunds.everything()] == ["succeeded"]
    assert books() == PAID
    assert kinds(town) == []  # nobody has to do anything
    assert {("PaymentQueuedForReturn", "email"), ("RefundArrived", "email")} <= {*town.letters(candidate)}


@pytest.mark.scenario(28)
@pytest.mark.scenario(29)
@pytest.mark.rule("FEE-02")
@pytest.mark.parametrize(
    ("switch", "amount", "currency"), [("wrong_amount", FEE - 1, USD), ("wrong_currency", FEE, "HKD")]
)
def test_the_wrong_money_goes_back_and_the_right_money_registers(
    town: Town, stages: Stages, switch: str, amount: int, currency: str
) -> None:
    candidate = stages.at("to_pay")
    misbehave(town, switch)
    candidate.pay()
    town.settle()
    assert candidate.status() == "awaiting_payment"
    assert (going_back(), kinds(town)) == ([("mismatch", amount, currency)], ["money_to_return"])
    misbehave(town)
    candidate.pay()
    town.settle()
    assert (candidate.status(), len(going_back())) == ("registered", 1)


@pytest.mark.scenario(18)
@pytest.mark.rule("PAY-05", "REG-10")
def test_money_taken_after_the_due_time_goes_back_and_the_application_lapses(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    due = the_order(candidate).pay_by
    town.skip(due - timedelta(minutes=40))
    misbehave(town, "late")
    candidate.awake().pay()
    town.skip(due + timedelta(hours=2))
    assert going_back() == [("late", FEE, USD)]
    assert candidate.awake().status() == "awaiting_payment"
    town.skip(due + timedelta(hours=25))
    assert (candidate.awake().status(), the_order(candidate).state) == ("lapsed", "lapsed")
    assert len(going_back()) == 1
    assert ("ApplicationLapsed", "email") in town.letters(candidate)


@pytest.mark.rule("REG-09", "REG-10")
def test_who_never_pays_lapses_a_day_after_the_close_and_not_before(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    closes = town.sitting.dates.payment_closes
    town.skip(closes + timedelta(hours=23, minutes=59))
    assert candidate.awake().status() == "awaiting_payment"
    refused = candidate.call("POST", f"/api/candidate/applications/{candidate.reference}/payment", {}, expect=422)
    assert refused["code"] == "payment_closed"
    town.skip(closes + timedelta(hours=24))
    assert candidate.awake().status() == "lapsed"
    assert candidate.profile()["held_by"] is None


@pytest.mark.rule("PAY-05")
def test_money_nobody_told_us_about_is_found_by_asking(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    misbehave(town, "drop")
    candidate.pay()
    town.settle()
    assert candidate.status() == "awaiting_payment"
    town.skip(START + timedelta(hours=24, minutes=30))
    assert candidate.awake().status() == "registered"
    assert bill_days.read("card", START.date().isoformat()).counts == {Class.MATCHED: 1}, "asked before the bill told"
    assert books() == PAID_AND_BILLED
    deliver_everything(town)
    assert (books(), going_back()) == (PAID_AND_BILLED, [])


@pytest.mark.rule("PAY-05")
def test_the_candidate_can_have_the_provider_asked(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    misbehave(town, "drop")
    candidate.pay()
    answer = candidate.call("POST", f"/api/candidate/applications/{candidate.reference}/payment/check", {})
    assert answer["found"] is True
    town.settle()
    assert (candidate.status(), books()) == ("registered", PAID)


def paid_in_time_and_silent(town: Town, stages: Stages) -> ApiCandidate:
    """Somebody paid an hour before the due time; no event comes, and the provider cannot be asked."""
    candidate = stages.at("to_pay")
    town.skip(the_order(candidate).pay_by - timedelta(hours=1))
    misbehave(town, "drop")
    candidate.awake().pay()
    misbehave(town, "down")
    town.pass_time(town.clock.now() + timedelta(minutes=1))
    return candidate


@pytest.mark.scenario(19)
@pytest.mark.rule("PAY-05")
def test_a_lapsed_application_comes_back_when_it_was_paid_in_time(town: Town, stages: Stages) -> None:
    candidate = paid_in_time_and_silent(town, stages)
    with town.without_jobs():
        town.cloud.advance(to=town.sitting.dates.payment_closes + timedelta(hours=24))
        town.cloud.schedules.run_now("DeadlinesJob")
        town.settle()
        assert candidate.awake().status() == "lapsed"
        misbehave(town)
        deliver_everything(town)
    assert (candidate.status(), books()) == ("registered", PAID)
    assert (the_order(candidate).state, going_back()) == ("settled", [])


@pytest.mark.rule("PAY-05")
def test_after_the_freeze_a_person_looks_for_a_late_seat(town: Town, stages: Stages) -> None:
    candidate = paid_in_time_and_silent(town, stages)
    town.skip(town.sitting.dates.payment_closes + timedelta(hours=25))
    assert candidate.awake().status() == "lapsed"
    assert town.sitting.stage != "announced"
    misbehave(town)
    deliver_everything(town)
    assert (candidate.status(), the_order(candidate).state, books()) == ("lapsed", "settled", PAID)
    # The provider was down for a day, so its bill did not come either: another desk's matter.
    assert [kind for kind in kinds(town) if kind != "bill_difference"] == ["late_seat"]
    assert going_back() == []


@pytest.mark.scenario(32)
def test_money_for_an_order_nobody_knows_is_held_and_shown(town: Town, stages: Stages) -> None:
    stages.at("registered")
    event = json.loads(next(entry.body for entry in inbox.everything() if "checkout.session.completed" in entry.body))
    session = event["data"]["object"]
    session |= {"id": "cs_test_stranger", "client_reference_id": "ORD-26-000000000A.PAY-unknown"}
    session |= {"payment_intent": "pi_stranger", "metadata": {}}
    post(town, event | {"id": "evt_stranger"})
    assert kinds(town) == []  # it names an attempt as ours do: its row may only be late
    town.skip(START + timedelta(minutes=20))
    assert kinds(town) == ["unmatched_credit"]
    assert books() == {"psp USD": 2 * FEE, "candidate USD": -FEE, "unapplied USD": -FEE}
    assert [payment.id for payment in payments.everything() if payment.order is None] == ["unplaced-pi_stranger"]
    assert town.paths("payment")[-1] == NOTHING


def test_a_forged_event_is_refused_and_nothing_is_stored(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    before = (len(list(inbox.everything())), len(list(outbox.everything())))
    assert post(town, {"id": "evt_forged", "type": "checkout.session.completed"}, secret="whsec_wrong") == 400
    assert post(town, {"id": "evt_old", "type": "checkout.session.completed"}, age=timedelta(minutes=6)) == 400
    assert (len(list(inbox.everything())), len(list(outbox.everything()))) == before
    misbehave(town, "forged")
    candidate.pay()
    town.settle()
    assert {(one["forged"], one["status"]) for event in told(town) for one in event["deliveries"]} == {
        (True, 400),
        (False, 200),
    }
    assert (candidate.status(), books()) == ("registered", PAID)
    assert not [entry.id for entry in inbox.everything() if "forged" in entry.id]


def test_an_event_that_nobody_can_read_is_a_case_and_is_tried_ever_more_rarely(town: Town, stages: Stages) -> None:
    stages.at("registered")
    event = {"id": "evt_unreadable", "type": "checkout.session.expired", "created": 1_795_000_000, "livemode": False}
    assert post(town, {**event, "data": {"object": {}}}) == 200
    began, tries = town.clock.now(), []
    with town.without_jobs():
        for hours in range(1, 11):
            town.cloud.advance(to=began + timedelta(hours=hours))
            town.cloud.schedules.run_now("DeadlinesJob")
            town.settle()
            tries.append(inbox.read("card#evt_unreadable").tries)
    assert tries == [1, 2, MOST_TRIES, 4, 4, 5, 5, 5, 5, 6]
    assert ["tries" in case.facts for case in other_cases(town)].count(True) == 1


def post(town: Town, event: dict[str, Any], *, secret: str = ENDPOINT_SECRET, age: timedelta = timedelta()) -> int:
    """Post an event to our door, signed with a secret; gives the status."""
    body = json.dumps(event).encode()
    signed = signature(body, secret, int((town.clock.now() - age).timestamp()))
    headers = {"content-type": "application/json", "stripe-signature": signed}
    answer = town.cloud.request("POST", "/webhooks/card", headers, body)
    town.settle()
    return answer.status


@pytest.mark.scenario(4)
@pytest.mark.parametrize("table", ["Payments", "Orders"])
def test_money_told_before_its_rows_can_be_read_waits_in_the_inbox_and_counts_later(
    town: Town, stages: Stages, table: str
) -> None:
    """As on a replica that lags, or while a table is restored: the row was written, and nobody can read it yet."""
    candidate = stages.at("to_pay")
    page = candidate.open_checkout()
    name, store = settings().table(table), clients.dynamodb()
    rows = store.scan(TableName=name)["Items"]
    for row in rows:
        store.delete_item(TableName=name, Key={"pk": row["pk"]})
    candidate.pay_at(page)
    town.settle()
    waiting = [json.loads(entry.body)["type"] for entry in inbox.everything() if entry.due is not None]
    assert {"checkout.session.completed", "payment_intent.succeeded"} <= {*waiting}
    assert (books(), kinds(town), SETTLES in town.paths("payment")) == ({}, [], False)
    for row in rows:
        store.put_item(TableName=name, Item=row)
    town.skip(START + timedelta(minutes=20))
    assert (candidate.awake().status(), books(), kinds(town)) == ("registered", PAID, [])
    assert {entry.applied_at is None for entry in inbox.everything()} == {False}


@pytest.mark.scenario(3)
def test_money_may_arrive_before_the_checkout_is_answered(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    misbehave(town, "before_answer")
    candidate.open_checkout()
    town.settle()
    assert (candidate.status(), books()) == ("registered", PAID)
    assert len(list(payments.everything())) == 1


@pytest.mark.parametrize("switch", ["answer_lost", "stored_500", "down"])
def test_a_checkout_without_an_answer_is_opened_once_all_the_same(town: Town, stages: Stages, switch: str) -> None:
    candidate = stages.at("to_pay")
    misbehave(town, switch)
    payment = f"/api/candidate/applications/{candidate.reference}/payment"
    refused = candidate.call("POST", payment, {}, expect=422)
    assert refused["code"] in ("provider_silent", "provider_unavailable")
    misbehave(town)
    candidate.pay()  # at once: nobody has to wait for a sweep
    town.settle()
    assert (candidate.status(), books()) == ("registered", PAID)
    assert [str(payment.state) for payment in payments.everything()].count("captured") == 1


@pytest.mark.rule("PAY-05")
def test_a_settlement_that_fails_is_announced_again(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    from certification.acts import settling

    candidate = stages.at("to_pay")

    def fail(_number: str) -> str:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(settling, "settle", fail)
        candidate.pay()
        town.settle()
    assert town.paths("payment")[-1] == [*SETTLES, "Needs a person", "Stopped"]
    assert [case.facts["state"] for case in other_cases(town)] == ["Settle the order", "Settle the order"]
    assert candidate.status() == "awaiting_payment"
    assert books() == PAID
    town.skip(START + timedelta(minutes=20))
    assert (candidate.status(), books()) == ("registered", PAID)
