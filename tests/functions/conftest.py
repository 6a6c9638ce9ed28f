"""One deployed stack per module, put back to its first state before each test."""

from collections.abc import Iterator

import pytest

from tests.functions.stand import Saved, Stand, stand_on


@pytest.fixture(scope="module")
def _stand() -> Iterator[tuple[Stand, Saved]]:
    with stand_on() as made:
        yield made, made.save()


@pytest.fixture
def stand(_stand: tuple[Stand, Saved]) -> Stand:
    """The stack as deployed, with staff and an open sitting."""
    made, first = _stand
    made.restore(first)
    return made
