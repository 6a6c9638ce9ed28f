"""TRANSFERS OUT: refunds as a file for the bank (pain.001.001.09), and what the bank answers (pain.002, pacs.004).

In words: one file is one batch with one message id; the same batch is always the same file, so a bank that gets it twice
refuses it the second time (DUPL) and pays once. Each transfer carries our refund's id as its end-to-end id: by it the
bank's answers, the debit on the statement and a return are told apart. An acceptance is not money: a transfer is done
when its debit stands on the statement. A rejection ends it; a return, days later, undoes it when its credit stands on
the statement, which alone says how much came back: a message about it (pacs.004) moves nothing.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import date, datetime
from html import escape as escaped

from certification.rules.model import Frozen
from certification.rules.money import Money, format_plain
from certification.rules.numbers import squeeze
from certification.rules.statements import Party, StatementRefused
from certification.rules.xml_files import parse_xml, strip_namespace, text

LONGEST_ID, LONGEST_NAME, LONGEST_TEXT = 35, 140, 140
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", re.ASCII)
_ANSWERS = re.compile(r"\{(urn:iso:std:iso:20022:tech:xsd:(pain\.002|pacs\.004)\.001\.\d\d)\}Document")
# The bank has this file already: it says nothing about the transfers in it.
SENT_TWICE = {"DUPL", "AM05", "DU01", "DU02"}
REJECTED = "RJCT"


class OutgoingTransfer(Frozen):
    """Money to send. `end_to_end` is our refund's id, `words` what the payee reads."""

    end_to_end: str
    money: Money
    payee: Party
    words: str


class TransferAnswer(Frozen):
    """What the bank says of one transfer: its status (`ACCP`, `ACSC`, `RJCT` ..., or `RTRN`) and the reason code."""

    end_to_end: str
    status: str
    reason: str

    @property
    def ended(self) -> bool:
        """Whether the bank never sends it."""
        return self.status == REJECTED


class FileAnswer(Frozen):
    """A bank's answer to our file. `rejected` refuses the file as a whole, every transfer in it; `sent_twice` means that
    the bank had it already and changes nothing."""

    message: str
    rejected: bool
    reason: str
    sent_twice: bool
    transfers: tuple[TransferAnswer, ...]


def payment_file(
    message: str, transfers: Sequence[OutgoingTransfer], payer: Party, made_at: datetime, on: date
) -> bytes:
    """The pain.001 of one batch from our account `payer`, in one currency, to be carried out `on` this day.

    The same arguments give the same bytes. ValueError for what no bank takes: no transfer, an id too long or twice, an
    amount of nothing, two currencies, a payee without a name or account.
    """
    _check(message, transfers)
    total = Money(amount=sum(one.money.amount for one in transfers), currency=transfers[0].money.currency)
    counted = f"<NbOfTxs>{len(transfers)}</NbOfTxs><CtrlSum>{format_plain(total)}</CtrlSum>"
    body = (
        f"<GrpHdr><MsgId>{escape(message)}</MsgId><CreDtTm>{made_at.isoformat(timespec='seconds')}</CreDtTm>{counted}"
        f"<InitgPty>{_name(payer)}</InitgPty></GrpHdr>"
        f"<PmtInf><PmtInfId>{escape(message)}</PmtInfId><PmtMtd>TRF</PmtMtd>{counted}"
        f"<ReqdExctnDt><Dt>{on}</Dt></ReqdExctnDt><Dbtr>{_name(payer)}</Dbtr>"
        f"<DbtrAcct>{_account(payer.account)}</DbtrAcct><DbtrAgt>{_agent(payer.bank)}</DbtrAgt>"
        # Refunds lose nothing on the way as far as we can say it: the costs are ours (OUR).
        f"<ChrgBr>DEBT</ChrgBr>{''.join(map(_transfer, transfers))}</PmtInf>"
    )
    space = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
    document = f'<Document xmlns="{space}"><CstmrCdtTrfInitn>{body}</CstmrCdtTrfInitn></Document>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'.encode()


def _check(message: str, transfers: Sequence[OutgoingTransfer]) -> None:
    ids = [one.end_to_end for one in transfers]
    if not transfers or len(set(ids)) < len(ids) or any(not 1 <= len(one) <= LONGEST_ID for one in (message, *ids)):
        raise ValueError("a file has transfers, each with an id of its own of at most 35 characters")
    if len({one.money.currency for one in transfers}) > 1 or any(one.money.amount <= 0 for one in transfers):
        raise ValueError("a file moves positive amounts of one currency")
    if any(not one.payee.name.strip() or not one.payee.account.strip() for one in transfers):
        raise ValueError("a payee has a name and an account")


