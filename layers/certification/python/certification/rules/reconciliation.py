"""RECONCILIATION: a provider's bill of one day held against the facts we have, line by line.

In words: a line and a fact are the same when kind and provider's id are, and agree when amount and currency do. A line
without a fact is money we were not told about: where it names an attempt or refund of ours, the fact is asked for and
recorded, which heals lost messages within a day (PAY-05); where it does not, a person places it. A fact without a line
waits one more day, for providers and we may disagree on when a day ends; then its refunds stop and a person looks.
Fees and payouts are summed. A day is level when nothing but healed and matched lines is in it. A bank's statement is
held against our facts in the same way (`bank_day.py`), and its closing balance as well.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from certification.rules.bills import BillRow, RowKind
from certification.rules.model import Frozen
from certification.rules.words import Because

CLOSED_WITHIN = timedelta(days=3)
"""How long after its end a day may be open before it is late."""

Key = tuple[RowKind, str]
"""What happened, and the provider's id of it."""


class Class(StrEnum):
    """What a line, or a fact without one, is."""

    MATCHED = "matched"
    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    AMOUNT = "amount"
    CURRENCY = "currency"
    DUPLICATE_LINE = "duplicate_line"
    DUPLICATE_PAYMENT = "duplicate_payment"
    STATE = "state"
    UNKNOWN_REFERENCE = "unknown_reference"
    FEE_ONLY = "fee_only"
    BALANCE = "balance"


HEALS_ITSELF = frozenset({Class.MISSING_HERE, Class.DUPLICATE_PAYMENT, Class.STATE})
"""Asked for at the provider and recorded; nobody needs to decide."""
NEEDS_A_PERSON = frozenset({Class.MISSING_THERE, Class.AMOUNT, Class.CURRENCY, Class.UNKNOWN_REFERENCE, Class.BALANCE})


@dataclass(frozen=True, slots=True)
class Known:
    """A fact of ours as far as a bill can confirm it. `ours` is our reference; `done` is false while we only asked for
    it (a refund that was sent and not answered)."""

    kind: RowKind
    reference: str
    amount: int
    currency: str
    at: datetime
    payment: str
    ours: str | None = None
    done: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """A line or fact that is not simply matched. `row` is None for a fact without a line, `known` for a line without a
    fact."""

    what: Class
    row: BillRow | None
    known: Known | None

    @property
    def key(self) -> Key:
        one = self.row or self.known
        assert one is not None
        return one.kind, one.reference


class Sums(Frozen):
    """A currency of one day, in minor units: what came, went back, was disputed (out less in), what the provider took
    and what it paid out. `kept_there` is what it still owes us of this day."""

    currency: str
    captured: int = 0
    refunded: int = 0
    disputed: int = 0
    fees: int = 0
    paid_out: int = 0

    @property
    def kept_there(self) -> int:
        return self.captured - self.refunded - self.disputed - self.fees - self.paid_out


class BankSums(Frozen):
    """What a bank's day adds to its lines, in minor units of `currency`. `closing`: what the statement ends with. `stood`:
    what our books say is on the account then, before this day is closed. `charges` is what the bank took, `other` what
    left that no fact explains, so that both take the books to the statement."""

    currency: str
    closing: int
    stood: int
    charges: int = 0
    other: int = 0


@dataclass(slots=True)
class Reconciled:
    """What a day's comparison found. `carried` are the facts of this day that its bill does not show: tomorrow's may.
    `payouts` are the lines of what was paid out."""

    lines: int = 0
    counts: dict[Class, int] = field(default_factory=dict)
    sums: dict[str, Sums] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    carried: tuple[Key, ...] = ()
    payouts: list[BillRow] = field(default_factory=list)
    bank: BankSums | None = None

    @property
    def level(self) -> bool:
        """Whether nobody has to look."""
        return not any(self.counts.get(what, 0) for what in NEEDS_A_PERSON)


