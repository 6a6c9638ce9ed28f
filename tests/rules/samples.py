"""The spring sitting of 2026 and what belongs to it: dates that the sentences of the tests speak about."""

from datetime import datetime
from zoneinfo import ZoneInfo

from certification.policies import load_calendar, load_policy
from certification.rules.sitting import SittingDates, Slot

ZONE = ZoneInfo("Asia/Hong_Kong")
POLICY, POLICY_HASH = load_policy("cgptc")
HK = load_calendar("hk")


def hong_kong(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An instant by the clock in Hong Kong."""
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


# Theory and practical on Saturday 18 April 2026.
SPRING = SittingDates(
    registration_opens=hong_kong(2026, 1, 5, 9),
    registration_closes=hong_kong(2026, 3, 20, 17),
    payment_closes=hong_kong(2026, 3, 27, 17),
    slots=(
        Slot(subject="theory", starts=hong_kong(2026, 4, 18, 9), ends=hong_kong(2026, 4, 18, 11)),
        Slot(subject="practical", starts=hong_kong(2026, 4, 18, 14), ends=hong_kong(2026, 4, 18, 17)),
    ),
)
