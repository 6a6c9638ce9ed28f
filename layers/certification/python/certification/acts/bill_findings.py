"""What a compared bill leads to: facts recorded from it, refunds stopped, and a case for whatever a person must see."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal

from certification.acts.cases import case_id, new_case, opened
from certification.acts.inbox_entries import receive
from certification.acts.payments import reference_of
from certification.cloud import clock
from certification.cloud.tables.base import Due
from certification.cloud.tables.bill_days import BillDay, Difference, bill_days
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.transaction import Lost, commit, retried
from certification.providers import bill_events
from certification.rules.bills import BillRow
from certification.rules.cases import CaseKind, Subject
from certification.rules.desks import TREASURY
from certification.rules.facts import FactKind
from certification.rules.reconciliation import HEALS_ITSELF, NEEDS_A_PERSON, Class, Found
from certification.rules.review import Verdict

EXPLAINED_BY = timedelta(days=3)
MOST_ASKED = 200
"""How many differences of a day are asked about at once: more of them have one cause, and the rest follow."""


def heal(day: date, found: Sequence[Found], paid: Sequence[Payment]) -> int:
    """Record what the bill shows and we did not know, through the inbox; gives how much. Again changes nothing."""
    by_name = {reference_of(payment): payment for payment in paid}
    by_capture = {fact.reference: payment for payment in paid for fact in payment.facts.values()}
    asked = {
        fact.about: (payment, fact.capture.partition("#")[2])
        for payment in paid
        for fact in payment.facts.values()
        if fact.kind is FactKind.REFUND_REQUESTED
    }
    done = 0
    for one in found:
        if one.what not in HEALS_ITSELF or one.row is None:
            continue
        row, payment = one.row, by_name.get(one.row.ours or "") or by_capture.get(one.row.capture or "")
        if payment is None and row.ours in asked:  # a refund whose line does not name the payment
            payment, capture = asked[row.ours]
            row = replace(row, capture=capture)
        if payment is not None:
            done += _receive(day, row, payment)
    return done


def _receive(day: date, row: BillRow, payment: Payment) -> bool:
    text = bill_events.text_of(row, reference_of(payment))
    return receive(row.provider, f"bill#{day}#{row.kind}#{row.reference}", text)


def ask(row: BillDay, found: Sequence[Found], now: datetime) -> tuple[Difference, ...]:
    """A case for each thing a person must look at, once; and no refund leaves a payment that two bills do not show."""
    differences = []
    for one in [each for each in found if each.what in NEEDS_A_PERSON][:MOST_ASKED]:
        payment = one.known.payment if one.known else None
        case = _case(row, one, payment, now)
        asked = cases.find(case.id)
        if asked is None:
            with suppress(Lost):  # another run asked
                commit([cases.insert(case)], [opened(case)])
        if payment is not None and one.what is Class.MISSING_THERE and (asked is None or asked.decision is None):
            _doubt(payment)
        kind, reference = one.key
        differences.append(Difference(what=one.what, kind=kind, reference=reference, payment=payment, case=case.id))
    return tuple(differences)


def _case(row: BillDay, one: Found, payment: str | None, now: datetime) -> Case:
    kind, reference = one.key
    facts = {
        "bills": row.stream,
        "day": row.day.isoformat(),
        "what": one.what,
        "kind": kind,
        "reference": reference,
        "in_the_bill": f"{one.row.currency} {one.row.amount}" if one.row else "nothing",
        "in_our_books": f"{one.known.currency} {one.known.amount}" if one.known else "nothing",
    }
    return new_case(
        CaseKind.BILL_DIFFERENCE,
        Subject.PAYMENT if payment else Subject.NONE,
        payment or row.stream,
        row.stream,
        row.day.isoformat(),
        *one.key,
        now=now,
        due=now + EXPLAINED_BY,
        desk=TREASURY,
        facts=facts,
    )


@retried
def _doubt(payment_id: str) -> None:
    payment = payments.read(payment_id)
    if not payment.doubted:
        commit([payments.update(payment.changed(doubted=True))])


def tell(stream: str, day: date, what: Literal["missing", "refused"], why: str, now: datetime) -> None:
    """A bill that does not come, or cannot be believed: a person asks the provider. One case per day and reason."""
    case = new_case(
        CaseKind.BILL_DIFFERENCE,
        Subject.NONE,
        stream,
        day.isoformat(),
        what,
        now=now,
        due=now + timedelta(days=1),
        desk=TREASURY,
        facts={"bills": stream, "day": day.isoformat(), "bill": what, "why": why[:1000]},
    )
    if cases.find(case.id) is None:
        with suppress(Lost):  # another run told it
            commit([cases.insert(case)], [opened(case)])


def cases_of(row: BillDay) -> tuple[Case, ...]:
    """What people were ever asked about a day: its differences, and a bill that did not come or could not be read."""
    told = [case_id(CaseKind.BILL_DIFFERENCE, row.stream, row.day.isoformat(), what) for what in ("missing", "refused")]
    found = (cases.find(case) for case in (*(one.case for one in row.differences), *told))
    return tuple(case for case in found if case is not None)


@retried
def explained(case: Case) -> None:
    """A person explained a difference: its day is looked at at the next run, and closes when nothing else is open. Where
    the provider has the money after all (approved), refunds may leave the payment again."""
    payment = payments.find(case.about)
    if payment is not None and payment.doubted and case.decision and case.decision.outcome == Verdict.APPROVE:
        commit([payments.update(payment.changed(doubted=False))])
    row = bill_days.find(case.facts["bills"], case.facts["day"])
    if row is not None and row.state != "closed":
        commit([bill_days.update(row.changed(due=Due(at=clock.now())))])
