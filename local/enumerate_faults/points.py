"""Every point of a story, told in several processes: each has a world of its own and tells its share.

The first story is broken at every place. Another is broken where it does what no story before it did, and at the last
write of each kind; the rest is the same code on the same way, and was broken there (`every` breaks it all the same).
"""

import functools
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

from local.chain import Call
from local.enumerate_faults.checking import WRITING, Ending, differences, said, tell
from local.enumerate_faults.modes import AFTER, BEFORE, LOST, MODES, fault, modes_at
from local.enumerate_faults.places import INVOKE
from local.enumerate_faults.stories import STORIES
from local.enumerate_faults.world import World, a_world

PROCESSES = 2
PAIRS = 60
SEED = 20261123
WINDOW = 5
"""How many calls after the first fault the second one strikes at most."""
type Trace = tuple[object, ...]


@dataclass(frozen=True)
class Telling:
    """A story with its faults, as (which call, from 1; mode): one for a point, two for a pair."""

    story: str
    faults: tuple[tuple[int, str], ...]

    @property
    def command(self) -> str:
        """What replays it."""
        faults = " ".join(f"--at {at} --mode {mode}" for at, mode in self.faults)
        return f"python -m local.enumerate_faults --story {self.story} {faults}"


@dataclass(frozen=True)
class Result:
    """How a telling went. No `problems`: as well as without a fault. `unknown`: a letter stayed claimed; `person`: a
    machine could not go on and opened a case; `restarts`: the runtime died and started again."""

    telling: Telling
    broken: tuple[tuple[Call, str], ...]
    problems: tuple[str, ...]
    unknown: bool
    person: bool
    restarts: int

    @property
    def line(self) -> str:
        """One line that replays a failure and says what was wrong."""
        where = ", ".join(f"{call.function} {call.service} {call.operation}" for call, _ in self.broken)
        return f"{self.telling.command}  # {where}: {said(self.problems)}"


@dataclass
class Report:
    """What an enumeration found. `calls` are the places of each story, `places` those that were broken, from 1."""

    calls: dict[str, tuple[Call, ...]]
    places: dict[str, tuple[int, ...]]
    results: list[Result] = field(default_factory=list)
    seconds: float = 0.0
    processes: int = 1

    def of(self, story: str, faults: int = 1) -> list[Result]:
        """The results of a story's points, or of its pairs."""
        return [one for one in self.results if one.telling.story == story and len(one.telling.faults) == faults]

    def failures(self, results: Iterable[Result] | None = None) -> list[str]:
        """One line for each failure."""
        return [result.line for result in (self.results if results is None else results) if result.problems]

    def lines(self) -> Iterator[str]:
        """The coverage: points by function and mode, and what they led to."""
        for story, calls in self.calls.items():
            points = self.of(story)
            broken = f"{len(calls)} places, {len(self.places[story])} broken"
            yield f"{story}: {STORIES[story].about}: {broken}, {len(points)} points, {_led_to(points)}"
            yield from _table(points)
            if pairs := self.of(story, 2):
                struck = sum(len(pair.broken) == 2 for pair in pairs)
                yield f"  {len(pairs)} pairs (both faults struck in {struck}), {_led_to(pairs)}"
        modes = Counter(one.telling.faults[0][1] for one in self.results if len(one.telling.faults) == 1)
        total = ", ".join(f"{modes[mode]} {mode}" for mode in MODES)
        yield f"{sum(modes.values())} points ({total}), {len(self.results) - sum(modes.values())} pairs"
        yield f"{len(self.failures())} failures; {self.seconds:.0f} s in {self.processes} processes"


def _led_to(results: Sequence[Result]) -> str:
    return (
        f"{sum(bool(one.problems) for one in results)} failed, a machine needed a person in "
        f"{sum(one.person for one in results)}, the runtime restarted in {sum(one.restarts > 0 for one in results)}, "
        f"a letter stayed unknown in {sum(one.unknown for one in results)}"
    )


def _table(points: Sequence[Result]) -> Iterator[str]:
    counted: Counter[tuple[str, str]] = Counter()
    for point in points:
        for call, mode in point.broken:
            counted[call.function or "", mode] += 1
    functions = dict.fromkeys(function for function, _ in counted)
    width = max((len(function) for function in functions), default=0)
    yield f"  {'':{width}}  " + "  ".join(f"{mode:>8}" for mode in MODES)
    for function in functions:
        yield f"  {function:{width}}  " + "  ".join(f"{counted[function, mode]:>8}" for mode in MODES)