def reconcile(
    rows: Iterable[BillRow],
    known: Iterable[Known],
    *,
    begins: datetime,
    ends: datetime,
    carried: Container[Key] = (),
    attempts: Container[str] = (),
    paid: Mapping[str, str] | None = None,
) -> Reconciled:
    """Compare one bill, read once from its first line to its last.

    `known` are our facts from a day before `begins` to a day after `ends` (the provider's day). `carried` is what the
    bill before did not show, `attempts` holds every reference we ever gave away, `paid` says by which provider's id an
    order is paid. The cost grows with lines plus facts.
    """
    answer = Reconciled()
    facts, asked = _by_key(known)
    seen: set[Key] = set()
    orders = dict(paid or {})
    tally: dict[str, dict[str, int]] = {}
    for row in rows:
        answer.lines += 1
        what, fact = _class_of(row, facts, asked, seen, attempts, orders)
        seen.add((row.kind, row.reference))
        answer.counts[what] = answer.counts.get(what, 0) + 1
        if what is not Class.DUPLICATE_LINE:
            _add(tally.setdefault(row.currency, dict.fromkeys(_COUNTED, 0)), row)
        if row.kind is RowKind.PAYOUT:
            answer.payouts.append(row)
        if what not in (Class.MATCHED, Class.FEE_ONLY):
            answer.found.append(Found(what, row, fact))
    answer.sums = {currency: Sums(currency=currency, **amounts) for currency, amounts in sorted(tally.items())}
    unseen = [fact for key, fact in facts.items() if key not in seen and fact.done]
    missing = [fact for fact in unseen if (fact.kind, fact.reference) in carried]
    answer.found += [Found(Class.MISSING_THERE, None, fact) for fact in missing]
    if missing:
        answer.counts[Class.MISSING_THERE] = len(missing)
    answer.carried = tuple(sorted((one.kind, one.reference) for one in unseen if begins <= one.at < ends))
    return answer


def _by_key(known: Iterable[Known]) -> tuple[dict[Key, Known], dict[tuple[RowKind, str], Known]]:
    """Facts by the provider's id; and what we only asked for by our own reference, for its id there is not known."""
    facts, asked = {}, {}
    for one in known:
        if one.done:
            facts[one.kind, one.reference] = one
        elif one.ours:
            asked[one.kind, one.ours] = one
    return facts, asked


def _class_of(
    row: BillRow,
    facts: Mapping[Key, Known],
    asked: Mapping[tuple[RowKind, str], Known],
    seen: set[Key],
    attempts: Container[str],
    paid: dict[str, str],
) -> tuple[Class, Known | None]:
    if row.kind in (RowKind.FEE, RowKind.PAYOUT):
        return Class.FEE_ONLY, None
    if (row.kind, row.reference) in seen:
        return Class.DUPLICATE_LINE, facts.get((row.kind, row.reference))
    fact = facts.get((row.kind, row.reference))
    if fact is not None:
        return _agrees(row, fact), fact
    waiting = asked.get((row.kind, row.ours)) if row.ours else None
    if waiting is not None:
        same = _agrees(row, waiting)
        return (Class.STATE if same is Class.MATCHED else same), waiting
    if row.ours is None or row.ours not in attempts:
        return Class.UNKNOWN_REFERENCE, None
    if row.kind is not RowKind.CAPTURE:
        return Class.STATE, None
    other = paid.setdefault(row.ours.partition(".")[0], row.reference)
    return (Class.MISSING_HERE if other == row.reference else Class.DUPLICATE_PAYMENT), None


def _agrees(row: BillRow, fact: Known) -> Class:
    if row.currency != fact.currency:
        return Class.CURRENCY
    return Class.MATCHED if row.amount == fact.amount else Class.AMOUNT


