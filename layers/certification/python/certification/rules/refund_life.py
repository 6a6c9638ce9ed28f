"""THE LIFE OF A REFUND: what a refund waits for, and every step it can take.

In words: a refund's money is reserved when its row is made, so refunds never exceed what is there. One that needs a
person's yes waits in `requested`; any other waits in `reserved` for its date. From then on the provider has it, and the
provider's word counts: it went, it failed, it came back, or somebody must act there (`manual`). A failure may follow a
success, because a bank can send money back days later; the money is then owed again, and sending it again is a new
refund that names the one before. A refund that we did not ask for (made in the provider's own pages) is `external`.

What we do is a step and may be refused; what a provider reports is never refused. The report follows from the facts of
the payment, so the order in which reports come does not matter.
"""

from datetime import timedelta
from enum import StrEnum

from certification.rules.errors import Refused
from certification.rules.facts import FactKind, Facts


class RefundState(StrEnum):
    """What a refund waits for, or how it ended."""

    REQUESTED = "requested"
    APPROVED = "approved"
    RESERVED = "reserved"
    SUBMITTED = "submitted"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    FAILED = "failed"
    MANUAL = "manual"
    RETURNED = "returned"
    EXTERNAL = "external"


S = RefundState
_REPORTED = frozenset({S.PENDING, S.SUCCEEDED, S.FAILED, S.RETURNED, S.MANUAL})

REFUND_STEPS: dict[RefundState, frozenset[RefundState]] = {
    # a person's yes is waited for: the desk's case says until when
    S.REQUESTED: frozenset({S.APPROVED, S.REJECTED, S.CANCELLED}),
    # its date is waited for; then we send it
    S.APPROVED: frozenset({S.SUBMITTED, S.CANCELLED, S.MANUAL, S.FAILED}),
    S.RESERVED: frozenset({S.SUBMITTED, S.CANCELLED, S.MANUAL, S.FAILED}),
    # the provider has it, or may have it
    S.SUBMITTED: _REPORTED,
    S.PENDING: _REPORTED - {S.PENDING},
    # somebody must act: at the provider, or by paying another way
    S.MANUAL: frozenset({S.PENDING, S.SUCCEEDED, S.FAILED, S.RETURNED}),
    S.SUCCEEDED: frozenset({S.FAILED, S.RETURNED}),
    # the money is owed again; a new refund may follow, or a person pays another way
    S.FAILED: frozenset({S.MANUAL, S.RETURNED}),
    S.RETURNED: frozenset({S.MANUAL}),
    S.REJECTED: frozenset(),
    S.CANCELLED: frozenset(),
    S.EXTERNAL: frozenset({S.FAILED, S.RETURNED}),
}
WAITS_TO_BE_SENT = frozenset({S.APPROVED, S.RESERVED})
AT_PROVIDER = frozenset({S.SUBMITTED, S.PENDING})
STOPPED = frozenset({S.FAILED, S.RETURNED})
"""The provider says that the money did not arrive, or came back."""
ENDED = frozenset({S.SUCCEEDED, S.REJECTED, S.CANCELLED, S.EXTERNAL})
"""Nobody has to do anything any more."""
PAYABLE_BY_HAND = WAITS_TO_BE_SENT | STOPPED | {S.MANUAL}
"""The provider does not have it, gave it back, or waits for us: a person may pay it another way. What is at the provider
may still arrive, and would go back twice."""

STUCK_AFTER = timedelta(days=10)
"""A refund that is neither done nor refused for so long is shown to a person."""


def move_refund(state: RefundState, to: RefundState) -> RefundState:
    """The refund's next state; Refused with both ends named when the table has no such step."""
    if to not in REFUND_STEPS[state]:
        raise Refused(
            "refund_step_refused",
            f"A refund that is {state} cannot become {to}.",
            f"退款状态“{state}”不能转为“{to}”。",
            rules=("REF-04",),
        )
    return to


def refund_after(state: RefundState, reported: RefundState, facts: Facts, refund: str) -> RefundState:
    """The state after a provider's report, given all facts of its payment, the report's own included. Never refused.

    Money that arrived and did not come back makes it `succeeded`, whatever we believed; a failure without such money
    makes it what the report says. A report without money behind it counts only where the table has the step.
    """
    done = {fact.reference for fact in facts.values() if fact.kind is FactKind.REFUND_DONE and fact.about == refund}
    failed = {fact.reference for fact in facts.values() if fact.kind is FactKind.REFUND_FAILED and fact.about == refund}
    if done - failed:
        return S.SUCCEEDED
    if failed:
        return reported if reported in STOPPED else state if state in (*STOPPED, S.MANUAL) else S.FAILED
    if reported in (S.PENDING, S.MANUAL):
        return reported if reported in REFUND_STEPS[state] else state
    return state


def external_refund(reference: str) -> str:
    """Our id of a refund that was made in the provider's own pages, from the provider's id of it."""
    return f"EXT-{reference}"


def sent_again(refund: str) -> str:
    """The id of the refund that follows a failed one: `RFD-1`, `RFD-1.2`, `RFD-1.3`."""
    first, _, number = refund.partition(".")
    return f"{first}.{int(number or 1) + 1}"


def sent_before(refund: str) -> str | None:
    """The id of the failed refund that this one follows; None for the first."""
    first, _, number = refund.partition(".")
    if not number:
        return None
    return first if number == "2" else f"{first}.{int(number) - 1}"
