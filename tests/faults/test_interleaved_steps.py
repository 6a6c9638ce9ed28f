"""While one invocation runs, another runs from its beginning to its end: before every call of the first, one by one.

A function that reads two rows may see the first as it was before somebody else's transaction and the second as it is
after. What follows must be a race that was lost and is run again, never an error that goes to a person.
"""

from collections.abc import Callable, Iterator
from contextvars import Context
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest

from local.chain import Call, Chain
from local.enumerate_faults import stories
from local.enumerate_faults.world import World, a_world
from tests.faults.payment_events import deliver, inbox, order_of, paid, registered_once

type Act = Callable[[], Any]
type Scene = Callable[[World], tuple[Act, Act]]
"""Prepares a world; gives the act that is interrupted, and the one that runs in between."""

MOST_CALLS = 60


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as made:
        yield made


def interrupted(act: Act, at: int, other: Act) -> bool:
    """Run `act`, and `other` as a whole before its call number `at`; False when it makes fewer calls."""
    calls, running = 0, False
    original = Chain._enter

    def enter(chain: Chain, call: Call) -> Any:
        nonlocal calls, running
        if not running and call.service != "point":
            calls += 1
            if calls == at:
                running = True
                Context().run(other)  # it is somebody else's: another role, another invocation
                running = False
        return original(chain, call)

    with patch.object(Chain, "_enter", enter):
        act()
    return calls >= at


def the_only_entry() -> str:
    (entry,) = inbox()
    return entry


def one_event(world: World, kind: str) -> None:
    body = next(body for body in paid(world) if f'"type": "{kind}"'.encode() in body)
    assert deliver(world, body) == 200


def the_same_fact_applied_twice(world: World) -> tuple[Act, Act]:
    one_event(world, "checkout.session.completed")
    apply = partial(world.cloud.invoke, "ApplyPaymentFunction", {"entry": the_only_entry()})
    return apply, apply


def one_order_settled_twice(world: World) -> tuple[Act, Act]:
    apply, _ = the_same_fact_applied_twice(world)
    apply()
    settle = partial(world.cloud.invoke, "SettleOrderFunction", {"order": order_of(world)})
    return settle, settle


def two_events_of_one_payment(world: World) -> tuple[Act, Act]:
    wanted = ("payment_intent.succeeded", "checkout.session.completed")
    for body in paid(world):
        if any(f'"type": "{kind}"'.encode() in body for kind in wanted):
            assert deliver(world, body) == 200
    first, second = inbox()
    apply = partial(partial, world.cloud.invoke, "ApplyPaymentFunction")
    return apply({"entry": first}), apply({"entry": second})


def a_checkout_asked_for_twice(world: World) -> tuple[Act, Act]:
    ask = partial(stories.open_by_api, world)
    return ask, ask


def a_settlement_while_the_due_date_passes(world: World) -> tuple[Act, Act]:
    settle, _ = one_order_settled_twice(world)
    return partial(due_date_passes, world), settle


def the_due_date_passing_during_a_settlement(world: World) -> tuple[Act, Act]:
    passing, settle = a_settlement_while_the_due_date_passes(world)
    return settle, passing


def a_payment_told_while_the_due_date_passes(world: World) -> tuple[Act, Act]:
    body = next(body for body in paid(world) if b'"type": "checkout.session.completed"' in body)

    def told() -> None:
        assert deliver(world, body) == 200
        entry = next(entry for entry in inbox() if "query" not in entry)
        world.cloud.invoke("ApplyPaymentFunction", {"entry": entry})
        world.cloud.invoke("SettleOrderFunction", {"order": order_of(world)})

    return partial(due_date_passes, world), told


def due_date_passes(world: World) -> None:
    """The sweep finds the application due. The order's last instant is over, the payment was in time."""
    from certification.cloud.tables.applications import applications

    before, application = world.clock.instant, applications.read(world.candidate.reference)
    assert application.due is not None
    world.clock.instant = application.due.at
    item = {"table": "Applications", "key": application.reference}
    try:
        world.cloud.invoke("ApplyOutcomesFunction", {"items": [item]})
    finally:
        world.clock.instant = before


def registered_in_the_end(world: World) -> None:
    world.settle()
    registered_once(world)


def one_checkout(world: World) -> None:
    from certification.cloud.tables.orders import orders

    assert len(orders.read(order_of(world)).payments) == 1
    assert len(world.card("status")["sessions"]) == 1


SCENES: list[tuple[Scene, Callable[[World], None]]] = [
    (the_same_fact_applied_twice, registered_in_the_end),
    (one_order_settled_twice, registered_in_the_end),
    (two_events_of_one_payment, registered_in_the_end),
    (a_checkout_asked_for_twice, one_checkout),
    (a_settlement_while_the_due_date_passes, registered_in_the_end),
    (the_due_date_passing_during_a_settlement, registered_in_the_end),
    (a_payment_told_while_the_due_date_passes, registered_in_the_end),
]


@pytest.mark.scenario(9)
@pytest.mark.parametrize(("scene", "ends"), SCENES, ids=[scene.__name__ for scene, _ in SCENES])
def test_another_runs_in_between(world: World, scene: Scene, ends: Callable[[World], None]) -> None:
    for at in range(1, MOST_CALLS):
        world.go_back()
        world.card("switch", name="drop", on="true")
        act, other = scene(world)
        world.cloud.invoker.failures.clear()
        reached = interrupted(act, at, other)
        failures = [f"{one.function} {one.error}: {one.message}" for one in world.cloud.invoker.failures]
        assert not failures, f"before call {at}: {failures}"
        ends(world)
        if not reached:
            return
    pytest.fail("the act never ends")
