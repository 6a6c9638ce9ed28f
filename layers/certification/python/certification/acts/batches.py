"""A batch of a map: each item on its own, so that one bad item holds up nobody else."""

from collections.abc import Callable, Iterable
from typing import Any

from certification.acts.cases import open_for_failed_machine
from certification.cloud.log import logger
from certification.rules.errors import Conflict, Refused


def each[Item](
    machine: str,
    state: str,
    items: Iterable[Item],
    name: Callable[[Item], str],
    act: Callable[[Item], Any],
) -> int:
    """Act on every item and give how many succeeded.

    An item that a rule refuses needs a person: its case is opened and the others go on. Anything else may be a passing
    fault: the remaining items are done first, then it is raised, and the machine runs the whole batch again.
    """
    done = 0
    fault: Exception | None = None
    for item in items:
        try:
            act(item)
        except Conflict as conflict:
            fault = conflict
        except Refused as refusal:
            open_for_failed_machine(machine, state, name(item), refusal.code)
        except Exception as error:
            logger.warning("item failed", machine=machine, state=state, item=name(item), error=type(error).__name__)
            fault = error
        else:
            done += 1
    if fault is not None:
        raise fault
    return done
