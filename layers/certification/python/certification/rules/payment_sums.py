"""PAYMENT SUMS: what the facts of one payment add up to (`facts.py` does it)."""

from datetime import datetime

from certification.rules.model import Frozen


class CaptureSums(Frozen):
    """What the facts about one capture add up to, in minor units of `currency`. `at` is None until the capture itself
    is known. `reservations` are refunds on their way back: (our refund's id, amount). `by_hand` is the part of `refunded`
    that a person paid another way than through the provider. `lost` is what was missing when refunds came back (banks on
    the way kept it), `surplus` what came back beyond what had gone. `promised` is what was decided to go back, fee included,
    whatever became of it; `earned` are the fee items that are ours by now, by name, unless they go back."""

    capture: str
    currency: str
    at: datetime | None
    captured: int
    refunded: int
    kept: int
    disputed: int
    by_hand: int = 0
    lost: int = 0
    surplus: int = 0
    reservations: tuple[tuple[str, int], ...]
    promised: int = 0
    earned: tuple[tuple[str, int], ...] = ()

    @property
    def reserved(self) -> int:
        return sum(amount for _, amount in self.reservations)

    @property
    def refundable(self) -> int:
        """What may still be asked back; never cut off at zero: a negative rest is shown, not hidden."""
        return self.captured - self.reserved - self.refunded - self.kept - self.disputed


class PaymentSums(Frozen):
    """What the facts of one payment add up to, in minor units of `currency` (that of the first capture; money in
    another currency is in `captures` and named in `anomalies`)."""

    captured: int = 0
    reserved: int = 0
    refunded: int = 0
    kept: int = 0
    disputed: int = 0
    refundable: int = 0
    currency: str | None = None
    anomalies: tuple[str, ...] = ()
    captures: tuple[CaptureSums, ...] = ()
