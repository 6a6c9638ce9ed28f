"""A marks file of a thousand rows over HTTP, 13 of them bad in 13 ways: refused whole, all reported; then the good one.

Five hundred candidates are not carried over HTTP: their applications are rows that the package's own table wrote, and
the acts of the arrangement froze them into the list of a sitting whose exam is over.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from certification.acts import arrangement
from certification.acts.arrangement import frozen_list
from certification.acts.places import live_claim
from certification.acts.release import staging
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.results import results
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit
from certification.rules.numbers import application_reference, candidate_number
from certification.rules.status import Status
from local import seed
from local.visitor import over_sockets
from tests.journeys.stages import drop_marks
from tests.journeys.town import Town, publish, town_on

SITTING = "thousand-marks"
WITH_TWO, WITH_ONE = 499, 2
PAST = timedelta(days=51)
"""How long ago a sitting was opened whose exam was last Friday."""
AT_ONCE = 25
BAD: list[tuple[str, dict[str, str]]] = [
    ("number_check", {"candidate_number": "26010000422"}),
    ("number_form", {"candidate_number": "2601"}),
    ("candidate_unknown", {"candidate_number": candidate_number(2026, 1, 9_999)}),
    ("subject_unknown", {"subject": "oral"}),
    ("subject_not_taken", {"subject": "practical"}),
    ("mark_out_of_range", {"mark": "100.5"}),
    ("mark_not_a_number", {"mark": "eighty"}),
    ("mark_too_precise", {"mark": "85.55"}),
    ("code_unknown", {"mark": "-3"}),
    ("cell_empty", {"mark": ""}),
    ("wrong_sitting", {"sitting": "another-sitting"}),
    ("row_twice", {}),
    ("too_many_cells", {"surplus": "85"}),
]
Row = dict[str, str]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """The exam of a sitting with 501 candidates is over."""
    with town_on(transport=over_sockets) as made:
        past = seed.demo_sitting(made.clock.now() - PAST, SITTING, number=7, seats=600)
        publish(made, past)
        register(made)
        with made.without_jobs():
            arrangement.freeze(SITTING)
            arrangement.publish(SITTING)
        yield made


def register(town: Town) -> None:
    """501 registered applications, each with its place: two with theory only, so that they have a thousand marks together."""
    later = Due(at=town.clock.now() + timedelta(days=100))
    records = [
        Application(
            reference=application_reference(2026, 100_000_000 + place),
            candidate=f"CAN-{place:016x}",
            sitting=SITTING,
            scheme="cgptc",
            policy_hash=town.sitting.policy_hash,
            status=Status.REGISTERED,
            occupation="data_analyst" if place < WITH_TWO else "e_commerce_specialist",
            level="3",
            form="onsite",
            due=later,
        )
        for place in range(WITH_TWO + WITH_ONE)
    ]
    for start in range(0, len(records), AT_ONCE):
        some = records[start : start + AT_ONCE]
        places = [Claim(key=live_claim(one.candidate, SITTING), holder=one.reference) for one in some]
        commit([*(applications.insert(one) for one in some), *(claims.insert(one) for one in places)])


def good_rows() -> list[Row]:
    return [
        {
            "sitting": SITTING,
            "candidate_number": item["candidate_number"],
            "subject": subject,
            "mark": f"{40 + n % 60}.5",
        }
        for n, item in enumerate(frozen_list(SITTING))
        for subject in item["subjects"]
    ]


def as_csv(rows: list[Row]) -> str:
    columns = ("sitting", "candidate_number", "subject", "mark")
    lines = [",".join([*(row[name] for name in columns), *filter(None, [row.get("surplus")])]) for row in rows]
    return "\n".join([",".join(columns), *lines]) + "\n"


def spoilt(rows: list[Row]) -> tuple[list[Row], dict[int, str]]:
    """The rows with 13 of them bad, and what must be said about which row of the sheet."""
    only_theory = len(rows) - 1
    places = [40 + 70 * number for number in range(len(BAD))]
    places[4] = only_theory
    expected = {}
    for place, (code, cells) in zip(places, BAD, strict=True):
        rows[place] = rows[place] | cells if code != "row_twice" else dict(rows[0])
        expected[place + 2] = code
    return rows, expected


@pytest.mark.rule("RES-01")
def test_thirteen_bad_rows_of_a_thousand_are_all_reported_and_then_the_good_file_counts(town: Town) -> None:
    rows, expected = spoilt(good_rows())
    assert (len(rows), len(expected)) == (1_000, 13)
    refused = drop_marks(town, as_csv(rows), SITTING)
    assert (refused["counts"], refused["rows"]) == (False, 1_000)
    found = {one["row"]: one["code"] for one in refused["problems"] if one["row"]}
    assert found == expected
    assert all(one["en"] and one["zh"] for one in refused["problems"])
    assert (sittings.read(SITTING).marks, list(results.everything())) == (None, [])

    accepted = drop_marks(town, as_csv(good_rows()), SITTING)
    assert (accepted["counts"], accepted["rows"], accepted["problems"]) == (True, 1_000, [])
    sitting = sittings.read(SITTING)
    assert sitting.marks is not None
    assert (sitting.marks.rows, sitting.marks.imported_by) == (1_000, seed.OFFICER)
    staged = list(results.within(staging(sitting)))
    assert (len(staged), sum(len(one.marks) for one in staged)) == (501, 1_000)
    assert town.paths("results") == [["Is it a file?", "Read the marks"]] * 2
    assert town.failures() == []
