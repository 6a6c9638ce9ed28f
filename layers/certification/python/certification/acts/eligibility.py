"""Eligibility asked and kept: for a candidate's own data, for an application, and for anybody who tries the calculator."""

import hashlib
import json
from datetime import date, datetime
from functools import cache

from certification.acts.answers import background_of
from certification.acts.ownership import own_application
from certification.acts.people import opened
from certification.cloud import clock
from certification.cloud.field_encryption import key_of
from certification.cloud.tables.applications import Answer, Application
from certification.cloud.tables.audit import AuditEntry, audit
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.sittings import Sitting, sittings
from certification.policies import load_policy
from certification.rules.conditions import Conditions, conditions, plain
from certification.rules.education import cleaned as cleaned_education
from certification.rules.eligibility import Background, EligibilityAnswer, answered, counted_until
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.reaching import reached
from certification.rules.timetable import Row, timetable
from certification.rules.work import cleaned as cleaned_work

RULE = "eligibility"
OLDEST = 120


class LevelAnswer(Frozen):
    """The answer for one level of a sitting, and the person's timeline as that level reads it.

    `sitting` is the first announced one in which the answer is yes, where there is one.
    """

    level: str
    answer: EligibilityAnswer
    timeline: tuple[Row, ...]
    sitting: str | None


class Calculation(Frozen):
    """What somebody may apply for in a sitting; `until` is the day up to which was counted."""

    scheme: str
    sitting: str
    occupation: str
    until: date
    levels: tuple[LevelAnswer, ...]


@cache
def conditions_of(scheme: str, version: str, level: str, occupation: str) -> Conditions:
    """Made ready once per process."""
    return conditions(load_policy(scheme, version)[0], level, occupation)


def of_application(application: Application, candidate: Candidate | None = None) -> tuple[EligibilityAnswer, "Inputs"]:
    """The answer for an application as it is now, and what it rests on; `candidate` where the row is about to change."""
    candidate = candidate or candidates.read(application.candidate)
    policy, _ = load_policy(application.scheme)
    inputs = Inputs(
        background=_background(application, candidate),
        scheme=policy.scheme,
        version=policy.version,
        level=application.level or "",
        occupation=application.occupation or "",
        until=counted_until(policy, sittings.read(application.sitting).dates),
    )
    return inputs.answer(), inputs


def fingerprint(reference: str, major: str) -> str:
    """A major as an application remembers it: never in clear."""
    return hashlib.sha256(f"{reference}|{plain(major)}".encode()).hexdigest()


def _background(application: Application, candidate: Candidate) -> Background:
    """What the rule looks at, with the majors that a desk let in for this application (ELI-05)."""
    background = background_of(candidate, opened(candidate))
    majors = (entry.major for entry in background.education)
    accepted = tuple(one for one in majors if fingerprint(application.reference, one) in application.majors_accepted)
    return background.model_copy(update={"majors_accepted": accepted})


def unlisted(application: Application) -> tuple[str, ...]:
    """The majors on which alone a yes depends: what a desk is asked to accept."""
    _, inputs = of_application(application)
    found = reached(inputs.background, inputs.conditions).attempts
    waiting = (one.entry for one in found if one.but_major is not None and one.entry is not None)
    return tuple(dict.fromkeys(entry.major for entry in waiting))


class Inputs(Frozen):
    """Everything an answer rests on: with it the answer can be given again years later."""

    background: Background
    scheme: str
    version: str
    level: str
    occupation: str
    until: date

    @property
    def policy_hash(self) -> str:
        return load_policy(self.scheme, self.version)[1]

    @property
    def conditions(self) -> Conditions:
        return conditions_of(self.scheme, self.version, self.level, self.occupation)

    def answer(self) -> EligibilityAnswer:
        return answered(self.background, self.conditions, self.until)


def answer_of(answer: EligibilityAnswer, inputs: Inputs, now: datetime) -> Answer:
    """The answer as an application's row keeps it."""
    return Answer(
        rule=RULE,
        yes=answer.eligible,
        en=answer.because.en,
        zh=answer.because.zh,
        at=now,
        rules=answer.because.rules,
        policy=inputs.policy_hash,
    )


