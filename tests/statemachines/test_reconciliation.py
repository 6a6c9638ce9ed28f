"""Reconciliation: every day of the card provider is held against our books, heals what was lost, and closes signed."""

import base64
import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from certification.cloud import clients, vault
from certification.cloud.settings import settings
from certification.cloud.tables.bill_days import BillDay, bill_days
from certification.cloud.tables.cases import cases
from certification.cloud.tables.ledger import ledger
from certification.cloud.tables.payments import payments
from certification.cloud.tables.refunds import refunds
from certification.rules.ledger import balances
from certification.rules.reconciliation import Class
from tests.journeys.stages import Stages
from tests.journeys.town import START, Town
from tests.statemachines.test_wallets import control, pay, switch

TODAY = START.date()
FEE = 13_500
CARD_FEE = 422
NEXT_MORNING = datetime(START.year, START.month, START.day + 1, 3, 0, tzinfo=START.tzinfo)


def reconcile(town: Town) -> None:
    """Run the job once, and whatever it causes."""
    town.cloud.invoke("ReconcileDaysFunction", {"job": "reconcile_days"})
    town.settle()


def day(of: date = TODAY) -> BillDay:
    return bill_days.read("card", of.isoformat())


def card(town: Town) -> Any:
    return town.cloud.simulators["card"]


def books() -> dict[str, int]:
    found: dict[str, int] = {}
    for (account, _), amount in balances(entry.entry for entry in ledger.everything()).items():
        name = account.partition(":")[0] if not account.startswith("cost") else account
        found[name] = found.get(name, 0) + amount
    return found


@pytest.fixture
def paid(town: Town, stages: Stages) -> Town:
    """A candidate has paid, and the next morning has come; no job has run."""
    stages.at("registered")
    town.wait(NEXT_MORNING - town.clock.now())
    return town


@pytest.mark.rule("PAY-05")
def test_a_day_that_agrees_is_closed_once_its_bill_is_there_and_its_fees_are_booked(town: Town, stages: Stages) -> None:
    stages.at("registered")
    town.wait(NEXT_MORNING - timedelta(hours=1, seconds=1) - town.clock.now())
    reconcile(town)
    assert bill_days.find("card", TODAY.isoformat()) is None, "before two o'clock UTC there is no bill"
    town.wait(timedelta(seconds=1))
    reconcile(town)
    closed = day()
    assert (closed.state, closed.counts, closed.due) == ("closed", {Class.MATCHED: 1}, None)
    assert (closed.sums[0].captured, closed.sums[0].fees) == (FEE, CARD_FEE)
    assert books() == {"psp": FEE - CARD_FEE, "candidate": -FEE, "cost:psp": CARD_FEE}
    reconcile(town)
    assert day() == closed, "a closed day stays as it was signed"


@pytest.mark.rule("PAY-05")
def test_the_first_run_ever_reads_every_bill_since_the_first_fact(paid: Town) -> None:
    paid.wait(timedelta(days=2))
    reconcile(paid)
    days = [((row.day - TODAY).days, row.state, row.lines) for row in bill_days.within("card")]
    assert days == [(0, "closed", 1), (1, "closed", 0), (2, "closed", 0)]


def test_the_summary_of_a_closed_day_is_signed_and_anybody_with_the_public_key_can_check_it(paid: Town) -> None:
    reconcile(paid)
    closing = day().closing
    assert closing is not None
    text = vault.read(settings().vault, closing.file)
    assert hashlib.sha256(text).hexdigest() == closing.sha256
    public = clients.kms().get_public_key(KeyId=settings().key("books"))["PublicKey"]
    key = load_der_public_key(public)
    assert isinstance(key, EllipticCurvePublicKey)
    key.verify(base64.b64decode(closing.signature), f"assay-day-1\n{closing.sha256}\n".encode(), ECDSA(SHA256()))
    said = json.loads(text)
    bill = vault.read(settings().vault, day().file or "")
    assert (said["bill"], said["lines"], said["sums"][0]["kept_there"]) == (
        hashlib.sha256(bill).hexdigest(),
        1,
        FEE - CARD_FEE,
    )


@pytest.mark.rule("PAY-05", "PAY-08")
@pytest.mark.scenario(2)
def test_a_payment_nobody_told_us_of_is_recorded_from_the_bill_and_the_day_closes_after_it(
    town: Town, stages: Stages
) -> None:
    stages.at("registered")
    session = card(town).control("status", {})["sessions"][0]["id"]
    card(town).control("switch", {"name": "drop"})
    card(town).control("pay_again", {"session": session})
    town.wait(NEXT_MORNING - town.clock.now())
    assert books()["psp"] == FEE
    reconcile(town)
    first = day()
    assert (first.state, first.counts[Class.DUPLICATE_PAYMENT], first.healed) == ("compared", 1, 1)
    assert [(one.kind, one.money.amount) for one in refunds.everything()] == [("duplicate", FEE)]
    town.wait(timedelta(hours=1))
    reconcile(town)
    assert (day().state, day().counts, day().healed) == ("closed", {Class.MATCHED: 2}, 1)
    card(town).control("clear", {})
    for event in card(town).control("status", {})["events"]:
        card(town).control("deliver", {"event": event["id"]})
    town.settle()
    told = "the message that comes after all changes nothing, and the duplicate has gone back"
    assert books()["psp"] == FEE - 2 * CARD_FEE, told


