"""The one place a person has in a sitting: taken by a claim, with the answers frozen; freed when an application has ended.

An application that comes back (money that was paid in time, an appeal, a reinstatement) takes its place again, unless
another application of the same person has it by now: two would be one too many, and a person decides.
"""

from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.claims import Claim, claims
from certification.rules.errors import Refused


class PlaceTaken(Refused):
    """Another application of this person holds the place."""

    def __init__(self, holder: str) -> None:
        super().__init__(
            "place_taken",
            f"Application {holder} of the same person holds the place in this sitting now. End it first.",
            f"该考生的申请 {holder} 已占用本次考试名额，请先处理该申请。",
            facts={"application": holder},
        )


def live_claim(candidate: str, sitting: str) -> str:
    """The claim that lets a person have one live application per sitting."""
    return f"live:{candidate}:{sitting}"


def freed(application: Application) -> list[Write]:
    """The place is free, and the answers may be used for another application."""
    candidate = candidates.read(application.candidate)
    claim = claims.find(live_claim(application.candidate, application.sitting))
    writes: list[Write] = []
    if claim is not None and claim.holder == application.reference:
        writes.append(claims.delete(claim))
    if candidate.held_by == application.reference:
        writes.append(candidates.update(candidate.changed(held_by=None)))
    return writes


def taken_again(application: Application) -> list[Write]:
    """The place and the answers are this application's again. Raises `PlaceTaken` when another has the place."""
    key = live_claim(application.candidate, application.sitting)
    claim = claims.find(key)
    if claim is not None and claim.holder != application.reference:
        raise PlaceTaken(claim.holder)
    writes: list[Write] = [claims.insert(Claim(key=key, holder=application.reference))] if claim is None else []
    return [*writes, *_held_again(candidates.read(application.candidate), application.reference)]


def _held_again(candidate: Candidate, reference: str) -> list[Write]:
    """The answers are frozen again; an application for another sitting that holds them meanwhile keeps them."""
    return [] if candidate.held_by else [candidates.update(candidate.changed(held_by=reference))]
