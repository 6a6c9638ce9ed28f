"""Verification: what a registry says about a person. It belongs to the person and is remembered."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress

from certification.acts.people import Person, opened
from certification.acts.providers import identity_registry
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.secrets import secret
from certification.cloud.tables.base import Due
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.verifications import Verification, verifications
from certification.cloud.transaction import Lost, commit, retried
from certification.policies import load_calendar, load_policy
from certification.providers.identity import verify_answer
from certification.providers.ports import Answer, Later, Question, Result
from certification.rules.deadlines import verification_due
from certification.rules.errors import NotFound

DEFAULT_SCHEME = "cgptc"
"""Verification belongs to the person, before there is an application; its length is the awarding body's."""


@retried
def ask_identity(candidate_id: str) -> str:
    """Ask the registry about the person as declared now, once for the same particulars. Gives the state of the check."""
    candidate = candidates.read(candidate_id)
    person = opened(candidate)
    if not (person.name and person.id_number and person.birth_date and person.id_kind):
        return "incomplete"
    check_id = f"{candidate_id}-identity-{_fingerprint(person)}"
    verification = verifications.find(check_id)
    if verification is None:
        verification = _begin(check_id, candidate_id)
    if candidate.identity_check != check_id:
        commit([candidates.update(candidate.changed(identity_check=check_id))])
    if verification.state != "asked":
        return verification.state
    said = identity_registry().ask(Question(question=check_id, details=_details(person)))
    if isinstance(said, Later):
        return "asked"
    return _answered(said)


def _fingerprint(person: Person) -> str:
    """Names the particulars asked about without telling them: the candidate's id salts it."""
    parts = (person.id, person.name, person.id_kind or "", person.id_number or "", str(person.birth_date))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def _details(person: Person) -> dict[str, str]:
    return {
        "name": person.name,
        "latin_name": person.latin_name or "",
        "birth_date": str(person.birth_date),
        "id_kind": person.id_kind or "",
        "id_number": person.id_number or "",
    }


def _begin(check_id: str, candidate_id: str) -> Verification:
    now = clock.now()
    policy, _ = load_policy(DEFAULT_SCHEME)
    due = verification_due(now, policy, load_calendar(policy.calendar))
    asked = Verification(
        id=check_id, candidate=candidate_id, matter="identity", state="asked", asked_at=now, due=Due(at=due.due)
    )
    with suppress(Lost):  # another run began it
        commit([verifications.insert(asked)])
    return verifications.read(check_id)


def receive(headers: Mapping[str, str], body: bytes) -> str:
    """A registry's late answer at our door. Raises Rejected for a forgery; gives the state it led to.

    An answer after the time is over still counts while a person has not decided otherwise; the same answer twice
    changes nothing; an answer to a question we never asked is `NotFound`.
    """
    return _answered(verify_answer(headers, body, secret("registry", "shared"), clock.now()))


@retried
def _answered(answer: Answer) -> str:
    verification = verifications.find(answer.question)
    if verification is None:
        raise NotFound("question")
    state = {Result.MATCH: "passed", Result.NO_MATCH: "failed", Result.CANNOT_TELL: "on_site"}[answer.result]
    if verification.state == state or verification.state in ("passed", "failed"):
        return verification.state
    settled = verification.changed(state=state, answered_at=clock.now(), ticket=answer.ticket, due=None)
    name = "IdentityVerified" if state == "passed" else "IdentityUnverified"
    told = Announcement(
        name=name,
        subject=verification.id,
        key=f"{verification.id}#{verification.version + 1}",
        about={"candidate": verification.candidate, "state": state},
    )
    commit([verifications.update(settled)], [told])
    return state