def _name(party: Party) -> str:
    return f"<Nm>{escape(party.name.strip()[:LONGEST_NAME])}</Nm>"


def _account(account: str) -> str:
    compact = squeeze(account)
    named = f"<IBAN>{compact}</IBAN>" if is_iban(compact) else f"<Othr><Id>{escape(compact[:34])}</Id></Othr>"
    return f"<Id>{named}</Id>"


def escape(words: str) -> str:
    """As text in XML: a character that XML cannot hold becomes a space."""
    return escaped("".join(each if each.isprintable() else " " for each in words), quote=False)


def is_iban(compact: str) -> bool:
    """Whether this is an IBAN with the right check digits; a Hong Kong account has none."""
    if not _IBAN.fullmatch(compact):
        return False
    return int("".join(str(int(each, 36)) for each in compact[4:] + compact[:4])) % 97 == 1


def is_bank(code: str) -> bool:
    """Whether this has the form of a BIC (SWIFT code)."""
    return _BIC.fullmatch(squeeze(code)) is not None


def _agent(bank: str) -> str:
    compact = squeeze(bank)
    known = f"<BICFI>{compact}</BICFI>" if is_bank(compact) else "<Othr><Id>NOTPROVIDED</Id></Othr>"
    return f"<FinInstnId>{known}</FinInstnId>"


def _transfer(one: OutgoingTransfer) -> str:
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{escape(one.end_to_end)}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="{one.money.currency}">{format_plain(one.money)}</InstdAmt></Amt>'
        f"<CdtrAgt>{_agent(one.payee.bank)}</CdtrAgt><Cdtr>{_name(one.payee)}</Cdtr>"
        f"<CdtrAcct>{_account(one.payee.account)}</CdtrAcct>"
        f"<RmtInf><Ustrd>{escape(one.words[:LONGEST_TEXT])}</Ustrd></RmtInf></CdtTrfTxInf>"
    )


def read_answer(content: bytes) -> FileAnswer:
    """A pain.002 or pacs.004, whatever version. Raises StatementRefused for anything else."""
    root = parse_xml(content)
    match = _ANSWERS.fullmatch(root.tag)
    if match is None:
        raise StatementRefused(
            "format_unknown",
            "Document",
            "This is neither a pain.002 nor a pacs.004 file.",
            "文件不是 pain.002 或 pacs.004。",
        )
    strip_namespace(root, match[1])
    if match[2] == "pacs.004":
        returns = tuple(_return(one) for one in root.iter("TxInf"))
        return FileAnswer(message="", rejected=False, reason="", sent_twice=False, transfers=returns)
    group = root.find(".//OrgnlGrpInfAndSts")
    message, status = text(group, "OrgnlMsgId"), text(group, "GrpSts")
    if not message:
        raise StatementRefused(
            "element_wrong", "OrgnlGrpInfAndSts", "OrgnlMsgId is missing.", "OrgnlMsgId 缺失或无法识别。"
        )
    reason = text(group, "StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")
    twice = status == REJECTED and reason in SENT_TWICE
    transfers = tuple(
        TransferAnswer(
            end_to_end=text(one, "OrgnlEndToEndId"),
            status=text(one, "TxSts"),
            reason=text(one, "StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry"),
        )
        for one in root.iter("TxInfAndSts")
    )
    return FileAnswer(
        message=message,
        rejected=status == REJECTED and not twice and not transfers,
        reason=reason,
        sent_twice=twice,
        transfers=() if twice else transfers,
    )


def _return(one: ET.Element) -> TransferAnswer:
    return TransferAnswer(
        end_to_end=text(one, "OrgnlEndToEndId"),
        status="RTRN",
        reason=text(one, "RtrRsnInf/Rsn/Cd", "RtrRsnInf/Rsn/Prtry") or "NARR",
    )


def is_answer(content: bytes) -> bool:
    """Whether a file looks like a pain.002 or pacs.004, by its beginning; what it really is, `read_answer` says."""
    return re.search(rb"iso:20022:tech:xsd:(pain\.002|pacs\.004)", content[:2000]) is not None


def transfers_in(sent: bytes, reason: str) -> tuple[TransferAnswer, ...]:
    """The transfers of a file of ours that the bank refused as a whole, each refused for this reason."""
    return tuple(
        TransferAnswer(end_to_end=(one.text or "").strip(), status=REJECTED, reason=reason)
        for one in parse_xml(sent).iter()
        if one.tag.endswith("}EndToEndId")
    )
