"""CAMT: statements (camt.053) and notifications (camt.054) of ISO 20022, versions 02 to 14.

In words: the namespace must be one of theirs; a document type definition is refused before anything is read, for it
could make a small file huge or read ours. Only bookings with the status BOOK count. The parts of a booking must add up
to it. A statement needs its opening and closing balance; a notification has none. Where the file says how many entries
it has and what they sum to, that must be so. All free text of a payment is joined without anything in between, because
banks cut it at 35 or 70 characters wherever that falls.
"""

import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

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
from certification.rules.xml_files import NOT_XML, not_xml, pieces, strip_namespace, text, without_definitions

_NAMESPACE = re.compile(r"\{(urn:iso:std:iso:20022:tech:xsd:(camt\.05[34])\.001\.(\d\d))\}Document")
OLDEST, NEWEST = 2, 14
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
NOT_GIVEN = {"NOTPROVIDED", "NONREF", ""}


def read_camt(content: bytes | Iterable[bytes]) -> tuple[Statement, ...]:
    """The statements of a file, whole or in pieces, with the lines that are booked. Raises StatementRefused.

    The file is read entry by entry, and an entry is forgotten once it is a line: memory grows with the packed lines alone.
    """
    try:
        found = list(_statements(without_definitions(pieces(content) if isinstance(content, bytes) else content)))
    except NOT_XML as reason:
        raise not_xml() from reason
    if not found:
        raise _wrong("Document", "Stmt or Ntfctn")
    return tuple(found)


def _statements(content: Iterable[bytes]) -> Iterator[Statement]:
    parser: Any = ET.XMLPullParser(("start", "end"))
    begins: tuple[str, ...] = ()
    entry, space, reading, number, seen = "", "", None, 0, Seen()
    for piece in content:
        parser.feed(piece)
        # read through for every element of the file: what is done most often comes first
        for event, element in parser.read_events():
            if event == "end":
                if element.tag == entry and reading is not None:
                    reading.entry(element)
                elif reading is not None and element is reading.stated:
                    yield reading.whole()
                    element.clear()
                    reading = None
            elif not space:
                space = _namespace(element)
                entry, begins = f"{{{space}}}Ntry", (f"{{{space}}}Stmt", f"{{{space}}}Ntfctn")
            elif element.tag in begins:
                number += 1
                reading = _Reading(element, space, f"statement {number}", seen)
    parser.close()


def _namespace(root: ET.Element) -> str:
    match = _NAMESPACE.fullmatch(root.tag)
    if match is None or not OLDEST <= int(match[3]) <= NEWEST:
        raise StatementRefused(
            "format_unknown",
            "Document",
            "This is not a camt.053 or camt.054 file of version 02 to 14.",
            "文件不是 02 至 14 版的 camt.053 或 camt.054。",
        )
    return match[1]


def _wrong(where: str, what: str) -> StatementRefused:
    return StatementRefused("element_wrong", where, f"{what} is missing or cannot be read.", f"{what} 缺失或无法识别。")


