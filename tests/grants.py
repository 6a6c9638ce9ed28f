"""What the tests used of the rights in the template: a right that nobody used is deleted, or named here with its reason.

`make test` runs several times pytest, each in several processes. Every process writes down which rights its roles had
and used, into the folder that `GRANTS` names; `python -m tests.grants <folder>` adds up. A right in use is one that a
call needed under the gate of the local cloud.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.gate.gate import Gate, Grant
from local.gate.gate import _grants as grants_of

LISTENERS_FAILURE = "the failure of a queue or bus, which the local cloud does not have"
A_LOST_ANSWER = "only after an answer that was lost: tests/faults breaks it in processes of its own"

NOT_SEEN_HERE: dict[tuple[str, str, str], str] = {}
"""Rights that no test needs, by role, action and resource, each with its reason."""


class Watch:
    """The gates of this process, from now on."""

    def __init__(self) -> None:
        self._gates: list[tuple[dict[Grant, str], set[Grant]]] = []
        gates, original = self._gates, Gate.__init__

        def opened(gate: Gate, stack: Any, **options: Any) -> None:
            original(gate, stack, **options)
            if "PortalRole" in stack.roles:
                names = {arn: logical for logical, arn in stack.arns.items()}
                given = [grant for role, statements in stack.roles.items() for grant in grants_of(role, statements)]
                gates.append(({grant: names.get(grant.resource, grant.resource) for grant in given}, gate._hits))

        Gate.__init__ = opened  # type: ignore[assignment, method-assign]

    def write(self, folder: Path) -> None:
        """This process's share."""
        given, used = set(), set()
        for grants, hits in self._gates:
            for grant, name in grants.items():
                given.add((grant.role, grant.action, name))
                if grant in hits:
                    used.add((grant.role, grant.action, name))
        folder.mkdir(exist_ok=True)
        (folder / f"{os.getpid()}.json").write_text(json.dumps([sorted(given), sorted(used)]), encoding="utf-8")


def differences(given: set[tuple[str, ...]], used: set[tuple[str, ...]]) -> Iterator[str]:
    """In words, the rights that nobody used and the reasons that nobody needs."""
    for role, action, resource in sorted(given - used - NOT_SEEN_HERE.keys()):
        yield f"no test needs {role}: {action} on {resource}; delete it, or say why in tests/grants.py"
    for role, action, resource in sorted(NOT_SEEN_HERE.keys() - (given - used)):
        yield f"{role}: {action} on {resource} is used now, or given no more: delete its reason in tests/grants.py"


def main(folder: Path) -> int:
    """Add up what the processes wrote; 1 when a right is left over."""
    shares = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    given = {tuple(grant) for share in shares for grant in share[0]}
    used = {tuple(grant) for share in shares for grant in share[1]}
    found = list(differences(given, used))
    print(f"{len(used)} of {len(given)} rights of the template were used; {len(NOT_SEEN_HERE)} have a reason not to be")
    print(*found, sep="\n")
    return 1 if found or not given else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
