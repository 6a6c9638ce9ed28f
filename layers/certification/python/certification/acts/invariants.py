"""What must be true of all rows at any time, proved every night over what is stored, and after every test of faults."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from certification.acts import book_invariants, open_money, refund_invariants
from certification.acts.bill_books import entries_of
from certification.acts.billing import every as every_stream
from certification.acts.books import books_of
from certification.acts.cases import new_case, opened
from certification.acts.places import live_claim
from certification.cloud import clock
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.bill_days import bill_days
from certification.cloud.tables.cases import cases
from certification.cloud.tables.certificates import certificates
from certification.cloud.tables.claims import claims
from certification.cloud.tables.ledger import ledger
from certification.cloud.tables.messages import messages
from certification.cloud.tables.orders import orders
from certification.cloud.tables.payments import payments
from certification.cloud.tables.receipts import receipts
from certification.cloud.tables.refunds import refunds
from certification.cloud.tables.seats import seats
from certification.cloud.transaction import Lost, commit
from certification.rules.cases import CaseKind, Subject
from certification.rules.desks import OPERATIONS
from certification.rules.ledger import balances, rebuild
from certification.rules.payments import OrderState
from certification.rules.status import AT_REST, Status, is_live

SENDING = timedelta(hours=1)
"""A letter that was begun so long ago is not being sent any more."""
NIGHT = timedelta(days=1)


def differences() -> list[str]:
    """Every statement that does not hold, with the ids concerned. Empty when all is well."""
    every_application = {application.reference: application for application in applications.everything()}
    found = [*_books(), *_money(), *_waits(every_application), *_seats(every_application)]
    found += [*_certificates(every_application), *_places(every_application)]
    return [*found, *book_invariants.numbers(receipts.everything())]


def _books() -> Iterator[str]:
    """The ledger kept entry by entry equals the ledger the facts imply; each payment's entries are numbered 1 to n."""
    paid = list(payments.everything())
    entries = list(ledger.everything())
    kept = balances(entry.entry for entry in entries)
    days = [day for stream in every_stream() for day in bill_days.within(stream.name) if day.state == "closed"]
    implied = rebuild(
        ((payment.facts, books_of(payment)) for payment in paid),
        (entry for day in days for entry in entries_of(day)),
    )
    if kept != implied:
        yield f"books: kept {kept} and implied {implied} differ"
    if sum(kept.values()):
        yield "books: the balances do not sum to zero"
    numbers: dict[str, list[int]] = {}
    for entry in entries:
        numbers.setdefault(entry.payment, []).append(entry.number)
    for payment in paid:
        if sorted(numbers.get(payment.id, [])) != list(range(1, payment.entries + 1)):
            yield f"books: the entries of {payment.id} are not 1 to {payment.entries}"


def _money() -> Iterator[str]:
    """What settles an order is written on it; what goes back never exceeds what came."""
    yield from refund_invariants.differences(
        refunds.everything(),
        {payment.id: payment for payment in payments.everything()},
        balances(entry.entry for entry in ledger.everything()),
    )
    for order in orders.everything():
        paid_for = order.state is OrderState.SETTLED or (
            order.state is OrderState.VOIDED and order.settled_by is not None
        )
        if paid_for != (order.settled_by is not None):
            yield f"money: order {order.number} is {order.state} and settled by {order.settled_by}"


def _waits(every: dict[str, Application]) -> Iterator[str]:
    """Nothing waits without a due date: a status that is not at rest has one, or an open case that has."""
    for application in every.values():
        if application.status in AT_REST or application.due is not None:
            continue
        if not any(cases.read(case.reference).due is not None for case in application.open_cases):
            yield f"waits: {application.reference} is {application.status} and nothing is due"


def _places(every: dict[str, Application]) -> Iterator[str]:
    """Whoever is live holds the one place of the person in the sitting, and whoever has ended does not."""
    held = {claim.key: claim.holder for claim in claims.everything() if claim.key.startswith("live:")}
    for application in every.values():
        holds = held.get(live_claim(application.candidate, application.sitting)) == application.reference
        if holds is not is_live(application.status):
            yield f"places: {application.reference} is {application.status} and {'has' if holds else 'lacks'} its place"


def _seats(every: dict[str, Application]) -> Iterator[str]:
    """A seated application has the seat that was given to it, and nobody else has it."""
    given = {row.application: row for row in seats.everything()}
    if len({(row.sitting, row.seat) for row in given.values()}) != len(given):
        yield "seats: a seat was given twice"
    for application in every.values():
        if application.seat is not None and given[application.reference].seat != application.seat:
            yield f"seats: {application.reference} and its seat differ"


def _certificates(every: dict[str, Application]) -> Iterator[str]:
    """Numbers have no gaps within a year, and a published certificate belongs to a certified application."""
    issued = list(certificates.everything())
    by_year: dict[int, list[int]] = {}
    for certificate in issued:
        by_year.setdefault(certificate.issued_on.year, []).append(certificate.sequence)
        application = every[certificate.application]
        if certificate.state == "published" and application.status is not Status.CERTIFIED:
            yield f"certificates: {certificate.number} is published, its application {application.status}"
    for year, sequences in by_year.items():
        if sorted(sequences) != list(range(1, len(sequences) + 1)):
            yield f"certificates: the sequence of {year} has gaps"


def _late(now: datetime) -> Iterator[str]:
    """Receipts, closed days and exports that should be there by now."""
    every_order = {order.number: order for order in orders.everything()}
    return book_invariants.late(
        now, every_order, refunds.everything(), receipts.everything(), list(ledger.everything())
    )


def _held_too_long() -> Iterator[str]:
    """Money that is not ours and should be gone, as the list of last night has it: one sentence, for the list says which."""
    listed = open_money.kept()
    late = [row for row in listed.rows if row.late] if listed else []
    if late:
        yield f"liabilities: {len(late)} are past their date; the oldest is {max(row.days for row in late)} days old"


def _unsent(now: datetime) -> Iterator[str]:
    """Letters of the last day that were begun and never marked as sent: nobody knows whether they went, so a person looks."""
    lost = [
        f"{one.name} to {one.candidate} by {one.channel} at {one.claimed_at:%Y-%m-%d %H:%M} UTC"
        for one in messages.everything()
        if one.state == "claimed" and now - NIGHT - SENDING < one.claimed_at <= now - SENDING
    ]
    if lost:
        yield f"letters: begun and not known to be sent: {'; '.join(sorted(lost))}"


def prove() -> list[str]:
    """The differences, what is late, and the letters of the last day that nobody knows of; each opens a case for
    operations, once a day."""
    now = clock.now()
    found = [*differences(), *_late(now), *_held_too_long(), *_unsent(now)]
    for difference in found:
        case = new_case(
            CaseKind.FAILED_MACHINE,
            Subject.NONE,
            difference.split(":")[0],
            difference,
            f"{now:%Y-%m-%d}",
            now=now,
            due=now,
            desk=OPERATIONS,
            facts={"difference": difference},
        )
        try:
            commit([cases.insert(case)], [opened(case)])
        except Lost:
            continue
    return found
