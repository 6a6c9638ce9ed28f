"""POLICY, windows: what each time of a policy is counted from, how it may be long, and where it may end.

In words: a rule counts from the event it knows: a review from the submission, a refund from success. A policy that says
anything else would be read aloud to people and not be done, so it is refused, with what the rule can do instead.
"""

from collections.abc import Iterator
from typing import Any

from certification.rules.model import Frozen
from certification.rules.spans import Anchor, Window

CLOSINGS = (Anchor.REGISTRATION_CLOSES, Anchor.PAYMENT_CLOSES, Anchor.FIRST_SUBJECT)
NOTICE = (Anchor.NOTICE,)


class Counting(Frozen):
    """`lasts`: the kinds of length the rule knows; `ends`: what the window may last until, or be capped by."""

    since: tuple[Anchor, ...]
    lasts: tuple[str, ...] = ("within",)
    ends: tuple[Anchor, ...] = ()


def _from(*since: Anchor) -> Counting:
    return Counting(since=since)


WINDOWS: dict[str, Counting] = {
    "verification.answer": _from(Anchor.SAVED),
    "verification.fallback.complete": _from(Anchor.RESULTS_PUBLISHED),
    "eligibility.major_exception.decide": _from(Anchor.SUBMITTED),
    "commitment.sign": Counting(since=(Anchor.SUBMITTED,), lasts=("within", "until"), ends=CLOSINGS),
    "commitment.proofs.due": Counting(since=(Anchor.SUBMITTED,), lasts=("within", "until"), ends=CLOSINGS),
    "checks.answer": _from(Anchor.REQUESTED),
    "review.decide": _from(Anchor.SUBMITTED),
    "review.supplement": Counting(since=(Anchor.RETURNED,), lasts=("within", "until"), ends=CLOSINGS),
    "changes.decide": _from(Anchor.REQUESTED),
    "void.reply": _from(Anchor.REQUESTED),
    "void.decide": _from(Anchor.REQUESTED),
    "void.appeal": _from(Anchor.DECIDED),
    "payment.due": Counting(since=(Anchor.APPROVED,), lasts=("within", "until"), ends=CLOSINGS),
    "refund.windows.window": _from(Anchor.SUCCESS),
    "refund.blackout": Counting(since=(Anchor.FIRST_SUBJECT,), lasts=("before",)),
    "cancellation.choose": _from(Anchor.CALLED_OFF),
    "ticket.opens": Counting(since=(Anchor.FIRST_SUBJECT, Anchor.TICKETS_OPEN), lasts=("before", "until"), ends=NOTICE),
    "results.publish": Counting(since=(Anchor.EXAM_DAY,), lasts=("within", "until"), ends=NOTICE),
    "recheck.apply": Counting(since=(Anchor.RESULTS_PUBLISHED,), lasts=("within", "until"), ends=NOTICE),
    "certificate.issue": _from(Anchor.QUALIFIED, Anchor.PUBLIC_NOTICE_ENDS),
    "information.supervision.lasts": _from(Anchor.CREATED),
}


def gaps_in_windows(policy: Frozen) -> Iterator[str]:
    """Each window that its rule would not count as it is written, as a sentence with its place."""
    for place, window in _windows(policy, ""):
        known = WINDOWS.get(place)
        if known is None:
            continue
        if window.since not in known.since:
            yield f"{place}.from: it is counted from {' or '.join(known.since)}, not from {window.since}"
        for length in ("within", "before", "until"):
            if getattr(window, length) is not None and length not in known.lasts:
                yield f"{place}.{length}: it is said with {' or '.join(known.lasts)}"
        for name, end in (("until", window.until), ("capped_by", window.capped_by)):
            if end is None or end in known.ends or (name == "until" and name not in known.lasts):
                continue
            can = f"it can be {', '.join(known.ends)}" if known.ends else "the rule knows no such end"
            yield f"{place}.{name}: {can}, not {end}"


def _windows(part: Any, place: str) -> Iterator[tuple[str, Window]]:
    if isinstance(part, Window):
        yield place, part
    elif isinstance(part, Frozen):
        for name in type(part).model_fields:
            yield from _windows(getattr(part, name), f"{place}.{name}".lstrip("."))
    elif isinstance(part, tuple):
        for one in part:
            yield from _windows(one, place)
