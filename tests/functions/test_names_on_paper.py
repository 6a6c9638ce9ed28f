"""Names that our fonts lack, or that cannot be typed: kept, printed without boxes, and looked after by a desk."""

import unicodedata
from typing import Any

import pytest

from certification.acts import names
from certification.acts.people import on_paper
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import cases
from certification.documents.coverage import FILE, printable
from certification.documents.render import MissingGlyph, render
from certification.rules.glyphs import printing
from local.artwork import coverage
from tests.functions.accounting import EMAIL, OWN, subjects
from tests.functions.crowd import at_once
from tests.functions.stand import REVIEWER, Answer, Stand
from tests.samples import documents as sample

RARE = "𠮷田"


def save(stand: Stand, session: str, **changes: str) -> Answer:
    details = {
        "native_name": RARE,
        "latin_name": "JI TIAN",
        "birth_date": "1990-01-01",
        "nationality": "CN",
        "id_kind": "passport",
        "id_number": "K12345678",
    }
    return stand.call("PUT", "/api/candidate/profile/details", details | changes, session=session)


def shown(stand: Stand, session: str) -> Any:
    return stand.call("GET", f"{OWN}/name", session=session).body


def decide(stand: Stand, case: str, verdict: str, note: str = "") -> None:
    session = stand.sign_in_staff(REVIEWER)
    body = {"verdict": verdict, "reasons": [], "note": note}
    assert stand.call("POST", f"/api/staff/cases/{case}/decision", body, session=session).status == 200
    stand.cloud.settle()


def test_the_list_of_glyphs_is_what_the_fonts_have() -> None:
    assert FILE.read_text(encoding="utf-8") == coverage.written()
    assert FILE.stat().st_size < 10_000


def test_what_the_list_says_can_be_printed_is_printed() -> None:
    """Every 90th character of the list, in names of sixty, through the real renderer."""
    every = [chr(code) for first, last in printable().spans for code in range(first, last + 1)]
    letters = [
        one for one in every if unicodedata.category(one) == "Lo" and unicodedata.bidirectional(one) not in ("R", "AL")
    ]
    chosen = letters[::90]
    assert len(chosen) > 300
    for start in range(0, len(chosen), 60):
        assert render("certificate", sample.certificate(name="".join(chosen[start : start + 60])))


@pytest.mark.parametrize("character", ["𠮷", "𪚥", "𰀀", "한", "ก", "\ue000", "አ"])
def test_what_the_list_lacks_the_renderer_refuses(character: str) -> None:
    assert printing(character, printable()).missing == (character,)
    with pytest.raises(MissingGlyph):
        render("certificate", sample.certificate(name=f"陈{character}"))


@pytest.mark.rule("ACC-13")
def test_a_name_without_glyphs_is_kept_and_opens_a_case_and_the_latin_name_is_printed_meanwhile(stand: Stand) -> None:
    session = stand.sign_in(EMAIL)
    assert save(stand, session).body["native_name"] == RARE
    now = shown(stand, session)
    assert (now["native"], now["on_paper"], now["missing"]) == (RARE, "JI TIAN", ["𠮷"])
    case = cases.read(now["case"])
    assert (case.kind, case.blocks, case.desk) == ("rare_character", "nothing", "admissions")
    assert save(stand, session, nationality="JP").status == 200
    assert len([one for one in cases.everything() if one.kind == "rare_character"]) == 1, "one case for one name"
    assert render("certificate", sample.certificate(name=now["on_paper"]))


@pytest.mark.rule("ACC-13")
def test_a_desk_and_the_person_agree_on_a_spelling(stand: Stand) -> None:
    session = stand.sign_in(EMAIL)
    save(stand, session)
    described = {"description": "⿱土口, the old form of 吉, U+20BB7", "spelling": "吉田"}
    case = stand.call("POST", f"{OWN}/name", described, session=session).body["case"]
    assert names.wanted_in(cases.read(case)).spelling == "吉田"
    decide(stand, case, "approve")
    assert shown(stand, session)["on_paper"] == "吉田"
    assert stand.call("GET", "/api/candidate/profile", session=session).body["native_name"] == RARE
    assert subjects(stand, EMAIL)[0] == "How your name is printed"
    refused = stand.call("POST", f"{OWN}/name", described, session=session)
    assert refused.code == "name_decided"


@pytest.mark.rule("ACC-13")
def test_a_refused_spelling_leaves_the_latin_name(stand: Stand) -> None:
    session = stand.sign_in(EMAIL)
    save(stand, session)
    case = stand.call("POST", f"{OWN}/name", {"description": "吉", "spelling": "吉田"}, session=session).body["case"]
    decide(stand, case, "reject", "Not the character of your document.")
    assert shown(stand, session)["on_paper"] == "JI TIAN"
    assert "Not the character of your document." in stand.cloud.inbox.to(EMAIL)[0].text


@pytest.mark.rule("ACC-13")
def test_a_character_that_cannot_be_typed_is_described_and_the_application_goes_on(stand: Stand) -> None:
    candidate = stand.applicant(native_name="", latin_name="JI TIAN")
    described = {"description": "Left 金, right 川", "spelling": ""}
    case = stand.call("POST", f"{OWN}/name", described, session=candidate.session).body["case"]
    assert cases.read(case).blocks == "nothing"
    candidate.confirm()
    stand.cloud.settle()
    assert candidate.status() == "awaiting_review"


def test_without_a_latin_name_a_name_that_cannot_be_printed_is_refused_with_its_characters(stand: Stand) -> None:
    session = stand.sign_in(EMAIL)
    refused = save(stand, session, latin_name="")
    assert (refused.code, refused.body["field"]) == ("latin_name_needed", "latin_name")
    assert "𠮷 (U+20BB7)" in refused.body["en"]
    assert candidates.read(stand.id_of(session)).native_name is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"description": " ", "spelling": ""}, "description_missing"),
        ({"description": "x" * 501, "spelling": ""}, "invalid_request"),
        ({"description": "吉", "spelling": "𠮷"}, "not_printable"),
        ({"description": "吉", "spelling": "?"}, "name_placeholder"),
        ({"description": "吉", "more": 1}, "invalid_request"),
        ({"spelling": "吉田"}, "invalid_request"),
    ],
)
def test_what_says_nothing_about_a_character_is_refused(stand: Stand, body: dict[str, Any], code: str) -> None:
    session = stand.sign_in(EMAIL)
    save(stand, session)
    assert stand.call("POST", f"{OWN}/name", body, session=session).code == code


def test_a_special_form_is_printed_in_its_usual_one_and_the_person_is_told(stand: Stand) -> None:
    session = stand.sign_in(EMAIL)
    save(stand, session, native_name="葛\U000e0100城")
    now = shown(stand, session)
    assert (now["on_paper"], now["forms"], now["missing"], now["case"]) == ("葛城", ["葛"], [], None)


def test_eight_who_save_one_name_at_once_open_one_case(stand: Stand) -> None:
    session = stand.sign_in(EMAIL)
    at_once(8, lambda _: save(stand, session))
    assert len([one for one in cases.everything() if one.kind == "rare_character"]) == 1
    assert on_paper(candidates.read(stand.id_of(session))) == "JI TIAN"