def enumerate_points(
    stories: Iterable[str] = tuple(STORIES),
    *,
    processes: int = PROCESSES,
    pairs: int = PAIRS,
    seed: int = SEED,
    every: bool = False,
) -> Report:
    """The points of these stories, and a seeded sample of pairs of faults within `WINDOW` calls."""
    started = time.perf_counter()
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawned, initializer=_warm) as pool:
        calls = {story: pool.submit(calls_of, story).result() for story in stories}
        places = {story: tuple(range(1, len(found) + 1)) for story, found in calls.items()} if every else chosen(calls)
        tellings = [telling for story, found in calls.items() for telling in points_of(story, found, places[story])]
        tellings += pairs_of(calls, pairs, seed)
        report = Report(calls, places, _told(pool, tellings), processes=processes)
    report.seconds = time.perf_counter() - started
    return report


def _told(pool: Executor, tellings: Sequence[Telling]) -> list[Result]:
    return list(pool.map(run, tellings, chunksize=4))


def points_of(story: str, calls: Sequence[Call], places: Iterable[int]) -> list[Telling]:
    """One telling for each of these places of a story and every mode of the story that makes sense there."""
    modes = STORIES[story].modes
    return [Telling(story, ((at, mode),)) for at in places for mode in modes_at(calls[at - 1]) if mode in modes]


def chosen(calls: dict[str, tuple[Call, ...]]) -> dict[str, tuple[int, ...]]:
    """The places to break in each story: all of the first, then what is new in each, and its last write of each kind."""
    proven: set[Trace] = set()
    places = {}
    for number, (story, found) in enumerate(calls.items()):
        traces = traces_of(found)
        last = {trace: at for at, trace in enumerate(traces, 1) if found[at - 1].operation == WRITING}
        first = {trace: at for at, trace in reversed(list(enumerate(traces, 1))) if trace not in proven}
        some = {*first.values(), *last.values()} if number else range(1, len(found) + 1)
        places[story] = tuple(sorted(some))
        proven |= {*traces}
    return places


def traces_of(calls: Sequence[Call]) -> list[Trace]:
    """What each call is: its function, and all that this invocation of it did until then. Two calls with one trace are
    the same line of code, reached in the same way."""
    running: dict[str | None, list[tuple[str, str]]] = {}
    traces: list[Trace] = []
    for call in calls:
        does = (call.service, call.operation)
        if does == ("point", INVOKE):
            running[call.function] = []
        done = running.setdefault(call.function, [])
        done.append(does)
        traces.append((call.function, *done) if ("point", INVOKE) in done else (call.function, does))
    return traces


def pairs_of(calls: dict[str, tuple[Call, ...]], count: int, seed: int) -> list[Telling]:
    """A seeded sample of two faults within `WINDOW` calls. The second counts in what the first one made of the story."""
    chance = random.Random(seed)
    drawn: dict[Telling, None] = {}
    while len(drawn) < count:
        story = chance.choice(list(calls))
        first = chance.randint(1, len(calls[story]))
        second = first + chance.randint(1, WINDOW)
        modes = [chance.choice((BEFORE, AFTER, LOST)) for _ in range(2)]
        drawn[Telling(story, ((first, modes[0]), (second, modes[1])))] = None
    return list(drawn)


# ---- in each process


@functools.cache
def world_of_this_process() -> World:
    """Made at the first use; it lives as long as the process."""
    return _open.enter_context(a_world())


_open = ExitStack()


def _warm() -> None:
    world_of_this_process()


@functools.cache
def _without_fault(story: str) -> Ending:
    world = world_of_this_process()
    world.go_back()
    ending = tell(world, STORIES[story])
    if ending.problems or ending.errors or ending.failed_machines:
        raise AssertionError(f"{story} goes wrong without a fault: {ending.problems} {ending.errors}")
    return ending


def calls_of(story: str) -> tuple[Call, ...]:
    """The places of a story, in order."""
    return _without_fault(story).calls


def run(telling: Telling) -> Result:
    """Tell a story with its faults, and compare its end with the one without."""
    clean, world = _without_fault(telling.story), world_of_this_process()
    world.go_back(*(fault(at, mode) for at, mode in telling.faults))
    ending = tell(world, STORIES[telling.story], sweeps=len(telling.faults))
    problems = differences(clean, ending)
    first = telling.faults[0][0]
    if not ending.broken:
        problems.append("the fault never struck")
    elif ending.all_calls[:first] != clean.all_calls[:first]:
        problems.append("the calls before the fault are not those of the telling without one")
    return Result(
        telling,
        ending.broken,
        tuple(problems),
        unknown=any(one.state == "claimed" for one in ending.told),
        person=bool(ending.failed_machines),
        restarts=ending.restarts,
    )


def close() -> None:
    """End the world of this process, where one was made."""
    _open.close()
    world_of_this_process.cache_clear()
    _without_fault.cache_clear()
