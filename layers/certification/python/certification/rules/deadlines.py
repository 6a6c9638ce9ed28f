"""DEADLINES: by when, why, and whether it is still open.

In words: a deadline holds at its instant. Something is open from the instant it opens up to, and not including, the
instant it closes; every door asks `is_open`, whatever the nightly sweep has recorded. Days end at midnight of the
scheme's time zone, hours end to the second (`calendars.py`).

    review           5 working days after submission; resubmitted: a fresh clock, or what is left   CHK-01, decision 7
    supplement       14 days after the return, not beyond the close of payment                      own choice
    payment          14 days after approval, not beyond the close of payment                        decision 8
    lapse            not before payment has been closed for 24 hours, and a last query              PAY-05, decision 8
    verification     24 hours after the profile was saved; then an on-site check, never a block     EDU-01, decision 21
    tickets          open 7 days before the first subject, close when it starts                     TIC-01
    results          end of the 15th working day after the exam day                                 RES-01
    recheck          30 days after the results were published, where there is one                   RCK-01
    choice           14 days after an exam was called off, then the policy's default                REF-03
    certificate      24 hours after the candidate qualified                                         CER-01
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from certification.rules.calendars import WorkingCalendar, day_of, end_of_day, start_of_day
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.sitting import SittingDates
from certification.rules.spans import Anchor, Span, Window
from certification.rules.words import Because


class Deadline(Frozen):
    """`due` is the first instant at which it is too late (UTC); `last_day` the last day on which it is not.

    `provisional`: holidays on the way are not yet announced; a later computation may only move it to a later instant.
    """

    due: datetime
    last_day: date
    provisional: bool
    because: Because


def is_open(now: datetime, opens: datetime | None, closes: datetime | None) -> bool:
    """Whether `now` is at or after `opens` and before `closes`; None stands for no such bound."""
    return (opens is None or opens <= now) and (closes is None or now < closes)


def due_after(start: datetime, span: Span, calendar: WorkingCalendar, zone: ZoneInfo) -> datetime:
    """The first instant after the span, counted forward. Raises OutsideCalendar."""
    match span.unit:
        case "hours" | "minutes":
            return start + elapsed(span)
        case "days":
            return end_of_day(day_of(start, zone) + timedelta(days=span.count), zone)
        case "working_days":
            return end_of_day(calendar.add_working_days(day_of(start, zone), span.count), zone)


def begins_before(event: datetime, span: Span, calendar: WorkingCalendar, zone: ZoneInfo) -> datetime:
    """The instant at which the span before an event begins: 00:00 of its first day, or hours before to the second."""
    match span.unit:
        case "hours" | "minutes":
            return event - elapsed(span)
        case "days":
            return start_of_day(day_of(event, zone) - timedelta(days=span.count), zone)
        case "working_days":
            return start_of_day(calendar.add_working_days(day_of(event, zone), -span.count), zone)


def promised(earlier: datetime | None, computed: datetime) -> datetime:
    """A date that was promised is never shortened (decision 27)."""
    return computed if earlier is None else max(earlier, computed)


def review_due(
    submitted: datetime,
    policy: Policy,
    calendar: WorkingCalendar,
    earlier: Iterable[tuple[datetime, datetime]] = (),
) -> Deadline:
    """When the review of an application submitted, or submitted again, must be decided.

    `earlier`: when it came to the desk before, and when the desk returned it. Where the policy gives no fresh clock, the
    working days the desk has used already are gone, and those the candidate took are not; at least one is left.
    """
    window = policy.review.decide
    if not policy.review.fresh_clock and _length(window).unit == "working_days":
        days = [(day_of(since, policy.zone), day_of(until, policy.zone)) for since, until in earlier]
        left = _length(window).count - sum(calendar.working_days_between(since, until) for since, until in days)
        window = window.model_copy(update={"within": Span(unit="working_days", count=max(left, 1))})
    en, zh = f"The review takes {_length(window).en} at most.", f"审核在{_length(window).zh}内完成。"
    return window_end(submitted, window, policy, calendar, Because(en=en, zh=zh, rules=("CHK-01",)))


def warning_at(promised_by: datetime, policy: Policy, calendar: WorkingCalendar) -> datetime | None:
    """When the supervisor of a desk hears that a promise is near; None where the policy asks for no warning (CHK-01)."""
    before = policy.review.warn_before
    return begins_before(promised_by, before, calendar, policy.zone) if before is not None else None


def supplement_due(returned: datetime, dates: SittingDates, policy: Policy, calendar: WorkingCalendar) -> Deadline:
    """Until when a returned application may be corrected and handed in again."""
    because = Because(
        en="A returned application waits for you until then, and never beyond the close of payment.",
        zh="退回的申请须在此之前修改并重新提交，且不得晚于缴费截止时间。",
        rules=("CHK-03",),
    )
    return window_end(returned, policy.review.supplement, policy, calendar, because, closings(dates))


def payment_due(approved: datetime, dates: SittingDates, policy: Policy, calendar: WorkingCalendar) -> Deadline:
    """Until when an approved candidate can pay. Refused when payment has closed: a late desk must not lapse anybody."""
    if not is_open(approved, None, dates.payment_closes):
        raise Refused(
            "payment_already_closed",
            "Payment for this sitting has closed, so an approval now would lapse at once. Escalate the case.",
            "本次考试缴费已截止，现在通过审核将立即逾期。请升级处理。",
            rules=("REG-10",),
            facts={"payment_closes": dates.payment_closes.isoformat()},
        )
    because = Because(
        en="Pay within the time after approval, and before payment closes.",
        zh="请在审核通过后的规定时间内且在缴费截止前缴费。",
        rules=("REG-10", "REG-09"),
    )
    return window_end(approved, policy.payment.due, policy, calendar, because, closings(dates))


def payment_reminder(pay_by: datetime, policy: Policy, calendar: WorkingCalendar) -> datetime:
    """When whoever has not paid is reminded; the due time itself where the policy asks for no letter."""
    before = policy.payment.remind
    return pay_by if before is None else begins_before(pay_by, before, calendar, policy.zone)


def lapses_at(dates: SittingDates, policy: Policy) -> datetime:
    """The instant before which no unpaid application lapses and no list is frozen: the last query must be over."""
    return dates.payment_closes + elapsed(policy.payment.last_query)


def verification_due(saved: datetime, policy: Policy, calendar: WorkingCalendar) -> Deadline:
    """When the registries must have answered; afterwards the check becomes an on-site check (decision 21)."""
    because = Because(
        en="The online check is answered within this time; if not, you go on and we check in person.",
        zh="在线核验在此时间内反馈；未反馈的转为现场核查，不影响继续报名。",
        rules=("EDU-01", "EDU-02"),
    )
    return window_end(saved, policy.verification.answer, policy, calendar, because)


def results_due(dates: SittingDates, policy: Policy, calendar: WorkingCalendar) -> Deadline:
    """When results must be released: counted from the day on which the last subject ends."""
    because = Because(en="Results are released by then.", zh="最迟于此日公布成绩。", rules=("RES-01",))
    named = {Anchor.NOTICE: dates.results_published}
    return window_end(dates.exam_over, policy.results.publish, policy, calendar, because, named)


def result_final(published: datetime, policy: Policy, calendar: WorkingCalendar) -> datetime | None:
    """The first instant at which nobody can ask for a recheck any more (RCK-01); at once where the scheme has none, and
    None where its end stands in a notice."""
    if policy.recheck is None:
        return published
    if policy.recheck.apply.until is not None:
        return None
    because = Because(en="You may ask for a recheck until then.", zh="您可在此之前申请成绩复查。", rules=("RCK-01",))
    return window_end(published, policy.recheck.apply, policy, calendar, because).due


def choice_due(called_off: datetime, policy: Policy, calendar: WorkingCalendar) -> Deadline:
    """Until when a candidate chooses between what is offered for a cancelled exam; then the default applies."""
    because = Because(
        en="Choose a refund or a new date until then; otherwise we decide as the policy says.",
        zh="请在此之前选择退款或改期，逾期按规定办理。",
        rules=("REF-03",),
    )
    return window_end(called_off, policy.cancellation.choose, policy, calendar, because)


def certificate_due(qualified: datetime, policy: Policy, calendar: WorkingCalendar) -> Deadline:
    """When the certificate of a qualified candidate must have been issued."""
    because = Because(en="Certificates are issued automatically.", zh="证书由系统自动签发。", rules=("CER-01",))
    return window_end(qualified, policy.certificate.issue, policy, calendar, because)


def ticket_window(dates: SittingDates, policy: Policy, calendar: WorkingCalendar) -> tuple[datetime, datetime]:
    """When the admission ticket opens and closes: as the sitting's notice says, else as the policy says (TIC-01)."""
    before = policy.ticket.opens.before
    opens = dates.tickets_open
    if opens is None and before is not None:
        opens = begins_before(dates.first_subject, before, calendar, policy.zone)
    if opens is None:
        raise ValueError("the policy leaves the ticket's opening to the notice, and the sitting names none")
    return opens, dates.tickets_close or dates.first_subject


