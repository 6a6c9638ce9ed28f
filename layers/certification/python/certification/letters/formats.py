"""How dates, times and amounts are said in English and in simplified Chinese. Letters and pages share it.

A deadline that falls on midnight is said as the end of the day before: people read "28 March, 00:00" a day wrong.
"""

from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.words import Words

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class ZoneName(Frozen):
    """A time zone as people call it; `short` is for SMS."""

    long: Words
    short: str


ZONES = {
    "Asia/Hong_Kong": ZoneName(long=Words(en="Hong Kong time", zh="香港时间"), short="HKT"),
    "Asia/Shanghai": ZoneName(long=Words(en="China time", zh="北京时间"), short="UTC+8"),
    "UTC": ZoneName(long=Words(en="UTC", zh="协调世界时"), short="UTC"),
}


def said(words: Words, language: Language) -> str:
    """The words in one language."""
    return words.zh if language == "zh" else words.en


def day(value: date | datetime, language: Language, zone: str) -> str:
    """`27 March 2026`, `2026年3月27日`. An instant is taken to the zone first."""
    there = value.astimezone(ZoneInfo(zone)) if isinstance(value, datetime) else value
    if language == "zh":
        return f"{there.year}年{there.month}月{there.day}日"
    return f"{there.day} {MONTHS[there.month - 1]} {there.year}"


def moment(value: datetime, language: Language, zone: str) -> str:
    """`27 March 2026, 17:00 (Hong Kong time)`, `2026年3月27日 17:00（香港时间）`."""
    clock = f"{value.astimezone(ZoneInfo(zone)):%H:%M}"
    return _with_zone(day(value, language, zone), clock, language, zone)


def period(starts: datetime, ends: datetime, language: Language, zone: str) -> str:
    """`27 March 2026, 09:00 to 10:00 (Hong Kong time)`, `2026年3月27日 09:00至10:00（香港时间）`; over midnight, two moments."""
    there = ZoneInfo(zone)
    joined = "至" if language == "zh" else " to "
    if starts.astimezone(there).date() != ends.astimezone(there).date():
        return f"{moment(starts, language, zone)}{joined}{moment(ends, language, zone)}"
    clock = f"{starts.astimezone(there):%H:%M}{joined}{ends.astimezone(there):%H:%M}"
    return _with_zone(day(starts, language, zone), clock, language, zone)


def deadline(value: datetime, language: Language, zone: str) -> str:
    """Like `moment`, but midnight is said as the end of the day before: `28 March 2026, end of day`, `…28日 24:00`."""
    there = value.astimezone(ZoneInfo(zone))
    if (there.hour, there.minute) != (0, 0):
        return moment(value, language, zone)
    before = day(there.date() - timedelta(days=1), language, zone)
    return _with_zone(before, "24:00" if language == "zh" else "end of day", language, zone)


def short_deadline(value: datetime, language: Language, zone: str) -> str:
    """A deadline in an SMS: `27 Mar 2026 17:00 HKT`, `3月27日17:00`; midnight is the end of the day before."""
    there = value.astimezone(ZoneInfo(zone))
    if (there.hour, there.minute) == (0, 0):
        return _short(there.date() - timedelta(days=1), "24:00", language, zone)
    return short_moment(value, language, zone)


def short_moment(value: datetime, language: Language, zone: str) -> str:
    """When something begins, in an SMS: `27 Mar 2026 00:00 HKT`, `3月27日00:00`."""
    there = value.astimezone(ZoneInfo(zone))
    return _short(there.date(), f"{there:%H:%M}", language, zone)


def _short(on: date, clock: str, language: Language, zone: str) -> str:
    if language == "zh":
        return f"{on.month}月{on.day}日{clock}"
    return f"{on.day} {MONTHS[on.month - 1][:3]} {on.year} {clock} {zone_name(zone).short}"


def amount(value: Money) -> str:
    """`USD 155.00` in both languages: the currency's code cannot be mistaken for another dollar."""
    return str(value).replace(" ", "\N{NO-BREAK SPACE}")


def zone_name(zone: str) -> ZoneName:
    """The zone as people call it; one we have no name for is called by its key."""
    return ZONES.get(zone) or ZoneName(long=Words(en=zone, zh=zone), short=zone)


def _with_zone(on: str, clock: str, language: Language, zone: str) -> str:
    name = said(zone_name(zone).long, language)
    return f"{on} {clock}（{name}）" if language == "zh" else f"{on}, {clock} ({name})"
