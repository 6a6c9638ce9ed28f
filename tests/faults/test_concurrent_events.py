"""The same event from many sides at once: one entry in the inbox, one in the books, one registration."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from local.enumerate_faults.world import World, a_world
from tests.faults.payment_events import deliver, inbox, order_of, paid, registered_once

THREADS = 8


@pytest.fixture(scope="module")
def _world() -> Iterator[World]:
    with a_world() as made:
        yield made


@pytest.fixture
def world(_world: World) -> World:
    """The instant before the story, with a provider that tells nothing by itself."""
    _world.go_back()
    _world.card("switch", name="drop", on="true")
    return _world


def at_once[T](*acts: Callable[[], T]) -> list[T]:
    """What came of acts that began at the same moment."""
    together = Barrier(len(acts))

    def begin(act: Callable[[], T]) -> T:
        together.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


def settled(world: World) -> int:
    """Everything that is due now, like a post among others."""
    world.settle()
    return 200


@pytest.mark.scenario(1)
@pytest.mark.scenario(9)
def test_an_event_delivered_by_eight_threads_at_once_is_one_entry_and_one_registration(world: World) -> None:
    bodies = paid(world)
    for body in bodies:
        answers = at_once(*[partial(deliver, world, body)] * THREADS)
        assert answers == [200] * THREADS
    assert inbox() == sorted(f"card#{json.loads(body)['id']}" for body in bodies)
    world.settle()
    registered_once(world)


@pytest.mark.scenario(9)
def test_all_events_at_once_while_the_system_works_on_them_register_once(world: World) -> None:
    bodies = paid(world)
    posts = [partial(deliver, world, body) for body in bodies for _ in range(2)]
    at_once(*posts, partial(settled, world))
    world.settle()
    assert len(inbox()) == len(bodies)
    registered_once(world)


@pytest.mark.scenario(9)
def test_one_fact_applied_and_settled_by_eight_machines_at_once_is_booked_once(world: World) -> None:
    event = next(body for body in paid(world) if json.loads(body)["type"] == "checkout.session.completed")
    assert deliver(world, event) == 200
    entry, order = inbox()[0], order_of(world)
    apply = partial(world.cloud.invoke, "ApplyPaymentFunction", {"entry": entry})
    settle = partial(world.cloud.invoke, "SettleOrderFunction", {"order": order})
    assert {answer["order"] for answer in at_once(*[apply] * THREADS)} <= {order, None}
    outcomes = Counter(answer["outcome"] for answer in at_once(*[settle] * THREADS))
    assert outcomes.keys() <= {"register", "nothing"}
    world.settle()
    registered_once(world)
