"""Verification: what a registry says about a person. It belongs to the person and is remembered.

Saving the profile writes the questions, each with the time by which it is answered; the machine puts them to the
registries; answers come at once or at our door. The same particulars are asked about once, other ones anew.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

from certification.acts.people import Person, educations, opened
from certification.acts.providers import education_registry, identity_registry
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.secrets import secret
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.verifications import Heard, Verification, verifications
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy, schemes
from certification.providers.ports import Answer, Later, Question, Registry
from certification.providers.ports import Matter as RegistryMatter
from certification.providers.registry import verify_answer
from certification.rules.deadlines import verification_due
from certification.rules.education import EducationEntry
from certification.rules.errors import NotFound
from certification.rules.id_documents import issuer_of
from certification.rules.policy import Policy
from certification.rules.verification import Judged, Matter, from_the_start, of_answers

PROVED = {"state": "passed", "reason": None, "due": None}
AGAIN = timedelta(hours=1)
MOST_TRIES = 3
"""How often a question that no registry has taken is put again, before it is left to its time."""


@cache
def asking(matter: Matter) -> tuple[Policy, ...]:
    """The schemes that want this checked. The check is the person's, not an exam's."""
    policies = (load_policy(scheme)[0] for scheme in schemes())
    return tuple(policy for policy in policies if matter in policy.verification.subjects)


def most_patient(matter: Matter, now: datetime) -> Policy | None:
    """The scheme that gives a registry the longest time: so long the question stays open, and an exam of a scheme with
    less goes on without the answer before (`answers.checks_of`). None when nobody asks."""
    return max(asking(matter), key=lambda policy: _answered_by(policy, now), default=None)


def _answered_by(policy: Policy, asked_at: datetime) -> datetime:
    return verification_due(asked_at, policy, load_calendar(policy.calendar)).due


# saving: the questions that follow from what is declared


def followed(candidate: Candidate, *, proved: bool = False) -> tuple[Candidate, list[Write], list[Announcement]]:
    """The candidate with the checks of what is declared now, the rows to write with them, and whether to go and ask.

    `proved`: an identity platform has just said who the person is, so no registry is asked about that.
    """
    person, now = opened(candidate), clock.now()
    complete = bool(person.name and person.id_number and person.birth_date and person.id_kind)
    entries = educations(candidate)
    checks: dict[str, tuple[Matter, Judged]] = {}
    identity = _id(person, "identity", str(person.birth_date)) if complete else None
    if identity:
        checks[identity] = ("identity", Judged(state="passed" if proved else "asked"))
    declared = []
    for one in candidate.education:
        check = education_check(person, entries[one.number]) if complete and asking("education") else None
        if check:
            checks[check] = ("education", from_the_start(entries[one.number], _names(person)))
        declared.append(one.model_copy(update={"check": check}))
    followed_by = candidate.changed(identity_check=identity, education=tuple(declared))
    fresh = {check: of for check, of in checks.items() if verifications.find(check) is None}
    rows = [_begun(check, candidate.id, matter, judged, now) for check, (matter, judged) in fresh.items()]
    asks = any(row.state == "asked" for row in rows)
    writes = [verifications.insert(row) for row in rows]
    if proved and identity and identity not in fresh:
        writes.append(verifications.update(verifications.read(identity).changed(**PROVED, answered_at=now)))
    return followed_by, writes, [_saved(candidate)] if asks else []


def _names(person: Person) -> list[str]:
    return [name for name in (person.native_name, person.latin_name) if name]


def education_check(person: Person, entry: EducationEntry) -> str:
    """The check of one education entry of this person."""
    return _id(person, "education", entry.model_dump_json())


def _id(person: Person, matter: Matter, about: str) -> str:
    """Names the particulars asked about without telling them: the candidate's id salts the fingerprint."""
    parts = (person.id, person.name, person.id_kind or "", person.id_number or "", _issuer(person), about)
    return f"{person.id}-{matter}-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:16]}"


def _issuer(person: Person) -> str:
    return issuer_of(person.id_kind, person.nationality) or ""


def _begun(check: str, candidate_id: str, matter: Matter, judged: Judged, now: datetime) -> Verification:
    row = Verification(id=check, candidate=candidate_id, matter=matter, state=judged.state, asked_at=now)
    if judged.state != "asked":
        return row.model_copy(update={"reason": judged.reason, "answered_at": now})
    by = _answered_by(most_patient(matter, now) or load_policy(schemes()[0])[0], now)
    return row.model_copy(update={"answer_by": by, "due": Due(at=min(now + AGAIN, by))})


def _saved(candidate: Candidate) -> Announcement:
    return Announcement(
        name="ProfileSaved",
        subject=candidate.id,
        key=f"{candidate.id}#{candidate.version + 1}",
        about={"candidate": candidate.id},
    )


# the machine: putting the questions


