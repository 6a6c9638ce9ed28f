"""What is owed and what would come back, from the rule that decides refunds."""

from certification.acts import ways
from certification.acts.bank_lines import transfer_of
from certification.acts.checkout import Quote
from certification.acts.wallets import WALLETS
from certification.letters.formats import Language
from certification.portal.views import terms, whole
from certification.portal.views.speech import Speech
from certification.rules.errors import Refused
from certification.rules.exchange import ExchangeQuote
from certification.rules.model import Frozen
from certification.rules.payments import OrderState
from certification.rules.policy import Policy
from certification.rules.refunds import RefundPeriod, RefundPreview

Facts = tuple[tuple[str, str], ...]


class Way(Frozen):
    """A way to pay and what its button says."""

    code: str
    button: str


class Bill(Frozen):
    """`refunds` are rows of (when, what comes back). `confirming`: a payment is under way. `arrived` and
    `missing` are empty until a transfer has brought a part; `waiting`: a transfer was chosen."""

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
    ways: tuple[Way, ...]
    exchange: tuple[str, ...]
    payable: bool
    arrived: str
    missing: str
    transfer: bool
    waiting: bool
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
        arrived=say.amount(order.total - known.quote.rest) if partly_paid(known.quote) else "",
        missing=say.amount(known.quote.rest) if partly_paid(known.quote) else "",
        refund_dates=_dates(known.quote.refund, say),
        refunds=_periods(known.quote.refund.table, say),
        refund_notes=(*terms.refund(known.behind.policy, say), *_unused(known.quote.refund, say)),
        money=terms.money(known.behind.policy, say),
        card=terms.card(known.behind.policy, say),
        ways=_ways(known.quote, say),
        exchange=_exchange(known.quote, known.behind.policy, say),
        payable=known.quote.payable,
        transfer=known.behind.policy.payment.offers("bank_transfer"),
        waiting=transfer_of(order.number) in order.payments,
        confirming=known.quote.confirming,
        paid=order.state is OrderState.SETTLED,
    )


def partly_paid(quote: Quote) -> bool:
    """Whether a transfer has brought a part of an order that waits for the rest."""
    return quote.order.state is OrderState.OPEN and 0 < quote.rest.amount < quote.order.total.amount


class Scan(Frozen):
    """A code to scan. `address` is where it leads, when that is a page that a browser can open."""

    reference: str
    name: str
    text: str
    label: str
    address: str
    total: str
    until: str
    about: str


def scan(candidate_id: str, reference: str, language: Language) -> Scan | None:
    """The open code of the candidate's own application; None when there is nothing to scan."""
    found = ways.code(candidate_id, reference)
    if found is None:
        return None
    known = whole.read(candidate_id, reference)
    say = known.speech(language)
    return Scan(
        reference=reference,
        name=whole.name(known, say),
        text=found.text,
        label=say("wallet.code_picture"),
        address=found.text if found.text.startswith(("http://", "https://")) else "",
        total=say.amount(found.owed),
        until=say.moment(found.until),
        about=_about(found.quote, say) if found.quote else "",
    )


def _ways(quote: Quote, say: Speech) -> tuple[Way, ...]:
    """What can be begun with a button here; a bank transfer has a page of its own."""
    amount = say.amount(quote.rest)
    found = []
    for code in quote.ways:
        if code == "card":
            found.append(Way(code=code, button=say("pay.button", amount=amount)))
        elif code in WALLETS:
            name = say.said(quote.words[code])
            found.append(Way(code=code, button=say("wallet.button", amount=amount, name=name)))
    return tuple(found)


def _exchange(quote: Quote, policy: Policy, say: Speech) -> tuple[str, ...]:
    """What a wallet's payer should know: about how much it is, whose rate that is, and how a refund is counted."""
    if policy.fees.foreign_exchange is None or not set(WALLETS) & set(quote.ways):
        return ()
    price = say.amount(quote.rest)
    about = _about(quote.exchange, say) if quote.exchange else say("wallet.no_rate", price=price)
    return (about, say("wallet.back", currency=quote.order.total.currency))


def _about(quote: ExchangeQuote, say: Speech) -> str:
    source = say(f"wallet.source_{quote.source}")
    return say(
        "wallet.about",
        price=say.amount(quote.price),
        about=say.amount(quote.about),
        day=say.day(quote.day),
        source=say("wallet.simulated", source=source) if quote.simulated else source,
        base=quote.price.currency,
        quote=quote.about.currency,
        rate=str(quote.rate),
        at=say.moment(quote.quoted_at),
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


def _unused(refund: RefundPreview, say: Speech) -> tuple[str, ...]:
    """What comes back of the fees of a certificate that is never made (decision 2)."""
    back = refund.if_not_passed
    return (say("pay.refund_not_passed", amount=say.amount(back.amount)),) if back else ()


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
