"""What stands out in a commitment, and what a check of one leads to."""

from datetime import date, timedelta

import pytest

from certification.policies import load_policy
from certification.rules.cases import Block
from certification.rules.comparing import Declared, stands_out
from certification.rules.proofs import asked_in_check
from certification.rules.status import Status
from certification.rules.supervision import after_missed, blocked_by_check, ground_of
from tests.rules.test_commitments import CLOSES, DATES, GUANGDONG

CGPTC, _ = load_policy("cgptc")
BORN = date(2000, 6, 15)


def found(declared: Declared) -> int:
    return len(stands_out(GUANGDONG, declared))


@pytest.mark.rule("CHK-12")
def test_an_age_below_the_limit_stands_out_and_one_at_it_does_not() -> None:
    assert found(Declared(born=BORN, graduated=(date(2018, 6, 14),))) == 1
    assert found(Declared(born=BORN, graduated=(date(2018, 6, 15),))) == 0
    assert found(Declared(born=BORN, worked_since=(date(2016, 6, 14), date(2020, 1, 1)))) == 1
    assert found(Declared(born=BORN, worked_since=(date(2016, 6, 15),))) == 0
    assert found(Declared(born=None, graduated=(date(2018, 6, 14),))) == 0


@pytest.mark.rule("CHK-12")
def test_what_does_not_change_over_the_years_stands_out_when_it_does() -> None:
    before = {"date_of_birth": "a", "school": "b", "employer": "c"}
    assert found(Declared(born=BORN, before=before, now={**before, "employer": "d"})) == 0
    assert found(Declared(born=BORN, before=before, now={**before, "school": "d"})) == 1
    assert found(Declared(born=BORN, now=before)) == 0
    assert stands_out(CGPTC, Declared(born=BORN, graduated=(date(2001, 1, 1),))) == ()


@pytest.mark.rule("CHK-04", "CHK-15")
def test_a_check_blocks_the_ticket_until_the_exam_begins_and_the_certificate_from_then_on() -> None:
    begins = DATES.first_subject
    assert blocked_by_check(begins - timedelta(seconds=1), DATES) is Block.TICKET
    assert blocked_by_check(begins, DATES) is Block.ISSUANCE
    assert blocked_by_check(CLOSES, DATES) is Block.TICKET


@pytest.mark.rule("CHK-13", "CHK-15", "CHK-16")
def test_what_a_missed_check_costs_is_policy_and_depends_on_the_exam() -> None:
    assert GUANGDONG.checks is not None
    checks = GUANGDONG.checks.model_copy(update={"refused": "forfeited"})
    national = GUANGDONG.model_copy(update={"checks": checks})
    assert {after_missed(GUANGDONG, status) for status in Status} == {"hearing"}
    assert [status for status in Status if after_missed(national, status) == "forfeited"] == [
        Status.REGISTERED,
        Status.SEATED,
    ]
    assert ground_of(Status.SEATED, missed=True) == "not_checked_before_tickets"
    assert ground_of(Status.AWAITING_RESULT, missed=True) == "not_checked_after_exam"
    assert ground_of(Status.CERTIFIED, missed=False) == "false_statement"
    codes = {ground.code for ground in GUANGDONG.void.grounds} if GUANGDONG.void else set()
    assert codes >= {"not_checked_before_tickets", "not_checked_after_exam", "false_statement"}


@pytest.mark.rule("CHK-06", "CHK-11")
def test_a_check_asks_for_the_proofs_that_were_not_asked_for_unless_only_paper_counts() -> None:
    assert asked_in_check(GUANGDONG, "full") == ("education_proof", "work_proof")
    assert asked_in_check(GUANGDONG, "exempt_two") == ("education_proof", "work_proof", "exemption_proof")
    assert GUANGDONG.checks is not None
    on_paper = GUANGDONG.model_copy(update={"checks": GUANGDONG.checks.model_copy(update={"accepts": ("paper",)})})
    assert asked_in_check(on_paper, "full") == ()
