"""DESK HOURS: whether somebody answers now, and when next (INF-11, REI-10).

In words: a desk answers on working days of its scheme's calendar, in the scheme's time zone, from the minute it opens
until the minute it closes; at closing time it is closed. A day that the calendar does not cover is no promise at all.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from certification.rules.calendars import OutsideCalendar, WorkingCalendar
from certification.rules.model import Frozen
from certification.rules.policy_applying import Hours

FURTHEST = 30
"""How many days ahead we look for the next hour: longer than any run of holidays."""


class Answering(Frozen):
    """`until`: open now, up to this instant. `since`: closed now, open again from this instant on. Neither: unknown."""

    until: datetime | None = None
    since: datetime | None = None


def answering(hours: Sequence[Hours], calendar: WorkingCalendar, zone: ZoneInfo, now: datetime) -> Answering:
    """Whether a desk answers at this instant."""
    today = now.astimezone(zone).date()
    try:
        for offset in range(FURTHEST):
            day = today + timedelta(days=offset)
            if not calendar.is_working_day(day):
                continue
            for one in sorted(hours, key=lambda hours: hours.opens):
                opens, closes = (
                    datetime.combine(day, time.fromisoformat(clock), zone) for clock in (one.opens, one.closes)
                )
                if opens <= now < closes:
                    return Answering(until=closes)
                if now < opens:
                    return Answering(since=opens)
    except OutsideCalendar:
        return Answering()
    return Answering()
