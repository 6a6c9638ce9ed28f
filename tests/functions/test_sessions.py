"""Sessions: they end by themselves and when told to, and nothing but their id opens them."""

import json
from datetime import timedelta

import pytest

from certification.acts import sessions
from local.staff import ApiStaff
from tests.functions.browser import Browser
from tests.functions.stand import REVIEWER, Stand
from tests.functions.test_codes import EMAIL, ask_code, everything_stored, prove


def profile_status(stand: Stand, session: str) -> int:
    return stand.call("GET", "/api/candidate/profile", session=session).status


def test_a_session_ends_after_three_hours_without_use(stand: Stand) -> None:
    session = stand.sign_in(EMAIL)
    stand.wait(timedelta(hours=3) - timedelta(seconds=1))
    assert profile_status(stand, session) == 200
    stand.wait(timedelta(hours=3))
    assert profile_status(stand, session) == 403


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(stand: Stand) -> None:
    session = stand.sign_in(EMAIL)
    for _ in range(11):
        stand.wait(timedelta(hours=1))
        assert profile_status(stand, session) == 200
    stand.wait(timedelta(minutes=59, seconds=59))
    assert profile_status(stand, session) == 200
    stand.wait(timedelta(seconds=1))
    assert profile_status(stand, session) == 403


def test_signing_out_ends_this_session_and_no_other(stand: Stand) -> None:
    first, second = stand.sign_in(EMAIL), stand.sign_in(EMAIL)
    assert first != second
    for _ in range(2):
        assert stand.call("DELETE", "/api/account/session", session=first).status == 200
    assert stand.call("DELETE", "/api/account/session").status == 200
    assert (profile_status(stand, first), profile_status(stand, second)) == (403, 200)


def test_a_session_is_stored_as_its_hash_only(stand: Stand) -> None:
    session = stand.sign_in(EMAIL)
    assert session not in json.dumps(everything_stored())
    assert len(session) >= 43


def test_every_sign_in_of_an_address_reaches_the_same_account(stand: Stand) -> None:
    first = stand.id_of(stand.sign_in(EMAIL))
    challenge = ask_code(stand, " SAMPLE@Example.Test ")
    again = prove(stand, challenge, stand.code_for(EMAIL), "Sample@EXAMPLE.test").body["session"]
    assert stand.id_of(again) == first


@pytest.mark.parametrize("session_id", [None, "", "x", "x" * 100, "x" * 101, "é", "\x00"])
def test_no_other_text_is_a_session(stand: Stand, session_id: str | None) -> None:
    stand.sign_in(EMAIL)
    assert sessions.read(session_id) is None


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Basic {session}", "{session}", "bearer {session} x", "Bearer  "]
)
def test_the_authorizer_takes_a_bearer_only(stand: Stand, header: str) -> None:
    value = header.format(session=stand.sign_in(EMAIL))
    answer = stand.call("GET", "/api/candidate/profile", headers={"authorization": value})
    assert answer.status in (401, 403)


def test_expired_challenges_and_sessions_have_a_time_to_vanish(stand: Stand) -> None:
    stand.sign_in(EMAIL)
    ask_code(stand)
    rows = [row for rows in everything_stored() for row in rows]
    timed = [row for row in rows if "expires" in row]
    assert len(timed) >= 3
    assert all(int(row["expires"]["N"]) > stand.clock.now().timestamp() for row in timed)


def test_who_signs_out_stands_before_the_door_they_came_in_by(stand: Stand) -> None:
    candidate, reviewer = stand.candidate(), ApiStaff(stand.cloud, REVIEWER)
    reviewer.sign_in()
    for person, page, door in (
        (candidate, "/applications", "Get certified"),
        (reviewer, "/staff/queue", "Staff sign-in"),
    ):
        browser = Browser(stand, person)
        browser.get(page)
        assert door in browser.post("/sign-out")
