"""Paying: the order as the candidate sees it, with both refund dates, and the way to the provider's page."""

import secrets
from datetime import datetime, timedelta

from certification.acts import exchange
from certification.acts import payments as paying
from certification.acts.bank_lines import owed
from certification.acts.ownership import own_application
from certification.acts.people import opened
from certification.acts.providers import payment_provider
from certification.acts.refund_grounds import refund_preview
from certification.acts.wallets import WALLETS, via
from certification.acts.ways import leads_to, must_be_offered, page_ends
from certification.cloud import clock
from certification.cloud.settings import settings
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Due
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import Lost, commit, retried
from certification.policies import load_policy
from certification.providers import ports
from certification.rules.deadlines import is_open
from certification.rules.errors import Refused
from certification.rules.exchange import ExchangeQuote
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.opening import must_be_payable
from certification.rules.payments import (
    ATTEMPT_ALIVE,
    AttemptState,
    Method,
    OrderState,
    may_send_again,
)
from certification.rules.refunds import RefundPreview
from certification.rules.status import Status
from certification.rules.words import Words

LOOK_AFTER = timedelta(minutes=10)


class Quote(Frozen):
    """An order as shown before paying. `rest` is what is still to be paid: less than the total once a transfer has brought
    a part. `confirming`: a payment is under way, do not pay again. `ways` are the ways to pay
    in the policy's order; `exchange` is what a wallet's payer is shown as a guide, None where no rate is fit.
    `bank_holds`: the payer's bank disputes what was paid, so that a refund waits for the end of that."""

    order: Order
    rest: Money
    refund: RefundPreview
    confirming: bool
    payable: bool
    ways: tuple[str, ...]
    words: dict[str, Words]
    exchange: ExchangeQuote | None
    bank_holds: bool = False


def quote(candidate_id: str, reference: str) -> Quote:
    """What is owed, until when, and what would come back when."""
    application = own_application(candidate_id, reference)
    order = _order(application)
    now = clock.now()
    attempts = [payments.read(payment) for payment in order.payments]
    policy, _ = load_policy(application.scheme)
    payable = application.status is Status.AWAITING_PAYMENT and is_open(now, None, order.pay_by)
    rest = owed(order, attempts)
    return Quote(
        order=order,
        rest=rest,
        refund=refund_preview(application, order, order.settled_at or now),
        confirming=any(attempt.state is AttemptState.UNKNOWN or attempt.unsettled for attempt in attempts),
        payable=payable,
        ways=policy.payment.ways,
        words={way: policy.payment.named(way) for way in policy.payment.ways},
        exchange=exchange.indicative(rest, policy) if payable else None,
        bank_holds=any(attempt.is_disputed for attempt in attempts),
    )


def _order(application: Application) -> Order:
    if application.order is None:
        raise Refused(
            "nothing_to_pay",
            "There is nothing to pay yet: the application has not been approved.",
            "申请尚未通过审核，暂无需缴费。",
            rules=("REG-08",),
        )
    return orders.read(application.order)


@retried
def start(candidate_id: str, reference: str, method: Method = "card") -> str:
    """The address of the page where the candidate pays this way. An open one is used again: one at a time per order and
    way. Another way may be begun while one is open, unless we do not know what became of it; if both are paid, the first
    by the providers' time counts and the other goes back."""
    application, order = payable_order(candidate_id, reference)
    now = clock.now()
    must_be_offered(application, method)
    for attempt in map(payments.read, order.payments):
        if attempt.unsettled:
            raise _confirming()  # money has come, and what it means is being worked out
        if attempt.method == "bank_transfer":
            continue  # money on its way by another road: its page is ours
        if attempt.method != method:
            _must_be_known(attempt)
            continue
        address = _used_again(attempt, order, application, now)
        if address is not None:
            return address
    attempt = Payment(
        id=f"PAY-{secrets.token_hex(6)}",
        order=order.number,
        application=application.reference,
        method=method,
        via=via(method),
        state=AttemptState.SUBMITTING,
        created_at=now,
        expires_at=page_ends(method, order, now),
        quote=exchange.indicative(owed(order), load_policy(application.scheme)[0]) if method in WALLETS else None,
        due=Due(at=now + LOOK_AFTER),
    )
    commit([payments.insert(attempt), orders.update(order.changed(payments=(*order.payments, attempt.id)))])
    return _open(payments.read(attempt.id), order, application)


def _must_be_known(attempt: Payment) -> None:
    """While nobody knows what became of an attempt, no other begins: it may have taken the money."""
    if attempt.state is not AttemptState.UNKNOWN:
        return
    if paying.query(attempt.id) or payments.read(attempt.id).state is AttemptState.UNKNOWN:
        raise _confirming()


def payable_order(candidate_id: str, reference: str) -> tuple[Application, Order]:
    """The candidate's own application and its order, which may be paid now. Raises Refused."""
    application = own_application(candidate_id, reference)
    order = _order(application)
    _payable(application, order, clock.now())
    return application, order


