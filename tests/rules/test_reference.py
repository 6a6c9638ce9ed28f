"""Payment references: there and back for every application, caught slips, found in what banks make of a text."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import iso11649

from certification.rules.errors import Refused
from certification.rules.numbers import application_reference
from certification.rules.reference import ALPHABET, LENGTH, application_of, found_in, printed, reference_of, valid

APPLICATIONS = st.builds(application_reference, st.integers(2001, 2099), st.integers(1, 10**9 - 1))
RF = reference_of("APP-2026-04187T")


@pytest.mark.rule("PAY-02")
@given(APPLICATIONS)
def test_a_reference_leads_back_to_its_application_and_the_library_agrees_with_its_digits(application: str) -> None:
    reference = reference_of(application)
    assert application_of(reference) == application
    assert iso11649.is_valid(reference)
    assert len(reference) == LENGTH
    assert set(reference[4:]) <= set(ALPHABET)


def test_the_alphabet_has_no_two_characters_that_look_alike() -> None:
    for alike in ("0O", "1I", "2Z", "4A", "5S", "6G", "8B"):
        assert sum(each in ALPHABET for each in alike) <= 1
    assert len(set(ALPHABET)) == len(ALPHABET) == 27


def test_what_people_type_is_read_leniently() -> None:
    assert printed(RF) == f"{RF[:4]} {RF[4:8]} {RF[8:]}"
    for typed in (RF.lower(), printed(RF), f" {RF[:6]}-{RF[6:]} "):
        assert application_of(typed) == "APP-2026-04187T"


@given(APPLICATIONS, st.integers(4, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_of_its_kind_is_always_noticed(application: str, place: int, wrong: str) -> None:
    """A letter for a letter, a digit for a digit: what the standard promises. One for the other passes one time in 97."""
    reference = reference_of(application)
    assume(wrong.isdigit() == reference[place].isdigit())
    slip = reference[:place] + wrong + reference[place + 1 :]
    assert valid(slip) is (slip == reference)


@pytest.mark.scenario(73)
def test_exchanged_characters_are_no_reference() -> None:
    exchanged = RF[:2] + RF[3] + RF[2] + RF[4:]
    assert exchanged != RF
    assert found_in(exchanged) == ()
    with pytest.raises(Refused, match="reference_wrong"):
        application_of(exchanged)
    assert found_in(RF[:6] + RF[7] + RF[6] + RF[8:]) == ()


def test_a_valid_number_that_no_application_can_have_is_unknown() -> None:
    made = next(
        text for text in (f"RF{check:02d}AAAAAAAA" for check in range(2, 99)) if valid(text)
    )  # number 0: the year 2000
    with pytest.raises(Refused, match="reference_unknown"):
        application_of(made)
    assert found_in(made) == ()


@pytest.mark.scenario(72)
@given(st.integers(0, LENGTH), st.sampled_from(("", " ", "  ", "\n", "-")))
def test_a_reference_is_found_wherever_a_bank_has_cut_it(place: int, between: str) -> None:
    cut = RF[:place] + between + RF[place:]
    assert found_in(f"/REMI/exam fee{cut}thank you") == (RF,)


def test_two_references_run_together_are_two() -> None:
    other = reference_of(application_reference(2026, 4188))
    assert found_in(f"{RF}{other}", RF) == (RF, other)
