"""Deadlines: the number, both sides of it, and the instant at which it holds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from certification.policies import load_calendar, load_policy
from certification.rules.calendars import OutsideCalendar
from certification.rules.deadlines import (
    begins_before,
    certificate_due,
    check_dates,
    choice_due,
    due_after,
    is_open,
    lapses_at,
    payment_due,
    payment_reminder,
    promised,
    results_due,
    review_due,
    supplement_due,
    ticket_window,
    verification_due,
    warning_at,
)
from certification.rules.errors import Refused
from certification.rules.policy import Policy
from certification.rules.sitting import SittingDates, Slot
from certification.rules.spans import Window, span
from tests.rules.samples import HK, POLICY, SPRING, ZONE, hong_kong

SECOND = timedelta(seconds=1)


def test_a_deadline_holds_at_its_instant() -> None:
    opens, closes = hong_kong(2026, 1, 5, 9), hong_kong(2026, 3, 20, 17)
    assert not is_open(opens - SECOND, opens, closes)
    assert is_open(opens, opens, closes)
    assert is_open(closes - SECOND, opens, closes)
    assert not is_open(closes, opens, closes)
    assert is_open(closes, opens, None)
    assert is_open(opens, None, closes)


@pytest.mark.rule("CHK-01")
def test_a_review_submitted_before_lunar_new_year_is_due_at_the_end_of_the_fifth_working_day() -> None:
    deadline = review_due(hong_kong(2026, 2, 13, 23, 59), POLICY, HK)
    assert deadline.due == hong_kong(2026, 2, 26)
    assert deadline.last_day == date(2026, 2, 25)
    assert is_open(deadline.due - SECOND, None, deadline.due)
    assert not is_open(deadline.due, None, deadline.due)
    assert deadline.because.rules == ("CHK-01",)
    assert "5个工作日" in deadline.because.zh


@pytest.mark.rule("CHK-01")
@pytest.mark.parametrize(
    ("submitted", "last_day"),
    [
        ((9, 30, 23, 59, 59), 13),  # 8, 9, Saturday 10 made a working day, 12 and 13 October
        ((10, 1, 0, 0, 0), 13),  # a holiday: nothing was counted yet
        ((10, 7, 23, 59, 59), 13),  # the last of the holidays
        ((10, 8, 0, 0, 0), 14),
        ((10, 9, 23, 59, 59), 15),
        ((10, 10, 0, 0, 0), 16),  # on the Saturday that is a working day, which is not counted itself
        ((10, 10, 23, 59, 59), 16),
        ((10, 11, 0, 0, 0), 16),  # a Sunday
        ((10, 11, 23, 59, 59), 16),
        ((10, 12, 0, 0, 0), 19),
    ],
)
def test_the_review_clock_of_the_mainland_on_both_sides_of_holidays_weekends_and_midnight(
    submitted: tuple[int, int, int, int, int], last_day: int
) -> None:
    policy = load_policy("guangdong")[0]
    calendar = load_calendar(policy.calendar)
    deadline = review_due(datetime(2026, *submitted, tzinfo=policy.zone), policy, calendar)
    assert deadline.last_day == date(2026, 10, last_day)
    assert deadline.due == datetime(2026, 10, last_day + 1, tzinfo=policy.zone)
    assert warning_at(deadline.due, policy, calendar) == datetime(2026, 10, last_day, tzinfo=policy.zone)


@pytest.mark.rule("CHK-01", "CHK-03")
def test_a_resubmission_gets_a_fresh_clock_of_five_working_days() -> None:
    first = review_due(hong_kong(2026, 3, 2, 10), POLICY, HK)
    again = review_due(hong_kong(2026, 3, 6, 10), POLICY, HK)
    assert first.last_day == date(2026, 3, 9)
    assert again.last_day == date(2026, 3, 13)


@pytest.mark.rule("CHK-01", "CHK-03")
def test_where_the_clock_is_not_fresh_it_pauses_while_the_candidate_has_the_application() -> None:
    policy = load_policy("mixed")[0]  # three working days, and no fresh clock
    calendar = load_calendar(policy.calendar)

    def at(day: int, hour: int = 10) -> datetime:
        return datetime(2026, 3, day, hour, tzinfo=policy.zone)

    def last_day(submitted: datetime, *earlier: tuple[datetime, datetime]) -> int:
        return review_due(submitted, policy, calendar, earlier).last_day.day

    assert last_day(at(2)) == 5  # Monday, until Thursday
    assert last_day(at(9), (at(2), at(2, 17))) == 12  # returned on the same day: nothing was used
    assert last_day(at(9), (at(2), at(3))) == 11
    assert last_day(at(9), (at(2), at(4))) == 10
    assert last_day(at(9), (at(2), at(5))) == 10  # everything was used: one working day all the same
    assert last_day(at(9), (at(2), at(6))) == 10
    assert last_day(at(13), (at(2), at(3)), (at(9), at(10))) == 16  # a Friday; the Monday after
    fresh = policy.model_copy(update={"review": policy.review.model_copy(update={"fresh_clock": True})})
    assert review_due(at(9), fresh, calendar, [(at(2), at(4))]).last_day.day == 12


def test_the_day_begins_in_hong_kong_not_in_greenwich() -> None:
    just_before, just_after = datetime(2026, 3, 2, 15, 59, tzinfo=UTC), datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert review_due(just_before, POLICY, HK).last_day == date(2026, 3, 9)
    assert review_due(just_after, POLICY, HK).last_day == date(2026, 3, 10)


@pytest.mark.rule("REG-10")
def test_payment_is_due_fourteen_days_after_approval() -> None:
    deadline = payment_due(hong_kong(2026, 2, 2, 11), SPRING, POLICY, HK)
    assert deadline.due == hong_kong(2026, 2, 17)
    assert deadline.last_day == date(2026, 2, 16)


@pytest.mark.rule("REG-10")
def test_payment_is_never_due_after_payment_closes() -> None:
    last_uncapped = payment_due(hong_kong(2026, 3, 12, 23), SPRING, POLICY, HK)
    first_capped = payment_due(hong_kong(2026, 3, 13, 0), SPRING, POLICY, HK)
    assert last_uncapped.due == hong_kong(2026, 3, 27)
    assert first_capped.due == SPRING.payment_closes


def test_an_approval_after_payment_closed_is_refused_because_a_late_desk_must_not_lapse_anybody() -> None:
    assert payment_due(SPRING.payment_closes - SECOND, SPRING, POLICY, HK).due == SPRING.payment_closes
    with pytest.raises(Refused, match="would lapse at once"):
        payment_due(SPRING.payment_closes, SPRING, POLICY, HK)


@pytest.mark.rule("PAY-05")
def test_nothing_lapses_before_payment_has_been_closed_for_24_hours() -> None:
    assert lapses_at(SPRING, POLICY) == hong_kong(2026, 3, 28, 17)


def test_a_reminder_to_pay_goes_out_as_long_before_the_due_time_as_the_policy_says() -> None:
    def reminded(pay_by: datetime, remind: str | None) -> datetime:
        payment = POLICY.payment.model_copy(update={"remind": span(remind) if remind else None})
        return payment_reminder(pay_by, POLICY.model_copy(update={"payment": payment}), HK)

    end_of_thursday = hong_kong(2026, 3, 27)
    assert reminded(end_of_thursday, "P3D") == hong_kong(2026, 3, 24)
    assert reminded(hong_kong(2026, 3, 27, 17), "P3D") == hong_kong(2026, 3, 24)
    assert reminded(hong_kong(2026, 3, 27, 17), "PT24H") == hong_kong(2026, 3, 26, 17)
    assert reminded(end_of_thursday, None) == end_of_thursday


@pytest.mark.rule("EDU-01")
def test_an_online_check_has_24_hours_to_the_second_over_a_weekend_too() -> None:
    saturday_night = hong_kong(2026, 3, 7, 22, 30)
    assert verification_due(saturday_night, POLICY, HK).due == saturday_night + timedelta(hours=24)


@pytest.mark.rule("CHK-03")
def test_a_returned_application_waits_fourteen_days_but_not_beyond_payment_close() -> None:
    assert supplement_due(hong_kong(2026, 2, 2, 9), SPRING, POLICY, HK).due == hong_kong(2026, 2, 17)
    assert supplement_due(hong_kong(2026, 3, 20, 9), SPRING, POLICY, HK).due == SPRING.payment_closes


@pytest.mark.rule("RES-01")
def test_results_are_due_at_the_end_of_the_fifteenth_working_day_after_the_exam() -> None:
    deadline = results_due(SPRING, POLICY, HK)
    # 20 April to 11 May 2026: 1 May is Labour Day
    assert deadline.last_day == date(2026, 5, 11)
    assert deadline.due == hong_kong(2026, 5, 12)
    assert HK.working_days_between(date(2026, 4, 18), deadline.last_day) == 15


@pytest.mark.rule("TIC-01")
def test_tickets_open_at_midnight_seven_days_before_the_exam_and_close_when_it_starts() -> None:
    assert ticket_window(SPRING, POLICY, HK) == (hong_kong(2026, 4, 11), hong_kong(2026, 4, 18, 9))


@pytest.mark.rule("TIC-01")
def test_a_ticket_window_named_in_the_notice_wins() -> None:
    named = SPRING.model_copy(
        update={"tickets_open": hong_kong(2026, 4, 13, 9), "tickets_close": hong_kong(2026, 4, 17)}
    )
    assert ticket_window(named, POLICY, HK) == (hong_kong(2026, 4, 13, 9), hong_kong(2026, 4, 17))


@pytest.mark.rule("REF-03")
def test_a_candidate_chooses_within_fourteen_days_after_the_exam_was_called_off() -> None:
    assert choice_due(hong_kong(2026, 4, 10, 12), POLICY, HK).last_day == date(2026, 4, 24)


def test_a_certificate_is_due_24_hours_after_qualifying() -> None:
    assert certificate_due(hong_kong(2026, 5, 11, 9), POLICY, HK).due == hong_kong(2026, 5, 12, 9)


def test_spans_are_counted_forward_and_backward_in_their_own_unit() -> None:
    event = hong_kong(2026, 4, 8, 9)
    assert due_after(event, span("PT15M"), HK, ZONE) == hong_kong(2026, 4, 8, 9, 15)
    assert begins_before(event, span("PT24H"), HK, ZONE) == hong_kong(2026, 4, 7, 9)
    assert begins_before(event, span("P30D"), HK, ZONE) == hong_kong(2026, 3, 9)
    assert begins_before(event, span("P1WD"), HK, ZONE) == hong_kong(2026, 4, 2)


def test_a_promised_date_is_never_shortened() -> None:
    monday, tuesday = hong_kong(2028, 3, 6), hong_kong(2028, 3, 7)
    assert promised(None, monday) == monday
    assert promised(tuesday, monday) == tuesday
    assert promised(monday, tuesday) == tuesday


def test_a_deadline_over_holidays_not_yet_announced_says_so() -> None:
    assert not review_due(hong_kong(2027, 12, 20), POLICY, HK).provisional
    assert review_due(hong_kong(2027, 12, 28), POLICY, HK).provisional
    assert not verification_due(hong_kong(2028, 1, 3), POLICY, HK).provisional


def test_a_sitting_whose_deadlines_leave_the_calendar_is_refused_when_it_is_made() -> None:
    far = timedelta(days=4 * 365)
    late = SittingDates(
        registration_opens=SPRING.registration_opens + far,
        registration_closes=SPRING.registration_closes + far,
        payment_closes=SPRING.payment_closes + far,
        slots=(Slot(subject="theory", starts=hong_kong(2030, 12, 14, 9), ends=hong_kong(2030, 12, 14, 11)),),
    )
    check_dates(SPRING, POLICY, HK)
    with pytest.raises(OutsideCalendar, match="2031-01-01"):
        check_dates(late, POLICY, HK)


def test_tickets_may_not_open_before_the_list_is_frozen() -> None:
    at_once = SPRING.model_copy(update={"payment_closes": hong_kong(2026, 4, 10)})
    check_dates(at_once, POLICY, HK)
    with pytest.raises(Refused, match="before the list of candidates is frozen"):
        check_dates(SPRING.model_copy(update={"payment_closes": hong_kong(2026, 4, 10, 0, 1)}), POLICY, HK)


def test_a_candidates_own_first_and_last_subject_count() -> None:
    assert SPRING.starts_for(["practical"]) == hong_kong(2026, 4, 18, 14)
    assert SPRING.over_for(["theory"]) == hong_kong(2026, 4, 18, 11)
    assert (SPRING.first_subject, SPRING.exam_over) == (hong_kong(2026, 4, 18, 9), hong_kong(2026, 4, 18, 17))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"registration_closes": hong_kong(2026, 1, 5, 9)}, "registration closes before registration opens"),
        ({"payment_closes": hong_kong(2026, 3, 20, 16)}, "payment closes before registration closes"),
        ({"tickets_open": hong_kong(2026, 3, 27, 17)}, "tickets open before payment closes"),
        ({"tickets_open": hong_kong(2026, 4, 18, 9, 1)}, "the first subject starts before tickets open"),
        ({"tickets_close": hong_kong(2026, 4, 18, 9)}, "tickets close before they open"),
        ({"results_published": hong_kong(2026, 4, 18, 17)}, "results are published before the exam is over"),
        ({"slots": (SPRING.slots[0], SPRING.slots[0])}, "two slots"),
        ({"payment_closes": datetime(2026, 3, 27, 17, 0, 0, 1, tzinfo=ZONE)}, "whole seconds"),
        ({"payment_closes": datetime(2026, 3, 27, 17)}, "timezone"),  # noqa: DTZ001 - a naive time is refused
    ],
)
def test_dates_out_of_order_are_refused_and_named(change: dict[str, object], complaint: str) -> None:
    data = {name: getattr(SPRING, name) for name in SittingDates.model_fields} | change
    with pytest.raises(ValidationError, match=complaint):
        SittingDates.model_validate(data)


def test_payment_may_close_together_with_registration() -> None:
    data = {name: getattr(SPRING, name) for name in SittingDates.model_fields}
    assert SittingDates.model_validate(data | {"registration_closes": SPRING.payment_closes})


def test_a_slot_ends_after_it_starts() -> None:
    with pytest.raises(ValidationError, match="ends before it starts"):
        Slot(subject="theory", starts=hong_kong(2026, 4, 18, 9), ends=hong_kong(2026, 4, 18, 9))


@pytest.mark.rule("RES-02")
def test_a_scheme_may_leave_the_date_of_results_to_the_notice() -> None:
    by_notice = POLICY.results.publish.model_copy(update={"within": None, "until": "notice"})
    policy = POLICY.model_copy(update={"results": POLICY.results.model_copy(update={"publish": by_notice})})
    assert isinstance(policy, Policy)
    with pytest.raises(ValueError, match="does not name"):
        results_due(SPRING, policy, HK)
    named = SPRING.model_copy(update={"results_published": hong_kong(2026, 6, 30, 10)})
    assert results_due(named, policy, HK).due == hong_kong(2026, 6, 30, 10)


def test_a_length_that_only_the_notice_knows_is_asked_for_by_name() -> None:
    by_notice = span_window(until="notice")
    tickets = POLICY.ticket.model_copy(update={"opens": by_notice})
    with pytest.raises(ValueError, match="the sitting names none"):
        ticket_window(SPRING, POLICY.model_copy(update={"ticket": tickets}), HK)
    review = POLICY.review.model_copy(update={"decide": by_notice})
    with pytest.raises(ValueError, match="notice must name the date"):
        review_due(SPRING.registration_opens, POLICY.model_copy(update={"review": review}), HK)


def test_the_last_query_is_a_number_of_hours_not_of_days() -> None:
    payment = POLICY.payment.model_copy(update={"last_query": span("P1D")})
    with pytest.raises(ValueError, match="P1D is counted on a calendar"):
        lapses_at(SPRING, POLICY.model_copy(update={"payment": payment}))


def span_window(**length: str) -> Window:
    return Window.model_validate({"from": "tickets_open", "who": "candidate", **length})
