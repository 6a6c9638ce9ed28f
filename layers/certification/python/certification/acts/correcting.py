"""What a correction changes: details, address, education, work or the choice; each by the rule of its own page."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from certification.acts import rescreening
from certification.acts.education import with_added, with_corrected
from certification.acts.moving import announce, moved
from certification.acts.parts import looked_at_again
from certification.acts.people import opened
from certification.acts.profile import details_stored, with_address, with_details
from certification.acts.superseding import superseded
from certification.acts.work import with_history
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.orders import orders
from certification.cloud.tables.sittings import sittings
from certification.rules.choosing import ELECTRONIC, chosen, taken
from certification.rules.choosing import Wanted as WantedChoice
from certification.rules.education import EducationEntry
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_changes import Consequence
from certification.rules.status import Status, Trigger
from certification.rules.work import WorkHistory

DETAILS = frozenset({"full_name", "latin_name", "nationality", "date_of_birth", "id_type", "id_number"})
EDUCATION, WORK = "education", "work_history"
CONDITIONS = frozenset({"date_of_birth", EDUCATION, WORK})
"""What the conditions of a level look at: after it was corrected they are asked again."""
CHOICE = frozenset({"occupation", "level", "form", "region", "subjects", "paper"})
PATIENCE = timedelta(minutes=15)
"""How long the screening may take before the sweep starts it again."""


class EntryWanted(Frozen):
    """A qualification as it should stand: in place of the entry of this number, or (None) as one more."""

    number: int | None = None
    entry: EducationEntry


class Wanted(Frozen):
    """What the candidate wrote: field to its correct value, an education entry or the work history as a whole, and why.

    `evidence` is the file they sent with it.
    """

    fields: dict[str, str] = {}
    education: EntryWanted | None = None
    work: WorkHistory | None = None
    reason: str = ""
    evidence: str | None = None

    @property
    def values(self) -> dict[str, str]:
        """What is asked for by the codes of the policy's matrix; an entry and a history stand for themselves."""
        whole = ((EDUCATION, self.education), (WORK, self.work))
        return {**self.fields, **{code: "-" for code, wanted in whole if wanted is not None}}


class Change(Frozen):
    """The application as it will be, and every other write and announcement of the same transaction."""

    application: Application
    writes: list[Write]
    told: list[Announcement]


def corrected(
    application: Application,
    candidate: Candidate,
    wanted: Wanted,
    policy: Policy,
    then: Collection[Consequence] | None = None,
) -> Change:
    """The change that these values make. Raises Refused, with the field, for a value that its rule does not accept.

    `then` is what the matrix asks to do again; None only tries the values, and nothing follows from them yet.
    """
    fields = wanted.fields
    writes: list[Write] = []
    told: list[Announcement] = []
    person = candidate
    if "postal_address" in fields:
        person = with_address(person, fields["postal_address"])
    person = _background(person, wanted)
    if DETAILS & fields.keys():
        person = _details(person, fields)
    if DETAILS & fields.keys() or wanted.education is not None:
        person, writes, told = details_stored(candidate, person)
    elif person != candidate:
        writes = [candidates.update(person)]
    else:
        writes = [candidates.unchanged(candidate)]
    after = _chosen(application, fields, policy) if CHOICE & fields.keys() else application
    if then is None:
        return Change(application=after, writes=writes, told=told)
    if "reticket" in then and after.ticket is not None:
        after = after.changed(ticket=None)
        told.append(announce("TicketOutdated", application))
    again = bool({"rescreen", "resign", "reprice"} & set(then))
    judged = bool(CONDITIONS & wanted.values.keys())
    if after.status is Status.AWAITING_PAYMENT and (again or (judged and rescreening.turned(after, person))):
        after, more, news = _again(after)
        writes, told = [*writes, *more], [*told, *news]
    elif judged or (again and CHOICE & fields.keys()):
        after, more, news = rescreening.answered_anew(after, person, policy)
        writes, told = [*writes, *more], [*told, *news]
    return Change(application=after, writes=writes, told=told)


def _background(candidate: Candidate, wanted: Wanted) -> Candidate:
    """The candidate with the education and the work that are wanted; Refused where nothing differs from what stands."""
    person = candidate
    if wanted.education is not None:
        number, entry = wanted.education.number, wanted.education.entry
        person = with_added(person, entry) if number is None else with_corrected(person, number, entry)
        if person == candidate:
            raise _wrong(EDUCATION, "This is what stands there already.", "与现有内容相同。")
        person = person.changed(revision=person.revision + 1)
    if wanted.work is not None:
        before, person = person, with_history(person, wanted.work)
        if person == before:
            raise _wrong(WORK, "This is what stands there already.", "与现有内容相同。")
    return person


def _details(candidate: Candidate, fields: Mapping[str, str]) -> Candidate:
    person = opened(candidate)
    born = fields.get("date_of_birth")
    try:
        day = date.fromisoformat(born) if born else person.birth_date
    except ValueError:
        raise _wrong("date_of_birth", "Write the day as YYYY-MM-DD.", "日期格式应为 YYYY-MM-DD。") from None
    kind = fields.get("id_type", person.id_kind)
    if day is None or kind is None:
        raise _wrong("id_type", "Name the type of ID document too.", "请同时填写证件类型。")
    return with_details(
        candidate,
        fields.get("full_name", person.native_name or ""),
        fields.get("latin_name", person.latin_name or ""),
        day,
        fields.get("nationality", person.nationality or ""),
        kind,  # type: ignore[arg-type]  # the rule refuses a type it does not know
        fields.get("id_number", person.id_number or ""),
    )


def _chosen(application: Application, fields: Mapping[str, str], policy: Policy) -> Application:
    """The choice with what changes in it. Subjects follow the level unless they are named."""
    level = fields.get("level", application.level or "")
    occupation = fields.get("occupation", application.occupation or "")
    same = (occupation, level) == (application.occupation, application.level)
    named = tuple(code.strip() for code in fields.get("subjects", "").split(",") if code.strip())
    known = {row.code for row in policy.levels} >= {level} and occupation in {row.code for row in policy.occupations}
    subjects = named or (taken(policy, application) if same else policy.subjects_of(occupation, level) if known else ())
    paper = fields.get("paper", application.paper)
    wanted = WantedChoice(
        occupation=occupation,
        level=level,
        form=fields.get("form", application.form or ""),
        region=fields.get("region", application.region),
        subjects=subjects,
        paper=None if paper == ELECTRONIC else paper,
    )
    changed: Application = application.changed(**dict(chosen(policy, sittings.read(application.sitting), wanted)))
    return changed


def _again(application: Application) -> tuple[Application, list[Write], list[Announcement]]:
    """Before paying everything is checked again, with a new price and signature; the order makes way for a revision."""
    now = clock.now()
    order = orders.read(application.order or "")
    waiting = moved(
        application,
        Trigger.CORRECTION_CONFIRMED,
        by="apply_decision",
        now=now,
        due=Due(at=now + PATIENCE),
        rules=("REG-06", "CHG-03"),
        confirmed_at=now,
    )
    parts, looked_at = looked_at_again(order)
    return waiting, [superseded(order), *parts], [announce("ApplicationConfirmed", application), *looked_at]


def _wrong(field: str, en: str, zh: str) -> Refused:
    return Refused("value_wrong", en, zh, rules=("CHG-01",), field=field)
