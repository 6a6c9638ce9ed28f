"""Which desk serves a case, by exam, kind and region; and what the three levels of bodies may do."""

from typing import Any

import pytest

from certification.policies import load_policy, schemes
from certification.rules.cases import CaseKind
from certification.rules.desks import below, decided_by, desk_for, gaps_in_desks, may_plan, may_publish, seen_by
from certification.rules.policy_applying import Desk, Hours
from certification.rules.words import Words

GUANGDONG, _ = load_policy("guangdong")
CGPTC, _ = load_policy("cgptc")
REGIONS = ("guangzhou", "shenzhen", "zhuhai")


class Table:
    """A routing table on its own."""

    def __init__(self, *desks: Desk) -> None:
        self.desks = desks


def desk(code: str, *serves: CaseKind, region: str = "*", **more: Any) -> Desk:
    hours = (Hours(opens="09:00", closes="12:00"),)
    words = Words(en=code, zh=code)
    serves = serves or (CaseKind.REVIEW,)
    return Desk(code=code, words=words, serves=serves, region=region, hours=hours, email="desk@exams.test", **more)


@pytest.mark.rule("GOV-03")
@pytest.mark.parametrize(
    ("kind", "region", "expected"),
    [
        (CaseKind.REVIEW, "guangzhou", "guangzhou"),
        (CaseKind.REVIEW, "shenzhen", "shenzhen"),
        (CaseKind.REVIEW, "zhuhai", "guangdong_province"),
        (CaseKind.REVIEW, None, "guangdong_province"),
        (CaseKind.RECHECK, "guangzhou", "guangdong_province"),
        (CaseKind.DISPUTE, "guangzhou", "guangdong_finance"),
        (CaseKind.APPEAL, "shenzhen", "national_centre"),
        (CaseKind.INCIDENT, "guangzhou", "guangdong_province"),
    ],
    ids=str,
)
def test_a_case_goes_to_the_desk_of_its_region_then_to_the_common_one_then_to_the_one_for_the_rest(
    kind: CaseKind, region: str | None, expected: str
) -> None:
    assert desk_for(GUANGDONG, kind, region).code == expected


@pytest.mark.parametrize("scheme", schemes())
def test_no_case_of_any_scheme_is_ever_without_a_desk(scheme: str) -> None:
    policy, _ = load_policy(scheme)
    for kind in CaseKind:
        for region in (*(row.code for row in policy.regions), "somewhere_else", None):
            assert desk_for(policy, kind, region) in policy.desks


@pytest.mark.rule("GOV-01")
def test_a_city_keeps_to_its_own_cases_a_province_has_its_cities_and_the_national_centre_sees_all_and_decides_none() -> (
    None
):
    policies = (CGPTC, GUANGDONG)
    all_three = {"guangzhou", "shenzhen", "guangdong_province"}
    assert seen_by(policies, ["guangzhou"]) == decided_by(policies, ["guangzhou"]) == {"guangzhou"}
    assert seen_by(policies, ["guangdong_province"]) == decided_by(policies, ["guangdong_province"]) == all_three
    assert seen_by(policies, ["national_centre"]) == all_three | {"national_centre"}
    assert decided_by(policies, ["national_centre"]) == {"national_centre"}
    assert seen_by(policies, ["admissions"]) == decided_by(policies, ["admissions"]) == {"admissions"}
    assert {one.code for one in below(GUANGDONG, "guangdong_province")} == {"guangzhou", "shenzhen"}


@pytest.mark.rule("GOV-01")
def test_registration_is_planned_by_the_highest_level_and_by_the_schemes_own_desks_where_there_are_no_levels() -> None:
    assert may_plan(GUANGDONG, ["national_centre"])
    assert not may_plan(GUANGDONG, ["guangdong_province", "guangzhou", "operations"])
    assert may_plan(CGPTC, ["operations"])
    assert may_plan(CGPTC, ["admissions"])
    assert not may_plan(CGPTC, ["guangdong_province", "national_centre"])
    assert may_plan(Table(desk("one", level="city", rest=True)), ["one"])


@pytest.mark.rule("GOV-01", "INF-02")
@pytest.mark.parametrize(
    ("own", "whole", "guangzhou", "shenzhen"),
    [
        ("national_centre", True, True, True),
        ("guangdong_province", True, True, True),
        ("guangzhou", False, True, False),
        ("guangdong_finance", False, False, False),
        ("operations", False, False, False),
        ("admissions", False, False, False),
    ],
)
def test_a_notice_is_published_by_who_plans_or_carries_out_and_by_a_city_for_its_region(
    own: str, whole: bool, guangzhou: bool, shenzhen: bool
) -> None:
    assert may_publish(GUANGDONG, [own], None) is whole
    assert may_publish(GUANGDONG, [own], "guangzhou") is guangzhou
    assert may_publish(GUANGDONG, [own], "shenzhen") is shenzhen


@pytest.mark.rule("GOV-01")
def test_without_levels_a_notice_is_published_by_the_schemes_own_desks() -> None:
    assert may_publish(CGPTC, ["admissions"], None)
    assert may_publish(CGPTC, ["operations"], "international")
    assert not may_publish(CGPTC, ["guangdong_province"], None)


@pytest.mark.parametrize(
    ("desks", "complaint"),
    [
        ([desk("one")], "exactly one desk has rest"),
        ([desk("one", rest=True), desk("two", CaseKind.PHOTO, rest=True)], "exactly one desk has rest"),
        ([desk("one", rest=True), desk("one", CaseKind.PHOTO)], "desks.one: the code occurs twice"),
        ([desk("one", rest=True), desk("two")], "desks.two: one serves review in region \\* too"),
        ([desk("one", rest=True, region="atlantis")], "desks.one: unknown region atlantis"),
        ([desk("one", rest=True, level="city", under="moon")], "desks.one: unknown desk above it, moon"),
        (
            [desk("one", rest=True, level="city", under="two"), desk("two", CaseKind.PHOTO, level="city")],
            "desks.one: the desk above it, two, is not of a higher level",
        ),
        ([desk("one", rest=True, under="two"), desk("two", CaseKind.PHOTO)], "is not of a higher level"),
    ],
    ids=["no rest", "two rests", "twice", "both serve", "unknown region", "unknown above", "same level", "no level"],
)
def test_a_routing_table_that_leaves_a_doubt_is_refused(desks: list[Desk], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        assert not list(gaps_in_desks(Table(*desks), REGIONS)), "; ".join(gaps_in_desks(Table(*desks), REGIONS))


def test_the_same_kind_in_another_region_is_no_doubt() -> None:
    table = Table(desk("one", rest=True), desk("two", region="guangzhou"), desk("three", region="shenzhen"))
    assert not list(gaps_in_desks(table, REGIONS))
