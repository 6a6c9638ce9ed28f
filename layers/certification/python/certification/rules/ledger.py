"""THE LEDGER: where every minor unit is, in double entry.

In words: an entry is a list of postings that sums to zero in each currency, debits positive, credits negative. What a
payment stands for in the books follows from its facts alone (`standing`); the entry for a new fact is the difference
between two such standings. So no order of events can unbalance the books, a reversed decision is an entry and never an
edit, and the books rebuilt from the facts equal the books kept entry by entry.

Money we hold for a candidate is a liability. Its account says why we hold it: for an order, twice for an order, or
for nobody we know. A requested refund moves it to the refund's own account, and the handling fee to income. Disputed
money is our cost until it comes back; a refund that failed is owed to the candidate again, whole: what was kept on the
way back is our cost, and more than had gone out is held until a person has explained it. What the policy calls earned
moves to the income of its fee item, as far as it does not go back (`earning.py`).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from pydantic import Field, model_validator

from certification.rules.earning import shared
from certification.rules.facts import Facts, fold
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.payment_sums import CaptureSums, PaymentSums

# The first word of an account and what the account is. Anything else is refused: a typing error would hide money.
NATURE = {
    "psp": "asset",
    "transit": "asset",
    "bank": "asset",
    "candidate": "liability",
    "duplicate": "liability",
    "unapplied": "liability",
    "refund": "liability",
    "vat": "liability",
    "fee": "income",
    "cost": "expense",
    "suspense": "suspense",
}

Balances = dict[tuple[str, str], int]
"""Minor units by (account, currency); an account that is level is not in it."""


class Holding(StrEnum):
    """Why we hold what was captured."""

    CANDIDATE = "candidate"
    DUPLICATE = "duplicate"
    UNAPPLIED = "unapplied"
    TRANSIT = "transit"


class Posting(Frozen):
    """An amount on one account: debit positive, credit negative, never zero."""

    account: str
    money: Money

    @model_validator(mode="after")
    def _known(self) -> "Posting":
        if self.account.partition(":")[0] not in NATURE or not self.account.partition(":")[2]:
            raise ValueError(f"{self.account!r} is not an account; the kinds are {', '.join(NATURE)}, then a colon")
        if not self.money:
            raise ValueError("a posting of nothing is no posting")
        return self


class Entry(Frozen):
    """Postings that balance. `why` is the key of the fact or decision behind them; no postings: nothing moved."""

    why: str
    postings: tuple[Posting, ...]

    @model_validator(mode="after")
    def _balanced(self) -> "Entry":
        sums: dict[str, int] = {}
        for posting in self.postings:
            sums[posting.money.currency] = sums.get(posting.money.currency, 0) + posting.money.amount
        if any(sums.values()):
            raise ValueError(f"the entry does not balance: {sums}")
        if len({(posting.account, posting.money.currency) for posting in self.postings}) < len(self.postings):
            raise ValueError("an account occurs once per currency in an entry")
        return self


class Books(Frozen):
    """Whose money it is. `provider` names the clearing account (`card`); `order` is None for money nobody expects.
    `holdings` says for each capture why we hold it; without an entry: for the order, or unapplied without one.
    `forgiven`: minor units by which a capture was short and that the policy's tolerance lets go. `paid_out_by`: the
    provider whose payout a credit on our bank account is."""

    provider: str
    order: str | None
    paid_out_by: str | None = None
    holdings: dict[str, Holding] = Field(default_factory=dict)
    forgiven: dict[str, int] = Field(default_factory=dict)

    def clearing_account(self, currency: str) -> str:
        """Where the money is: what a provider holds for us, or (a transfer) our own bank account."""
        return f"bank:{currency.lower()}" if self.provider == "bank_transfer" else f"psp:{self.provider}"

    def holding_account(self, capture: str) -> str:
        """The liability account of this capture, e.g. `candidate:ORD-26-000001`."""
        usual = Holding.CANDIDATE if self.order else Holding.UNAPPLIED
        holding = self.holdings.get(capture, usual)
        if holding is Holding.TRANSIT:
            return f"{holding}:{self.paid_out_by or self.provider}"
        owner = self.provider if holding is Holding.UNAPPLIED or self.order is None else self.order
        return f"{holding}:{owner}"


def standing(sums: PaymentSums, books: Books) -> Balances:
    """What one payment stands for in the books: every amount goes from one account to another, so it balances."""
    balances: Balances = {}
    for capture in sums.captures:
        for debit, credit, amount in _movements(capture, books):
            for account, change in ((debit, amount), (credit, -amount)):
                place = (account, capture.currency)
                balances[place] = balances.get(place, 0) + change
    return _without_level(balances)


def _movements(sums: CaptureSums, books: Books) -> list[tuple[str, str, int]]:
    provider, held = books.clearing_account(sums.currency), books.holding_account(sums.capture)
    taken = "cost:bank" if books.provider == "bank_transfer" else "cost:psp"
    return [
        (provider, held, sums.captured),
        (held, provider, sums.refunded - sums.by_hand),
        (held, "bank:by_hand", sums.by_hand),
        (held, "fee:handling", sums.kept),
        ("cost:bank", held, books.forgiven.get(sums.capture, 0) if sums.captured else 0),
        ("cost:chargeback", provider, sums.disputed),
        (taken, provider, sums.lost),
        (provider, "suspense:returned", sums.surplus),
        *((held, f"refund:{refund}", amount) for refund, amount in sums.reservations),
        *((held, f"fee:{item}", amount) for item, amount in earned(sums, books)),
    ]


def earned(sums: CaptureSums, books: Books) -> tuple[tuple[str, int], ...]:
    """What of a capture is ours by now, by fee item: what was earned, shared by what does not go back."""
    if not books.holding_account(sums.capture).startswith(f"{Holding.CANDIDATE}:"):
        return ()
    back = max(sums.promised, sums.refunded + sums.kept + sums.reserved)
    return shared(sums.earned, sums.captured + (books.forgiven.get(sums.capture, 0) if sums.captured else 0) - back)


def postings(old: PaymentSums, new: PaymentSums, books: Books, *, why: str, was: Books | None = None) -> Entry:
    """The entry that takes the books from the old sums to the new. `was` gives the books before, where a decision
    moved a capture to another holding (found to be a duplicate); otherwise nothing but the sums changed."""
    return _entry(standing(old, was or books), standing(new, books), why)


def day_entry(provider: str, fees: Money, paid_out: Money, why: str) -> Entry:
    """What a provider took and paid out on one day (payments.md 4.2): it is no payment's, so it is the day's entry. What
    was paid out is on its way until our bank's statement shows it."""
    moves = {"cost:psp": fees.amount, f"transit:{provider}": paid_out.amount}
    return _against(f"psp:{provider}", moves, fees.currency, why)


