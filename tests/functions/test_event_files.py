"""Every file under events/ is run against the rows it is about, under the function's own role.

Recorded files are what arrives in the life of one certificate (`recorded.py`), each run as it first arrived; those in
`BY_HAND` are what should not arrive, or arrives again, and are run at the end of that life.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloud import HandlerFailed
from tests.functions.recorded import EVENTS, Life
from tests.functions.stand import Saved, stand_on

NOT_OURS = frozenset({"payment_webhook"})
"""Its events are the card provider's, and have tests of their own (test_card_webhook.py, test_card_events.py)."""
FILES = sorted(path for path in EVENTS.glob("*/*.json") if path.parent.name not in NOT_OURS)

ONE_FAILED = {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
NONE_FAILED: dict[str, list[Any]] = {"batchItemFailures": []}
# What comes back: the status of a door, the whole answer, or the name of the error.
BY_HAND: dict[str, Any] = {
    "authorizer/without_a_header": {"isAuthorized": False},
    "authorizer/unknown_session": {"isAuthorized": False},
    "authorizer/another_scheme": {"isAuthorized": False},
    "registration_api/not_utf8": 400,
    "registration_api/plain_text": 415,
    "registration_api/unknown_key": 422,
    "registration_api/unknown_route": 404,
    "registration_api/past_the_authorizer": 401,
    "review_api/past_the_authorizer": 401,
    "review_api/context_of_a_candidate": 401,
    "verification_api/slip_of_the_hand": 200,
    "verification_api/without_a_number": 200,
    "registry_answers/unsigned": 400,
    "portal/unknown_page": 404,
    "portal/chinese_start": 200,
    "check_upload/nobody_waits_for_it": NONE_FAILED,
    "check_report/nobody_waits_for_it": NONE_FAILED,
    "check_upload/one_of_two_is_nobodys": ONE_FAILED,
    "notify/one_of_two_is_to_nobody": ONE_FAILED,
    "apply_decision/unknown_case": ONE_FAILED,
    "apply_decision/decided_long_ago": NONE_FAILED,
    "read_staff_file/file_is_gone": ONE_FAILED,
    "relay_announcements/nothing_new": None,
    "choose_lane/long_after": {"status": "certified"},
    "check_eligibility/unknown_application": "NotFound",
    "settle_order/again": {"outcome": "nothing"},
    "apply_payment/unknown_entry": "NotFound",
    "send_refund/unknown_refund": "NotFound",
    "check_identity/again": {"state": "passed"},
    "check_education/again": {"states": {"1": "on_site"}},
    "open_case/again": {"case": "CASE-"},
    "seat_candidates/again": {"seated": 1},
    "render_tickets/again": {"printed": 1},
    "release_results/again": {"released": 1},
    "publish_certificates/unknown_number": {"published": 0},
    "freeze_registrations/unknown_sitting": "NotFound",
    "read_marks/file_is_gone": "ClientError",
    "find_due/nothing_due": {"number": 0, "list": ""},
}


@pytest.fixture(scope="module")
def life() -> Iterator[tuple[Life, Saved]]:
    with stand_on() as stand:
        life = Life(stand)
        life.record()
        assert not [one for one in stand.cloud.invoker.failures if one.error != "UnreadableEvent"]
        yield life, stand.save()


def name_of(path: Any) -> str:
    return f"{path.parent.name}/{path.stem}"


def test_every_function_has_an_event() -> None:
    functions = {path.parent.name for path in (EVENTS.parent / "functions").glob("*/app.py")}
    assert {path.parent.name for path in EVENTS.glob("*/*.json")} == functions


def test_every_file_is_recorded_or_written_by_hand(life: tuple[Life, Saved]) -> None:
    recorded = {f"{function}/{case}" for function, case in life[0].seen}
    assert {name_of(path) for path in FILES} == recorded | BY_HAND.keys(), "run: python -m tests.functions.recorded"
    assert not recorded & BY_HAND.keys()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_an_event_is_answered_as_it_should_be(life: tuple[Life, Saved], path: Any) -> None:
    lived, end = life
    function, stand = path.parent.name, lived.stand
    event = json.loads(path.read_text(encoding="utf-8"))
    by_hand = name_of(path) in BY_HAND
    stand.restore(end if by_hand else lived.seen[function, path.stem].saved)
    try:
        answer = stand.cloud.invoke(f"assay-{function}", lived.actual(event))
    except HandlerFailed as failed:
        answer = failed.error
    if by_hand:
        must_be(answer, BY_HAND[name_of(path)])
    else:
        must_be_well(answer)


def must_be(answer: Any, expected: Any) -> None:
    """The answer to an event written by hand."""
    if isinstance(expected, int):
        assert answer["statusCode"] == expected, answer
    elif isinstance(expected, dict) and expected.get("case"):
        assert answer["case"].startswith(expected["case"])
    else:
        assert answer == expected


def must_be_well(answer: Any) -> None:
    """The answer to an event of a life in which all goes well."""
    assert not isinstance(answer, str), answer
    if isinstance(answer, dict):
        assert answer.get("statusCode", 200) in (200, 302, 303), answer
        assert answer.get("batchItemFailures", []) == []
        assert answer.get("isAuthorized", True)


def test_the_files_look_like_what_arrives(life: tuple[Life, Saved]) -> None:
    for (function, case), seen in life[0].seen.items():
        kept = json.loads((EVENTS / function / f"{case}.json").read_text(encoding="utf-8"))
        assert shape(kept) == shape(life[0].sample(seen.event)), (
            f"{function}/{case}: run python -m tests.functions.recorded"
        )


def shape(value: Any) -> Any:
    """Keys and types; JSON inside of text is looked into."""
    if isinstance(value, dict):
        return {key: shape(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [shape(inside) for inside in value]
    if isinstance(value, str) and value.startswith("{"):
        return shape(json.loads(value))
    return type(value).__name__


def test_no_file_holds_a_name_of_this_machine() -> None:
    for path in EVENTS.glob("*/*.json"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w-])/(root|home|tmp|work)\b", text), path.name
        assert "127.0.0.1" not in text
