"""Names, phones and addresses: kept as typed in any script, in one form, and nothing hidden in them."""

import pytest

from certification.rules.id_documents import IdentityRefused
from certification.rules.identity import (
    LONGEST_NAME,
    MOST_MARKS,
    PLACEHOLDERS,
    canonical_email,
    canonical_phone,
    full_name,
    latin_name,
)


def refused_name(typed: str) -> str:
    with pytest.raises(IdentityRefused) as refusal:
        full_name(typed)
    assert refusal.value.field == "full_name"
    return refusal.value.code


@pytest.mark.parametrize("sign", sorted(PLACEHOLDERS))
def test_a_sign_in_place_of_a_character_is_no_name(sign: str) -> None:
    assert refused_name(f"陈{sign}本") == "name_placeholder"


def test_full_width_letters_are_plain_ones() -> None:
    assert full_name("ＣＨＥＮ\u3000Ｙａｎｇ") == "CHEN Yang"


def test_marks_are_not_heaped_and_stand_upon_letters() -> None:
    assert full_name("x" + "\u0323" * MOST_MARKS)
    assert refused_name("x" + "\u0323" * (MOST_MARKS + 1)) == "name_marks"
    assert refused_name("\u0301Sample") == "name_marks"
    assert refused_name("Sample-\u0301x") == "name_marks"
    assert full_name("Nguyễn Thị") == "Nguyễn Thị"


def test_a_variation_selector_follows_a_han_character_only() -> None:
    assert full_name("葛\U000e0100") == "葛\U000e0100"
    assert refused_name("a\U000e0100") == "name_marks"
    assert refused_name("\ufe00葛") == "name_marks"


@pytest.mark.parametrize("typed", ["Sаmple", "Sample Αlpha", "СAMPLE"], ids=["Cyrillic а", "Greek Α", "Cyrillic С"])
def test_letters_of_two_alphabets_that_look_alike_are_not_mixed(typed: str) -> None:
    assert refused_name(typed) == "name_mixed"


@pytest.mark.parametrize("name", ["Иван Образец", "Αλέξης", "陈 Sample", "䶮 Zoë"])
def test_one_alphabet_and_han_beside_latin_are_names(name: str) -> None:
    assert full_name(name) == name


@pytest.mark.parametrize("code", ["\u200b", "\u200e", "\u2066", "\ufeff", "\u00ad", "\u007f", "\ud800"])
def test_what_cannot_be_seen_is_refused(code: str) -> None:
    assert full_name("陈样本")
    assert refused_name(f"陈{code}样本") == "name_character"


def test_compatibility_ideographs_become_the_character_they_stand_for() -> None:
    assert full_name("\uf9d1本") == "六本"


def test_radicals_that_look_like_characters_are_refused() -> None:
    assert refused_name("\u2f00本") == "name_character"


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
    for typed in ("陈样本", "Иван", "Sample 陈"):
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
