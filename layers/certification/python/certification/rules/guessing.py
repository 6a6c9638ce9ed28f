"""GUESSING: how many codes may be asked for, and how many wrong answers given, from one range of the network.

In words: limits per address and per account stop whoever knows one; limits per range stop whoever tries one guess against
each of many. A range is what one customer of a network gets: 256 addresses of IPv4, or one /48 of IPv6. In a quarter of an
hour a range may ask for 1,000 codes and give 100 wrong answers, in a day 5,000 and 500: a university behind one address
stays far below, and a million guesses take years. Windows begin with the first event in them. The answer to a limit never
tells whether an account exists. A reserved answer may be tried five times a day for one account.
"""

import ipaddress
from datetime import datetime, timedelta
from typing import Literal

from certification.rules.errors import Refused
from certification.rules.model import Frozen

Event = Literal["code", "wrong", "report"]
SHORT, DAY = timedelta(minutes=15), timedelta(hours=24)
LIMITS: dict[Event, tuple[int, int]] = {"code": (1000, 5000), "wrong": (100, 500), "report": (5, 20)}
"""Per range: in a quarter of an hour, and in a day."""
ANSWERS_A_DAY = 5


class Window(Frozen):
    """A count since an instant."""

    since: datetime
    count: int = 0

    def at(self, now: datetime, length: timedelta) -> "Window":
        """The window as it is now: a new one when its time is over."""
        return self if now < self.since + length else Window(since=now)

    @property
    def more(self) -> "Window":
        return Window(since=self.since, count=self.count + 1)


class Tally(Frozen):
    """What one range did lately: one kind of event in the short window and in the day."""

    short: Window
    day: Window


def fresh(now: datetime) -> Tally:
    """A range nobody has heard of."""
    return Tally(short=Window(since=now), day=Window(since=now))


def counted(tally: Tally, now: datetime) -> Tally:
    """The tally with one event more."""
    return Tally(short=tally.short.at(now, SHORT).more, day=tally.day.at(now, DAY).more)


def must_be_below(tally: Tally, event: Event, now: datetime) -> None:
    """Raises Refused when the range has had its share of this kind of event."""
    for window, length, limit in zip((tally.short, tally.day), (SHORT, DAY), LIMITS[event], strict=True):
        current = window.at(now, length)
        if current.count >= limit:
            again = current.since + length
            minutes = -(-(again - now) // timedelta(minutes=1))
            raise Refused(
                "too_many_codes",
                f"Too many tries came from your network. Try again in {minutes} min.",
                f"您所在网络的尝试次数过多，请在 {minutes} 分钟后重试。",
                rules=("ACC-09",),
                facts={"again_at": again.isoformat()},
            )


def address_range(source: str) -> str:
    """The range of a source address; every text that is no address is one range of its own, called "unknown"."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))
