"""Both schemes over sockets in one town, from sign-up to registered: CGPTC by review, Guangdong by commitment and by proofs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from local import samples, seed_guangdong
from local.candidate import ApiCandidate
from local.staff import ApiStaff
from local.visitor import Visitor, over_sockets
from tests.journeys.town import SITTING, Town, publish, town_on
from tests.samples.hostile import clean_pdf

GUANGDONG = seed_guangdong.SITTING
MINUTE = timedelta(minutes=1)
MAINLAND = {"scheme": "guangdong", "occupation": "building", "level": "full", "language": "zh"}


@dataclass
class Travelled:
    """Three candidates, and what was seen on the way."""

    town: Town
    reviewed: ApiCandidate
    committed: ApiCandidate
    proving: ApiCandidate
    seen: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, step: str) -> Any:
        return self.seen[step]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with town_on(transport=over_sockets) as made:
        publish(made, seed_guangdong.sitting(made.clock.now()))
        yield made


@pytest.fixture(scope="module")
def travelled(town: Town) -> Travelled:
    """Travelled once; every test looks at another side of it."""
    journey = Travelled(
        town,
        town.candidate(1),
        town.candidate(2, phone="+8613812340002", region="guangzhou", **MAINLAND),
        town.candidate(3, phone="+8613812340003", region="foshan", subjects=("law", "practice"), **MAINLAND),
    )
    for step in (_sign_up, _apply, _confirm, _sign, _prove, _review, _pay):
        step(journey)
    return journey


def _later(town: Town) -> None:
    town.settle()
    town.cloud.advance(5 * MINUTE)


def _everybody(journey: Travelled) -> tuple[ApiCandidate, ...]:
    return (journey.reviewed, journey.committed, journey.proving)


def _sign_up(journey: Travelled) -> None:
    """Accounts and profiles: registries are asked as soon as something is saved."""
    for person in _everybody(journey):
        person.sign_up()
        person.fill_in()
        if person.sample.scheme == "guangdong":
            person.save_education(major="土木工程", degree="bachelor")
            person.save_work(since="2017-08-01", field="building_works")
        person.upload_files()
        _later(journey.town)
        person.accept_files()
    journey.seen["profiles"] = [person.profile() for person in _everybody(journey)]


def _apply(journey: Travelled) -> None:
    """Each in the words of its scheme: an occupation here, a specialty with place and subjects there."""
    journey.reviewed.apply(SITTING)
    journey.committed.apply(GUANGDONG)
    journey.proving.apply(GUANGDONG)
    journey.seen["not chosen yet"] = journey.committed.confirm(expect=422)
    journey.committed.choose_lane(commits=True)
    journey.proving.choose_lane(commits=False)


def _confirm(journey: Travelled) -> None:
    for person in _everybody(journey):
        person.confirm()
        _later(journey.town)
    journey.seen["screened"] = [person.now() for person in _everybody(journey)]


def _sign(journey: Travelled) -> None:
    journey.seen["letter"] = journey.committed.commitment()
    journey.committed.sign()
    _later(journey.town)
    journey.seen["signed"] = journey.committed.now()


def _prove(journey: Travelled) -> None:
    """The proofs of whoever did not commit, as PDF and as a picture; looked at, used, handed in together."""
    person = journey.proving
    journey.seen["too early"] = person.hand_in_proofs(expect=422)
    for kind, data, content_type in (
        ("education_proof", clean_pdf(), "application/pdf"),
        ("work_proof", samples.id_document(), "image/jpeg"),
    ):
        person.upload(kind, data, content_type)
        _later(journey.town)
        person.call("POST", f"/api/candidate/uploads/{kind}/accept", {})
    person.hand_in_proofs()
    _later(journey.town)
    journey.seen["handed in"] = person.now()


def _review(journey: Travelled) -> None:
    """CGPTC's desk decides for CGPTC; the province for Foshan, and Guangzhou's desk has nothing to do."""
    town = journey.town
    city = ApiStaff(town.cloud, seed_guangdong.CITY_EMAIL, transport=town.transport).awake()
    province = ApiStaff(town.cloud, seed_guangdong.PROVINCE_EMAIL, transport=town.transport).awake()
    journey.seen["desks"] = [
        {case["desk"] for case in staff.cases() if case["kind"] == "review"}
        for staff in (town.reviewer.awake(), city, province)
    ]
    town.reviewer.decide(town.reviewer.review_of(journey.reviewed.reference), "approve")
    province.decide(province.review_of(journey.proving.reference), "approve")
    _later(town)


def _pay(journey: Travelled) -> None:
    journey.seen["orders"] = [person.awake().order() for person in _everybody(journey)]
    for person in _everybody(journey):
        person.pay()
        _later(journey.town)
    journey.seen["end"] = [person.now() for person in _everybody(journey)]


def _steps(now: Any) -> list[str]:
    return [step["to"] for step in now["timeline"]]


@pytest.mark.rule("REG-01", "REG-02", "REG-08", "REG-09", "INF-07")
def test_each_goes_the_way_of_its_scheme_and_choice_and_is_registered(travelled: Travelled) -> None:
    assert [_steps(now) for now in travelled["end"]] == [
        ["verifying", "awaiting_review", "awaiting_payment", "registered"],
        ["verifying", "awaiting_signature", "awaiting_payment", "registered"],
        ["verifying", "awaiting_proofs", "awaiting_review", "awaiting_payment", "registered"],
    ]


@pytest.mark.rule("REG-03", "REG-07")
def test_an_application_names_specialty_level_place_and_subjects(travelled: Travelled) -> None:
    reviewed, committed, proving = travelled["screened"]
    assert (reviewed["occupation"], reviewed["region"], reviewed["subjects"]) == (
        "data_analyst",
        "international",
        ["theory", "practical"],
    )
    assert (committed["level"], committed["region"]) == ("full", "guangzhou")
    assert committed["subjects"] == ["economics", "law", "management", "practice"]
    assert (proving["region"], proving["subjects"]) == ("foshan", ["law", "practice"])


@pytest.mark.rule("FEE-02", "FEE-04")
def test_each_order_is_in_the_money_of_its_scheme_and_for_the_subjects_taken(travelled: Travelled) -> None:
    assert [order["total"] for order in travelled["orders"]] == [
        {"amount": 13_500, "currency": "USD"},
        {"amount": 25_200, "currency": "CNY"},
        {"amount": 13_000, "currency": "CNY"},
    ]
    assert [order["refund"]["window_ends"] is not None for order in travelled["orders"]] == [True, False, False]


@pytest.mark.rule("COM-01", "COM-06", "COM-12")
def test_the_choice_of_the_commitment_comes_first_and_spares_proofs_and_review(travelled: Travelled) -> None:
    assert "commitment" in travelled["not chosen yet"]["facts"]
    assert len(travelled["letter"]["statements"]) == 4
    assert travelled["signed"]["status"] == "awaiting_payment"
    assert travelled["too early"]["code"]
    assert travelled["handed in"]["status"] == "awaiting_review"


@pytest.mark.rule("GOV-03")
def test_each_review_waited_at_the_desk_of_its_exam_and_region(travelled: Travelled) -> None:
    assert travelled["desks"] == [{"admissions"}, set(), {"guangdong_province"}]


@pytest.mark.rule("INF-07")
def test_the_pages_show_both_schemes_each_in_its_own_words(travelled: Travelled) -> None:
    town = travelled.town
    visitor = Visitor(town.cloud, transport=over_sockets)
    listed = visitor.fetch(f"{town.cloud.address}/zh/exams").decode()
    assert "广东" in listed
    assert "演示考试" in listed
    exam = visitor.fetch(f"{town.cloud.address}/zh/exams/{GUANGDONG}").decode()
    assert "建筑工程" in exam
    assert "CNY" in exam
    assert "设定依据" in exam


def test_nothing_went_wrong_on_the_way(travelled: Travelled) -> None:
    assert travelled.town.failures() == []
