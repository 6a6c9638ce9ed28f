"""What anybody can learn before registration opens (INF-03..11): conditions, steps, proofs, contacts, what is verified."""

from certification.cloud import clock
from certification.cloud.tables.sittings import Sitting, sittings
from certification.letters.formats import Language, said, zone_name
from certification.policies import load_calendar, load_policy, schemes
from certification.portal.views import conditions, notices
from certification.portal.views.conditions import Group, LevelConditions
from certification.portal.views.notices import Entry
from certification.portal.views.speech import Speech
from certification.rules.desk_hours import answering
from certification.rules.model import Frozen
from certification.rules.policy import Policy

Lines = tuple[str, ...]


class Lane(Frozen):
    """The steps of one way through the process, in the order of this scheme (INF-07)."""

    name: str
    steps: Lines


class Contact(Frozen):
    """A desk: what it helps with, where, how to reach it, and whether it answers now (INF-11)."""

    name: str
    serves: Lines
    region: str
    email: str
    phone: str
    hours: str
    now: str
    open: bool


class Platform(Frozen):
    """The desks of one scheme, which is one platform to its candidates."""

    scheme: str
    title: str
    body: str
    entry: str
    entry_address: str
    contacts: tuple[Contact, ...]


class Advice(Frozen):
    """What candidates are told about one thing."""

    heading: str
    lines: Lines


class ExamInformation(Frozen):
    """The three groups of INF-03 for one sitting, and what stands around them."""

    subjects: Lines
    levels: tuple[LevelConditions, ...]
    counted_until: str
    version: str
    entry: str
    entry_address: str
    lanes: tuple[Lane, ...]
    proofs: Group
    certificate: Lines
    advice: tuple[Advice, ...]
    notices: tuple[Entry, ...]
    contacts: tuple[Contact, ...]


class Scope(Frozen):
    """What can be verified here of one scheme (INF-10)."""

    title: str
    certificate: str
    force: str
    occupations: tuple[tuple[str, str], ...]


def of_exam(sitting_id: str, language: Language) -> ExamInformation:
    """Everything about one sitting, from the policy of its year."""
    sitting = sittings.read(sitting_id)
    policy, policy_hash = load_policy(sitting.scheme)
    say = Speech(language, policy.time_zone)
    platform = _platform(policy, say)
    return ExamInformation(
        subjects=_subjects(sitting, policy, say),
        levels=conditions.levels(policy, say, sitting.levels),
        counted_until=conditions.counted_until(policy, say),
        version=say("conditions.version", year=policy.year, version=policy.version, hash=policy_hash),
        entry=platform.entry,
        entry_address=platform.entry_address,
        lanes=lanes(policy, say),
        proofs=conditions.proofs(policy, say),
        certificate=_certificate(policy, say),
        advice=_advice(policy, say),
        notices=notices.about_sitting(policy, sitting_id, language),
        contacts=platform.contacts,
    )


def _subjects(sitting: Sitting, policy: Policy, say: Speech) -> Lines:
    taken = {code for row in policy.occupations if row.code in sitting.occupations for code in row.subjects}
    return tuple(say.said(subject.words) for subject in policy.subjects if subject.code in taken)


def lanes(policy: Policy, say: Speech) -> tuple[Lane, ...]:
    """The order of steps, as the live system takes them (INF-07)."""
    return tuple(
        Lane(
            name=say(f"exams.lane_{name}") if len(policy.lanes) > 1 else "",
            steps=tuple(say(f"exams.step_{step}") for step in steps),
        )
        for name, steps in policy.lanes.items()
    )


def _certificate(policy: Policy, say: Speech) -> Lines:
    """How the certificate comes (INF-09); the notice of a sitting may say more."""
    lines = [say(f"exams.certificate_{policy.electronic_certificate.access}")]
    if policy.paper:
        lines.append(say(f"exams.paper_{policy.paper.postage}"))
    return tuple(lines)


def _advice(policy: Policy, say: Speech) -> tuple[Advice, ...]:
    """What the policy wants candidates to be told, in its order, and the documents that let somebody in."""
    told: dict[str, list[str]] = {}
    for one in policy.information.told if policy.information else ():
        told.setdefault(one.about, []).append(say.said(one.words))
    documents = say("notices.comma").join(say.said(words) for words in policy.exam_day.accepted_ids)
    told.setdefault("exam_day", []).insert(0, say("exams.accepted_ids", documents=documents))
    return tuple(Advice(heading=say(f"exams.told_{about}"), lines=tuple(lines)) for about, lines in told.items())


def platforms(language: Language) -> tuple[Platform, ...]:
    """Every scheme with its desks."""
    found = []
    for scheme in schemes():
        policy, _ = load_policy(scheme)
        found.append(_platform(policy, Speech(language, policy.time_zone)))
    return tuple(found)


def _platform(policy: Policy, say: Speech) -> Platform:
    information = policy.information
    return Platform(
        scheme=policy.scheme,
        title=say.said(policy.title),
        body=say.said(policy.body),
        entry=say.said(information.entry.words) if information else say("layout.service"),
        entry_address=(information.entry.address or "") if information else "",
        contacts=tuple(_contact(policy, index, say) for index in range(len(policy.desks))),
    )


def _contact(policy: Policy, index: int, say: Speech) -> Contact:
    desk = policy.desks[index]
    answer = answering(desk.hours, load_calendar(policy.calendar), policy.zone, clock.now())
    region = next((one for one in policy.regions if one.code == desk.region), None)
    served = [kind for kind in desk.serves if say.has(f"contacts.serves_{kind}")]
    hours = say("notices.comma").join(f"{hours.opens}–{hours.closes}" for hours in desk.hours)
    return Contact(
        name=say.said(desk.words),
        serves=tuple(say(f"contacts.serves_{kind}") for kind in served),
        region=say.said(region.words) if region else say("contacts.everywhere"),
        email=desk.email,
        phone=desk.phone or "",
        hours=say("contacts.hours", hours=hours, zone=said(zone_name(policy.time_zone).long, say.language)),
        now=say("contacts.open", until=say.moment(answer.until))
        if answer.until
        else say("contacts.closed", since=say.moment(answer.since))
        if answer.since
        else say("contacts.unknown"),
        open=answer.until is not None,
    )


def scopes(language: Language) -> tuple[Scope, ...]:
    """Which certificates can be verified here (INF-10)."""
    return tuple(_scope(load_policy(scheme)[0], Speech(language)) for scheme in schemes())


def _scope(policy: Policy, say: Speech) -> Scope:
    names = {level.code: say.said(level.words) for level in policy.levels}
    return Scope(
        title=say.said(policy.title),
        certificate=say.said(policy.certificate.title),
        force=say.said(policy.certificate.force),
        occupations=tuple(
            (say.said(row.words), say("notices.comma").join(names[level] for level in row.levels))
            for row in policy.occupations
        ),
    )
