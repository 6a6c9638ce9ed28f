"""What the control room knows, as plain data: the JSON side, and what the pages are made of."""

import dataclasses
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.engine import Execution
from local.runtime.source import queue_name, queue_url
from local.stack import ACCOUNT, REGION

if TYPE_CHECKING:
    from local.cloud import LocalCloud

LIMITS_EN = "Local development cloud: it does not model quotas, eventual consistency or the network."
LIMITS_ZH = "本地开发云：不模拟配额、最终一致性和网络。"
EXECUTIONS_SHOWN = 200
NAME = "assay-local-cloud"

Arguments = dict[str, str]


def status(cloud: "LocalCloud", _: Arguments) -> dict[str, Any]:
    """Who this is, so that a second start can tell a running local cloud from another program."""
    return {
        "name": NAME,
        "process": os.getpid(),
        "address": cloud.address,
        "now": cloud.clock.now(),
        "kept": cloud.store is not None,
        "accounts": cloud.accounts,
        "limits": {"en": LIMITS_EN, "zh": LIMITS_ZH},
    }


def clock(cloud: "LocalCloud", _: Arguments) -> dict[str, Any]:
    """The present instant, how far it was moved, where it is on its way to, and what falls due next."""
    return {
        "now": cloud.clock.now(),
        "moving_to": cloud.room.actions.moving_to,
        "moved_seconds": int(cloud.clock.offset / timedelta(seconds=1)),
        "next_job": cloud.schedules.next_due(),
        "next_due": cloud.pump.next_due(),
    }


def inbox(cloud: "LocalCloud", arguments: Arguments) -> Any:
    """Messages, newest first: `to`, `q` (words) and `kind` (mail or sms) narrow them down; `id` gives one."""
    if "id" in arguments:
        found = [letter for letter in cloud.inbox.letters() if letter.identifier == arguments["id"]]
        return found[0].as_json() if found else None
    kind: Any = arguments.get("kind") or None
    letters = cloud.inbox.letters(arguments.get("to") or None, arguments.get("q") or None, kind)
    return [letter.as_json() for letter in letters]


def jobs(cloud: "LocalCloud", _: Arguments) -> list[dict[str, Any]]:
    """The template's schedules with their last and next run."""
    return [
        {
            "name": job.name,
            "schedule": job.rule.schedule,
            "time_zone": job.rule.time_zone,
            "enabled": job.rule.enabled,
            "last_run": job.last_run,
            "next_run": job.next_run,
        }
        for job in cloud.schedules.jobs
    ]


def executions(cloud: "LocalCloud", arguments: Arguments) -> Any:
    """Executions, newest first: `machine` and `status` narrow them down; `id` (an ARN) gives one."""
    if "id" in arguments:
        found = [run for run in cloud.engine.executions() if run.arn == arguments["id"]]
        return dataclasses.asdict(found[0]) if found else None
    wanted = arguments.get("status")
    runs = [run for run in cloud.executions(arguments.get("machine") or None) if wanted in (None, "", run.status)]
    return [summary(run) for run in list(reversed(runs))[:EXECUTIONS_SHOWN]]


def summary(run: Execution) -> dict[str, Any]:
    """An execution without its documents."""
    return {name: value for name, value in dataclasses.asdict(run).items() if name not in ("input", "output")}


def queues(cloud: "LocalCloud", _: Arguments) -> list[dict[str, Any]]:
    """Every queue with its depth, and what the runtime itself holds back."""
    known = sorted(arn for arn in cloud.stack.arns.values() if arn.startswith(f"arn:aws:sqs:{REGION}:{ACCOUNT}:"))
    feeds = {spec.source_arn: spec.function for spec in cloud.stack.event_sources}
    dead = {rule.dead_letter for spec in cloud.stack.rules for rule in spec.targets}
    found = []
    for arn in known:
        answer = cloud.sqs.get_queue_attributes(QueueUrl=queue_url(arn), AttributeNames=["All"])["Attributes"]
        found.append(
            {
                "name": queue_name(arn),
                "waiting": int(answer["ApproximateNumberOfMessages"]),
                "in_flight": int(answer["ApproximateNumberOfMessagesNotVisible"]),
                "delayed": int(answer["ApproximateNumberOfMessagesDelayed"]),
                "feeds": feeds.get(arn),
                "dead_letters": arn in dead or arn not in feeds,
            }
        )
    return found


def sources(cloud: "LocalCloud", _: Arguments) -> list[dict[str, Any]]:
    """What the pump turns, whether it is paused, and when it has work next."""
    every = [*cloud.pump.sources, cloud.schedules]
    paused = cloud.pump.paused
    return [{"name": s.name, "paused": s.name in paused, "next_due": s.next_due()} for s in every]


def permissions(cloud: "LocalCloud", _: Arguments) -> dict[str, Any]:
    """What the gate refused, and which grants of the template nobody used so far."""
    return cloud.system.permissions()


def calls(cloud: "LocalCloud", _: Arguments) -> dict[str, Any]:
    """How often each function ran, how long on average, and how many AWS calls were made in all."""
    functions = {
        name: {"invocations": count, "average_ms": round(cloud.invoker.seconds[name] / count * 1000, 1)}
        for name, count in sorted(cloud.invoker.counts.items())
    }
    return {"aws_calls": cloud.system.calls(), "operations": cloud.system.operations(), "functions": functions}


def errors(cloud: "LocalCloud", _: Arguments) -> dict[str, Any]:
    """Handler errors and what was not delivered, newest first."""
    return {
        "handlers": [dataclasses.asdict(failure) for failure in reversed(cloud.invoker.failures)],
        "undelivered": [dataclasses.asdict(entry) for entry in reversed(cloud.undelivered)],
    }


def log(cloud: "LocalCloud", arguments: Arguments) -> list[str]:
    """The last lines that handlers printed; `q` narrows them down."""
    words = arguments.get("q", "")
    return [line for line in list(cloud.log.lines) if words in line][-500:]


def simulators(cloud: "LocalCloud", _: Arguments) -> list[dict[str, Any]]:
    """The external bodies played here, with their switches. Post to `/_local/<name>/control/<action>`."""
    return [
        {"name": name, "address": f"/_local/{name}/", "status": simulator.control("status", {})}
        for name, simulator in sorted(cloud.simulators.items())
    ]


FACTS: dict[str, Callable[["LocalCloud", Arguments], Any]] = {
    "status": status,
    "clock": clock,
    "inbox": inbox,
    "jobs": jobs,
    "executions": executions,
    "queues": queues,
    "sources": sources,
    "gate": permissions,
    "calls": calls,
    "errors": errors,
    "log": log,
    "simulators": simulators,
}


def plain(value: Any) -> Any:
    """What JSON does not know: instants as ISO 8601 with Z, everything else as text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value) if isinstance(value, Path) else repr(value)
