"""What candidates declare and upload, through the API: kept as typed, checked, and frozen while an application rests on it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from certification.acts import uploads
from certification.cloud.tables.candidates import candidates
from certification.cloud.transaction import commit
from local import samples
from local.visitor import BOUNDARY, multipart
from tests.functions.stand import JPEG, Answer, Stand

DETAILS = {
    "native_name": "陈样本",
    "latin_name": "CHEN YANGBEN",
    "birth_date": "1995-05-17",
    "nationality": "CN",
    "id_kind": "passport",
    "id_number": "SAMPLE0001",
}


ENTRY = {
    "institution": "Sample University",
    "country": "HK",
    "taught_in": "HK",
    "level": "bachelor",
    "full_time": True,
    "major": "Statistics",
    "began": "2013-09-01",
    "graduated": "2017-07-01",
}


def put(stand: Stand, session: str, part: str, body: Any) -> Answer:
    return stand.call("PUT", f"/api/candidate/profile/{part}", body, session=session)


def post_file(stand: Stand, form: dict[str, Any], data: bytes, kind: str = "image/jpeg") -> int:
    body = multipart({**form["fields"], "Content-Type": kind}, data, kind)
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    return stand.cloud.store_request("POST", urlsplit(form["url"]).path, headers, body).status


@pytest.mark.parametrize("name", ["阿依古丽·样本", "𬭼䶮样本", "陈样本", "O’Sample-Ñandú", "สมใจ ตัวอย่าง"])
def test_a_name_comes_back_as_it_was_written(stand: Stand, name: str) -> None:
    session = stand.sign_in("sample@example.test")
    saved = put(stand, session, "details", {**DETAILS, "native_name": name}).body
    assert saved["native_name"] == name
    assert stand.call("GET", "/api/candidate/profile", session=session).body == saved


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"id_kind": "hk_identity_card", "id_number": "Z123456(7)"}, "id_check", "id_number"),
        (
            {"id_kind": "resident_identity_card", "id_number": "11010519491231002X"},
            "birth_date_differs",
            "date_of_birth",
        ),
        ({"birth_date": "2030-01-01"}, "birth_date", "date_of_birth"),
        ({"native_name": "Sample 7"}, "name_character", "full_name"),
        ({"latin_name": "陈"}, "name_not_latin", "latin_name"),
        ({"native_name": "", "latin_name": " "}, "name_missing", "full_name"),
    ],
)
def test_details_that_cannot_be_right_are_refused_with_their_field(
    stand: Stand, changes: dict[str, str], code: str, field: str
) -> None:
    session = stand.sign_in("sample@example.test")
    refused = put(stand, session, "details", {**DETAILS, **changes})
    assert (refused.status, refused.code, refused.body["field"]) == (422, code, field)
    assert refused.body["zh"]
    assert stand.call("GET", "/api/candidate/profile", session=session).body["id_number"] is None


def test_saved_details_are_asked_about_and_the_answer_is_seen(stand: Stand) -> None:
    session = stand.sign_in("sample@example.test")
    assert put(stand, session, "details", DETAILS).body["identity"] == "asked"
    stand.cloud.settle()
    assert stand.call("GET", "/api/candidate/profile", session=session).body["identity"] == "passed"


@pytest.mark.rule("CHG-03")
def test_nothing_declared_can_change_while_a_confirmed_application_rests_on_it(stand: Stand) -> None:
    candidate = stand.in_review()
    entry = ENTRY | {"institution": "Another Sample University"}
    for answer in (
        put(stand, candidate.session, "details", DETAILS),
        put(stand, candidate.session, "contact", {"address": "", "language": "en"}),
        stand.call("PUT", "/api/candidate/education/1", entry, session=candidate.session),
        stand.call("POST", "/api/candidate/education", entry, session=candidate.session),
        stand.call("POST", "/api/candidate/without-degree", session=candidate.session),
        stand.call("POST", "/api/candidate/uploads/id_document", session=candidate.session),
    ):
        assert (answer.status, answer.code) == (422, "answers_held")
    held = stand.call("GET", "/api/candidate/profile", session=candidate.session).body
    assert held["held_by"] == candidate.reference
    candidate.call("POST", f"/api/candidate/applications/{candidate.reference}/withdraw")
    assert stand.call("PUT", "/api/candidate/education/1", entry, session=candidate.session).status == 200


PHOTO, PROFILE = "photo?scheme=cgptc", "photo.cgptc"


def ask_upload(stand: Stand, session: str, kind: str = PHOTO) -> dict[str, Any]:
    answer = stand.call("POST", f"/api/candidate/uploads/{kind}", session=session)
    assert answer.status == 200
    return dict(answer.body)


def state(stand: Stand, session: str, slot: str = PROFILE) -> dict[str, Any] | None:
    found: dict[str, Any] | None = stand.call("GET", "/api/candidate/profile", session=session).body["files"].get(slot)
    return found


def accept(stand: Stand, session: str, kind: str = "photo", query: str = "?scheme=cgptc") -> Answer:
    return stand.call("POST", f"/api/candidate/uploads/{kind}/accept{query}", session=session)


@pytest.mark.rule("PHO-02")
def test_a_phones_photo_is_checked_shown_and_used(stand: Stand) -> None:
    session = stand.sign_in("sample@example.test")
    assert accept(stand, session).code == "nothing_to_accept"
    form = ask_upload(stand, session)
    assert state(stand, session) is None, "asking for a form writes nothing"
    assert post_file(stand, form, samples.phone_photo()) in (200, 201, 204)
    stand.cloud.settle()
    found = state(stand, session) or {}
    assert (found["state"], found["in_use"], found["problems"], found["needs_person"]) == ("checked", False, [], False)
    assert {note["code"] for note in found["notes"]} == {"turned", "position_removed"}
    link = stand.call("GET", f"/api/candidate/uploads/{PHOTO}", session=session).body["url"]
    parts = urlsplit(link)
    kept = stand.cloud.store_request("GET", f"{parts.path}?{parts.query}")
    assert (kept.status, kept.body[:2], len(kept.body) < 200_000) == (200, b"\xff\xd8", True)
    for _ in range(2):
        assert accept(stand, session).body["files"][PROFILE]["state"] == "accepted"


def test_a_checked_document_is_shown_to_its_owner_as_we_keep_it(stand: Stand) -> None:
    candidate = stand.candidate()
    link = stand.call("GET", "/api/candidate/uploads/id_document", session=candidate.session).body["url"]
    assert candidate.fetch(link) == JPEG


def test_what_is_no_picture_is_refused_with_words(stand: Stand) -> None:
    session = stand.sign_in("sample@example.test")
    for kind, slot in ((PHOTO, PROFILE), ("id_document", "id_document")):
        post_file(stand, ask_upload(stand, session, kind), b"MZ not a picture at all")
        stand.cloud.settle()
        found = state(stand, session, slot) or {}
        assert found["state"] == "refused"
        assert found["problems"][0]["en"]
        assert found["problems"][0]["zh"]
        assert stand.call("GET", f"/api/candidate/uploads/{kind}", session=session).status == 404
    assert not stand.cloud.undelivered


def test_the_form_lets_one_file_under_one_key_by_its_size_and_type(stand: Stand) -> None:
    session = stand.sign_in("sample@example.test")
    form = ask_upload(stand, session)
    assert form["fields"]["key"].startswith(f"candidates/{stand.id_of(session)}/photo.cgptc/")
    elsewhere = {**form, "fields": {**form["fields"], "key": "candidates/somebody-else/photo.cgptc/x"}}
    assert post_file(stand, elsewhere, JPEG) == 403
    assert post_file(stand, form, JPEG, "text/html") == 403
    limit = 10 * 1024 * 1024
    assert post_file(stand, form, b"x" * (limit + 1)) == 400
    assert post_file(stand, form, b"") == 400
    assert post_file(stand, form, b"x" * limit) in (200, 201, 204)


def test_a_form_is_good_for_fifteen_minutes(stand: Stand) -> None:
    session = stand.sign_in("sample@example.test")
    form = ask_upload(stand, session)
    stand.wait(timedelta(minutes=15, seconds=1))
    assert post_file(stand, form, JPEG) == 403


@pytest.mark.rule("PHO-02")
def test_the_older_of_two_tabs_uses_no_file_that_it_did_not_show(stand: Stand) -> None:
    session = stand.sign_in("sample@example.test")
    shown = []
    for _ in range(2):
        post_file(stand, ask_upload(stand, session), samples.phone_photo())
        stand.cloud.settle()
        shown.append((state(stand, session) or {})["id"])
        stand.wait(timedelta(seconds=1))
    older, newer = (f"?scheme=cgptc&seen={one}" for one in shown)
    assert accept(stand, session, query=older).code == "another_file"
    assert (state(stand, session) or {})["in_use"] is False
    for _ in range(2):
        assert accept(stand, session, query=newer).status == 200
    assert accept(stand, session, query=older).code == "another_file"
    assert (state(stand, session) or {})["id"] == shown[1]


def test_a_new_file_stands_beside_the_one_in_use_until_its_owner_uses_it(stand: Stand) -> None:
    candidate = stand.candidate()
    person = stand.id_of(candidate.session)
    before = candidates.read(person)
    post_file(stand, ask_upload(stand, candidate.session), samples.phone_photo())
    stand.cloud.settle()
    assert candidates.read(person).files == before.files
    assert (state(stand, candidate.session) or {})["in_use"] is True
    post_file(stand, ask_upload(stand, candidate.session), b"not a picture")
    stand.cloud.settle()
    assert (state(stand, candidate.session) or {})["state"] == "refused"
    assert accept(stand, candidate.session).code == "nothing_to_accept"
    assert candidates.read(person).files == before.files
    post_file(stand, ask_upload(stand, candidate.session), samples.phone_photo())
    stand.cloud.settle()
    assert accept(stand, candidate.session).status == 200
    after = candidates.read(person)
    assert (after.files[PROFILE].key != before.files[PROFILE].key, after.drafts) == (True, {})


def test_the_file_that_arrived_last_counts_and_none_counts_twice(stand: Stand) -> None:
    session = stand.sign_in("sample@example.test")
    first, second = ask_upload(stand, session, "id_document"), ask_upload(stand, session, "id_document")
    post_file(stand, second, samples.id_document())
    stand.cloud.settle()
    person = stand.id_of(session)
    seen = candidates.read(person).drafts["id_document"]
    uploads.check(second["fields"]["key"])
    assert candidates.read(person).drafts["id_document"] == seen
    uploads.check(first["fields"]["key"])
    assert candidates.read(person).drafts["id_document"] == seen, "a form whose file never came changes nothing"
    earlier = seen.model_copy(update={"arrived_at": seen.arrived_at + timedelta(minutes=1)})
    row = candidates.read(person)
    commit([candidates.update(row.changed(drafts={"id_document": earlier}))])
    uploads.check(second["fields"]["key"])
    assert candidates.read(person).drafts["id_document"] == earlier, "what came before the file we have is not news"


@pytest.mark.parametrize("scheme", ["", "nobody", "CGPTC"])
def test_a_photo_is_for_one_scheme(stand: Stand, scheme: str) -> None:
    session = stand.sign_in("sample@example.test")
    refused = stand.call("POST", f"/api/candidate/uploads/photo?scheme={scheme}", session=session)
    assert (refused.status, refused.code) in ((422, "scheme_missing"), (422, "invalid_request"))
    assert stand.call("POST", "/api/candidate/uploads/passport", session=session).status == 404


def test_the_address_may_be_empty_and_long_but_not_longer(stand: Stand) -> None:
    session = stand.sign_in("sample@example.test")
    for address, status in (("", 200), ("香" * 300, 200), ("香" * 301, 422)):
        assert put(stand, session, "contact", {"address": address, "language": "zh"}).status == status
    assert stand.call("GET", "/api/candidate/profile", session=session).body["language"] == "zh"
