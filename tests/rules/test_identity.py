"""Names and document numbers: both sides of every rule."""

from datetime import date

import pytest

from certification.rules.errors import Refused
from certification.rules.identity import LONGEST_NAME, birth_date, id_number, latin_name, person_name

TODAY = date(2026, 11, 22)


@pytest.mark.rule("ACC-02")
@pytest.mark.parametrize("name", ["陈样本", "𬭼䶮", "阿依古丽·样本", "Zoë Sample-O’Example", "Ngô Mẫu", "ΔΕΙΓΜΑ"])
def test_a_name_keeps_every_character(name: str) -> None:
    assert person_name(f"  {name} ") == name


def test_a_decomposed_name_is_composed_and_every_dot_is_the_middle_dot() -> None:
    assert person_name("Zoe\u0308") == "Zoë"
    assert person_name("阿依・样本") == "阿依·样本"


@pytest.mark.parametrize("name", ["", "   ", "R2D2", "a\u200bb", "x" * (LONGEST_NAME + 1), "😀", "<b>"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        person_name(name)
    assert refused.value.field == "full_name"


def test_the_longest_name_is_accepted() -> None:
    assert len(person_name("陈" * LONGEST_NAME)) == LONGEST_NAME


def test_a_latin_name_is_upper_case_and_only_latin() -> None:
    assert latin_name("Sample, Zoë O’Neill-Test") == "SAMPLE, ZOË O’NEILL-TEST"
    with pytest.raises(Refused):
        latin_name("陈样本")


@pytest.mark.parametrize("text", ["A123456(3)", "a 123456 (3)", "Ａ１２３４５６（３）", "A1234563"])
def test_a_hong_kong_identity_card_is_read_however_it_is_typed(text: str) -> None:
    assert id_number("hk_identity_card", text) == "A1234563"


@pytest.mark.parametrize("check", [digit for digit in "0123456789A" if digit != "3"])
def test_every_other_check_character_of_a_hong_kong_identity_card_is_refused(check: str) -> None:
    with pytest.raises(Refused, match="id_number_check"):
        id_number("hk_identity_card", f"A123456{check}")


def test_a_resident_identity_card_tells_its_birth_date() -> None:
    assert id_number("resident_identity_card", "11010519491231002x") == "11010519491231002X"
    assert id_number("resident_identity_card", "11010519491231002X", date(1949, 12, 31))
    with pytest.raises(Refused, match="birth_date_differs"):
        id_number("resident_identity_card", "11010519491231002X", date(1949, 12, 30))


@pytest.mark.parametrize("place", range(17))
def test_every_changed_digit_of_a_resident_identity_card_is_found(place: int) -> None:
    number = "11010519491231002X"
    changed = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    with pytest.raises(Refused):
        id_number("resident_identity_card", changed)


@pytest.mark.parametrize("number", ["E1234", "E123456789012", "E12#456"])
def test_a_passport_number_has_six_to_twelve_letters_and_digits(number: str) -> None:
    assert id_number("passport", "e 123 456") == "E123456"
    with pytest.raises(Refused, match="passport_form"):
        id_number("passport", number)


def test_a_birth_date_is_in_the_past() -> None:
    assert birth_date(date(2026, 11, 21), TODAY)
    for day in (TODAY, date(2027, 1, 1), date(1905, 12, 31)):
        with pytest.raises(Refused):
            birth_date(day, TODAY)
    assert birth_date(date(1906, 1, 1), TODAY)
