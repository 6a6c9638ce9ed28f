"""Refunds: sent once whatever happens on the way, never more than is there, and told as they are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from certification.cloud.tables.cases import cases
from certification.cloud.tables.payments import payments
from certification.cloud.tables.refunds import Refund, refunds
from certification.policies import load_policy
from certification.rules.facts import fold
from certification.rules.refund_life import RefundState
from certification.rules.spans import span
from local.candidate import ApiCandidate
from tests.journeys.stages import Stages
from tests.journeys.town import START, Town
from tests.statemachines.test_payment import FEE, PAID, books, deliver_everything, kinds, misbehave, other_cases

BACK, KEPT = FEE * 8 // 10, FEE * 2 // 10
WITHDRAWN = {"psp USD": KEPT, "fee USD": -KEPT}


def card(town: Town, action: str, **form: str) -> Any:
    return town.cloud.simulators["card"].control(action, form)


def withdraw(town: Town, candidate: ApiCandidate) -> None:
    candidate.awake().withdraw()
    town.settle()


def the_refund() -> Refund:
    (found,) = refunds.everything()
    return found


def sent(town: Town) -> list[tuple[int, str]]:
    return [(one["amount"], one["status"]) for one in card(town, "status")["refunds"]]


@pytest.mark.rule("REF-01", "REF-04")
def test_who_withdraws_in_time_gets_it_back_the_way_it_came_less_the_fee(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    withdraw(town, candidate)
    refund = the_refund()
    assert (refund.state, refund.money.amount, refund.kept) == ("succeeded", BACK, KEPT)
    assert [str(step.state) for step in refund.steps] == ["reserved", "submitted", "succeeded"]
    assert sent(town) == [(BACK, "succeeded")]
    assert (books(), kinds(town)) == (WITHDRAWN, [])
    letters = town.letters(candidate)
    assert letters.count(("RefundArrived", "email")) == 1
    assert ("RefundSent", "email") not in letters  # it went at once
    deliver_everything(town)
    assert (books(), sent(town)) == (WITHDRAWN, [(BACK, "succeeded")])


@pytest.mark.scenario(56)
@pytest.mark.parametrize("switch", ["refund_answer_lost", "refund_500", "down"])
def test_a_refund_without_an_answer_is_looked_up_and_sent_once(town: Town, stages: Stages, switch: str) -> None:
    candidate = stages.at("registered")
    misbehave(town, switch, "drop")
    withdraw(town, candidate)
    assert the_refund().state == "submitted"
    misbehave(town, "drop")
    town.skip(START + timedelta(hours=2))
    assert (the_refund().state, sent(town)) == ("succeeded", [(BACK, "succeeded")])
    assert the_refund().number == (2 if switch == "refund_500" else 1)
    assert (books(), kinds(town)) == (WITHDRAWN, [])


@pytest.mark.scenario(8)
def test_a_key_that_is_a_day_old_is_never_used_again(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    misbehave(town, "down")
    withdraw(town, candidate)
    with town.without_jobs():
        town.cloud.advance(timedelta(hours=30))
    misbehave(town)
    town.run_jobs()
    assert (the_refund().state, the_refund().number) == ("succeeded", 2)


@pytest.mark.rule("REF-04")
def test_a_refund_of_which_nothing_is_heard_for_ten_days_is_shown_to_a_person_once_and_still_looked_up(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("registered")
    misbehave(town, "down")
    withdraw(town, candidate)
    submitted = the_refund().at(RefundState.SUBMITTED)
    assert submitted is not None

    def looked_up_at(when: datetime) -> list[str]:
        town.wait(when - town.clock.now())
        town.cloud.invoke("assay-send_refund", {"refund": the_refund().id})
        return kinds(town)

    assert looked_up_at(submitted + timedelta(days=10, seconds=-1)) == []
    assert looked_up_at(submitted + timedelta(days=10)) == ["money_to_return"]
    assert looked_up_at(submitted + timedelta(days=11)) == ["money_to_return"]
    misbehave(town)
    town.skip(submitted + timedelta(days=13))
    assert (the_refund().state, sent(town)) == ("succeeded", [(BACK, "succeeded")])
    assert [case.decision is None for case in other_cases(town)] == [False]


@pytest.mark.scenario(57)
def test_a_refund_that_fails_after_it_succeeded_is_owed_again_and_sent_again_by_a_person(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("registered")
    misbehave(town, "refund_fails")
    withdraw(town, candidate)
    assert the_refund().state == "succeeded"
    misbehave(town)
    town.pass_time(START + timedelta(hours=1, minutes=5))
    failed = the_refund()
    assert (failed.state, failed.failure) == ("failed", "expired_or_canceled_card")
    assert books() == PAID
    assert kinds(town) == ["money_to_return"]
    assert ("RefundFailed", "email") in town.letters(candidate)
    staff = town.reviewer.awake()
    assert [one["id"] for one in staff.call("GET", "/api/staff/refunds")["refunds"]] == [failed.id]
    again = staff.call("POST", f"/api/staff/refunds/{failed.id}/retry", {})["refund"]
    town.settle()
    assert again == f"{failed.id}.2"
    assert staff.call("POST", f"/api/staff/refunds/{failed.id}/retry", {})["refund"] == again
    assert refunds.read(again).state == "succeeded"
    assert (books(), sent(town)) == (WITHDRAWN, [(BACK, "failed"), (BACK, "succeeded")])
    assert [case.decision is None for case in other_cases(town)] == [False]


def test_a_slow_refund_is_told_twice_and_is_reserved_meanwhile(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    misbehave(town, "refund_slow")
    withdraw(town, candidate)
    assert the_refund().state == "pending"
    assert books() == {"psp USD": FEE, "refund USD": -BACK, "fee USD": -KEPT}
    assert ("RefundSent", "email") in town.letters(candidate)
    town.pass_time(START + timedelta(hours=25))
    assert the_refund().state == "succeeded"
    assert {name: amount for name, amount in books().items() if name not in ("psp USD", "cost USD")} == {
        "fee USD": -KEPT  # psp and cost move with the provider's own daily bill
    }
    assert ("RefundArrived", "email") in town.letters(candidate)


@pytest.mark.scenario(59)
def test_a_refund_on_the_providers_pages_is_recorded_and_a_person_decides_about_the_seat(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("registered")
    (payment,) = [one for one in card(town, "status")["payments"] if one["status"] == "succeeded"]
    card(town, "refund", payment=payment["id"])
    town.settle()
    assert (the_refund().state, the_refund().kind) == ("external", "external")
    assert (books(), kinds(town)) == ({}, ["external_refund"])
    assert candidate.awake().status() == "registered"
    (case,) = other_cases(town)
    town.reviewer.awake().decide(case.id, "approve")
    town.settle()
    assert candidate.awake().status() == "withdrawn"
    assert len(list(refunds.everything())) == 1


@pytest.mark.scenario(61)
def test_a_dispute_after_a_full_refund_is_flagged_and_the_evidence_asked_for(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    withdraw(town, candidate)
    (payment,) = card(town, "status")["payments"]
    card(town, "dispute", payment=payment["id"])
    town.settle()
    (row,) = [one for one in payments.everything() if one.facts]
    assert fold(row.facts).refundable < 0
    assert sorted(kinds(town)) == ["dispute", "unmatched_credit"]


@pytest.mark.scenario(63)
def test_an_inquiry_books_nothing_and_holds_up_nothing(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    (payment,) = card(town, "status")["payments"]
    card(town, "inquiry", payment=payment["id"])
    town.settle()
    assert (books(), kinds(town)) == (PAID, ["dispute"])
    assert candidate.awake().now().get("open_cases", []) == []
    (dispute,) = card(town, "status")["disputes"]
    card(town, "dispute_won", dispute=dispute["id"])
    town.settle()
    assert [case.decision.outcome for case in other_cases(town)] == ["won"]


@pytest.mark.scenario(53)
@pytest.mark.scenario(64)
@pytest.mark.parametrize("what", ["refund", "dispute"])
def test_what_is_told_before_the_payment_itself_is_flagged_and_clears(town: Town, stages: Stages, what: str) -> None:
    candidate = stages.at("to_pay")
    misbehave(town, "drop")
    candidate.pay()
    misbehave(town)
    (payment,) = [one for one in card(town, "status")["payments"] if one["status"] == "succeeded"]
    card(town, what, payment=payment["id"])
    town.settle()
    flagged = [case for case in other_cases(town) if case.facts.get("anomaly", "").startswith("negative")]
    assert len(flagged) == 1
    assert candidate.awake().status() == "awaiting_payment"
    deliver_everything(town)
    assert candidate.awake().status() == "registered"
    assert cases.read(flagged[0].id).decision is not None


@pytest.mark.scenario(54)
@pytest.mark.scenario(55)
def test_two_of_the_desk_ask_for_sixty_percent_each_and_one_is_refused(town: Town, stages: Stages) -> None:
    stages.at("registered")
    (paid,) = [one for one in payments.everything() if one.facts]
    (capture,) = paid.facts
    amount = f"{FEE * 6 // 10 // 100}.00"

    def ask(staff: Any, amount: str = amount, expect: int = 200) -> Any:
        body = {"capture": capture, "amount": amount, "reason": "Agreed by telephone"}
        return staff.call("POST", f"/api/staff/payments/{paid.id}/refunds", body, expect=expect)

    staff = [town.reviewer.awake(), town.second.awake()]
    for wrong in ("0", "0.00", "-1", "1.001", "1e2", "", "135.01"):
        assert ask(staff[0], wrong, 422)["code"] in ("amount_wrong", "refund_not_covered"), wrong
    assert list(refunds.everything()) == []
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda one: _either(lambda: ask(one), lambda: ask(one, expect=422)), staff))
    assert sorted("refund" in one for one in answers) == [False, True]
    assert the_refund().state == "requested"
    assert (sent(town), kinds(town)) == ([], ["money_to_return"])


def _either(first: Any, second: Any) -> Any:
    try:
        return first()
    except Exception:
        return second()


@pytest.mark.rule("REF-04")
def test_wrong_money_goes_back_once_two_people_say_so_and_stays_when_they_do_not(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    misbehave(town, "wrong_amount")
    candidate.pay()
    town.settle()
    assert (the_refund().state, kinds(town)) == ("requested", ["money_to_return"])
    (case,) = other_cases(town)
    town.reviewer.awake().decide(case.id, "approve")
    town.settle()
    assert (the_refund().state, sent(town)) == ("requested", [])
    town.second.awake().second(case.id)
    town.settle()
    assert (the_refund().state, sent(town)) == ("succeeded", [(FEE - 1, "succeeded")])
    assert [str(step.state) for step in the_refund().steps][:2] == ["requested", "approved"]


def test_a_refund_that_is_not_let_go_gives_its_reservation_back(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    misbehave(town, "wrong_amount")
    candidate.pay()
    town.settle()
    (case,) = other_cases(town)
    town.reviewer.awake().decide(case.id, "reject", note="The missing cent was paid at the counter.")
    town.settle()
    assert the_refund().state == "rejected"
    assert books() == {"psp USD": FEE - 1, "candidate USD": 1 - FEE}
    assert ("RefundRejected", "email") in town.letters(candidate)
    misbehave(town)
    candidate.awake().pay()  # what was found not to fit is not deducted: the whole fee is asked for again, and settles
    town.settle()
    assert candidate.status() == "registered"


@pytest.mark.scenario(57)
def test_a_failed_refund_may_be_paid_by_hand_and_counts_when_a_second_person_confirms(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("registered")
    misbehave(town, "refund_fails")
    withdraw(town, candidate)
    misbehave(town)
    town.pass_time(START + timedelta(hours=1, minutes=5))
    staff = town.reviewer.awake()
    staff.call("POST", f"/api/staff/refunds/{the_refund().id}/by-hand", {"reason": " "}, expect=422)
    staff.call("POST", f"/api/staff/refunds/{the_refund().id}/by-hand", {"reason": "Transfer to the new account"})
    town.settle()
    assert (the_refund().state, books()) == ("manual", PAID)
    (case,) = [one for one in town.cases() if one.facts.get("asks") == "by_hand"]
    staff.decide(case.id, "approve")
    town.second.awake().second(case.id)
    town.settle()
    assert (the_refund().state, books()) == ("succeeded", {"psp USD": FEE, "bank USD": -BACK, "fee USD": -KEPT})
    assert town.letters(candidate).count(("RefundArrived", "email")) == 2


@pytest.mark.rule("REF-04")
def test_what_is_paid_by_hand_goes_no_other_way_and_a_colleague_who_says_no_leaves_it_failed(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("registered")
    misbehave(town, "refund_fails")
    withdraw(town, candidate)
    misbehave(town)
    town.pass_time(START + timedelta(hours=1, minutes=5))
    failed, staff = the_refund(), town.reviewer.awake()
    address = f"/api/staff/refunds/{failed.id}"
    staff.call("POST", f"{address}/by-hand", {"reason": "To the account in the letter"})
    assert staff.call("POST", f"{address}/by-hand", {"reason": "Cash"}, expect=422)["code"] == "not_by_hand"
    staff.call("POST", f"{address}/retry", expect=422)
    (case,) = [one for one in town.cases() if one.facts.get("asks") == "by_hand"]
    staff.decide(case.id, "reject", note="Not the account in the letter.")
    town.settle()
    (again,) = [one for one in town.cases() if one.decision is None and one.facts.get("asks") == "failed"]
    assert (the_refund().state, the_refund().case, books()) == ("failed", again.id, PAID)
    staff.call("POST", f"{address}/retry")
    town.settle()
    assert staff.call("POST", f"{address}/by-hand", {"reason": "Cash"}, expect=422)["code"] == "not_by_hand"
    assert (refunds.read(f"{failed.id}.2").state, books()) == ("succeeded", WITHDRAWN)


def pays_twice(town: Town, candidate: ApiCandidate) -> None:
    """Pay; the card provider takes the money a second time a few seconds later."""
    misbehave(town, "second_payment")
    candidate.pay()
    town.wait(timedelta(seconds=10))
    misbehave(town)


def policy_with(monkeypatch: pytest.MonkeyPatch, within: str, **duplicates: str) -> None:
    """The scheme's policy with other dates for duplicates and another window of the provider."""
    policy, policy_hash = load_policy("cgptc")
    methods = tuple(method.model_copy(update={"refundable_within": span(within)}) for method in policy.payment.methods)
    changed = policy.model_copy(
        update={
            "duplicates": policy.duplicates.model_copy(update=duplicates),
            "payment": policy.payment.model_copy(update={"methods": methods}),
        }
    )
    monkeypatch.setattr("certification.acts.settling.load_policy", lambda _: (changed, policy_hash))