def entry_of(application: Application, answer: EligibilityAnswer, inputs: Inputs, by: str, now: datetime) -> AuditEntry:
    """What the decision rests on, so that it can be given again: sealed, and once for each version of the application."""
    return AuditEntry(
        log=f"decisions {application.reference}",
        position=f"{RULE} {application.version:06d}",
        what=RULE,
        by=by,
        at=now,
        facts={
            "policy": inputs.policy_hash,
            "answer": "yes" if answer.eligible else "no",
            "rules": " ".join(answer.because.rules),
            "inputs": key_of(application.candidate).seal("decision", inputs.model_dump_json(exclude_defaults=True)),
        },
    )


def again(application: Application, position: str) -> tuple[EligibilityAnswer, bool]:
    """A kept decision given again from its own inputs and policy, and whether it is the same."""
    entry = audit.read(f"decisions {application.reference}", position)
    sealed = key_of(application.candidate).open("decision", entry.facts["inputs"])
    inputs = Inputs.model_validate(json.loads(sealed))
    answer = inputs.answer()
    same = inputs.policy_hash == entry.facts["policy"]
    return answer, same and ("yes" if answer.eligible else "no") == entry.facts["answer"]


def of_level(application: Application) -> Calculation:
    """The answer for the level an application is for, with the timeline: what a desk looks at."""
    answer, inputs = of_application(application)
    found = LevelAnswer(
        level=inputs.level,
        answer=answer,
        timeline=timetable(inputs.background, inputs.conditions, inputs.until),
        sitting=None,
    )
    return Calculation(
        scheme=inputs.scheme,
        sitting=application.sitting,
        occupation=inputs.occupation,
        until=inputs.until,
        levels=(found,),
    )


def own(candidate_id: str, reference: str) -> Calculation:
    """What the candidate may apply for, from what they declared so far; nothing is stored."""
    application = own_application(candidate_id, reference)
    candidate = candidates.read(candidate_id)
    background = _background(application, candidate)
    sitting = sittings.read(application.sitting)
    return calculated(sitting, application.occupation or sitting.occupations[0], background)


def tried(sitting_id: str, occupation: str, background: Background) -> Calculation:
    """What somebody without an account may apply for. Nothing is stored, and nobody is asked who they are."""
    today = clock.now().date()
    sitting = sittings.read(sitting_id)
    if occupation not in sitting.occupations:
        raise Refused("occupation", "Choose from the list.", "请从列表中选择。", field="occupation")
    if not 0 <= today.year - background.date_of_birth.year <= OLDEST or background.date_of_birth >= today:
        raise Refused(
            "birth_date", "Enter your date of birth; it is in the past.", "请填写正确的出生日期。", field="birth_date"
        )
    studies = []
    for number, entry in enumerate(background.education):
        try:
            studies.append(cleaned_education(entry, today))
        except Refused as refusal:
            raise Refused(
                refusal.code,
                refusal.en,
                refusal.zh,
                rules=refusal.rules,
                field=f"education.{number}.{refusal.field}",
            ) from None
    work = cleaned_work(background.work, today)
    return calculated(sitting, occupation, background.model_copy(update={"education": tuple(studies), "work": work}))


def calculated(sitting: Sitting, occupation: str, background: Background) -> Calculation:
    """The answer for every level of the sitting that the occupation has."""
    policy, _ = load_policy(sitting.scheme)
    until, now = counted_until(policy, sitting.dates), clock.now()
    coming = [one for one in sittings.of(sitting.scheme) if now < one.dates.registration_closes]
    found = []
    for code in policy.occupation(occupation).levels:
        if code in sitting.levels:
            level = conditions_of(policy.scheme, policy.version, code, occupation)
            answer = answered(background, level, until)
            table = timetable(background, level, until)
            found.append(
                LevelAnswer(
                    level=code, answer=answer, timeline=table, sitting=_first(coming, policy, code, answer.earliest)
                )
            )
    return Calculation(
        scheme=policy.scheme, sitting=sitting.id, occupation=occupation, until=until, levels=tuple(found)
    )


def _first(coming: list[Sitting], policy: Policy, level: str, earliest: date | None) -> str | None:
    """The first sitting still to be applied for in which the answer is yes."""
    possible = [
        one
        for one in coming
        if level in one.levels and earliest is not None and earliest <= counted_until(policy, one.dates)
    ]
    return min(possible, key=lambda one: (one.dates.registration_opens, one.id)).id if possible else None
