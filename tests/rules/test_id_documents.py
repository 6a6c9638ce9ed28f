"""ID documents: one canonical form for each, every slip of a check character caught, precise words for every mistake."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.check_digits import hong_kong_identity_card, mod_11_2
from certification.rules.id_documents import (
    KINDS,
    NAMES,
    DocumentType,
    IdDocument,
    IdentityRefused,
    id_document,
    must_agree,
    show,
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
    card = id_document("hk_identity_card", "A1234563")
    assert (show(card), card.last_four) == ("A123456(3)", "4563")
    assert show(id_document("passport", "E12345678")) == "E12345678"


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
        ("1101054912310020", "id_form"),
        ("990105194912310021", "id_region"),
        ("11010519491231002Y", "id_form"),
    ],
    ids=[
        "check digit",
        "digit",
        "30 February",
        "29 February",
        "first digit",
        "16 digits",
        "region",
        "letter",
    ],
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


@pytest.mark.rule("ACC-05")
def test_the_fifteen_digits_of_an_old_card_and_the_eighteen_of_a_new_one_are_one_person() -> None:
    old = id_document("resident_identity_card", "110105491231002")
    assert old == id_document("resident_identity_card", RESIDENT)
    assert old.born == date(1949, 12, 31)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("110105491331002", "id_date"),
        ("110105491231996", "id_date"),
        ("11010549123100X", "id_form"),
        ("010105491231002", "id_form"),
    ],
    ids=["month 13", "born in the nineteenth century", "letter", "first digit"],
)
def test_a_wrong_number_of_fifteen_digits_is_refused(typed: str, code: str) -> None:
    assert code_of("resident_identity_card", typed) == code
    assert id_document("resident_identity_card", "110105491231995").born == date(1949, 12, 31)


def numbered(region: str, born: str = "19900101", sequence: str = "001") -> str:
    body = region + born + sequence
    return body + mod_11_2(body)


def test_the_number_tells_the_sex() -> None:
    assert id_document("resident_identity_card", numbered("440106", sequence="001")).sex == "male"
    assert id_document("resident_identity_card", numbered("440106", sequence="002")).sex == "female"


@pytest.mark.parametrize("region", ["110105", "440106", "659004"])
def test_a_resident_number_begins_with_a_region(region: str) -> None:
    assert id_document("resident_identity_card", numbered(region)).number.startswith(region)
    for wrong in ("160101", "249999", "660101", "990101"):
        assert code_of("resident_identity_card", numbered(wrong)) == "id_region"


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_a_residence_permit_begins_with_its_own_region_and_is_no_identity_card(region: str) -> None:
    permit = id_document("residence_permit", numbered(region, sequence="004"))
    assert (permit.born, permit.sex) == (date(1990, 1, 1), "female")
    assert code_of("resident_identity_card", numbered(region)) == "id_other_kind"
    assert code_of("residence_permit", numbered("440106")) == "id_other_kind"
    assert code_of("residence_permit", numbered("840000")) == "id_region"
    assert code_of("residence_permit", numbered("810001")) == "id_region"
    assert code_of("residence_permit", numbered(region)[:17] + "Y") == "id_form"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("H12345678", "H12345678"),
        ("h1234567801", "H12345678"),
        ("M 1234 5678 02", "M12345678"),
        ("H1234567", None),
        ("H123456789", None),
        ("X12345678", None),
        ("12345678", None),
    ],
)
def test_a_home_return_permit_is_h_or_m_and_eight_digits_whatever_its_issue(typed: str, number: str | None) -> None:
    if number:
        assert id_document("home_return_permit", typed).number == number
    else:
        assert code_of("home_return_permit", typed) == "id_form"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12345678", "12345678"),
        ("1234567801", "12345678"),
        ("1234567801(B)", "12345678"),
        ("1234567", None),
        ("123456789", None),
        ("A1234567", None),
    ],
)
def test_a_taiwan_permit_is_eight_digits_whatever_its_issue(typed: str, number: str | None) -> None:
    if number:
        assert id_document("taiwan_permit", typed).number == number
    else:
        assert code_of("taiwan_permit", typed) == "id_form"


def test_the_filler_of_a_machine_readable_line_is_left_out() -> None:
    assert id_document("passport", "E1234567<8<<").number == "E12345678"


@given(st.sampled_from(KINDS), st.text(max_size=40))
def test_any_text_is_a_document_or_refused_with_words_and_never_repeated(kind: DocumentType, typed: str) -> None:
    read: IdDocument | IdentityRefused
    try:
        read = id_document(kind, typed)
    except IdentityRefused as refusal:
        read = refusal
    if isinstance(read, IdentityRefused):
        assert read.field in ("id_number", "id_type")
        assert read.zh
    else:
        assert id_document(kind, show(read)) == read


def test_every_kind_has_a_name_in_both_languages() -> None:
    assert set(NAMES) == set(KINDS)


@pytest.mark.rule("ACC-05")
def test_a_passport_is_known_by_its_state_too_and_no_other_document_is() -> None:
    known = {id_document("passport", "123456789", state).known_as for state in ("US", "us", "GB", "CN", "HK", "MO")}
    assert known == {"passport|US|123456789", "passport|GB|123456789", "passport|CN|123456789"}
    assert id_document("hk_identity_card", "A123456(3)", "US") == id_document("hk_identity_card", "A123456(3)")
    for country in (None, "", "U", "USA", "ÜS", "1A"):
        with pytest.raises(IdentityRefused) as refusal:
            assert id_document("passport", "123456789", country).known_as
        assert (refusal.value.code, refusal.value.field) == ("id_country", "id_country")
