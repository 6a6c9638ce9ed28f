"""An exam that is called off: everything back or another date, as the candidate chooses; silence has its default."""

from datetime import timedelta
from typing import Any

import pytest

from certification.acts import calling_off
from certification.cloud.tables.applications import applications
from certification.cloud.tables.claims import claims
from certification.cloud.tables.orders import orders
from certification.cloud.tables.refunds import refunds
from certification.cloud.tables.seats import seats
from certification.policies import load_policy
from local import seed
from local.candidate import ApiCandidate
from tests.functions.browser import Browser
from tests.journeys.stages import Stages, newcomer
from tests.journeys.town import SITTING, Town, publish
from tests.statemachines.test_payment import FEE, PAID, books

OTHER = "cgptc-demo-later"
WHY = {"why_en": "The hall was flooded.", "why_zh": "考场进水。"}


def called_off(town: Town, *instead: str) -> None:
    town.officer.awake().call("POST", f"/api/staff/sittings/{SITTING}/call-off", {**WHY, "instead": list(instead)})
    town.settle()


def another_date(town: Town) -> None:
    """A later sitting of the same scheme."""
    later = seed.demo_sitting(town.clock.now() + timedelta(days=60))
    publish(town, {**later, "id": OTHER, "number": 2})


def row(candidate: ApiCandidate) -> Any:
    return applications.read(candidate.reference)


def choose(candidate: ApiCandidate, expect: int = 200, **choice: str) -> Any:
    path = f"/api/candidate/applications/{candidate.reference}/called-off"
    return candidate.awake().call("POST", path, choice, expect=expect)


@pytest.mark.rule("REF-03")
@pytest.mark.parametrize("stage", ["registered", "seated"])
def test_who_chooses_the_refund_gets_everything_back_even_in_the_blackout(
    town: Town, stages: Stages, stage: Any
) -> None:
    candidate = stages.at(stage)
    called_off(town)
    another_date_is_not_named = candidate.awake().call(
        "GET", f"/api/candidate/applications/{candidate.reference}/called-off"
    )
    assert another_date_is_not_named["offers"] == []  # nothing but a refund is left: nobody has to choose
    assert row(candidate).status == "cancelled"
    (refund,) = refunds.everything()
    assert (refund.kind, refund.money.amount, refund.kept, refund.state) == ("exam_cancelled", FEE, 0, "succeeded")
    letters = [name for name, channel in town.letters(candidate) if channel == "email"]
    assert {"ExamCalledOff", "RegistrationCancelled", "RefundArrived"} <= {*letters}
    assert "PaymentQueuedForReturn" not in letters


