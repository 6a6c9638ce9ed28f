"""What every creator works with: the properties of its resource, the stack it fills, and boto3 clients on moto.

A property that a creator neither reads nor names as meaningless here stops the deployment: a template must never say
something that the local cloud quietly does not do.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3

from local.deploy.errors import DeployError
from local.stack import ACCOUNT, REGION, Stack


@cache
def client(service: str) -> Any:
    """The deployer's own client of a service, made once."""
    # Any: boto3's stubs know a type per service name, and this name is data.
    session: Any = boto3.session.Session(region_name=REGION, aws_access_key_id="local", aws_secret_access_key="local")
    return session.client(service)


class Properties:
    """The resolved properties of a resource, or of a part of it. Reading marks a property as implemented."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where, self._values = where, values
        self._read: set[str] = set()
        self._parts: list[Properties] = []

    def get(self, name: str, default: Any = None) -> Any:
        self._read.add(name)
        return self._values.get(name, default)

    def __getitem__(self, name: str) -> Any:
        if name not in self._values:
            raise DeployError(self.where, f"needs the property {name}")
        return self.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def part(self, name: str) -> "Properties":
        """A nested object with properties of its own; empty when it is missing."""
        part = Properties(f"{self.where}.{name}", self.get(name) or {})
        self._parts.append(part)
        return part

    def each(self, name: str) -> list["Properties"]:
        """The objects of a list, each with properties of its own."""
        entries = self.get(name) or []
        parts = [Properties(f"{self.where}.{name}[{place}]", entry) for place, entry in enumerate(entries)]
        self._parts.extend(parts)
        return parts

    def only(self, name: str, allowed: Any, why: str) -> None:
        """Accept a property with this one value (or missing); refuse any other."""
        if self.get(name, allowed) != allowed:
            raise DeployError(self.where, f"{name} may only be {allowed!r} here: {why}")

    def refuse_unread(self, meaningless: Mapping[str, str]) -> None:
        """Raise for a property that nobody read. `meaningless` maps those that may stay unread to the reason."""
        for name in self._values:
            if name not in self._read and name not in meaningless:
                raise DeployError(self.where, f"the property {name} is not implemented by the local cloud")
        for part in self._parts:
            part.refuse_unread({})


@dataclass(frozen=True)
class Created:
    """What the template may refer to: the value of Ref, the attributes of GetAtt, and the physical name."""

    ref: str
    attributes: dict[str, str] = field(default_factory=dict)
    name: str | None = None


@dataclass
class Deployment:
    """The deployment under way. With `existing`, nothing is created: what the state already holds is looked up."""

    stack: Stack
    base: Path
    existing: bool
    role_arns: dict[str, str] = field(default_factory=dict)
    role_names: dict[str, str] = field(default_factory=dict)
    managed_policies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    layers: dict[str, Path | None] = field(default_factory=dict)
    trust: dict[str, set[str]] = field(default_factory=dict)

    def physical_name(self, logical_id: str, given: Any) -> str:
        """The name in the template, or one that is the same at every start."""
        return str(given) if given else f"{self.stack.name}-{logical_id}"

    def role(self, arn: Any, where: str, service: str) -> str:
        """The logical id of the role with this ARN, which must let `service` assume it."""
        if arn not in self.role_arns:
            raise DeployError(where, f"its role {arn} is not a role of this template")
        logical_id = self.role_arns[arn]
        if service not in self.trust[logical_id]:
            raise DeployError(where, f"its role {logical_id} does not let {service} assume it")
        return logical_id

    def key_arn(self, key: str, where: str) -> str:
        """The ARN of a key of this template, named by id, ARN or alias."""
        known = set(self.stack.aliases.values()) | {arn for arn in self.stack.arns.values() if ":key/" in arn}
        arn = self.stack.aliases.get(
            key, key if key.startswith("arn:") else f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key}"
        )
        if arn not in known:
            raise DeployError(where, f"its key {key} is not a key of this template")
        return arn

    def found(self, look_up: Callable[[], Any], where: str) -> Any:
        """What restored state holds for a resource of the template."""
        try:
            return look_up()
        except Exception as problem:
            raise DeployError(where, f"the template has it, the restored state does not ({problem})") from None


@dataclass(frozen=True)
class Creator:
    """How resources of one type come into being, and which of their properties mean nothing here (with the reason)."""

    create: Callable[[str, Properties, Deployment], Created]
    meaningless: Mapping[str, str] = field(default_factory=dict)


def statements(document: Any, where: str) -> list[dict[str, Any]]:
    """The statements of a policy document (always a list)."""
    if not isinstance(document, dict) or document.get("Version") != "2012-10-17":
        raise DeployError(where, 'a policy document needs Version "2012-10-17": older ones read variables differently')
    found = document.get("Statement")
    entries: list[Any] = found if isinstance(found, list) else [found]
    if not entries or not all(
        isinstance(entry, dict) and entry.get("Effect") in ("Allow", "Deny") for entry in entries
    ):
        raise DeployError(where, "every statement of a policy needs Effect Allow or Deny")
    return entries


def as_json(value: Any) -> str:
    """A template's JSON value as the text an API wants."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
