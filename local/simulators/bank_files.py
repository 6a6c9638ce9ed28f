"""Files as a bank writes them: statement and notification (camt.053, camt.054, version 08), status report (pain.002).

Written apart from the product's own reader, and checked against the published schemas in tests, so that one
misunderstanding cannot be on both sides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

CUT = 35


@dataclass(frozen=True)
class Part:
    """One movement of a booking: cents, who is on the other side, and what was written."""

    cents: int
    name: str = ""
    account: str = ""
    text: Sequence[str] = ()
    structured: str = ""
    end_to_end: str = "NOTPROVIDED"
    returned: str = ""
    charged: int = 0


@dataclass(frozen=True)
class Booking:
    """One entry of a statement. `kind` is the bank's code: `CHRG` for what it takes itself."""

    reference: str
    credit: bool
    parts: Sequence[Part]
    booked: date
    valued: date
    status: str = "BOOK"
    reversal: bool = False
    kind: str = "XBCT"

    @property
    def cents(self) -> int:
        """What the entry moves, without its sign."""
        return sum(part.cents for part in self.parts)


@dataclass(frozen=True)
class Day:
    """What a file is about: account, currency, day, and the balance before it in cents."""

    account: str
    currency: str
    on: date
    opening: int = 0
    number: int = 1
    bookings: Sequence[Booking] = field(default_factory=tuple)

    @property
    def closing(self) -> int:
        """The balance after everything that is booked."""
        booked = [one for one in self.bookings if one.status == "BOOK"]
        return self.opening + sum(one.cents if one.credit else -one.cents for one in booked)


def cut(text: str, width: int = CUT) -> tuple[str, ...]:
    """A text as banks cut it: every so many characters, wherever that falls."""
    return tuple(text[place : place + width] for place in range(0, len(text), width))


def statement(day: Day, made_at: datetime, leave_out: Iterable[str] = ()) -> bytes:
    """The day's camt.053. A booking in `leave_out` is missing while the balances count it: a gap."""
    balances = _balance("OPBD", day.opening, day) + _balance("CLBD", day.closing, day)
    entries = "".join(_entry(one, day.currency) for one in day.bookings if one.reference not in set(leave_out))
    return _document("camt.053.001.08", "BkToCstmrStmt", "Stmt", day, made_at, balances + entries)


def notification(day: Day, made_at: datetime) -> bytes:
    """A camt.054 of these bookings: no balances."""
    entries = "".join(_entry(one, day.currency) for one in day.bookings)
    return _document("camt.054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn", day, made_at, entries)


def status_report(
    message: str,
    group: str,
    payments: Iterable[tuple[str, str, str]],
    made_at: datetime,
    batch: str = "",
    reason: str = "",
) -> bytes:
    """A pain.002 about our file `message`: the group's status, and for each payment (end-to-end id, status, reason)."""
    lines = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{escape(name)}</OrgnlEndToEndId><TxSts>{status}</TxSts>{_reason(code)}</TxInfAndSts>"
        for name, status, code in payments
    )
    batches = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{escape(batch)}</OrgnlPmtInfId>{lines}</OrgnlPmtInfAndSts>" if lines else ""
    )
    head = f"<GrpHdr><MsgId>STS-{escape(message)}</MsgId><CreDtTm>{_time(made_at)}</CreDtTm></GrpHdr>"
    body = (
        f"<CstmrPmtStsRpt>{head}<OrgnlGrpInfAndSts><OrgnlMsgId>{escape(message)}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>{group}</GrpSts>{_reason(reason)}</OrgnlGrpInfAndSts>"
        f"{batches}</CstmrPmtStsRpt>"
    )
    return _wrapped("pain.002.001.12", body)


def _reason(code: str) -> str:
    return f"<StsRsnInf><Rsn><Cd>{escape(code)}</Cd></Rsn></StsRsnInf>" if code else ""


def _document(name: str, message: str, part: str, day: Day, made_at: datetime, content: str) -> bytes:
    number = f"{day.on:%Y%m%d}-{day.number}"
    head = f"<GrpHdr><MsgId>{name[5:8]}-{number}</MsgId><CreDtTm>{_time(made_at)}</CreDtTm></GrpHdr>"
    account = f"<Acct><Id><Othr><Id>{escape(day.account)}</Id></Othr></Id><Ccy>{day.currency}</Ccy></Acct>"
    stated = f"<{part}><Id>{number}</Id><CreDtTm>{_time(made_at)}</CreDtTm>{account}{content}</{part}>"
    return _wrapped(name, f"<{message}>{head}{stated}</{message}>")


def _wrapped(name: str, body: str) -> bytes:
    xml = f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{name}">{body}</Document>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{xml}'.encode()


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _amount(cents: int) -> str:
    return str(Decimal(abs(cents)).scaleb(-2))


def _balance(code: str, cents: int, day: Day) -> str:
    side = "CRDT" if cents >= 0 else "DBIT"
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{day.currency}">{_amount(cents)}</Amt>'
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day.on}</Dt></Dt></Bal>"
    )


def _entry(one: Booking, currency: str) -> str:
    side, family = ("CRDT", "RCDT") if one.credit else ("DBIT", "ICDT")
    reversal = "<RvslInd>true</RvslInd>" if one.reversal else ""
    details = "".join(_details(part, one, currency) for part in one.parts)
    return (
        f'<Ntry><Amt Ccy="{currency}">{_amount(one.cents)}</Amt><CdtDbtInd>{side}</CdtDbtInd>{reversal}'
        f"<Sts><Cd>{one.status}</Cd></Sts><BookgDt><Dt>{one.booked}</Dt></BookgDt><ValDt><Dt>{one.valued}</Dt></ValDt>"
        f"<AcctSvcrRef>{escape(one.reference)}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd>"
        f"<SubFmlyCd>{one.kind}</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def _details(part: Part, one: Booking, currency: str) -> str:
    side, code = ("Dbtr", "CRDT") if one.credit else ("Cdtr", "DBIT")
    name = f"<{side}><Pty><Nm>{escape(part.name)}</Nm></Pty></{side}>" if part.name else ""
    account = f"<{side}Acct><Id><Othr><Id>{escape(part.account)}</Id></Othr></Id></{side}Acct>" if part.account else ""
    parties = f"<RltdPties>{name}{account}</RltdPties>" if name or account else ""
    charges = (
        f'<Chrgs><TtlChrgsAndTaxAmt Ccy="{currency}">{_amount(part.charged)}</TtlChrgsAndTaxAmt></Chrgs>'
        if part.charged
        else ""
    )
    lines = "".join(f"<Ustrd>{escape(line)}</Ustrd>" for line in part.text)
    strd = f"<Strd><CdtrRefInf><Ref>{escape(part.structured)}</Ref></CdtrRefInf></Strd>" if part.structured else ""
    remittance = f"<RmtInf>{lines}{strd}</RmtInf>" if lines or strd else ""
    returned = f"<RtrInf><Rsn><Cd>{escape(part.returned)}</Cd></Rsn></RtrInf>" if part.returned else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{escape(part.end_to_end)}</EndToEndId></Refs>"
        f'<Amt Ccy="{currency}">{_amount(part.cents)}</Amt><CdtDbtInd>{code}</CdtDbtInd>{charges}{parties}{remittance}'
        f"{returned}</TxDtls>"
    )
