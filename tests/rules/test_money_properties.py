"""Any order, repetition, interleaving and crash point of facts and refund commands ends in the same books.

The store here has the conditional write that the real one has (a version per payment; entry and payment together), and
workers that read, are held up anywhere, write late, or are killed before or after the write. All in memory, so it is fast.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.errors import Refused
from certification.rules.facts import Fact, FactKind, Facts, add_fact, fact_of, fold
from certification.rules.ledger import Balances, Books, Entry, balances, postings, rebuild
from certification.rules.money import Money, usd
from certification.rules.refund_request import request_refund

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
K = FactKind
BOOKS = Books(provider="card", order="ORD-1")
CAPTURES = {"CAP#pi_1": 12_000, "CAP#pi_2": 5_000}

ITEMS = {"registration": 3_500, "examination": 6_500, "certificate": 2_000}
"""What the first capture pays for: 12,000 in all."""


@dataclass(frozen=True)
class Command:
    """A person asks for money back."""

    refund: str
    capture: str
    cents: int
    kept: int


Message = Fact | Command


@dataclass
class Store:
    """One payment with its version and its numbered entries; a write with an old version is lost."""

    version: int = 0
    facts: Facts = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def write(self, version: int, facts: Facts, entry: Entry | None) -> bool:
        if version != self.version:
            return False
        self.version, self.facts = version + 1, facts
        self.entries += [entry] if entry else []
        return True


def prepared(store: Store, message: Message) -> Callable[[], bool]:
    """What a worker read and is about to write; called later, or never, or twice."""
    version, before = store.version, store.facts
    fact = message
    if isinstance(message, Command):
        try:
            fact = request_refund(before, message.refund, message.capture, usd(message.cents), NOON, kept=message.kept)
        except Refused:
            return lambda: True
    assert isinstance(fact, Fact)
    after = add_fact(before, fact)
    if after == before:
        return lambda: True
    entry = postings(fold(before), fold(after), BOOKS, why=fact.key)
    return lambda: store.write(version, after, entry if entry.postings else None)


def work_off(store: Store, queue: list[Message], chance: st.DataObject) -> None:
    """Two workers at one queue of at-least-once deliveries: held up, killed, delivered again, until all is taken."""
    waiting = list(queue)
    held: list[tuple[Message, Callable[[], bool]]] = []
    most = 6 * len(queue)
    while waiting or held:
        fate = chance.draw(st.sampled_from(("read", "write", "kill", "twice"))) if most > 0 else "write"
        most -= 1
        if waiting and (fate == "read" or not held) and len(held) < 2:
            message = waiting.pop(0)
            held.append((message, prepared(store, message)))
            continue
        message, write = held.pop(0)
        # killed before the write, a lost race, or killed after the write: in each case the message comes again
        if fate == "kill" or not write() or fate == "twice":
            waiting.append(message)


def canonical(amounts: Balances) -> bytes:
    rows = sorted((account, currency, amount) for (account, currency), amount in amounts.items())
    return json.dumps(rows, separators=(",", ":")).encode()


def of_facts(facts: Facts) -> bytes:
    whole = {key: fact.model_dump(mode="json") for key, fact in facts.items()}
    return json.dumps([whole, fold(facts).model_dump(mode="json")], sort_keys=True, separators=(",", ":")).encode()


def sound(store: Store) -> None:
    """Sum zero, rebuilt byte for byte, entry by entry, and no more asked back than what came."""
    kept = balances(store.entries)
    assert canonical(kept) == canonical(rebuild([(store.facts, BOOKS)]))
    assert sum(kept.values()) == 0
    income = [amount for (account, _), amount in kept.items() if account.startswith("fee:")]
    assert all(amount < 0 for amount in income)
    assert kept.get(("candidate:ORD-1", "USD"), 0) <= 0 or not [one for one in income if one] or _told(store.facts)
    for entry in store.entries:
        assert sum(posting.money.amount for posting in entry.postings) == 0
    for sums in fold(store.facts).captures:
        asked = sum(
            fact.money.amount + fact.kept
            for fact in store.facts.values()
            if fact.kind is K.REFUND_REQUESTED and fact.capture == sums.capture
        )
        assert asked == 0 or sums.refunded + sums.reserved + sums.kept <= sums.captured or _told(store.facts)


def _told(facts: Facts) -> bool:
    """Whether a provider told of a refund or dispute that nobody asked for: then the rest may be negative, and is flagged."""
    asked = {fact.about for fact in facts.values() if fact.kind is K.REFUND_REQUESTED}
    sums = fold(facts)
    strange = any(fact.kind is K.REFUND_DONE and fact.about not in asked for fact in facts.values())
    return strange or any(
        one.startswith(("negative", "refund_amount", "external", "returned_more")) for one in sums.anomalies
    )


some_capture = st.sampled_from(sorted(CAPTURES))
some_refund = st.sampled_from(["R1", "R2", "R3"])
some_minutes = st.integers(0, 3)


def reported(kind: FactKind, refund: str, capture: str, minutes: int) -> Fact:
    """A provider's word about a refund of ours: always of the same amount and capture for the same refund."""
    own = {"R1": ("CAP#pi_1", 4_000), "R2": ("CAP#pi_1", 3_000), "R3": ("CAP#pi_2", 5_000)}
    capture, cents = own[refund]
    if kind is K.REFUND_FAILED:
        cents += {"R2": -100, "R3": 1}.get(refund, 0)  # kept on the way back; more than had gone
    at = NOON + timedelta(minutes=minutes)
    return fact_of(kind, f"re_{refund}", usd(cents), at, "card", capture=capture, about=refund)


