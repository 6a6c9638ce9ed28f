"""Check digits against known answers and against every slip, numbers there and back."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.check_digits import (
    CHECK_LETTERS,
    DIGITS,
    LETTERS_AND_DIGITS,
    check_letter,
    hong_kong_identity_card,
    mod_11_2,
    mod_11_10,
    mod_37_36,
)
from certification.rules.numbers import (
    CROCKFORD,
    CertificateNumber,
    NumberRefused,
    application_reference,
    candidate_number,
    certificate_number,
    order_number,
    parse_application_reference,
    parse_candidate_number,
    parse_certificate_number,
    parse_order_number,
)

SAMPLE = "26-000042-8ZC0M3T4Q6KY-8"


@pytest.mark.parametrize(
    ("body", "check"),
    [
        ("A12425GABC1234002", "M"),  # the example of the Global Release Identifier standard
        ("188166C734206541", "Y"),  # an ISAN, its first check character
        ("188166C7342065419F3A0245", "O"),  # and its second, over root, episode and version
    ],
)
def test_mod_37_36_gives_the_published_answers(body: str, check: str) -> None:
    assert mod_37_36(body) == check


def test_the_other_systems_give_the_published_answers() -> None:
    assert mod_11_10("0794") == "5"  # the example of ISO 7064
    assert mod_11_2("0794") == "0"  # the same body in the pure system
    assert mod_11_2("11010519491231002") == "X"  # the example of GB 11643-1999
    assert hong_kong_identity_card("A123456") == "3"
    assert hong_kong_identity_card("AB987654") == "3"
    assert hong_kong_identity_card("G123456") == "A"


def _step(state: int, character: int, size: int) -> int:
    return ((state + character) % size or size) * 2 % (size + 1)


@pytest.mark.parametrize("size", [36, 10], ids=["MOD 37,36", "MOD 11,10"])
def test_a_hybrid_system_catches_every_substitution_and_all_but_one_neighbour_exchange_in_each_state(size: int) -> None:
    states = range(1, size + 1)
    for state in states:  # a substitution always changes the state, and a changed state never comes back
        assert len({_step(state, character, size) for character in range(size)}) == size
    for character in range(size):
        assert len({_step(state, character, size) for state in states}) == size
    missed = [
        (state, one, other)
        for state in states
        for one, other in itertools.combinations(range(size), 2)
        if _step(_step(state, one, size), other, size) == _step(_step(state, other, size), one, size)
    ]
    assert len(missed) == size
    assert {state for state, _, _ in missed} == set(states)


@given(st.text(LETTERS_AND_DIGITS, min_size=1, max_size=24), st.data())
def test_a_substituted_character_always_changes_the_check_character(body: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    wrong = data.draw(st.sampled_from(LETTERS_AND_DIGITS).filter(lambda character: character != body[place]))
    assert mod_37_36(body[:place] + wrong + body[place + 1 :]) != mod_37_36(body)


@pytest.mark.rule("VFY-01")
def test_every_single_wrong_character_of_a_certificate_number_is_caught() -> None:
    number = SAMPLE.replace("-", "")
    caught = 0
    for place, right in enumerate(number):
        for wrong in set(LETTERS_AND_DIGITS) - {right} - set("OIL"):
            with pytest.raises(NumberRefused):
                parse_certificate_number(number[:place] + wrong + number[place + 1 :])
            caught += 1
    assert caught == 21 * 32


def test_every_exchange_of_two_neighbours_in_the_sample_number_is_caught() -> None:
    number = SAMPLE.replace("-", "")
    for place in range(len(number) - 1):
        if number[place] != number[place + 1]:
            slip = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            with pytest.raises(NumberRefused):
                parse_certificate_number(slip)


@given(st.integers(2000, 2099), st.integers(1, 999_999_999), st.binary(min_size=8, max_size=8))
def test_a_certificate_number_reads_back_and_its_check_character_cannot_be_misread(
    year: int, sequence: int, random: bytes
) -> None:
    number = certificate_number(year, sequence, random)
    assert parse_certificate_number(str(number)) == number
    assert number.check not in "OIL"
    assert set(number.random) <= set(CROCKFORD)


def test_a_certificate_number_shows_year_sequence_sixty_random_bits_and_check() -> None:
    assert str(certificate_number(2026, 42, bytes.fromhex("47d80a0f44b9a7e0"))) == SAMPLE
    assert certificate_number(2026, 42, b"\xff" * 8).random[:-1] == "Z" * 11
    with pytest.raises(ValueError, match="exactly 8"):
        certificate_number(2026, 42, b"\xff" * 7)


@pytest.mark.parametrize(
    "typed",
    [
        SAMPLE,
        SAMPLE.lower(),
        SAMPLE.replace("-", ""),
        f"  {SAMPLE.replace('-', ' – ')} ",
        SAMPLE.replace("0", "O"),
        SAMPLE.replace("0", "o").replace("-", "\u2011"),
        "２６－０００042－8ＺＣ０Ｍ３Ｔ４Ｑ６ＫＹ－８",
    ],
)
def test_case_spaces_hyphens_lookalikes_and_full_width_do_not_matter(typed: str) -> None:
    assert str(parse_certificate_number(typed)) == SAMPLE


def test_i_and_l_are_read_as_one() -> None:
    number = certificate_number(2026, 111_111, bytes(8))
    assert str(parse_certificate_number(str(number).replace("1", "l"))) == str(number)
    assert str(parse_certificate_number(str(number).replace("1", "I"))) == str(number)


@pytest.mark.parametrize(
    "typed", ["", "26", SAMPLE + "00000", "26-000042-8ZC0M3T4Q6K-8", "20-000042-8ZC0M3T4Q6KU-8", "证书"]
)
def test_what_has_another_shape_is_refused_with_the_shape_we_expect(typed: str) -> None:
    with pytest.raises(NumberRefused) as refusal:
        parse_certificate_number(typed)
    assert refusal.value.code == "number_form"
    assert refusal.value.facts["shape"] == SAMPLE


def test_a_slip_and_a_wrong_shape_are_told_apart() -> None:
    with pytest.raises(NumberRefused, match="one of its characters is wrong") as refusal:
        parse_certificate_number("26-000043-8ZC0M3T4Q6KY-8")
    assert refusal.value.code == "number_check"


def test_a_sequence_grows_beyond_six_digits_and_never_has_two_spellings() -> None:
    million = certificate_number(2026, 1_000_000, bytes(8))
    assert str(million).startswith("26-1000000-")
    assert parse_certificate_number(str(million)).sequence == 1_000_000
    padded = "0000042"
    check = mod_37_36("26" + padded + "0" * 12)
    with pytest.raises(NumberRefused):
        parse_certificate_number(f"26-{padded}-{'0' * 12}-{check}")


def test_application_order_and_candidate_numbers_have_their_known_forms() -> None:
    assert application_reference(2026, 4187) == "APP-2026-04187T"
    assert application_reference(2026, 1_234_567)[:-1] == "APP-2026-1234567"
    assert order_number(2026, 42) == "ORD-26-000042R"
    assert candidate_number(2026, 1, 42) == "26010000421"


@given(st.integers(2000, 2099), st.integers(1, 99), st.integers(1, 999_999))
def test_every_number_reads_back_however_it_is_typed(year: int, sitting: int, sequence: int) -> None:
    for made, parse in (
        (application_reference(year, sequence), parse_application_reference),
        (order_number(year, sequence), parse_order_number),
        (candidate_number(year, sitting, sequence), parse_candidate_number),
    ):
        assert parse(made) == made
        assert parse(made.lower().replace("-", " ")) == made
        assert parse(made.replace("APP-", "").replace("ORD-", "")) == made


@pytest.mark.parametrize(
    ("parse", "right"),
    [
        (parse_application_reference, "APP-2026-04187T"),
        (parse_order_number, "ORD-26-000042R"),
        (parse_candidate_number, "26010000421"),
    ],
)
def test_every_wrong_digit_and_letter_is_caught_in_the_other_numbers_too(
    parse: Callable[[str], object], right: str
) -> None:
    for place, character in enumerate(right):
        others = DIGITS if character.isdigit() else CHECK_LETTERS if place == len(right) - 1 else ""
        for wrong in set(others) - {character}:
            with pytest.raises(NumberRefused):
                parse(right[:place] + wrong + right[place + 1 :])


def test_the_check_letter_catches_every_exchange_because_23_is_prime() -> None:
    for first, second in itertools.permutations(DIGITS, 2):
        for behind in range(9):
            assert check_letter(first + second + "0" * behind) != check_letter(second + first + "0" * behind)


def test_numbers_outside_their_ranges_are_a_fault_of_the_program() -> None:
    for make in (
        lambda: application_reference(1999, 1),
        lambda: order_number(2026, 0),
        lambda: candidate_number(2026, 100, 1),
        lambda: candidate_number(2026, 1, 1_000_000),
        lambda: certificate_number(2100, 1, bytes(8)),
    ):
        with pytest.raises(ValueError, match=r"numbers? hold|counts from"):
            make()


def test_the_parts_of_a_certificate_number_are_frozen() -> None:
    parts = parse_certificate_number(SAMPLE)
    assert parts == CertificateNumber(year=2026, sequence=42, random="8ZC0M3T4Q6KY", check="8")
