"""IAM's policy language, as far as our templates use it: statements, wildcards, conditions.

What it does not know (another operator, a key nobody provides, a policy variable) is refused when the policy is read,
not when a request happens to meet it. Source: IAM user guide, "Policy evaluation logic" and "Condition operators".
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

type Context = Mapping[str, str | tuple[str, ...]]
"""What a request carries, by condition key."""

_STATEMENT_KEYS = {
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "Condition",
}

KNOWN_KEYS = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:securetransport",
    "aws:sourceaccount",
    "aws:sourcearn",
    "dynamodb:leadingkeys",
    "events:detail-type",
    "events:source",
    "kms:calleraccount",
    "kms:encryptioncontextkeys",
    "kms:macalgorithm",
    "kms:messagetype",
    "kms:requestalias",
    "kms:resourcealiases",
    "kms:signingalgorithm",
    "kms:viaservice",
    "s3:prefix",
    "s3:tlsversion",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "ses:fromaddress",
    "ses:recipients",
}
"""Condition keys that requests here carry when they would on AWS."""


class PolicyError(Exception):
    """A statement that the local gate cannot judge, and why."""


def listed(value: Any) -> list[Any]:
    """One value or a list of them, as a list."""
    return value if isinstance(value, list) else [value]


@cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in text)
    return re.compile("".join(parts), re.DOTALL)


def matches(pattern: str, value: str) -> bool:
    """Whether `value` matches a pattern with `*` and `?`."""
    return _pattern(pattern).fullmatch(value) is not None


@cache
def action_matches(pattern: str, action: str) -> bool:
    """Whether an action matches a pattern; actions have no case. Remembered: there are few of both."""
    return matches(pattern.lower(), action.lower())


def _arn_matches(pattern: str, value: str) -> bool:
    """Each of the six parts of an ARN on its own: a star does not reach over a colon."""
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    return len(wanted) == len(given) and all(map(matches, wanted, given))


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def test(wanted: str, given: str) -> bool:
        try:
            return compare(float(given), float(wanted))
        except ValueError:
            return False

    return test


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, given: wanted == given,
    "StringEqualsIgnoreCase": lambda wanted, given: wanted.lower() == given.lower(),
    "StringLike": matches,
    "ArnEquals": _arn_matches,
    "ArnLike": _arn_matches,
    "Bool": lambda wanted, given: wanted.lower() == given.lower(),
    "NumericEquals": _number(lambda given, wanted: given == wanted),
    "NumericLessThan": _number(lambda given, wanted: given < wanted),
    "NumericLessThanEquals": _number(lambda given, wanted: given <= wanted),
    "NumericGreaterThan": _number(lambda given, wanted: given > wanted),
    "NumericGreaterThanEquals": _number(lambda given, wanted: given >= wanted),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
}


def _split(operator: str) -> tuple[str | None, str, bool]:
    """Quantifier (`ForAllValues`), bare operator, and whether it ends in IfExists."""
    quantifier, _, bare = operator.rpartition(":")
    return quantifier or None, bare.removesuffix("IfExists"), bare.endswith("IfExists")


def applies(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    """Whether a statement is about this action on this resource in this context (its Effect and Principal apart)."""
    names = statement.get("Action", statement.get("NotAction"))
    if any(action_matches(name, action) for name in listed(names)) != ("Action" in statement):
        return False
    if "Resource" in statement or "NotResource" in statement:
        targets = statement.get("Resource", statement.get("NotResource"))
        if any(matches(target, resource) for target in listed(targets)) != ("Resource" in statement):
            return False
    return holds(statement.get("Condition") or {}, context)


def holds(condition: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Whether every operator holds for every key."""
    carried = {name.lower(): value for name, value in context.items()}
    return all(
        _holds(operator, [str(value) for value in listed(wanted)], carried.get(key.lower()))
        for operator, tests in condition.items()
        for key, wanted in tests.items()
    )


def _holds(operator: str, wanted: list[str], carried: str | tuple[str, ...] | None) -> bool:
    quantifier, bare, if_exists = _split(operator)
    if bare == "Null":
        return (carried is None) == (wanted[0].lower() == "true")
    given = () if carried is None else (carried,) if isinstance(carried, str) else carried
    negated = bare in _NEGATED
    test = _OPERATORS[_NEGATED.get(bare, bare)]

    def one(value: str) -> bool:
        return any(test(want, value) for want in wanted) != negated

    if quantifier == "ForAllValues":
        return all(one(value) for value in given)
    if quantifier == "ForAnyValue":
        return any(one(value) for value in given)
    if not given:
        return if_exists or negated
    # Several values without a quantifier: an allowing operator needs one, a negated one all of them.
    return all(one(value) for value in given) if negated else any(one(value) for value in given)


def check_statement(statement: Mapping[str, Any], where: str) -> None:
    """Raise PolicyError for a statement that cannot be judged here."""
    for key in statement:
        if key not in _STATEMENT_KEYS:
            raise PolicyError(f"{where}: the statement element {key} is not implemented by the gate")
    if ("Action" in statement) == ("NotAction" in statement):
        raise PolicyError(f"{where}: a statement needs Action or NotAction")
    for text in _texts([statement.get("Resource"), statement.get("NotResource"), statement.get("Condition")]):
        if "${" in text:
            raise PolicyError(f"{where}: the policy variable in {text} is not implemented by the gate")
    for operator, tests in (statement.get("Condition") or {}).items():
        quantifier, bare, _ = _split(operator)
        if bare not in _OPERATORS and bare not in _NEGATED and bare != "Null":
            raise PolicyError(f"{where}: the condition operator {operator} is not implemented by the gate")
        if quantifier not in (None, "ForAllValues", "ForAnyValue"):
            raise PolicyError(f"{where}: the quantifier {quantifier} is unknown")
        for key in tests:
            if key.lower() not in KNOWN_KEYS and not key.lower().startswith("kms:encryptioncontext:"):
                raise PolicyError(f"{where}: no request here carries the condition key {key}")


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield key
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
