"""The books as the money desk sees them: every provider's days, what differs, what is late, and files to take away."""

from datetime import date, datetime

from certification.acts import book_exports, open_money
from certification.acts.authority import sees
from certification.acts.bill_books import KEY
from certification.acts.bill_findings import cases_of
from certification.acts.billing import every
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.bill_days import BillDay, Difference, bill_days
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.staff import StaffMember
from certification.rules.desks import TREASURY
from certification.rules.errors import NotFound
from certification.rules.model import Frozen
from certification.rules.reconciliation import SAYS, BankSums, Sums, is_late
from certification.rules.words import Words

SHOWN = 31
"""Days of each provider in the list: a month, and whatever is open is in it."""
LONGEST = 40


class DayLine(Frozen):
    """A provider's day. `carried` counts what its bill did not show yet, `healed` what was recorded from it, `asked` the
    questions that wait for a person."""

    stream: str
    day: date
    state: str
    late: bool
    lines: int
    sums: tuple[Sums, ...]
    differences: int
    asked: int
    carried: int
    healed: int
    closed_at: datetime | None


class DifferenceLine(Frozen):
    """What a person must look at: both sides, a proposal, and the case in which it is answered."""

    what: str
    proposal: Words
    kind: str
    reference: str
    payment: str | None
    in_the_bill: str
    in_our_books: str
    case: str
    answered: bool


class DayPage(Frozen):
    """One day. `told` are cases about the bill itself: it did not come, or could not be read. `bank`: the closing balance
    of our bank's day."""

    line: DayLine
    bank: BankSums | None
    differences: tuple[DifferenceLine, ...]
    expected: tuple[str, ...]
    told: tuple[str, ...]
    sha256: str | None


class Books(Frozen):
    """Everything the desk sees at once: days, newest first by provider; months; money without a home as of last night."""

    days: tuple[DayLine, ...]
    months: tuple[book_exports.Export, ...]
    open: open_money.OpenList | None


class Signed(Frozen):
    """Short-lived addresses of a closed day's summary, the signature over it (DER), and the public key (PEM)."""

    summary: str
    signature: str
    key: str


def overview(member: StaffMember) -> Books:
    """The books now."""
    _must_keep(member)
    days = [row for stream in every() for row in bill_days.within(stream.name, backwards=True, limit=SHOWN)]
    return Books(
        days=tuple(_line(row, cases_of(row) if row.differences or row.state == "awaited" else ()) for row in days),
        months=book_exports.index().exports,
        open=open_money.kept(),
    )


def read_day(member: StaffMember, stream: str, day: str) -> DayPage:
    """One provider's day."""
    row = _row(member, stream, day)
    asked = cases_of(row)
    differing = {one.case for one in row.differences}
    return DayPage(
        line=_line(row, asked),
        bank=row.bank,
        differences=tuple(_difference(one) for one in row.differences),
        expected=tuple(f"{kind} {reference}" for kind, reference in row.carried),
        told=tuple(case.id for case in asked if case.id not in differing and case.decision is None),
        sha256=row.closing.sha256 if row.closing else None,
    )


def signed(member: StaffMember, stream: str, day: str) -> Signed:
    """The files of a closed day; NotFound while it is open."""
    row = _row(member, stream, day)
    if row.closing is None:
        raise NotFound("closed day")
    name, bucket = f"{row.stream}-{row.day}", settings().vault
    return Signed(
        summary=vault.link(bucket, row.closing.file, f"{name}.json"),
        signature=vault.link(bucket, f"{row.closing.file}.sig", f"{name}.sig"),
        key=vault.link(bucket, KEY, "books.pem"),
    )


def month(member: StaffMember, name: str, form: str) -> str:
    """A short-lived address of a month that was written, as `csv` or `beancount`."""
    _must_keep(member)
    export = next((one for one in book_exports.index().exports if one.month == name), None)
    if form not in book_exports.FORMS or export is None:
        raise NotFound("month")
    return vault.link(settings().vault, book_exports.place(export, form), f"books-{name}.{form}")


def _must_keep(member: StaffMember) -> None:
    """The books are of all schemes together: they are for whoever sees the team that keeps them, and for nobody else."""
    if TREASURY not in sees(member):
        raise NotFound("books")


def _row(member: StaffMember, stream: str, day: str) -> BillDay:
    _must_keep(member)
    row = bill_days.find(stream, day) if stream and day and max(len(stream), len(day)) < LONGEST else None
    if row is None:
        raise NotFound("day")
    return row


def _line(row: BillDay, asked: tuple[Case, ...]) -> DayLine:
    return DayLine(
        stream=row.stream,
        day=row.day,
        state=row.state,
        late=row.state != "closed" and is_late(row.day, clock.now()),
        lines=row.lines,
        sums=row.sums,
        differences=len(row.differences),
        asked=sum(case.decision is None for case in asked),
        carried=len(row.carried),
        healed=row.healed,
        closed_at=row.closing.at if row.closing else None,
    )


def _difference(one: Difference) -> DifferenceLine:
    case, says = cases.find(one.case), SAYS[one.what]
    facts = case.facts if case else {}
    return DifferenceLine(
        what=one.what,
        proposal=Words(en=says.en, zh=says.zh),
        kind=one.kind,
        reference=one.reference,
        payment=one.payment,
        in_the_bill=facts.get("in_the_bill", ""),
        in_our_books=facts.get("in_our_books", ""),
        case=one.case,
        answered=case is not None and case.decision is not None,
    )