def ask_identity(candidate_id: str) -> str:
    """Put the question about the person as declared now. Gives the state of the check."""
    candidate = candidates.read(candidate_id)
    if candidate.identity_check is None:
        return "incomplete"
    person = opened(candidate)
    details = {
        "name": person.name,
        "latin_name": person.latin_name or "",
        "birth_date": str(person.birth_date),
        "id_kind": person.id_kind or "",
        "id_number": person.id_number or "",
        "id_country": _issuer(person),
    }
    return _ask(identity_registry(), candidate.identity_check, details)


def ask_education(candidate_id: str) -> dict[str, str]:
    """Put the question about each education entry as declared now. Gives the state of each, by its number."""
    candidate = candidates.read(candidate_id)
    person, entries = opened(candidate), educations(candidate)
    registry, states = education_registry(), {}
    for one in candidate.education:
        entry = entries[one.number]
        if one.check is None:
            continue
        details = {
            "name": entry.name or person.name,
            "id_number": person.id_number or "",
            "institution": entry.institution,
            "level": entry.level.value,
            "degree": entry.degree,
            "major": entry.major,
            "certificate": entry.certificate,
            "full_time": "yes" if entry.full_time else "no",
            "began": entry.began.isoformat(),
            "graduated": entry.graduated.isoformat(),
        }
        states[str(one.number)] = _ask(registry, one.check, details)
    return states


def _ask(registry: Registry, check: str, details: dict[str, str]) -> str:
    """Ask unless it was answered or the registry has the question; a saved profile has written the row."""
    verification = verifications.read(check)
    if verification.state != "asked" or verification.ticket is not None:
        return verification.state
    matter = RegistryMatter(verification.matter)
    said = registry.ask(Question(question=check, matter=matter, details=details))
    return _taken(check, said.ticket) if isinstance(said, Later) else _answered(said, verification.matter)


@retried
def _taken(check: str, ticket: str) -> str:
    """The registry has the question: nobody asks again, and its time runs."""
    verification = verifications.read(check)
    if verification.state == "asked" and verification.ticket is None and verification.answer_by is not None:
        waiting = verification.changed(ticket=ticket, due=Due(at=verification.answer_by))
        commit([verifications.update(waiting)])
    return verification.state


# answers, and what follows when none comes


def matter_at(path: str) -> Matter:
    """Which registry answers at this address."""
    return "education" if path.startswith("/registry/education/") else "identity"


def receive(matter: Matter, headers: Mapping[str, str], body: bytes) -> str:
    """A registry's late answer at our door. Raises Rejected for a forgery; gives the state it led to.

    An answer after the time is over still counts while a person has not decided otherwise; the same answer twice
    changes nothing; an answer to a question we never asked this registry is `NotFound`. Each registry has a secret of
    its own, so that none can answer for another.
    """
    secrets = secret("registry", "shared") if matter == "identity" else secret("education", "shared")
    return _answered(verify_answer(headers, body, secrets, clock.now()), matter)


@retried
def _answered(answer: Answer, matter: Matter) -> str:
    verification = verifications.find(answer.question)
    if verification is None or verification.matter != matter or verification.exam is not None:
        raise NotFound("question")
    if answer.result.value in {heard.said for heard in verification.answers}:
        return verification.state
    heard = Heard(ticket=answer.ticket, said=answer.result.value, at=answer.answered_at)
    answers = (*verification.answers, heard)
    judged = of_answers(one.said for one in answers)
    settled = verification.changed(
        state=judged.state,
        reason=judged.reason,
        answers=answers,
        answered_at=clock.now(),
        ticket=answer.ticket,
        due=None,
    )
    told = [_told(settled)] if settled.state != verification.state else []
    commit([verifications.update(settled)], told)
    return judged.state


def _told(verification: Verification) -> Announcement:
    passed = verification.state == "passed"
    if verification.matter == "identity":
        name = "IdentityVerified" if passed else "IdentityUnverified"
    else:
        name = "EducationVerified" if passed else "EducationUnverified"
    return Announcement(
        name=name,
        subject=verification.id,
        key=f"{verification.id}#{verification.version + 1}",
        about={"candidate": verification.candidate, "state": verification.state},
    )


@retried
def fell_due(key: str) -> None:
    """No registry took the question: it is put again. None answered in time: a person looks, nobody is held up
    (decision 21)."""
    verification = verifications.read(key)
    now = clock.now()
    due, by = verification.due, verification.answer_by
    if verification.state != "asked" or due is None or now < due.at:
        return
    if by is None or now >= by:
        on_site = verification.changed(state="on_site", reason="no_answer", answered_at=now, due=None)
        commit([verifications.update(on_site)], [_told(on_site)])
        return
    tries = verification.tries + 1
    later = verification.changed(tries=tries, due=Due(at=by if tries >= MOST_TRIES else min(now + AGAIN, by)))
    again = Announcement(
        name="ProfileSaved",
        subject=verification.candidate,
        key=f"{key}#{verification.version + 1}",
        about={"candidate": verification.candidate},
    )
    commit([verifications.update(later)], [again])
