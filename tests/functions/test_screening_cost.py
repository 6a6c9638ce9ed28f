"""What screening one application costs, in every lane: at most 12 Lambda calls and 30 write units."""

from collections.abc import Iterator

import pytest

from tests.functions import committing
from tests.functions.stand import Stand, stand_on
from tests.functions.units import counted

MOST_CALLS, MOST_UNITS = 12, 30
STEPS = ("assay-check_eligibility", "assay-choose_lane")


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    with stand_on() as made:
        committing.publish(made)
        yield made


@pytest.fixture(scope="module")
def people(stand: Stand) -> committing.People:
    return committing.People(stand)


@pytest.mark.parametrize(
    ("commits", "status"),
    [(None, "awaiting_review"), (True, "awaiting_signature"), (False, "awaiting_proofs")],
    ids=["review", "commitment", "proof"],
)
def test_a_screening_is_few_calls_and_few_units(
    stand: Stand, people: committing.People, commits: bool | None, status: str
) -> None:
    """Calls: all from the candidate's click until everybody was told. Units: all that the screening itself writes."""
    candidate = stand.applicant() if commits is None else people.draft(commits)
    with counted(stand) as spent:
        candidate.confirm()
        stand.cloud.settle()
    assert candidate.status() == status
    assert spent.calls["check_eligibility"] == spent.calls["choose_lane"] == 1
    assert spent.calls.total() <= MOST_CALLS, spent.calls
    assert 0 < spent.by(*STEPS) <= MOST_UNITS, spent.units
