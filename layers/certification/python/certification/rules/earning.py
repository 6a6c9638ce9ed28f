"""EARNING: when the money we hold for a candidate becomes ours.

In words: what was paid for an order is held for the candidate until it is earned, one fee item at a time. The policy says
by what: once no request can bring it back any more (`refund_closes`), once the exam is over (`exam_over`), or once the
certificate is there (`issued`). Who does not pass gets none: then that item is ours when the result is final. A
registration that ended has used up what it paid once no appeal can change that. Nothing is earned while an exam that was
called off waits for the candidate's choice.

What goes back is never ours, whenever that is decided: `earned` shares what was earned by what is left of the capture, so
a refund after the earning takes the income back, and one that is refused or never asked for leaves it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from certification.rules.model import Frozen
from certification.rules.policy_money import FeeItem, WhenEarned
from certification.rules.unused import Outcome

ORDER = ("registration", "examination", "recheck", "certificate", "mailing")
"""What is earned first; what goes back is taken from the last."""


class Times(Frozen):
    """What the rule must know of a registration. `refund_closes`: from when no request gets anything. `final_at`: when the
    outcome cannot change any more; None while it can and nobody knows until when. `held`: a certificate may follow."""

    refund_closes: datetime
    exam_over: datetime
    outcome: Outcome
    final_at: datetime | None
    held: bool = False
    called_off: bool = False


class Part(Frozen):
    """An amount of one fee item, in minor units, that one capture has paid."""

    capture: str
    item: str
    amount: int


def when_earned(item: FeeItem) -> WhenEarned:
    """What the policy says; else certificates with the certificate, and everything else with the exam."""
    return item.earned or ("issued" if item.unused_in_full else "exam_over")


def earned_at(when: WhenEarned, times: Times) -> datetime | None:
    """The first instant at which such an item is ours; None while nobody can say."""
    if times.outcome is Outcome.ENDED:
        return times.final_at
    if times.called_off:
        return None
    if when == "refund_closes":
        return times.refund_closes
    if when == "exam_over":
        return times.exam_over
    return None if times.outcome is Outcome.OPEN or times.held else times.final_at


def parts_of(lines: Sequence[tuple[str, int]], captures: Sequence[tuple[str, int]]) -> tuple[Part, ...]:
    """Which capture has paid what: the items in the order in which they are earned, from the earliest capture on.
    `captures` are (key, minor units), the earliest first; what they are more than the order is nobody's item."""
    left = dict(captures)
    found: list[Part] = []
    for item, amount in sorted(lines, key=lambda line: place_of(line[0])):
        owed = amount
        for capture, rest in left.items():
            taken = min(owed, rest)
            owed, left[capture] = owed - taken, rest - taken
            if taken:
                found.append(Part(capture=capture, item=item, amount=taken))
    return tuple(found)


def place_of(item: str) -> tuple[int, str]:
    """Where an item stands among those that are earned."""
    return (ORDER.index(item) if item in ORDER else len(ORDER), item)


def shared(parts: Iterable[tuple[str, int]], left: int) -> tuple[tuple[str, int], ...]:
    """What of the earned (item, minor units) is ours when only so much of the capture is left."""
    answer = []
    for item, amount in sorted(parts, key=lambda part: place_of(part[0])):
        ours = max(0, min(amount, left))
        left -= ours
        if ours:
            answer.append((item, ours))
    return tuple(answer)