any_fact = st.one_of(
    st.builds(
        lambda capture, minutes, source: fact_of(
            K.CAPTURED, capture[4:], usd(CAPTURES[capture]), NOON + timedelta(minutes=minutes), source
        ),
        some_capture,
        some_minutes,
        st.sampled_from(["card:webhook", "card:query", "card:bill"]),
    ),
    st.builds(reported, st.sampled_from([K.REFUND_DONE, K.REFUND_FAILED]), some_refund, some_capture, some_minutes),
    st.builds(
        lambda kind, number: fact_of(kind, f"dp_{number}", usd(5_000), NOON, "card", capture="CAP#pi_2"),
        st.sampled_from([K.DISPUTE_OUT, K.DISPUTE_IN]),
        st.integers(1, 2),
    ),
    st.builds(
        lambda number: fact_of(K.REFUND_DONE, f"re_x{number}", usd(700), NOON, "card", capture="CAP#pi_1"),
        st.integers(1, 2),
    ),
    st.builds(
        lambda item: fact_of(
            K.EARNED, f"pi_1#{item}", usd(ITEMS[item]), NOON, "policy", capture="CAP#pi_1", about=item
        ),
        st.sampled_from(["registration", "examination", "certificate"]),
    ),
)
some_cents = st.integers(-1, 13_000) | st.sampled_from([4_500, 4_501, 5_000, 5_001, 11_500, 11_501, 12_000, 12_001])
any_command = st.builds(Command, some_refund, some_capture, some_cents, st.sampled_from([0, 500]))


@pytest.mark.scenario(12)
@pytest.mark.scenario(96)
@given(st.lists(any_fact, min_size=1, max_size=10), st.data())
def test_facts_in_any_order_with_any_crash_end_in_the_same_books_byte_for_byte(
    told: list[Fact], chance: st.DataObject
) -> None:
    straight = Store()
    for fact in told:
        assert prepared(straight, fact)()
    shaken = Store()
    again = [*told, *chance.draw(st.lists(st.sampled_from(told), max_size=4))]
    work_off(shaken, chance.draw(st.permutations(again)), chance)
    sound(straight)
    sound(shaken)
    assert canonical(balances(straight.entries)) == canonical(balances(shaken.entries))
    assert of_facts(dict(sorted(straight.facts.items()))) == of_facts(dict(sorted(shaken.facts.items())))


