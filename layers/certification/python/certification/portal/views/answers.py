"""Everything a candidate answered, as it is checked before submitting; a part of it is what a reviewer reads."""

from datetime import date

from certification.acts import education, uploads
from certification.letters.formats import Language
from certification.portal.views import countries, tasks, whole
from certification.portal.views.education import in_a_line, state
from certification.portal.views.labels import label
from certification.portal.views.speech import Speech
from certification.portal.views.whole import Whole
from certification.rules.choosing import taken, words_of
from certification.rules.fees import mailing_zone, order_fees
from certification.rules.id_documents import NAMES
from certification.rules.model import Frozen

Facts = tuple[tuple[str, str], ...]


class Group(Frozen):
    """The answers of one page. `page` is where they are changed."""

    page: str
    title: str
    facts: Facts


class Answers(Frozen):
    """`photo` is a short-lived address; `files` are (page, title) of the files that count; `missing` says that something
    keeps the application from being confirmed."""

    reference: str
    name: str
    groups: tuple[Group, ...]
    photo: str
    files: Facts
    fee: str
    missing: bool
    editable: bool


def of(candidate_id: str, reference: str, language: Language) -> Answers:
    """The answers of the candidate's own application."""
    known = whole.read(candidate_id, reference)
    say = known.speech(language)
    photo = uploads.photo_for(known.candidate, known.behind.policy)
    return Answers(
        reference=reference,
        name=whole.name(known, say),
        groups=groups(known, say),
        photo=uploads.link(photo, "photo") if photo else "",
        files=tuple(
            (tasks.file_page(upload.code), say.said(upload.words))
            for upload in known.behind.policy.uploads
            if upload.required or known.candidate.file(upload.code)
        ),
        fee=fee(known, say),
        missing=bool(known.gaps),
        editable=known.editable,
    )


def fee(known: Whole, say: Speech) -> str:
    """What the choice costs, empty while nothing is chosen."""
    application = known.application
    if not (application.occupation and application.level and application.form):
        return ""
    policy, subjects = known.behind.policy, taken(known.behind.policy, application)
    fees = order_fees(policy, application.occupation, application.level, application.form, subjects, application.paper)
    return say.amount(fees.total)


def groups(known: Whole, say: Speech) -> tuple[Group, ...]:
    """The answers in the order of the task list."""
    return (
        Group(page="choice", title=say("tasks.choice"), facts=_choice(known, say)),
        Group(page="details", title=say("tasks.details"), facts=_details(known, say)),
        Group(page="contact", title=say("tasks.contact"), facts=_contact(known, say)),
        Group(page="education", title=say("tasks.education"), facts=_education(known, say)),
        Group(page="work", title=say("tasks.work"), facts=_work(known, say)),
    )


def of_person(known: Whole, say: Speech) -> tuple[Group, ...]:
    """The answers that a reviewer compares with papers. How to reach the person is nothing a review needs."""
    own = (say("tasks.choice"), say("tasks.details"))
    others = dict(zip(own, (say("desk.choice"), say("desk.details")), strict=True))
    return tuple(
        Group(
            page=one.page,
            title=others.get(one.title, one.title),
            facts=tuple((others.get(words, words), value) for words, value in one.facts),
        )
        for one in groups(known, say)
        if one.page != "contact"
    )


def _choice(known: Whole, say: Speech) -> Facts:
    application, policy = known.application, known.behind.policy
    rows = [(say("exams.form"), say.said(policy.form(application.form).words))] if application.form else []
    if application.region and len(policy.regions) > 1:
        place = next(row.words for row in policy.regions if row.code == application.region)
        rows.append((label(policy, "region", say), say.said(place)))
    if application.subjects and not policy.validity.must_take_all:
        rows.append((label(policy, "subjects", say), words_of(policy, application.subjects, say.language)))
    if policy.fees.mailing:
        zone = mailing_zone(policy, application.paper)
        rows.append((label(policy, "paper", say), say.said(zone.words) if zone else say("choice.paper_electronic")))
    return ((say("tasks.choice"), whole.name(known, say)), *rows, (say("exams.fee"), fee(known, say)))


def _details(known: Whole, say: Speech) -> Facts:
    person = known.behind.person
    return (
        (say("profile.full_name"), person.native_name or say("check.none")),
        (say("check.latin_name"), person.latin_name or say("check.none")),
        (say("profile.birth"), say.day(person.birth_date) if person.birth_date else ""),
        (say("profile.nationality"), countries.name(person.nationality, say.language)),
        (say("profile.id_type"), say.said(NAMES[person.id_kind]) if person.id_kind else ""),
        (say("profile.id_number"), person.id_number or ""),
    )


def _contact(known: Whole, say: Speech) -> Facts:
    person = known.behind.person
    return (
        (say("profile.email"), person.email),
        (say("profile.phone"), person.phone or ""),
        (say("check.address"), person.address or say("check.none")),
    )


def _education(known: Whole, say: Speech) -> Facts:
    entries = education.of(known.candidate)
    return tuple(
        (
            say("education.number", n=one.number),
            say("form.bracketed", what=in_a_line(one.entry, say), more=state(one, say)),
        )
        for one in entries
    )


def _work(known: Whole, say: Speech) -> Facts:
    work, policy = known.behind.person.work, known.behind.policy
    rows = [
        (
            say("work.job"),
            say(
                "check.work_entry",
                employer=entry.employer or say("check.own_account"),
                duties=entry.duties,
                since=say.day(entry.since),
                until=_until(entry.until, say),
            ),
        )
        for entry in work.jobs
    ]
    rows += [
        (say("work.leave"), say("check.from_to", since=say.day(entry.since), until=_until(entry.until, say)))
        for entry in work.leaves
    ]
    rows += [
        (say("work.certificate"), say("check.held", words=say.said(row.words), on=say.day(entry.issued)))
        for entry in work.certificates
        for row in policy.eligibility.certificates
        if row.code == entry.code
    ]
    return tuple(rows)


def _until(day: date | None, say: Speech) -> str:
    return say.day(day) if day else say("check.today")
