"""DUPLICATES: when money that was paid twice goes back (K4; PAY-08, PAY-09, REF-07).

In words: a duplicate always goes back by the way it came. When, says the policy: at once; after registration has closed;
or after the exam is over and its accounts were reconciled, for which we allow the time of the last query (24 hours).
Never so late that the provider would not send it back any more: then it goes earlier, and a person hears of it.
"""

from datetime import datetime, timedelta
from typing import assert_never

from certification.rules.deadlines import elapsed
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_money import WhenReturned
from certification.rules.sitting import SittingDates
from certification.rules.spans import Span

LEAD = timedelta(days=14)
"""So long before a provider's window ends a refund is sent at the latest: time to fail and be sent another way."""


class SendFrom(Frozen):
    """From when a refund may be sent. `early`: before the policy's date, because the provider's window would end."""

    at: datetime
    early: bool = False


def send_from(wanted: datetime, captured_at: datetime, refundable_within: Span | None, now: datetime) -> SendFrom:
    """The policy's date, or the last prudent one inside the provider's window, whichever is earlier; never the past."""
    last = captured_at + _length(refundable_within) - LEAD if refundable_within else None
    if last is not None and max(wanted, now) > max(last, now):
        return SendFrom(at=max(last, now), early=True)
    return SendFrom(at=max(wanted, now))


def returned_from(when: WhenReturned, dates: SittingDates, policy: Policy) -> datetime | None:
    """The first instant at which such a duplicate may be sent back; None is at once."""
    match when:
        case "immediately":
            return None
        case "after_registration_closes":
            return dates.registration_closes
        case "after_exam_and_reconciled":
            return dates.exam_over + elapsed(policy.payment.last_query)
        case _:
            assert_never(when)


def _length(span: Span) -> timedelta:
    """A provider's window as time that passes: its days are of 24 hours, whatever the calendar."""
    return timedelta(days=span.count) if span.unit == "days" else elapsed(span)
