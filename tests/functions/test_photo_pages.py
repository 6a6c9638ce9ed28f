"""The photo at its pages: sent, looked at, repaired with a click, used all the same, replaced through the desk."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certification.cloud.tables.applications import applications
from certification.cloud.tables.candidates import Candidate, candidates, photo_slot
from certification.cloud.tables.cases import Case, cases
from certification.cloud.transaction import commit
from certification.imaging.photo import check_photo
from certification.imaging.profile import PhotoProfile
from certification.policies import load_policy
from local.candidate import ApiCandidate
from local.samples import phone_photo
from tests.functions import committing
from tests.functions.photo_pages import Pages
from tests.functions.stand import REVIEWER, Stand, give_files
from tests.samples.people import taken
from tests.samples.phone_photo import as_jpeg, faulty, good, tilted

CGPTC, ONE_INCH = (PhotoProfile.of(load_policy(scheme)[0].photo) for scheme in ("cgptc", "guangdong"))
SLOT = photo_slot("cgptc")
BLUE = as_jpeg(taken("#825c43", "turban", ("#7fa6d6", "#5f88bb")))


def person(stand: Stand, candidate: ApiCandidate) -> Candidate:
    return candidates.read(stand.id_of(candidate.session))


def without_photo(stand: Stand, candidate: ApiCandidate, slot: str = SLOT) -> None:
    row = person(stand, candidate)
    commit([candidates.update(row.changed(files={name: one for name, one in row.files.items() if name != slot}))])


@pytest.fixture
def pages(stand: Stand) -> Pages:
    """Somebody with a draft and no photo yet."""
    candidate = stand.applicant()
    without_photo(stand, candidate)
    return Pages(stand, candidate)


def test_looking_at_pages_writes_nothing(stand: Stand, pages: Pages) -> None:
    give_files(stand.id_of(pages.candidate.session))
    before = person(stand, pages.candidate)
    for path in ("photo", "photo/new", "photo/arrived", "photo/state", "id-document", "id-document/new"):
        assert pages.get(path).status == 200 or path == "photo/arrived"
    assert person(stand, pages.candidate) == before


@pytest.mark.rule("PHO-01", "PHO-02", "PHO-03")
def test_a_photo_is_sent_checked_shown_and_used(stand: Stand, pages: Pages) -> None:
    asked = pages.get("photo")
    assert "Printed 35 × 45 mm, 413 × 531 pixels, plain light background" in asked.text
    assert "photo is missing" in str(pages.candidate.now()).lower() or "photo" in str(pages.candidate.now())
    result = pages.send_photo(phone_photo())
    assert "Your photo passed every check" in result.text
    assert result.text.count("passed") >= 6
    assert "The file said where it was taken. We removed that." in result.text
    assert pages.post("photo/use").location.endswith(pages.candidate.reference)
    used = person(stand, pages.candidate).files[SLOT]
    assert (used.state, used.needs_person) == ("accepted", False)


@pytest.mark.rule("PHO-02")
def test_a_file_that_cannot_be_used_blocks_confirming_and_says_why(pages: Pages) -> None:
    result = pages.send_photo(b"\x89PNG\r\n\x1a\n" + bytes(500))
    assert "We cannot use this file" in result.text
    assert "This is a PNG picture, not a JPEG photo." in result.text
    small = pages.send_photo(as_jpeg(good().resize((300, 400))))
    assert "The picture has only 300 x 400 pixels; at least 413 x 531 are needed." in small.text
    refused = pages.candidate.confirm(expect=422)
    assert refused["code"] == "incomplete"
    assert "photo" in refused["facts"]
    pages.send_photo(as_jpeg(faulty()["blurred"]))
    assert pages.candidate.confirm(expect=422)["facts"]["photo"].startswith("Photo was checked. Look at the result")


@pytest.mark.rule("PHO-02")
def test_a_photo_in_doubt_is_used_all_the_same_and_the_reviewer_looks(stand: Stand, pages: Pages) -> None:
    result = pages.send_photo(as_jpeg(faulty()["blurred"]))
    assert "1 check needs attention" in result.text
    assert "Hold the camera still and wipe its lens." in result.text
    assert "Use it anyway, a person will look" in result.text
    pages.post("photo/use")
    assert person(stand, pages.candidate).files[SLOT].needs_person
    assert "A person looks at it; you can go on meanwhile." in pages.get("photo").text
    pages.candidate.confirm()
    stand.cloud.settle()
    review = cases.read(stand.case_of(pages.candidate))
    assert review.facts["look_at_1"] == "Photo: The picture is blurred. Hold the camera still and wipe its lens."
    assert sorted(name for name in review.facts if name.startswith("look_at")) == ["look_at_1", "look_at_1_zh"]
    assert pages.candidate.status() == "awaiting_review"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_tilted_head_is_straightened_with_one_click_without_javascript(pages: Pages, language: str) -> None:
    pages.language = language
    told = pages.send_photo(as_jpeg(tilted(degrees=15)))
    assert told.offers("level")
    assert ("Straighten the head" if language == "en" else "摆正头部") in told.text
    fixed = pages.fix("level")
    assert ("Your photo passed every check" if language == "en" else "照片已通过全部检查") in fixed.text
    turned = pages.fix("reset")
    assert turned.offers("level")
    letters = [letter for letter in pages.candidate.messages() if letter["name"] == "PhotoChecked"]
    assert len(letters) == 1, "what was changed on the page is read on the page"


def test_the_photo_is_moved_and_turned_and_the_words_say_how_far_it_is_off(pages: Pages) -> None:
    pages.send_photo(as_jpeg(good()))
    for _ in range(3):
        page = pages.fix("down")
    assert "Your face is too low by 9 %." in page.text
    assert pages.fix("turn_right").offers("reset")
    assert "Choose what to change." in pages.post("photo/fix", step="nonsense").text


def test_a_new_photo_stands_beside_the_one_in_use_and_both_are_shown(stand: Stand, pages: Pages) -> None:
    give_files(stand.id_of(pages.candidate.session))
    before = person(stand, pages.candidate).files[SLOT]
    page = pages.send_photo(as_jpeg(good()))
    assert page.text.count("The photo in use") == 1
    assert page.raw.count('<img class="app-photo"') == 2
    assert person(stand, pages.candidate).files[SLOT] == before
    pages.post("photo/use")
    assert person(stand, pages.candidate).files[SLOT] != before


def test_of_two_tabs_the_older_uses_nothing_that_it_did_not_show(stand: Stand, pages: Pages) -> None:
    first = pages.send_photo(as_jpeg(good()))
    found = re.search(r'name="seen" value="([0-9a-f]{16})"', first.raw)
    assert found
    stand.wait(timedelta(seconds=1))
    pages.send_photo(as_jpeg(faulty()["blurred"]))
    assert "You have sent another file meanwhile." in pages.post("photo/use", seen=found[1]).text
    row = person(stand, pages.candidate)
    assert (SLOT in row.files, row.drafts[SLOT].id != found[1]) == (False, True)
    pages.post("photo/use", seen=row.drafts[SLOT].id)
    assert SLOT in person(stand, pages.candidate).files


def test_while_a_file_is_checked_its_page_says_so_and_a_late_check_is_told(stand: Stand, pages: Pages) -> None:
    waiting = f"{int(stand.clock.now().timestamp() * 1000):011x}abcde"
    page = pages.get(f"photo/arrived?upload={waiting}")
    assert "We are checking your file" in page.text
    assert "This takes a few seconds." in page.text
    assert pages.get(f"photo/state?upload={waiting}").raw == '{"state": "checking"}'
    stand.wait(timedelta(minutes=2))
    assert "This takes longer than usual." in pages.get(f"photo/arrived?upload={waiting}").text
    for nonsense in ("", "x" * 16, "<script>", "f" * 16):
        assert "<script>alert" not in pages.get(f"photo/arrived?upload={nonsense}").raw


@pytest.mark.rule("PHO-06", "PHO-07", "PHO-09", "PHO-10", "PHO-11")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "You answer for the quality of your photo",
                "A true picture of you",
                "In principle it cannot be changed once it is handed in",
                "save it as .jpg and send that",
                "try again from another network",
                "A head covering worn for religious reasons may stay on",
                "we recognise it and keep it exactly as it is",
            ),
        ),
        (
            "zh",
            (
                "对照片质量负责",
                "照片须真实",
                "原则上一经提交不得修改",
                "另存为 .jpg",
                "更换网络环境",
                "因宗教原因",
                "报名照片.jpg",
            ),
        ),
    ],
)
def test_the_page_says_what_a_candidate_must_know_about_the_photo(
    pages: Pages, language: str, said: tuple[str, ...]
) -> None:
    pages.language = language
    text = pages.get("photo").text
    for words in said:
        assert words in text


def test_what_the_tool_made_is_kept_as_it_is(stand: Stand, pages: Pages) -> None:
    made = check_photo(as_jpeg(good()), CGPTC).image or b""
    page = pages.send_photo(made)
    assert "This is a finished photo, as our tool makes it." in page.text
    kept = person(stand, pages.candidate).drafts[SLOT]
    assert kept.key is not None
    assert stored(kept.key) == made


def stored(key: str) -> bytes:
    from certification.cloud import vault
    from certification.cloud.settings import settings

    return vault.read(settings().vault, key)


# the desk


def photo_case(candidate: ApiCandidate) -> Case:
    found = [case for case in cases.everything() if case.kind == "photo" and case.about == candidate.reference]
    assert len(found) == 1
    return found[0]


def decide(stand: Stand, case: Case, verdict: str, note: str = "") -> Any:
    session = stand.sign_in_staff(REVIEWER)
    answer = stand.call(
        "POST", f"/api/staff/cases/{case.id}/decision", {"verdict": verdict, "note": note}, session=session
    )
    stand.cloud.settle()
    return answer


@pytest.fixture
def confirmed(stand: Stand) -> Pages:
    """Somebody whose application is confirmed and waits for its review."""
    return Pages(stand, stand.in_review())


@pytest.mark.rule("PHO-08", "CHG-03")
def test_after_confirming_a_photo_is_replaced_by_the_desk_only(stand: Stand, confirmed: Pages) -> None:
    before = person(stand, confirmed.candidate).files[SLOT]
    assert "The desk decides whether its photo may be replaced." in confirmed.get("photo").text
    page = confirmed.send_photo(as_jpeg(good()))
    assert "Ask the desk to use this photo" in page.text
    assert "The desk decides" in confirmed.post("photo/use").text
    assert person(stand, confirmed.candidate).files[SLOT] == before
    assert "Say why the photo should be replaced." in confirmed.post("photo/replace").text
    confirmed.post("photo/replace", why="cut_badly")
    case = photo_case(confirmed.candidate)
    assert (case.facts, case.desk, case.blocks) == ({"asks": "replace", "why": "cut_badly"}, "admissions", "nothing")
    assert "until then the photo in use stays" in confirmed.get("photo").text
    assert confirmed.get("photo/new").status == 409, "one request at a time"
    assert decide(stand, case, "approve").status == 200
    after = person(stand, confirmed.candidate).files[SLOT]
    assert after.key != before.key
    assert applications.read(confirmed.candidate.reference).photo == after.key
    letter = next(one for one in confirmed.candidate.messages() if one["name"] == "PhotoDecided")
    assert letter["name"] == "PhotoDecided"


@pytest.mark.rule("PHO-08")
def test_a_replacement_that_the_desk_refuses_changes_nothing_and_says_why(stand: Stand, confirmed: Pages) -> None:
    before = person(stand, confirmed.candidate).files[SLOT]
    confirmed.send_photo(as_jpeg(good()))
    confirmed.post("photo/replace", why="other")
    refused = decide(stand, photo_case(confirmed.candidate), "reject")
    assert refused.code == "note_missing"
    decide(stand, photo_case(confirmed.candidate), "reject", "It shows another person.")
    assert person(stand, confirmed.candidate).files[SLOT] == before
    assert applications.read(confirmed.candidate.reference).photo == before.key
    assert "It shows another person." in confirmed.get("photo").text


@pytest.mark.rule("PHO-07", "PHO-08")
def test_in_the_other_scheme_a_photo_in_use_is_the_desk_s_from_the_first_moment(stand: Stand) -> None:
    committing.publish(stand)
    candidate = committing.People(stand).draft()
    pages = Pages(stand, candidate)
    page = pages.send_photo(as_jpeg(taken("#604134", "headscarf", ("#ffffff", "#ffffff"))))
    assert "A photo that was handed in is in principle not changed." in page.text
    assert "The desk of your place of registration decides" in page.text
    assert "in principle not changed" in pages.post("photo/use").text
    pages.post("photo/replace", why="too_old")
    assert photo_case(candidate).desk == "guangzhou"


@pytest.mark.rule("PHO-02", "PHO-08")
def test_where_no_review_follows_a_desk_looks_at_a_photo_in_doubt_and_nothing_waits_for_it(stand: Stand) -> None:
    committing.publish(stand)
    people = committing.People(stand)
    candidate = people.draft()
    without_photo(stand, candidate, photo_slot("one_inch"))
    pages = Pages(stand, candidate)
    assert "Make the background white" in pages.send_photo(BLUE).text
    pages.post("photo/use")
    candidate.confirm()
    stand.cloud.settle()
    assert candidate.status() == "awaiting_signature"
    case = photo_case(candidate)
    assert (case.facts, case.blocks) == ({"asks": "look"}, "nothing")
    candidate.sign()
    stand.cloud.settle()
    assert candidate.status() == "awaiting_payment", "nothing waits for the desk"
    people.decide(candidate, "reject", case.id, note="Please stand before a white wall.")
    assert "Please stand before a white wall." in pages.get("photo").text
    refused = applications.read(candidate.reference).photo
    fixed = pages.fix("white")
    assert "Your photo passed every check" in fixed.text
    pages.post("photo/use")
    used = person(stand, candidate).files[photo_slot("one_inch")]
    assert applications.read(candidate.reference).photo == used.key != refused


@pytest.mark.rule("PHO-03")
def test_the_photo_of_one_scheme_does_not_stand_for_another(stand: Stand) -> None:
    committing.publish(stand)
    candidate = committing.People(stand).complete()
    give_files(stand.id_of(candidate.session))
    without_photo(stand, candidate, photo_slot("one_inch"))
    candidate.apply(committing.SITTING)
    assert "Printed 25 × 35 mm, 295 × 413 pixels, white background" in Pages(stand, candidate).get("photo").text


@pytest.mark.rule("PHO-04")
@pytest.mark.parametrize(
    ("registered", "kept"),
    [
        (datetime(2025, 2, 21, 15, 59, 59, tzinfo=UTC), True),
        (datetime(2025, 2, 21, 16, 0, tzinfo=UTC), False),
    ],
)
def test_who_registered_before_the_cut_off_keeps_the_photo_of_the_earlier_profile(
    stand: Stand, registered: datetime, kept: bool
) -> None:
    """The day begins at midnight in the scheme's own zone: 16:00 the day before in UTC."""
    committing.publish(stand)
    candidate = committing.People(stand).draft()
    row = person(stand, candidate)
    photo = row.files[photo_slot("one_inch")]
    files = {name: one for name, one in row.files.items() if name != photo_slot("one_inch")}
    files[photo_slot("one_inch_2024")] = photo
    commit([candidates.update(row.changed(files=files, created_at=registered))])
    if kept:
        candidate.confirm()
        assert applications.read(candidate.reference).photo == photo.key
    else:
        assert "photo" in candidate.confirm(expect=422)["facts"]
