"""The desks' queue: what waits, taking the next, and deciding it."""

from certification.acts import overview, review, seconding
from certification.acts.callers import MAY_REVIEW
from certification.acts.overview import Overview
from certification.api import bodies
from certification.api.answers import Cases, NextCase
from certification.api.signed_in import member
from certification.cloud.doors import Routes
from certification.rules.review import Decision, Only

routes = Routes("Cases", "/api/staff", "staff")


@routes.get("/cases")
def list_cases(
    kind: bodies.CaseKindAsked = None, scheme: bodies.Scheme = None, desk: bodies.Desk = None, page: bodies.Page = 1
) -> Cases:
    """The open cases of the member's desks, 50 a page: what waits for a desk, oldest promise first, then the rest.

    `kind`, `scheme` and `desk` leave out all others.
    """
    found, pages = overview.queue(member(routes), Only(kind=kind, scheme=scheme, desk=desk), page)
    return Cases(cases=found, page=page, pages=pages)


@routes.post("/cases/next")
def take_next_case(
    kind: bodies.CaseKindAsked = None, scheme: bodies.Scheme = None, desk: bodies.Desk = None
) -> NextCase:
    """Take the oldest case that nobody holds. It is kept for 30 minutes; two people never get the same.

    `kind`, `scheme` and `desk` leave out all others.
    """
    who = member(routes, *MAY_REVIEW)
    case = review.take_next(who, Only(kind=kind, scheme=scheme, desk=desk))
    return NextCase(case=overview.line(case, who) if case else None)


@routes.get("/cases/<case>")
def read_case(case: bodies.CasePath) -> Overview:
    """One case with what is needed to decide it: for a review the person, the files and what the rules said."""
    return overview.of_case(member(routes), case)


@routes.post("/cases/<case>/decision")
def decide_case(case: bodies.CasePath, decided: bodies.Decide) -> Overview:
    """Decide a case. The same decision again changes nothing; another one after it is refused."""
    who = member(routes, *MAY_REVIEW)
    decision = Decision(verdict=decided.verdict, decided_by=who.id, reasons=tuple(decided.reasons), note=decided.note)
    review.decide(who, case, decision)
    return overview.of_case(who, case)


@routes.post("/cases/<case>/second")
def second_case(case: bodies.CasePath, answer: bodies.Second) -> Overview:
    """Confirm what a colleague decided, where the policy asks for two people, or disagree and say why."""
    who = member(routes, *MAY_REVIEW)
    seconding.second(who, case, answer.proposal, agree=answer.agree, why_not=answer.why_not)
    return overview.of_case(who, case)


@routes.post("/cases/<case>/take-back")
def take_proposal_back(case: bodies.CasePath, back: bodies.TakeBack) -> Overview:
    """Withdraw the caller's own proposal before its second person has answered; the case waits anew."""
    who = member(routes, *MAY_REVIEW)
    seconding.take_back(who, case, back.proposal, back.why)
    return overview.of_case(who, case)


@routes.post("/cases/<case>/keep")
def keep_case(case: bodies.CasePath) -> Overview:
    """Hold a case for 30 minutes from now, so that nobody else decides it meanwhile."""
    who = member(routes, *MAY_REVIEW)
    review.keep(who, case)
    return overview.of_case(who, case)


@routes.post("/cases/<case>/give-back")
def give_case_back(case: bodies.CasePath) -> Overview:
    """Let a case go that you hold; a colleague may take it at once."""
    who = member(routes, *MAY_REVIEW)
    review.give_back(who, case)
    return overview.of_case(who, case)
