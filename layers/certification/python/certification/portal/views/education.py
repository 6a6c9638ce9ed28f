"""A person's education, as its pages show it: each entry with what the registry said, in words."""

from certification.acts import education, profile
from certification.acts.education import EntryNow
from certification.acts.ownership import own_application
from certification.acts.verification import most_patient
from certification.cloud import clock
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views import countries
from certification.portal.views.speech import Speech
from certification.rules.appointments import must_come
from certification.rules.calendars import day_of
from certification.rules.education import Degree, EducationEntry
from certification.rules.fallbacks import accepted_for, provisional, uploads_for
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_applying import CandidateClass

UNVERIFIED: tuple[CandidateClass, ...] = ("unverified",)
DEGREES: tuple[Degree, ...] = ("none", "bachelor", "second_bachelor", "master", "doctor")


class Entry(Frozen):
    """`lines` are what follows from the check, `editable` whether it may be corrected."""

    number: int
    facts: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    editable: bool


class Educations(Frozen):
    """`identity` is the state of the person's own check in words; `span` how long a registry may take.

    `later`: whether the report comes after the results, None where that is no question; `within` how soon then.
    """

    entries: tuple[Entry, ...]
    most: int
    span: str
    identity: str
    without_degree: bool
    editable: bool
    later: bool | None = None
    within: str = ""


def of(candidate_id: str, language: Language, application: str = "") -> Educations:
    """Everything on the page "Education" (EDU-17); with an application, what it asks for beside."""
    shown = _of(candidate_id, language)
    if not application:
        return shown
    row = own_application(candidate_id, application)
    policy, _ = load_policy(row.scheme)
    say, known = Speech(language, policy.time_zone), education.read(candidate_id)
    entries = tuple(
        entry.model_copy(update={"lines": (*entry.lines, *_papers(policy, one, say))})
        for entry, one in zip(shown.entries, known, strict=True)
    )
    shown = shown.model_copy(update={"entries": entries})
    way = provisional(policy, day_of(clock.now(), policy.zone))
    unconfirmed = any(one.state in ("failed", "on_site") and not one.entry.foreign for one in known)
    if way is None or way.complete is None or way.complete.within is None or not unconfirmed:
        return shown
    return shown.model_copy(update={"later": row.provisional, "within": say.span(way.complete.within)})


def _papers(policy: Policy, one: EntryNow, say: Speech) -> tuple[str, ...]:
    """How an entry without a pass is shown in this exam, and which papers show a foreign degree (EDU-08, EDU-13, EDU-18)."""
    if one.state not in ("failed", "on_site"):
        return ()
    wanted = uploads_for(policy, one.entry, one.state, day_of(clock.now(), policy.zone))
    shown = [say("education.go_on_upload", words=say.said(row.words)) for row in policy.uploads if row.code in wanted]
    if must_come(policy, UNVERIFIED):
        shown.append(say("education.go_on_site"))
    return (*shown, *(say(f"education.paper_{paper}") for paper in accepted_for(policy, one.entry)))


def _of(candidate_id: str, language: Language) -> Educations:
    known = profile.read(candidate_id)
    now = clock.now()
    wanted = most_patient("education", now) or most_patient("identity", now)
    say = Speech(language, wanted.time_zone) if wanted else Speech(language)
    within = wanted.verification.answer.within if wanted else None
    asked = known.identity_check == "asked" and known.identity_by is not None
    by = say.deadline(known.identity_by) if asked and known.identity_by else ""
    return Educations(
        entries=tuple(_entry(one, say, held=known.held_by is not None) for one in known.education),
        most=education.most_entries(),
        span=say.span(within) if within else "",
        identity=say(f"education.state_{known.identity_check}", by=by),
        without_degree=known.without_degree,
        editable=known.held_by is None,
    )


def entry(candidate_id: str, number: int) -> EducationEntry | None:
    """What one entry says now; None when the person has no such entry."""
    return next((one.entry for one in education.read(candidate_id) if one.number == number), None)


def _entry(one: EntryNow, say: Speech, *, held: bool) -> Entry:
    lines = [say.said(one.words)] if one.words else []
    if one.state in ("failed", "on_site"):
        lines.append(say("education.go_on"))
    return Entry(
        number=one.number,
        facts=(*in_words(one.entry, say), (say("education.result"), state(one, say))),
        lines=tuple(lines),
        editable=one.state != "passed" and not held,
    )


def state(one: EntryNow, say: Speech) -> str:
    """The state of an entry's check in words."""
    by = say.deadline(one.answer_by) if one.answer_by else ""
    return say(f"education.state_{one.state or 'unasked'}", by=by)


def in_words(entry: EducationEntry, say: Speech) -> tuple[tuple[str, str], ...]:
    """An entry as name and value."""
    rows = [
        (say("education.institution"), entry.institution),
        (say("education.level"), say(f"profile.level_{entry.level.value}")),
        (say("education.degree"), say(f"education.degree_{entry.degree}")),
        (say("education.full_time"), say(f"education.full_time_{'yes' if entry.full_time else 'no'}")),
        (say("education.major"), entry.major),
        (say("education.began"), say.day(entry.began)),
        (say("education.graduated"), say.day(entry.graduated)),
    ]
    if entry.foreign:
        rows.append((say("education.country"), countries.name(entry.country, say.language)))
        rows.append((say("education.taught_in"), countries.name(entry.taught_in, say.language)))
    rows += [(say(f"education.{name}"), getattr(entry, name)) for name in ("certificate", "name")]
    return tuple((name, value) for name, value in rows if value)


def in_a_line(entry: EducationEntry, say: Speech) -> str:
    """An entry in one line, as the check page and the reviewer read it."""
    comma = "，" if say.language == "zh" else ", "
    form = say(f"education.full_time_{'yes' if entry.full_time else 'no'}")
    parts = (say(f"profile.level_{entry.level.value}"), form, entry.institution, entry.major, say.day(entry.graduated))
    return comma.join(part for part in parts if part)
