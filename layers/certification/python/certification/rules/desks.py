"""DESKS: which desk serves a case, and what its people may see and decide (K18, GOV-01, GOV-03).

In words: a policy is of one exam, so a desk is found by kind of case and region: first the desk of that very region
that serves the kind, then one that serves it for all regions, then the desk that serves whatever nobody else does. No
case is without a desk. Bodies stand above each other: the national centre plans (it publishes sittings and sees every
case, but decides none of another desk), a provincial body carries out (it sees and decides its own cases and those of
the cities under it), a city serves its own region. Where a policy names no levels, every desk keeps to its own cases.
Notices of a scheme are published by who plans or carries it out, those of one region by its city too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from certification.rules.cases import CaseKind
from certification.rules.policy_applying import Desk

EVERYWHERE = "*"
OPERATIONS, TREASURY = "operations", "finance"
"""Our own teams: the one that keeps the machines running, and the one that looks at money whose order nobody knows."""
RANKS = ("city", "provincial", "national")


class HasDesks(Protocol):
    """A policy, as far as this rule needs it."""

    @property
    def desks(self) -> tuple[Desk, ...]: ...


def desk_for(policy: HasDesks, kind: CaseKind, region: str | None = None) -> Desk:
    """The desk that serves this kind of case for this place of registration (None: no place is known)."""
    serving = [desk for desk in policy.desks if kind in desk.serves]
    for place in (region, EVERYWHERE):
        found = next((desk for desk in serving if desk.region == place), None)
        if found is not None:
            return found
    return next(desk for desk in policy.desks if desk.rest)


def below(policy: HasDesks, code: str) -> Iterator[Desk]:
    """The desks under this one, at any depth."""
    for desk in policy.desks:
        if desk.under == code:
            yield desk
            yield from below(policy, desk.code)


def supervising(policy: HasDesks, code: str) -> Desk | None:
    """Who hears that a desk is about to break a promise: the desk above it, or itself; None for a team of ours."""
    by_code = {desk.code: desk for desk in policy.desks}
    desk = by_code.get(code)
    return by_code.get(desk.under or "", desk) if desk else None


def seen_by(policies: Iterable[HasDesks], own: Sequence[str]) -> frozenset[str]:
    """The desks whose cases somebody may see who works at these desks: their own and all under them."""
    return frozenset(own) | {desk.code for policy in policies for code in own for desk in below(policy, code)}


def decided_by(policies: Iterable[HasDesks], own: Sequence[str]) -> frozenset[str]:
    """The desks whose cases they may decide: their own, and those under a body that carries out (not one that plans)."""
    found = set(own)
    for policy in policies:
        carrying_out = [desk.code for desk in policy.desks if desk.code in own and desk.level != "national"]
        found |= {desk.code for code in carrying_out for desk in below(policy, code)}
    return frozenset(found)


def may_plan(policy: HasDesks, own: Sequence[str]) -> bool:
    """Whether somebody at these desks may publish sittings: the highest level the policy names plans for all others."""
    levels = {desk.level for desk in policy.desks if desk.level is not None}
    if not levels:
        return _works_for(policy, own)
    highest = max(levels, key=RANKS.index)
    return any(desk.code in own and desk.level == highest for desk in policy.desks)


def may_publish(policy: HasDesks, own: Sequence[str], region: str | None) -> bool:
    """Whether somebody at these desks may publish a notice of the scheme, for one region or (None) for all of it."""
    if all(desk.level is None for desk in policy.desks):
        return _works_for(policy, own)
    ours = [desk for desk in policy.desks if desk.code in own and desk.level is not None]
    return any(desk.level != "city" or (region is not None and desk.region == region) for desk in ours)


def _works_for(policy: HasDesks, own: Sequence[str]) -> bool:
    """Where there are no levels: whoever is at one of the scheme's desks, and those who keep its machines running."""
    return OPERATIONS in own or any(desk.code in own for desk in policy.desks)


def gaps_in_desks(policy: HasDesks, regions: Iterable[str]) -> Iterator[str]:
    """What is wrong with the routing table: each a sentence with its place in the file."""
    known, codes = {*regions, EVERYWHERE}, [desk.code for desk in policy.desks]
    ranks = {desk.code: desk.level for desk in policy.desks}
    if sum(bool(desk.rest) for desk in policy.desks) != 1:
        yield "desks: exactly one desk has rest: true, for the cases that no desk names"
    taken: dict[tuple[str, str], str] = {}
    for desk in policy.desks:
        if codes.count(desk.code) > 1:
            yield f"desks.{desk.code}: the code occurs twice"
        if desk.region not in known:
            yield f"desks.{desk.code}: unknown region {desk.region}"
        for kind in desk.serves:
            other = taken.setdefault((kind, desk.region), desk.code)
            if other != desk.code:
                yield f"desks.{desk.code}: {other} serves {kind} in region {desk.region} too"
        yield from _above(desk, ranks)


def _above(desk: Desk, ranks: Mapping[str, str | None]) -> Iterator[str]:
    if desk.under is None:
        return
    above = ranks.get(desk.under)
    if desk.under not in ranks:
        yield f"desks.{desk.code}: unknown desk above it, {desk.under}"
    elif desk.level is None or above is None or RANKS.index(desk.level) >= RANKS.index(above):
        yield f"desks.{desk.code}: the desk above it, {desk.under}, is not of a higher level"
