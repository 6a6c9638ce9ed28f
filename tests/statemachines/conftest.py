"""One town per module; every story starts from a saved stage, and whatever it was, rights and invariants held."""

from collections.abc import Iterator

import pytest

from tests.journeys.stages import Stages
from tests.journeys.town import Town, town_on


@pytest.fixture(scope="module")
def stages() -> Iterator[Stages]:
    with town_on() as made:
        yield Stages(made)


@pytest.fixture
def town(stages: Stages) -> Iterator[Town]:
    """The town of the module, for a story that asked `stages` for its beginning."""
    yield stages.town
    assert stages.town.broken() == []