@pytest.mark.rule("REF-03")
def test_the_candidate_chooses_between_a_refund_and_another_date_until_the_due_time(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    another_date(town)
    called_off(town, OTHER)
    called_off(town, OTHER)
    assert row(candidate).status == "awaiting_choice"
    offered = candidate.awake().call("GET", f"/api/candidate/applications/{candidate.reference}/called-off")
    assert offered["offers"] == ["full_refund", "reschedule"]
    assert [date["sitting"] for date in offered["dates"]] == [OTHER]
    assert choose(candidate, 422, choice="reschedule", sitting="nowhere")["code"] == "no_such_sitting"
    assert row(candidate).due.at - town.clock.now() > timedelta(days=13)
    choose(candidate, choice="full_refund")
    choose(candidate, choice="full_refund")
    town.settle()
    assert (row(candidate).status, books()) == ("cancelled", {})
    assert len(list(refunds.everything())) == 1
    assert choose(candidate, 422, choice="reschedule", sitting=OTHER)["code"] == "no_such_choice"


@pytest.mark.rule("REF-03")
@pytest.mark.scenario(86)
@pytest.mark.parametrize("by", ["api", "page"])
def test_who_takes_another_date_keeps_application_and_order_and_may_leave_free_until_its_closing(
    town: Town, stages: Stages, by: str
) -> None:
    candidate = stages.at("seated")
    another_date(town)
    called_off(town, OTHER)
    if by == "api":
        choose(candidate, choice="reschedule", sitting=OTHER)
        choose(candidate, choice="reschedule", sitting=OTHER)
    else:
        browser = Browser(town, candidate.awake())
        browser.get(f"/apply/{candidate.reference}/called-off")
        browser.post(f"/apply/{candidate.reference}/called-off", choice=OTHER)
    town.settle()
    moved = row(candidate)
    assert (moved.status, moved.sitting, moved.seat, moved.candidate_number) == ("registered", OTHER, None, None)
    assert orders.read(moved.order).state == "settled"
    assert [one.application for one in seats.everything()] == []
    held = [claim.key for claim in claims.everything() if claim.holder == candidate.reference]
    assert held == [f"live:{moved.candidate}:{OTHER}"]
    assert ("RegistrationRescheduled", "email") in town.letters(candidate)
    shown = candidate.awake().order()["refund"]
    assert shown["now"]["amount"]["amount"] == FEE  # of the old exam, the blackout would have begun
    candidate.withdraw()
    town.settle()
    (refund,) = refunds.everything()
    assert (refund.money.amount, refund.kept, refund.state) == (FEE, 0, "succeeded")


@pytest.mark.rule("REF-03")
def test_silence_until_the_due_time_is_a_full_refund_and_not_a_second_before(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    another_date(town)
    called_off(town, OTHER)
    due = row(candidate).due.at
    town.skip(due - timedelta(seconds=1))
    assert (row(candidate).status, list(refunds.everything())) == ("awaiting_choice", [])
    town.skip(due)
    assert row(candidate).status == "cancelled"
    assert [(refund.kind, refund.money.amount) for refund in refunds.everything()] == [("exam_cancelled", FEE)]


@pytest.mark.rule("REF-03", "REF-04")
@pytest.mark.scenario(60)
@pytest.mark.parametrize("how", ["silence", "desk"])
def test_while_the_bank_disputes_the_payment_the_registration_ends_and_the_money_follows_when_that_is_won(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    candidate = stages.at("registered")
    card = town.cloud.simulators["card"].control
    card("dispute", {"payment": card("status", {})["payments"][0]["id"]})
    town.settle()
    if how == "desk":
        terms_of(monkeypatch, offer=("staff_decision",), default="staff_decision")
    another_date(town)
    called_off(town, OTHER)
    if how == "desk":
        (case,) = [one for one in town.cases() if one.kind == "called_off"]
        town.reviewer.awake().decide(case.id, "approve")
        town.settle()
    else:
        town.skip(row(candidate).due.at)
    assert (row(candidate).status, list(refunds.everything())) == ("cancelled", [])
    (dispute,) = card("status", {})["disputes"]
    card("dispute_won", {"dispute": dispute["id"]})
    town.settle()
    (refund,) = refunds.everything()
    assert (refund.kind, refund.money.amount, refund.kept, refund.state) == ("exam_cancelled", FEE, 0, "succeeded")


def terms_of(monkeypatch: pytest.MonkeyPatch, **terms: Any) -> None:
    """The scheme's policy with other terms for an exam that is called off."""
    policy, policy_hash = load_policy("cgptc")
    changed = policy.model_copy(update={"cancellation": policy.cancellation.model_copy(update=terms)}), policy_hash
    monkeypatch.setattr(calling_off, "load_policy", lambda _: changed)


@pytest.mark.rule("REF-03")
def test_silence_is_the_next_date_where_the_policy_says_so_and_the_seat_is_freed(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = stages.at("seated")
    terms_of(monkeypatch, default="reschedule")
    another_date(town)
    called_off(town, OTHER)
    town.skip(row(candidate).due.at)
    assert (row(candidate).status, row(candidate).sitting) == ("registered", OTHER)
    assert [one.application for one in seats.everything()] == []
    billed = {"psp USD": FEE - 422, "cost USD": 422}
    assert books() == {**billed, "candidate USD": 3_500 - FEE, "fee USD": -3_500}, (
        "the registration fee was ours by then"
    )


@pytest.mark.rule("REF-03")
def test_everybody_concerned_is_offered_and_who_has_not_paid_only_ends(town: Town, stages: Stages) -> None:
    unpaid = stages.at("to_pay")
    paid = newcomer(town, 2)
    another_date(town)
    called_off(town, OTHER)
    assert (row(unpaid).status, row(paid).status) == ("cancelled", "awaiting_choice")
    assert orders.read(row(unpaid).order).state == "voided"
    assert books() == PAID
    refused = unpaid.awake().call("POST", f"/api/candidate/applications/{unpaid.reference}/payment", {}, expect=422)
    assert refused["code"] == "called_off"


def test_only_who_plans_calls_off_and_not_once_the_exam_has_begun(town: Town, stages: Stages) -> None:
    stages.at("registered")
    path = f"/api/staff/sittings/{SITTING}/call-off"
    town.reviewer.awake().call("POST", path, WHY, expect=403)
    assert town.officer.awake().call("POST", path, {**WHY, "instead": ["x"]}, expect=422)["code"] == "no_such_sitting"
    town.skip(town.sitting.dates.first_subject)
    assert town.officer.awake().call("POST", path, WHY, expect=422)["code"] == "exam_began"
