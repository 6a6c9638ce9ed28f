"""Event buses, rules and schedules. Patterns are matched by moto; targets are delivered by our runtime."""

import json
from typing import Any

from local.deploy.creating import Created, Creator, Deployment, Properties, client
from local.deploy.errors import DeployError
from local.stack import ACCOUNT, REGION, RuleSpec, TargetSpec

EVENTS, SCHEDULER = "events.amazonaws.com", "scheduler.amazonaws.com"


def _bus(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    name = properties["Name"]
    events = client("events")
    if not deployment.existing:
        events.create_event_bus(Name=name)
    arn = deployment.found(lambda: events.describe_event_bus(Name=name)["Arn"], logical_id)
    return Created(name, {"Arn": arn, "Name": name})


def _rule(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    name = deployment.physical_name(logical_id, properties.get("Name"))
    bus = str(properties.get("EventBusName", "default")).rsplit("/", 1)[-1]
    pattern, schedule = properties.get("EventPattern"), properties.get("ScheduleExpression")
    if (pattern is None) == (schedule is None):
        raise DeployError(logical_id, "needs either an EventPattern or a ScheduleExpression")
    state = properties.get("State", "ENABLED")
    targets = tuple(_target(target, deployment, EVENTS) for target in properties.each("Targets"))
    if pattern is not None and not deployment.existing:
        # Only the pattern: moto names the rule when it matches, and the runtime knows the targets.
        client("events").put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern), State=state)
    if pattern is not None:
        deployment.found(lambda: client("events").describe_rule(Name=name, EventBusName=bus), logical_id)
    spec = RuleSpec(
        logical_id=logical_id,
        name=name,
        bus=bus,
        pattern=pattern,
        schedule=schedule,
        time_zone=None,
        enabled=state == "ENABLED",
        targets=targets,
    )
    deployment.stack.rules.append(spec)
    path = name if bus == "default" else f"{bus}/{name}"
    ref = name if bus == "default" else f"{bus}|{name}"
    return Created(ref, {"Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{path}"}, name=name)


def _schedule(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    name = deployment.physical_name(logical_id, properties.get("Name"))
    properties.only("GroupName", "default", "schedule groups are not implemented")
    window = properties.part("FlexibleTimeWindow")
    window.only("Mode", "OFF", "the local scheduler runs a job at its time")
    spec = RuleSpec(
        logical_id=logical_id,
        name=name,
        bus="default",
        pattern=None,
        schedule=properties["ScheduleExpression"],
        # A schedule without a time zone runs by UTC.
        time_zone=properties.get("ScheduleExpressionTimezone", "UTC"),
        enabled=properties.get("State", "ENABLED") == "ENABLED",
        targets=(_target(properties.part("Target"), deployment, SCHEDULER),),
    )
    if spec.targets[0].role is None:
        raise DeployError(logical_id, "a schedule needs Target.RoleArn")
    deployment.stack.rules.append(spec)
    return Created(name, {"Arn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}"})


def _target(target: Properties, deployment: Deployment, service: str) -> TargetSpec:
    target.get("Id")
    arn, text, path = target["Arn"], target.get("Input"), target.get("InputPath")
    if text is not None and path is not None:
        raise DeployError(target.where, "may have Input or InputPath, not both")
    role_arn = target.get("RoleArn")
    role = deployment.role(role_arn, target.where, service) if role_arn else None
    if ":states:" in arn and role is None:
        raise DeployError(target.where, f"{arn} is a state machine: it needs a RoleArn that may start it")
    retries = target.part("RetryPolicy")
    return TargetSpec(
        arn=arn,
        role=role,
        input=_json_text(text, target.where),
        input_path=path,
        dead_letter=target.part("DeadLetterConfig").get("Arn"),
        maximum_retries=int(retries.get("MaximumRetryAttempts", 185)),
        maximum_age=int(retries.get("MaximumEventAgeInSeconds", 86_400)),
    )


def _json_text(text: Any, where: str) -> str | None:
    if text is None:
        return None
    try:
        json.loads(text)
    except (TypeError, ValueError):
        raise DeployError(where, f"Input must be JSON, not {text!r}") from None
    return str(text)


CREATORS = {
    "AWS::Events::EventBus": Creator(_bus, {"Description": "a description", "Tags": "nothing reads them"}),
    "AWS::Events::Rule": Creator(_rule, {"Description": "a description", "Tags": "nothing reads them"}),
    "AWS::Scheduler::Schedule": Creator(_schedule, {"Description": "a description"}),
}
