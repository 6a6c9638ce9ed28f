"""Bill days: each provider's day, from the bill that is awaited to the books that are closed."""

from datetime import date, datetime
from typing import Any, Literal

from pynamodb.attributes import UnicodeAttribute

from certification.cloud.tables.base import Due, Record, Row, Table, meta
from certification.rules.bills import RowKind
from certification.rules.model import Frozen
from certification.rules.payments import Method
from certification.rules.payouts import Payout
from certification.rules.reconciliation import BankSums, Class, Key, Sums


class Difference(Frozen):
    """What a person must look at, and the case it is looked at in."""

    what: Class
    kind: RowKind
    reference: str
    payment: str | None
    case: str


class Closing(Frozen):
    """The signed summary: its place and SHA-256 in the vault, and the signature (base64, ECDSA P-256) over it."""

    at: datetime
    file: str
    sha256: str
    signature: str


class Stated(Frozen):
    """A statement of our bank: its account and number, its balances in minor units, and its movements as kept in the vault."""

    account: str
    number: str
    opening: int
    closing: int
    file: str


class BillDay(Record):
    """One provider's day. `stream` names its bills: a wallet has one for each product. `file` and `sha256` are the bill as
    it came; `due` is when it is looked at again.

    `carried` are facts of this day that its bill did not show; `differences` is what a person must explain before the
    day closes; `healed` counts what was recorded from the bill. `tries` counts the looks since the last that succeeded.
    `payouts` are what the provider sent to our bank; `stated` and `bank` are a bank's day alone.
    """

    stream: str
    provider: Method
    day: date
    state: Literal["awaited", "compared", "closed"] = "awaited"
    file: str | None = None
    sha256: str | None = None
    lines: int = 0
    counts: dict[Class, int] = {}
    sums: tuple[Sums, ...] = ()
    carried: tuple[Key, ...] = ()
    differences: tuple[Difference, ...] = ()
    healed: int = 0
    payouts: tuple[Payout, ...] = ()
    stated: tuple[Stated, ...] = ()
    bank: BankSums | None = None
    tries: int = 0
    closing: Closing | None = None
    due: Due | None = None


class BillDayRow(Row):
    class Meta:
        table_name = meta("BillDays")

    sk = UnicodeAttribute(range_key=True)


class BillDays(Table[BillDay]):
    name = "BillDays"
    row = BillDayRow
    record = BillDay

    def columns(self, record: BillDay) -> dict[str, Any]:
        return {"pk": record.stream, "sk": record.day.isoformat()}

    def due(self, record: BillDay) -> None:
        """In no index: a provider has few days that are open, and they are its newest."""


bill_days = BillDays()
