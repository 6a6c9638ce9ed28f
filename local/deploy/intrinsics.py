"""CloudFormation's functions, resolved as far as our templates use them. Any other is refused by name."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from local.deploy.errors import DeployError
from local.stack import ACCOUNT, REGION

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_LITERAL = "\ue000{"
"""Stands for the `${` of a `${!Literal}` until everything is resolved. A private-use character: no template has it."""


class _NoValue:
    """AWS::NoValue: the property disappears."""


NO_VALUE = _NoValue()


class Resolver:
    """Knows parameters, conditions, mappings and what is deployed so far (`refs`, `attributes` by logical id)."""

    def __init__(self, template: Mapping[str, Any], parameters: Mapping[str, str], stack_name: str) -> None:
        self.refs: dict[str, Any] = {}
        self.attributes: dict[str, dict[str, str]] = {}
        self._parameters = parameters
        self._conditions: dict[str, Any] = template.get("Conditions") or {}
        self._mappings: dict[str, Any] = template.get("Mappings") or {}
        self._pseudo: dict[str, Any] = {
            "AWS::AccountId": ACCOUNT,
            "AWS::NoValue": NO_VALUE,
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{stack_name}/local",
            "AWS::StackName": stack_name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        self._functions: dict[str, Callable[[Any, str], Any]] = {
            "Ref": self._ref,
            "Condition": self.condition,
            "Fn::And": lambda value, where: all(self._truth(part, where) for part in value),
            "Fn::Equals": self._equals,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::Join": self._join,
            "Fn::Not": lambda value, where: not self._truth(value[0], where),
            "Fn::Or": lambda value, where: any(self._truth(part, where) for part in value),
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Sub": self._sub,
        }

    def resolve(self, value: Any, where: str) -> Any:
        """`value` without functions. `where` is the logical id for error messages."""
        if isinstance(value, list):
            return [part for part in (self.resolve(part, where) for part in value) if part is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            # `Condition` is a function only with a name; in a policy statement it is an ordinary key.
            if name in self._functions and (name != "Condition" or isinstance(argument, str)):
                return self._functions[name](argument, where)
            if name.startswith("Fn::"):
                raise DeployError(where, f"the function {name} is not implemented by the local cloud")
        resolved = {key: self.resolve(part, where) for key, part in value.items()}
        return {key: part for key, part in resolved.items() if part is not NO_VALUE}

    def condition(self, name: str, where: str) -> bool:
        """Whether a condition of the template holds."""
        if name not in self._conditions:
            raise DeployError(where, f"there is no condition {name}")
        return self._truth(self._conditions[name], name)

    def _truth(self, value: Any, where: str) -> bool:
        resolved = self.resolve(value, where)
        if not isinstance(resolved, bool):
            raise DeployError(where, f"{value!r} is not a condition")
        return resolved

    def _ref(self, name: str, where: str) -> Any:
        for known in (self._pseudo, self._parameters, self.refs):
            if name in known:
                return known[name]
        raise DeployError(where, f"refers to {name}, which is no parameter and no resource that is created")

    def _get_att(self, argument: Any, where: str) -> str:
        logical_id, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        if logical_id not in self.attributes:
            raise DeployError(where, f"refers to {logical_id}.{attribute}, but {logical_id} is not created")
        if attribute not in self.attributes[logical_id]:
            raise DeployError(where, f"refers to {logical_id}.{attribute}, which the local cloud does not provide")
        return self.attributes[logical_id][attribute]

    def _sub(self, argument: Any, where: str) -> str:
        text, values = (argument, {}) if isinstance(argument, str) else argument
        values = {name: self.resolve(value, where) for name, value in values.items()}

        def fill(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name.startswith("!"):
                return f"{_LITERAL}{name[1:]}}}"
            if name in values:
                return str(values[name])
            found = self._get_att(name, where) if "." in name else self._ref(name, where)
            return str(found)

        return PLACEHOLDER.sub(fill, text)

    def _join(self, argument: Any, where: str) -> str:
        separator, parts = argument
        resolved = self.resolve(parts, where)
        if not isinstance(resolved, list):
            raise DeployError(where, "Fn::Join needs a list")
        return str(separator).join(str(part) for part in resolved)

    def _if(self, argument: Any, where: str) -> Any:
        name, then, otherwise = argument
        return self.resolve(then if self.condition(name, where) else otherwise, where)

    def _select(self, argument: Any, where: str) -> Any:
        index, parts = self.resolve(argument[0], where), self.resolve(argument[1], where)
        try:
            return parts[int(index)]
        except (IndexError, ValueError):
            raise DeployError(where, f"Fn::Select has no part {index} in {parts}") from None

    def _split(self, argument: Any, where: str) -> list[str]:
        text: str = self.resolve(argument[1], where)
        return text.split(argument[0])

    def _find_in_map(self, argument: Any, where: str) -> Any:
        mapping, first, second = (self.resolve(part, where) for part in argument)
        try:
            return self._mappings[mapping][first][second]
        except KeyError:
            raise DeployError(where, f"there is no {first}.{second} in the mapping {mapping}") from None

    def _equals(self, argument: Any, where: str) -> bool:
        left, right = self.resolve(argument, where)
        return str(left) == str(right)


def refuse_placeholders(value: Any, where: str) -> None:
    """Raise when a text still has a `${...}`: a forgotten `!Sub`, most often."""
    for text in _texts(value):
        left = PLACEHOLDER.findall(text)
        if left:
            raise DeployError(where, f"has unresolved ${{{left[0]}}} (write !Sub, or ${{!{left[0]}}} for the text)")


def literal(value: Any) -> Any:
    """`value` with the `${` of every `${!Literal}` put back."""
    if isinstance(value, str):
        return value.replace(_LITERAL, "${")
    if isinstance(value, list):
        return [literal(part) for part in value]
    if isinstance(value, dict):
        return {key: literal(part) for key, part in value.items()}
    return value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for part in parts for text in _texts(part)]
