"""What is applied for changes while an order is open: its pages are closed first, and money that comes anyway is not lost."""

import json
from datetime import datetime, timedelta

import pytest

from certification.acts import invariants
from certification.acts.inbox_entries import receive
from certification.cloud.tables.applications import applications
from certification.cloud.tables.cases import cases
from certification.cloud.tables.ledger import ledger
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import refunds
from certification.providers.ports import CheckoutState
from certification.rules.facts import FactKind, fact_of
from certification.rules.ledger import balances
from certification.rules.money import Money
from certification.rules.payments import AttemptState
from local.candidate import ApiCandidate
from tests.functions.stand import REVIEWER, Stand

AGAIN = timedelta(minutes=4)
"""Longer than a queue waits before it delivers again."""


def wants(stand: Stand, candidate: ApiCandidate, **fields: str) -> None:
    """The candidate asks for a correction and the desk grants it."""
    path = f"/api/candidate/applications/{candidate.reference}/corrections"
    assert stand.call("POST", path, {"fields": fields}, session=candidate.session).status == 200
    case = applications.read(candidate.reference).corrections[-1].case
    session = stand.sign_in_staff(REVIEWER)
    assert (
        stand.call("POST", f"/api/staff/cases/{case}/decision", {"verdict": "approve"}, session=session).status == 200
    )
    stand.cloud.settle()


def card(stand: Stand, switch: str, on: bool = True) -> None:
    stand.cloud.simulators["card"].control("switch", {"name": switch, "on": "true" if on else "false"})


def attempt_of(order: str) -> Payment:
    (payment,) = orders.read(order).payments
    return payments.read(payment)


def order_of(candidate: ApiCandidate) -> Order:
    return orders.read(applications.read(candidate.reference).order or "")


def takes_money(stand: Stand, attempt: Payment, at: datetime, cents: int = 13_500, currency: str = "USD") -> None:
    """The provider says, against its word, that a page it had closed was paid."""
    capture = fact_of(FactKind.CAPTURED, f"pi_{attempt.id}", Money(amount=cents, currency=currency), at, "card:query")
    state = CheckoutState(
        id=attempt.checkout or "",
        reference=None,
        url=None,
        expires_at=at,
        state=AttemptState.CAPTURED,
        facts=(capture,),
    )
    told = state.model_copy(update={"reference": f"{attempt.begun_for or attempt.order}.{attempt.id}"})
    receive("card", f"query#{attempt.id}", json.dumps({"queried": told.model_dump(mode="json")}))
    stand.cloud.settle()


@pytest.fixture
def changed(stand: Stand) -> tuple[ApiCandidate, Payment]:
    """A candidate whose open page was closed because the level changed, and who may pay the order that followed."""
    candidate = stand.to_pay()
    candidate.open_checkout()
    attempt = attempt_of(order_of(candidate).number)
    wants(stand, candidate, level="2")
    stand.decide(candidate, "approve")
    return candidate, attempt


@pytest.mark.rule("PAY-06")
def test_the_open_page_is_closed_at_the_provider_before_the_order_makes_way(stand: Stand) -> None:
    candidate = stand.to_pay()
    page, first = candidate.open_checkout(), order_of(candidate)
    wants(stand, candidate, level="2")
    assert candidate.status() == "awaiting_review"
    assert (orders.read(first.number).state, attempt_of(first.number).state) == ("superseded", "expired")
    path = f"/api/candidate/applications/{candidate.reference}/payment"
    assert stand.call("POST", path, {}, session=candidate.session).code == "not_payable"
    candidate.submit(page, {"card": "visa"})
    stand.cloud.settle()
    assert list(ledger.everything()) == []
    stand.decide(candidate, "approve")
    revised = order_of(candidate)
    assert (revised.revises, orders.read(first.number).successor) == (first.number, revised.number)
    assert revised.total > first.total
    candidate.pay()
    stand.cloud.settle()
    assert candidate.status() == "registered"
    assert (order_of(candidate).state, invariants.differences()) == ("settled", [])


@pytest.mark.scenario(22)
@pytest.mark.rule("PAY-06")
def test_money_for_a_closed_page_settles_the_open_order_that_took_its_place(
    stand: Stand, changed: tuple[ApiCandidate, Payment]
) -> None:
    candidate, attempt = changed
    revised = order_of(candidate)
    takes_money(stand, attempt, stand.clock.now(), revised.total.amount)
    assert candidate.status() == "registered"
    moved = payments.read(attempt.id)
    assert (moved.order, moved.begun_for) == (revised.number, attempt.order)
    assert (order_of(candidate).state, order_of(candidate).settled_by) == ("settled", f"CAP#pi_{attempt.id}")
    assert orders.read(attempt.order or "").state == "superseded"
    kept = balances(entry.entry for entry in ledger.everything())
    owed = revised.total.amount
    assert kept == {("psp:card", "USD"): owed, (f"candidate:{revised.number}", "USD"): -owed}
    assert (list(refunds.everything()), invariants.differences()) == ([], [])