class _Reading:
    """One statement while it is read."""

    def __init__(self, stated: ET.Element, space: str, where: str, seen: Seen) -> None:
        self.stated, self.space, self.where, self.seen = stated, space, where, seen
        self.account = ""
        self.lines = Lines()
        self.entries = self.moved = self.pending = 0
        self.totals: dict[bool, tuple[int, int]] = {True: (0, 0), False: (0, 0)}
        self.currency = ""

    def entry(self, entry: ET.Element) -> None:
        """The lines of a booking; the entry is forgotten then."""
        if not self.account:
            for before in itertools.takewhile(lambda one: one is not entry, self.stated):
                strip_namespace(before, self.space)
            self.account = self._account()
        strip_namespace(entry, self.space)
        self.entries += 1
        place = f"{self.where}, entry {self.entries}"
        money, credit = _amount(entry.find("Amt"), place), _direction(entry, place)
        if self.currency not in ("", money.currency):
            raise _wrong(place, "Amt (one account has one currency)")
        self.currency = money.currency
        count, total = self.totals[credit]
        self.totals[credit] = (count + 1, total + money.amount)
        if text(entry, "Sts/Cd", "Sts") == "BOOK":
            self.moved += money.amount if credit else -money.amount
            for line in filter(self.seen.is_new, _lines(entry, self.account, money, credit, place)):
                self.lines.append(line)
        else:
            self.pending += 1
        self.stated.remove(entry)

    def _account(self) -> str:
        return squeeze(text(self.stated, "Acct/Id/IBAN", "Acct/Id/Othr/Id"))

    def whole(self) -> Statement:
        """The statement, if everything in it fits."""
        strip_namespace(self.stated, self.space)
        account = self._account()
        if not account or (self.lines and self.account != account):
            raise _wrong(self.where, "Acct/Id")
        _check_summary(self.stated, self.totals, self.currency, self.where)
        opening, closing, on = _balances(self.stated, self.moved, self.where)
        if opening is not None and self.currency not in ("", opening.currency):
            raise _wrong(self.where, "Amt (one account has one currency)")
        return Statement(
            account=account,
            number=text(self.stated, "Id"),
            lines=self.lines,
            pending=self.pending,
            opening=opening,
            closing=closing,
            on=on,
        )


def _lines(entry: ET.Element, account: str, money: Money, credit: bool, where: str) -> Iterator[BankLine]:
    details = entry.findall("NtryDtls/TxDtls") or [entry]
    amounts = _parts(details, money, where)
    reference = text(entry, "AcctSvcrRef")
    booked = _day(entry, "BookgDt", where)
    valued = _day(entry, "ValDt", where) if entry.find("ValDt") is not None else booked
    reversal = text(entry, "RvslInd") in ("true", "1")
    for place, (detail, amount) in enumerate(zip(details, amounts, strict=True)):
        own = reference or text(detail, "Refs/AcctSvcrRef")
        if not own:
            raise _wrong(where, "AcctSvcrRef (the bank's own reference, which tells lines apart)")
        yield BankLine(
            account=account,
            entry=own,
            place=place,
            money=amount,
            credit=credit,
            booked_on=booked,
            value_on=valued,
            reversal=reversal,
            returned=_return_reason(detail),
            other=_other(detail, credit),
            end_to_end=_given(text(detail, "Refs/EndToEndId")),
            creditor_reference=text(detail, "RmtInf/Strd/CdtrRefInf/Ref"),
            text="".join(part.text or "" for part in detail.iterfind("RmtInf/Ustrd")),
            charged=_charges(detail),
            code=_code(detail) or _code(entry),
        )


def _parts(details: list[ET.Element], whole: Money, where: str) -> list[Money]:
    """The amount of each part; together they are the booking. The only part of a booking is the booking."""
    if len(details) == 1:
        return [whole]
    found = [
        detail.find("Amt") if detail.find("Amt") is not None else detail.find("AmtDtls/TxAmt/Amt") for detail in details
    ]
    parts = [_amount(amount, f"{where}, part {number}") for number, amount in enumerate(found, start=1)]
    if any(part.currency != whole.currency for part in parts) or sum(part.amount for part in parts) != whole.amount:
        raise StatementRefused(
            "parts_differ",
            where,
            f"The parts of the booking do not add up to {whole}. Ask the bank for a correct file.",
            f"明细合计与入账金额 {whole} 不符，请向银行索取正确文件。",
        )
    return parts


def _amount(element: ET.Element | None, where: str) -> Money:
    """An amount in whole minor units; zeros beyond the currency's digits mean nothing, other digits are refused."""
    written = (element.text or "").strip() if element is not None else ""
    currency = element.get("Ccy", "") if element is not None else ""
    if "." in written:
        written = written.rstrip("0").rstrip(".") or "0"
    try:
        money = parse_amount(written, currency)
    except (ValueError, UnknownCurrency) as reason:
        raise _wrong(where, "Amt") from reason
    if money.amount < 0:
        raise _wrong(where, "Amt (an amount is never negative here)")
    return money


