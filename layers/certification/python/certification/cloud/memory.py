"""What a process remembers between invocations: keys and secrets it has opened.

On AWS each function has a process of its own. The local cloud runs all of them in one and calls `forget` in between,
so that no function lives on what another was allowed to read.
"""

from collections.abc import Callable

_forgetting: list[Callable[[], None]] = []


def remembers(clear: Callable[[], None]) -> None:
    """Register how a module forgets."""
    _forgetting.append(clear)


def forget() -> None:
    """Forget everything, as a new process would."""
    for clear in _forgetting:
        clear()
