"""Lines of a bill reconciled a second, and whether the cost grows with the lines and no faster; with the memory used.

The reference is a plain set look-up of every line's id.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from certification.rules.bills import BillRow, RowKind
from certification.rules.reconciliation import Known, reconcile
from tests.benchmarks.measuring import Measured, Memory, compare, most_memory

DAY = datetime(2026, 11, 22, tzinfo=UTC)
SIZES = (10_000, 100_000, 1_000_000)
MOST_MEMORY = 2 * 1024**3


def lines(number: int) -> Iterator[BillRow]:
    """A day's bill, read line by line as a reader of files gives it."""
    for one in range(number):
        ours = f"ORD-26-{one:06d}.PAY-{one:012x}"
        yield BillRow("card", RowKind.CAPTURE, f"pi_{one:024x}", 15500, "USD", DAY, ours=ours, fee=480)


def facts(number: int) -> Iterator[Known]:
    """What we know of that day: one in a thousand messages was lost."""
    for one in range(number):
        if one % 1000:
            yield Known(RowKind.CAPTURE, f"pi_{one:024x}", 15500, "USD", DAY, f"PAY-{one:012x}")


def whole(number: int) -> Callable[[], int]:
    """Reconcile a day of this many lines."""
    attempts = {f"ORD-26-{one:06d}.PAY-{one:012x}" for one in range(0, number, 1000)}

    def run() -> int:
        day = DAY + timedelta(days=1)
        result = reconcile(lines(number), facts(number), begins=DAY, ends=day, attempts=attempts)
        assert len(result.found) == number // 1000
        return number

    return run


def look_up(number: int) -> Callable[[], int]:
    """The reference: make every line and look its id up."""

    def run() -> int:
        known = {one.reference for one in facts(number)}
        return sum(row.reference in known for row in lines(number)) + number // 1000

    return run


def measure() -> tuple[Measured | Memory, ...]:
    """10,000, 100,000 and 1,000,000 lines: the cost of a line must stay the same; and the largest day's memory."""
    units: dict[str, tuple[Callable[[], int], float | None]] = {
        f"reconcile a day of {size:,} lines": (whole(size), None) for size in SIZES
    }
    rates = compare(units, look_up(SIZES[-1]), rounds=3)
    return *rates, most_memory(f"a day of {SIZES[-1]:,} lines", whole(SIZES[-1]), MOST_MEMORY)
