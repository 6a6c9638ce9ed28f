"""What a settlement means for each payment: the refunds that follow, its entry, its alarms; then nobody waits for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from certification.acts.alarms import raised
from certification.acts.books import booked
from certification.acts.externals import failed_rows
from certification.acts.inbox_entries import APPLIED_WITHIN
from certification.acts.portions import Portion
from certification.acts.refunding import Wanted, queued
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Due
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import refund_id
from certification.rules.settlement import GiveBack, Settlement, Verdict


def followed(
    paid: Sequence[Payment],
    application: Application,
    settlement: Settlement,
    owed: Mapping[str, Sequence[Wanted]],
    portion: Portion,
    now: datetime,
) -> None:
    """Add to the portion what follows for these payments, and the refunds that their closed order still owes. Where it
    ends before all is done, that payment waits for the next."""
    for payment in paid:
        if not portion.whole:
            return
        after = _followed(payment, application, settlement, owed.get(payment.id, ()), portion, now)
        if portion.whole:
            after = after.changed(unsettled=False, due=None if payment.unsettled else payment.due)
        else:
            after = after.changed(unsettled=True, due=Due(at=now + APPLIED_WITHIN))
        stored, entries = booked(payment, after, f"settled#{settlement.order}")
        if stored != payment:
            portion.add([payments.update(stored), *entries])


def _followed(
    payment: Payment,
    application: Application,
    settlement: Settlement,
    owed: Sequence[Wanted],
    portion: Portion,
    now: datetime,
) -> Payment:
    """The payment with what was found about its captures, and as much of what follows as fits."""
    mine = [verdict for verdict in settlement.verdicts if verdict.payment == payment.id]
    if not portion.has_room:
        return payment
    after: Payment = payment.changed(
        holdings={verdict.capture: verdict.holding for verdict in mine}, forgiven=_forgiven(settlement, mine)
    )
    for wanted in (*owed, *(_wanted(verdict, verdict.give_back) for verdict in mine if verdict.give_back)):
        if not portion.has_room:
            return after
        after, writes, news = queued(after, application, wanted, now)
        portion.add(writes, news)
    anomalies = [alarm.partition(": ")[2] for alarm in settlement.alarms if alarm.startswith(f"{payment.id}: ")]
    after = raised(after, application, anomalies, portion, now)
    failed_rows(payment, application, portion, now)
    return after


def _forgiven(settlement: Settlement, mine: Sequence[Verdict]) -> dict[str, int]:
    """What the tolerance lets be missing is booked with the capture that settled the order."""
    winner = next((verdict.capture for verdict in mine if verdict.capture == settlement.settled_by), None)
    return {winner: settlement.forgiven.amount} if winner and settlement.forgiven else {}


def _wanted(verdict: Verdict, back: GiveBack) -> Wanted:
    return Wanted(
        refund=refund_id(back.key),
        capture=verdict.capture,
        kind=back.kind,
        money=back.amount,
        because=verdict.because,
        not_before=back.not_before,
        early=back.early,
        by="settle_order",
    )
