"""Many hands on one payment: 32 writers at the same moment, and more facts than anybody expects."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from threading import Barrier

import pytest

from certification.rules.facts import Fact, FactKind, fact_of, fold
from certification.rules.ledger import balances
from certification.rules.money import usd
from certification.rules.payments import AttemptState
from local import seed
from local.candidate import ApiCandidate
from tests.functions.stand import Stand, stand_on

PRICE = 13_500
CAPTURED = FactKind.CAPTURED


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    with stand_on() as made:
        yield made


@pytest.fixture
def registered(stand: Stand) -> tuple[ApiCandidate, str]:
    """Somebody who paid by card, and the payment's id."""
    from certification.cloud.tables.orders import orders

    candidate = stand.registered()
    (payment,) = orders.read(candidate.order()["number"]).payments
    return candidate, payment


def told(payment: str, facts: list[Fact], name: str) -> str:
    """What a provider says, in the inbox and not yet applied; gives the entry."""
    from certification.acts.inbox_entries import receive
    from certification.cloud.tables.payments import payments
    from certification.providers.ports import CheckoutState

    row = payments.read(payment)
    said = CheckoutState(
        id=row.checkout or "",
        reference=f"{row.order}.{row.id}",
        url=None,
        expires_at=row.created_at,
        state=AttemptState.CAPTURED,
        facts=tuple(facts),
    )
    assert receive("card", f"query#{name}", json.dumps({"queried": said.model_dump(mode="json")}))
    return f"card#query#{name}"


def persistently(act: Callable[[], object]) -> str:
    """What a queue, a machine and a person do: again after a lost race, until it is done or refused."""
    from certification.cloud.transaction import Lost
    from certification.rules.errors import Refused

    for _ in range(100):
        try:
            act()
        except Lost:
            continue
        except Refused as refused:
            return refused.code
        return "done"
    raise AssertionError("it lost every race")


@pytest.mark.scenario(9)
@pytest.mark.scenario(24)
@pytest.mark.scenario(54)
def test_thirty_two_writers_at_once_lose_nothing_and_give_back_no_cent_too_many(
    stand: Stand, registered: tuple[ApiCandidate, str]
) -> None:
    """Twelve tellings of the capture, four of a second one, and sixteen refunds of a fifth each, asked for by two."""
    from certification.acts import invariants, refund_desk
    from certification.acts import payments as paying
    from certification.cloud.tables.ledger import ledger
    from certification.cloud.tables.payments import payments
    from certification.cloud.tables.staff import staff

    candidate, payment = registered
    (capture,) = [fact for fact in payments.read(payment).facts.values() if fact.kind is CAPTURED]
    second = fact_of(CAPTURED, "pi_second", usd(PRICE), stand.clock.now(), "card:query")
    entries = [told(payment, [capture], f"again{number}") for number in range(12)]
    entries += [told(payment, [second], f"second{number}") for number in range(4)]
    desk = [staff.read(seed.REVIEWER), staff.read(seed.SECOND)]
    asks = [
        partial(refund_desk.ask, desk[number % 2], payment, capture.key, "27.00", f"Agreed, call {number}")
        for number in range(16)
    ]
    acts: list[Callable[[], object]] = [*(partial(paying.apply, entry) for entry in entries), *asks]
    together = Barrier(len(acts))

    def begin(act: Callable[[], object]) -> str:
        together.wait()
        return persistently(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        outcomes = list(pool.map(lambda act: copy_context().run(begin, act), acts))
    assert len(outcomes) == 32
    assert outcomes[:16] == ["done"] * 16
    assert sorted(outcomes[16:]) == ["done"] * 5 + ["refund_not_covered"] * 11
    stand.cloud.settle()
    sums = {one.capture: one for one in fold(payments.read(payment).facts).captures}
    assert (sums[capture.key].captured, sums[capture.key].refundable) == (PRICE, 0)
    assert sums["CAP#pi_second"].captured == PRICE
    kept = balances(row.entry for row in ledger.everything() if row.payment == payment)
    assert sum(kept.values()) == 0
    assert candidate.status() == "registered"
    assert invariants.differences() == []


@pytest.mark.scenario(98)
def test_more_than_two_hundred_facts_on_one_payment_are_kept_booked_and_shown_to_a_person(
    stand: Stand, registered: tuple[ApiCandidate, str]
) -> None:
    from certification.acts import invariants
    from certification.cloud.tables.cases import cases
    from certification.cloud.tables.payments import payments

    candidate, payment = registered
    (capture,) = [fact for fact in payments.read(payment).facts.values() if fact.kind is CAPTURED]
    at = stand.clock.now()

    def dispute(kind: FactKind, number: int) -> Fact:
        return fact_of(kind, f"dp_{number}", usd(1), at, "card:query", capture=capture.key)

    every = [dispute(kind, number) for number in range(100) for kind in (FactKind.DISPUTE_OUT, FactKind.DISPUTE_IN)]

    def alarms() -> list[str]:
        about = [case for case in cases.everything() if case.about == payment]
        return [case.facts["anomaly"] for case in about if case.facts.get("anomaly") == "too_many_facts"]

    told(payment, every[:-1], "all but one")
    stand.cloud.settle()
    assert (len(payments.read(payment).facts), alarms()) == (200, [])
    told(payment, every[-1:], "the last")
    stand.cloud.settle()
    row = payments.read(payment)
    assert (len(row.facts), alarms()) == (201, ["too_many_facts"])
    assert (fold(row.facts).captured, fold(row.facts).disputed) == (PRICE, 0)
    assert (candidate.status(), invariants.differences()) == ("registered", [])
