"""How fast something is, in CPU time of this process and beside a reference measured in the same rounds.

Seconds depend on the machine and on its neighbours, so a bare number says little: rounds of the unit and of the
reference alternate, the medians are compared, and the load of the machine is printed with them.
"""

import os
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import NamedTuple

ROUNDS = 9


class Measured(NamedTuple):
    """`rate` is how many a second on one core, the median of the rounds; `ratio` how many times the reference's time."""

    name: str
    rate: float
    ratio: float
    goal: float | None = None

    @property
    def reached(self) -> bool:
        return self.goal is None or self.rate >= self.goal

    def __str__(self) -> str:
        goal = "" if self.goal is None else f"   goal {self.goal:,.0f}/s {'reached' if self.reached else 'MISSED'}"
        return f"{self.name:<58} {self.rate:>12,.0f}/s   {self.ratio:>7.1f} x the reference{goal}"


class Memory(NamedTuple):
    """The most bytes Python held at once, and how many it may."""

    name: str
    most: int
    goal: int

    @property
    def reached(self) -> bool:
        return self.most < self.goal

    def __str__(self) -> str:
        said = "reached" if self.reached else "MISSED"
        return f"{self.name:<58} {self.most / 1024**2:>12,.0f} MiB   goal {self.goal / 1024**2:,.0f} MiB {said}"


def most_memory(name: str, work: Callable[[], object], goal: int) -> Memory:
    """Do the work once while every allocation is watched (slow)."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Memory(name, most, goal)


def compare(
    units: dict[str, tuple[Callable[[], int], float | None]], reference: Callable[[], int], rounds: int = ROUNDS
) -> tuple[Measured, ...]:
    """Each unit and the reference do their work once and say how many times; rounds alternate between all of them."""
    spent: dict[str, list[float]] = {name: [] for name in (*units, "reference")}
    for _ in range(rounds):
        for name, (work, _goal) in (*units.items(), ("reference", (reference, None))):
            begun = time.process_time()
            times = work()
            spent[name].append((time.process_time() - begun) / times)
    medians = {name: statistics.median(each) for name, each in spent.items()}
    base = medians["reference"]
    found = [Measured(name, 1 / medians[name], medians[name] / base, goal) for name, (_, goal) in units.items()]
    return (Measured("reference", 1 / base, 1.0), *found)


def load() -> str:
    """What else the machine is doing."""
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
