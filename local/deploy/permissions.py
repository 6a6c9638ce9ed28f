"""What AWS would refuse only at the first request: functions that their callers may not invoke.

SAM writes these permissions for its own events; a rule or an authorizer written by hand needs one of its own. A missing
one shows on AWS as a silent 500 or an event that never arrives.
"""

import fnmatch
from typing import Any

from local.deploy.creators.api import API_ID
from local.deploy.errors import DeployError
from local.stack import ACCOUNT, REGION, RuleSpec, Stack


def refuse_missing_permissions(stack: Stack) -> None:
    """Raise when the API or a rule has a function that does not let it in."""
    arns = {spec.name: spec.arn for spec in stack.functions.values()}
    for route in stack.routes:
        source = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API_ID}"
        called = f"{source}/$default/{'*' if route.method == 'ANY' else route.method}{route.path}"
        _require(stack, arns[route.function], "apigateway.amazonaws.com", called, f"route {route.method} {route.path}")
        if route.authorizer is not None:
            asked = f"{source}/authorizers/local"
            _require(stack, arns[route.authorizer], "apigateway.amazonaws.com", asked, f"authorizer of {route.path}")
    for rule in stack.rules:
        for target in rule.targets:
            if target.arn in arns.values() and target.role is None:
                _require(stack, target.arn, "events.amazonaws.com", _rule_arn(rule), rule.logical_id)


def _rule_arn(rule: RuleSpec) -> str:
    path = rule.name if rule.bus == "default" else f"{rule.bus}/{rule.name}"
    return f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{path}"


def _require(stack: Stack, function: str, service: str, source: str, where: str) -> None:
    if not any(_allows(statement, service, source) for statement in stack.resource_policies.get(function, [])):
        raise DeployError(
            where, f"{service} may not invoke {function}: it needs an AWS::Lambda::Permission for {source}"
        )


def _allows(statement: dict[str, Any], service: str, source: str) -> bool:
    wanted = statement.get("Condition", {}).get("ArnLike", {}).get("aws:SourceArn", "*")
    # SAM writes path variables and "any method" as stars.
    return bool(statement["Principal"]["Service"] == service and fnmatch.fnmatchcase(source, wanted))
