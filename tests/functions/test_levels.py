"""Bodies of three levels at the doors: who gets a case, who sees it, who decides it, and who plans (GOV-01, GOV-03)."""

import json
from typing import Any

import pytest

from local import seed, seed_guangdong
from local.candidate import ApiCandidate
from tests.functions.committing import People, publish, sitting
from tests.functions.stand import Stand

PROOFS = ("education_proof", "work_proof")


@pytest.fixture
def people(stand: Stand) -> People:
    publish(stand)
    return People(stand)


def in_review(stand: Stand, people: People, region: str) -> ApiCandidate:
    """Somebody who did not commit, whose proofs wait at the desk of their region."""
    candidate = people.confirmed(commits=False, region=region)
    people.give_proofs(candidate, *PROOFS)
    candidate.hand_in_proofs()
    stand.cloud.settle()
    assert candidate.status() == "awaiting_review"
    return candidate


def queue(stand: Stand, session: str) -> dict[str, str]:
    """The cases that a member of staff sees, with the desk of each."""
    rows = stand.call("GET", "/api/staff/cases", session=session).body["cases"]
    return {row["id"]: row["desk"] for row in rows}


def read(stand: Stand, session: str, case: str) -> int:
    return stand.call("GET", f"/api/staff/cases/{case}", session=session).status


def decide(stand: Stand, session: str, case: str) -> Any:
    return stand.call("POST", f"/api/staff/cases/{case}/decision", {"verdict": "approve"}, session=session)


@pytest.mark.rule("GOV-01", "GOV-03")
def test_a_case_goes_to_the_city_of_its_region_or_to_the_province_and_each_level_has_its_powers(
    stand: Stand, people: People
) -> None:
    city_case = stand.case_of(in_review(stand, people, "guangzhou"))
    other_candidate = in_review(stand, people, "foshan")
    other_case = stand.case_of(other_candidate)
    city = stand.sign_in_staff(seed_guangdong.CITY_EMAIL)
    neighbour = stand.sign_in_staff(seed_guangdong.OTHER_CITY_EMAIL)
    province = stand.sign_in_staff(seed_guangdong.PROVINCE_EMAIL)
    national = stand.sign_in_staff(seed_guangdong.NATIONAL_EMAIL)
    both = {city_case: "guangzhou", other_case: "guangdong_province"}

    assert queue(stand, city) == {city_case: "guangzhou"}
    assert queue(stand, neighbour) == {}
    assert queue(stand, province) == queue(stand, national) == both
    assert [read(stand, city, case) for case in both] == [200, 404]
    assert [read(stand, neighbour, case) for case in both] == [404, 404]
    assert [read(stand, province, case) for case in both] == [200, 200]

    assert decide(stand, neighbour, city_case).status == 404
    assert decide(stand, city, other_case).status == 404
    refused = decide(stand, national, city_case)
    assert (refused.status, refused.body["code"]) == (422, "not_yours_to_decide")
    assert decide(stand, province, city_case).status == 200
    assert decide(stand, province, other_case).status == 200
    stand.cloud.settle()
    assert other_candidate.status() == "awaiting_payment"


@pytest.mark.rule("GOV-01")
def test_take_next_gives_the_province_its_own_cases_and_leaves_a_city_its_own(stand: Stand, people: People) -> None:
    in_review(stand, people, "guangzhou")
    province = stand.sign_in_staff(seed_guangdong.PROVINCE_EMAIL)
    assert stand.call("POST", "/api/staff/cases/next", session=province).body["case"] is None
    in_review(stand, people, "foshan")
    taken = stand.call("POST", "/api/staff/cases/next", session=province).body["case"]
    assert taken["desk"] == "guangdong_province"


@pytest.mark.rule("GOV-01")
@pytest.mark.parametrize(
    ("uploader", "planned"),
    [(seed_guangdong.NATIONAL, True), (seed_guangdong.PROVINCE, False)],
    ids=["national", "province"],
)
def test_registration_is_planned_by_the_national_centre_alone(stand: Stand, uploader: str, planned: bool) -> None:
    from certification.cloud.tables.sittings import sittings

    key = "sittings/planned.json"
    seed.drop(stand.cloud, key, json.dumps(sitting("planned", number=4)).encode(), uploader)
    stand.cloud.settle()
    assert (sittings.find("planned") is not None) is planned
    officer = stand.sign_in_staff(seed.OFFICER_EMAIL)
    report = stand.call("GET", f"/api/staff/files/report?key={key}", session=officer).body
    assert [one["code"] for one in report["problems"]] == ([] if planned else ["not_planned_here"])