@pytest.mark.rule("PAY-08", "REF-07")
@pytest.mark.scenario(24)
def test_a_duplicate_waits_for_the_close_of_registration_where_the_policy_says_so(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = stages.at("to_pay")
    policy_with(monkeypatch, "P180D", same_order="after_registration_closes")
    pays_twice(town, candidate)
    closes = town.sitting.dates.registration_closes
    assert (the_refund().state, the_refund().not_before) == ("reserved", closes)
    assert books() == {"psp USD": 2 * FEE, "candidate USD": -FEE, "refund USD": -FEE}
    town.skip(closes - timedelta(seconds=1))
    assert (the_refund().state, sent(town)) == ("reserved", [])
    town.skip(closes)
    assert (the_refund().state, sent(town)) == ("succeeded", [(FEE, "succeeded")])
    assert kinds(town).count("money_to_return") == 0


@pytest.mark.rule("PAY-08", "REF-07")
@pytest.mark.parametrize("how", ["bank", "pages"])
def test_a_duplicate_that_went_back_another_way_before_its_date_is_not_sent_again(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    candidate = stages.at("to_pay")
    policy_with(monkeypatch, "P180D", same_order="after_registration_closes")
    pays_twice(town, candidate)
    waits = the_refund()
    if how == "bank":
        card(town, "dispute", payment=waits.capture.partition("#")[2])
        (dispute,) = card(town, "status")["disputes"]
        town.settle()
        card(town, "dispute_lost", dispute=dispute["id"])
    else:
        card(town, "refund", payment=waits.capture.partition("#")[2], amount=str(FEE))
    town.settle()
    before = sent(town)
    for _ in range(2):
        town.skip(max(waits.not_before, town.clock.now()) + timedelta(days=1))
        assert (refunds.read(waits.id).state, sent(town)) == ("cancelled", before)
    letters = town.letters(candidate)
    assert letters.count(("PaymentTakenBack", "email")) == (1 if how == "bank" else 0)
    assert fold(payments.read(waits.payment).facts).reserved == 0
    assert "negative" not in fold(payments.read(waits.payment).facts).anomalies
    assert candidate.awake().status() == "registered"


@pytest.mark.rule("PAY-09", "REF-07")
@pytest.mark.scenario(26)
def test_a_duplicate_goes_before_its_date_where_the_provider_would_not_wait_and_a_person_is_told(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = stages.at("to_pay")
    policy_with(monkeypatch, "P30D", same_order="after_exam_and_reconciled")
    pays_twice(town, candidate)
    refund = the_refund()
    captured = payments.read(refund.payment).facts[refund.capture].at
    assert (refund.state, refund.not_before) == ("reserved", captured + timedelta(days=16))
    (told,) = [case for case in other_cases(town) if case.kind == "money_to_return"]
    assert told.facts["asks"] == "early"
    town.skip(refund.not_before)
    assert (the_refund().state, sent(town)) == ("succeeded", [(FEE, "succeeded")])
    assert cases.read(told.id).decision is not None
