"""THE REFUND RULE: what a candidate gets back, until when, and why.

In words: who withdraws within 7 calendar days of the day the registration succeeded gets back what was paid less a
handling fee of 20 %. The 7th day counts to its end in the scheme's time zone. A policy may have several such windows;
of those still open the one with the least fee counts. The fee is taken once, on the total of the order's fee items (tax
is outside), half up in the currency's smallest unit. From 00:00 of the day that is 30 days before the candidate's first
subject nothing is refunded on request: this blackout wins over the 7 days. When the exam is called off, everything goes
back or the candidate takes a new date: neither window nor blackout applies. A registration found void refunds nothing
unless the policy says so. A scheme without a window never refunds a completed registration.

The preview shown before paying is made by the same function that decides: it asks it at each instant where the answer
changes, and can therefore not promise anything else.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import Field

from certification.rules import policy_money
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.spans import Anchor, Span
from certification.rules.words import Because

# Which rule answers first (decision 1); `decide` below reads in this order.
PRECEDENCE = ("exam_cancelled", "blackout", "window")


class RefundTerm(Frozen):
    """Within so many calendar days of the day of success a request gets all but this share (0 to 1)."""

    days: int = Field(ge=0)
    handling_fee_rate: Decimal = Field(ge=0, le=1)


class RefundPolicy(Frozen):
    """No `windows`: no refund on request (REF-05). `blackout_days` None: no blackout."""

    windows: tuple[RefundTerm, ...] = ()
    blackout_days: int | None = Field(default=None, ge=0)
    void_returns_everything: bool = False


def refund_policy(terms: policy_money.Refund) -> RefundPolicy:
    """The refund part of a scheme's policy in the words of this rule. A window that is not counted in calendar days from
    the success is a policy this rule does not know: ValueError."""
    if terms.blackout and terms.precedence != PRECEDENCE:
        raise ValueError(f"the refund rule answers in the order {', '.join(PRECEDENCE)} (decision 1)")
    if any(one.window.since is not Anchor.SUCCESS for one in terms.windows):
        raise ValueError("a refund window begins with the success")
    return RefundPolicy(
        windows=tuple(
            RefundTerm(days=_days(one.window.within), handling_fee_rate=one.handling_fee_rate) for one in terms.windows
        ),
        blackout_days=_days(terms.blackout.before) if terms.blackout else None,
        void_returns_everything=terms.after_void == "everything",
    )


def _days(span: Span | None) -> int:
    if span is None or span.unit != "days":
        raise ValueError("refund window and blackout are counted in calendar days, e.g. P7D")
    return span.count


class Ground(StrEnum):
    """Why a refund is asked for."""

    WITHDRAWAL = "withdrawal"
    EXAM_CANCELLED = "exam_cancelled"
    VOID = "void"


class RefundDecision(Frozen):
    """What goes back and what is kept; `amount` and `fee` sum to what was paid when anything is refunded."""

    refunded: bool
    amount: Money
    fee: Money
    because: Because


class RefundPeriod(Frozen):
    """From the start of `first_day` (or the success) to the end of `last_day`, scheme time, a request gets this."""

    first_day: date
    last_day: date | None
    amount: Money
    fee: Money
    because: Because


class RefundPreview(Frozen):
    """What is shown before paying and while registered. Dates are days in the scheme's time zone.

    `window_ends` is the last day of the window, `blackout_starts` the first day without refunds, `last_day` the last
    day on which a request gets money: the earlier of the two; None when there is no such day. `closes_at` is the
    instant after it. `now` is the decision for a request made now, `if_cancelled` for an exam called off, `if_not_passed`
    for fee items that are not used then (`unused.py`); None where nothing can be.
    """

    window_ends: date | None
    blackout_starts: date | None
    last_day: date | None
    closes_at: datetime | None
    now: RefundDecision
    if_cancelled: RefundDecision
    if_not_passed: RefundDecision | None = None
    table: tuple[RefundPeriod, ...]


def decide(
    policy: RefundPolicy,
    ground: Ground,
    paid: Money,
    success_at: datetime,
    exam_first_day: date,
    now: datetime,
    zone: ZoneInfo,
    free_until: datetime | None = None,
) -> RefundDecision:
    """What a request made at `now` gets.

    `paid` is the total of the order's fee items without tax. `success_at` is when the registration succeeded,
    `exam_first_day` the day of the candidate's first subject in the scheme's time zone `zone`. `free_until`: the body
    moved the exam, and until its new closing everything comes back (decision 1).
    """
    if ground is Ground.EXAM_CANCELLED:
        return _everything(paid, CANCELLED)
    if ground is Ground.VOID:
        return _everything(paid, VOID_REFUNDED) if policy.void_returns_everything else _nothing(paid, VOID)
    if free_until is not None and now < free_until:
        return _everything(paid, RESCHEDULED)
    if not policy.windows:
        return _nothing(paid, NEVER)
    blackout = _blackout_start(policy, exam_first_day, zone)
    if blackout is not None and now >= blackout:
        return _nothing(paid, BLACKOUT)
    rates = [one.handling_fee_rate for one in policy.windows if now < _window_close(one, success_at, zone)]
    if not rates:
        return _nothing(paid, WINDOW_OVER)
    fee = paid.times(min(rates))
    return RefundDecision(refunded=True, amount=paid - fee, fee=fee, because=IN_WINDOW)


def preview(
    policy: RefundPolicy,
    paid: Money,
    success_at: datetime,
    exam_first_day: date,
    now: datetime,
    zone: ZoneInfo,
    free_until: datetime | None = None,
) -> RefundPreview:
    """Both dates, the earlier, what a request gets now, and the table of all days from the success on.

    Before paying, give the present instant as `success_at` too: the answer is what would hold if it were paid now.
    """
    ends = [_window_close(window, success_at, zone) for window in policy.windows]
    closes, blackout = max(ends, default=None), _blackout_start(policy, exam_first_day, zone)
    last = min((instant for instant in (closes, blackout) if instant is not None), default=None)
    if closes is None or (last is not None and last <= success_at):
        last = None
    if free_until is not None and free_until > success_at:
        last = max(free_until, last or free_until)

    def at(instant: datetime, ground: Ground = Ground.WITHDRAWAL) -> RefundDecision:
        return decide(policy, ground, paid, success_at, exam_first_day, instant, zone, free_until)

    changes = sorted({success_at, *(i for i in (*ends, blackout, free_until) if i is not None and i > success_at)})
    return RefundPreview(
        window_ends=_day_before(closes, zone),
        blackout_starts=blackout.astimezone(zone).date() if blackout else None,
        last_day=_day_before(last, zone),
        closes_at=last,
        now=at(now),
        if_cancelled=at(now, Ground.EXAM_CANCELLED),
        table=_periods([(change, at(change)) for change in changes], zone),
    )


def _periods(changes: list[tuple[datetime, RefundDecision]], zone: ZoneInfo) -> tuple[RefundPeriod, ...]:
    """A row per stretch of days with one amount; two neighbouring stretches with the same reason are one row."""
    rows: list[RefundPeriod] = []
    for number, (start, decision) in enumerate(changes):
        if rows and rows[-1].amount == decision.amount and rows[-1].because == decision.because:
            first = rows.pop().first_day
        else:
            first = start.astimezone(zone).date()
        last = _day_before(changes[number + 1][0], zone) if number + 1 < len(changes) else None
        rows.append(
            RefundPeriod(
                first_day=first, last_day=last, amount=decision.amount, fee=decision.fee, because=decision.because
            )
        )
    return tuple(rows)


def _window_close(window: RefundTerm, success_at: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after the window: midnight after its last day (decision 3)."""
    return _midnight(success_at.astimezone(zone).date() + timedelta(days=window.days + 1), zone)


