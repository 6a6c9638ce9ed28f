"""SIMULATION: what would change for real applications if a policy changed.

In words: an application is replayed (`replaying.py`), once under the one policy and once under the other, and what
matters to the person is compared. Each change says what it was, what it would be, and the rule's own reason; at the end
stands how many change, and by what. Nothing is stored or decided.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from certification.rules.calendars import WorkingCalendar
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.replaying import NAMES, Point, Replay, outcome
from certification.rules.words import Because, Words


class Changed(Frozen):
    """One thing that would be different."""

    what: str
    before: Words
    after: Words
    because: Because

    @property
    def sentence(self) -> Words:
        """The change with its reason."""
        name = NAMES[self.what]
        return Words(
            en=f"{name.en}: {self.before.en} → {self.after.en}. {self.because.en}",
            zh=f"{name.zh}：{self.before.zh} → {self.after.zh}。{self.because.zh}",
        )


class ChangedApplication(Frozen):
    """One application whose outcome changes."""

    application: str
    changes: tuple[Changed, ...]


class Simulation(Frozen):
    """The applications whose outcome changes, and how many by what."""

    total: int
    changed: tuple[ChangedApplication, ...]
    counts: dict[str, int]

    @property
    def summary(self) -> Words:
        """How many, and by what, in one sentence."""
        ordered = [(NAMES[what], count) for what, count in self.counts.items()]
        en = ", ".join(f"{name.en} {count}" for name, count in ordered)
        zh = "，".join(f"{name.zh} {count} 份" for name, count in ordered)
        return Words(
            en=f"{len(self.changed)} of {self.total} applications change" + (f": {en}." if en else "."),
            zh=f"{self.total} 份报名中有 {len(self.changed)} 份结果改变" + (f"：{zh}。" if zh else "。"),
        )


def simulate(
    before: tuple[Policy, WorkingCalendar], after: tuple[Policy, WorkingCalendar], replays: Iterable[Replay]
) -> Simulation:
    """Replay every application under both policies, each with its calendar."""
    found, counts, total = [], Counter[str](), 0
    for replay in replays:
        total += 1
        one, other = outcome(*before, replay), outcome(*after, replay)
        changes = tuple(_changes(one, other))
        if changes:
            found.append(ChangedApplication(application=replay.application, changes=changes))
            counts.update(change.what for change in changes)
    return Simulation(total=total, changed=tuple(found), counts={what: counts[what] for what in NAMES if counts[what]})


def _changes(before: dict[str, Point], after: dict[str, Point]) -> Iterator[Changed]:
    """What differs; of a choice that only one policy offers nothing else is said, for nothing else can be compared."""
    nothing = Point(value=Words(en="none", zh="无"), because=Because(en="It does not apply.", zh="不适用。"))
    offered = before["offered"].value == after["offered"].value
    for what in NAMES if offered else ("offered",):
        one, other = before.get(what, nothing), after.get(what, nothing)
        if one.value != other.value:
            yield Changed(what=what, before=one.value, after=other.value, because=other.because)
