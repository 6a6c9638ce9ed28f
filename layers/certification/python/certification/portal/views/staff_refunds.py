"""Refunds as the money desk sees them, and the sittings that may take the place of one that is called off."""

from certification.acts import refund_desk
from certification.acts.payment_history import refund_line
from certification.cloud.tables.refunds import Listed, Refund
from certification.cloud.tables.sittings import sittings
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views import desk
from certification.portal.views.desk_facts import why
from certification.portal.views.payments import RefundView, refund
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen
from certification.rules.refund_life import PAYABLE_BY_HAND, STOPPED


class Row(Frozen):
    """A line of the list."""

    id: str
    order: str
    amount: str
    state: str
    asked: str


class Page(Frozen):
    """One refund. `retry` and `by_hand`: what may be done; `case` is what a person is asked about it now."""

    refund: RefundView
    payment: str
    order: str
    provider: str
    failure: str
    note: str
    case: str
    retry: bool
    by_hand: bool


def listed(staff_id: str, language: Language, which: Listed) -> tuple[Row, ...]:
    """The refunds of the member's desks."""
    return tuple(_row(one, _speech(one, language)) for one in refund_desk.listed(desk.member(staff_id), which))


def of(staff_id: str, name: str, language: Language) -> Page:
    """One refund of the member's desks."""
    found = refund_desk.read_refund(desk.member(staff_id), name)
    stopped = found.state in STOPPED and found.again is None and found.application is not None
    return Page(
        refund=refund(refund_line(found), _speech(found, language)),
        payment=found.payment,
        order=found.order or "",
        provider=found.provider_refund or "",
        failure=why(found.failure or "", _speech(found, language)),
        note=found.note,
        case=found.case or "",
        retry=stopped,
        by_hand=found.state in PAYABLE_BY_HAND and found.again is None and not found.note,
    )


def _speech(found: Refund, language: Language) -> Speech:
    return Speech(language, load_policy(found.scheme)[0].time_zone) if found.scheme else Speech(language)


def _row(found: Refund, say: Speech) -> Row:
    return Row(
        id=found.id,
        order=found.order or "",
        amount=say.amount(found.money),
        state=say(f"payments.refund_{found.state}"),
        asked=say.moment(found.requested_at),
    )


def others(sitting_id: str, language: Language) -> tuple[tuple[str, str, str], ...]:
    """The sittings of the same scheme that can be offered instead: name and words."""
    sitting = sittings.read(sitting_id)
    open_ones = [
        one
        for one in sittings.of(sitting.scheme)
        if one.id != sitting.id and one.stage == "announced" and one.called_off is None
    ]
    return tuple((one.id, one.name_zh if language == "zh" else one.name_en, one.id) for one in open_ones)
