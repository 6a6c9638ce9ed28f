"""A stream feeds its function in order: filters, retries, bisecting, and in the end a failure destination."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local import moto_patches
from local.runtime.streams import StreamPoller
from local.stack import EventSourceSpec
from tests.local.runtime_world import DEAD, START, STREAM, World, world_in


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_in(tmp_path) as made:
        yield made


def stream_poller(world: World, **changes: Any) -> StreamPoller:
    spec = replace(EventSourceSpec("Relay", STREAM, "Worker", 10), **changes)
    records = moto_patches.stream_records
    return StreamPoller(spec, world.invoker, world.clock.now, records, world.destinations, world.give_up)


def keys(call: dict[str, Any]) -> list[str]:
    return [record["dynamodb"]["Keys"]["pk"]["S"] for record in call["Records"]]


def test_a_stream_is_delivered_in_order_and_batches(world: World) -> None:
    world.put("a", "b", "c")
    world.pump(stream_poller(world, batch_size=2)).settle()
    assert [keys(call) for call in world.calls] == [["a", "b"], ["c"]]


def test_a_filter_lets_only_inserts_through(world: World) -> None:
    world.put("a")
    world.dynamodb.delete_item(TableName="Rows", Key={"pk": {"S": "a"}})
    world.put("b")
    world.pump(stream_poller(world, filters=({"eventName": ["INSERT"]},))).settle()
    assert [keys(call) for call in world.calls] == [["a", "b"]]


def test_a_filter_may_look_into_the_new_image(world: World) -> None:
    world.put("a")
    pattern = {"dynamodb": {"NewImage": {"state": {"S": ["old"]}}}}
    world.pump(stream_poller(world, filters=(pattern,))).settle()
    assert world.calls == []


def test_a_failed_batch_comes_again_with_growing_pauses_before_anything_later(world: World) -> None:
    world.answers.extend([ValueError("no"), ValueError("no")])
    pump = world.pump(stream_poller(world, batch_size=1))
    world.put("a", "b")
    pump.settle()
    assert [keys(call) for call in world.calls] == [["a"]]
    pump.advance(START + timedelta(seconds=1))
    assert [keys(call) for call in world.calls] == [["a"], ["a"]]
    pump.advance(START + timedelta(seconds=3))
    assert [keys(call) for call in world.calls] == [["a"], ["a"], ["a"], ["b"]]


def test_bisecting_finds_the_poison_record_and_saves_the_others(world: World) -> None:
    class PoisonB(list[Any]):
        def pop(self, _index: Any = 0) -> Any:
            return ValueError("poison") if "b" in keys(world.calls[-1]) else None

    world._module().answers = PoisonB([1])
    world.put("a", "b", "c", "d")
    pump = world.pump(stream_poller(world, bisect=True, maximum_retries=2, on_failure=DEAD))
    pump.advance(START + timedelta(minutes=1))
    delivered = [keys(call) for call in world.calls]
    assert delivered == [["a", "b", "c", "d"], ["a", "b"], ["a"], ["b"], ["b"], ["b"], ["c", "d"]]
    report = json.loads(world.dead_letters()[0]["Body"])
    assert report["DDBStreamBatchInfo"]["batchSize"] == 1
    assert report["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert world.given_up == [("1 records of Rows for worker", "ValueError after 3 tries")]


def test_partial_failures_of_a_stream_start_again_at_the_first_failed_record(world: World) -> None:
    class FailB(list[Any]):
        def pop(self, _index: Any = 0) -> Any:
            records = [r for r in world.calls[-1]["Records"] if r["dynamodb"]["Keys"]["pk"]["S"] == "b"]
            failed = records if len(world.calls) == 1 else []
            return {"batchItemFailures": [{"itemIdentifier": r["dynamodb"]["SequenceNumber"]} for r in failed]}

    world._module().answers = FailB([1])
    world.put("a", "b", "c")
    world.pump(stream_poller(world, partial_failures=True)).advance(START + timedelta(seconds=1))
    assert [keys(call) for call in world.calls] == [["a", "b", "c"], ["b", "c"]]


def test_a_stream_forgets_after_a_day(world: World) -> None:
    world.answers.extend(ValueError("no") for _ in range(5_000))
    pump = world.pump(stream_poller(world))
    world.put("a")
    pump.advance(START + timedelta(hours=23, minutes=58))
    assert world.given_up == []
    pump.advance(START + timedelta(hours=24, minutes=1))
    assert len(world.given_up) == 1


def test_a_restarted_poller_goes_on_where_it_was(world: World) -> None:
    world.answers.append(ValueError("no"))
    first = stream_poller(world, batch_size=2)
    world.put("a", "b", "c")
    world.pump(first).settle()
    second = stream_poller(world, batch_size=2)
    second.load(first.dump())
    world.pump(second).advance(START + timedelta(seconds=1))
    assert [keys(call) for call in world.calls] == [["a", "b"], ["a", "b"], ["c"]]
