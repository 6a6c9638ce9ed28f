"""Many at once: what each of several threads got."""

import threading
from collections.abc import Callable
from typing import Any

from certification.rules.errors import Refused


def at_once(times: int, act: Callable[[int], Any]) -> list[Any]:
    """What each of so many threads got: the value, or the refusal."""
    outcomes: list[Any] = [None] * times
    gate = threading.Barrier(times)

    def run(number: int) -> None:
        gate.wait()
        try:
            outcomes[number] = act(number)
        except Refused as refusal:
            outcomes[number] = refusal

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def codes_of(outcomes: list[Any]) -> list[str]:
    return sorted(one.code for one in outcomes if isinstance(one, Refused))
