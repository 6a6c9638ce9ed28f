"""TRANSFERS: paying by bank transfer, and what its days mean.

In words: a bank tells days, not hours: a transfer counts from the start of its value day, so one that is valued on the
day the time runs out is in time. Who said that they have sent one waits longer: their application lapses only when the
grace (working days after the due time) is over, because money is on its way for days. It counts by value date all the
same: a transfer valued after the due time is late, however it was declared (decision 8).
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from certification.rules.calendars import WorkingCalendar, start_of_day
from certification.rules.deadlines import due_after
from certification.rules.policy import Policy

_JUST_AFTER = timedelta(seconds=1)


def counts_from(value_on: date, zone: ZoneInfo) -> datetime:
    """The instant from which money of this value day counts, in the scheme's zone.

    One second after midnight: a due time at midnight ends the day before, and that day's last instant is not this day.
    """
    return start_of_day(value_on, zone) + _JUST_AFTER


def grace_ends(pay_by: datetime, policy: Policy, calendar: WorkingCalendar) -> datetime:
    """Until when a declared transfer is waited for; the due time itself where the policy gives no grace."""
    grace = policy.payment.transfer_grace
    return due_after(pay_by - _JUST_AFTER, grace, calendar, policy.zone) if grace else pay_by
