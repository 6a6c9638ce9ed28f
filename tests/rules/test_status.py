"""The life of an application: one table, one way to move, refusals that name both ends."""

import itertools

import pytest

from certification.rules.cases import DEFAULT_BLOCK, Block, CaseKind, OpenCase, blocking, open_case
from certification.rules.status import (
    AT_REST,
    BLOCKED_BY,
    TABLE,
    WAY_BACK,
    Status,
    StepBlocked,
    StepRefused,
    Trigger,
    is_live,
    move,
    triggers,
)
from certification.rules.waits import WAITS, needs_due_date, waits_for

S, T = Status, Trigger
# life.md's table, told a second time as pairs of ends; the two tellings are compared below.
LIFE = {
    S.DRAFT: {S.VERIFYING, S.WITHDRAWN, S.LAPSED},
    S.VERIFYING: {S.AWAITING_REVIEW, S.AWAITING_SIGNATURE, S.AWAITING_PROOFS, S.DRAFT},
    S.AWAITING_SIGNATURE: {S.AWAITING_PAYMENT, S.AWAITING_PROOFS, S.LAPSED, S.WITHDRAWN},
    S.AWAITING_PROOFS: {S.AWAITING_REVIEW, S.LAPSED, S.WITHDRAWN},
    S.AWAITING_REVIEW: {S.AWAITING_PAYMENT, S.RETURNED, S.REJECTED, S.WITHDRAWN},
    S.RETURNED: {S.VERIFYING, S.AWAITING_REVIEW, S.LAPSED, S.WITHDRAWN},
    S.AWAITING_PAYMENT: {
        S.REGISTERED, S.AWAITING_PROOFS, S.VERIFYING, S.WITHDRAWN, S.LAPSED, S.VOID, S.CANCELLED,
    },
    S.LAPSED: {S.REGISTERED},
    S.REGISTERED: {S.SEATED, S.WITHDRAWN, S.AWAITING_CHOICE, S.FORFEITED, S.VOID},
    S.SEATED: {S.AWAITING_RESULT, S.REGISTERED, S.WITHDRAWN, S.AWAITING_CHOICE, S.FORFEITED, S.VOID},
    S.AWAITING_CHOICE: {S.REGISTERED, S.CANCELLED},
    S.AWAITING_RESULT: {S.PASSED, S.CREDITS_KEPT, S.NOT_PASSED, S.VOID},
    S.PASSED: {S.CONCLUDING, S.CERTIFIED, S.VOID},  # VOID: a check that is open when the results come (CHK-16)
    S.CONCLUDING: {S.CERTIFIED, S.VOID, S.NOT_PASSED},
    S.CREDITS_KEPT: {S.PASSED, S.VOID},
    S.NOT_PASSED: {S.PASSED, S.VOID},
    S.CERTIFIED: {S.VOID},
    S.WITHDRAWN: set(), S.CANCELLED: set(), S.REJECTED: set(), S.FORFEITED: set(), S.VOID: set(),
}  # fmt: skip

CGPTC = [
    (T.CONFIRMED, S.VERIFYING),
    (T.SENT_TO_REVIEW, S.AWAITING_REVIEW),
    (T.RETURNED, S.RETURNED),
    (T.RESUBMITTED_WITH_CHANGES, S.VERIFYING),
    (T.SENT_TO_REVIEW, S.AWAITING_REVIEW),
    (T.APPROVED, S.AWAITING_PAYMENT),
    (T.SETTLED, S.REGISTERED),
    (T.SEAT_DRAWN, S.SEATED),
    (T.EXAM_OVER, S.AWAITING_RESULT),
    (T.STANDING_COMPLETE, S.PASSED),
    (T.CERTIFICATE_ISSUED, S.CERTIFIED),
]


def test_the_table_joins_exactly_the_ends_that_the_design_joins() -> None:
    assert {status: set(steps.values()) for status, steps in TABLE.items()} == LIFE


@pytest.mark.rule("REG-02")
def test_cgptc_walks_registration_review_payment_exam_result_certificate_in_this_order() -> None:
    status = S.DRAFT
    for trigger, expected in CGPTC:
        status = move(status, trigger)
        assert status is expected


@pytest.mark.rule("REG-08")
def test_registered_is_reached_only_after_approval_and_only_by_a_settled_payment() -> None:
    for status in (S.DRAFT, S.VERIFYING, S.AWAITING_REVIEW, S.RETURNED):
        with pytest.raises(StepRefused):
            move(status, T.SETTLED)
    assert move(move(S.AWAITING_REVIEW, T.APPROVED), T.SETTLED) is S.REGISTERED


