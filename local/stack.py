"""What the deployer found in template.yaml, in the words the runtime needs.

The deployer fills it once; everybody else only reads it. Names are physical names or ARNs, already resolved.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ACCOUNT = "123456789012"
REGION = "ap-southeast-1"


@dataclass(frozen=True)
class FunctionSpec:
    """One Lambda function. `role` is the logical id of its role; `layers` are folders to put on the path."""

    logical_id: str
    name: str
    arn: str
    handler: str
    code: Path
    layers: tuple[Path, ...]
    timeout: int
    memory: int
    environment: dict[str, str]
    role: str


@dataclass(frozen=True)
class MachineSpec:
    """One state machine with its definition after substitution. `kind` is STANDARD or EXPRESS."""

    logical_id: str
    name: str
    arn: str
    definition: dict[str, Any]
    kind: str
    role: str


@dataclass(frozen=True)
class EventSourceSpec:
    """A poller: an SQS queue or a DynamoDB stream that feeds a function. `maximum_age` in seconds, -1 for no limit."""

    logical_id: str
    source_arn: str
    function: str
    batch_size: int
    filters: tuple[dict[str, Any], ...] = ()
    partial_failures: bool = False
    maximum_retries: int = -1
    bisect: bool = False
    on_failure: str | None = None
    enabled: bool = True
    maximum_age: int = -1


@dataclass(frozen=True)
class TargetSpec:
    """Where a rule or schedule sends: a function, a machine or a queue, under which role, with which input.

    `role` is the logical id of the role. `maximum_age` is how many seconds EventBridge keeps trying.
    """

    arn: str
    role: str | None = None
    input: str | None = None
    input_path: str | None = None
    dead_letter: str | None = None
    maximum_retries: int = 185
    maximum_age: int = 86_400


@dataclass(frozen=True)
class RuleSpec:
    """An EventBridge rule on `bus` ("default" for S3 events): pattern or schedule, and its targets."""

    logical_id: str
    name: str
    bus: str
    pattern: dict[str, Any] | None
    schedule: str | None
    time_zone: str | None
    enabled: bool
    targets: tuple[TargetSpec, ...]


@dataclass(frozen=True)
class RouteSpec:
    """One route of the HTTP API, e.g. `ANY /{proxy+}` or `POST /webhooks/card`. `authorizer` is a function name.

    `identity` are the sources without which the authorizer is not asked, e.g. `$request.header.Authorization`.
    """

    method: str
    path: str
    function: str
    authorizer: str | None
    identity: tuple[str, ...] = ()


@dataclass
class Stack:
    """Everything deployed. `roles` maps a role's logical id to its statements; `physical` maps logical ids to names.

    `resource_policies` maps the ARN of a queue, key, bucket or function to the statements of its own policy;
    `encrypted_by` maps a resource's ARN to the ARN of its customer key; `aliases` maps `alias/...` to a key's ARN.
    """

    name: str
    template: dict[str, Any]
    template_hash: str
    functions: dict[str, FunctionSpec] = field(default_factory=dict)
    machines: dict[str, MachineSpec] = field(default_factory=dict)
    event_sources: list[EventSourceSpec] = field(default_factory=list)
    rules: list[RuleSpec] = field(default_factory=list)
    routes: list[RouteSpec] = field(default_factory=list)
    roles: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    physical: dict[str, str] = field(default_factory=dict)
    arns: dict[str, str] = field(default_factory=dict)
    inert: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    resource_policies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    encrypted_by: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
