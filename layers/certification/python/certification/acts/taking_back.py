"""Taking a commitment back: while nothing was paid and registration is open, and only once no page can take money.

The provider is asked first to close every open page. Whoever paid at the same moment has paid: the commitment stands.
"""

from datetime import timedelta

from certification.acts import bars, proofs
from certification.acts import payments as paying
from certification.acts.ownership import own_application
from certification.cloud import clock
from certification.cloud.tables.applications import Application
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.commitments import commitments
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy
from certification.rules.commitments import must_be_withdrawable
from certification.rules.errors import Refused
from certification.rules.lanes import proofs_first
from certification.rules.payments import ATTEMPT_ALIVE, AttemptState, OrderState, move_order
from certification.rules.status import Status, Trigger

OPENING = timedelta(minutes=10)
"""For so long a page that was asked for may still be about to open."""


def withdraw(candidate_id: str, reference: str) -> None:
    """Take the commitment back (COM-08..10). Proofs are handed in instead; it cannot be made again this year."""
    application = own_application(candidate_id, reference)
    if application.status is Status.AWAITING_PROOFS and "withdrawn" in application.classes:
        return
    order = _allowed(application)
    for attempt in map(payments.read, order.payments):
        if attempt.state in ATTEMPT_ALIVE:
            _close(attempt)
    _take_back(candidate_id, reference)


def _allowed(application: Application) -> Order:
    if application.status in (Status.REGISTERED, Status.SEATED):
        raise _paid()
    if application.status is not Status.AWAITING_PAYMENT or not application.commits or application.order is None:
        raise Refused(
            "nothing_to_take_back",
            "There is no commitment to take back.",
            "没有可撤回的承诺。",
            rules=("COM-08",),
        )
    order = orders.read(application.order)
    attempts = [payments.read(payment) for payment in order.payments]
    paid = order.state is OrderState.SETTLED or any(attempt.facts for attempt in attempts)
    policy, _ = load_policy(application.scheme)
    must_be_withdrawable(policy, sittings.read(application.sitting).dates, clock.now(), paid=paid)
    return order


def _close(attempt: Payment) -> None:
    """No money can come by this attempt any more, or the act is refused."""
    if attempt.checkout is None and clock.now() < attempt.created_at + OPENING:
        raise Refused(
            "payment_opening",
            "A payment page is being opened. Try again in ten minutes.",
            "支付页面正在打开，请十分钟后重试。",
            rules=("COM-08",),
        )
    if paying.close(attempt.id):
        return
    still = payments.read(attempt.id)
    if (
        still.provider != "card"
        and still.state in ATTEMPT_ALIVE
        and still.expires_at is not None
        and clock.now() < still.expires_at
    ):
        # A wallet's page that nobody has opened is unknown to the wallet and ends by itself.
        raise Refused(
            "payment_page_open",
            "A payment page is still open and cannot be closed before its end. Try again in half an hour.",
            "支付页面仍然有效，到期前无法关闭，请半小时后重试。",
            rules=("COM-08",),
            facts={"until": still.expires_at.isoformat()},
        )
    raise _paid()


@retried
def _take_back(candidate_id: str, reference: str) -> None:
    application = own_application(candidate_id, reference)
    order = _allowed(application)
    attempts = [payments.read(payment) for payment in order.payments]
    if any(attempt.state in ATTEMPT_ALIVE or attempt.state is AttemptState.CAPTURED for attempt in attempts):
        raise _paid()  # a page was opened or paid at the same moment
    now = clock.now()
    policy, _ = load_policy(application.scheme)
    candidate = candidates.read(candidate_id)
    signed = commitments.read(application.commitment or "")
    writes, news = proofs.awaited(
        application,
        policy,
        Trigger.COMMITMENT_WITHDRAWN,
        "CommitmentWithdrawn",
        now,
        by="candidate",
        because=proofs_first(("withdrawn",)),
        own_act=True,
        commits=False,
        classes=(*application.classes, "withdrawn"),
    )
    voided = order.changed(state=move_order(order.state, OrderState.VOIDED))  # money that still arrives goes back
    commit(
        [
            *writes,
            orders.update(voided),
            commitments.update(signed.changed(withdrawn_at=now)),
            *(payments.unchanged(attempt) for attempt in attempts),
            *bars.locked(candidate, policy, "withdrawn", bars.standing(candidate, policy)),
        ],
        news,
    )


def _paid() -> Refused:
    return Refused(
        "commitment_paid",
        "A payment was made or is being made, so the commitment stands.",
        "已缴费或正在缴费，不能撤回承诺。",
        rules=("COM-08",),
    )
