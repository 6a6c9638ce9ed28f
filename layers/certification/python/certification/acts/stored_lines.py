"""Lines of bank statements as the inbox keeps them: without what they say of people, which is sealed beside them.

References to applications are read out of the text when the file comes in, so that applying a line needs no key.
"""

import json
from datetime import datetime

from certification.cloud.sealed_texts import seal, unseal
from certification.cloud.tables.base import Due
from certification.cloud.tables.inbox import InboxEntry
from certification.rules.bank_matching import Share, references_of
from certification.rules.model import Frozen
from certification.rules.payments import Method
from certification.rules.statements import BankLine, Party
from certification.rules.transfer_order import TransferAnswer

LONGEST_TEXT = 600
MOST_MENTIONED = 10


class Particulars(Frozen):
    """What a line says of people: who is on the other side, and what they wrote."""

    other: Party = Party()
    text: str = ""
    creditor_reference: str = ""
    end_to_end: str | None = None


class StoredLine(Frozen):
    """A line as the inbox holds it. `line` has no particulars; `sealed` holds them. `references` were found in it;
    `mentions` are words of a reversal's text that may be the bank's reference of what it takes back. `share` is the part
    of a line that was divided, `paid_out_by` the provider whose payout it is proven to be, `answer` what the bank says of a
    transfer of ours instead of a line. `file` is where it came from."""

    line: BankLine | None = None
    references: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    share: Share | None = None
    paid_out_by: Method | None = None
    answer: TransferAnswer | None = None
    sealed: str = ""
    file: str


def entry_of(stored: StoredLine, key: str, now: datetime, due: datetime) -> InboxEntry:
    """The inbox entry of a line, an answer or a share."""
    return InboxEntry(
        id=f"bank_transfer#{key}",
        provider="bank_transfer",
        received_at=now,
        body=stored.model_dump_json(exclude_defaults=True),
        due=Due(at=due),
    )


def stored_line(line: BankLine, file: str) -> StoredLine:
    """A line without its particulars, which are sealed."""
    said = Particulars(
        other=line.other,
        text=line.text[:LONGEST_TEXT],
        creditor_reference=line.creditor_reference,
        end_to_end=line.end_to_end,
    )
    ours = line.end_to_end if line.end_to_end and line.end_to_end.startswith("RFD-") else None
    bare = {"other": Party(), "text": "", "creditor_reference": "", "end_to_end": ours}
    words = [word.strip(".,;:/") for word in line.text.split()] if line.reversal and not line.credit else []
    return StoredLine(
        line=line.model_copy(update=bare),
        references=() if line.returned or ours else references_of(line),
        mentions=tuple(word for word in words if any(map(str.isdigit, word)))[:MOST_MENTIONED],
        sealed=seal(line.key, said.model_dump_json(exclude_defaults=True)),
        file=file,
    )


def told_by_bank(entry: InboxEntry) -> bool:
    """Whether a file of the bank told it; what we noted ourselves about a refund is the other kind of entry."""
    return entry.provider == "bank_transfer" and "file" in json.loads(entry.body)


def particulars(entry: InboxEntry) -> Particulars:
    """What the line of an entry says of people; only for who returns the money, or places it."""
    stored = read(entry) if told_by_bank(entry) else None
    if stored is None or stored.line is None or not stored.sealed:
        return Particulars()
    return Particulars.model_validate_json(unseal(stored.line.key, stored.sealed))


def read(entry: InboxEntry) -> StoredLine:
    """The stored line of an entry."""
    return StoredLine.model_validate_json(entry.body)
