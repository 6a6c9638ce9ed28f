"""The matrix of changes: who may change which field at which stage, and what must be done again."""

from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from certification.policies import load_policy
from certification.rules.changes import LONGEST_VALUE, check_wish, correctable, rule_for, stage_of
from certification.rules.errors import Refused
from certification.rules.policy import Policy
from certification.rules.policy_changes import Stage, gaps_in_changes
from certification.rules.status import ENDED, Status
from tests.rules.samples import POLICY, hong_kong

GUANGDONG, _ = load_policy("guangdong")
OPENS, CLOSES = hong_kong(2026, 4, 11), hong_kong(2026, 4, 18, 9)
OVER = hong_kong(2026, 4, 18, 17)
SECOND = timedelta(seconds=1)
NAME = {"full_name": "陈样本"}
STAGE_OF = {Stage.CONFIRMED: Status.AWAITING_PAYMENT, Stage.PAID: Status.REGISTERED, Stage.TICKET_OPEN: Status.SEATED}


@pytest.mark.rule("CHG-02", "CHG-03")
@pytest.mark.parametrize(
    ("status", "now", "stage"),
    [
        (Status.DRAFT, OPENS, Stage.DRAFT),
        (Status.RETURNED, OPENS, Stage.DRAFT),
        (Status.AWAITING_REVIEW, OPENS, Stage.CONFIRMED),
        (Status.AWAITING_PAYMENT, OPENS, Stage.CONFIRMED),
        (Status.REGISTERED, OPENS - SECOND, Stage.PAID),
        (Status.SEATED, OPENS - SECOND, Stage.PAID),
        (Status.SEATED, OPENS, Stage.TICKET_OPEN),
        (Status.SEATED, CLOSES - SECOND, Stage.TICKET_OPEN),
        (Status.SEATED, CLOSES, Stage.TICKET_CLOSED),
        (Status.SEATED, OVER - SECOND, Stage.TICKET_CLOSED),
        (Status.SEATED, OVER, Stage.EXAM_OVER),
        (Status.AWAITING_RESULT, OVER, Stage.EXAM_OVER),
        (Status.CERTIFIED, OVER, Stage.CERTIFIED),
    ],
)
def test_the_stage_turns_at_its_instant(status: Status, now: datetime, stage: Stage) -> None:
    assert stage_of(status, (OPENS, CLOSES), OVER, now) is stage


def test_where_no_ticket_window_is_known_nothing_is_at_the_ticket_stage() -> None:
    assert stage_of(Status.SEATED, None, OVER, OPENS) is Stage.PAID


@pytest.mark.rule("CHG-03", "REG-04", "REG-06", "REG-07")
@pytest.mark.parametrize("policy", [POLICY, GUANGDONG], ids=["cgptc", "guangdong"])
@pytest.mark.parametrize(
    ("field", "draft", "confirmed", "paid", "ticket_open", "ticket_closed"),
    [
        ("full_name", "candidate", "case", "case", "case", None),
        ("id_number", "candidate", "case", "case", "case", None),
        ("level", "candidate", "case", None, None, None),
        ("occupation", "candidate", "case", None, None, None),
        ("region", "candidate", "case", None, None, None),
        ("photo", "candidate", "staff", "staff", "staff", None),
    ],
)
def test_the_matrix_is_the_one_of_the_notices(
    policy: Policy,
    field: str,
    draft: str | None,
    confirmed: str | None,
    paid: str | None,
    ticket_open: str | None,
    ticket_closed: str | None,
) -> None:
    found = [rule_for(policy, field, stage) for stage in Stage]
    who = [rule.who if rule else None for rule in found]
    assert who == [draft, confirmed, paid, ticket_open, ticket_closed, None, None]


@pytest.mark.rule("REG-07")
def test_no_subject_is_added_or_dropped_once_paid() -> None:
    found = [rule_for(GUANGDONG, "subjects", stage) for stage in Stage]
    assert [rule.who if rule else None for rule in found] == ["candidate", "case", None, None, None, None, None]


@pytest.mark.rule("CHG-03")
def test_what_must_be_done_again_follows_from_the_field_and_the_stage() -> None:
    level = check_wish(GUANGDONG, Status.AWAITING_PAYMENT, Stage.CONFIRMED, {"level": "exempt_two"}, evidence=False)
    assert level.then == {"rescreen", "resign", "reprice"}
    assert not level.needs_evidence
    name = check_wish(GUANGDONG, Status.SEATED, Stage.TICKET_OPEN, NAME, evidence=True)
    assert name.then == {"reticket"}
    assert name.needs_evidence
    both = check_wish(POLICY, Status.AWAITING_REVIEW, Stage.CONFIRMED, {**NAME, "level": "3"}, evidence=True)
    assert both.then == {"rescreen", "reprice"}
    assert both.needs_evidence


@pytest.mark.rule("CHG-01", "CHG-02", "CHG-03", "REG-07")
@pytest.mark.parametrize(
    ("status", "stage", "wanted", "evidence", "code"),
    [
        (Status.REGISTERED, Stage.PAID, {"level": "3"}, True, "not_changeable_now"),
        (Status.REGISTERED, Stage.PAID, {"subjects": "law"}, True, "not_changeable_now"),
        (Status.SEATED, Stage.TICKET_OPEN, {"nationality": "CN"}, True, "not_changeable_now"),
        (Status.SEATED, Stage.TICKET_CLOSED, NAME, True, "print_deadline_over"),
        (Status.REGISTERED, Stage.PAID, {"photo": "x"}, True, "photo_is_staffs"),
        (Status.DRAFT, Stage.DRAFT, NAME, True, "still_yours"),
        (Status.REGISTERED, Stage.PAID, NAME, False, "evidence_missing"),
        (Status.REGISTERED, Stage.PAID, {"full_name": " "}, True, "value_missing"),
        (Status.REGISTERED, Stage.PAID, {"full_name": "x" * (LONGEST_VALUE + 1)}, True, "value_too_long"),
        (Status.REGISTERED, Stage.PAID, {}, True, "nothing_to_correct"),
    ],
)
def test_a_wish_the_matrix_does_not_allow_is_refused_with_the_reason(
    status: Status, stage: Stage, wanted: dict[str, str], evidence: bool, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        check_wish(GUANGDONG, status, stage, wanted, evidence=evidence)
    assert refusal.value.code == code


def test_a_value_may_be_as_long_as_the_limit() -> None:
    check_wish(GUANGDONG, Status.REGISTERED, Stage.PAID, {"full_name": "x" * LONGEST_VALUE}, evidence=True)


@pytest.mark.parametrize("status", sorted(ENDED))
def test_nothing_of_an_ended_application_is_corrected(status: Status) -> None:
    assert correctable(GUANGDONG, status, Stage.CONFIRMED) == ()


def test_a_matrix_that_contradicts_itself_is_named() -> None:
    changes = POLICY.changes
    assert changes is not None
    rule = changes.rules[1]
    wrong = changes.model_copy(
        update={
            "rules": (
                rule,
                rule,
                rule.model_copy(update={"fields": ("shoe_size",)}),
                rule.model_copy(update={"fields": ("photo",)}),
                rule.model_copy(update={"who": "candidate", "fields": ("region",)}),
            )
        }
    )
    found = " ".join(gaps_in_changes(wrong, {"photo", "region", *rule.fields}))
    for part in ("has a rule already", "unknown field shoe_size", "photo is never", "a draft only"):
        assert part in found


def test_a_stage_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError):
        type(POLICY.changes.rules[0]).model_validate(  # type: ignore[union-attr]
            {"fields": ["full_name"], "stages": ["someday"], "who": "case"}
        )
