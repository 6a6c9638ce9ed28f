"""Paying by bank transfer, from the candidate's side: where to send it, under which reference, and saying that it is sent.

Choosing it only writes down that it is expected: a transfer without a choice is taken just as well. Saying that it was
sent gives the bank time: the application does not lapse before the grace is over (decision 8).
"""

from datetime import datetime

from certification.acts.bank_lines import owed, transfer_of
from certification.acts.checkout import payable_order
from certification.acts.moving import announce
from certification.acts.ownership import own_application
from certification.cloud import clock
from certification.cloud.tables.applications import Application
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.payments import ATTEMPT_ALIVE, AttemptState, OrderState
from certification.rules.policy_money import BankAccount
from certification.rules.reference import printed, reference_of
from certification.rules.transfers import grace_ends


class Expected(Frozen):
    """A transfer as its payer must send it. `missing` is what is still owed, `arrived` what has come in part; `until` is
    the last moment of a value day that counts, `waited_until` how long a declared one is waited for. `chosen_at` and
    `declared_at` are None before."""

    account: BankAccount
    reference: str
    missing: Money
    arrived: Money
    until: datetime
    waited_until: datetime
    chosen_at: datetime | None = None
    declared_at: datetime | None = None


def expected(application: Application, order: Order) -> Expected | None:
    """How to pay this order by transfer; None where the scheme takes none, or nothing is owed."""
    policy, _ = load_policy(application.scheme)
    account = policy.payment.transfer_to
    if account is None or not policy.payment.offers("bank_transfer") or order.state is not OrderState.OPEN:
        return None
    known = payments.find(transfer_of(order.number))
    missing = owed(order)
    return Expected(
        account=account,
        reference=printed(reference_of(application.reference)),
        missing=missing,
        arrived=order.total - missing,
        until=order.pay_by,
        waited_until=grace_ends(order.pay_by, policy, load_calendar(policy.calendar)),
        chosen_at=known.created_at if known else None,
        declared_at=known.declared_at if known else None,
    )


def own_expected(candidate_id: str, reference: str) -> Expected:
    """How to pay the candidate's own order by transfer. Raises Refused where no transfer is expected."""
    application = own_application(candidate_id, reference)
    order = orders.find(application.order) if application.order else None
    found = expected(application, order) if order else None
    if found is None:
        raise _not_offered()
    return found


@retried
def choose(candidate_id: str, reference: str) -> None:
    """Write down that a transfer is expected, and send the particulars by letter. Choosing again changes nothing."""
    application, order = payable_order(candidate_id, reference)
    _offered(application, order)
    if payments.find(transfer_of(order.number)) is not None:
        return
    payment = Payment(
        id=transfer_of(order.number),
        order=order.number,
        application=application.reference,
        method="bank_transfer",
        state=AttemptState.PENDING,
        created_at=clock.now(),
    )
    with_it = order.changed(payments=(*order.payments, payment.id))
    told = announce("TransferExpected", application, order=order.number)
    commit([payments.insert(payment), orders.update(with_it)], [told])


@retried
def declare(candidate_id: str, reference: str) -> None:
    """The candidate says that the transfer was sent. Saying it again changes nothing."""
    application, order = payable_order(candidate_id, reference)
    _offered(application, order)
    payment = payments.find(transfer_of(order.number))
    if payment is None:
        raise Refused(
            "no_transfer_chosen",
            "Choose the bank transfer first.",
            "请先选择银行汇款。",
            rules=("PAY-02",),
        )
    if payment.declared_at is None:
        commit([payments.update(payment.changed(declared_at=clock.now())), orders.unchanged(order)])


def _offered(application: Application, order: Order) -> None:
    if expected(application, order) is None:
        raise _not_offered()


def _not_offered() -> Refused:
    return Refused(
        "transfer_not_offered",
        "A bank transfer is not possible here. Choose another way to pay.",
        "当前不能以银行汇款缴费，请选择其他支付方式。",
        rules=("PAY-02",),
    )


def waited_for_until(order: Order, attempts: list[Payment], scheme: str) -> datetime | None:
    """Until when a declared transfer of an unpaid order is waited for; None where nobody declared one."""
    if not any(one.declared_at and (one.state in ATTEMPT_ALIVE or one.facts) for one in attempts):
        return None
    policy, _ = load_policy(scheme)
    return grace_ends(order.pay_by, policy, load_calendar(policy.calendar))
