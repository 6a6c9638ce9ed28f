"""Ways to pay: which one may be begun now, until when its page lives, and where it leads."""

from datetime import datetime

from certification.acts.bank_lines import owed
from certification.acts.ownership import own_application
from certification.acts.people import opened
from certification.acts.wallets import WALLETS, via
from certification.cloud import clock
from certification.cloud.settings import settings
from certification.cloud.tables.applications import Application
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.policies import load_policy
from certification.rules.errors import Refused
from certification.rules.exchange import ExchangeQuote
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.payments import ATTEMPT_ALIVE, Method, checkout_ends, wallet_ends


class Code(Frozen):
    """What is shown for scanning: the text of the code, until when it can be paid, and what is owed."""

    text: str
    until: datetime
    owed: Money
    quote: ExchangeQuote | None


def must_be_offered(application: Application, method: Method) -> None:
    """Refused unless the policy offers this way to pay."""
    if not load_policy(application.scheme)[0].payment.offers(method):
        raise Refused(
            "method_not_offered",
            "This exam cannot be paid in this way. Choose one of the ways on the payment page.",
            "本考试不支持该支付方式，请在缴费页面选择其他方式。",
            rules=("PAY-04",),
        )


def page_ends(method: Method, order: Order, now: datetime) -> datetime:
    """When a page made now ends. Refused when the due time is too near for one."""
    if method in WALLETS and via(method) is None:
        ends = wallet_ends(now, order.pay_by)
        if ends is None:
            raise Refused(
                "too_late_for_wallet",
                "Payment by wallet closes ten minutes before the due time.",
                "电子钱包支付在截止时间前十分钟关闭。",
                rules=("PAY-03",),
                facts={"pay_by": order.pay_by.isoformat()},
            )
        return ends
    ends = checkout_ends(now, order.pay_by)
    if ends is None:
        raise Refused(
            "too_late_for_card",
            "Card payment closes about half an hour before the due time.",
            "银行卡支付在截止时间前约半小时关闭。",
            rules=("PAY-01",),
            facts={"pay_by": order.pay_by.isoformat()},
        )
    return ends


def leads_to(attempt: Payment, application: Application) -> str:
    """Where the candidate goes. WeChat Pay gives no page but the text of a code: a page of ours shows it."""
    if attempt.provider != "wechat_pay":
        return attempt.address or ""
    language = opened(candidates.read(application.candidate)).language
    return f"{settings().public_url}/{language}/apply/{application.reference}/pay/code"


def code(candidate_id: str, reference: str) -> Code | None:
    """The code of the open WeChat Pay attempt of the candidate's own order; None when there is none to scan."""
    application = own_application(candidate_id, reference)
    order = orders.read(application.order) if application.order else None
    for attempt in map(payments.read, order.payments if order else ()):
        alive = attempt.provider == "wechat_pay" and attempt.state in ATTEMPT_ALIVE
        if order and alive and attempt.address and attempt.expires_at and clock.now() < attempt.expires_at:
            return Code(text=attempt.address, until=attempt.expires_at, owed=owed(order), quote=attempt.quote)
    return None
