"""In which order resources are created: each after those it refers to. Conditions that nobody uses are refused."""

from collections.abc import Mapping
from typing import Any

from local.deploy.errors import DeployError
from local.deploy.intrinsics import PLACEHOLDER


def creation_order(resources: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The logical ids, each after everything it needs; otherwise in the order of the template."""
    needs = {
        logical_id: (references(resource.get("Properties", {})) | _depends_on(resource)) & set(resources) - {logical_id}
        for logical_id, resource in resources.items()
    }
    order: list[str] = []
    while len(order) < len(resources):
        ready = [name for name in resources if name not in order and needs[name] <= set(order)]
        if not ready:
            left = [name for name in resources if name not in order]
            raise DeployError(left[0], f"resources refer to each other in a circle: {', '.join(left)}")
        order.extend(ready)
    return order


def references(value: Any) -> set[str]:
    """Every name that Ref, Fn::GetAtt and Fn::Sub mention inside `value`."""
    if isinstance(value, list):
        return {name for part in value for name in references(part)}
    if not isinstance(value, dict):
        return set()
    found: set[str] = set()
    for key, part in value.items():
        if key == "Ref" and isinstance(part, str):
            found.add(part)
        elif key == "Fn::GetAtt":
            found.add(part.split(".")[0] if isinstance(part, str) else part[0])
        elif key == "Fn::Sub":
            text = part if isinstance(part, str) else part[0]
            found |= {name.split(".")[0].strip() for name in PLACEHOLDER.findall(text)}
            found |= references(part)
        else:
            found |= references(part)
    return found


def refuse_unused_conditions(template: Mapping[str, Any]) -> None:
    """Raise for a condition that no resource, output, property or other condition asks."""
    used: set[str] = set()
    for section in ("Resources", "Outputs", "Conditions"):
        for entry in (template.get(section) or {}).values():
            used |= _conditions(entry)
    for name in template.get("Conditions") or {}:
        if name not in used:
            raise DeployError(name, "this condition is used nowhere in the template")


def _depends_on(resource: Mapping[str, Any]) -> set[str]:
    named = resource.get("DependsOn", [])
    return {named} if isinstance(named, str) else set(named)


def _conditions(value: Any) -> set[str]:
    if isinstance(value, list):
        return {name for part in value for name in _conditions(part)}
    if not isinstance(value, dict):
        return set()
    found = {name for part in value.values() for name in _conditions(part)}
    if isinstance(value.get("Condition"), str):
        found.add(value["Condition"])
    if "Fn::If" in value:
        found.add(value["Fn::If"][0])
    return found
