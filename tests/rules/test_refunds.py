"""The refund rule: both sides of every number."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.money import Money, usd
from certification.rules.policy_money import Refund
from certification.rules.refunds import (
    BLACKOUT,
    CANCELLED,
    IN_WINDOW,
    NEVER,
    RESCHEDULED,
    VOID,
    WINDOW_OVER,
    Ground,
    RefundPolicy,
    RefundPreview,
    RefundTerm,
    decide,
    preview,
    refund_policy,
)

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
CGPTC = RefundPolicy(windows=(RefundTerm(days=7, handling_fee_rate=Decimal("0.20")),), blackout_days=30)
FAR_EXAM = date(2027, 6, 1)


def hkt(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=HONG_KONG)  # type: ignore[misc,arg-type]


SUCCESS = hkt(2026, 3, 1, 15, 0)


def refund_at(now: datetime, exam: date = FAR_EXAM, paid: Money | None = None, success: datetime = SUCCESS) -> int:
    return decide(CGPTC, Ground.WITHDRAWAL, paid or usd(12000), success, exam, now, HONG_KONG).amount.amount


def preview_of(exam: date, success: datetime = SUCCESS, now: datetime | None = None) -> RefundPreview:
    return preview(CGPTC, usd(12000), success, exam, now or success, HONG_KONG)


@pytest.mark.rule("REF-01")
@pytest.mark.scenario(83)
def test_the_seventh_day_counts_to_its_last_second_and_the_eighth_day_does_not() -> None:
    assert refund_at(hkt(2026, 3, 8, 23, 59, 59)) == 9600
    assert refund_at(hkt(2026, 3, 9, 0, 0)) == 0


@pytest.mark.rule("REF-01")
@pytest.mark.scenario(83)
def test_days_are_those_of_the_scheme_wherever_the_applicant_is() -> None:
    new_york = ZoneInfo("America/New_York")
    # The night in which New York moves its clocks: still one calendar day in Hong Kong.
    assert refund_at(datetime(2026, 3, 8, 11, 59, 59, tzinfo=new_york)) == 9600
    assert refund_at(datetime(2026, 3, 8, 12, 0, tzinfo=new_york)) == 0
    assert refund_at(datetime(2026, 3, 8, 15, 59, 59, tzinfo=UTC)) == 9600


@pytest.mark.rule("REF-01")
def test_a_payment_just_after_midnight_counts_its_own_day() -> None:
    assert refund_at(hkt(2026, 3, 8, 23, 59, 59), success=hkt(2026, 3, 1, 0, 0)) == 9600
    assert refund_at(hkt(2026, 3, 8, 0, 0), success=hkt(2026, 2, 28, 23, 59, 59)) == 0
    # providers tell their times in UTC: in Hong Kong it is the next day already
    told = datetime(2026, 2, 28, 16, 0, tzinfo=UTC)
    assert refund_at(hkt(2026, 3, 8, 23, 59, 59), success=told) == 9600
    assert refund_at(hkt(2026, 3, 8, 0, 0), success=told - timedelta(seconds=1)) == 0


@pytest.mark.rule("REF-02")
@pytest.mark.scenario(84)
def test_the_blackout_starts_at_midnight_thirty_days_before_the_exam_and_wins_over_the_window() -> None:
    exam = date(2026, 4, 5)  # minus 30 days: 6 March, day 5 of the window
    assert refund_at(hkt(2026, 3, 5, 23, 59, 59), exam) == 9600
    assert refund_at(hkt(2026, 3, 6, 0, 0), exam) == 0
    decision = decide(CGPTC, Ground.WITHDRAWAL, usd(12000), SUCCESS, exam, hkt(2026, 3, 6), HONG_KONG)
    assert decision.because == BLACKOUT


@pytest.mark.rule("REF-02")
@pytest.mark.scenario(84)
def test_who_registered_five_days_ago_for_an_exam_in_twenty_nine_days_gets_nothing() -> None:
    now = SUCCESS + timedelta(days=5)
    assert refund_at(now, now.date() + timedelta(days=29)) == 0
    assert refund_at(now, now.date() + timedelta(days=30)) == 0
    assert refund_at(now, now.date() + timedelta(days=31)) == 9600


@pytest.mark.rule("REF-01", "REF-02")
def test_who_pays_twenty_five_days_before_the_exam_has_no_refund_at_all_and_is_told_so_before_paying() -> None:
    shown = preview_of(SUCCESS.date() + timedelta(days=25))
    assert shown.last_day is None
    assert shown.closes_at is None
    assert not shown.now.refunded
    assert shown.now.because == BLACKOUT
    assert shown.blackout_starts == date(2026, 2, 24)
    assert shown.window_ends == date(2026, 3, 8)
    assert [(row.first_day, row.last_day, row.amount) for row in shown.table] == [(date(2026, 3, 1), None, usd(0))]


@pytest.mark.rule("REF-01", "REF-02")
def test_the_preview_shows_both_dates_and_the_earlier() -> None:
    early = preview_of(date(2026, 4, 5))
    assert (early.window_ends, early.blackout_starts) == (date(2026, 3, 8), date(2026, 3, 6))
    assert early.last_day == date(2026, 3, 5)
    assert early.closes_at == hkt(2026, 3, 6)
    late = preview_of(FAR_EXAM)
    assert late.last_day == late.window_ends == date(2026, 3, 8)


@pytest.mark.rule("REF-01", "REF-02")
def test_the_table_gives_every_stretch_of_days_its_amount_and_reason() -> None:
    rows = preview_of(date(2026, 4, 5)).table
    assert [(row.first_day, row.last_day, row.amount, row.because) for row in rows] == [
        (date(2026, 3, 1), date(2026, 3, 5), usd(9600), IN_WINDOW),
        (date(2026, 3, 6), None, usd(0), BLACKOUT),
    ]
    rows = preview_of(date(2026, 4, 20)).table
    assert [(row.first_day, row.last_day, row.because) for row in rows] == [
        (date(2026, 3, 1), date(2026, 3, 8), IN_WINDOW),
        (date(2026, 3, 9), date(2026, 3, 20), WINDOW_OVER),
        (date(2026, 3, 21), None, BLACKOUT),
    ]


@pytest.mark.rule("REF-01")
@pytest.mark.scenario(87)
@pytest.mark.parametrize(("paid", "fee"), [(10003, 2001), (3, 1), (2, 0), (1, 0), (12000, 2400), (10002, 2000)])
def test_the_fee_is_twenty_percent_once_half_up_and_the_refund_is_the_rest(paid: int, fee: int) -> None:
    decision = decide(CGPTC, Ground.WITHDRAWAL, usd(paid), SUCCESS, FAR_EXAM, SUCCESS, HONG_KONG)
    assert (decision.fee, decision.amount) == (usd(fee), usd(paid - fee))


@pytest.mark.rule("REF-03")
def test_an_exam_that_is_called_off_returns_everything_even_in_the_blackout() -> None:
    now = hkt(2026, 3, 30)
    decision = decide(CGPTC, Ground.EXAM_CANCELLED, usd(12000), SUCCESS, date(2026, 4, 5), now, HONG_KONG)
    assert (decision.amount, decision.fee, decision.because) == (usd(12000), usd(0), CANCELLED)
    assert preview_of(date(2026, 4, 5), now=now).if_cancelled == decision


@pytest.mark.rule("REF-05")
def test_a_scheme_without_a_window_never_refunds_a_completed_registration() -> None:
    never = RefundPolicy()
    shown = preview(never, Money(amount=20000, currency="CNY"), SUCCESS, FAR_EXAM, SUCCESS, HONG_KONG)
    assert shown.now.because == NEVER
    assert shown.last_day is None
    assert [row.amount.amount for row in shown.table] == [0]


@pytest.mark.rule("REF-06")
def test_a_void_registration_refunds_nothing_unless_the_policy_says_so() -> None:
    def void(policy: RefundPolicy) -> int:
        return decide(policy, Ground.VOID, usd(12000), SUCCESS, FAR_EXAM, SUCCESS, HONG_KONG).amount.amount

    assert void(CGPTC) == 0
    assert decide(CGPTC, Ground.VOID, usd(1), SUCCESS, FAR_EXAM, SUCCESS, HONG_KONG).because == VOID
    assert void(RefundPolicy(void_returns_everything=True)) == 12000


@pytest.mark.rule("REF-02")
@pytest.mark.scenario(86)
def test_a_new_exam_day_moves_the_blackout() -> None:
    now = hkt(2026, 3, 6, 10, 0)
    assert refund_at(now, date(2026, 4, 5)) == 0
    assert refund_at(now, date(2026, 5, 5)) == 9600


@pytest.mark.rule("REF-03")
def test_who_was_moved_gets_everything_until_the_new_closing_and_then_what_is_usual() -> None:
    closes, exam = hkt(2026, 3, 20, 18, 0), date(2026, 4, 5)

    def at(now: datetime) -> int:
        return decide(CGPTC, Ground.WITHDRAWAL, usd(12000), SUCCESS, exam, now, HONG_KONG, closes).amount.amount

    assert at(closes - timedelta(seconds=1)) == 12000  # long after the window, and within the blackout
    assert at(closes) == 0
    shown = preview(CGPTC, usd(12000), SUCCESS, exam, hkt(2026, 3, 10), HONG_KONG, closes)
    assert (shown.closes_at, shown.now.because) == (closes, RESCHEDULED)
    earlier = preview(CGPTC, usd(12000), SUCCESS, FAR_EXAM, SUCCESS, HONG_KONG, hkt(2026, 3, 5))
    assert earlier.closes_at == hkt(2026, 3, 9)  # the window is open longer


@given(
    paid=st.integers(0, 10**7),
    exam_in=st.integers(0, 90),
    asked_after=st.timedeltas(timedelta(0), timedelta(days=90)),
    hour=st.integers(0, 23),
)
def test_the_table_never_promises_anything_but_what_is_decided(
    paid: int, exam_in: int, asked_after: timedelta, hour: int
) -> None:
    success = hkt(2026, 3, 1, hour)
    exam, now = success.date() + timedelta(days=exam_in), success + asked_after
    decision = decide(CGPTC, Ground.WITHDRAWAL, usd(paid), success, exam, now, HONG_KONG)
    shown = preview(CGPTC, usd(paid), success, exam, success, HONG_KONG)
    day = now.astimezone(HONG_KONG).date()
    rows = [row for row in shown.table if row.first_day <= day and (row.last_day is None or day <= row.last_day)]
    assert [(row.amount, row.fee, row.because) for row in rows] == [(decision.amount, decision.fee, decision.because)]
    assert decision.refunded == (shown.last_day is not None and day <= shown.last_day)
    assert decision.amount + decision.fee == usd(paid if decision.refunded else 0)


def terms(**changes: object) -> Refund:
    usual: dict[str, object] = {
        "windows": [{"window": {"from": "success", "within": "P7D", "who": "candidate"}, "handling_fee_rate": "0.20"}],
        "blackout": {"from": "first_subject", "before": "P30D", "who": "candidate"},
        "precedence": ["exam_cancelled", "blackout", "window"],
        "unused_when_not_passed": True,
        "after_void": "nothing",
        "route": "original",
    }
    return Refund.model_validate({**usual, **changes})


def test_the_policy_document_says_the_same_as_the_rule() -> None:
    assert refund_policy(terms()) == CGPTC
    assert refund_policy(terms(windows=[], blackout=None)) == RefundPolicy()


def test_a_policy_that_the_rule_does_not_know_is_refused() -> None:
    later = {"window": {"from": "called_off", "within": "P7D", "who": "candidate"}, "handling_fee_rate": "0.20"}
    with pytest.raises(ValueError, match="with the success"):
        refund_policy(terms(windows=[later]))
    with pytest.raises(ValueError, match="calendar days"):
        refund_policy(terms(blackout={"from": "first_subject", "before": "P30WD", "who": "candidate"}))
    with pytest.raises(ValueError, match="decision 1"):
        refund_policy(terms(precedence=["exam_cancelled", "window", "blackout"]))


@pytest.mark.rule("REF-01")
def test_of_several_windows_the_cheapest_that_is_open_counts_and_the_preview_shows_each() -> None:
    def window(within: str, rate: str) -> dict[str, object]:
        return {"window": {"from": "success", "within": within, "who": "candidate"}, "handling_fee_rate": rate}

    policy = refund_policy(terms(windows=[window("P14D", "0.50"), window("P7D", "0.20"), window("P1D", "0")]))
    shown = preview(policy, usd(12000), SUCCESS, FAR_EXAM, SUCCESS, HONG_KONG)
    assert [(row.first_day, row.amount, row.fee) for row in shown.table] == [
        (date(2026, 3, 1), usd(12000), usd(0)),
        (date(2026, 3, 3), usd(9600), usd(2400)),
        (date(2026, 3, 9), usd(6000), usd(6000)),
        (date(2026, 3, 16), usd(0), usd(0)),
        (date(2027, 5, 2), usd(0), usd(0)),
    ]
    assert (shown.window_ends, shown.last_day) == (date(2026, 3, 15), date(2026, 3, 15))
    for now, cents in ((hkt(2026, 3, 8, 23, 59, 59), 9600), (hkt(2026, 3, 9), 6000), (hkt(2026, 3, 16), 0)):
        assert decide(policy, Ground.WITHDRAWAL, usd(12000), SUCCESS, FAR_EXAM, now, HONG_KONG).amount == usd(cents)