def _blackout_start(policy: RefundPolicy, exam_first_day: date, zone: ZoneInfo) -> datetime | None:
    if policy.blackout_days is None:
        return None
    return _midnight(exam_first_day - timedelta(days=policy.blackout_days), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _day_before(instant: datetime | None, zone: ZoneInfo) -> date | None:
    return instant.astimezone(zone).date() - timedelta(days=1) if instant else None


def _everything(paid: Money, because: Because) -> RefundDecision:
    return RefundDecision(refunded=True, amount=paid, fee=Money.zero(paid.currency), because=because)


def _nothing(paid: Money, because: Because) -> RefundDecision:
    zero = Money.zero(paid.currency)
    return RefundDecision(refunded=False, amount=zero, fee=zero, because=because)


IN_WINDOW = Because(
    en="Asked for within the refund window: the payment is returned less the handling fee.",
    zh="在退费期限内提出申请：扣除手续费后退还。",
    rules=("REF-01", "decision 2", "decision 3"),
)
WINDOW_OVER = Because(
    en="The refund window after the successful registration is over: nothing is returned.",
    zh="报名成功后的退费期限已过：不予退费。",
    rules=("REF-01", "decision 3"),
)
BLACKOUT = Because(
    en="Too close to the exam: from this day on nothing is returned, even within the refund window.",
    zh="临近考试：自该日起不予退费，即使仍在退费期限内。",
    rules=("REF-02", "decision 1"),
)
CANCELLED = Because(
    en="The exam was called off: everything is returned, or you take a new date.",
    zh="考试取消：全额退费，或选择改期。",
    rules=("REF-03",),
)
RESCHEDULED = Because(
    en="We moved the exam: until registration for the new date closes, everything is returned without a fee.",
    zh="考试已由主办方改期：在新考期报名截止前退考，全额退还，不收手续费。",
    rules=("REF-03", "decision 1"),
)
NEVER = Because(
    en="Fees of a completed registration are not returned in this scheme.",
    zh="报名完成后，已缴费用不予退还。",
    rules=("REF-05",),
)
VOID = Because(
    en="The registration is void: fees are not returned.",
    zh="考试报名无效，已缴费用不予退还。",
    rules=("REF-06",),
)
VOID_REFUNDED = Because(
    en="The registration is void; this scheme returns the fees.",
    zh="考试报名无效；按本考试政策退还费用。",
    rules=("REF-06",),
)
