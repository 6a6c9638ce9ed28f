"""Where to send a refund by transfer when the bank did not say where the money came from: the candidate's own account.

Somebody else's account is never taken: the holder must be called as the candidate is, and the candidate is signed in. A
refund that waits for it goes into the next file to the bank.
"""

import json

from certification.acts.bank_refunds import queue, seal_payee
from certification.acts.inbox_entries import receive
from certification.acts.ownership import own_application
from certification.cloud import clock
from certification.cloud.tables.applications import Application
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.orders import orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import Refund, refunds
from certification.cloud.transaction import retried
from certification.providers.refund_ports import RefundSeen
from certification.rules.errors import Refused
from certification.rules.facts import FactKind
from certification.rules.payee import check_payee
from certification.rules.refund_life import RefundState
from certification.rules.statements import Party

UNKNOWN = "account_unknown"


def waiting(candidate_id: str, reference: str) -> tuple[Refund, ...]:
    """The refunds of the candidate's own application that wait for an account. Raises Refused for another's."""
    return tuple(refund for refund, _ in _waiting(own_application(candidate_id, reference)))


def _waiting(application: Application) -> list[tuple[Refund, Payment]]:
    found = []
    for order in map(orders.read, application.orders):
        for payment in map(payments.read, order.payments):
            asked = [one.about for one in payment.facts.values() if one.kind is FactKind.REFUND_REQUESTED]
            found += [(refund, payment) for refund in map(refunds.read, asked) if _waits(refund, payment)]
    return found


def _waits(refund: Refund, payment: Payment) -> bool:
    """Not while somebody pays it by hand: `note` says so."""
    asks = refund.state is RefundState.MANUAL and not refund.note and refund.failure in (None, UNKNOWN)
    return payment.method == "bank_transfer" and asks


@retried
def give(candidate_id: str, reference: str, account: Party) -> None:
    """Send what waits to this account of the candidate's. Raises Refused; giving it again changes nothing."""
    application = own_application(candidate_id, reference)
    person = candidates.read(candidate_id)
    payee = check_payee(account, [name for name in (person.native_name, person.latin_name) if name])
    found = _waiting(application)
    if not found:
        raise Refused(
            "no_account_needed", "No refund waits for an account.", "没有待提供账户的退款。", rules=("REF-04",)
        )
    for refund, payment in found:
        queue(refund, [payments.update(payment.changed(payee=seal_payee(candidate_id, payee)))])
        seen = RefundSeen(
            id=refund.id,
            refund=refund.id,
            capture=refund.capture.removeprefix("CAP#"),
            state="pending",
            money=refund.money,
            at=clock.now(),
        )
        receive("bank_transfer", f"account#{refund.id}", json.dumps({"refund": seen.model_dump(mode="json")}))
