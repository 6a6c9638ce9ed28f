"""Every call under the policies of the template: allowed as on AWS, or refused with AWS's words.

The role comes from `local.chain.ROLE`; without one (a test, a tool) nothing is checked. Identity policies are the role's
own statements; queues, buckets, keys and functions have their say too, and a key's policy must let IAM decide at all.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from local.chain import FUNCTION, Call
from local.gate.evaluate import Context, action_matches, applies, check_statement, listed, matches
from local.gate.implied import implied
from local.gate.names import Names, Need
from local.gate.needs import needs
from local.gate.principals import Principal, concerns
from local.stack import ACCOUNT, REGION, Stack


class AccessDenied(ClientError):
    """What AWS answers when a right is missing. `denied` tells deliveries that trying again is useless."""

    denied = True


class Denied(NamedTuple):
    """A right that was needed and not given; `role` is a logical id or a service."""

    role: str
    action: str
    resource: str
    operation: str


class Grant(NamedTuple):
    """One action on one resource that a role's policy gives."""

    role: str
    action: str
    resource: str


class UnknownRole(LookupError):
    """The role is not one of the template."""


_ERROR_CODES = {"s3": ("AccessDenied", 403), "sns": ("AuthorizationError", 403)}
_NOT_HERE = ("logs:", "xray:")
"""Rights that only AWS's own parts use: nothing on a laptop can exercise them."""


