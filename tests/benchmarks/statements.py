"""Lines of a bank's statement read and reconciled in one process: what a line costs, and the most memory.

Each size runs in a process of its own, so that its peak is its own. The file is made piece by piece as it is read: what is
measured is the reading, the comparison and the closing balance, not the making of a file of 600 MB. The reference is the
smallest size: where the cost of a line stays the same, the cost grows with the lines and no faster.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from certification.rules.bank_day import BOOKED, Named, known_of, row_of, stands, with_balance
from certification.rules.facts import Fact, FactKind, fact_of
from certification.rules.ledger import Books
from certification.rules.money import usd
from certification.rules.reconciliation import reconcile
from certification.rules.statement_camt import read_camt
from local.simulators.bank_files import Booking, Day, Part, statement

SIZES = (10_000, 100_000)
MILLION = 1_000_000
"""Measured with MILLION=1: some minutes."""
MOST_MEMORY = 2 * 1024**3
MOST_GROWTH = 1.5
ACCOUNT, ON = "012345678901", date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
TOGETHER = 500
CENTS = 13_500


class Read(NamedTuple):
    """What one size cost: `line` microseconds of CPU for each line, `most` bytes at once, `growth` how many times the
    smallest size's cost a line has."""

    size: int
    line: float
    most: int
    growth: float

    @property
    def reached(self) -> bool:
        return self.most < MOST_MEMORY and self.growth < MOST_GROWTH

    def __str__(self) -> str:
        name = f"read and reconcile {self.size:,} lines of a statement"
        return (
            f"{name:<58} {1e6 / self.line:>12,.0f}/s   {self.growth:>7.2f} x the smallest   "
            f"{self.most / 1024**2:,.0f} MiB   goal {MOST_MEMORY / 1024**2:,.0f} MiB, {MOST_GROWTH} x "
            f"{'reached' if self.reached else 'MISSED'}"
        )


def file(size: int) -> Iterator[bytes]:
    """A camt.053 of this many credits, in pieces."""

    def bookings(begin: int) -> tuple[Booking, ...]:
        part = Part(CENTS, name="Sample Payer", account="HK-SAMPLE-1", text=("exam fee",))
        return tuple(Booking(f"B{number:07d}", True, (part,), ON, ON) for number in range(begin, begin + TOGETHER))

    closing = f"{size * CENTS // 100}.00".encode()
    empty = statement(Day(ACCOUNT, "USD", ON), MIDNIGHT)
    head, tail = empty[: empty.rindex(b"</Stmt>")], empty[empty.rindex(b"</Stmt>") :]
    place = head.rindex(b">0.00<")
    yield head[:place] + b">" + closing + b"<" + head[place + len(b">0.00<") :]
    for begin in range(0, size, TOGETHER):
        some = statement(Day(ACCOUNT, "USD", ON, bookings=bookings(begin)), MIDNIGHT)
        yield some[some.index(b"<Ntry>") : some.rindex(b"</Stmt>")]
    yield tail


def payments(size: int) -> Iterator[tuple[str, dict[str, Fact]]]:
    """What we know of that day, payment by payment as they are read: all of it but one in a thousand."""
    for number in range(size):
        if number % 1000:
            key = f"{ACCOUNT}#B{number:07d}#0"
            booked = {BOOKED: f"{ON}"}
            fact = fact_of(FactKind.CAPTURED, key, usd(CENTS), MIDNIGHT, "bank", references=booked)
            yield f"PAY-{number:012x}", {fact.key: fact}


def once(size: int) -> tuple[float, int]:
    """CPU seconds of reading and reconciling, and the process's peak in bytes."""
    begun = time.process_time()
    (stated,) = read_camt(file(size))
    assert (len(stated.lines), stated.closing) == (size, usd(size * CENTS))
    result = reconcile(
        map(row_of, stated.lines),
        known_of(payments(size), "USD"),
        begins=MIDNIGHT,
        ends=MIDNIGHT + timedelta(days=1),
        attempts=Named({ACCOUNT}, ()),
    )
    books = Books(provider="bank_transfer", order="ORD-26-000001")
    stood = stands(((each, books) for _, each in payments(size)), "USD", ON, frozenset(result.carried))
    with_balance(result, stood, size * CENTS, "USD", ON)
    assert len(result.found) == size // 1000
    return time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure() -> tuple[Read, ...]:
    """10,000 and 100,000 lines; with MILLION=1 also 1,000,000."""
    found: list[Read] = []
    for size in (*SIZES, MILLION) if os.environ.get("MILLION") else SIZES:
        command = [sys.executable, "-m", "tests.benchmarks.statements", str(size)]
        spent, most = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        line = spent / size * 1e6
        found.append(Read(size, line, most, line / (found[0].line if found else line)))
    return tuple(found)


if __name__ == "__main__":
    print(json.dumps(once(int(sys.argv[1]))))
