"""Conditions that contradict themselves or another part of the policy are refused, each with its place in the file."""

from typing import Any

import pytest
from pydantic import ValidationError

from certification.policies import load_policy
from certification.rules.policy import Policy

GUANGDONG = load_policy("guangdong")[0].model_dump(mode="json", by_alias=True, exclude_defaults=True)


def refused(change: dict[str, Any]) -> str:
    """What the schema says about the policy of Guangdong with some parts changed."""
    with pytest.raises(ValidationError) as found:
        Policy.model_validate({**GUANGDONG, **change})
    return str(found.value)


def with_path(**path: Any) -> dict[str, Any]:
    """The first path of the first level, with other conditions."""
    first, *others = GUANGDONG["levels"]
    return {"levels": [{**first, "any_of": [{**first["any_of"][0], **path}, *first["any_of"][1:]]}, *others]}


def with_level(number: int = 0, **changes: Any) -> dict[str, Any]:
    levels = [dict(level) for level in GUANGDONG["levels"]]
    levels[number] |= changes
    return {"levels": levels}


def with_terms(**changes: Any) -> dict[str, Any]:
    return {"eligibility": {**GUANGDONG["eligibility"], **changes}}


def without_class(name: str) -> dict[str, Any]:
    required = [one for one in GUANGDONG["review"]["required_for"] if one != name]
    return {"review": {**GUANGDONG["review"], "required_for": required}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (with_path(majors=["astronomy"]), "levels.full.any_of[1]: unknown group of majors astronomy"),
        (with_path(certificate="licence"), "levels.full.any_of[1]: unknown certificate licence"),
        (with_path(occupations=["nobody"]), "levels.full.any_of[1]: unknown occupation nobody"),
        (with_path(counted_from="certificate"), "counts from a certificate, but names none"),
        (
            with_path(education="none", majors=[], counted_from="graduation"),
            "counts from graduation, but asks for no education",
        ),
        (
            with_path(work_years=0, field_years=0, counted_from="graduation"),
            "counts work from a document, but asks for no work",
        ),
        (with_path(education="none"), "asks for a major or a degree, but for no education"),
        (with_path(work_years=3, field_years=4), "4 years in the field, but 3 years of work in all"),
        (with_terms(fields=[]), "asks for years in the field, but there are no fields of work"),
        (with_level(any_of=[GUANGDONG["levels"][0]["any_of"][0]] * 2), "levels.full: the same path twice"),
        (
            with_level(any_of=[{**GUANGDONG["levels"][0]["any_of"][0], "occupations": ["highway"]}]),
            "levels.full: has no path for building",
        ),
        (with_level(1, waives=["poetry"]), "levels.exempt_two: waives unknown subject poetry"),
        (
            with_level(1, waives=["economics", "law", "management", "practice"]),
            "levels.exempt_two: leaves no subject of building to take",
        ),
        (without_class("exemption_level"), "review.required_for does not name exemption_level (ELI-08)"),
        (without_class("unlisted_major"), "review.required_for does not name unlisted_major (ELI-05)"),
        (with_terms(proofs={"work": "letter"}), "eligibility.proofs.work: unknown upload letter"),
        (
            with_terms(major_exception={**GUANGDONG["eligibility"]["major_exception"], "upload": "letter"}),
            "eligibility.major_exception.upload: unknown upload letter",
        ),
        (
            with_terms(certificates=GUANGDONG["eligibility"]["certificates"] * 2),
            "eligibility.certificates: code senior_engineer occurs twice",
        ),
        (
            with_terms(fields=[{**GUANGDONG["eligibility"]["fields"][0], "occupations": ["nobody"]}]),
            "eligibility.fields.project_management: unknown occupation nobody",
        ),
    ],
)
def test_a_contradiction_is_named_with_its_place(change: dict[str, Any], said: str) -> None:
    assert said in refused(change)


def test_a_major_named_twice_in_a_group_is_refused() -> None:
    first, *others = GUANGDONG["eligibility"]["catalogue"]
    twice = {**first, "majors": [*first["majors"], first["majors"][0]]}
    assert "eligibility.catalogue.construction: major 土木工程 occurs twice" in refused(
        with_terms(catalogue=[twice, *others])
    )


def test_an_exception_needs_a_catalogue_and_a_desk() -> None:
    desks = [{**desk, "serves": ["review"]} for desk in GUANGDONG["desks"]]
    assert "no desk serves major_exception" in refused({"desks": desks})
    levels = [{**level, "any_of": [{"education": "associate", "work_years": 1}]} for level in GUANGDONG["levels"]]
    assert "there is no catalogue to be outside of" in refused({"levels": levels, **with_terms(catalogue=[])})
