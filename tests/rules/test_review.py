"""What a reviewer may decide, and whose turn is first."""

from datetime import datetime, timedelta

import pytest

from certification.rules.cases import CaseKind
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.numbers import application_reference
from certification.rules.review import (
    LOCK,
    LONGEST_NOTE,
    Decision,
    Verdict,
    check_decision,
    check_other,
    check_second,
    in_order,
    is_free,
    needs_second,
    trigger_of,
)
from certification.rules.review_file import COLUMNS, DecisionsCheck, check_decisions
from certification.rules.status import Status, move
from tests.rules.samples import POLICY, hong_kong


def decision(verdict: Verdict, *reasons: str, note: str = "") -> Decision:
    return Decision(verdict=verdict, decided_by="staff-1", reasons=reasons, note=note)


@pytest.mark.rule("CHK-03")
def test_a_return_tells_the_candidate_the_reasons_in_both_languages_and_the_part_to_correct() -> None:
    reasons = check_decision(decision(Verdict.RETURN, "photo_not_recent", "name_differs"), POLICY)
    assert [reason.applies_to for reason in reasons] == ["photo", "full_name"]
    assert reasons[0].words.en == "The photo does not look recent."
    assert reasons[1].words.zh == "姓名与证件不一致。"


def test_an_approval_needs_nothing_more() -> None:
    assert check_decision(decision(Verdict.APPROVE), POLICY) == ()


