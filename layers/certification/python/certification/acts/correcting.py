"""What a correction changes: the person's details, the postal address, or the choice; each by the rule of its own page."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from certification.acts.eligibility import RULE, answer_of, of_application
from certification.acts.moving import announce, moved
from certification.acts.parts import looked_at_again
from certification.acts.people import opened
from certification.acts.profile import details_stored, with_address, with_details
from certification.acts.superseding import superseded
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.orders import orders
from certification.cloud.tables.sittings import sittings
from certification.rules.choosing import ELECTRONIC, Wanted, chosen, taken
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_changes import Consequence
from certification.rules.status import Status, Trigger

DETAILS = frozenset({"full_name", "latin_name", "nationality", "date_of_birth", "id_type", "id_number"})
CHOICE = frozenset({"occupation", "level", "form", "region", "subjects", "paper"})
PATIENCE = timedelta(minutes=15)
"""How long the screening may take before the sweep starts it again."""


class Change(Frozen):
    """The application as it will be, and every other write and announcement of the same transaction."""

    application: Application
    writes: list[Write]
    told: list[Announcement]


def corrected(
    application: Application,
    candidate: Candidate,
    fields: Mapping[str, str],
    policy: Policy,
    then: Collection[Consequence] = (),
) -> Change:
    """The change that these values make. Raises Refused, with the field, for a value that its rule does not accept."""
    writes: list[Write] = []
    told: list[Announcement] = []
    person = candidate
    if "postal_address" in fields:
        person = with_address(person, fields["postal_address"])
    if DETAILS & fields.keys():
        person = _details(person, fields)
        _, writes, told = details_stored(candidate, person)
    elif person != candidate:
        writes = [candidates.update(person)]
    else:
        writes = [candidates.unchanged(candidate)]
    after = _chosen(application, fields, policy) if CHOICE & fields.keys() else application
    if "reticket" in then and after.ticket is not None:
        after = after.changed(ticket=None)
        told.append(announce("TicketOutdated", application))
    again = bool({"rescreen", "resign", "reprice"} & set(then))
    if again and after.status is Status.AWAITING_PAYMENT:
        after, more, news = _again(after)
        writes, told = [*writes, *more], [*told, *news]
    elif (again and CHOICE & fields.keys()) or "date_of_birth" in fields:
        after = _answered_anew(after, person)
    return Change(application=after, writes=writes, told=told)


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
    wanted = Wanted(
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


def _answered_anew(application: Application, candidate: Candidate) -> Application:
    """What the rule says about the conditions now: a reviewer sees it, and nobody is put out by a machine.

    Without an answer that was kept before, the screening has yet to give the first one.
    """
    if not any(one.rule == RULE for one in application.answers):
        return application
    said = answer_of(*of_application(application, candidate), clock.now())
    others = tuple(one for one in application.answers if one.rule != RULE)
    changed: Application = application.changed(answers=(*others, said))
    return changed


def _wrong(field: str, en: str, zh: str) -> Refused:
    return Refused("value_wrong", en, zh, rules=("CHG-01",), field=field)
