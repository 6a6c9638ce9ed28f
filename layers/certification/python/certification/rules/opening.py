"""OPENING: may this be done now?

In words: registration, payment and the ticket are open between two instants. A door that comes too early says from when
on it opens, one that comes too late says when it closed and what is left to do. Every door asks here; what the nightly
sweep has recorded so far does not matter.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from certification.rules.deadlines import is_open
from certification.rules.errors import Refused
from certification.rules.sitting import SittingDates


class NotOpen(Refused):
    """Too early or too late. `facts` hold `opens` or `closed`, as people of the scheme's time zone read it."""


def must_be_in_registration(now: datetime, dates: SittingDates, zone: ZoneInfo) -> None:
    """Applying, editing a draft and confirming: only while registration is open (INF-02)."""
    _must_be_open(
        now,
        (dates.registration_opens, dates.registration_closes),
        zone,
        ("registration", "Registration", "报名", "Apply for a later sitting.", "请报名以后的考试。"),
        ("INF-02", "REG-04"),
    )


def must_be_payable(now: datetime, due: datetime, zone: ZoneInfo) -> None:
    """Starting a payment: only before the application's own due date (REG-10). Money already paid is never refused."""
    _must_be_open(
        now,
        (None, due),
        zone,
        ("payment", "Payment", "缴费", "No payment is possible any more.", "无法再进行补缴。"),
        ("REG-09", "REG-10"),
    )


def must_be_resubmittable(now: datetime, due: datetime, zone: ZoneInfo) -> None:
    """Handing a returned application in again: only before its own due date (CHK-03)."""
    _must_be_open(
        now,
        (None, due),
        zone,
        ("resubmission", "Handing in again", "重新提交", "Apply for a later sitting.", "请报名以后的考试。"),
        ("CHK-03",),
    )


def must_be_in_ticket_window(now: datetime, opens: datetime, closes: datetime, zone: ZoneInfo) -> None:
    """Fetching the admission ticket (TIC-01); after its close the desk helps (TIC-02)."""
    _must_be_open(
        now,
        (opens, closes),
        zone,
        ("ticket", "The admission ticket", "准考证打印", "Ask the examinations desk.", "请联系考务组。"),
        ("TIC-01", "TIC-02"),
    )


def _must_be_open(
    now: datetime,
    window: tuple[datetime | None, datetime],
    zone: ZoneInfo,
    words: tuple[str, str, str, str, str],
    rules: tuple[str, ...],
) -> None:
    opens, closes = window
    if is_open(now, opens, closes):
        return
    code, en, zh, then_en, then_zh = words
    if opens is not None and now < opens:
        shown = _shown(opens, zone)
        raise NotOpen(
            f"{code}_not_open_yet",
            f"{en} opens on {shown}.",
            f"{zh}于 {shown} 开始。",
            rules=rules,
            facts={"opens": shown},
        )
    shown = _shown(closes, zone)
    raise NotOpen(
        f"{code}_closed",
        f"{en} closed on {shown}. {then_en}",
        f"{zh}已于 {shown} 截止。{then_zh}",
        rules=rules,
        facts={"closed": shown},
    )


def _shown(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