@pytest.mark.scenario(23)
@pytest.mark.rule("PAY-09", "REF-07")
def test_money_for_a_closed_page_goes_back_when_the_order_that_took_its_place_is_paid(
    stand: Stand, changed: tuple[ApiCandidate, Payment]
) -> None:
    candidate, attempt = changed
    candidate.pay()
    stand.cloud.settle()
    assert candidate.status() == "registered"
    takes_money(stand, attempt, stand.clock.now())
    (back,) = refunds.everything()
    assert (back.kind, back.order, back.money.amount) == ("other_order_duplicate", attempt.order, 13_500)
    assert (candidate.status(), order_of(candidate).state, invariants.differences()) == ("registered", "settled", [])


@pytest.mark.rule("PAY-06")
@pytest.mark.parametrize(("cents", "currency"), [(1, "USD"), (13_500, "USD"), (1_000_000, "HKD")])
def test_too_little_or_other_money_for_a_closed_page_goes_back_whole_and_the_new_order_stays_open(
    stand: Stand, changed: tuple[ApiCandidate, Payment], cents: int, currency: str
) -> None:
    candidate, attempt = changed
    takes_money(stand, attempt, stand.clock.now(), cents, currency)
    (back,) = refunds.everything()
    assert (back.kind, back.money) == ("mismatch", Money(amount=cents, currency=currency))
    assert (candidate.status(), order_of(candidate).state) == ("awaiting_payment", "open")
    candidate.pay()
    stand.cloud.settle()
    assert (candidate.status(), invariants.differences()) == ("registered", [])


@pytest.mark.rule("PAY-06", "REF-07")
def test_money_that_arrives_before_there_is_a_new_order_goes_back_whole(stand: Stand) -> None:
    candidate = stand.to_pay()
    candidate.open_checkout()
    attempt = attempt_of(order_of(candidate).number)
    wants(stand, candidate, level="2")
    takes_money(stand, attempt, stand.clock.now())
    (back,) = refunds.everything()
    assert (back.kind, back.money.amount) == ("order_closed", 13_500)
    stand.decide(candidate, "approve")
    candidate.pay()
    stand.cloud.settle()
    assert (candidate.status(), invariants.differences()) == ("registered", [])


@pytest.mark.rule("PAY-06", "REG-07")
def test_who_has_paid_meanwhile_has_paid_and_the_correction_comes_too_late(stand: Stand) -> None:
    candidate = stand.to_pay()
    page, first = candidate.open_checkout(), order_of(candidate)
    card(stand, "drop")
    candidate.pay_at(page)
    wants(stand, candidate, level="2")
    stand.cloud.advance(AGAIN)
    application = applications.read(candidate.reference)
    assert (application.status, application.level, application.order) == ("registered", "3", first.number)
    assert application.corrections[-1].state == "overtaken"
    assert (orders.read(first.number).state, invariants.differences()) == ("settled", [])


@pytest.mark.rule("PAY-06")
def test_while_the_provider_is_silent_nobody_may_begin_to_pay_and_the_order_waits(stand: Stand) -> None:
    candidate = stand.to_pay()
    candidate.open_checkout()
    first = order_of(candidate)
    card(stand, "down")
    wants(stand, candidate, level="2")
    assert (candidate.status(), order_of(candidate).state) == ("awaiting_payment", "open")
    refused = stand.call(
        "POST", f"/api/candidate/applications/{candidate.reference}/payment", {}, session=candidate.session
    )
    assert (refused.status, refused.code) == (422, "order_changing")
    card(stand, "down", on=False)
    stand.cloud.advance(AGAIN)
    assert (candidate.status(), orders.read(first.number).state) == ("awaiting_review", "superseded")
    assert {case.kind for case in cases.everything()} == {"review", "correction"}


@pytest.mark.rule("PAY-06")
def test_a_wallets_page_that_cannot_be_closed_is_waited_for(stand: Stand) -> None:
    candidate = stand.to_pay()
    path = f"/api/candidate/applications/{candidate.reference}/payment"
    assert stand.call("POST", f"{path}?method=alipay", {}, session=candidate.session).status == 200
    first = order_of(candidate)
    wants(stand, candidate, level="2")
    assert (candidate.status(), orders.read(first.number).state) == ("awaiting_payment", "open")
    stand.cloud.advance(timedelta(minutes=40))
    assert (candidate.status(), orders.read(first.number).state) == ("awaiting_review", "superseded")
    assert (len(stand.cloud.undelivered), invariants.differences()) == (0, [])


def test_a_wallets_code_is_closed_at_once_and_nobody_can_pay_it_any_more(stand: Stand) -> None:
    candidate = stand.to_pay()
    path = f"/api/candidate/applications/{candidate.reference}/payment"
    assert stand.call("POST", f"{path}?method=wechat_pay", {}, session=candidate.session).status == 200
    first = order_of(candidate)
    wants(stand, candidate, level="2")
    assert (candidate.status(), orders.read(first.number).state) == ("awaiting_review", "superseded")
    (order,) = stand.cloud.simulators["wechatpay"].control("status", {})["orders"]
    with pytest.raises(ValueError, match="not waiting"):
        stand.cloud.simulators["wechatpay"].control("pay", {"order": order["number"]})
