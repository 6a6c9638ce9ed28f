"""CALENDAR FILE: dates as an iCalendar file (RFC 5545) that every calendar reads.

In words: each date is an event with an identity that never changes and a sequence number that only grows, so that a
file fetched later moves what it moved and calls off what is called off. Times are in UTC, said as such. A deadline that
falls on midnight is an event of the whole day before, because people read "28 March, 00:00" a day wrong. A day before a
deadline of the reader's own the calendar reminds. Lines end in CRLF and are folded after 75 octets, never inside a
character; commas, semicolons, backslashes and line ends in a text are escaped.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from certification.rules.model import Frozen

LONGEST_LINE = 75


class Entry(Frozen):
    """One event. `uid` is unique in the world. `remind`: it is the reader's own deadline."""

    uid: str
    at: datetime
    until: datetime | None = None
    summary: str
    description: str
    address: str = ""
    called_off: bool = False
    remind: bool = False


def calendar_file(
    name: str, entries: Iterable[Entry], *, language: str, zone: ZoneInfo, sequence: int, made: datetime
) -> str:
    """The file. `sequence` counts the changes of what is behind it; `made` is the instant it is written."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Assay//Candidate timeline//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME;LANGUAGE={language}:{_escaped(name)}",
        f"X-WR-TIMEZONE:{zone.key}",
    ]
    for entry in entries:
        lines += _event(entry, language, zone, sequence, made)
    return "".join(f"{_folded(line)}\r\n" for line in (*lines, "END:VCALENDAR"))


def _event(entry: Entry, language: str, zone: ZoneInfo, sequence: int, made: datetime) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{_instant(made)}",
        *_when(entry, zone),
        f"SUMMARY;LANGUAGE={language}:{_escaped(entry.summary)}",
        f"DESCRIPTION;LANGUAGE={language}:{_escaped(entry.description)}",
        f"STATUS:{'CANCELLED' if entry.called_off else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
    ]
    if entry.address:
        lines.append(f"URL:{entry.address}")
    if entry.remind and not entry.called_off:
        lines += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_escaped(entry.summary)}",
            "TRIGGER:-P1D",
            "END:VALARM",
        ]
    return [*lines, "END:VEVENT"]


def _when(entry: Entry, zone: ZoneInfo) -> list[str]:
    there = entry.at.astimezone(zone)
    if entry.until is None and there.time() == time():
        day = there.date() - timedelta(days=1)
        return [f"DTSTART;VALUE=DATE:{_day(day)}", f"DTEND;VALUE=DATE:{_day(there.date())}"]
    start = [f"DTSTART:{_instant(entry.at)}"]
    return start if entry.until is None else [*start, f"DTEND:{_instant(entry.until)}"]


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _day(value: date) -> str:
    return value.strftime("%Y%m%d")


def _escaped(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\n"), ("\r", "\n"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return "".join(character for character in text if character == "\t" or ord(character) >= 32)


def _folded(line: str) -> str:
    """At most 75 octets a line; the rest goes on in lines that begin with a space."""
    pieces, piece, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LONGEST_LINE:
            pieces.append(piece)
            piece, size = "", 1  # the space that begins a continuation
        piece += character
        size += octets
    return "\r\n ".join([*pieces, piece])