def check_dates(dates: SittingDates, policy: Policy, calendar: WorkingCalendar) -> None:
    """Raises when a deadline of this sitting leaves the calendar, or tickets would open before the list is frozen."""
    _must_name(dates, policy)
    results_due(dates, policy, calendar)
    review_due(dates.registration_closes, policy, calendar)
    opens, _ = ticket_window(dates, policy, calendar)
    if opens < lapses_at(dates, policy):
        raise Refused(
            "tickets_before_freeze",
            "Tickets would open before the list of candidates is frozen. Close payment earlier or hold the exam later.",
            "准考证开放时间早于名单冻结时间，请提前缴费截止或推迟考试。",
            rules=("TIC-01", "ARR-01"),
            facts={"tickets_open": opens.isoformat(), "frozen": lapses_at(dates, policy).isoformat()},
        )


def _must_name(dates: SittingDates, policy: Policy) -> None:
    """Refuses a sitting without a date that the scheme leaves to its notice (TIC-01, RES-02, K15, K28)."""
    left = {"tickets_open": policy.ticket.opens.until, "results_published": policy.results.publish.until}
    if policy.ticket.closes is Anchor.NOTICE:
        left["tickets_close"] = Anchor.NOTICE
    missing = [name for name, until in left.items() if until is Anchor.NOTICE and getattr(dates, name) is None]
    if missing:
        raise Refused(
            "dates_missing",
            f"This scheme leaves these dates to the notice of the sitting: {', '.join(missing)}. Name them.",
            f"本考试以报考须知为准的日期未填写：{'、'.join(missing)}。",
            rules=("TIC-01", "RES-02"),
            field="dates",
            facts={"missing": ", ".join(missing)},
        )


