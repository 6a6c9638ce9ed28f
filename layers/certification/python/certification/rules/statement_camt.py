"""CAMT: statements (camt.053) and notifications (camt.054) of ISO 20022, versions 02 to 14.

In words: the namespace must be one of theirs; a document type definition is refused before anything is read, for it
could make a small file huge or read ours. Only bookings with the status BOOK count. The parts of a booking must add up
to it. A statement needs its opening and closing balance; a notification has none. Where the file says how many entries
it has and what they sum to, that must be so. All free text of a payment is joined without anything in between, because
banks cut it at 35 or 70 characters wherever that falls.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date
from xml.parsers import expat

from certification.rules.money import Money, UnknownCurrency, parse_amount
from certification.rules.numbers import squeeze
from certification.rules.statements import (
    BankLine,
    Party,
    Statement,
    StatementRefused,
    check_balances,
    check_keys,
)

_NAMESPACE = re.compile(r"\{(urn:iso:std:iso:20022:tech:xsd:(camt\.05[34])\.001\.(\d\d))\}Document")
OLDEST, NEWEST = 2, 14
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
NOT_GIVEN = {"NOTPROVIDED", "NONREF", ""}


def read_camt(content: bytes) -> tuple[Statement, ...]:
    """The statements of a file, with the lines that are booked. Raises StatementRefused."""
    root = parse_xml(content)
    match = _NAMESPACE.fullmatch(root.tag)
    if match is None or not OLDEST <= int(match[3]) <= NEWEST:
        raise StatementRefused(
            "format_unknown",
            "Document",
            "This is not a camt.053 or camt.054 file of version 02 to 14.",
            "文件不是 02 至 14 版的 camt.053 或 camt.054。",
        )
    strip_namespace(root, match[1])
    found = [*root.iter("Stmt"), *root.iter("Ntfctn")]
    if not found:
        raise _wrong("Document", "Stmt or Ntfctn")
    return check_keys(tuple(_statement(each, f"statement {number}") for number, each in enumerate(found, start=1)))


def parse_xml(content: bytes) -> ET.Element:
    """The root element; a document type definition, and anything that is not XML, is refused."""
    try:
        refuse_definitions(content)
        return ET.fromstring(content)
    except (ET.ParseError, expat.ExpatError, ValueError, LookupError) as reason:
        raise StatementRefused(
            "not_xml", "file", "The file is not well-formed XML.", "文件不是格式正确的 XML。"
        ) from reason


class _Enough(Exception):
    """The root element was reached: a definition can no longer follow."""


def refuse_definitions(content: bytes) -> None:
    """Raises StatementRefused when the file has a document type definition, in whatever encoding it is written."""

    def definition(*_: object) -> None:
        raise StatementRefused(
            "definition_refused",
            "file",
            "The file holds a document type definition (DTD), which a bank's file never needs. It was not read.",
            "文件含有文档类型定义（DTD），银行文件不应包含，未予读取。",
        )

    def root(*_: object) -> None:
        raise _Enough

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = definition
    parser.StartElementHandler = root
    try:
        parser.Parse(content, True)
    except _Enough:
        return


def strip_namespace(root: ET.Element, namespace: str) -> None:
    """Element names without the document's namespace; a supplement in another one keeps its own and is not read."""
    prefix = f"{{{namespace}}}"
    for element in root.iter():
        element.tag = element.tag.removeprefix(prefix)


def text(element: ET.Element | None, *paths: str) -> str:
    """The text of the first of these paths that has any, trimmed; empty when none has."""
    if element is not None:
        for path in paths:
            found = (element.findtext(path) or "").strip()
            if found:
                return found
    return ""


def _wrong(where: str, what: str) -> StatementRefused:
    return StatementRefused("element_wrong", where, f"{what} is missing or cannot be read.", f"{what} 缺失或无法识别。")


def _statement(stated: ET.Element, where: str) -> Statement:
    account = squeeze(text(stated, "Acct/Id/IBAN", "Acct/Id/Othr/Id"))
    if not account:
        raise _wrong(where, "Acct/Id")
    lines: list[BankLine] = []
    moved = pending = 0
    totals: list[tuple[bool, Money]] = []
    for number, entry in enumerate(stated.iterfind("Ntry"), start=1):
        place = f"{where}, entry {number}"
        money, credit = _amount(entry.find("Amt"), place), _direction(entry, place)
        totals.append((credit, money))
        if text(entry, "Sts/Cd", "Sts") != "BOOK":
            pending += 1
            continue
        moved += money.amount if credit else -money.amount
        lines += _lines(entry, account, money, credit, place)
    _check_summary(stated, totals, where)
    _check_balances(stated, moved, where)
    return Statement(account=account, number=text(stated, "Id"), lines=tuple(lines), pending=pending)


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


def _check_summary(stated: ET.Element, totals: list[tuple[bool, Money]], where: str) -> None:
    """The counts and sums the bank gives, where it gives them."""
    for path, entries in (
        ("TtlNtries", totals),
        ("TtlCdtNtries", [entry for entry in totals if entry[0]]),
        ("TtlDbtNtries", [entry for entry in totals if not entry[0]]),
    ):
        count, written = text(stated, f"TxsSummry/{path}/NbOfNtries"), text(stated, f"TxsSummry/{path}/Sum")
        currency = entries[0][1].currency if entries else ""
        total = ET.Element("Sum", {"Ccy": currency})
        total.text = written
        if (count and count.lstrip("0") != (str(len(entries)) if entries else "")) or (
            written and entries and _amount(total, where).amount != sum(money.amount for _, money in entries)
        ):
            raise StatementRefused(
                "summary_differs",
                where,
                "The file says how many entries it has or what they sum to, and has others: a line is missing.",
                "文件所列笔数或合计与实际明细不符：有遗漏。",
            )


def _check_balances(stated: ET.Element, moved: int, where: str) -> None:
    balances: dict[str, Money] = {}
    for balance in stated.iterfind("Bal"):
        code = text(balance, "Tp/CdOrPrtry/Cd")
        money = _amount(balance.find("Amt"), f"{where}, balance {code}")
        balances.setdefault(code, money if _direction(balance, f"{where}, balance {code}") else -money)
    opening = next((balances[code] for code in OPENING if code in balances), None)
    closing = next((balances[code] for code in CLOSING if code in balances), None)
    if opening is not None and closing is not None:
        check_balances(where, opening, closing, moved)
    elif stated.tag == "Stmt":
        raise StatementRefused(
            "balances_missing",
            where,
            "A statement needs its opening and its closing balance (OPBD or PRCD, and CLBD): without them a missing "
            "line is not seen.",
            "对账单须有期初与期末余额（OPBD 或 PRCD，以及 CLBD），否则无法发现遗漏。",
        )