def _direction(element: ET.Element, where: str) -> bool:
    """True when the money came in. A reversal says CRDT or DBIT for what it does itself."""
    said = text(element, "CdtDbtInd")
    if said not in ("CRDT", "DBIT"):
        raise _wrong(where, "CdtDbtInd")
    return said == "CRDT"


def _day(entry: ET.Element, name: str, where: str) -> date:
    try:
        return date.fromisoformat(text(entry, f"{name}/Dt", f"{name}/DtTm")[:10])
    except ValueError as reason:
        raise _wrong(where, name) from reason


def _given(value: str) -> str | None:
    return None if value.upper() in NOT_GIVEN else value


def _return_reason(detail: ET.Element) -> str | None:
    if detail.find("RtrInf") is None:
        return None
    return text(detail, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry") or "NARR"


def _other(detail: ET.Element, credit: bool) -> Party:
    """Who paid a credit, or was paid a debit: the name moved into `Pty` in version 08."""
    side = "Dbtr" if credit else "Cdtr"
    parties, agents = detail.find("RltdPties"), detail.find("RltdAgts")
    return Party(
        name=text(parties, f"{side}/Pty/Nm", f"{side}/Nm"),
        account=text(parties, f"{side}Acct/Id/IBAN", f"{side}Acct/Id/Othr/Id"),
        bank=text(agents, f"{side}Agt/FinInstnId/BICFI", f"{side}Agt/FinInstnId/BIC"),
    )


def _charges(detail: ET.Element) -> Money | None:
    found = detail.find("Chrgs/TtlChrgsAndTaxAmt")
    if found is None:
        found = detail.find("Chrgs/Rcrd/Amt")
    return _amount(found, "Chrgs") if found is not None else None


def _code(element: ET.Element) -> str:
    return text(element, "BkTxCd/Domn/Fmly/SubFmlyCd", "BkTxCd/Prtry/Cd")


def _check_summary(stated: ET.Element, totals: dict[bool, tuple[int, int]], currency: str, where: str) -> None:
    """The counts and sums the bank gives, where it gives them."""
    both = (totals[True][0] + totals[False][0], totals[True][1] + totals[False][1])
    for path, (count, total) in (("TtlNtries", both), ("TtlCdtNtries", totals[True]), ("TtlDbtNtries", totals[False])):
        counted, summed = text(stated, f"TxsSummry/{path}/NbOfNtries"), text(stated, f"TxsSummry/{path}/Sum")
        stated_sum = ET.Element("Sum", {"Ccy": currency})
        stated_sum.text = summed
        if (counted and counted.lstrip("0") != (str(count) if count else "")) or (
            summed and count and _amount(stated_sum, where).amount != total
        ):
            raise StatementRefused(
                "summary_differs",
                where,
                "The file says how many entries it has or what they sum to, and has others: a line is missing.",
                "文件所列笔数或合计与实际明细不符：有遗漏。",
            )


def _balances(stated: ET.Element, moved: int, where: str) -> tuple[Money | None, Money | None, date | None]:
    """Opening and closing balance, which the lines must lead from and to, and the day of the latter."""
    balances: dict[str, Money] = {}
    days: dict[str, date] = {}
    for balance in stated.iterfind("Bal"):
        code = text(balance, "Tp/CdOrPrtry/Cd")
        money = _amount(balance.find("Amt"), f"{where}, balance {code}")
        balances.setdefault(code, money if _direction(balance, f"{where}, balance {code}") else -money)
        days.setdefault(code, _day(balance, "Dt", f"{where}, balance {code}") if code in CLOSING else date.min)
    opening = next((balances[code] for code in OPENING if code in balances), None)
    closing = next((balances[code] for code in CLOSING if code in balances), None)
    if opening is not None and closing is not None:
        check_balances(where, opening, closing, moved)
        return opening, closing, next(days[code] for code in CLOSING if code in days)
    if stated.tag == "Stmt":
        raise StatementRefused(
            "balances_missing",
            where,
            "A statement needs its opening and its closing balance (OPBD or PRCD, and CLBD): without them a missing "
            "line is not seen.",
            "对账单须有期初与期末余额（OPBD 或 PRCD，以及 CLBD），否则无法发现遗漏。",
        )
    return None, None, None
