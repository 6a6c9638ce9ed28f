"""Whether a story with faults came to the same end as the one without."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from local.chain import Call, chain
from local.enumerate_faults.modes import AFTER, BEFORE, LOST, SILENT, THROTTLE, mode_of
from local.enumerate_faults.stories import Story, Stuck
from local.enumerate_faults.world import BEGINS, World

NOTIFY = "assay-notify"
SENDING, WRITING = {"SendEmail", "Publish"}, "TransactWriteItems"
TROUBLE = re.compile(r"Runtime\.ExitError|\w*(ClientError|TimeoutError|GetError|Throttl|Throughput|NotSent|Lost)\w*")
"""Errors that a fault itself makes of the function it strikes."""


@dataclass(frozen=True)
class Ending:
    """How a telling ended. `calls` are the story's own, in order, `all_calls` those that followed as well; `left` is
    comparable with another telling's; `broken` are the calls that were broken, and how."""

    calls: tuple[Call, ...]
    all_calls: tuple[Call, ...]
    left: dict[str, Any]
    told: tuple[Any, ...]
    problems: tuple[str, ...]
    failed_machines: tuple[str, ...]
    errors: tuple[tuple[str, str, str], ...]
    restarts: int
    broken: tuple[tuple[Call, str], ...]


def tell(world: World, story: Story, sweeps: int = 1) -> Ending:
    """Tell the story in a world that went back, let the system go on for so many hours, and look at what came of it."""
    from local.enumerate_faults import reading

    problems: list[str] = []
    calls: tuple[Call, ...] = ()
    try:
        story.tell(world)
        calls = tuple(chain.ledger)
        world.wait(hours=sweeps)
    except Stuck as stuck:
        problems.append(f"stuck: {stuck}")
    chain.revive()
    broken = tuple((chain.ledger[fault.at - 1], mode_of(fault)) for fault in chain.fired)
    rows = reading.Rows(world.candidate.reference)
    card = world.card("status")
    events = [] if "drop" in card["switches"] else [event["id"] for event in card["events"]]
    letters = [one for one in world.cloud.inbox.letters() if one.at >= BEGINS]
    return Ending(
        calls=calls,
        all_calls=tuple(chain.ledger),
        left=reading.left_behind(rows, BEGINS),
        told=tuple(reading.told(rows.application.candidate, story.letters, letters)),
        problems=(*problems, *_wrong(world), *reading.unfinished(rows, events)),
        failed_machines=tuple(reading.failed_machines(rows)),
        errors=tuple((one.function, one.error, one.message[:120]) for one in world.cloud.invoker.failures),
        restarts=world.restarts,
        broken=broken,
    )


def _wrong(world: World) -> Iterator[str]:
    """What must never be so, whatever broke."""
    from certification.acts import invariants

    yield from (f"invariant: {difference}" for difference in invariants.differences())
    yield from (f"given up: {lost.what}: {lost.why}" for lost in world.cloud.undelivered)
    yield from (f"missing right: {one.role} {one.action} {one.resource}" for one in world.cloud.gate.denied)


def differences(clean: Ending, ending: Ending) -> list[str]:
    """In words, everything in which this ending is not as good as the one without a fault. Empty: all is well."""
    return [*ending.problems, *_unlike("", clean.left, ending.left), *_letters(clean, ending), *_unexpected(ending)]


def _unlike(place: str, wanted: Any, found: Any) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in sorted({*wanted, *found}, key=str):
            yield from _unlike(f"{place}.{name}" if place else str(name), wanted.get(name), found.get(name))
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _unlike(f"{place}[{number}]", one, other)
    elif wanted != found:
        yield f"{place}: {_short(found)} instead of {_short(wanted)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 160 else f"{text[:157]}..."


def _letters(clean: Ending, ending: Ending) -> Iterator[str]:
    """Once each; a letter whose sending was cut at most once, and its row says that nobody knows."""
    cut = any(_cuts_a_letter(call, mode) for call, mode in ending.broken)
    wanted = {(one.name, one.channel) for one in clean.told}
    for one in ending.told:
        wanted.discard((one.name, one.channel))
        sent = (one.state, one.arrived) == ("sent", 1)
        unknown = cut and one.state == "claimed" and one.arrived <= 1
        if not (sent or unknown):
            yield f"letter {one.name} by {one.channel}: {one.state}, arrived {one.arrived} times"
    yield from (f"letter {name} by {channel}: never written" for name, channel in sorted(wanted))


def _cuts_a_letter(call: Call, mode: str) -> bool:
    """Whether this fault may leave a letter claimed: the listener dies, or does not hear that it sent, claimed, marked."""
    if call.function != NOTIFY:
        return False
    unheard = mode in (SILENT, THROTTLE) and call.operation == WRITING
    return mode in (BEFORE, AFTER) or unheard or (mode == LOST and call.operation in SENDING)


def _unexpected(ending: Ending) -> Iterator[str]:
    """A handler that fails otherwise than by the fault itself has not foreseen it."""
    struck = {call.function for call, _ in ending.broken}
    for function, error, message in ending.errors:
        if function not in struck or not TROUBLE.fullmatch(error):
            yield f"unexpected error: {function} {error}: {message}"


def said(problems: Sequence[str], most: int = 6) -> str:
    """The problems on one line."""
    more = [f"and {len(problems) - most} more"] if len(problems) > most else []
    return "; ".join([*problems[:most], *more])
