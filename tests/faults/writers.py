"""Many writers at the same instant, and what must hold after them.

Everybody has read before anybody writes: no condition has a worse moment. After that each goes on as a queue, a machine
or a person does, again after every lost race.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from copy import copy
from threading import Barrier, BrokenBarrierError
from typing import Any
from unittest.mock import patch

from certification.rules.facts import Fact, FactKind, fold
from certification.rules.ledger import Balances, Entry, balances, rebuild
from certification.rules.payments import AttemptState
from local import seed
from local.candidate import ApiCandidate
from local.chain import Chain
from local.simulators.bank_files import Booking, Day, Part, notification
from tests.functions.stand import Saved, Stand

type Act = Callable[[], object]

WRITERS = 32
ACCOUNT = "012-345678-901"
"""Ours, at the bank."""
WRITES = {"TransactWriteItems", "PutObject"}
LONGEST_WAIT = 30
READING: ContextVar[Callable[[], object] | None] = ContextVar("reading", default=None)
"""How a writer says that it has read enough, until it has said so."""


class People:
    """One started cloud for a module; `at` puts it back to where one candidate has come so far, and gives that one."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self._kept: dict[str, tuple[Saved, ApiCandidate]] = {}

    def at(self, stage: str) -> ApiCandidate:
        """`to_pay`, `opened` (the provider's page is open) or `registered`."""
        if stage not in self._kept:
            if stage == "to_pay":
                candidate = self.stand.to_pay()
            else:
                candidate = self.at("to_pay")
                candidate.open_checkout() if stage == "opened" else candidate.pay()
                self.stand.cloud.settle()
            self._kept[stage] = (self.stand.save(), copy(candidate))
        saved, candidate = self._kept[stage]
        self.stand.restore(saved)
        return copy(candidate)  # their session, too, is that of the stage


def at_once(*acts: Act) -> list[Counter[str]]:
    """Run these acts in turn by 32 writers together; gives for each act how often it ended how (`done`, or the code of
    its refusal)."""
    everybody = Barrier(WRITERS, timeout=LONGEST_WAIT)
    original = Chain._send

    def send(chain: Chain, event_name: str, *rest: Any) -> Any:
        if event_name.rpartition(".")[2] in WRITES:
            _has_read()
        return original(chain, event_name, *rest)

    def work(act: Act) -> str:
        READING.set(everybody.wait)
        try:
            return persistently(act)
        finally:
            _has_read()  # nothing was to be written

    turns = [acts[writer % len(acts)] for writer in range(WRITERS)]
    with patch.object(Chain, "_send", send), ThreadPoolExecutor(WRITERS) as pool:
        ended = list(pool.map(lambda act: copy_context().run(work, act), turns))
    return [Counter(ended[place :: len(acts)]) for place in range(len(acts))]


def _has_read() -> None:
    wait = READING.get()
    if wait is not None:
        READING.set(None)
        try:
            wait()
        except BrokenBarrierError:
            raise AssertionError("a writer never came to its first write") from None


def persistently(act: Act) -> str:
    """What a queue, a machine and a person do: again after a lost race, until it is done or refused."""
    from certification.acts.superseding import PagesOpen
    from certification.cloud.transaction import Lost
    from certification.rules.errors import Refused

    for _ in range(100):
        try:
            act()
        except Lost:
            continue
        except PagesOpen:
            return "pages_open"
        except Refused as refused:
            return refused.code
        return "done"
    raise AssertionError("it lost every race")


def told(payment: str, facts: Iterable[Fact], name: str) -> str:
    """What a provider says, in the inbox and not yet applied; gives the entry."""
    from certification.acts.inbox_entries import receive
    from certification.acts.payments import reference_of
    from certification.cloud.tables.payments import payments
    from certification.providers.ports import CheckoutState

    row = payments.read(payment)
    said = CheckoutState(
        id=row.checkout or "",
        reference=reference_of(row),
        url=None,
        expires_at=row.created_at,
        state=AttemptState.CAPTURED,
        facts=tuple(facts),
    )
    assert receive("card", f"query#{name}", json.dumps({"queried": said.model_dump(mode="json")}))
    return f"card#query#{name}"


def sound(stand: Stand) -> None:
    """The books hold at this moment, and once everything that follows has happened."""
    _sound()
    stand.cloud.settle()
    _sound()
    assert [f"{one.what}: {one.why}" for one in stand.cloud.undelivered] == []


def _sound() -> None:
    """What payments stand for is rebuilt from their facts byte for byte (what closed days took is in the invariants),
    everything sums to zero, and no more goes back than came."""
    from certification.acts import invariants
    from certification.acts.books import books_of
    from certification.cloud.tables.ledger import ledger
    from certification.cloud.tables.payments import payments

    paid = list(payments.everything())
    of_payments = (row.entry for row in ledger.everything() if not row.payment.startswith("day#"))
    assert canonical(balances(of_payments)) == canonical(rebuild((one.facts, books_of(one)) for one in paid))
    for entry in entries():
        assert sum(posting.money.amount for posting in entry.postings) == 0
    for payment in paid:
        facts = payment.facts.values()
        ours = {fact.about for fact in facts if fact.kind is FactKind.REFUND_REQUESTED}
        came_back = {fact.reference for fact in facts if fact.kind is FactKind.REFUND_FAILED}
        gone: Counter[str] = Counter()
        for fact in facts:
            if fact.kind is FactKind.REFUND_DONE and fact.about in ours and fact.reference not in came_back:
                gone[fact.capture] += fact.money.amount
        for sums in fold(payment.facts).captures:
            assert gone[sums.capture] + sums.reserved + sums.kept <= sums.captured
    assert invariants.differences() == []


def entries() -> list[Entry]:
    """The ledger as it was kept."""
    from certification.cloud.tables.ledger import ledger

    return [row.entry for row in ledger.everything()]


def canonical(amounts: Balances) -> bytes:
    """Balances as bytes, the same for the same amounts."""
    rows = sorted((account, currency, amount) for (account, currency), amount in amounts.items())
    return json.dumps(rows, separators=(",", ":")).encode()


def books() -> dict[str, int]:
    """What is on the accounts of a kind: `psp`, `candidate`, `refund`."""
    found: Counter[str] = Counter()
    for (account, _), amount in balances(entries()).items():
        found[account.partition(":")[0]] += amount
    return {name: amount for name, amount in found.items() if amount}


def announced(name: str) -> int:
    """How often the bus was told this."""
    from certification.cloud.outbox import outbox

    return sum(entry.name == name for entry in outbox.everything())


def member(name: str) -> Any:
    """A member of staff."""
    from certification.cloud.tables.staff import staff

    return staff.read(name)


def only(table: Any) -> Any:
    """The only row of a table."""
    (found,) = table.everything()
    return found


def a_file(stand: Stand, *arrived: tuple[str, int, str], name: str = "day") -> str:
    """A notification of these credits (bank's reference, cents, text), dropped and not yet read; gives its key."""
    at = stand.clock.now()
    bookings = [
        Booking(
            reference, True, (Part(cents, name="Sample Payer", account="HK-5678", text=(text,)),), at.date(), at.date()
        )
        for reference, cents, text in arrived
    ]
    content = notification(Day(ACCOUNT, "USD", at.date(), bookings=bookings), at)
    key = f"statements/cgptc/{name}.xml"
    seed.drop(stand.cloud, key, content, seed.REVIEWER)
    return key
