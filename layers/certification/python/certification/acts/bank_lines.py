"""Bank lines: what one line of a statement means for us, and whose money it is."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from certification.acts.inbox_entries import arrived
from certification.acts.stored_lines import StoredLine, entry_of, read
from certification.cloud import clock
from certification.cloud.tables.applications import applications
from certification.cloud.tables.inbox import InboxEntry, inbox
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import Refund, refunds
from certification.cloud.transaction import commit
from certification.policies import load_policy, schemes
from certification.providers.events import ProviderEvent
from certification.providers.refund_ports import DisputeSeen, RefundReport, RefundSeen
from certification.rules.bank_day import BOOKED, is_charge
from certification.rules.bank_matching import divide
from certification.rules.errors import Refused
from certification.rules.facts import Fact, FactKind, fact_of, fold
from certification.rules.findings import PARTIAL
from certification.rules.money import Money
from certification.rules.payments import AttemptState
from certification.rules.policy import Policy
from certification.rules.reference import application_of
from certification.rules.statements import BankLine
from certification.rules.transfer_order import TransferAnswer
from certification.rules.transfers import counts_from

SOURCE = "bank:statement"


def transfer_of(order: str) -> str:
    """The id of the payment by transfer of an order: one, however many credits come for it."""
    return f"PAY-{hashlib.sha256(f'{order}|bank_transfer'.encode()).hexdigest()[:12]}"


def policy_of(account: str) -> Policy:
    """The policy of the scheme whose account this is."""
    for scheme in schemes():
        policy, _ = load_policy(scheme)
        if policy.payment.transfer_to and policy.payment.transfer_to.number == account:
            return policy
    raise LookupError("no scheme has this account any more: its lines cannot be applied")


def scheme_of(entry: InboxEntry) -> str | None:
    """The scheme on whose account the money is."""
    line = read(entry).line
    return policy_of(line.account).scheme if line else None


def order_for(reference: str) -> Order | None:
    """The order in force of the application that a reference belongs to."""
    try:
        application = applications.find(application_of(reference))
    except Refused:
        return None
    return orders.find(application.order) if application and application.order else None


def owed(order: Order, paid: Sequence[Payment] | None = None) -> Money:
    """What is still missing of an order, by all that arrived for it in its currency and counts for it: what is going
    back, or was found not to fit, cannot settle it. Nothing when it waits for none.

    `paid` are its payments, where the caller has read them.
    """
    known = paid if paid is not None else [payments.read(payment) for payment in order.payments]
    arrived = sum(
        sums.refundable
        for payment in known
        for sums in fold(payment.facts).captures
        if sums.currency == order.total.currency and PARTIAL.issuperset(payment.returning.get(sums.capture, ()))
    )
    rest = order.total.amount - arrived if order.state in ("open", "lapsed") else 0
    return Money(amount=max(0, rest), currency=order.total.currency)


def divided(entry: InboxEntry) -> bool:
    """Divide one credit for several applications into an entry for each, where that is certain. False: it is one.

    Dividing and marking the whole as applied is one transaction.
    """
    stored = read(entry)
    if stored.line is None or stored.share is not None or len(stored.references) < 2 or not stored.line.credit:
        return False
    found = {one: order for one in stored.references if (order := order_for(one)) is not None}
    line = stored.line.model_copy(update={"text": " ".join(stored.references)})
    shares = divide(line, {reference: owed(order) for reference, order in found.items()})
    if not shares:
        return False
    now = clock.now()
    children = [
        entry_of(
            stored.model_copy(update={"share": share, "references": (share.reference,)}),
            f"{stored.line.key}#{share.reference}",
            now,
            entry.due.at if entry.due else now,
        )
        for share in shares
    ]
    done = entry.changed(applied_at=now, due=None)
    news = [arrived(child.id, child.id) for child in children]
    commit([inbox.update(done), *(inbox.insert(child) for child in children)], news)
    return True


def meaning(entry: InboxEntry) -> ProviderEvent:
    """What an entry of the bank means: money for an order or for nobody we know, a refund that went or came back, a
    credit that was taken back, or nothing before its day is closed (charges, other debits)."""
    stored = read(entry)
    if stored.answer is not None:
        return _answered(entry, stored.answer)
    line = stored.line
    if line is None:
        raise ValueError("an entry of the bank has a line or an answer")
    refund = refunds.find(line.end_to_end) if line.end_to_end and not is_charge(line) else None
    if refund is not None:
        return _refund(entry, line, refund)
    if line.credit and not is_charge(line):
        return _credit(entry, stored, line)
    if line.reversal and not is_charge(line):
        return _taken_back(entry, stored, line)
    return ProviderEvent(id=entry.id, provider="bank_transfer", type="debit", at=_at(line))


def _at(line: BankLine) -> datetime:
    return counts_from(line.value_on, policy_of(line.account).zone)


def _credit(entry: InboxEntry, stored: StoredLine, line: BankLine) -> ProviderEvent:
    key = f"{line.key}#{stored.share.reference}" if stored.share else line.key
    order = order_for(stored.references[0]) if len(stored.references) == 1 else None
    money = stored.share.money if stored.share else line.money
    return ProviderEvent(
        id=entry.id,
        provider="bank_transfer",
        type="credit",
        at=_at(line),
        reference=f"{order.number}.{transfer_of(order.number)}" if order else None,
        payment=key,
        state=AttemptState.CAPTURED,
        facts=(fact_of(FactKind.CAPTURED, key, money, _at(line), SOURCE, references=_booked(line, entry=entry.id)),),
        paid_out_by=stored.paid_out_by,
    )


def _booked(line: BankLine, **references: str) -> dict[str, str]:
    return {**references, BOOKED: line.booked_on.isoformat()}


def _refund(entry: InboxEntry, line: BankLine, refund: Refund) -> ProviderEvent:
    """Our transfer on the statement: a debit is its going out, a credit its coming back."""
    event = _seen(entry, refund, "returned" if line.credit else "succeeded", line.money, _at(line), line.returned)
    booked = tuple(fact.model_copy(update={"references": _booked(line)}) for fact in event.facts)
    return event.model_copy(update={"facts": booked})


def _answered(entry: InboxEntry, answer: TransferAnswer) -> ProviderEvent:
    """A status report: a rejection ends the refund; an acceptance is no money yet, and a return not before its credit."""
    refund = refunds.find(answer.end_to_end)
    if refund is None or answer.status == "RTRN":
        return ProviderEvent(id=entry.id, provider="bank_transfer", type="answer", at=entry.received_at)
    state: RefundReport = "failed" if answer.ended else "pending"
    return _seen(entry, refund, state, refund.money, entry.received_at, answer.reason or None)


def _seen(
    entry: InboxEntry, refund: Refund, state: RefundReport, money: Money, at: datetime, why: str | None
) -> ProviderEvent:
    payment = payments.read(refund.payment)
    seen = RefundSeen(
        id=refund.id,
        refund=refund.id,
        capture=refund.capture.removeprefix("CAP#"),
        state=state,
        money=money,
        at=at,
        why=why,
    )
    return ProviderEvent(
        id=entry.id,
        provider="bank_transfer",
        type=f"refund {state}",
        at=at,
        reference=f"{payment.order or '-'}.{payment.id}",
        payment=seen.capture,
        facts=seen.facts(SOURCE),
        refund=seen,
    )


def _taken_back(entry: InboxEntry, stored: StoredLine, line: BankLine) -> ProviderEvent:
    """The bank takes a credit back: that capture's money is no longer ours. Which one, its text says."""
    for mention in stored.mentions:
        credit = inbox.find(f"bank_transfer#{line.account}#{mention}#0")
        if credit is None or credit.payment is None:
            continue
        payment = payments.read(credit.payment)
        capture = f"CAP#{line.account}#{mention}#0"
        if capture in payment.facts and payment.facts[capture].money == line.money:
            fact = _out(line, capture)
            return ProviderEvent(
                id=entry.id,
                provider="bank_transfer",
                type="credit taken back",
                at=_at(line),
                reference=f"{payment.order or '-'}.{payment.id}",
                payment=capture.removeprefix("CAP#"),
                facts=(fact,),
                dispute=DisputeSeen(
                    id=line.key,
                    capture=capture.removeprefix("CAP#"),
                    stage="funds_out",
                    money=line.money,
                    at=_at(line),
                    why="reversal",
                ),
            )
    # Nobody knows which credit: a person looks (the entry is applied to a payment of its own, which is negative).
    return ProviderEvent(
        id=entry.id,
        provider="bank_transfer",
        type="credit taken back",
        at=_at(line),
        payment=line.key,
        facts=(_out(line, f"CAP#{line.key}"),),
    )


def _out(line: BankLine, capture: str) -> Fact:
    return fact_of(
        FactKind.DISPUTE_OUT, line.key, line.money, _at(line), SOURCE, capture=capture, references=_booked(line)
    )


def new_payment(event: ProviderEvent, now: datetime) -> tuple[Payment, Order] | None:
    """The payment of an order for which nobody chose a transfer and one came, and the order with it; None without."""
    order = orders.find(event.order) if event.order else None
    if order is None or event.attempt is None:
        return None
    payment = Payment(
        id=event.attempt,
        order=order.number,
        application=order.application,
        method="bank_transfer",
        state=AttemptState.PENDING,
        created_at=now,
    )
    return payment, order.changed(payments=(*order.payments, payment.id))