@pytest.mark.scenario(54)
@pytest.mark.scenario(96)
@given(st.lists(st.one_of(any_fact, any_command), min_size=1, max_size=12), st.data())
def test_commands_between_facts_never_give_back_more_than_came_wherever_a_worker_dies(
    told: list[Message], chance: st.DataObject
) -> None:
    """Which of two commands is refused may depend on who came first; that the books are sound may not."""
    store = Store()
    work_off(store, chance.draw(st.permutations([*told, *told[:3]])), chance)
    sound(store)
    assert canonical(balances(store.entries)) == canonical(
        rebuild([(dict(reversed(list(store.facts.items()))), BOOKS)])
    )


@given(st.lists(any_command, min_size=1, max_size=12), st.data())
def test_without_a_provider_that_surprises_refunds_never_exceed_captures(
    asked: list[Command], chance: st.DataObject
) -> None:
    store = Store()
    for capture, cents in CAPTURES.items():
        assert prepared(store, fact_of(K.CAPTURED, capture[4:], usd(cents), NOON, "card"))()
    work_off(store, list(asked), chance)
    for sums in fold(store.facts).captures:
        assert 0 <= sums.refundable <= sums.captured
        assert sums.reserved + sums.refunded + sums.kept <= sums.captured
    assert fold(store.facts).anomalies == ("captured_twice",)
    sound(store)


@given(st.lists(any_fact, min_size=1, max_size=8), st.data())
def test_each_payments_entries_follow_from_its_facts_in_their_order_of_arrival(
    told: list[Fact], chance: st.DataObject
) -> None:
    """The same arrivals give the same entries, byte for byte: who replays a night gets the night's journal."""
    order = chance.draw(st.permutations(told))
    journals = []
    for _ in range(2):
        store = Store()
        for fact in order:
            assert prepared(store, fact)()
        journals.append(json.dumps([entry.model_dump(mode="json") for entry in store.entries], sort_keys=True).encode())
    assert journals[0] == journals[1]


def test_a_fact_in_another_currency_is_booked_in_its_own_and_both_sum_to_zero() -> None:
    store = Store()
    for fact in (
        fact_of(K.CAPTURED, "pi_1", usd(12_000), NOON, "card"),
        fact_of(K.CAPTURED, "pi_2", Money(amount=94_000, currency="HKD"), NOON, "card"),
    ):
        assert prepared(store, fact)()
    kept = balances(store.entries)
    for currency in ("USD", "HKD"):
        assert sum(amount for (_, each), amount in kept.items() if each == currency) == 0


@given(st.lists(any_command, max_size=6), st.data())
def test_once_all_is_earned_or_returned_nothing_is_the_candidates(asked: list[Command], chance: st.DataObject) -> None:
    captured = [fact_of(K.CAPTURED, capture[4:], usd(cents), NOON, "card") for capture, cents in CAPTURES.items()]
    items = [
        (capture, item, cents)
        for capture, item, cents in (
            *(("CAP#pi_1", item, cents) for item, cents in ITEMS.items()),
            ("CAP#pi_2", "examination", 5_000),
        )
    ]
    earned = [
        fact_of(K.EARNED, f"{capture[4:]}#{item}", usd(cents), NOON, "policy", capture=capture, about=item)
        for capture, item, cents in items
    ]
    store = Store()
    for fact in captured:
        assert prepared(store, fact)()
    work_off(store, chance.draw(st.permutations([*asked, *earned])), chance)
    sound(store)
    kept = balances(store.entries)
    assert ("candidate:ORD-1", "USD") not in kept
    income = -sum(amount for (account, _), amount in kept.items() if account.startswith("fee:"))
    assert income + sum(sums.reserved for sums in fold(store.facts).captures) == sum(CAPTURES.values())
