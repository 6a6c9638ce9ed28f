"""What is owed and what would come back, from the rule that decides refunds."""

from certification.letters.formats import Language
from certification.portal.views import terms, whole
from certification.portal.views.speech import Speech
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.payments import OrderState
from certification.rules.refunds import RefundPeriod, RefundPreview

Facts = tuple[tuple[str, str], ...]


class Bill(Frozen):
    """`refunds` are rows of (when, what comes back). `confirming`: a payment is under way."""

    reference: str
    name: str
    pay_by: str
    lines: Facts
    total: str
    refund_dates: Facts
    refunds: Facts
    refund_notes: tuple[str, ...]
    money: str
    card: str
    payable: bool
    transfer: bool
    confirming: bool
    paid: bool


def of(candidate_id: str, reference: str, language: Language) -> Bill:
    """The bill of the candidate's own application; refused while there is nothing to pay."""
    known = whole.read(candidate_id, reference)
    say = known.speech(language)
    if known.quote is None:
        raise Refused("nothing_to_pay", "There is nothing to pay yet.", "暂无需缴费。", rules=("REG-08",))
    order = known.quote.order
    return Bill(
        reference=reference,
        name=whole.name(known, say),
        pay_by=say.deadline(order.pay_by),
        lines=tuple((line.zh if language == "zh" else line.en, say.amount(line.amount)) for line in order.lines),
        total=say.amount(order.total),
        refund_dates=_dates(known.quote.refund, say),
        refunds=_periods(known.quote.refund.table, say),
        refund_notes=terms.refund(known.behind.policy, say),
        money=terms.money(known.behind.policy, say),
        card=terms.card(known.behind.policy, say),
        payable=known.quote.payable,
        transfer=known.behind.policy.payment.offers("bank_transfer"),
        confirming=known.quote.confirming,
        paid=order.state is OrderState.SETTLED,
    )


def _dates(refund: RefundPreview, say: Speech) -> Facts:
    """Both dates and the earlier of the two (decision 1 of policy.md §5)."""
    rows: list[tuple[str, str]] = []
    if refund.window_ends:
        rows.append((say("pay.refund_window"), say("pay.refund_window_if", day=say.day(refund.window_ends))))
    if refund.blackout_starts:
        rows.append((say("pay.refund_blackout"), say.day(refund.blackout_starts)))
    last = say.day(refund.last_day) if refund.last_day else say("pay.refund_none")
    return (*rows, (say("pay.refund_last"), last))


def _periods(rows: tuple[RefundPeriod, ...], say: Speech) -> Facts:
    """A row per stretch of days with one amount; the stretches at the end in which nothing comes back are one."""
    said: list[tuple[str, str]] = []
    for row in rows:
        first = say.day(row.first_day)
        if not row.amount:
            return (*said, (say("pay.refund_from", first=first), say("pay.refund_nothing")))
        when = say("pay.refund_from", first=first)
        if row.last_day:
            last = say.day(row.last_day)
            when = first if last == first else say("pay.refund_from_to", first=first, last=last)
        said.append((when, say("pay.refund_less", amount=say.amount(row.amount), fee=say.amount(row.fee))))
    return tuple(said)
