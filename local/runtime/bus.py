"""From a matched rule to its targets: input, permission, retries, dead letters.

moto matches the patterns; what it hands us is put on a list and delivered by the pump, after the write that caused
it, never inside it. EventBridge tries for 24 hours, or as the target says, and refuses at once what is not allowed.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from local.runtime.destinations import Destinations, NoSuchTarget, Sender
from local.runtime.repeated import ONCE, Deliveries
from local.runtime.source import earliest
from local.stack import ACCOUNT, REGION, RuleSpec, TargetSpec

EVENTS, SCHEDULER = "events.amazonaws.com", "scheduler.amazonaws.com"
LONGEST_WAIT = timedelta(minutes=5)


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one target of one rule."""

    rule: str
    target: int
    event: dict[str, Any]
    since: datetime
    due: datetime
    attempts: int = 0


class InputError(ValueError):
    """A target's InputPath that this runtime does not read, or that the event does not have."""

    denied = True


class Bus:
    """Deliveries of all rules, event buses and schedules alike."""

    name = "bus"

    def __init__(
        self,
        rules: list[RuleSpec],
        destinations: Destinations,
        now: Callable[[], datetime],
        given_up: Callable[[str, str], None],
        repeat: Deliveries = ONCE,
    ) -> None:
        self._rules = {_key(rule.bus, rule.name): rule for rule in rules}
        self._repeat = repeat
        self._destinations, self._now, self._given_up = destinations, now, given_up
        self._deliveries: list[Delivery] = []
        for rule in rules:
            for target in rule.targets:
                _path(target)

    def announce(self, rule_name: str, bus: str, event: dict[str, Any]) -> None:
        """A rule matched an event: note its deliveries to each target. Called inside PutEvents and PutObject."""
        key, now = _key(bus, rule_name), self._now()
        rule = self._rules.get(key)
        if rule is None:
            return
        for time in range(self._repeat.times):
            due = now + time * self._repeat.again_after
            self._deliveries.extend(Delivery(key, number, event, due, due) for number in range(len(rule.targets)))

    def scheduled(self, rule: RuleSpec, event: dict[str, Any]) -> None:
        """A schedule is due: its targets get the event as from a matched rule."""
        self.announce(rule.name, rule.bus, event)

    def step(self) -> bool:
        due = next((delivery for delivery in self._deliveries if delivery.due <= self._now()), None)
        if due is None:
            return False
        rule = self._rules.get(due.rule)
        if rule is not None and due.target < len(rule.targets):
            self._deliver(rule, rule.targets[due.target], due)
        self._deliveries.remove(due)
        return True

    def next_due(self) -> datetime | None:
        return earliest(*(delivery.due for delivery in self._deliveries))

    def waiting(self) -> int:
        """How many deliveries wait."""
        return len(self._deliveries)

    def dump(self) -> list[dict[str, Any]]:
        return [asdict(delivery) for delivery in list(self._deliveries)]

    def load(self, state: list[dict[str, Any]]) -> None:
        self._deliveries = [Delivery(**entry) for entry in state]

    def _deliver(self, rule: RuleSpec, target: TargetSpec, delivery: Delivery) -> None:
        # A schedule of EventBridge Scheduler has a time zone; a rule has none.
        sender = Sender(EVENTS if rule.time_zone is None else SCHEDULER, rule_arn(rule))
        try:
            self._destinations.send(target, _input(target, delivery.event), sender)
        except Exception as problem:
            too_old = self._now() - delivery.since >= timedelta(seconds=target.maximum_age)
            tired = delivery.attempts >= target.maximum_retries
            if too_old or tired or getattr(problem, "denied", False):
                self._dead(target, sender, delivery, problem)
            else:
                wait = min(timedelta(seconds=2 ** min(delivery.attempts, 9)), LONGEST_WAIT)
                self._deliveries.append(replace(delivery, attempts=delivery.attempts + 1, due=self._now() + wait))

    def _bury(self, queue: str, role: str | None, delivery: Delivery, about: dict[str, str]) -> None:
        """A rule's dead letters need the queue's policy, a schedule's need the right in the schedule's role."""
        if role is not None:
            self._destinations.put_as(role, queue, delivery.event, about)
        else:
            self._destinations.put(queue, delivery.event, Sender(EVENTS, about["RULE_ARN"]), about)

    def _dead(self, target: TargetSpec, sender: Sender, delivery: Delivery, problem: Exception) -> None:
        code = "NO_PERMISSIONS" if not isinstance(problem, NoSuchTarget) else "NO_RESOURCE"
        about = {
            "RULE_ARN": sender.arn,
            "TARGET_ARN": target.arn,
            "ERROR_CODE": code if delivery.attempts == 0 else "RETRIES_EXHAUSTED",
            "ERROR_MESSAGE": str(problem),
        }
        why = f"{type(problem).__name__}: {problem}"
        if target.dead_letter is not None:
            try:
                self._bury(target.dead_letter, target.role if sender.service == SCHEDULER else None, delivery, about)
            except Exception as refused:
                why += f"; and its dead-letter queue: {refused}"
        self._given_up(f"event {delivery.event.get('detail-type')} for {target.arn}", why)


def rule_arn(rule: RuleSpec) -> str:
    """The ARN of a rule (on the default bus the bus is not named) or of a schedule."""
    if rule.time_zone is not None:
        return f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{rule.name}"
    bus = "" if rule.bus == "default" else f"{rule.bus}/"
    return f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{bus}{rule.name}"


def _key(bus: str, name: str) -> str:
    return f"{bus}/{name}"


def _path(target: TargetSpec) -> list[str]:
    path = target.input_path or "$"
    head, *fields = path.split(".")
    if head != "$" or not all(field.replace("-", "_").isidentifier() for field in fields):
        raise InputError(f"target {target.arn}: InputPath {path!r} is not read here; write $.field.field")
    return fields


def _input(target: TargetSpec, event: dict[str, Any]) -> Any:
    if target.input is not None:
        return json.loads(_with_attributes(target.input, event))
    value: Any = event
    for field in _path(target):
        if not isinstance(value, dict) or field not in value:
            raise InputError(f"target {target.arn}: the event has nothing at {target.input_path}")
        value = value[field]
    return value


def _with_attributes(text: str, event: dict[str, Any]) -> str:
    """Fill EventBridge Scheduler's context attributes into an input, e.g. `<aws.scheduler.scheduled-time>`."""
    if "<aws.scheduler." not in text:
        return text
    values = {
        "schedule-arn": event["resources"][0],
        "scheduled-time": event["time"],
        "execution-id": event["id"],
        "attempt-number": "1",
    }
    for attribute, value in values.items():
        text = text.replace(f"<aws.scheduler.{attribute}>", value)
    return text
