"""STATEMENTS: what a bank says happened on our account, in one shape, whatever format it came in.

In words: a file is one or more statements, each of one account. A line is one movement of money: a batch of ten
credits is ten lines. Only what the bank has booked counts; what is pending comes again. A line is the same line when
the account, the bank's own reference and the place in the batch are the same, never because it looks the same: two
people may pay the same amount on one day. Where a statement gives balances, the opening one and the lines must make
the closing one, else a line is missing. A file in which anything does not fit is refused whole, and says where and why.

The readers are `statement_camt.py` (camt.053 and camt.054) and `statement_mt940.py`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import overload
from zlib import compress, decompress

from pydantic import ConfigDict, TypeAdapter

from certification.rules.model import Frozen
from certification.rules.money import Money


class StatementRefused(Exception):
    """The file is not used. `code` is for programs, `where` a line or a place in the file (never a name or a text of a
    payer), `en` and `zh` say what is wrong and what to do."""

    def __init__(self, code: str, where: str, en: str, zh: str) -> None:
        super().__init__(f"{code} at {where}: {en}")
        self.code, self.where, self.en, self.zh = code, where, en, zh


class Party(Frozen):
    """The other side of a movement, as far as the bank tells: any part may be missing. `bank` is a BIC."""

    name: str = ""
    account: str = ""
    bank: str = ""


class BankLine(Frozen):
    """One booked movement.

    `money` is positive; `credit` says that it came in. `entry` is the bank's reference of the booking, `place` the
    movement's place in it (0 for the only one). `value_on` is the day from which the money counts. `reversal`: the
    booking takes back an earlier one. `returned` is the bank's reason code where a payment of ours came back, with
    `end_to_end` naming that payment. `creditor_reference` is the structured one; `text` all that the payer wrote,
    joined as it was before the bank cut it. `charged` is what banks on the way kept, where we are told. `code` is the bank's
    own word for the kind of movement.
    """

    account: str
    entry: str
    place: int
    money: Money
    credit: bool
    booked_on: date
    value_on: date
    other: Party = Party()
    reversal: bool = False
    returned: str | None = None
    end_to_end: str | None = None
    creditor_reference: str = ""
    text: str = ""
    charged: Money | None = None
    code: str = ""

    @property
    def key(self) -> str:
        """What makes a line the same line in every file: `<account>#<bank's reference>#<place>`."""
        return f"{self.account}#{self.entry}#{self.place}"


PACKED = 1000
"""How many lines are packed together."""
_MANY = TypeAdapter(tuple[BankLine, ...])


class Lines(Sequence[BankLine]):
    """Any number of lines in little memory: packed by the thousand, and unpacked when they are read again."""

    def __init__(self, lines: Iterable[BankLine] = ()) -> None:
        self._packs: list[bytes] = []
        self._last: list[BankLine] = []
        self._account: str | None = None
        for line in lines:
            self.append(line)

    def append(self, line: BankLine) -> None:
        """One more line."""
        self._last.append(line)
        if len(self._last) == PACKED:
            self._packs.append(compress(_MANY.dump_json(tuple(self._last), exclude_defaults=True), 1))
            self._last = []

    def of_account(self, account: str) -> "Lines":
        """The same lines, with their account spelt like this."""
        other = Lines()
        other._packs, other._last, other._account = self._packs, self._last, account
        return other

    def __iter__(self) -> Iterator[BankLine]:
        for pack in self._packs:
            yield from map(self._spelt, _MANY.validate_json(decompress(pack)))
        yield from map(self._spelt, self._last)

    def _spelt(self, line: BankLine) -> BankLine:
        known = self._account is None or line.account == self._account
        return line if known else line.model_copy(update={"account": self._account})

    def __len__(self) -> int:
        return PACKED * len(self._packs) + len(self._last)

    @overload
    def __getitem__(self, place: int) -> BankLine: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[BankLine]: ...
    def __getitem__(self, place: int | slice) -> BankLine | Sequence[BankLine]:
        return tuple(self)[place]


class Statement(Frozen):
    """The booked lines of one account in one file. `pending` counts what the bank has only announced. A statement has an
    `opening` and a `closing` balance, the latter of the day `on`; a notification has none."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    account: str
    number: str
    lines: Lines
    pending: int = 0
    opening: Money | None = None
    closing: Money | None = None
    on: date | None = None


LONGEST = 200
"""Characters of a reference or a name in a bank's file; the standards allow 35 and 140."""


def must_fit(where: str, *texts: str) -> None:
    """Raises StatementRefused when one of these is longer than any bank writes: no key and no seal takes it."""
    if any(len(text) > LONGEST for text in texts):
        raise StatementRefused(
            "text_too_long",
            where,
            f"A reference or a name has more than {LONGEST} characters. Ask the bank for a correct file.",
            f"流水号或户名超过 {LONGEST} 个字符，请向银行索取正确文件。",
        )


def check_balances(where: str, opening: Money, closing: Money, moved: int) -> None:
    """Raises StatementRefused when the balances and the lines do not add up."""
    if opening.currency != closing.currency or opening.amount + moved != closing.amount:
        raise StatementRefused(
            "balances_differ",
            where,
            f"The lines add up to {Money(amount=moved, currency=opening.currency)}, which does not lead from {opening} "
            f"to {closing}: a line is missing or wrong. Ask the bank for the whole statement.",
            f"各笔合计与余额（{opening} 至 {closing}）不符：有遗漏或错误，请向银行索取完整对账单。",
        )


class Seen:
    """The lines of one file so far."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, int]] = {}

    def is_new(self, line: BankLine) -> bool:
        """False for a line that the file has told. Raises StatementRefused when it holds the same line with two contents,
        or a name longer than any."""
        other, where = line.other, line.entry[:LONGEST]
        must_fit(where, line.account, line.entry, line.creditor_reference, line.end_to_end or "")
        must_fit(where, other.name, other.account, other.bank, line.returned or "")
        content = (line.money.currency, line.money.amount if line.credit else -line.money.amount)
        known = self._known.get(line.key)
        if known is None:
            self._known[line.key] = content
        elif known != content:
            raise StatementRefused(
                "reference_twice",
                line.entry,
                "The bank's reference stands at two movements that differ, so lines cannot be told apart.",
                "银行流水号重复且内容不一致，无法区分各笔款项。",
            )
        return known is None
