"""What a provider's word about a refund does to its row; its money is the payment's facts, written with it."""

from datetime import datetime, timedelta

from certification.acts.cases import closed, opened
from certification.acts.refunding import asked, told
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.cases import cases
from certification.cloud.tables.payments import Payment
from certification.cloud.tables.refunds import Refund, refunds
from certification.providers.refund_ports import RefundSeen
from certification.rules.refund_life import RefundState, refund_after

LOOKED_AT_AGAIN = timedelta(days=1)


def reported(seen: RefundSeen, payment: Payment, now: datetime) -> tuple[list[Write], list[Announcement]]:
    """The writes of a refund's row after a report; `payment` has the report's facts already. A refund that we did not
    ask for has no row yet: settling makes it, with its case."""
    known = refunds.find(seen.refund) if seen.refund else None
    if known is None or known.payment != payment.id:
        return [], []
    state = refund_after(known.state, RefundState(seen.state), payment.facts, known.id)
    if state is known.state:
        if known.provider_refund == seen.id and (seen.given or known.given) == known.given:
            return [], []
        return [refunds.update(known.changed(provider_refund=seen.id, given=seen.given or known.given))], []
    return _moved(known, state, seen, now)


def _moved(
    known: Refund, state: RefundState, seen: RefundSeen, now: datetime
) -> tuple[list[Write], list[Announcement]]:
    needed = {RefundState.FAILED: "failed", RefundState.RETURNED: "failed", RefundState.MANUAL: "manual"}.get(state)
    case = asked(known, needed, now, why=seen.why or "", provider_refund=seen.id) if needed else None
    before = cases.find(known.case) if known.case else None
    writes: list[Write] = []
    if state is RefundState.SUCCEEDED and before is not None and before.decision is None:
        writes.append(closed(before, "done", "system", now))
    fresh = case is not None and cases.find(case.id) is None
    after = known.went_to(
        state,
        seen.at if state is RefundState.SUCCEEDED else now,
        "provider",
        provider_refund=seen.id,
        failure=seen.why,
        given=seen.given or known.given,
        case=case.id if case else known.case,
        due=Due(at=now + LOOKED_AT_AGAIN) if state is RefundState.PENDING else None,
    )
    if case is not None and fresh:
        writes.append(cases.insert(case))
    news = [opened(case)] if case is not None and fresh else []
    return [refunds.update(after), *writes], [*_letter(known, state), *news]


def _letter(refund: Refund, state: RefundState) -> list[Announcement]:
    """What the candidate hears of a new state."""
    match state:
        case RefundState.PENDING:
            return told("RefundSent", refund)
        case RefundState.SUCCEEDED:
            return told("RefundArrived", refund)
        case RefundState.FAILED | RefundState.RETURNED:
            return told("RefundFailed", refund)
        case _:
            return []
