"""The life of a refund: the table, the provider's word in any order, and when money may be sent."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.duplicates import LEAD, send_from
from certification.rules.errors import Refused
from certification.rules.facts import Fact, FactKind, add_fact, fact_of, fold
from certification.rules.money import usd
from certification.rules.refund_life import (
    ENDED,
    REFUND_STEPS,
    RefundState,
    external_refund,
    move_refund,
    refund_after,
    sent_again,
)
from certification.rules.refund_request import request_refund
from certification.rules.spans import span

S = RefundState
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAPTURE = fact_of(FactKind.CAPTURED, "pi_1", usd(12_000), NOW, "card:session")
ASKED = request_refund({CAPTURE.key: CAPTURE}, "RFD-1", CAPTURE.key, usd(9_600), NOW, kept=2_400)
DONE = fact_of(FactKind.REFUND_DONE, "re_1", usd(9_600), NOW, "card:refund", capture=CAPTURE.key, about="RFD-1")
FAILED = fact_of(FactKind.REFUND_FAILED, "re_1", usd(9_600), NOW, "card:refund", capture=CAPTURE.key, about="RFD-1")


def test_every_state_has_its_steps_and_only_a_failure_follows_a_success() -> None:
    assert set(REFUND_STEPS) == set(RefundState)
    assert REFUND_STEPS[S.SUCCEEDED] == {S.FAILED, S.RETURNED}
    assert {state for state, steps in REFUND_STEPS.items() if not steps} == {S.REJECTED, S.CANCELLED}
    assert set(ENDED) >= {S.REJECTED, S.CANCELLED, S.SUCCEEDED}
    assert S.RESERVED not in {step for steps in REFUND_STEPS.values() for step in steps}  # money is reserved at birth


@pytest.mark.parametrize("state", RefundState)
def test_a_step_that_the_table_does_not_name_is_refused_with_both_ends(state: RefundState) -> None:
    for to in RefundState:
        if to in REFUND_STEPS[state]:
            assert move_refund(state, to) is to
        else:
            with pytest.raises(Refused, match=f"{state} cannot become {to}"):
                move_refund(state, to)


@pytest.mark.parametrize("report", [S.PENDING, S.MANUAL])
def test_a_report_without_money_counts_only_where_the_table_has_the_step(report: RefundState) -> None:
    facts: dict[str, Fact] = {CAPTURE.key: CAPTURE, ASKED.key: ASKED}
    assert refund_after(S.SUBMITTED, report, facts, "RFD-1") is report
    for state in (S.REQUESTED, S.REJECTED, S.CANCELLED):
        assert refund_after(state, report, facts, "RFD-1") is state


REPORTS = {S.PENDING: None, S.SUCCEEDED: DONE, S.FAILED: FAILED}


@given(st.lists(st.sampled_from(list(REPORTS)), min_size=1, max_size=6))
def test_the_state_follows_from_the_facts_whatever_the_order_of_reports(reports: list[RefundState]) -> None:
    facts: dict[str, Fact] = {CAPTURE.key: CAPTURE, ASKED.key: ASKED}
    state = S.SUBMITTED
    for report in reports:
        fact = REPORTS[report]
        facts = add_fact(facts, fact) if fact else facts
        state = refund_after(state, report, facts, "RFD-1")
    if S.FAILED in reports:
        assert (state, fold(facts).refundable) == (S.FAILED, 12_000)
    elif S.SUCCEEDED in reports:
        assert (state, fold(facts).refundable) == (S.SUCCEEDED, 0)
    else:
        assert (state, fold(facts).reserved, fold(facts).refundable) == (S.PENDING, 9_600, 0)


@pytest.mark.scenario(57)
def test_money_that_came_back_makes_a_success_a_failure_and_a_bank_calls_it_returned() -> None:
    facts = {fact.key: fact for fact in (CAPTURE, ASKED, DONE, FAILED)}
    assert refund_after(S.SUCCEEDED, S.FAILED, facts, "RFD-1") is S.FAILED
    assert refund_after(S.SUCCEEDED, S.RETURNED, facts, "RFD-1") is S.RETURNED
    assert refund_after(S.RETURNED, S.SUCCEEDED, facts, "RFD-1") is S.RETURNED


def test_a_refusal_of_ours_gives_way_to_money_that_went_all_the_same() -> None:
    refused = fact_of(
        FactKind.REFUND_FAILED, "refused-RFD-1-1", usd(9_600), NOW, "assay", capture=CAPTURE.key, about="RFD-1"
    )
    facts = {fact.key: fact for fact in (CAPTURE, ASKED, refused)}
    assert refund_after(S.SUBMITTED, S.FAILED, facts, "RFD-1") is S.FAILED
    assert refund_after(S.FAILED, S.SUCCEEDED, facts | {DONE.key: DONE}, "RFD-1") is S.SUCCEEDED
    assert refund_after(S.FAILED, S.PENDING, facts, "RFD-1") is S.FAILED


@pytest.mark.scenario(66)
def test_what_somebody_must_do_at_the_provider_may_succeed_there() -> None:
    facts = {fact.key: fact for fact in (CAPTURE, ASKED)}
    assert refund_after(S.PENDING, S.MANUAL, facts, "RFD-1") is S.MANUAL
    assert refund_after(S.MANUAL, S.SUCCEEDED, facts | {DONE.key: DONE}, "RFD-1") is S.SUCCEEDED


def test_names_of_refunds_say_what_they_follow() -> None:
    assert (sent_again("RFD-1"), sent_again("RFD-1.2"), external_refund("re_1")) == ("RFD-1.2", "RFD-1.3", "EXT-re_1")


@pytest.mark.rule("PAY-08", "PAY-09")
@pytest.mark.scenario(26)
@pytest.mark.parametrize(
    ("wanted", "within", "after", "early"),
    [
        (timedelta(days=0), None, timedelta(days=0), False),
        (timedelta(days=400), None, timedelta(days=400), False),
        (timedelta(days=166), "P180D", timedelta(days=166), False),
        (timedelta(days=166, seconds=1), "P180D", timedelta(days=166), True),
        (timedelta(days=400), "P10D", timedelta(days=0), True),
        (timedelta(days=-5), "P180D", timedelta(days=0), False),
    ],
)
def test_money_is_never_held_so_long_that_the_provider_would_not_send_it_back(
    wanted: timedelta, within: str | None, after: timedelta, early: bool
) -> None:
    found = send_from(NOW + wanted, NOW, span(within) if within else None, NOW)
    assert (found.at - NOW, found.early) == (after, early)
    assert timedelta(days=14) == LEAD
