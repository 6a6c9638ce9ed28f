"""THE BANK'S DAY: a statement held against our books, line by line, and to its closing balance.

In words: every line is a fact of ours (money that came, a refund that left or came back, a credit taken back), a charge
of the bank, or a debit that nobody explains yet and a person must. A charge is what the bank's own code calls one. A
fact that no statement shows is still on its way; a second statement without it is for a person. What our books say is
on the account (all facts booked up to the day and not on their way, less what earlier days explained), less the day's
charges and debits, is the closing balance of the statement, to the cent; what differs is for a person too.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

from certification.rules.bills import BillRow, RowKind
from certification.rules.facts import BY_HAND, Fact, FactKind, Facts, fold
from certification.rules.ledger import Books, standing
from certification.rules.reconciliation import HEALS_ITSELF, BankSums, Class, Found, Key, Known, Reconciled
from certification.rules.reference import valid
from certification.rules.statements import BankLine

CHARGES = frozenset({"CHRG", "FEES", "COMM", "NCHG", "NCOM"})
"""Codes of charges, fees and commissions: ISO 20022 sub-families, and the transaction types of MT940."""
BOOKED = "booked"
"""The reference of a fact that says on which day the bank booked it."""
REFUND_NUMBER = "RFD-"
CAME_IN = frozenset({RowKind.CAPTURE, RowKind.REFUND_FAILED})
KINDS = {
    FactKind.CAPTURED: RowKind.CAPTURE,
    FactKind.REFUND_DONE: RowKind.REFUND,
    FactKind.REFUND_FAILED: RowKind.REFUND_FAILED,
    FactKind.DISPUTE_OUT: RowKind.DISPUTE_OUT,
}


def is_charge(line: BankLine) -> bool:
    """Whether the bank took this for itself, or gives such a thing back."""
    return line.code in CHARGES and (not line.credit or line.reversal)


def row_of(line: BankLine) -> BillRow:
    """A line of a statement as a line of a bill, without what it says of people."""
    ours = line.end_to_end if line.end_to_end and line.end_to_end.startswith(REFUND_NUMBER) else None
    amount, fee, reference = line.money.amount, 0, line.key
    if is_charge(line):
        kind, ours = RowKind.FEE, None
        amount, fee = (0, -amount) if line.credit else (amount, 0)
    elif ours is not None:
        kind, reference = RowKind.REFUND_FAILED if line.credit else RowKind.REFUND, ours
    elif line.credit:
        kind, ours = RowKind.CAPTURE, line.key
    elif line.reversal:
        kind, ours = RowKind.DISPUTE_OUT, line.key
    else:
        kind = RowKind.DEBIT
    at = datetime.combine(line.booked_on, time(), UTC)
    return BillRow("bank_transfer", kind, reference, amount, line.money.currency, at, ours=ours, fee=fee)


class Named:
    """What a line may name and we shall know within the hour: any line of these accounts, and refunds we asked for."""

    def __init__(self, accounts: Collection[str], refunds: Collection[str]) -> None:
        self._accounts, self._refunds = accounts, refunds

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._has(name)

    def _has(self, name: str) -> bool:
        return name in self._refunds or name.partition("#")[0] in self._accounts


def booked_on(fact: Fact) -> date | None:
    """When the bank booked it; None for what no statement ever shows: a request, a rejection, money paid by hand."""
    if fact.kind not in KINDS or BY_HAND in fact.references:
        return None
    if BOOKED in fact.references:
        return date.fromisoformat(fact.references[BOOKED])
    return None if fact.kind is FactKind.REFUND_FAILED else fact.at.date()


def key_of(fact: Fact) -> Key:
    """The line that shows a fact; a credit divided between several applications is one line."""
    line, _, share = fact.reference.rpartition("#")
    return KINDS[fact.kind], line if valid(share) else fact.reference


def known_of(payments: Iterable[tuple[str, Facts]], currency: str) -> Iterator[Known]:
    """All facts that a statement in this currency shows; the shares of one credit together."""
    found: dict[Key, Known] = {}
    for payment, facts in payments:
        for fact in facts.values():
            booked = booked_on(fact)
            if booked is None or fact.money.currency != currency:
                continue
            kind, reference = key_of(fact)
            at = datetime.combine(booked, time(), UTC)
            one = Known(kind, reference, fact.money.amount, currency, at, payment)
            other = found.get((kind, reference))
            found[kind, reference] = replace(one, amount=one.amount + other.amount) if other else one
    yield from found.values()


def stands(payments: Iterable[tuple[Facts, Books]], currency: str, until: date, carried: Collection[Key]) -> int:
    """What the books say is on the account at the end of a day, in minor units: without what was booked later, and
    without what no statement has shown yet (`carried`)."""
    place, total = (f"bank:{currency.lower()}", currency), 0
    for facts, books in payments:
        shown = {key: fact for key, fact in facts.items() if _is_shown(fact, until, carried)}
        total += standing(fold(shown), books).get(place, 0)
    return total


def _is_shown(fact: Fact, until: date, carried: Collection[Key]) -> bool:
    booked = booked_on(fact)
    return booked is None or (booked <= until and key_of(fact) not in carried)


def with_balance(result: Reconciled, stood: int, closing: int, currency: str, day: date) -> Reconciled:
    """The comparison with the closing balance in it. `stood` is what `stands` says, less what earlier days explained.
    While lines wait to be recorded, the balance says nothing."""
    sums = result.sums.get(currency)
    charges = sums.fees if sums else 0
    strangers = [one.row for one in result.found if one.what is Class.UNKNOWN_REFERENCE and one.row]
    debits = sum(-row.amount if row.kind in CAME_IN else row.amount for row in strangers)
    missing = closing - (stood - charges - debits)
    if any(one.what in HEALS_ITSELF for one in result.found):
        missing = 0
    if missing:
        reference, at = f"{day}/{missing}", datetime.combine(day, time(), UTC)
        row = BillRow("bank_transfer", RowKind.BALANCE, reference, closing, currency, at)
        ours = Known(RowKind.BALANCE, reference, closing - missing, currency, at, "")
        result.found.append(Found(Class.BALANCE, row, ours))
        result.counts[Class.BALANCE] = 1
    other = debits - missing
    result.bank = BankSums(currency=currency, closing=closing, stood=stood, charges=charges, other=other)
    return result