_ADDS = {
    RowKind.CAPTURE: ("captured", 1),
    RowKind.REFUND: ("refunded", 1),
    RowKind.REFUND_FAILED: ("refunded", -1),
    RowKind.DISPUTE_OUT: ("disputed", 1),
    RowKind.DISPUTE_IN: ("disputed", -1),
    RowKind.FEE: ("fees", 1),
    RowKind.PAYOUT: ("paid_out", 1),
    RowKind.DEBIT: ("paid_out", 1),
}
_COUNTED = ("captured", "refunded", "disputed", "fees", "paid_out")


def _add(amounts: dict[str, int], row: BillRow) -> None:
    name, sign = _ADDS[row.kind]
    amounts[name] += sign * row.amount
    amounts["fees"] += row.fee


def is_late(day: date, now: datetime) -> bool:
    """Whether a provider's day should be closed by now. Days end by UTC here: no provider's ends more than a day apart."""
    return now >= datetime.combine(day + timedelta(days=1), time(), UTC) + CLOSED_WITHIN


def may_close(result: Reconciled, explained: Container[Key]) -> bool:
    """Whether a day can be closed: everything that needs a person was explained by one."""
    return all(one.key in explained for one in result.found if one.what in NEEDS_A_PERSON)


SAYS: dict[Class, Because] = {
    Class.MATCHED: Because(en="In the bill and in our books.", zh="账单与账簿一致。", rules=("PAY-05",)),
    Class.MISSING_HERE: Because(
        en="The provider took this money and did not tell us: it was asked for and recorded.",
        zh="支付机构已收款但未通知本系统：已主动查询并入账。",
        rules=("PAY-05",),
    ),
    Class.MISSING_THERE: Because(
        en="We recorded this, and two bills do not show it: its refunds stop until a person has asked the provider.",
        zh="本系统已入账，但连续两份账单均无此笔：在人工向支付机构核实前暂停退款。",
        rules=("PAY-05",),
    ),
    Class.AMOUNT: Because(
        en="The bill shows another amount than our books: ask the provider which is right; nothing was changed.",
        zh="账单金额与账簿不一致：请向支付机构核实，账簿未作更改。",
        rules=("PAY-05",),
    ),
    Class.CURRENCY: Because(
        en="The bill shows another currency than our books: ask the provider which is right; nothing was changed.",
        zh="账单币种与账簿不一致：请向支付机构核实，账簿未作更改。",
        rules=("PAY-05", "FEE-02"),
    ),
    Class.DUPLICATE_LINE: Because(
        en="The bill shows this line twice; the second was ignored.",
        zh="账单中该行重复出现，第二次已忽略。",
        rules=("PAY-05",),
    ),
    Class.DUPLICATE_PAYMENT: Because(
        en="A second payment for an order that is paid: it was recorded and goes back as a duplicate.",
        zh="该订单已缴费，此为重复缴费：已入账，将按重复缴费原路退回。",
        rules=("PAY-08", "REF-07"),
    ),
    Class.STATE: Because(
        en="The bill knows more than we do about this refund or dispute: it was asked for and recorded.",
        zh="账单中该退款或争议的状态比本系统新：已主动查询并入账。",
        rules=("PAY-05",),
    ),
    Class.UNKNOWN_REFERENCE: Because(
        en="Money that names no order of ours: find out whose it is, then place it or send it back.",
        zh="款项未对应任何订单：请查明归属后入账或退回。",
        rules=("PAY-05",),
    ),
    Class.BALANCE: Because(
        en="The statement's closing balance is not what our books say: a movement is missing on one side, or the account "
        "held money before our books began. Say which; the difference is then booked as explained.",
        zh="对账单期末余额与账簿不符：一方缺少流水，或账户在建账前已有余额。请说明原因，差额将按已说明入账。",
        rules=("PAY-05",),
    ),
    Class.FEE_ONLY: Because(en="A fee or payout of the provider.", zh="支付机构的手续费或结算款。", rules=("PAY-05",)),
}
