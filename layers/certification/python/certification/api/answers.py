"""What the API gives. Made for the reader: no key of a store, no index, no name of who inside us did it."""

from datetime import date, datetime
from typing import Literal

from certification.acts.drops import StaffSitting
from certification.acts.education import EntryNow
from certification.acts.notifications import Shown
from certification.acts.overview import CaseLine
from certification.cloud.tables.candidates import Problem
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.waits import Party
from certification.rules.words import Words
from certification.rules.work import WorkHistory


class ChallengeSent(Frozen):
    """A code is on its way; `challenge` is what it will be given back with."""

    challenge: str


class SignedIn(Frozen):
    """The session's id: send it as `Authorization: Bearer <session>`. It is shown once."""

    session: str


class Nothing(Frozen):
    """Done; there is nothing to say."""


class Named(Frozen):
    """Something that can be chosen, by its code."""

    code: str
    words: Words


class Offer(Frozen):
    """One combination of occupation (or specialty), level and form with the fee for all its subjects."""

    occupation: str
    occupation_words: Words
    level: str
    level_words: Words
    form: str
    form_words: Words
    subjects: tuple[Named, ...]
    fee: Money


class Mailing(Frozen):
    """A zone that certificates on paper are sent to; `fee` is for paper and mailing together."""

    code: str
    words: Words
    fee: Money


class OpenSitting(Frozen):
    """A sitting that can be applied for, now (`open`) or later (`soon`). `all_subjects`: nobody chooses among them.

    `mailing`: where a certificate on paper is sent for who asks for it, and what paper and mailing cost.
    """

    id: str
    scheme: str
    name: Words
    registration: Literal["soon", "open"]
    registration_opens: datetime
    registration_closes: datetime
    payment_closes: datetime
    tickets_open: datetime | None
    exam_starts: datetime
    exam_over: datetime
    results_due: datetime
    time_zone: str
    address: Words
    regions: tuple[Named, ...]
    all_subjects: bool
    offers: tuple[Offer, ...]
    mailing: tuple[Mailing, ...]


class OpenSittings(Frozen):
    """Every sitting that can still be applied for, earliest registration first."""

    sittings: tuple[OpenSitting, ...]


class UploadState(Frozen):
    """The newest file of its slot. `checked`: it may be used; `asked`: the desk decides. `in_use`: there is one in use.

    `id` says which file it is: give it back as `seen` when using it.
    """

    id: str
    state: Literal["checked", "refused", "asked", "accepted"]
    in_use: bool
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    fixes: tuple[str, ...] = ()
    needs_person: bool = False


class ProfileNow(Frozen):
    """What the candidate declared. `files` by code, photos as `photo.` and their profile. `held_by` is the application
    that froze it; `identity` what the registry said, which it does by `identity_by`."""

    email: str
    phone: str | None
    language: Literal["en", "zh"]
    native_name: str | None
    latin_name: str | None
    birth_date: date | None
    nationality: str | None
    id_kind: str | None
    id_number: str | None
    address: str | None
    education: tuple[EntryNow, ...]
    without_degree: bool
    work: WorkHistory
    files: dict[str, UploadState]
    identity: Literal["unasked", "asked", "passed", "failed", "on_site"]
    identity_by: datetime | None
    held_by: str | None


class UploadForm(Frozen):
    """Post the file as `multipart/form-data` to `url`: these fields first, then `Content-Type`, then `file`."""

    url: str
    fields: dict[str, str]


class Link(Frozen):
    """An address that whoever has it can read for a few minutes."""

    url: str


class Started(Frozen):
    """The application's reference."""

    reference: str


class Missing(Frozen):
    """One thing that keeps an application from being confirmed."""

    field: str
    part: str
    en: str
    zh: str


class Place(Frozen):
    """Where the candidate sits."""

    candidate_number: str
    site: str
    room: str
    seat: int


class Moved(Frozen):
    """One step of the application's life."""

    at: datetime
    what: str
    to: str
    rules: tuple[str, ...]


class Reason(Frozen):
    """Why an application came back, and which part it is about."""

    code: str
    applies_to: str
    en: str
    zh: str


class SentBack(Frozen):
    """What the reviewer said. `note` is in their own words."""

    reasons: tuple[Reason, ...]
    note: str
    at: datetime


class Mark(Frozen):
    """A subject's released mark: points, or a code such as absent."""

    subject: str
    words: Words
    mark: str


class Outcome(Frozen):
    """The released result."""

    passed: bool
    marks: tuple[Mark, ...]
    released_at: datetime | None


class ApplicationNow(Frozen):
    """An application: its status in words, whose turn it is, until when, and everything that came of it.

    `due` is the end of the present wait; for a review it is the date the desk promised.
    """

    reference: str
    sitting: str
    sitting_name: Words
    status: str
    status_words: Words
    turn: Party
    next_words: Words
    due: datetime | None
    occupation: str | None
    level: str | None
    form: str | None
    region: str | None
    subjects: tuple[str, ...]
    paper: str | None
    confirmed_at: datetime | None
    editable: bool
    gaps: tuple[Missing, ...]
    returned: SentBack | None
    order: str | None
    seat: Place | None
    documents: tuple[Literal["ticket", "score_report", "certificate"], ...]
    result: Outcome | None
    certificate: str | None
    timeline: tuple[Moved, ...]


class ApplicationLine(Frozen):
    """An application in the list."""

    reference: str
    sitting: str
    status: str
    status_words: Words
    turn: Party
    due: datetime | None


class Applications(Frozen):
    """The candidate's applications, newest first."""

    applications: tuple[ApplicationLine, ...]


class Messages(Frozen):
    """Every letter to the candidate, newest first."""

    messages: tuple[Shown, ...]


class Cases(Frozen):
    """One page of the open cases of the member's desks, oldest promise first."""

    cases: tuple[CaseLine, ...]
    page: int
    pages: int


class NextCase(Frozen):
    """The case that is now the member's; null when nothing waits."""

    case: CaseLine | None


class StaffSittings(Frozen):
    """Every sitting, earliest registration first."""

    sittings: tuple[StaffSitting, ...]
