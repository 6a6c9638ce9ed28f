"""Reconciling: every provider's day is awaited, compared with our facts, healed, explained and closed with a signature.

A day never closes on a guess. What the bill shows and we did not know is recorded from the bill, and the day compared
again; what a person must look at is a case, and its decision is the explanation. A bill that cannot be read is refused
whole, and a person asks the provider for a better one.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from certification.acts import bank_days, bill_findings
from certification.acts.bill_books import close
from certification.acts.billing import Stream, bill_source, streams
from certification.acts.payments import reference_of
from certification.cloud import clock, metrics, vault
from certification.cloud.log import logger
from certification.cloud.settings import settings
from certification.cloud.tables.base import Due
from certification.cloud.tables.bill_days import BillDay, bill_days
from certification.cloud.tables.cases import cases
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.transaction import Lost, commit, retried
from certification.providers import ports
from certification.providers.bill_ports import BillNotReady, BillSource, rows_of
from certification.rules.bills import FACT_OF, BillRefused, BillRow, RowKind, first_day
from certification.rules.facts import FactKind
from certification.rules.money import Money
from certification.rules.payouts import Payout
from certification.rules.reconciliation import HEALS_ITSELF, Known, Reconciled, is_late, may_close, reconcile

DAY = timedelta(days=1)
AGAIN = timedelta(hours=1)
LATEST = timedelta(hours=8)
"""How long after it should be ready a bill may be missing before a person is told (18:00 where 10:00 is promised)."""
MOST_OPEN = 60
KIND_OF = {fact: row for row, fact in FACT_OF.items()}


def run() -> dict[str, int]:
    """Await every day that has a bill by now, and look at every day that is due. Gives how many were closed.

    Bills that fail for a reason nobody foresaw do not hold up the others: the fault is raised when those are done.
    """
    done = 0
    fault: Exception | None = None
    for stream in streams():
        try:
            done += _look_through(stream)
        except Exception as error:
            logger.warning("bills failed", bills=stream.name, error=type(error).__name__)
            fault = error
    if fault is not None:
        raise fault
    return {"closed": done}


def _look_through(stream: Stream) -> int:
    source, done = bill_source(stream), 0
    if not stream.accounts:
        _await(stream, source)
    # the oldest first: a day may show what the one before it did not
    for row in reversed(list(bill_days.within(stream.name, backwards=True, limit=MOST_OPEN))):
        if row.state != "closed" and is_late(row.day, clock.now()):
            metrics.count("BillDayLate")
        if row.due is not None and row.due.at <= clock.now():
            done += _look(stream, row.day, source)
    return done


def _await(stream: Stream, source: BillSource) -> None:
    """A row for every day since the last; on the first run, since the first fact (`first_day`)."""
    now = clock.now()
    last = next(bill_days.within(stream.name, backwards=True, limit=1), None)
    day = last.day + DAY if last else _first_day(stream, source, now)
    while source.ready_at(day) <= now:
        row = BillDay(stream=stream.name, provider=stream.provider, day=day, due=Due(at=now))
        try:
            commit([bill_days.insert(row)])
        except Lost:
            return  # another run awaits it
        day += DAY


def _first_day(stream: Stream, source: BillSource, now: datetime) -> date:
    ready = now.date() - 2 * DAY
    while source.ready_at(ready + DAY) <= now:
        ready += DAY
    told = [
        fact.at
        for payment in payments.everything()
        for fact in payment.facts.values()
        if payment.provider == stream.provider
        and fact.kind in KIND_OF
        and stream.currency in (None, fact.money.currency)
    ]
    return first_day(ready, _day_of(min(told), source) if told else None)


def _day_of(at: datetime, source: BillSource) -> date:
    """The provider's day of an instant; it may begin a day before or after ours."""
    around = (at.date() + (number * DAY) for number in (1, 0, -1))
    return next(day for day in around if source.begins(day) <= at)


def _look(stream: Stream, day: date, source: BillSource) -> bool:
    """Fetch, compare, heal, and close where nothing is open. True when it was closed now."""
    try:
        bill = source.fetch(day)
    except (BillNotReady, ports.Unreachable, ports.Lost, ports.ProviderRefused) as trouble:
        logger.warning("bill not fetched", bills=stream.name, day=str(day), error=type(trouble).__name__)
        if clock.now() >= source.ready_at(day) + LATEST:
            bill_findings.tell(stream.name, day, "missing", type(trouble).__name__, clock.now())
        _later(stream, day)
        return False
    paid = [payment for payment in payments.everything() if payment.provider == stream.provider]
    try:
        result = _compared(stream, day, source, bill, paid)
    except BillRefused as refused:
        metrics.count("BillRefused", bills=stream.name)
        bill_findings.tell(stream.name, day, "refused", str(refused), clock.now())
        _keep(stream, day, bill)
        _later(stream, day)
        return False
    return _settle(stream, day, _keep(stream, day, bill), result, paid)


