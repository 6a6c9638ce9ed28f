"""The books in words: which days are closed, what waits for whom, and what to take away."""

from certification.acts import book_desk
from certification.acts.book_desk import DayLine, DifferenceLine
from certification.acts.open_money import OpenMoney
from certification.cloud.settings import settings
from certification.letters.formats import Language
from certification.portal.views import desk
from certification.portal.views.desk_facts import minor_units
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.reconciliation import Sums

Facts = tuple[tuple[str, str], ...]


class DayRow(Frozen):
    """A day in the list; `path` leads to its page."""

    path: str
    day: str
    state: str
    late: bool
    lines: str
    came: str
    back: str
    fees: str
    asked: str


class Stream(Frozen):
    """One provider's days, newest first; `says` how many of them are closed."""

    name: str
    title: str
    says: str
    days: tuple[DayRow, ...]


class MonthRow(Frozen):
    """A month that was written."""

    month: str
    until: str
    entries: int


class OpenRow(Frozen):
    """Money without a home."""

    what: str
    path: str
    money: str
    since: str
    age: str
    by: str
    late: bool
    case: str
    do: str


class Page(Frozen):
    """Everything at once; `says` is the sentence that the desk begins its day with."""

    says: str
    streams: tuple[Stream, ...]
    months: tuple[MonthRow, ...]
    open: tuple[OpenRow, ...]
    open_says: str


class Difference(Frozen):
    """What differs, both sides of it, and the case in which it is answered."""

    title: str
    proposal: str
    facts: Facts
    case: str
    answered: bool


class Day(Frozen):
    """One day. `check` is the command that proves its signature."""

    title: str
    state: str
    path: str
    facts: Facts
    sums: tuple[tuple[str, Facts], ...]
    differences: tuple[Difference, ...]
    expected: tuple[str, ...]
    told: tuple[str, ...]
    check: str
    sha256: str


def of(staff_id: str, language: Language) -> Page:
    """The page of the books."""
    say = Speech(language, settings().time_zone.key)
    books = book_desk.overview(desk.member(staff_id))
    names = dict.fromkeys(day.stream for day in books.days)
    asked, late = sum(day.asked for day in books.days), sum(day.late for day in books.days)
    rows = books.open.rows if books.open else ()
    return Page(
        says=say("books.says", asked=asked, late=late, open=sum(row.late for row in rows)),
        streams=tuple(_stream(name, [day for day in books.days if day.stream == name], say) for name in names),
        months=tuple(MonthRow(month=one.month, until=say.day(one.until), entries=one.entries) for one in books.months),
        open=tuple(_open(row, say) for row in rows),
        open_says=say("books.open_at", at=say.moment(books.open.at)) if books.open else say("books.open_never"),
    )


def day(staff_id: str, stream: str, name: str, language: Language) -> Day:
    """The page of one day."""
    say = Speech(language, settings().time_zone.key)
    found = book_desk.read_day(desk.member(staff_id), stream, name)
    line = found.line
    rows = [(say("books.lines"), str(line.lines)), (say("books.healed"), str(line.healed))]
    if line.closed_at:
        rows.append((say("books.closed_at"), say.moment(line.closed_at)))
    if found.bank is not None:
        closing, stood = (
            Money(amount=each, currency=found.bank.currency) for each in (found.bank.closing, found.bank.stood)
        )
        rows.append((say("books.closing", currency=closing.currency), say.amount(closing)))
        rows.append((say("books.stood"), say.amount(stood)))
    file = f"{stream}-{name}"
    return Day(
        title=say("books.day_of", stream=say(f"books.stream_{stream}"), day=say.day(line.day)),
        state=_state(line, say),
        path=_path(line),
        facts=tuple(rows),
        sums=tuple((sums.currency, _sums(sums, say, "bank_" if found.bank else "")) for sums in line.sums),
        differences=tuple(_difference(one, say) for one in found.differences),
        expected=tuple(_expected(one, say) for one in found.expected),
        told=found.told,
        check=(
            f"""printf 'assay-day-1\\n%s\\n' "$(sha256sum < {file}.json | cut -c1-64)" """
            f"| openssl dgst -sha256 -verify books.pem -signature {file}.sig"
        ),
        sha256=found.sha256 or "",
    )


def _stream(name: str, days: list[DayLine], say: Speech) -> Stream:
    closed = sum(day.state == "closed" for day in days)
    return Stream(
        name=name,
        title=say(f"books.stream_{name}"),
        says=say("books.progress", closed=closed, all=len(days)),
        days=tuple(_row(day, say) for day in days),
    )


def _row(line: DayLine, say: Speech) -> DayRow:
    return DayRow(
        path=_path(line),
        day=say.day(line.day),
        state=_state(line, say),
        late=line.late,
        lines=str(line.lines),
        came=_several(line, "captured", say),
        back=_several(line, "refunded", say),
        fees=_several(line, "fees", say),
        asked=say("books.asks", asked=line.asked, all=line.differences) if line.differences or line.asked else "–",
    )


def _several(line: DayLine, name: str, say: Speech) -> str:
    amounts = [Money(amount=getattr(sums, name), currency=sums.currency) for sums in line.sums]
    return ", ".join(say.amount(money) for money in amounts if money) or "–"


def _path(line: DayLine) -> str:
    return f"/staff/books/{line.stream}/{line.day}"


def _state(line: DayLine, say: Speech) -> str:
    if line.late:
        return say("books.state_late")
    return say("books.state_asked") if line.asked else say(f"books.state_{line.state}")


def _sums(sums: Sums, say: Speech, whose: str) -> Facts:
    """`whose`: how the words begin that only a bank's day has for what went out and what is left."""
    words = {name: name for name in ("captured", "refunded", "disputed", "fees")}
    words |= {name: f"{whose}{name}" for name in ("paid_out", "kept_there")}
    return tuple(
        (say(f"books.{word}"), say.amount(Money(amount=getattr(sums, name), currency=sums.currency)))
        for name, word in words.items()
    )


def _difference(one: DifferenceLine, say: Speech) -> Difference:
    rows = [
        (say("books.reference"), f"{say(f'books.kind_{one.kind}')} {one.reference}"),
        (say("books.in_the_bill"), minor_units(one.in_the_bill, say)),
        (say("books.in_our_books"), minor_units(one.in_our_books, say)),
    ]
    return Difference(
        title=say(f"books.class_{one.what}"),
        proposal=say.said(one.proposal),
        facts=tuple(rows),
        case=one.case,
        answered=one.answered,
    )


def _expected(text: str, say: Speech) -> str:
    """`capture pi_1` with its kind in words."""
    kind, _, reference = text.partition(" ")
    return f"{say(f'books.kind_{kind}')} {reference}"


def _open(row: OpenMoney, say: Speech) -> OpenRow:
    return OpenRow(
        what=say(f"books.open_{row.kind}", name=row.refund or row.order or row.payment),
        path=f"/staff/refunds/{row.refund}" if row.refund else "",
        money=say.amount(row.money),
        since=say.day(row.since),
        age=say("books.open_days", days=row.days),
        by=say.day(row.by) if row.by else say("books.nobody_asked"),
        late=row.late,
        case=row.case or "",
        do=say.said(row.do),
    )
