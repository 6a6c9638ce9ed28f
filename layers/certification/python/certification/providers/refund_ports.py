"""REFUND PORTS: what we ask a payment provider to send back, and what it says of it; as facts, whoever answers."""

from typing import Literal

from pydantic import AwareDatetime, Field

from certification.rules.disputes import DisputeStage
from certification.rules.facts import Fact, FactKind, fact_of
from certification.rules.model import Frozen
from certification.rules.money import Money

RefundReport = Literal["pending", "succeeded", "failed", "returned", "manual"]


class RefundAsked(Frozen):
    """A refund as we ask for it; its row exists before anybody is called.

    `refund` is our id, the same at every repetition. `number` counts the idempotency keys: it grows only after the
    provider has proven that it has nothing under the ones before (for providers that know a refund by our id alone it
    means nothing). `ours` is false where somebody else made it: then `money` is not what it is about. `capture` is the
    provider's id of the captured payment, `captured` its whole amount, `reference` ours (`<order>.<attempt>`), `money`
    what goes back. `requested_at` is when the row was made: nothing is older.
    """

    refund: str = Field(min_length=1, pattern=r"^[^#]+$")
    number: int = Field(ge=1)
    capture: str = Field(min_length=1)
    captured: Money
    reference: str
    money: Money
    reason: Literal["duplicate", "requested_by_customer"] = "requested_by_customer"
    requested_at: AwareDatetime
    ours: bool = True


class RefundSeen(Frozen):
    """What the provider says of one refund. `id` is the provider's (unique for ever; `<trade_no>#<out_biz_no>` where it
    has none of its own), `refund` ours: None where the provider's own pages made it. `capture` is the provider's id of
    the payment it returns, `at` when it happened, `why` its own word for a failure.

    `pending`: accepted, not yet done. `manual`: somebody must act in the provider's pages. `returned`: it had arrived
    and came back. `given` is what a wallet gave its payer in their own currency, where it says.
    """

    id: str = Field(min_length=1)
    refund: str | None
    capture: str = Field(min_length=1)
    state: RefundReport
    money: Money
    at: AwareDatetime
    why: str | None = None
    given: Money | None = None

    def facts(self, source: str) -> tuple[Fact, ...]:
        """The fact behind it: done, or failed; none while nothing has moved. `source` says who told us."""
        kind = {
            "succeeded": FactKind.REFUND_DONE,
            "failed": FactKind.REFUND_FAILED,
            "returned": FactKind.REFUND_FAILED,
        }.get(self.state)
        if kind is None:
            return ()
        return (fact_of(kind, self.id, self.money, self.at, source, capture=f"CAP#{self.capture}", about=self.refund),)


class DisputeSeen(Frozen):
    """What the provider says of a dispute. Money moves by its facts, never by its stage. `evidence_by`: until when the
    provider takes what we have to say."""

    id: str
    capture: str
    stage: DisputeStage
    money: Money
    at: AwareDatetime
    why: str = ""
    evidence_by: AwareDatetime | None = None