def bank_day_entry(charges: Money, unexplained: Money, why: str) -> Entry:
    """What our bank took on one day, and what left (negative: came) that no fact of ours explains and a person did."""
    moves = {"cost:bank": charges.amount, "suspense:bank": unexplained.amount}
    return _against(f"bank:{charges.currency.lower()}", moves, charges.currency, why)


def _against(account: str, others: Mapping[str, int], currency: str, why: str) -> Entry:
    moves = {**others, account: -sum(others.values())}
    return Entry(
        why=why,
        postings=tuple(
            Posting(account=account, money=Money(amount=amount, currency=currency))
            for account, amount in sorted(moves.items())
            if amount
        ),
    )


def _entry(before: Balances, after: Balances, why: str) -> Entry:
    places = sorted({*before, *after})
    changes = _without_level({place: after.get(place, 0) - before.get(place, 0) for place in places})
    return Entry(
        why=why,
        postings=tuple(
            Posting(account=account, money=Money(amount=change, currency=currency))
            for (account, currency), change in changes.items()
        ),
    )


def balances(entries: Iterable[Entry]) -> Balances:
    """The balance of every account over these entries."""
    answer: Balances = {}
    for entry in entries:
        for posting in entry.postings:
            place = (posting.account, posting.money.currency)
            answer[place] = answer.get(place, 0) + posting.money.amount
    return _without_level(answer)


def rebuild(payments: Iterable[tuple[Facts, Books]], days: Iterable[Entry] = ()) -> Balances:
    """The balances that all payments' facts and all closed days of providers (`day_entry`) imply; they equal `balances`
    of the entries kept, or money is lost."""
    answer = balances(days)
    for facts, books in payments:
        for place, amount in standing(fold(facts), books).items():
            answer[place] = answer.get(place, 0) + amount
    return _without_level(answer)


def _without_level(amounts: Mapping[tuple[str, str], int]) -> Balances:
    return {place: amount for place, amount in amounts.items() if amount}
