"""The deployer: template.yaml -> SAM transform -> own intrinsics -> creation order -> boto3 calls on moto.

What it cannot do, it refuses with the logical id: an unknown resource type or property, an unresolved `${...}`, a
condition nobody uses, a role that the service in question may not assume. moto's patches must be installed.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.deploy.creating import Created, Deployment, Properties
from local.deploy.creators import CREATORS
from local.deploy.errors import DeployError
from local.deploy.inert import INERT
from local.deploy.intrinsics import Resolver, literal, refuse_placeholders
from local.deploy.order import creation_order, refuse_unused_conditions
from local.deploy.permissions import refuse_missing_permissions
from local.deploy.transform import choose_parameters, transform
from local.stack import Stack

__all__ = ["DeployError", "deploy", "transform"]


def deploy(
    template: Path, parameters: Mapping[str, str], stack_name: str = "assay", *, existing: bool = False
) -> Stack:
    """Create everything in `template` and say what there is.

    With `existing`, moto already holds the state (a restored snapshot): nothing is created, everything is looked up,
    and a resource that the state lacks is an error. `Stack.template_hash` changes with the template, its state
    machines and its stack name, not with parameters or code.
    """
    transformed = transform(template, parameters)
    refuse_unused_conditions(transformed)
    resolver = Resolver(transformed, choose_parameters(transformed, parameters), stack_name)
    stack = Stack(name=stack_name, template=transformed, template_hash=_hash(transformed, stack_name))
    deployment = Deployment(stack=stack, base=template.parent, existing=existing)
    resources = {
        logical_id: resource
        for logical_id, resource in transformed["Resources"].items()
        if "Condition" not in resource or resolver.condition(resource["Condition"], logical_id)
    }
    for logical_id in creation_order(resources):
        created = _create(logical_id, resources[logical_id], resolver, deployment)
        resolver.refs[logical_id], resolver.attributes[logical_id] = created.ref, created.attributes
        stack.physical[logical_id] = created.name or created.ref
        if "Arn" in created.attributes:
            stack.arns[logical_id] = created.attributes["Arn"]
    refuse_missing_permissions(stack)
    stack.outputs = _outputs(transformed, resolver)
    return stack


def _create(logical_id: str, resource: Mapping[str, Any], resolver: Resolver, deployment: Deployment) -> Created:
    kind = resource["Type"]
    values = resolver.resolve(resource.get("Properties", {}), logical_id)
    # A definition still has the names that DefinitionSubstitutions gives; its creator checks what is left.
    refuse_placeholders({name: value for name, value in values.items() if name != "DefinitionString"}, logical_id)
    properties = Properties(logical_id, literal(values))
    if kind in INERT:
        deployment.stack.inert.append(logical_id)
        name = deployment.physical_name(logical_id, properties.get(INERT[kind].named_by))
        return Created(name, {key: text.format(name=name) for key, text in INERT[kind].attributes.items()})
    if kind not in CREATORS:
        raise DeployError(logical_id, f"the resource type {kind} is not implemented by the local cloud")
    try:
        created = CREATORS[kind].create(logical_id, properties, deployment)
    except (ClientError, BotoCoreError) as problem:
        raise DeployError(logical_id, f"{kind} cannot be created: {problem}") from problem
    properties.refuse_unread(CREATORS[kind].meaningless)
    return created


def _outputs(transformed: Mapping[str, Any], resolver: Resolver) -> dict[str, str]:
    outputs = {}
    for name, output in (transformed.get("Outputs") or {}).items():
        if "Condition" not in output or resolver.condition(output["Condition"], name):
            value = resolver.resolve(output["Value"], name)
            refuse_placeholders(value, name)
            outputs[name] = str(literal(value))
    return outputs


def _hash(transformed: Mapping[str, Any], stack_name: str) -> str:
    content = json.dumps([stack_name, transformed["Resources"]], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()
