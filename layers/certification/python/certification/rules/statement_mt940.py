"""MT940: the statement before ISO 20022.

In words: tags at the start of a line, each with what follows until the next: `:20:` `:25:` account, `:28C:` number,
`:60F:` or `:60M:` opening balance, `:61:` a movement with `:86:` its text, `:62F:` or `:62M:` closing balance. A
movement's mark says its direction: C came in, D went out, RC takes a credit back (so money went out), RD takes a debit
back (so money came in). Behind `//` stands the bank's own reference; a movement without one is told by the statement's
number and its place in it, which the same statement repeats. Balances must add up.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from certification.rules.money import Money, UnknownCurrency, parse_amount
from certification.rules.numbers import squeeze
from certification.rules.statements import (
    BankLine,
    Lines,
    Party,
    Seen,
    Statement,
    StatementRefused,
    check_balances,
)

_TAG = re.compile(r":(\d\d[A-Z]?):(.*)")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d+,\d*)")
_MOVEMENT = re.compile(
    r"(?P<value>\d{6})(?P<booked>\d{4})?(?P<mark>RC|RD|C|D)[A-Z]?(?P<amount>\d+,\d*)"
    r"(?P<type>[A-Z][A-Z0-9]{3})(?P<ours>[^/\n]*(?:/[^/\n]+)*)(?://(?P<theirs>[^\n]*))?(?P<more>(?:\n.*)*)"
)
CAME_IN = {"C": True, "D": False, "RC": False, "RD": True}
NOT_GIVEN = {"NONREF", "NOTPROVIDED", ""}
Tags = list[tuple[str, str]]


def read_mt940(content: bytes) -> tuple[Statement, ...]:
    """The statements of a file. Raises StatementRefused."""
    try:
        written = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        written = content.decode("latin-1")
    seen, messages = Seen(), enumerate(_messages(written), start=1)
    found = tuple(_statement(tags, f"statement {number}", seen) for number, tags in messages)
    if not found:
        raise StatementRefused(
            "format_unknown",
            "file",
            "This is neither a camt.053 or camt.054 file nor an MT940 statement.",
            "文件既不是 camt.053、camt.054，也不是 MT940 对账单。",
        )
    return found


def _messages(written: str) -> Iterator[Tags]:
    """The tags of each statement: a new one begins at `:20:`. Headers and trailers in braces are no tags."""
    tags: Tags = []
    for line in map(str.rstrip, written.splitlines()):
        match = _TAG.fullmatch(line)
        if match and match[1] == "20" and tags:
            yield tags
            tags = []
        if match and (tags or match[1] == "20"):
            tags.append((match[1], match[2]))
        elif tags and line and not line.startswith(("-", "{")):
            name, value = tags[-1]
            tags[-1] = (name, f"{value}\n{line}")
    if tags:
        yield tags


def _statement(tags: Tags, where: str, seen: Seen) -> Statement:
    account = squeeze(_one(tags, "25", where).partition("\n")[0].rpartition("/")[2])
    number = _one(tags, "28C", where)
    opening = _balance(_one(tags, "60F", where, "60M"), where)
    closing = _balance(_one(tags, "62F", where, "62M"), where)
    lines: list[BankLine] = []
    for name, value in tags:
        if name == "61":
            place = f"{where}, movement {len(lines) + 1}"
            lines.append(_movement(value, account, opening[0], f"{number}/{opening[1]}/{len(lines) + 1}", place))
        elif name == "86" and lines:
            lines[-1] = _with_text(lines[-1], value)
    check_balances(where, opening[0], closing[0], sum(line.money.amount * (1 if line.credit else -1) for line in lines))
    return Statement(
        account=account,
        number=number,
        lines=Lines(filter(seen.is_new, lines)),
        opening=opening[0],
        closing=closing[0],
        on=closing[1],
    )


def _one(tags: Tags, name: str, where: str, other: str = "") -> str:
    found = [value for tag, value in tags if tag in (name, other)]
    if len(found) != 1 or not found[0]:
        raise _wrong(where, f":{name}:")
    return found[0]


def _wrong(where: str, what: str) -> StatementRefused:
    return StatementRefused("element_wrong", where, f"{what} is missing or cannot be read.", f"{what} 缺失或无法识别。")


def _money(written: str, currency: str, where: str) -> Money:
    whole, _, part = written.partition(",")
    try:
        return parse_amount(f"{whole}.{part}" if part else whole, currency)
    except (ValueError, UnknownCurrency) as reason:
        raise _wrong(where, "the amount") from reason


def _balance(value: str, where: str) -> tuple[Money, date]:
    match = _BALANCE.fullmatch(value)
    if match is None:
        raise _wrong(where, "a balance")
    money = _money(match[4], match[3], where)
    return (money if match[1] == "C" else -money), _day(match[2], where)


def _day(six: str, where: str) -> date:
    try:
        return date(2000 + int(six[:2]), int(six[2:4]), int(six[4:]))
    except ValueError as reason:
        raise _wrong(where, "a date") from reason


def _booked(value: date, four: str | None, where: str) -> date:
    """The booking day has no year: it is the one nearest to the value day."""
    if not four:
        return value
    near = [
        _day(f"{year % 100:02d}{four}", where)
        for year in (value.year - 1, value.year, value.year + 1)
        if four != "0229" or year % 4 == 0
    ]
    return min(near, key=lambda day: abs(day - value) or timedelta(0))


def _movement(value: str, account: str, opening: Money, by_place: str, where: str) -> BankLine:
    match = _MOVEMENT.fullmatch(value)
    if match is None:
        raise _wrong(where, ":61:")
    valued = _day(match["value"], where)
    theirs = (match["theirs"] or "").strip()
    ours = match["ours"].strip()
    return BankLine(
        account=account,
        entry=by_place if theirs.upper() in NOT_GIVEN else theirs,
        place=0,
        money=_money(match["amount"], opening.currency, where),
        credit=CAME_IN[match["mark"]],
        booked_on=_booked(valued, match["booked"], where),
        value_on=valued,
        reversal=match["mark"] in ("RC", "RD"),
        end_to_end=None if ours.upper() in NOT_GIVEN else ours,
        text="".join(match["more"].split("\n")),
        code=match["type"],
    )


_STRUCTURED = re.compile(r"/(ORDP|BENM|REMI|EREF|RETN|CHGS|NAME|IBAN|ACCT)/")


def _with_text(line: BankLine, value: str) -> BankLine:
    """`:86:` in the structured form that many banks use (`/ORDP/payer/REMI/text`), else as it stands."""
    joined = "".join(value.split("\n"))
    parts = _STRUCTURED.split(joined)
    named = {name: content.strip("/ ") for name, content in zip(parts[1::2], parts[2::2], strict=True)}
    payer = named.get("ORDP" if line.credit else "BENM", "").removeprefix("NAME/").strip()
    return line.model_copy(
        update={
            "text": f"{line.text} {named.get('REMI', joined)}".strip(),
            "other": Party(name=payer or named.get("NAME", ""), account=named.get("IBAN") or named.get("ACCT", "")),
            "end_to_end": named.get("EREF") or line.end_to_end,
            "returned": named.get("RETN") or line.returned,
        }
    )