def _used_again(attempt: Payment, order: Order, application: Application, now: datetime) -> str | None:
    """The page of an attempt that may still be paid; None when it never can be. Raises Refused when money was found.

    A provider repeats a failure it stored for as long as it knows the key. An attempt without a good answer is therefore
    looked up first: where the provider proves that it has nothing, the attempt is closed, and the next has its own key.
    """
    if attempt.state is AttemptState.UNKNOWN or (attempt.checkout and attempt.expires_at and now >= attempt.expires_at):
        if paying.query(attempt.id):
            raise _confirming()
        attempt = payments.read(attempt.id)
    if attempt.state not in ATTEMPT_ALIVE:
        return None
    if attempt.address and attempt.expires_at and now < attempt.expires_at:
        return leads_to(attempt, application)
    if attempt.checkout is None and may_send_again(attempt.created_at, now):
        return _open(attempt, order, application)
    return None


def _payable(application: Application, order: Order, now: datetime) -> None:
    if order.state is OrderState.SETTLED:
        raise Refused("already_paid", "This order is paid. Do not pay again.", "该订单已缴费，请勿重复支付。")
    if sittings.read(application.sitting).called_off is not None:
        raise Refused("called_off", "The exam does not take place.", "考试已取消，无需缴费。", rules=("REF-03",))
    must_be_payable(now, order.pay_by, load_policy(application.scheme)[0].zone)
    if application.status is not Status.AWAITING_PAYMENT:
        raise Refused(
            "not_payable",
            f"This application does not wait for a payment: it is {application.status}.",
            "该申请当前无需缴费。",
            rules=("REG-10",),
        )
    if order.revising:
        raise Refused(
            "order_changing",
            "What you apply for is being changed. Do not pay now: a new order follows.",
            "报考信息正在变更，请勿缴费，稍后将生成新的订单。",
            rules=("PAY-06",),
        )


def _open(attempt: Payment, order: Order, application: Application) -> str:
    """Open the provider's page under the attempt's own idempotency key, and remember where it is."""
    person = opened(candidates.read(application.candidate))
    zh = person.language == "zh"
    back = f"{settings().public_url}/{person.language}/apply/{application.reference}/pay"
    lines = _still_owed(order, zh=zh)
    asked = ports.Attempt(
        order=order.number,
        attempt=attempt.id,
        email=person.email,
        locale="zh" if zh else "en",
        method=attempt.method,
    )
    try:
        checkout = payment_provider(attempt.provider).create_checkout(
            asked, lines, f"{back}/return", back, attempt.expires_at or order.pay_by
        )
    except ports.Unreachable as trouble:
        raise Refused(
            "provider_unavailable",
            "The payment page could not be opened. Nothing was charged. Try again in a minute.",
            "暂时无法打开支付页面，未产生扣款，请稍后重试。",
        ) from trouble
    except (ports.Lost, ports.ProviderRefused) as trouble:
        _unknown(attempt)
        raise Refused(
            "provider_silent",
            "The payment provider did not answer. You cannot have paid yet. Try again in a few minutes.",
            "支付机构未响应，您尚未付款，请几分钟后重试。",
        ) from trouble
    stored = _remember(attempt.id, checkout)
    if stored is None:
        raise _confirming()
    return leads_to(stored, application)


@retried
def _remember(payment_id: str, checkout: ports.Checkout) -> Payment | None:
    """Keep the page's address, unless the money arrived before its answer did."""
    payment = payments.read(payment_id)
    if payment.state is AttemptState.CAPTURED:
        return None
    pending: Payment = payment.changed(
        state=AttemptState.PENDING,
        checkout=checkout.id,
        address=checkout.url,
        expires_at=checkout.expires_at,
        due=payment.due if payment.unsettled else Due(at=checkout.expires_at + LOOK_AFTER),
    )
    commit([payments.update(pending)])
    return pending


def _still_owed(order: Order, *, zh: bool) -> list[ports.OrderLine]:
    """The fees; where a transfer has brought a part of them, one line for the rest."""
    rest = owed(order)
    if rest.amount in (0, order.total.amount):
        return [ports.OrderLine(name=line.zh if zh else line.en, money=line.amount) for line in order.lines]
    return [ports.OrderLine(name="补缴差额" if zh else "What is still missing", money=rest)]


def _unknown(attempt: Payment) -> None:
    try:
        commit([payments.update(attempt.changed(state=AttemptState.UNKNOWN, due=Due(at=clock.now() + LOOK_AFTER)))])
    except Lost:
        return  # an event told us more meanwhile


def _confirming() -> Refused:
    return Refused(
        "confirming_payment",
        "We are confirming your payment. Do not pay again.",
        "正在确认您的付款，请勿重复支付。",
        rules=("PAY-05",),
    )


def check_now(candidate_id: str, reference: str) -> bool:
    """Ask the provider about every open attempt of an order. True when money was found."""
    order = _order(own_application(candidate_id, reference))
    found = [paying.query(payment) for payment in order.payments]
    return any(found) or order.state is OrderState.SETTLED
