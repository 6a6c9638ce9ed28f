"""Whose rights a call has, and what is counted: gate and chain around everything the system does."""

from collections import Counter
from contextlib import AbstractContextManager

from local.chain import Killed, chain
from local.gate import Gate, Grant, install, uninstall
from local.stack import EventSourceSpec, Stack

LEDGER_KEPT = 100_000
_READING = {
    "sqs": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "dynamodb": (
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:DescribeStream",
        "dynamodb:ListStreams",
    ),
}
"""What Lambda needs of the function's role to read a source, by service."""


class System:
    """Installs the chain (before the first client) and, once the stack is known, the gate."""

    killed: tuple[type[BaseException], ...] = (Killed,)

    def __init__(self) -> None:
        self.chain = chain
        chain.install()
        chain.arm(None)
        chain.seen.clear()
        self.gate: Gate | None = None

    def guard(self, stack: Stack) -> Gate:
        """From now on every call under a role must be allowed by the template."""
        self.gate = Gate(stack)
        install(self.gate)
        return self.gate

    def acting(self, role: str | None, function: str | None = None) -> AbstractContextManager[None]:
        """Everything called inside is the system's, under this role."""
        return chain.acting(role, function)

    def check(self, role: str, action: str, resource: str) -> None:
        """Raise AccessDenied when the role may not do this: for what AWS does under a role without a call of ours."""
        if self.gate is not None:
            self.gate.check(role, action, resource)

    def check_service(self, service: str, action: str, resource: str, source_arn: str) -> None:
        """Raise AccessDenied when the resource's own policy does not let the service do this for `source_arn`."""
        if self.gate is not None:
            self.gate.check_service(service, action, resource, source_arn)

    def check_source(self, spec: EventSourceSpec, role: str) -> None:
        """Raise AccessDenied unless the function's role may read its source: AWS refuses to create the mapping."""
        for action in _READING[spec.source_arn.split(":")[2]]:
            self.check(role, action, spec.source_arn)

    def calls(self) -> int:
        """How many cloud calls the system made."""
        # The ledger is for tests; a local cloud that runs for days must not grow with it.
        if len(chain.ledger) > LEDGER_KEPT:
            del chain.ledger[: LEDGER_KEPT // 2]
        return chain.count

    def operations(self) -> dict[str, int]:
        """Cloud calls under a role, by operation, the most frequent first."""
        counted: Counter[str] = Counter()
        for call, times in list(chain.seen.items()):
            counted[f"{call.service}:{call.operation}"] += times
        return dict(counted.most_common())

    def permissions(self) -> dict[str, list[str]]:
        """What the gate refused, and grants that nothing used."""
        if self.gate is None:
            return {"refused": [], "grants not used so far": []}
        refused, unused = self.gate.missing(), self.gate.unused()
        return {"refused": [_words(grant) for grant in refused], "grants not used so far": [_words(g) for g in unused]}

    def close(self) -> None:
        """Nothing is counted or refused any more."""
        uninstall()
        chain.uninstall()


def _words(grant: Grant) -> str:
    return f"{grant.role}: {grant.action} on {grant.resource}"
