"""Candidates who are as far as a story needs them. Each stage is reached once, over the doors, and then come back to."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal

from local.candidate import ApiCandidate
from tests.journeys.town import SITTING, Town

Stage = Literal["open", "complete", "draft", "in_review", "to_pay", "registered", "seated", "sat", "marked", "released"]
SUBJECTS = ("theory", "practical")
DRAWN_BY = timedelta(days=3)
"""How long after payment has closed every seat is drawn."""


class Stages:
    """`at(stage)` puts the town back to where one candidate has come so far, and gives that candidate."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._kept: dict[Stage, tuple[Any, ApiCandidate]] = {}

    def at(self, stage: Stage) -> ApiCandidate:
        """The candidate of this stage, in a town of this stage."""
        if stage not in self._kept:
            before = STEPS[stage][0]
            if before is None:
                candidate = self.town.candidate()
            else:
                candidate = self.at(before)
                STEPS[stage][1](self.town, candidate)
            self._kept[stage] = (self.town.save(), candidate)
        saved, kept = self._kept[stage]
        self.town.restore(saved)
        candidate = ApiCandidate(self.town.cloud, kept.sample, photo=kept.photo, transport=kept.transport)
        candidate.session, candidate.since, candidate.reference = kept.session, kept.since, kept.reference
        self.town.forget_sessions()
        return candidate


def complete(town: Town, candidate: ApiCandidate) -> None:
    """Signed up, with a whole profile and files that were checked and accepted."""
    candidate.sign_up()
    candidate.fill_in()
    candidate.upload_files()
    town.settle()
    candidate.accept_files()


def draft(town: Town, candidate: ApiCandidate) -> None:
    """An application that could be handed in."""
    candidate.apply(SITTING)
    town.settle()


def newcomer(town: Town, number: int, sitting: str = SITTING, **changes: Any) -> ApiCandidate:
    """Another candidate, from sign-up to registered at one go."""
    candidate = town.candidate(number, **changes)
    complete(town, candidate)
    candidate.apply(sitting)
    for step in (in_review, to_pay, registered):
        step(town, candidate)
    return candidate


def in_review(town: Town, candidate: ApiCandidate) -> None:
    """Handed in and screened."""
    candidate.awake().confirm()
    town.settle()


def to_pay(town: Town, candidate: ApiCandidate) -> None:
    """Approved."""
    decide(town, candidate, "approve")


def decide(town: Town, candidate: ApiCandidate, verdict: str, *reasons: str, note: str = "") -> None:
    """What the reviewer decides about the candidate's application."""
    reviewer = town.reviewer.awake()
    reviewer.decide(reviewer.review_of(candidate.reference), verdict, *reasons, note=note)
    town.settle()


def registered(town: Town, candidate: ApiCandidate) -> None:
    """Paid."""
    candidate.awake().pay()
    town.settle()


def seated(town: Town, _candidate: ApiCandidate) -> None:
    """Payment closed, the list was frozen, and the day after the seats were drawn."""
    closes = town.sitting.dates.payment_closes
    for hours in (25, 25 + 24, DRAWN_BY // timedelta(hours=1)):
        town.skip(closes + timedelta(hours=hours))


def sat(town: Town, _candidate: ApiCandidate) -> None:
    """The ticket opened, and the exam is over."""
    dates = town.sitting.dates
    town.skip((dates.tickets_open or dates.first_subject) + timedelta(hours=1))
    town.skip(dates.exam_over + timedelta(hours=1))


def marked(town: Town, candidate: ApiCandidate) -> None:
    """A marks file counts: the candidate passed both subjects."""
    number = candidate.awake().now()["seat"]["candidate_number"]
    report = drop_marks(town, marks_file({number: ("88.5", "60")}))
    assert report["counts"], report


def released(town: Town, _candidate: ApiCandidate) -> None:
    """Staff released the results; who passed is certified."""
    town.second.awake().release(SITTING)
    town.settle()


def marks_file(marks: dict[str, tuple[str, ...]], sitting: str = SITTING) -> str:
    """A good marks file: candidate number to the marks of its subjects."""
    rows = [
        f"{sitting},{number},{code},{mark}"
        for number, row in marks.items()
        for code, mark in zip(SUBJECTS, row, strict=False)
    ]
    return "\n".join(["sitting,candidate_number,subject,mark", *rows]) + "\n"


def drop_marks(town: Town, text: str, sitting: str = SITTING) -> Any:
    """Drop a marks file; gives its report."""
    key = town.officer.awake().drop("marks", text.encode(), sitting)
    town.settle()
    return town.officer.report(key)


STEPS: dict[Stage, tuple[Stage | None, Callable[[Town, ApiCandidate], None]]] = {
    "open": (None, lambda _town, _candidate: None),
    "complete": ("open", complete),
    "draft": ("complete", draft),
    "in_review": ("draft", in_review),
    "to_pay": ("in_review", to_pay),
    "registered": ("to_pay", registered),
    "seated": ("registered", seated),
    "sat": ("seated", sat),
    "marked": ("sat", marked),
    "released": ("marked", released),
}