@pytest.mark.parametrize(("status", "trigger"), itertools.product(Status, Trigger), ids="-".join)
def test_every_pair_outside_the_table_is_refused_and_every_pair_inside_moves(status: Status, trigger: Trigger) -> None:
    if trigger in TABLE[status]:
        assert move(status, trigger) is TABLE[status][trigger]
    else:
        with pytest.raises(StepRefused) as refusal:
            move(status, trigger)
        assert refusal.value.facts["from"] == status
        assert refusal.value.facts["trigger"] == trigger


def test_a_refusal_names_both_ends() -> None:
    with pytest.raises(StepRefused, match=r"that is draft cannot become registered \(settled\)"):
        move(S.DRAFT, T.SETTLED)


@pytest.mark.rule("PAY-05")
def test_a_lapsed_application_comes_back_when_a_payment_in_time_becomes_known() -> None:
    assert move(S.LAPSED, T.SETTLED) is S.REGISTERED


def test_an_open_case_holds_up_its_step_and_is_named() -> None:
    complaint = open_case("C-7", CaseKind.COMPLAINT)
    with pytest.raises(StepBlocked, match="complaint C-7") as refusal:
        move(S.PASSED, T.CERTIFICATE_ISSUED, [complaint])
    assert refusal.value.facts["to"] == S.CERTIFIED
    assert move(S.PASSED, T.CERTIFICATE_ISSUED, [open_case("C-8", CaseKind.CORRECTION)]) is S.CERTIFIED


def test_a_case_may_block_something_else_than_its_kind_does() -> None:
    before = open_case("C-1", CaseKind.SUPERVISION_CHECK)
    after = open_case("C-1", CaseKind.SUPERVISION_CHECK, Block.ISSUANCE)
    assert move(S.PASSED, T.CERTIFICATE_ISSUED, [before]) is S.CERTIFIED
    with pytest.raises(StepBlocked):
        move(S.PASSED, T.CERTIFICATE_ISSUED, [after])


def test_money_that_arrived_settles_even_while_a_case_blocks_payment() -> None:
    assert move(S.AWAITING_PAYMENT, T.SETTLED, [open_case("C-2", CaseKind.ON_SITE_CHECK)]) is S.REGISTERED
    with pytest.raises(StepBlocked):
        move(S.AWAITING_REVIEW, T.APPROVED, [open_case("C-2", CaseKind.ON_SITE_CHECK)])


def test_who_opens_tickets_learns_which_cases_hold_them_back() -> None:
    check, help_ = open_case("C-3", CaseKind.SUPERVISION_CHECK), open_case("C-4", CaseKind.TICKET_HELP)
    assert blocking(Block.TICKET, [check, help_]) == (check,)
    assert blocking(Block.NOTHING, [check, help_]) == ()


def test_every_block_but_the_ticket_stops_a_step_of_the_table() -> None:
    assert set(BLOCKED_BY.values()) == set(Block) - {Block.TICKET, Block.NOTHING}
    assert set(DEFAULT_BLOCK) == set(CaseKind)
    assert OpenCase(reference="C-1", kind=CaseKind.PHOTO, blocks=Block.CONFIRM) == open_case("C-1", CaseKind.PHOTO)


@pytest.mark.parametrize("ended", list(WAY_BACK))
def test_an_ending_leads_back_only_to_a_status_it_can_come_from(ended: Status) -> None:
    back, came_by = WAY_BACK[ended]
    for earlier in Status:
        if came_by in TABLE[earlier]:
            assert move(ended, back, earlier=earlier) is earlier
        else:
            with pytest.raises(StepRefused, match="the earlier status"):
                move(ended, back, earlier=earlier)
    with pytest.raises(StepRefused):
        move(ended, back)


def test_every_status_is_reached_and_every_trigger_is_used() -> None:
    reached = {end for steps in TABLE.values() for end in steps.values()} | {S.DRAFT}
    assert reached == set(Status)
    assert {trigger for status in Status for trigger in triggers(status)} == set(Trigger)


def test_whatever_is_not_at_rest_waits_for_somebody_and_has_a_due_date() -> None:
    assert set(WAITS) == set(Status)
    for status in Status:
        assert (waits_for(status).party == "nobody") == (status in AT_REST)
        assert needs_due_date(status) == (status not in AT_REST)


def test_an_ended_application_frees_the_place_in_its_sitting_and_a_certified_one_does_not() -> None:
    assert not is_live(S.WITHDRAWN)
    assert not is_live(S.LAPSED)
    assert is_live(S.DRAFT)
    assert is_live(S.CERTIFIED)
    assert is_live(S.NOT_PASSED)


def test_pages_say_whose_turn_it_is_in_both_languages() -> None:
    wait = waits_for(S.AWAITING_REVIEW)
    assert (wait.party, wait.en, wait.zh) == ("desk", "In review", "审核中")
