"""A payment as the money desk sees it: what came, where it is, what is left, and what a refund of part would leave."""

from certification.acts import part_refunds
from certification.acts.part_refunds import Left, Offer
from certification.cloud.tables.applications import applications
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views import desk
from certification.portal.views.payments import RefundView, refund
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen
from certification.rules.part_refund import REASONS, PartReason, amount_to_return, because_of

Facts = tuple[tuple[str, str], ...]
Options = tuple[tuple[str, str, str], ...]


class Row(Frozen):
    """A line of what was found."""

    payment: str
    order: str
    application: str
    came: str
    left: str


class Page(Frozen):
    """One payment. `captures` is a choice where money came more than once; `facts` has a group per capture. `says` is who
    lets a refund go; `closed` why nothing can be asked for now."""

    payment: str
    order: str
    application: str
    facts: tuple[Facts, ...]
    captures: Options
    reasons: Options
    seen: int
    says: str
    closed: str
    refunds: tuple[RefundView, ...]


class Preview(Frozen):
    """What would be asked for, what would be left, and what the candidate reads."""

    facts: Facts


def found(staff_id: str, text: str, language: Language) -> tuple[Row, ...]:
    """The payments that a number leads to; nothing without one."""
    offers = part_refunds.found(desk.member(staff_id), text) if text.strip() else ()
    return tuple(_row(one, _speech(one, language)) for one in offers)


def _row(one: Offer, say: Speech) -> Row:
    return Row(
        payment=one.payment,
        order=one.order,
        application=one.application,
        came=", ".join(f"{say.amount(part.came)} ({say.moment(part.at)})" for part in one.captures),
        left=", ".join(say.amount(part.left) for part in one.captures),
    )


def of(staff_id: str, payment: str, language: Language) -> Page:
    """One payment of the member's desks."""
    one = part_refunds.offer(desk.member(staff_id), payment)
    say = _speech(one, language)
    several = len(one.captures) > 1
    nothing = not any(part.left for part in one.captures)
    closed = "disputed" if one.disputed else "nothing_left" if nothing else ""
    says = "by_two" if one.two else "by_person" if one.by_person else "by_nobody"
    return Page(
        payment=one.payment,
        order=one.order,
        application=one.application,
        facts=tuple(_facts(one, part, say) for part in one.captures),
        captures=tuple((part.capture, _named(part, say), "") for part in one.captures) if several else (),
        reasons=tuple((code, say.said(words), "") for code, words in REASONS.items()),
        seen=one.seen,
        says=say(f"staff_payments.{says}"),
        closed=say(f"staff_payments.{closed}") if closed else "",
        refunds=tuple(refund(line, say) for line in one.refunds),
    )


def preview(offer: Offer, capture: str, amount: str, said: str, reason: PartReason, language: Language) -> Preview:
    """What a refund would do. Raises Refused as asking for it would."""
    say = _speech(offer, language)
    part = next(one for one in offer.captures if one.capture == capture)
    because = because_of(reason, said.strip())
    money = amount_to_return(amount, part.left)
    return Preview(
        facts=(
            (say("staff_payments.goes_back"), say.amount(money)),
            (say("staff_payments.left_after"), say.amount(part.left - money)),
            (say("staff_payments.candidate_reads"), because.zh if language == "zh" else because.en),
        )
    )


def _facts(one: Offer, part: Left, say: Speech) -> Facts:
    rows = [
        (say("staff_payments.came"), f"{_named(part, say)}, {say(f'payments.by_{one.method}')}"),
        (say("staff_payments.reserved"), say.amount(part.reserved) if part.reserved else ""),
        (say("staff_payments.returned"), say.amount(part.returned) if part.returned else ""),
        (say("staff_payments.kept"), say.amount(part.kept) if part.kept else ""),
        (say("staff_payments.taken"), say.amount(part.disputed) if part.disputed else ""),
        (say("staff_payments.left"), say.amount(part.left)),
    ]
    return tuple((label, value) for label, value in rows if value)


def _named(part: Left, say: Speech) -> str:
    return f"{say.amount(part.came)}, {say.moment(part.at)}"


def _speech(one: Offer, language: Language) -> Speech:
    return Speech(language, load_policy(applications.read(one.application).scheme)[0].time_zone)
