"""The last step of a delivery: start a machine, queue an invocation, or put a message on a queue, if allowed to.

Who may: a machine is started under the target's role, and so is everything a schedule sends; a queue behind a rule asks
its own policy for the sending service; a failure destination is written under the role of the function that failed.
A refusal (an exception with `denied`) is final: EventBridge does not retry it.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from local.runtime.source import queue_url
from local.stack import Stack, TargetSpec


class NoSuchTarget(Exception):
    """The target's ARN belongs to nothing in the template, or nobody may start it."""

    denied = True


@dataclass(frozen=True)
class Sender:
    """The AWS service that delivers, and the ARN of the rule or schedule it delivers for."""

    service: str
    arn: str


Check = Callable[[str, str, str], None]
"""Raises when a role (by logical id) may not do an action on a resource."""


class Rights(Protocol):
    """Who acts, and whether a role may do something."""

    def acting(self, role: str | None, function: str | None = None) -> AbstractContextManager[object]:
        """Everything called inside belongs to the system, under this role."""

    def check(self, role: str, action: str, resource: str) -> None:
        """Raise when the role may not do this."""

    def check_service(self, service: str, action: str, resource: str, source_arn: str) -> None:
        """Raise when the resource's own policy does not let an AWS service do this for one of our resources."""


class Starter(Protocol):
    def start(self, machine_arn: str, input: Any, name: str | None = None) -> str:  # noqa: A002 - the engine's word
        """Start an execution and give its ARN."""


class Destinations:
    """`later(function, event)` queues an asynchronous invocation; `sqs` is an SQS client."""

    def __init__(
        self, stack: Stack, machines: Starter, later: Callable[[str, Any], None], rights: Rights, sqs: Any
    ) -> None:
        self._stack, self._machines, self._later, self._rights = stack, machines, later, rights
        self._machine_arns = {machine.arn for machine in stack.machines.values()}
        self._sqs = sqs

    def send(self, target: TargetSpec, payload: Any, sender: Sender) -> None:
        """Deliver `payload` to the target."""
        service = target.arn.split(":")[2]
        if service == "states":
            self._start(target, payload)
        elif service == "lambda":
            if target.role is not None:
                self._rights.check(target.role, "lambda:InvokeFunction", target.arn)
            self._later(target.arn, payload)
        elif service == "sqs" and target.role is not None:
            self.put_as(target.role, target.arn, payload)
        elif service == "sqs":
            self.put(target.arn, payload, sender)
        else:
            raise NoSuchTarget(f"{sender.arn} has the target {target.arn}: only states, lambda and sqs are delivered")

    def put(self, queue: str, payload: Any, sender: Sender, attributes: dict[str, str] | None = None) -> None:
        """Put a message on a queue in the name of a service; the queue's policy must allow it."""
        self._rights.check_service(sender.service, "sqs:SendMessage", queue, sender.arn)
        with self._rights.acting(None, sender.service):
            self._message(queue, payload, attributes or {})

    def put_as(self, role: str, queue: str, payload: Any, attributes: dict[str, str] | None = None) -> None:
        """Put a message on a queue under a role: what Lambda or Scheduler could not deliver, or a schedule's target."""
        self._rights.check(role, "sqs:SendMessage", queue)
        with self._rights.acting(role, "dead letters"):
            self._message(queue, payload, attributes or {})

    def _message(self, queue: str, payload: Any, attributes: dict[str, str]) -> None:
        self._sqs.send_message(
            QueueUrl=queue_url(queue),
            MessageBody=json.dumps(payload, ensure_ascii=False),
            MessageAttributes={k: {"DataType": "String", "StringValue": v} for k, v in attributes.items()},
        )

    def _start(self, target: TargetSpec, payload: Any) -> None:
        if target.arn not in self._machine_arns:
            raise NoSuchTarget(f"no machine {target.arn} in the template")
        if target.role is None:
            raise NoSuchTarget(f"the target {target.arn} has no role that may start it")
        self._rights.check(target.role, "states:StartExecution", target.arn)
        self._machines.start(target.arn, payload)