def test_what_two_bills_do_not_show_stops_refunds_and_waits_for_an_explanation(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    town.wait(NEXT_MORNING - town.clock.now())
    events = card(town)._bank.part("events")
    hidden = {name: kept for name, kept in events.items() if kept["event"]["type"] == "charge.succeeded"}
    for name in hidden:
        del events[name]
    reconcile(town)
    assert (day().state, len(day().carried)) == ("closed", 1), "the next bill may show it"
    town.wait(timedelta(days=1))
    reconcile(town)
    second = day(TODAY + timedelta(days=1))
    assert [(one.what, one.payment) for one in second.differences] == [
        (Class.MISSING_THERE, one.id) for one in payments.everything()
    ]
    assert (second.state, [one.doubted for one in payments.everything()]) == ("compared", [True])
    case = cases.read(second.differences[0].case)
    assert (case.kind, case.desk, case.facts["in_the_bill"]) == ("bill_difference", "finance", "nothing")
    candidate.awake().withdraw()
    town.settle()
    assert [one.state for one in refunds.everything()] == ["reserved"], "nothing leaves what is in doubt"
    town.reviewer.awake().take_next()
    town.reviewer.decide(case.id, "approve", note="The provider lists it under the day before.")
    town.settle()
    reconcile(town)
    closed = day(TODAY + timedelta(days=1))
    assert closed.state == "closed"
    assert closed.closing is not None
    explained = json.loads(vault.read(settings().vault, closed.closing.file))["explained"]
    assert [(one["case"], one["by"]) for one in explained] == [(case.id, "STF-reviewer")]
    town.run_jobs()
    town.wait(timedelta(days=1))
    town.run_jobs()
    assert [one.doubted for one in payments.everything()] == [False]
    assert [one.state for one in refunds.everything()] == ["succeeded"]


@pytest.mark.scenario(91)
def test_a_bill_that_does_not_come_is_asked_for_every_hour_and_then_by_a_person(paid: Town) -> None:
    card(paid).control("switch", {"name": "down"})
    reconcile(paid)
    assert (day().state, day().tries, len(paid.cases())) == ("awaited", 1, 1)
    reconcile(paid)
    assert day().tries == 1, "not before an hour has passed"
    paid.wait(timedelta(hours=7))
    reconcile(paid)
    assert (day().tries, [case.kind for case in paid.cases()]) == (2, ["review", "bill_difference"])
    card(paid).control("clear", {})
    paid.wait(timedelta(hours=1))
    reconcile(paid)
    assert (day().state, day().tries) == ("closed", 0)


@pytest.mark.rule("PAY-03", "PAY-05")
@pytest.mark.scenario(92)
@pytest.mark.parametrize(
    ("method", "stream"), [("wechat_pay", "wechat_pay_global"), ("alipay", "alipay_international")]
)
def test_a_wallets_lost_notification_is_healed_by_its_own_bill_of_its_own_day(
    town: Town, stages: Stages, method: str, stream: str
) -> None:
    candidate = stages.at("to_pay")
    switch(town, method, "drop")
    pay(town, candidate, method)
    assert candidate.status() == "awaiting_payment"
    town.wait(NEXT_MORNING - town.clock.now())
    reconcile(town)
    assert candidate.awake().status() == "registered"
    control(town, method, "clear")
    town.wait(timedelta(hours=1))
    reconcile(town)
    closed = bill_days.read(stream, TODAY.isoformat())
    assert (closed.state, closed.counts, closed.healed) == ("closed", {Class.MATCHED: 1}, 1)
    assert day().counts == {}, "the card provider's bill of that day is empty"


@pytest.mark.rule("PAY-05")
def test_a_refund_whose_answer_and_notice_were_lost_is_in_the_international_bill_which_does_not_name_its_payment(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("to_pay")
    pay(town, candidate, "alipay")
    switch(town, "alipay", "drop", "answer_lost")
    candidate.awake().withdraw()
    town.settle()
    assert next(refunds.everything()).state == "submitted"
    switch(town, "alipay", "drop", "bill_line_twice")
    town.wait(NEXT_MORNING - town.clock.now())
    reconcile(town)
    switch(town, "alipay")
    (refund,) = refunds.everything()
    assert (refund.state, refund.money.amount) == ("succeeded", FEE * 8 // 10)
    town.wait(timedelta(hours=1))
    reconcile(town)
    closed = bill_days.read("alipay_international", TODAY.isoformat())
    assert (closed.state, closed.counts, closed.healed) == ("closed", {Class.MATCHED: 2}, 1)
    assert (closed.sums[0].captured, closed.sums[0].refunded) == (FEE, FEE * 8 // 10)
    assert [case.kind for case in town.cases()] == ["review"]