class Gate:
    """The policies of one stack. With `enforce=False` it only writes down what it would refuse."""

    def __init__(self, stack: Stack, *, enforce: bool = True) -> None:
        self.denied: list[Denied] = []
        self.seen: Counter[Call] = Counter()
        self._stack, self._enforce = stack, enforce
        self._names = Names.of(stack)
        self._role_arns = {stack.arns[role]: role for role in stack.roles}
        self._hits: set[Grant] = set()
        self._lock = threading.Lock()
        for role, statements in stack.roles.items():
            for statement in statements:
                check_statement(statement, role)
        for resource, statements in stack.resource_policies.items():
            for statement in statements:
                check_statement(statement, resource)

    def check_call(
        self, role: str, service: str, operation: str, parameters: Mapping[str, Any], region: str = REGION
    ) -> None:
        """Raise AccessDenied unless the role may make this API call."""
        names = self._names if region == REGION else _in_region(self._names, region)
        for need in needs(service, operation, parameters, names):
            self._require(role, need, operation)

    def check(self, role: str, action: str, resource: str, context: Context | None = None) -> None:
        """Raise AccessDenied unless the role (logical id or ARN) may do this: for what the runtime does itself."""
        self._require(self.role_id(role), Need(action, resource, context or {}), action.partition(":")[2])

    def check_service(self, service: str, action: str, resource: str, source_arn: str) -> None:
        """Raise AccessDenied unless the resource's own policy lets an AWS service do this for one of our resources.

        E.g. events.amazonaws.com, `sqs:SendMessage`, a queue, the ARN of the rule. An encrypted resource asks its key.
        """
        context = {"aws:SourceArn": source_arn, "aws:SourceAccount": ACCOUNT}
        principal = Principal(service=service)
        for need in (Need(action, resource, context), *implied(Need(action, resource, context), self._stack)):
            allowed, refused = self._by_resource(principal, need, self._common(need.context))
            if refused or not allowed:
                why = "with an explicit deny" if refused else "because no resource-based policy allows it"
                self._refuse(service, f"Service {service} for {source_arn}", need, action.partition(":")[2], why)

    def role_id(self, role: str) -> str:
        """The logical id of a role given by logical id or ARN."""
        found = role if role in self._stack.roles else self._role_arns.get(role)
        if found is None:
            raise UnknownRole(f"{role} is not a role of the template")
        return found

    def unused(self, roles: Iterable[str] | None = None) -> list[Grant]:
        """Grants of these roles (all of them when None) that no call has needed, so far."""
        grants = (grant for role in (roles or self._stack.roles) for grant in _grants(role, self._stack.roles[role]))
        with self._lock:
            return sorted({grant for grant in grants if grant not in self._hits})

    def missing(self) -> list[Grant]:
        """What was refused, each once: the grants to add, or the calls to remove."""
        return sorted({Grant(entry.role, entry.action, entry.resource) for entry in self.denied})

    def may(self, role: str, action: str, resource: str) -> bool:
        """Whether a role (logical id or ARN) has a right: a refusal is not written down, a use is."""
        need = Need(action, resource)
        allowed, _ = self._decide(self.role_id(role), need, self._common(need.context))
        return allowed

    def count(self, call: Call) -> None:
        """Note a call that passed, for the comparison with the chain."""
        with self._lock:
            self.seen[call] += 1

    def _require(self, role: str, need: Need, operation: str) -> None:
        if role not in self._stack.roles:
            raise UnknownRole(f"{role} is not a role of the template")
        for each in (need, *implied(need, self._stack)):
            allowed, why = self._decide(role, each, self._common(each.context))
            if not allowed:
                name = self._stack.physical[role]
                user = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{FUNCTION.get() or 'local'}"
                self._refuse(role, user, each, operation, why)

    def _decide(self, role: str, need: Need, context: Context) -> tuple[bool, str]:
        """Allowed or not, and AWS's words for why not."""
        by_identity = False
        for statement in self._stack.roles[role]:
            if applies(statement, need.action, need.resource, context):
                if statement["Effect"] == "Deny":
                    return False, "with an explicit deny in an identity-based policy"
                by_identity = True
                self._note(role, statement, need)
        arn = self._stack.arns[role]
        by_resource, refused = self._by_resource(Principal(role=arn), need, context)
        if refused:
            return False, "with an explicit deny in a resource-based policy"
        if need.action.startswith("kms:") and not by_resource:
            delegated, _ = self._by_resource(Principal(account=True), need, context)
            by_identity = by_identity and delegated
        if by_identity or by_resource:
            return True, ""
        return False, f"because no identity-based policy allows the {need.action} action"

    def _by_resource(self, principal: Principal, need: Need, context: Context) -> tuple[bool, bool]:
        """Whether the resource's own policy allows, and whether it refuses."""
        allowed = False
        for statement in self._stack.resource_policies.get(_owner(need.resource), []):
            about_it = concerns(statement.get("Principal"), principal, statement["Effect"])
            if about_it and applies(statement, need.action, need.resource, context):
                if statement["Effect"] == "Deny":
                    return False, True
                allowed = True
        return allowed, False

    def _common(self, context: Context) -> Context:
        """What every request carries: it is TLS, and it is our account."""
        return {
            "aws:SecureTransport": "true",
            "aws:PrincipalAccount": ACCOUNT,
            "aws:ResourceAccount": ACCOUNT,
            "aws:RequestedRegion": REGION,
            "kms:CallerAccount": ACCOUNT,
            "s3:TlsVersion": "1.3",
            **context,
        }

    def _note(self, role: str, statement: Mapping[str, Any], need: Need) -> None:
        hits = {
            grant
            for grant in _grants(role, [statement])
            if action_matches(grant.action, need.action) and matches(grant.resource, need.resource)
        }
        with self._lock:
            self._hits |= hits

    def _refuse(self, role: str, user: str, need: Need, operation: str, why: str) -> None:
        with self._lock:
            self.denied.append(Denied(role, need.action, need.resource, operation))
        if not self._enforce:
            return
        code, status = _ERROR_CODES.get(need.action.split(":")[0], ("AccessDeniedException", 400))
        message = f"{user} is not authorized to perform: {need.action} on resource: {need.resource} {why}"
        answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise AccessDenied(answer, operation)


def _in_region(names: Names, region: str) -> Names:
    return Names(names.aliases, names.hash_keys, names.secrets, names.senders, region)


def _owner(resource: str) -> str:
    """The resource that has the policy: an object's bucket, otherwise the resource itself."""
    return resource.split("/", 1)[0] if resource.startswith("arn:aws:s3:::") else resource


def _grants(role: str, statements: Iterable[Mapping[str, Any]]) -> list[Grant]:
    return [
        Grant(role, action, resource)
        for statement in statements
        if statement["Effect"] == "Allow"
        for action in listed(statement.get("Action", []))
        if not action.startswith(_NOT_HERE)
        for resource in listed(statement.get("Resource", []))
    ]
