"""What happened, what is next, whose turn it is, by when, by which rule; and the same as a calendar file."""

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest

from certification.policies import load_calendar, load_policy
from certification.rules.calendar_file import Entry, calendar_file
from certification.rules.course import Duty, Known, Line, Move, course
from certification.rules.course_money import HAPPENED as REFUNDS
from certification.rules.course_money import MoneyBack, Step, arrives_by
from certification.rules.course_words import HAPPENED
from certification.rules.money import usd
from certification.rules.refund_life import RefundState
from certification.rules.status import ENDED, Status, Trigger
from certification.rules.waits import waits_for
from certification.rules.words import Because
from tests.rules.samples import HK, POLICY, SPRING, ZONE, hong_kong

NOW = hong_kong(2026, 3, 6, 10)
CONFIRMED = Move(at=hong_kong(2026, 3, 2, 10), trigger=Trigger.CONFIRMED, rules=("REG-05",))
SENT = Move(at=hong_kong(2026, 3, 2, 10, 1), trigger=Trigger.SENT_TO_REVIEW, rules=("REG-02", "CHK-01"))


def lines(status: Status, *moves: Move, **more: Any) -> dict[str, Line]:
    about = {"due": hong_kong(2026, 3, 10), "subjects": ("theory", "practical"), "dates": SPRING} | more
    known = Known.model_validate({"status": status, "moves": moves, **about})
    return {line.key: line for line in course(known, POLICY, HK, NOW)}


def test_a_review_is_the_desks_turn_until_the_promised_date_by_the_rule_that_promised_it() -> None:
    found = lines(Status.AWAITING_REVIEW, CONFIRMED, SENT)
    assert [line.state for line in found.values()][:3] == ["done", "done", "now"]
    review = found["review"]
    assert (review.turn, review.at, review.is_deadline) == ("desk", hong_kong(2026, 3, 10), True)
    assert review.because.rules == ("CHK-01",)
    assert "5 working days" in review.because.en
    assert found["life-1"].because.rules == ("REG-05",)


def test_what_follows_is_dated_and_each_line_has_its_rule() -> None:
    found = lines(Status.REGISTERED, CONFIRMED, due=hong_kong(2026, 3, 30))
    assert found["tickets"].at == hong_kong(2026, 4, 11)
    assert (found["tickets"].until, found["exam-theory"].at) == (SPRING.first_subject, SPRING.first_subject)
    assert found["results"].is_deadline
    assert all(line.because.rules for line in found.values() if line.state == "later")
    times = [line.at for line in found.values() if line.state == "later"]
    assert times == sorted(times)


def test_only_the_subjects_that_are_taken_are_in_it() -> None:
    found = lines(Status.REGISTERED, subjects=("theory",))
    assert "exam-theory" in found
    assert "exam-practical" not in found


def test_nobody_pays_twice_a_closing_that_is_already_behind_a_payment() -> None:
    assert "payment_closes" in lines(Status.AWAITING_REVIEW)
    assert "payment_closes" not in lines(Status.REGISTERED)


@pytest.mark.parametrize("status", sorted(ENDED))
def test_what_would_have_followed_an_end_is_called_off(status: Status) -> None:
    found = lines(status, due=None)
    assert {line.state for line in found.values()} == {"called_off"}


def test_an_open_case_is_a_line_with_whose_turn_it_is() -> None:
    duty = Duty(reference="CASE-1", kind="correction", party="desk", due=hong_kong(2026, 3, 11))
    line = lines(Status.REGISTERED, duties=(duty,))["case-CASE-1"]
    assert (line.turn, line.at, line.because.rules) == ("desk", duty.due, ("REG-06", "CHG-01"))


@pytest.mark.parametrize("status", [status for status in Status if waits_for(status).party != "nobody"], ids=str)
@pytest.mark.parametrize("scheme", ["cgptc", "guangdong"])
def test_every_wait_is_exactly_one_line_in_every_scheme(scheme: str, status: Status) -> None:
    policy, _ = load_policy(scheme)
    known = Known(status=status, moves=(), due=NOW, dates=SPRING, subjects=())
    waiting = [line for line in course(known, policy, load_calendar(policy.calendar), NOW) if line.state == "now"]
    assert [line.turn for line in waiting] == [waits_for(status).party]


