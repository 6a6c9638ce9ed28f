"""Numbered scenarios of the payments study that a card can play, through the product; each ends with sound books."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from certification.acts import invariants, withdrawing
from certification.acts.books import books_of
from certification.acts.inbox_entries import receive
from certification.cloud.tables.applications import applications
from certification.cloud.tables.cases import cases
from certification.cloud.tables.ledger import ledger
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import refunds
from certification.cloud.tables.sittings import sittings
from certification.providers.ports import CheckoutState
from certification.rules.facts import Fact, FactKind, fact_of, fold
from certification.rules.findings import RefundKind
from certification.rules.ledger import Balances, balances, rebuild
from certification.rules.money import usd
from certification.rules.payments import AttemptState
from local import seed
from local.candidate import ApiCandidate
from local.simulators.base import signature
from local.simulators.card import ENDPOINT_SECRET
from tests.functions.stand import Stand

PRICE = 13_500
HONG_KONG = ZoneInfo("Asia/Hong_Kong")
SECOND = timedelta(seconds=1)


def card(stand: Stand, switch: str) -> None:
    stand.cloud.simulators["card"].control("switch", {"name": switch, "on": "true"})


def order_of(candidate: ApiCandidate) -> Order:
    return orders.read(applications.read(candidate.reference).order or "")


def attempt_of(candidate: ApiCandidate) -> Payment:
    (payment,) = order_of(candidate).payments
    return payments.read(payment)


def told(stand: Stand, attempt: Payment, state: AttemptState, *facts: Fact, name: str = "1") -> None:
    """What the provider says about an attempt, applied and settled."""
    said = CheckoutState(
        id=attempt.checkout or "",
        reference=f"{attempt.order}.{attempt.id}",
        url=None,
        expires_at=attempt.created_at,
        state=state,
        facts=facts,
    )
    receive("card", f"query#{attempt.id}#{name}", json.dumps({"queried": said.model_dump(mode="json")}))
    stand.cloud.settle()


def captured(name: str, at: datetime, cents: int = PRICE) -> Fact:
    return fact_of(FactKind.CAPTURED, f"pi_{name}", usd(cents), at, "card:query")


@pytest.fixture
def opened(stand: Stand) -> tuple[ApiCandidate, Payment]:
    """Somebody with an open page on which nobody has paid."""
    candidate = stand.to_pay()
    candidate.open_checkout()
    return candidate, attempt_of(candidate)


@pytest.fixture(autouse=True)
def _sound_at_the_end(stand: Stand) -> Iterator[None]:
    yield
    assert (invariants.differences(), len(stand.cloud.undelivered)) == ([], 0)


@pytest.mark.scenario(15)
@pytest.mark.scenario(16)
@pytest.mark.rule("PAY-05")
@pytest.mark.parametrize("ended", [AttemptState.FAILED, AttemptState.EXPIRED, AttemptState.CLOSED])
def test_money_that_comes_after_an_attempt_had_ended_counts(
    stand: Stand, opened: tuple[ApiCandidate, Payment], ended: AttemptState
) -> None:
    candidate, attempt = opened
    told(stand, attempt, ended, name="ended")
    assert (payments.read(attempt.id).state, candidate.status()) == (ended, "awaiting_payment")
    told(stand, attempt, AttemptState.CAPTURED, captured("late", stand.clock.now()), name="paid")
    assert (payments.read(attempt.id).state, candidate.status()) == (AttemptState.CAPTURED, "registered")
    told(stand, attempt, ended, name="ended again")
    assert (payments.read(attempt.id).state, candidate.status()) == (AttemptState.CAPTURED, "registered")


@pytest.mark.scenario(17)
@pytest.mark.scenario(18)
@pytest.mark.rule("PAY-05", "REG-10")
@pytest.mark.parametrize(("after", "registers"), [(-2 * SECOND, True), (0 * SECOND, True), (SECOND, False)])
def test_the_providers_clock_decides_whether_money_came_in_time_however_late_we_hear(
    stand: Stand, opened: tuple[ApiCandidate, Payment], after: timedelta, registers: bool
) -> None:
    candidate, attempt = opened
    due = order_of(candidate).pay_by
    stand.wait(due + 30 * SECOND - stand.clock.now())
    told(stand, attempt, AttemptState.CAPTURED, captured("close", due + after))
    application = applications.read(candidate.reference)
    assert application.status == ("registered" if registers else "awaiting_payment")
    assert [(one.kind, one.money.amount) for one in refunds.everything()] == ([] if registers else [("late", PRICE)])


@pytest.mark.scenario(21)
@pytest.mark.rule("REF-07")
def test_money_for_an_order_that_was_given_up_goes_back_whole_and_the_order_stays_closed(stand: Stand) -> None:
    candidate = stand.to_pay()
    page = candidate.open_checkout()
    order = order_of(candidate)
    candidate.withdraw()
    candidate.pay_at(page)
    stand.cloud.settle()
    (back,) = refunds.everything()
    assert (back.kind, back.money.amount, back.kept) == ("order_closed", PRICE, 0)
    assert (orders.read(order.number).state, candidate.status()) == ("voided", "withdrawn")


@pytest.mark.scenario(24)
@pytest.mark.scenario(25)
@pytest.mark.scenario(96)
@pytest.mark.rule("PAY-08", "REF-01")
def test_the_card_charged_first_counts_whichever_is_heard_of_first_and_a_withdrawal_returns_that_one(
    stand: Stand, opened: tuple[ApiCandidate, Payment]
) -> None:
    candidate, attempt = opened
    now = stand.clock.now()
    told(stand, attempt, AttemptState.CAPTURED, captured("second", now), name="second")
    assert (candidate.status(), order_of(candidate).settled_by) == ("registered", "CAP#pi_second")
    registered_at = applications.read(candidate.reference).registered_at
    told(stand, attempt, AttemptState.CAPTURED, captured("first", now - SECOND), name="first")
    assert order_of(candidate).settled_by == "CAP#pi_first"
    assert applications.read(candidate.reference).registered_at == registered_at
    assert [(one.kind, one.capture) for one in refunds.everything()] == [("duplicate", "CAP#pi_second")]
    candidate.withdraw()
    stand.cloud.settle()
    back = {one.kind: (one.capture, one.money.amount, one.kept) for one in refunds.everything()}
    assert back[RefundKind.WITHDRAWAL] == ("CAP#pi_first", 10_800, 2_700)
    entries = [row.entry for row in ledger.everything()]
    implied = rebuild((one.facts, books_of(one)) for one in payments.everything())
    assert canonical(balances(entries)) == canonical(implied)


def canonical(amounts: Balances) -> bytes:
    rows = sorted((account, currency, amount) for (account, currency), amount in amounts.items())
    return json.dumps(rows, separators=(",", ":")).encode()


@pytest.mark.scenario(31)
def test_the_same_capture_told_with_another_amount_changes_nothing_and_is_shown_to_a_person(
    stand: Stand, opened: tuple[ApiCandidate, Payment]
) -> None:
    candidate, attempt = opened
    told(stand, attempt, AttemptState.CAPTURED, captured("one", stand.clock.now()), name="right")
    told(stand, attempt, AttemptState.CAPTURED, captured("one", stand.clock.now(), 99_900), name="wrong")
    assert (candidate.status(), fold(payments.read(attempt.id).facts).captured) == ("registered", PRICE)
    assert "conflict:CAP#pi_one" in [case.facts.get("anomaly") for case in cases.everything()]
    assert list(refunds.everything()) == []


def withdraws(stand: Stand, candidate: ApiCandidate, at: datetime) -> list[tuple[int, int]]:
    """What comes back, and what is kept, for a withdrawal at this instant."""
    person = stand.id_of(candidate.session)
    stand.wait(at - stand.clock.now())
    withdrawing.withdraw(person, candidate.reference)
    return [(one.money.amount, one.kept) for one in refunds.everything()]


@pytest.mark.scenario(83)
@pytest.mark.scenario(87)
@pytest.mark.rule("REF-01")
@pytest.mark.parametrize(("late", "back"), [(-SECOND, [(10_800, 2_700)]), (timedelta(), [])])
def test_the_seventh_day_counts_to_midnight_in_hong_kong_wherever_the_candidate_is(
    stand: Stand, late: timedelta, back: list[tuple[int, int]]
) -> None:
    candidate = stand.registered()
    success = applications.read(candidate.reference).registered_at or datetime.now(UTC)
    eighth = (success.astimezone(HONG_KONG) + timedelta(days=8)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert withdraws(stand, candidate, eighth + late) == back


@pytest.mark.scenario(84)
@pytest.mark.rule("REF-02")
@pytest.mark.parametrize(("days", "back"), [(3, [(10_800, 2_700)]), (5, [])])
def test_who_withdraws_five_days_after_registering_for_an_exam_in_twenty_nine_days_gets_nothing(
    stand: Stand, days: int, back: list[tuple[int, int]]
) -> None:
    """Two days earlier the exam is in thirty-one days, and the same person gets it back less the fee."""
    candidate = stand.candidate()
    candidate.apply(sitting_in(stand, timedelta(days=34)))
    candidate.confirm()
    stand.cloud.settle()
    stand.decide(candidate, "approve")
    candidate.pay()
    stand.cloud.settle()
    stand.wait(timedelta(days=days))
    application = applications.read(candidate.reference)
    exam = sittings.read(application.sitting).dates.first_subject.astimezone(HONG_KONG).date()
    assert (exam - stand.clock.now().astimezone(HONG_KONG).date()).days == 34 - days
    candidate.sign_in()
    shown = candidate.order()["refund"]["now"]["amount"]["amount"]
    candidate.withdraw()
    stand.cloud.settle()
    assert [(one.money.amount, one.kept) for one in refunds.everything()] == back
    assert (candidate.status(), shown) == ("withdrawn", sum(amount for amount, _ in back))


def sitting_in(stand: Stand, ahead: timedelta) -> str:
    """Publish a sitting whose exam is so far ahead; gives its id."""
    sitting = seed.demo_sitting(stand.clock.now(), "near", number=9)
    day = (stand.clock.now() + ahead).astimezone(HONG_KONG).date().isoformat()
    for slot in sitting["dates"]["slots"]:
        slot |= {end: day + slot[end][len(day) :] for end in ("starts", "ends")}
    seed.drop(stand.cloud, "sittings/near.json", json.dumps(sitting).encode(), seed.OFFICER)
    stand.cloud.settle()
    return "near"


@pytest.mark.scenario(20)
@pytest.mark.rule("PAY-01")
def test_a_page_that_would_outlive_the_due_time_is_not_offered(stand: Stand) -> None:
    candidate = stand.to_pay()
    due, before = order_of(candidate).pay_by, stand.save()
    stand.wait(due - timedelta(minutes=20) - stand.clock.now())
    candidate.sign_in()
    path = f"/api/candidate/applications/{candidate.reference}/payment"
    assert candidate.call("POST", path, {}, expect=422)["code"] == "too_late_for_card"
    assert order_of(candidate).payments == ()
    stand.restore(before)
    stand.wait(due - timedelta(minutes=40) - stand.clock.now())
    candidate.sign_in()
    candidate.open_checkout()
    ends = attempt_of(candidate).expires_at
    assert ends is not None
    assert ends <= due


def completed(stand: Stand, attempt: Payment, kind: str, status: str) -> None:
    """What the provider tells of a page that was completed by a way of paying that takes its time."""
    (session,) = stand.cloud.simulators["card"].dump()["sessions"].values()
    now = int(stand.clock.now().timestamp())
    said = {**session, "status": "complete", "payment_status": status, "payment_intent": "pi_slow"}
    event = {"id": f"evt_{kind}", "object": "event", "type": f"checkout.session.{kind}", "created": now}
    body = json.dumps({**event, "livemode": False, "data": {"object": said}}).encode()
    headers = {"content-type": "application/json", "stripe-signature": signature(body, ENDPOINT_SECRET, now)}
    assert said["id"] == attempt.checkout
    assert stand.cloud.request("POST", "/webhooks/card", headers, body).status == 200
    stand.cloud.settle()


@pytest.mark.scenario(13)
def test_a_page_completed_without_money_registers_only_when_the_money_came(
    stand: Stand, opened: tuple[ApiCandidate, Payment]
) -> None:
    candidate, attempt = opened
    completed(stand, attempt, "completed", "unpaid")
    assert (candidate.status(), payments.read(attempt.id).state) == ("awaiting_payment", AttemptState.PENDING)
    assert list(ledger.everything()) == []
    completed(stand, attempt, "async_payment_succeeded", "paid")
    assert (candidate.status(), payments.read(attempt.id).state) == ("registered", AttemptState.CAPTURED)


@pytest.mark.scenario(14)
@pytest.mark.rule("REG-09")
def test_a_page_completed_without_money_that_fails_may_be_paid_anew_or_lapses_with_a_letter(
    stand: Stand, opened: tuple[ApiCandidate, Payment]
) -> None:
    candidate, attempt = opened
    completed(stand, attempt, "completed", "unpaid")
    completed(stand, attempt, "async_payment_failed", "unpaid")
    assert (candidate.status(), payments.read(attempt.id).state) == ("awaiting_payment", AttemptState.FAILED)
    assert candidate.open_checkout() != attempt.address
    reminded = applications.read(candidate.reference).due
    assert reminded is not None
    for later in (reminded.at, order_of(candidate).closes + timedelta(hours=25)):
        stand.skip(later)
    candidate.sign_in()
    assert (candidate.status(), candidate.profile()["held_by"]) == ("lapsed", None)
    assert "ApplicationLapsed" in [letter["name"] for letter in candidate.messages()]
    assert list(ledger.everything()) == []