def _compared(stream: Stream, day: date, source: BillSource, bill: bytes, paid: Sequence[Payment]) -> Reconciled:
    if stream.accounts:
        return bank_days.compared(stream.name, day, rows_of(source, bill), stream.accounts, paid)
    begins = source.begins(day)
    before = bill_days.find(stream.name, (day - DAY).isoformat())
    captures = {
        (payment.order, fact.reference)
        for payment in paid
        for fact in payment.facts.values()
        if fact.kind is FactKind.CAPTURED
    }
    known = (one for payment in paid for one in known_of(payment, begins - DAY, begins + 2 * DAY))
    return reconcile(
        rows_of(source, bill),
        (one for one in known if stream.currency in (None, one.currency)),
        begins=begins,
        ends=begins + DAY,
        carried=frozenset(before.carried if before else ()),
        attempts={name for payment in paid for name in _names(payment)},
        paid={order: reference for order, reference in captures if order},
    )


def known_of(payment: Payment, since: datetime, until: datetime) -> Iterator[Known]:
    """The facts of a payment that a bill of these days can show, and the refunds it may know more of than we do."""
    done = {fact.about for fact in payment.facts.values() if fact.kind is FactKind.REFUND_DONE}
    for fact in payment.facts.values():
        asked = fact.kind is FactKind.REFUND_REQUESTED
        if (asked and fact.about in done) or (not asked and not (fact.kind in KIND_OF and since <= fact.at < until)):
            continue
        yield Known(
            kind=RowKind.REFUND if asked else KIND_OF[fact.kind],
            reference="" if asked else fact.reference,
            amount=fact.money.amount,
            currency=fact.money.currency,
            at=fact.at,
            payment=payment.id,
            ours=fact.about if asked else None,
            done=not asked,
        )


def _names(payment: Payment) -> Iterator[str]:
    """What a line can name this payment by: the attempt's reference, and its refunds' ids."""
    yield reference_of(payment)
    yield from (fact.about for fact in payment.facts.values() if fact.kind is FactKind.REFUND_REQUESTED)


def _keep(stream: Stream, day: date, bill: bytes) -> tuple[str, str]:
    """The bill as it came: its place and SHA-256. Another bill of the same day is kept beside it by its time."""
    place = f"bills/{stream.name}/{day}/{clock.now():%Y-%m-%dT%H%M%S}"
    return place, vault.write(settings().vault, place, bill, "application/octet-stream")


def _payout(row: BillRow) -> Payout:
    references = tuple(each for each in (row.reference, row.capture) if each)
    return Payout(provider=row.provider, references=references, money=Money(amount=row.amount, currency=row.currency))


@retried
def _later(stream: Stream, day: date) -> None:
    row = bill_days.read(stream.name, day.isoformat())
    if row.state != "closed":
        commit([bill_days.update(row.changed(tries=row.tries + 1, due=Due(at=clock.now() + AGAIN)))])


@retried
def _settle(stream: Stream, day: date, kept: tuple[str, str], result: Reconciled, paid: Sequence[Payment]) -> bool:
    """Heal and ask; close the day when everything is level or explained. True when it was closed now."""
    row, now = bill_days.read(stream.name, day.isoformat()), clock.now()
    if row.state == "closed":
        return False
    healed = bill_findings.heal(day, result.found, paid)
    differences = bill_findings.ask(row, result.found, now)
    compared: BillDay = row.changed(
        state="compared",
        file=kept[0],
        sha256=kept[1],
        lines=result.lines,
        counts=result.counts,
        sums=tuple(result.sums.values()),
        carried=result.carried,
        payouts=tuple(map(_payout, result.payouts)),
        bank=result.bank,
        differences=differences,
        healed=row.healed + healed,
        tries=0,
        due=Due(at=now + AGAIN),
    )
    asked = [(one, cases.read(one.case)) for one in differences]
    explained = {(one.kind, one.reference): case for one, case in asked if case.decision}
    if any(one.what in HEALS_ITSELF for one in result.found) or not may_close(result, explained):
        commit([bill_days.update(compared)])
        return False
    close(compared, list(explained.values()), now)
    return True
