"""Documents and names: one canonical form, every slip of a check character caught, no script turned away."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.check_digits import hong_kong_identity_card, mod_11_2
from certification.rules.identity import (
    LONGEST_NAME,
    DocumentType,
    IdentityRefused,
    canonical_email,
    canonical_phone,
    full_name,
    id_document,
    latin_name,
    must_agree,
    show_hong_kong,
)

RESIDENT = "11010519491231002X"


def code_of(document_type: DocumentType, typed: str) -> str:
    with pytest.raises(IdentityRefused) as refusal:
        id_document(document_type, typed)
    assert typed not in str(refusal.value) or not typed
    return refusal.value.code


@pytest.mark.rule("ACC-05")
@pytest.mark.parametrize(
    "typed", ["A123456(3)", "a123456(3)", " A 123456 3 ", "Ａ１２３４５６（３）", "A-123456-3", "A123456[3]"]
)
def test_one_hong_kong_card_has_one_form_however_it_is_typed(typed: str) -> None:
    assert id_document("hk_identity_card", typed).number == "A1234563"


def test_a_hong_kong_number_is_shown_as_on_the_card() -> None:
    assert show_hong_kong("A1234563") == "A123456(3)"
    assert id_document("hk_identity_card", show_hong_kong("AB9876543")).last_four == "6543"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("A123456(4)", "id_check"),
        ("B123456(3)", "id_check"),
        ("A123465(3)", "id_check"),
        ("A12345(3)", "id_form"),
        ("ABC123456(3)", "id_form"),
        ("1234567(3)", "id_form"),
        ("", "id_form"),
    ],
)
def test_a_wrong_hong_kong_number_is_refused(typed: str, code: str) -> None:
    assert code_of("hk_identity_card", typed) == code


@given(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), st.integers(0, 999_999), st.integers(1, 6), st.integers(1, 9))
def test_every_wrong_digit_of_a_hong_kong_card_is_caught(letter: str, digits: int, place: int, more: int) -> None:
    body = f"{letter}{digits:06d}"
    wrong = body[:place] + str((int(body[place]) + more) % 10) + body[place + 1 :]
    assert hong_kong_identity_card(wrong) != hong_kong_identity_card(body)


@pytest.mark.rule("ACC-05")
@pytest.mark.parametrize(
    "typed", [RESIDENT, RESIDENT.lower(), "110105 19491231 002X", "１１０１０５１９４９１２３１００２ｘ"]
)
def test_one_resident_card_has_one_form_and_names_its_date_of_birth(typed: str) -> None:
    document = id_document("resident_identity_card", typed)
    assert (document.number, document.born) == (RESIDENT, date(1949, 12, 31))


def resident(born: str) -> str:
    body = f"110105{born}002"
    return body + mod_11_2(body)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("110105194912310021", "id_check"),
        ("110105194913310020", "id_check"),
        (resident("20260230"), "id_date"),
        (resident("20230229"), "id_date"),
        ("01010519491231002X", "id_form"),
        ("110105491231002", "id_form"),
        ("11010519491231002Y", "id_form"),
    ],
    ids=["check digit", "digit", "30 February", "29 February", "first digit", "15 digits", "letter"],
)
def test_a_wrong_resident_number_is_refused(typed: str, code: str) -> None:
    assert code_of("resident_identity_card", typed) == code


def test_29_february_of_a_leap_year_is_a_date_of_birth() -> None:
    assert id_document("resident_identity_card", resident("20240229")).born == date(2024, 2, 29)


def test_every_wrong_character_and_every_exchange_in_a_resident_number_is_caught() -> None:
    for place, right in enumerate(RESIDENT):
        for wrong in set("0123456789") - {right}:
            assert code_of("resident_identity_card", RESIDENT[:place] + wrong + RESIDENT[place + 1 :])
    for place in range(17):
        if RESIDENT[place] != RESIDENT[place + 1]:
            slip = RESIDENT[:place] + RESIDENT[place + 1] + RESIDENT[place] + RESIDENT[place + 2 :]
            assert code_of("resident_identity_card", slip)


def test_the_date_of_birth_must_be_the_one_in_the_number() -> None:
    document = id_document("resident_identity_card", RESIDENT)
    must_agree(document, date(1949, 12, 31))
    with pytest.raises(IdentityRefused) as refusal:
        must_agree(document, date(1949, 12, 30))
    assert refusal.value.field == "date_of_birth"
    must_agree(id_document("passport", "E12345678"), date(2000, 1, 1))


@pytest.mark.parametrize("typed", ["e 1234 5678", "E-12345678", "Ｅ12345678"])
def test_a_passport_number_has_one_form(typed: str) -> None:
    assert id_document("passport", typed).number == "E12345678"


@pytest.mark.parametrize(
    ("typed", "good"),
    [
        ("1234", False),
        ("12345", True),
        ("A" * 14 + "1", True),
        ("A" * 15 + "1", False),
        ("ABCDEFGH", False),
        ("E1234567é", False),
        ("護照1234567", False),
    ],
)
def test_a_passport_number_has_5_to_15_letters_and_digits_and_a_digit_among_them(typed: str, good: bool) -> None:
    if good:
        assert id_document("passport", typed).number == typed
    else:
        assert code_of("passport", typed) == "id_form"


@pytest.mark.rule("ACC-13")
@pytest.mark.parametrize(
    "name",
    [
        "陈样本",
        "䶮宇航",
        "𬭼𠮷",
        "阿依古丽·买买提",
        "Sample O'Candidate-Smith Jr.",
        "Zoë Ångström",
        "สมชาย ตัวอย่าง",
        "\ue000生",
        "葛\U000e0100城",
        "辻\ufe00",
    ],
    ids=[
        "Han",
        "extension A",
        "beyond the basic plane",
        "middle dot",
        "Latin",
        "accents",
        "Thai",
        "private",
        "ivs",
        "vs1",
    ],
)
def test_a_name_of_any_script_is_kept_character_by_character(name: str) -> None:
    assert full_name(name) == name


@pytest.mark.rule("ACC-13")
def test_names_are_composed_trimmed_and_have_one_kind_of_middle_dot() -> None:
    assert full_name("  Zoe\u0308   Sample ") == "Zoë Sample"
    for dot in "•‧・･":
        assert full_name(f"阿依古丽{dot}买买提") == "阿依古丽·买买提"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_missing"),
        (" · ", "name_missing"),
        ("陈样本1", "name_character"),
        ("陈<b>", "name_character"),
        ("陈\u202e样本", "name_character"),
        ("陈\x00", "name_character"),
        ("陈😀", "name_character"),
        ("陈" * (LONGEST_NAME + 1), "name_too_long"),
    ],
)
def test_what_is_no_name_is_refused_and_the_character_is_named_by_its_code(typed: str, code: str) -> None:
    with pytest.raises(IdentityRefused) as refusal:
        full_name(typed)
    assert refusal.value.code == code
    assert full_name("陈" * LONGEST_NAME)


def test_a_latin_name_is_one_that_a_passport_shows() -> None:
    assert latin_name("O’Sample  Zoë-Ann") == "O'Sample Zoë-Ann"
    for typed in ("陈样本", "Ивáн", "Sample 陈"):
        with pytest.raises(IdentityRefused) as refusal:
            latin_name(typed)
        assert (refusal.value.code, refusal.value.field) == ("name_not_latin", "latin_name")


@pytest.mark.rule("ACC-07")
@pytest.mark.parametrize(
    ("phone", "good"),
    [
        ("+85251234567", True),
        ("+8613800138000", True),
        ("+1234567", True),
        ("+123456", False),
        ("+123456789012345", True),
        ("+1234567890123456", False),
        ("+0852512345", False),
        ("85251234567", False),
        ("+852 5123", False),
        ("+８５２51234567", False),
    ],
)
def test_a_phone_number_is_e164(phone: str, good: bool) -> None:
    if good:
        assert canonical_phone(phone) == phone
    else:
        with pytest.raises(IdentityRefused):
            canonical_phone(phone)


def test_two_spellings_of_one_address_are_one() -> None:
    assert canonical_email(" Sample.Candidate@Example.ORG ") == "sample.candidate@example.org"


@pytest.mark.parametrize(
    "typed", ["", "sample", "@example.org", "sample@", "sample@example", "a b@example.org", "a@.", "a,b@c.d"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(IdentityRefused) as refusal:
        canonical_email(typed)
    assert refusal.value.field == "email"
