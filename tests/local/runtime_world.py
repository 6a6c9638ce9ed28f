"""One function, one queue, one stream, one machine: what the tests of the event sources stand on."""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from local import moto_patches
from local.clock import VirtualClock
from local.runtime.asynchronous import Asynchronous
from local.runtime.console import HandlerLog
from local.runtime.destinations import Destinations
from local.runtime.invoker import Invoker
from local.runtime.loader import handler_of
from local.runtime.pump import Pump
from local.runtime.queues import QueuePoller
from local.runtime.schedules import Schedules
from local.stack import ACCOUNT, REGION, EventSourceSpec, FunctionSpec, MachineSpec, RuleSpec, Stack

START = datetime(2026, 3, 14, 2, 12, tzinfo=UTC)
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:work"
DEAD = f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"
STREAM = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/Rows/stream/now"
MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:machine"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:worker"
CODE = """
calls = []
answers = []

def handler(event, context):
    calls.append(event)
    answer = answers.pop(0) if answers else None
    if isinstance(answer, Exception):
        raise answer
    return answer
"""


class Machines:
    """Notes what was started; fails as told."""

    def __init__(self) -> None:
        self.started: list[Any] = []
        self.failures: list[Exception] = []

    def start(self, machine_arn: str, input: Any, name: str | None = None) -> str:  # noqa: A002, ARG002
        if self.failures:
            raise self.failures.pop(0)
        self.started.append(input)
        return f"{machine_arn}:{len(self.started)}"


class Refused(Exception):
    """As the gate refuses."""

    denied = True


class World:
    """One function, one queue with a dead-letter queue, one table with a stream, one machine."""

    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock(START)
        self.announced: list[tuple[str, str, Any]] = []
        moto_patches.install(self.clock, lambda *what: self.announced.append(what))
        self.sqs = boto3.client("sqs", region_name=REGION)
        self.dead_url = self.sqs.create_queue(QueueName="dead")["QueueUrl"]
        redrive = json.dumps({"deadLetterTargetArn": DEAD, "maxReceiveCount": "3"})
        self.url = self.sqs.create_queue(
            QueueName="work", Attributes={"VisibilityTimeout": "30", "RedrivePolicy": redrive}
        )["QueueUrl"]
        self.dynamodb = boto3.client("dynamodb", region_name=REGION)
        self.dynamodb.create_table(
            TableName="Rows",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        code = folder / "worker"
        code.mkdir()
        (code / "app.py").write_text(CODE)
        spec = FunctionSpec("Worker", "worker", FUNCTION, "app.handler", code, (), 5, 256, {}, "WorkerRole")
        machine = MachineSpec("Machine", "machine", MACHINE, {}, "STANDARD", "MachineRole")
        self.stack = Stack("test", {}, "hash", functions={"Worker": spec}, machines={"Machine": machine})
        self.invoker = Invoker(self.stack, self.clock.now, HandlerLog(self.clock.now))
        self.given_up: list[tuple[str, str]] = []
        self.denied: set[tuple[str, str, str]] = set()
        self.machines = Machines()
        self.asynchronous = Asynchronous(self.invoker, self.clock.now, self.give_up)
        self.destinations = Destinations(self.stack, self.machines, self.asynchronous.add, self, self.sqs)
        self.invoker.invoke("Worker", "warm")
        self.calls.clear()

    @property
    def calls(self) -> list[Any]:
        found: list[Any] = self._module().calls
        return found

    @property
    def answers(self) -> list[Any]:
        found: list[Any] = self._module().answers
        return found

    def _module(self) -> Any:
        return sys.modules[handler_of(self.stack.functions["Worker"]).__module__]

    def acting(self, role: str | None, function: str | None = None) -> AbstractContextManager[None]:
        del role, function
        return nullcontext()

    def check(self, role: str, action: str, resource: str) -> None:
        if (role, action, resource) in self.denied:
            raise Refused(f"{role} may not {action}")

    def check_service(self, service: str, action: str, resource: str, source_arn: str) -> None:
        del source_arn
        self.check(service, action, resource)

    def give_up(self, what: str, why: str) -> None:
        self.given_up.append((what, why))

    def pump(self, *sources: Any, rules: list[RuleSpec] | None = None) -> Pump:
        jobs = Schedules(rules or [], self.clock.now, lambda *_: None)
        return Pump(self.clock, [*sources, self.asynchronous], jobs)

    def put(self, *keys: str) -> None:
        for key in keys:
            self.dynamodb.put_item(TableName="Rows", Item={"pk": {"S": key}, "state": {"S": "new"}})

    def dead_letters(self) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(QueueUrl=self.dead_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        return [dict(message) for message in answer.get("Messages", [])]


@contextmanager
def world_in(folder: Path) -> Iterator[World]:
    """A world whose function lies in `folder`; moto is patched while it lasts."""
    made = World(folder)
    try:
        yield made
    finally:
        moto_patches.uninstall()


def queue_poller(world: World, **changes: Any) -> QueuePoller:
    spec = replace(EventSourceSpec("Poller", QUEUE, "Worker", 10), **changes)
    return QueuePoller(spec, world.invoker, world.clock.now, lambda _role, _function: nullcontext(), world.sqs)


def send(world: World, *messages: str) -> None:
    for text in messages:
        world.sqs.send_message(QueueUrl=world.url, MessageBody=text)