def test_every_move_has_words() -> None:
    assert set(HAPPENED) == set(Trigger)


# the calendar file


def parsed(*entries: Entry, sequence: int = 7, language: str = "en") -> Any:
    text = calendar_file("Exam", entries, language=language, zone=ZONE, sequence=sequence, made=NOW)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    return icalendar.Calendar.from_ical(text)


def entry(**changes: Any) -> Entry:
    about = {"uid": "APP-1-pay@assay", "at": hong_kong(2026, 3, 20, 17), "summary": "Pay", "description": "By then."}
    return Entry.model_validate(about | changes)


def test_a_library_reads_what_we_write() -> None:
    text = "Pay, by then; \\ or not\nsecond line " + "缴费截止，逾期不缴费视为放弃报名。" * 9
    (event,) = parsed(entry(summary="缴费；截止", description=text, remind=True)).events
    assert str(event["DESCRIPTION"]) == text
    assert str(event["SUMMARY"]) == "缴费；截止"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("APP-1-pay@assay", 7, "CONFIRMED")
    assert event.start == datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
    (alarm,) = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(days=-1)


def test_a_deadline_at_midnight_is_the_whole_day_before() -> None:
    (event,) = parsed(entry(at=hong_kong(2026, 3, 21))).events
    assert event.start == hong_kong(2026, 3, 20).date()
    assert event.end == hong_kong(2026, 3, 21).date()


def test_what_lasts_has_an_end_and_what_is_called_off_says_so_and_does_not_remind() -> None:
    (event,) = parsed(entry(until=hong_kong(2026, 3, 20, 19), called_off=True, remind=True)).events
    assert event.end - event.start == timedelta(hours=2)
    assert event["STATUS"] == "CANCELLED"
    assert not event.walk("VALARM")


PAID_BACK = Because(en="Within 7 days", zh="七日内", rules=("REF-01",))


def back(*steps: tuple[RefundState, datetime], **more: Any) -> MoneyBack:
    known = {"name": "RFD-1", "money": usd(108_00), "because": PAID_BACK, "not_before": NOW} | more
    return MoneyBack.model_validate({**known, "steps": tuple(Step(state=state, at=at) for state, at in steps)})


R = RefundState


@pytest.mark.rule("REF-04")
@pytest.mark.parametrize(
    ("state", "more", "turn", "at"),
    [
        (R.REQUESTED, {"promised": NOW + timedelta(days=3)}, "desk", NOW + timedelta(days=3)),
        (R.RESERVED, {"not_before": NOW + timedelta(days=9)}, "machine", NOW + timedelta(days=9)),
        (R.PENDING, {"arrives_by": NOW + timedelta(days=7)}, "outside", NOW + timedelta(days=7)),
        (R.FAILED, {"promised": NOW + timedelta(days=2)}, "desk", NOW + timedelta(days=2)),
        (R.MANUAL, {"promised": NOW, "asks_candidate": True}, "candidate", NOW),
        (R.FAILED, {"promised": NOW, "followed": True}, None, None),
        (R.SUCCEEDED, {}, None, None),
        (R.REJECTED, {}, None, None),
    ],
)
def test_a_refund_says_whose_turn_it_is_and_by_when(
    state: RefundState, more: dict[str, Any], turn: str | None, at: datetime | None
) -> None:
    found = lines(Status.WITHDRAWN, due=None, refunds=(back((state, NOW), **more),))
    assert "USD 108.00" in found["refund-RFD-1-1"].words.en if state in REFUNDS else "refund-RFD-1-1" not in found
    now = found.get("refund-RFD-1")
    assert (now.turn, now.at) == (turn, at) if now else turn is None


@pytest.mark.rule("REF-04")
def test_a_sent_refund_is_waited_for_as_long_as_the_policy_tells_and_else_until_we_ask() -> None:
    sent = hong_kong(2026, 3, 6, 10)  # a Friday
    told = arrives_by(sent, POLICY.refund, HK, ZONE)
    assert told == hong_kong(2026, 3, 18)  # the end of the 7th working day after it
    silent = POLICY.refund.model_copy(update={"bank_transfer_takes": None})
    assert arrives_by(sent, silent, HK, ZONE) == sent + timedelta(days=10)