def _length(window: Window) -> Span:
    if window.within is None:
        raise ValueError("this window is not a number of days or hours; the sitting's notice must name the date")
    return window.within


def elapsed(span: Span) -> timedelta:
    """A span that passes at the same pace everywhere: hours or minutes."""
    if span.unit not in ("hours", "minutes"):
        raise ValueError(f"{span} is counted on a calendar, not in hours")
    return timedelta(**{span.unit: span.count})


def window_end(
    start: datetime,
    window: Window,
    policy: Policy,
    calendar: WorkingCalendar,
    because: Because,
    named: Mapping[Anchor, datetime | None] = MappingProxyType({}),
) -> Deadline:
    """The window's end, capped where the window says so; `named` holds the instants that the sitting fixes."""
    if window.until is not None:
        until = named.get(window.until)
        if until is None:
            raise ValueError(f"the window lasts until {window.until}, which the sitting does not name")
        due = until
    else:
        due = due_after(start, _length(window), calendar, policy.zone)
        cap = named.get(window.capped_by) if window.capped_by is not None else None
        due = due if cap is None else min(due, cap)
    last_day = day_of(due - timedelta(microseconds=1), policy.zone)
    counted_in_working_days = window.within is not None and window.within.unit == "working_days"
    provisional = counted_in_working_days and calendar.is_provisional(last_day)
    return Deadline(due=due, last_day=last_day, provisional=provisional, because=because)


def closings(dates: SittingDates) -> Mapping[Anchor, datetime | None]:
    """The instants of a sitting that a window may last until."""
    return {
        Anchor.REGISTRATION_CLOSES: dates.registration_closes,
        Anchor.PAYMENT_CLOSES: dates.payment_closes,
        Anchor.FIRST_SUBJECT: dates.first_subject,
    }
