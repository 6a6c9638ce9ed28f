"""A queue feeds its function as Lambda does: batches, partial failures, visibility, redrive."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local import moto_patches
from tests.local.runtime_world import QUEUE, START, World, queue_poller, send, world_in


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_in(tmp_path) as made:
        yield made


def bodies(call: dict[str, Any]) -> list[str]:
    return [record["body"] for record in call["Records"]]


def test_a_queue_is_delivered_in_batches_and_emptied(world: World) -> None:
    send(world, *(str(number) for number in range(12)))
    world.pump(queue_poller(world)).settle()
    assert [len(call["Records"]) for call in world.calls] == [10, 2]
    assert moto_patches.next_message_at("work") is None


def test_a_record_of_a_queue_has_the_shape_of_lambda(world: World) -> None:
    world.sqs.send_message(
        QueueUrl=world.url, MessageBody="text", MessageAttributes={"kind": {"DataType": "String", "StringValue": "a"}}
    )
    world.pump(queue_poller(world)).settle()
    record = world.calls[0]["Records"][0]
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == QUEUE
    assert record["messageAttributes"] == {"kind": {"stringValue": "a", "dataType": "String"}}
    assert record["attributes"]["ApproximateReceiveCount"] == "1"


def test_only_the_failed_messages_of_a_batch_come_again_after_their_visibility_time(world: World) -> None:
    poller = queue_poller(world, partial_failures=True)
    pump = world.pump(poller)
    send(world, "good", "bad")

    class Failing(list[Any]):
        def pop(self, _index: Any = 0) -> Any:
            records = world.calls[-1]["Records"]
            failed = [r["messageId"] for r in records if r["body"] == "bad" and len(world.calls) == 1]
            return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}

    world._module().answers = Failing([1])
    pump.settle()
    assert [bodies(call) for call in world.calls] == [["good", "bad"]]
    pump.advance(START + timedelta(seconds=29))
    assert len(world.calls) == 1
    pump.advance(START + timedelta(seconds=30))
    assert [bodies(call) for call in world.calls] == [["good", "bad"], ["bad"]]
    assert moto_patches.next_message_at("work") is None


def test_an_answer_that_names_an_unknown_message_fails_the_whole_batch(world: World) -> None:
    send(world, "one", "two")
    world.answers.append({"batchItemFailures": [{"itemIdentifier": "nobody"}]})
    world.pump(queue_poller(world, partial_failures=True)).settle()
    assert moto_patches.next_message_at("work") == START + timedelta(seconds=30)


def test_without_partial_failures_the_answer_does_not_matter(world: World) -> None:
    send(world, "one")
    world.answers.append({"batchItemFailures": [{"itemIdentifier": "nobody"}]})
    world.pump(queue_poller(world)).settle()
    assert moto_patches.next_message_at("work") is None


def test_a_poison_message_ends_in_the_dead_letter_queue_after_three_tries(world: World) -> None:
    send(world, "poison")
    world.answers.extend(ValueError("cannot") for _ in range(9))
    pump = world.pump(queue_poller(world))
    pump.advance(START + timedelta(minutes=5))
    assert len(world.calls) == 3
    assert [message["Body"] for message in world.dead_letters()] == ["poison"]
    assert [failure.error for failure in world.invoker.failures] == ["ValueError"] * 3


def test_a_delayed_message_waits_for_its_time(world: World) -> None:
    world.sqs.send_message(QueueUrl=world.url, MessageBody="later", DelaySeconds=60)
    pump = world.pump(queue_poller(world))
    pump.advance(START + timedelta(seconds=59))
    assert world.calls == []
    pump.advance(START + timedelta(seconds=60))
    assert [bodies(call) for call in world.calls] == [["later"]]
