"""Unused fees: who gets the fee of a certificate back that is never made, when, and who does not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certification.policies import load_calendar, load_policy
from certification.rules.deadlines import result_final
from certification.rules.fees import order_fees
from certification.rules.money import usd
from certification.rules.policy_money import Refund
from certification.rules.refunds import RefundDecision
from certification.rules.status import Status
from certification.rules.unused import (
    HELD,
    NONE,
    NOT_FINAL,
    NOT_FOR_THIS,
    OFF,
    UNUSED,
    UNUSED_YET,
    Outcome,
    PaidItem,
    decide_unused,
    outcome_of,
    unused_of,
)
from tests.rules.samples import POLICY

FINAL = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def paid(paper: str | None = None) -> list[PaidItem]:
    fees = order_fees(POLICY, "data_analyst", "3", "onsite", paper=paper)
    return [PaidItem(item=line.item, amount=line.amount) for line in fees.lines]


def decided(
    outcome: Outcome, now: datetime = FINAL, final: datetime | None = FINAL, paper: str | None = None, **terms: Any
) -> RefundDecision:
    unused = unused_of(POLICY.fees.items, paid(paper))
    changed = Refund.model_validate({**dict(POLICY.refund), **terms})
    return decide_unused(changed, unused, "USD", outcome, final, now)


def test_who_did_not_pass_gets_exactly_certificate_paper_and_mailing_and_no_fee_is_kept() -> None:
    electronic, paper = decided(Outcome.NOT_PASSED), decided(Outcome.NOT_PASSED, paper="elsewhere")
    assert (electronic.amount, electronic.fee, electronic.because) == (usd(2000), usd(0), UNUSED)
    assert (paper.amount, paper.fee) == (usd(2000 + 4500), usd(0))


def test_not_an_instant_before_the_result_is_final() -> None:
    early = decided(Outcome.NOT_PASSED, now=FINAL - MOMENT)
    assert (early.refunded, early.because) == (False, NOT_FINAL)
    assert decided(Outcome.NOT_PASSED, now=FINAL).refunded
    assert decided(Outcome.NOT_PASSED, final=None).because == NOT_FINAL


def test_with_a_recheck_the_result_is_final_after_the_thirtieth_day_and_without_one_at_once() -> None:
    published = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)  # 10:00 there
    assert result_final(published, POLICY, load_calendar(POLICY.calendar)) == published
    chinese, _ = load_policy("guangdong")
    final = result_final(published, chinese, load_calendar(chinese.calendar))
    assert final is not None
    assert final.astimezone(chinese.zone).isoformat() == "2026-07-02T00:00:00+08:00"


def test_the_switch_off_returns_nothing() -> None:
    assert decided(Outcome.NOT_PASSED, unused_when_not_passed=False).because == OFF


@pytest.mark.parametrize(
    ("key", "because", "back"), [(None, HELD, 0), ("held", HELD, 0), ("returned", UNUSED_YET, 2000)]
)
def test_while_passed_subjects_count_the_policy_holds_or_returns_it(key: Any, because: Any, back: int) -> None:
    answer = decided(Outcome.CREDITS_KEPT, unused_when_credits_kept=key)
    assert (answer.because, answer.amount) == (because, usd(back))


@pytest.mark.parametrize("outcome", [Outcome.OPEN, Outcome.CERTIFIED, Outcome.ENDED])
def test_nobody_else_gets_it_by_this_rule(outcome: Outcome) -> None:
    assert decided(outcome).because == NOT_FOR_THIS


def test_an_order_without_such_an_item_returns_nothing() -> None:
    assert decide_unused(POLICY.refund, (), "USD", Outcome.NOT_PASSED, FINAL, FINAL).because == NONE


def test_every_status_has_its_outcome() -> None:
    ended = {Status.WITHDRAWN, Status.CANCELLED, Status.REJECTED, Status.FORFEITED, Status.VOID}
    assert {status for status in Status if outcome_of(status) is Outcome.ENDED} == ended
    assert outcome_of(Status.LAPSED) is outcome_of(Status.PASSED) is Outcome.OPEN