@pytest.mark.rule("CHK-03")
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (decision(Verdict.RETURN), "reason_missing"),
        (decision(Verdict.REJECT), "reason_missing"),
        (decision(Verdict.RETURN, "too_tall"), "unknown_reason"),
        (decision(Verdict.RETURN, "name_differs", "name_differs"), "reason_twice"),
        (decision(Verdict.RETURN, "something_else"), "note_missing"),
        (decision(Verdict.RETURN, "something_else", note="  "), "note_missing"),
        (decision(Verdict.RETURN, "name_differs", note="x" * (LONGEST_NOTE + 1)), "note_too_long"),
        (decision(Verdict.APPROVE, "name_differs"), "approved_with_reasons"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_decision_that_says_too_little_or_too_much_is_refused(wrong: Decision, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_decision(wrong, POLICY)
    assert refusal.value.code == code
    assert refusal.value.field


def test_a_note_may_be_as_long_as_the_limit() -> None:
    check_decision(decision(Verdict.RETURN, "name_differs", note="x" * LONGEST_NOTE), POLICY)
    check_other(CaseKind.CORRECTION, decision(Verdict.REJECT, note="x" * LONGEST_NOTE))


@pytest.mark.parametrize(
    ("kind", "verdict", "two"),
    [
        (CaseKind.REVIEW, Verdict.APPROVE, False),
        (CaseKind.REVIEW, Verdict.RETURN, False),
        (CaseKind.REVIEW, Verdict.REJECT, True),
        (CaseKind.CORRECTION, Verdict.APPROVE, False),
        (CaseKind.CORRECTION, Verdict.REJECT, False),
        (CaseKind.VOID_HEARING, Verdict.APPROVE, True),
        (CaseKind.VOID_HEARING, Verdict.REJECT, False),
        (CaseKind.APPEAL, Verdict.APPROVE, True),
        (CaseKind.APPEAL, Verdict.REJECT, False),
    ],
)
def test_what_cannot_be_taken_back_easily_needs_two_people(kind: CaseKind, verdict: Verdict, two: bool) -> None:
    assert needs_second(kind, verdict, POLICY) is two


def test_a_policy_may_leave_every_decision_to_one_person() -> None:
    void = POLICY.void.model_copy(update={"needs_two": False}) if POLICY.void else None
    review = POLICY.review.model_copy(update={"final_needs_two": False})
    accounts = POLICY.accounts.model_copy(update={"help_needs_two": False})
    assert needs_second(CaseKind.MONEY_TO_RETURN, Verdict.APPROVE, POLICY)
    assert not needs_second(CaseKind.MONEY_TO_RETURN, Verdict.REJECT, POLICY)
    refund = POLICY.refund.model_copy(update={"release": None})
    alone = POLICY.model_copy(update={"review": review, "void": void, "accounts": accounts, "refund": refund})
    assert not any(needs_second(kind, verdict, alone) for kind in CaseKind for verdict in Verdict)


def test_the_second_person_is_not_the_first() -> None:
    check_second("staff-1", "staff-2")
    with pytest.raises(Refused) as refusal:
        check_second("staff-1", "staff-1")
    assert refusal.value.code == "second_is_first"


TAKEN = hong_kong(2026, 3, 9, 10)


@pytest.mark.parametrize(
    ("holder", "taken_at", "now", "free"),
    [
        (None, None, TAKEN, True),
        ("staff-1", TAKEN, TAKEN, True),
        ("staff-2", TAKEN, TAKEN, False),
        ("staff-2", TAKEN, TAKEN + LOCK - timedelta(microseconds=1), False),
        ("staff-2", TAKEN, TAKEN + LOCK, True),
    ],
)
def test_a_taken_case_is_free_again_at_its_instant(
    holder: str | None, taken_at: datetime | None, now: datetime, free: bool
) -> None:
    assert is_free(holder, taken_at, "staff-1", now) is free


@pytest.mark.parametrize(
    ("kind", "wrong", "code"),
    [
        (CaseKind.CORRECTION, decision(Verdict.REJECT), "note_missing"),
        (CaseKind.CORRECTION, decision(Verdict.RETURN, note="x"), "only_done"),
        (CaseKind.UNMATCHED_CREDIT, decision(Verdict.REJECT, note="x"), "only_done"),
        (CaseKind.APPEAL, decision(Verdict.APPROVE, note="x" * (LONGEST_NOTE + 1)), "note_too_long"),
    ],
)
def test_a_wish_is_granted_or_refused_with_a_reason(kind: CaseKind, wrong: Decision, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_other(kind, wrong)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (Verdict.APPROVE, Status.AWAITING_PAYMENT),
        (Verdict.RETURN, Status.RETURNED),
        (Verdict.REJECT, Status.REJECTED),
    ],
)
def test_a_decision_moves_the_application(verdict: Verdict, status: Status) -> None:
    assert move(Status.AWAITING_REVIEW, trigger_of(decision(verdict))) is status


class Row(Frozen):
    reference: str
    due: datetime
    submitted: datetime


def test_the_oldest_due_date_comes_first_then_who_waits_longest() -> None:
    late = Row(reference="late", due=hong_kong(2026, 3, 10), submitted=hong_kong(2026, 3, 1))
    early = Row(reference="early", due=hong_kong(2026, 3, 9), submitted=hong_kong(2026, 3, 2, 12))
    earlier = Row(reference="earlier", due=hong_kong(2026, 3, 9), submitted=hong_kong(2026, 3, 2, 9))
    twin = Row(reference="a-twin", due=hong_kong(2026, 3, 9), submitted=hong_kong(2026, 3, 2, 9))
    assert [row.reference for row in in_order([late, early, earlier, twin])] == ["a-twin", "earlier", "early", "late"]


FIRST, SECOND = "APP-2026-04187T", application_reference(2026, 4188)


def decide(application: str, verdict: str, reasons: str = "", note: str = "") -> dict[str | None, str]:
    return {"application": application, "decision": verdict, "reasons": reasons, "note": note}


def check(*rows: dict[str | None, str]) -> DecisionsCheck:
    return check_decisions(COLUMNS, rows, {FIRST, SECOND}, "staff-1", POLICY)


@pytest.mark.rule("CHK-02", "CHK-03")
def test_a_desk_may_decide_by_file() -> None:
    checked = check(
        decide(FIRST.lower(), "Approve"), decide(SECOND, "return", "photo_not_recent; something_else", "Use colour.")
    )
    assert checked.good
    assert [staged.application for staged in checked.staged] == [FIRST, SECOND]
    assert checked.staged[1].decision.reasons == ("photo_not_recent", "something_else")
    assert checked.staged[1].decision.decided_by == "staff-1"


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (decide("", "approve"), "application", "cell_empty"),
        (decide("hello", "approve"), "application", "number_form"),
        (decide("APP-2026-04187U", "approve"), "application", "number_check"),
        (decide(application_reference(2026, 1), "approve"), "application", "not_waiting"),
        (decide(FIRST, ""), "decision", "cell_empty"),
        (decide(FIRST, "maybe"), "decision", "decision_unknown"),
        (decide(FIRST, "reject", "level_not_open"), "decision", "reject_on_page"),
        (decide(FIRST, "return"), "reasons", "reason_missing"),
        (decide(FIRST, "return", "too_tall"), "reasons", "unknown_reason"),
        (decide(FIRST, "return", "something_else"), "note", "note_missing"),
        (decide(FIRST, "approve", "name_differs"), "reasons", "approved_with_reasons"),
        (decide(SECOND, "approve"), "application", "row_twice"),
    ],
)
def test_one_bad_row_keeps_a_file_from_counting_and_says_what_to_do(
    row: dict[str | None, str], column: str, code: str
) -> None:
    checked = check(decide(SECOND, "approve"), row)
    assert [(found.row, found.column, found.code) for found in checked.problems] == [(3, column, code)]
    assert (checked.good, [one.row for one in checked.staged]) == (False, [2])
    assert checked.rows_read == 2


def test_a_file_of_decisions_with_other_columns_is_not_read() -> None:
    checked = check_decisions(("application",), [], {FIRST}, "staff-1", POLICY)
    assert {found.code for found in checked.problems} == {"column_missing"}
