"""DUPLICATES: when money that was paid twice goes back (K4; PAY-08, PAY-09, REF-07).

In words: a duplicate always goes back by the way it came. When, says the policy: at once; after registration has closed;
or after the exam is over and its accounts were reconciled, for which we allow the time of the last query (24 hours).
"""

from datetime import datetime
from typing import assert_never

from certification.rules.deadlines import elapsed
from certification.rules.policy import Policy
from certification.rules.policy_money import WhenReturned
from certification.rules.sitting import SittingDates


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
