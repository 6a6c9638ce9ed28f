"""SQS as patched: everything by our clock."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from local import moto_patches
from local.clock import VirtualClock
from local.stack import REGION
from tests.local.patched_moto import START, client, patched_moto


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with patched_moto() as patched:
        yield patched.clock


def queue(**attributes: str) -> tuple[Any, str]:
    sqs = client("sqs")
    return sqs, sqs.create_queue(QueueName="mail", Attributes=attributes)["QueueUrl"]


def test_a_received_message_comes_back_at_the_instant_its_visibility_ends(clock: VirtualClock) -> None:
    sqs, url = queue(VisibilityTimeout="60")
    sqs.send_message(QueueUrl=url, MessageBody="letter")
    assert "Messages" in sqs.receive_message(QueueUrl=url)
    assert moto_patches.next_message_at("mail") == START + timedelta(seconds=60)
    clock.move_to(START + timedelta(seconds=59))
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    clock.move_to(START + timedelta(seconds=60))
    assert "Messages" in sqs.receive_message(QueueUrl=url)


def test_a_delayed_message_waits_for_our_clock(clock: VirtualClock) -> None:
    sqs, url = queue()
    assert moto_patches.next_message_at("mail") is None
    sqs.send_message(QueueUrl=url, MessageBody="letter", DelaySeconds=30)
    assert moto_patches.next_message_at("mail") == START + timedelta(seconds=30)
    clock.move_to(START + timedelta(seconds=29))
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    clock.move_to(START + timedelta(seconds=30))
    assert "Messages" in sqs.receive_message(QueueUrl=url)


@pytest.mark.usefixtures("clock")
def test_a_long_poll_answers_at_once() -> None:
    sqs, url = queue(ReceiveMessageWaitTimeSeconds="20")
    assert "Messages" not in sqs.receive_message(QueueUrl=url)


def test_a_poisoned_message_reaches_the_dead_letter_queue_by_our_clock(clock: VirtualClock) -> None:
    dead = client("sqs").create_queue(QueueName="mail-dead")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:123456789012:mail-dead"
    sqs, url = queue(
        VisibilityTimeout="10", RedrivePolicy=json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "2"})
    )
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    for attempt in (1, 2):
        assert "Messages" in sqs.receive_message(QueueUrl=url)
        clock.move_to(START + timedelta(seconds=10 * attempt))
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    assert sqs.receive_message(QueueUrl=dead)["Messages"][0]["Body"] == "poison"
