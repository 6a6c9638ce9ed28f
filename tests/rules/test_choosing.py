"""What a candidate can apply for: occupation or specialty, level, form, place and subjects, as policy and sitting offer."""

from typing import Any

import pytest

from certification.policies import load_policy
from certification.rules.choosing import Wanted, chosen, regions_offered, taken, words_of
from certification.rules.errors import Refused
from certification.rules.fees import least_fee, order_fees
from certification.rules.model import Frozen

CGPTC, _ = load_policy("cgptc")
GUANGDONG, _ = load_policy("guangdong")


class Offer(Frozen):
    """What a sitting offers."""

    occupations: tuple[str, ...]
    levels: tuple[str, ...]
    forms: tuple[str, ...]
    regions: tuple[str, ...] = ()


class Named(Frozen):
    """An application."""

    occupation: str | None
    level: str | None
    subjects: tuple[str, ...] = ()


SPRING = Offer(occupations=("data_analyst", "e_commerce_specialist"), levels=("2", "3"), forms=("onsite",))
AUTUMN = Offer(occupations=("building", "municipal"), levels=("full", "exempt_two"), forms=("onsite",))


def wanted(**changed: Any) -> Wanted:
    full = {"occupation": "building", "level": "full", "form": "onsite", "region": "guangzhou", "subjects": ("law",)}
    return Wanted.model_validate(full | changed)


@pytest.mark.rule("REG-03")
def test_in_a_scheme_of_one_place_whose_subjects_are_all_taken_nobody_names_place_or_subjects() -> None:
    choice = chosen(CGPTC, SPRING, Wanted(occupation="data_analyst", level="3", form="onsite"))
    assert (choice.region, choice.subjects) == ("international", ("theory", "practical"))


@pytest.mark.rule("REG-03", "REG-07")
def test_in_a_rolling_scheme_the_candidate_chooses_place_and_subjects_kept_in_the_policys_order() -> None:
    choice = chosen(GUANGDONG, AUTUMN, wanted(subjects=("practice", "law"), region="shantou"))
    assert (choice.region, choice.subjects) == ("shantou", ("law", "practice"))
    assert words_of(GUANGDONG, choice.subjects, "zh") == "建设工程法规及相关知识、专业工程管理与实务"


@pytest.mark.rule("ELI-08")
def test_the_subjects_that_a_level_waives_cannot_be_chosen_with_it() -> None:
    assert chosen(GUANGDONG, AUTUMN, wanted(level="exempt_two", subjects=("practice",))).subjects == ("practice",)
    with pytest.raises(Refused) as refusal:
        chosen(GUANGDONG, AUTUMN, wanted(level="exempt_two", subjects=("economics", "practice")))
    assert (refusal.value.code, refusal.value.field) == ("subjects_not_offered", "subjects")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"occupation": "highway"}, "not_in_sitting", "level"),
        ({"occupation": "astronaut"}, "not_in_sitting", "level"),
        ({"level": "7"}, "not_in_sitting", "level"),
        ({"form": "remote"}, "not_in_sitting", "level"),
        ({"region": None}, "region_not_offered", "region"),
        ({"region": "beijing"}, "region_not_offered", "region"),
        ({"subjects": ()}, "subjects_not_offered", "subjects"),
        ({"subjects": ("law", "dance")}, "subjects_not_offered", "subjects"),
    ],
    ids=str,
)
def test_what_is_not_offered_is_refused_beside_its_field(change: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        chosen(GUANGDONG, AUTUMN, wanted(**change))
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_where_all_subjects_are_taken_naming_a_part_is_refused_and_naming_all_is_not() -> None:
    want = Wanted(occupation="data_analyst", level="3", form="onsite", subjects=("theory",))
    with pytest.raises(Refused, match="All subjects"):
        chosen(CGPTC, SPRING, want)
    both = want.model_copy(update={"subjects": ("practical", "theory")})
    assert chosen(CGPTC, SPRING, both).subjects == ("theory", "practical")


def test_a_level_that_an_occupation_does_not_have_is_refused_although_the_sitting_has_both() -> None:
    with pytest.raises(Refused):
        chosen(CGPTC, SPRING, Wanted(occupation="e_commerce_specialist", level="2", form="onsite"))


@pytest.mark.rule("REG-03")
def test_a_sitting_may_offer_a_part_of_the_places() -> None:
    two = AUTUMN.model_copy(update={"regions": ("shenzhen", "guangzhou")})
    assert regions_offered(GUANGDONG, two) == ("guangzhou", "shenzhen")
    assert len(regions_offered(GUANGDONG, AUTUMN)) == 21
    with pytest.raises(Refused):
        chosen(GUANGDONG, two, wanted(region="foshan"))


def test_an_application_that_names_no_subjects_is_for_all_that_its_level_asks_for() -> None:
    assert taken(GUANGDONG, Named(occupation="building", level="exempt_two")) == ("law", "practice")
    assert taken(GUANGDONG, Named(occupation="building", level="full", subjects=("law",))) == ("law",)


@pytest.mark.rule("FEE-04")
def test_where_subjects_have_prices_the_fee_is_the_sum_of_those_chosen_in_the_schemes_currency_with_its_basis() -> None:
    fees = order_fees(GUANGDONG, "building", "full", "onsite", ("law", "practice"))
    assert str(fees.total) == "CNY 130.00"
    assert [line.item for line in fees.lines] == ["examination"]
    assert "Legal basis" in fees.because.en
    assert "收费依据" in fees.because.zh
    assert str(order_fees(GUANGDONG, "building", "full", "onsite").total) == "CNY 252.00"
    assert str(least_fee(GUANGDONG, "building", "full", "onsite")) == "CNY 61.00"
    assert least_fee(CGPTC, "data_analyst", "3", "onsite") == order_fees(CGPTC, "data_analyst", "3", "onsite").total
