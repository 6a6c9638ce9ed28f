"""What must be true of refunds at any time; a part of the nightly proof."""

from collections.abc import Iterable, Iterator, Mapping

from certification.cloud.tables.cases import cases
from certification.cloud.tables.payments import Payment
from certification.cloud.tables.refunds import Refund
from certification.rules.facts import FactKind, fold
from certification.rules.findings import RefundKind
from certification.rules.ledger import Balances
from certification.rules.refund_life import AT_PROVIDER, WAITS_TO_BE_SENT, RefundState

RESERVED = {RefundState.REQUESTED, *WAITS_TO_BE_SENT, *AT_PROVIDER}
OWED_BY_US = ("candidate", "duplicate", "refund", "unapplied")


def differences(every: Iterable[Refund], paid: Mapping[str, Payment], kept: Balances) -> Iterator[str]:
    """Refunds and their payments agree; nothing goes back twice; nothing waits for nobody; no debt to us."""
    asked_for = set()
    for refund in every:
        asked_for.add(refund.id)
        yield from _agrees(refund, paid[refund.payment])
        if not refund.is_over and refund.due is None and not _has_case(refund):
            yield f"waits: refund {refund.id} is {refund.state}, and nothing is due"
    for payment in paid.values():
        for fact in payment.facts.values():
            if fact.kind is FactKind.REFUND_REQUESTED and fact.about not in asked_for:
                yield f"money: {fact.key} of {payment.id} has no refund"
        yield from _covered(payment)
    explained = {f"{payment.order}" for payment in paid.values() if _moved_by_others(payment)}
    for (account, currency), amount in kept.items():
        kind, _, owner = account.partition(":")
        if kind in OWED_BY_US and amount > 0 and owner not in explained:
            yield f"books: {account} owes us {currency} {amount}, and a liability never does"


def _agrees(refund: Refund, payment: Payment) -> Iterator[str]:
    """A refund under way has its money reserved; one that went has its fact; one that was stopped has nothing reserved."""
    reserved = {name for sums in fold(payment.facts).captures for name, _ in sums.reservations}
    if (refund.id in reserved) is not (refund.state in RESERVED) and refund.state is not RefundState.MANUAL:
        yield f"money: refund {refund.id} is {refund.state}, {'yet' if refund.id in reserved else 'and not'} reserved"
    request = payment.facts.get(f"RREQ#{refund.id}")
    if refund.kind is not RefundKind.EXTERNAL and (request is None or request.money != refund.money):
        yield f"money: refund {refund.id} and its reservation differ"


def _moved_by_others(payment: Payment) -> bool:
    """Whether money moved that we did not ask for: then a rest may be negative, and a case says so."""
    asked = {fact.about for fact in payment.facts.values() if fact.kind is FactKind.REFUND_REQUESTED}
    return any(
        fact.kind is FactKind.DISPUTE_OUT or (fact.kind is FactKind.REFUND_DONE and fact.about not in asked)
        for fact in payment.facts.values()
    )


def _covered(payment: Payment) -> Iterator[str]:
    """What we ask back never exceeds what is there."""
    if _moved_by_others(payment):
        return
    for sums in fold(payment.facts).captures:
        if sums.refundable < 0:
            yield f"money: more goes back than came for {sums.capture} of {payment.id}"


def _has_case(refund: Refund) -> bool:
    case = cases.find(refund.case) if refund.case else None
    return case is not None and case.decision is None
