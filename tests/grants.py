"""What the tests used of the rights in the template: a right that nobody used is deleted, or named here with its reason.

`make test` runs pytest several times, each in several processes. Every process writes down which rights its roles had
and used, and how its tests went, into the folder that `GRANTS` names; `make rights` adds up. A right in use is one that
a call needed under the gate of the local cloud. What only a race would use needs a test that makes the race happen.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from local.gate.gate import Gate, Grant
from local.gate.gate import _grants as grants_of

type Right = tuple[str, str, str]
"""Role, action and resource; a resource of the template by its logical id."""

NOT_SEEN_HERE: dict[str, str] = {
    "states:DescribeExecution": "Step Functions itself follows the children of a distributed map; the engine here calls no API",
    "states:StopExecution": "Step Functions itself stops the children of a distributed map; the engine here calls no API",
}
"""Actions that no test can need, each with its reason: only what the local cloud cannot show. tests/house says which roles
have them."""


class Share(NamedTuple):
    """What one process saw. `left_out` are tests that did not run or did not pass: their rights cannot be known."""

    given: set[Right]
    used: set[Right]
    left_out: list[str]


class Watch:
    """A plugin of pytest that watches the gates of this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._gates: list[tuple[dict[Grant, str], set[Grant]]] = []
        self._left_out: list[str] = []
        gates, original = self._gates, Gate.__init__

        def opened(gate: Gate, stack: Any, **options: Any) -> None:
            original(gate, stack, **options)
            if "PortalRole" in stack.roles:
                names = {arn: logical for logical, arn in stack.arns.items()}
                given = [grant for role, statements in stack.roles.items() for grant in grants_of(role, statements)]
                gates.append(({grant: names.get(grant.resource, grant.resource) for grant in given}, gate._hits))

        Gate.__init__ = opened  # type: ignore[assignment, method-assign]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed or (report.skipped and not hasattr(report, "wasxfail")):
            self._left_out.append(report.nodeid)

    def pytest_unconfigure(self) -> None:
        """This process's share."""
        given, used = set(), set()
        for grants, hits in self._gates:
            for grant, name in grants.items():
                given.add((grant.role, grant.action, name))
                if grant in hits:
                    used.add((grant.role, grant.action, name))
        self._folder.mkdir(exist_ok=True)
        share = Share(given, used, self._left_out)
        text = json.dumps([sorted(each) for each in share])
        (self._folder / f"{os.getpid()}.json").write_text(text, encoding="utf-8")


def added_up(folder: Path) -> Share:
    """The shares of all processes."""
    whole = Share(set(), set(), [])
    for path in folder.glob("*.json"):
        given, used, left_out = json.loads(path.read_text(encoding="utf-8"))
        whole.given.update(map(tuple, given))
        whole.used.update(map(tuple, used))
        whole.left_out.extend(left_out)
    return whole


def differences(given: set[Right], used: set[Right]) -> Iterator[str]:
    """In words, the rights that nobody used, and the reasons that nobody needs."""
    for role, action, resource in sorted(given - used):
        if action not in NOT_SEEN_HERE:
            yield f"{role} may {action} on {resource}, and no test needed it"
    for action in sorted(NOT_SEEN_HERE.keys() - {action for _, action, _ in given - used}):
        yield f"{action} is used now, or given no more: delete its reason in tests/grants.py"


WHAT_TO_DO = """\
For each right that no test needed: if the code cannot come to it, delete it from its role in template.yaml. If it can,
write the test that goes there through the deployed function (tests/functions, tests/statemachines), and see it used:
    GRANTS=/tmp/rights .venv/bin/pytest <the test> && .venv/bin/python -m tests.grants /tmp/rights | grep <the role>
Only what the local cloud cannot show stands in NOT_SEEN_HERE of tests/grants.py, with its reason."""


def main(folder: Path) -> int:
    """Add up what the processes wrote; 1 when a right is left over. Says nothing about a run in which tests are missing."""
    whole = added_up(folder)
    used, given = len(whole.used), len(whole.given)
    print(f"{used} of {given} rights of the template were used")
    if not given:
        print("no test opened the template's gate: run `make test`, which ends with this")
        return 1
    found = list(differences(whole.given, whole.used))
    if not found:
        return 0
    print(*found, sep="\n")
    if whole.left_out:
        print(f"{len(whole.left_out)} tests were left out, so this proves nothing; the first: {whole.left_out[0]}")
        return 0
    print(WHAT_TO_DO)
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
