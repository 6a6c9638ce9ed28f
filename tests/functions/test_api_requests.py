"""Requests that are not what they should be: every one gets a 4xx in one shape, and none reaches an act."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.functions.stand import REVIEWER, SITTING, Answer, Stand, announced, document, stand_on

CHALLENGE = "A" * 24
RECOVERY = "R" * 43
TEXT_HASH = "0" * 64
REFERENCE = "APP-2026-123456789A"
ENTRY = {
    "institution": "Sample University",
    "country": "CN",
    "taught_in": "CN",
    "level": "bachelor",
    "degree": "bachelor",
    "full_time": True,
    "major": "Sample",
    "certificate": "SAMPLE1",
    "name": "陈样本",
    "duplicate_meant": False,
    "began": "2013-09-01",
    "graduated": "2017-07-01",
}
WORK = {
    "jobs": [{"duties": "Analyst", "since": "2018-01-01"}],
    "leaves": [{"since": "2020-01-01", "until": "2020-06-30"}],
    "certificates": [{"code": "sample", "issued": "2019-01-01"}],
}
SOUND: dict[tuple[str, str], Any] = {
    ("POST", "/api/account/email-code"): {"email": "a@example.test", "language": "en"},
    ("POST", "/api/account/session"): {"challenge": CHALLENGE, "email": "a@example.test", "code": "123456"},
    ("POST", "/api/account/staff-code"): {"email": "a@example.test", "language": "zh"},
    ("POST", "/api/account/staff-session"): {"challenge": CHALLENGE, "code": "123456"},
    ("PUT", "/api/candidate/profile/details"): {
        "native_name": "陈样本",
        "latin_name": "CHEN YANGBEN",
        "birth_date": "1995-05-17",
        "nationality": "CN",
        "id_kind": "passport",
        "id_number": "SAMPLE0001",
    },
    ("PUT", "/api/candidate/profile/contact"): {"address": "1 Sample Road", "language": "en"},
    ("POST", "/api/account/eligibility"): {
        "sitting": SITTING,
        "occupation": "data_analyst",
        "birth_date": "1990-06-01",
        "education": [{"level": "bachelor", "full_time": True, "began": "2013-09-01", "graduated": "2017-07-01"}],
        "work": WORK,
    },
    ("PUT", "/api/candidate/profile/work"): WORK,
    ("POST", "/api/candidate/education"): ENTRY,
    ("PUT", "/api/candidate/education/1"): ENTRY,
    ("POST", "/api/candidate/phone-code"): {"phone": "+852 5123 4567"},
    ("POST", "/api/candidate/phone"): {
        "challenge": CHALLENGE,
        "code": "123456",
        "confirmation": {"challenge": CHALLENGE, "code": "123456"},
    },
    ("POST", "/api/candidate/applications"): {"sitting": SITTING},
    ("PUT", f"/api/candidate/applications/{REFERENCE}/choice"): {
        "occupation": "a",
        "level": "3",
        "form": "onsite",
        "region": "hong_kong",
        "subjects": ["theory"],
        "paper": "hong_kong",
    },
    ("POST", "/api/staff/cases/CASE-0123456789AB/decision"): {
        "verdict": "return",
        "reasons": ["name_differs"],
        "note": "",
    },
    ("POST", "/api/staff/cases/CASE-0123456789AB/second"): {"proposal": 1, "agree": True, "why_not": ""},
    ("POST", "/api/staff/cases/CASE-0123456789AB/take-back"): {"proposal": 1, "why": "Wrong case"},
    ("POST", f"/api/candidate/applications/{REFERENCE}/corrections"): {
        "fields": {"postal_address": "2 New Road"},
        "reason": "",
        "site": "international",
    },
    ("POST", f"/api/candidate/applications/{REFERENCE}/corrections/education"): {
        "entry": ENTRY,
        "number": 1,
        "reason": "",
        "site": "international",
    },
    ("POST", f"/api/candidate/applications/{REFERENCE}/corrections/work"): {
        "work": WORK,
        "reason": "",
        "site": "international",
    },
    ("POST", f"/api/candidate/applications/{REFERENCE}/hearing"): {"text": "It was a slip."},
    ("POST", f"/api/candidate/applications/{REFERENCE}/refund-account"): {
        "holder": "CHEN YANGBEN",
        "number": "012-345678-902",
        "bank": "SAMPHKHH",
    },
    ("POST", f"/api/candidate/applications/{REFERENCE}/appeal"): {"text": "Look again."},
    ("POST", f"/api/candidate/applications/{REFERENCE}/called-off"): {"choice": "reschedule", "sitting": SITTING},
    ("POST", "/api/staff/refunds/RFD-0123456789AB/by-hand"): {"reason": "A sample."},
    ("POST", f"/api/staff/sittings/{SITTING}/call-off"): {"why_en": "A sample.", "why_zh": "样本。", "instead": []},
    ("POST", "/api/staff/payments/PAY-0123456789ab/refunds"): {
        "capture": "CAP#pi_1",
        "amount": "1.00",
        "because": "goodwill",
        "reason": "A sample.",
        "seen": 1,
    },
    ("POST", f"/api/staff/applications/{REFERENCE}/hearing"): {"ground": "false_statement"},
    ("POST", f"/api/staff/applications/{REFERENCE}/check"): {"why": "CASE-0123456789AB"},
    ("POST", "/api/candidate/photo/fix"): {"step": "turn_left"},
    ("PUT", f"/api/candidate/applications/{REFERENCE}/commitment/choice"): {
        "commits": True,
        "notice": TEXT_HASH,
        "language": "en",
    },
    ("POST", f"/api/candidate/applications/{REFERENCE}/commitment/notice"): {"notice": TEXT_HASH, "language": "zh"},
    ("POST", f"/api/candidate/applications/{REFERENCE}/commitment/signature"): {
        "challenge": CHALLENGE,
        "code": "123456",
        "statements": [1, 2, 3, 4],
    },
    ("PUT", f"/api/candidate/applications/{REFERENCE}/provisional"): {"later": True},
    ("POST", f"/api/candidate/applications/{REFERENCE}/on-site"): {"starts": "2026-10-12T09:00:00+08:00"},
    ("POST", "/api/candidate/account/confirmation-code"): {"changing": "phone"},
    ("POST", "/api/candidate/account/email-code"): {"email": "b@example.test"},
    ("POST", "/api/candidate/account/email"): {
        "challenge": CHALLENGE,
        "code": "123456",
        "confirmation": {"challenge": CHALLENGE, "code": "123456"},
    },
    ("PUT", "/api/candidate/account/reserved-answer"): {
        "question": "first_teacher",
        "answer": "Sample",
        "confirmation": {"challenge": CHALLENGE, "code": "123456"},
    },
    ("POST", "/api/candidate/account/name"): {"description": "A dragon over a horse", "spelling": ""},
    ("POST", "/api/candidate/account/help/phone"): {"challenge": CHALLENGE, "code": "123456", "note": "It is mine."},
    ("POST", "/api/candidate/account/help/account"): {
        "name": "陈样本",
        "birth_date": "1995-05-17",
        "id_kind": "passport",
        "id_number": "SAMPLE0001",
        "id_country": "CN",
        "note": "My old mailbox is closed.",
    },
    ("PUT", "/api/candidate/account/texts/service_notice"): {"text_version": "2026.1"},
    ("POST", "/api/account/recovery/code"): {"factor": "email_code", "to": "a@example.test", "language": "en"},
    ("POST", "/api/account/recovery/proof"): {
        "factor": "sms_code",
        "challenge": CHALLENGE,
        "code": "123456",
        "recovery": RECOVERY,
    },
    ("POST", "/api/account/recovery/answer"): {"recovery": RECOVERY, "answer": "Sample"},
    ("POST", "/api/account/look-up"): {"id_kind": "passport", "id_number": "SAMPLE0001", "id_country": "CN"},
    ("POST", "/api/account/reports"): {"sitting": SITTING, "who": "陈*本", "text": "The degree is not his."},
}
OPTIONAL = {"country", "taught_in", "degree", "major", "certificate", "name", "duplicate_meant"}
MAY_BE_LEFT_OUT = {
    "save_details": {"native_name", "latin_name"},
    "calculate_eligibility": {"education", "work"},
    "save_work": {"leaves", "certificates"},
    "add_education": OPTIONAL,
    "correct_education": OPTIONAL,
    "confirm_phone": {"confirmation"},
    "confirm_new_email": {"confirmation"},
    "reserve_answer": {"confirmation"},
    "choose": {"region", "subjects", "paper"},
    "decide_case": {"reasons", "note"},
    "second_case": {"why_not"},
    "ask_correction": {"reason", "site"},
    "ask_correction_of_education": {"number", "reason", "site"},
    "ask_correction_of_work": {"reason", "site"},
    "describe_name": {"spelling"},
    "choose_after_call_off": {"sitting"},
    "call_off": {"instead"},
    "ask_refund": {"because", "reason", "seen"},
    "prove_recovery": {"recovery"},
    "look_up": {"id_country"},
    "ask_for_account": {"id_country"},
}
"""By the name of the operation; everything else is needed."""
NOT_TEXT = (0, 1.5, True, ["x"], {"x": 1})
WITHOUT_BODY = (
    ("POST", "/api/candidate/uploads/photo?scheme=cgptc"),
    ("POST", "/api/candidate/uploads/photo/accept?scheme=cgptc"),
    ("POST", f"/api/candidate/applications/{REFERENCE}/confirm"),
    ("POST", f"/api/candidate/applications/{REFERENCE}/withdraw"),
    ("POST", f"/api/candidate/applications/{REFERENCE}/check"),
    ("POST", f"/api/candidate/applications/{REFERENCE}/commitment/code"),
    ("POST", f"/api/candidate/applications/{REFERENCE}/commitment/decline"),
    ("POST", f"/api/candidate/applications/{REFERENCE}/commitment/withdrawal"),
    ("POST", f"/api/candidate/applications/{REFERENCE}/on-site/cancel"),
    ("POST", f"/api/candidate/applications/{REFERENCE}/proofs"),
    ("POST", f"/api/candidate/applications/{REFERENCE}/report"),
    ("POST", f"/api/candidate/applications/{REFERENCE}/payment"),
    ("POST", f"/api/candidate/applications/{REFERENCE}/payment/check"),
    ("POST", "/api/candidate/without-degree"),
    ("POST", "/api/candidate/account/sessions/end-others"),
    ("DELETE", "/api/candidate/account/sessions/0123456789abcdef"),
    ("POST", "/api/candidate/account/requests/CASE-0123456789AB/no"),
    ("DELETE", "/api/account/session"),
    ("POST", "/api/staff/cases/next"),
    ("POST", "/api/staff/cases/CASE-0123456789AB/keep"),
    ("POST", "/api/staff/cases/CASE-0123456789AB/give-back"),
    ("POST", "/api/staff/cases/CASE-0123456789AB/received"),
    ("POST", "/api/staff/refunds/RFD-0123456789AB/retry"),
    ("POST", f"/api/staff/sittings/{SITTING}/release"),
    ("POST", "/api/staff/files/sittings"),
    ("POST", "/api/staff/files/notices"),
    ("POST", "/api/staff/files/decisions/cgptc"),
    ("POST", "/api/staff/files/integrity/cgptc"),
    ("POST", "/api/staff/files/statements/cgptc"),
    ("POST", f"/api/candidate/applications/{REFERENCE}/transfer"),
    ("POST", f"/api/candidate/applications/{REFERENCE}/transfer/sent"),
    ("POST", f"/api/staff/files/marks/{SITTING}"),
)
ROUTES = [pytest.param(method, path, body, id=f"{method} {path}") for (method, path), body in SOUND.items()]


class Asking:
    """A stand with one candidate and one reviewer signed in; each route is asked by whom it is for."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.sessions = {"candidate": stand.sign_in("sample@example.test"), "staff": stand.sign_in_staff(REVIEWER)}

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        kind = path.split("/")[2]
        return self.stand.call(method, path, body, session=self.sessions.get(kind), **more)


@pytest.fixture(scope="module")
def _asking() -> Iterator[Asking]:
    with stand_on() as stand:
        yield Asking(stand)


@pytest.fixture
def ask(_asking: Asking) -> Iterator[Asking]:
    """Nothing of these tests may change a row or fail inside, so that one stand serves them all."""
    before = written(_asking.stand)
    yield _asking
    assert written(_asking.stand) == before
    assert not _asking.stand.cloud.invoker.failures
    assert "door failed" not in _asking.stand.log


def written(stand: Stand) -> int:
    return sum(times for name, times in stand.cloud.system.operations().items() if "TransactWriteItems" in name)


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.code) == (status, code), answer


def name_of(method: str, path: str) -> str:
    """The name that the document has for the operation that a request meets."""
    operation = announced(method, path.split("?")[0])
    assert operation is not None, f"{method} {path} is not in the document"
    return str(operation["operationId"])


def test_the_lists_have_every_route_that_takes_something_in() -> None:
    changing: dict[bool, set[str]] = {True: set(), False: set()}
    for operations in document()["paths"].values():
        for method, operation in operations.items():
            if method != "get":
                changing["requestBody" in operation].add(operation["operationId"])
    assert {name_of(*route) for route in SOUND} == changing[True]
    assert {name_of(*route) for route in WITHOUT_BODY} == changing[False]
    assert MAY_BE_LEFT_OUT.keys() <= changing[True]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_the_list_has_every_field_of_a_body(method: str, path: str, body: Any) -> None:
    operation = announced(method, path)
    assert operation is not None
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    named = document()["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    assert body.keys() == named["properties"].keys()


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_an_unknown_key_is_refused_wherever_it_stands(ask: Asking, method: str, path: str, body: Any) -> None:
    refused(ask(method, path, {**body, "status": "paid"}), 422, "invalid_request")
    for name, value in body.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            refused(ask(method, path, {**body, name: [{**value[0], "unknown": 1}]}), 422, "invalid_request")
        if isinstance(value, dict):
            refused(ask(method, path, {**body, name: {**value, "unknown": 1}}), 422, "invalid_request")


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_each_field_takes_its_own_type_only(ask: Asking, method: str, path: str, body: Any) -> None:
    for name in body:
        for wrong in NOT_TEXT:
            if (name in ("reasons", "subjects", "instead") and wrong == ["x"]) or (
                isinstance(body[name], bool) and wrong is True
            ):
                continue
            answer = ask(method, path, {**body, name: wrong})
            refused(answer, 422, "invalid_request")
            assert f"body.{name}" in answer.body["field"]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_each_field_is_needed_unless_it_may_be_empty(ask: Asking, method: str, path: str, body: Any) -> None:
    for name in body.keys() - MAY_BE_LEFT_OUT.get(name_of(method, path), set()):
        answer = ask(method, path, {key: value for key, value in body.items() if key != name})
        refused(answer, 422, "invalid_request")
        assert answer.body["problems"] == [{"field": f"body.{name}", "what": "missing"}]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_a_text_longer_than_any_real_one_is_refused(ask: Asking, method: str, path: str, body: Any) -> None:
    for name, value in body.items():
        if isinstance(value, str):
            refused(ask(method, path, {**body, name: "1" * 5000}), 422, "invalid_request")


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_a_text_that_hides_something_is_refused_by_its_field(ask: Asking, method: str, path: str, body: Any) -> None:
    for name, value in body.items():
        for hidden in ("\x00", "\u202e"):
            if isinstance(value, str):
                answer = ask(method, path, {**body, name: value + hidden})
            elif isinstance(value, dict):
                answer = ask(method, path, {**body, name: {**value, next(iter(value)): f"1{hidden}2"}})
            else:
                continue
            refused(answer, 422, "invalid_request")
            assert answer.body["field"].startswith(f"body.{name}")


@pytest.mark.parametrize(("method", "path"), SOUND)
@pytest.mark.parametrize("raw", [b"null", b"[]", b'"text"', b"1", b"true"], ids=lambda raw: raw.decode())
def test_json_that_is_no_object_is_refused(ask: Asking, method: str, path: str, raw: bytes) -> None:
    refused(ask(method, path, raw=raw), 422, "invalid_request")


@pytest.mark.parametrize(("method", "path"), SOUND)
def test_no_body_where_one_is_needed_is_refused(ask: Asking, method: str, path: str) -> None:
    refused(ask(method, path), 422, "invalid_request")
    refused(ask(method, path, {}), 422, "invalid_request")


UNREADABLE = {
    "latin 1": '{"email": "é"}'.encode("latin-1"),
    "gb 18030": '{"address": "香港"}'.encode("gb18030"),
    "half an object": b'{"email":',
    "two objects": b"{}{}",
    "not a number": b'{"email": NaN, }',
    "a number of 5000 digits": b'{"email": ' + b"9" * 5000 + b"}",
    "20,000 brackets": b"[" * 20_000,
    "zeros": b"\x00\x00",
}


@pytest.mark.parametrize(("method", "path"), SOUND)
@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_not_json_in_utf_8_is_answered_with_400(ask: Asking, method: str, path: str, raw: bytes) -> None:
    refused(ask(method, path, raw=raw), 400, "not_json")


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
@pytest.mark.parametrize(
    "kind",
    ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "application/jsonx", "", "text/json"],
)
def test_another_content_type_is_answered_with_415(ask: Asking, method: str, path: str, body: Any, kind: str) -> None:
    refused(ask(method, path, body, headers={"content-type": kind}), 415, "not_json_type")


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_more_than_64_kib_is_answered_with_413(ask: Asking, method: str, path: str, body: Any) -> None:
    refused(ask(method, path, {**body, "filling": "x" * 65_536}), 413, "too_large")
    refused(ask(method, path, raw=b" " * (65_536 - 2) + b"{}"), 422, "invalid_request")


@pytest.mark.parametrize(("method", "path"), WITHOUT_BODY)
def test_a_route_without_a_body_takes_none(ask: Asking, method: str, path: str) -> None:
    for body in ({"status": "paid"}, ["x"], "x", 1, True):
        refused(ask(method, path, body), 422, "invalid_request")


@pytest.mark.parametrize(("method", "path"), [*SOUND, *WITHOUT_BODY])
def test_an_unknown_query_is_refused(ask: Asking, method: str, path: str) -> None:
    joined = "&" if "?" in path else "?"
    refused(ask(method, f"{path}{joined}status=paid", SOUND.get((method, path))), 422, "invalid_request")


def test_a_parameter_given_twice_is_refused(ask: Asking) -> None:
    key = f"sittings/{SITTING}.json"
    refused(ask("GET", f"/api/staff/files/report?key={key}&key={key}"), 422, "invalid_request")
    refused(ask("GET", "/api/staff/files/report"), 422, "invalid_request")


@pytest.mark.parametrize(
    "path",
    [
        "/api/candidate/applications/APP-2026-1",
        "/api/candidate/applications/app-2026-123456789a",
        "/api/candidate/applications/CAN-0123456789abcdef",
        "/api/candidate/applications/%27%20OR%201",
        "/api/candidate/uploads/Passport",
        "/api/candidate/applications/APP-2026-123456789A/documents/receipt",
        "/api/staff/cases/CASE-1",
        "/api/staff/files/report?key=/etc/passwd",
        "/api/staff/files/report?key=reports/sittings/x.json",
        "/api/staff/files/report?key=marks/%0a",
    ],
)
def test_a_name_of_another_shape_is_refused_before_it_is_looked_up(ask: Asking, path: str) -> None:
    refused(ask("GET", path), 422, "invalid_request")


@pytest.mark.parametrize(
    "path", ["/api/candidate/nothing", "/api/candidate/profile/", "/api/staff/x/y", "/api/account/none"]
)
def test_an_unknown_address_is_answered_with_404(ask: Asking, path: str) -> None:
    refused(ask("GET", path), 404, "no_such_route")


@pytest.mark.parametrize("method", ["PATCH", "HEAD", "OPTIONS", "TRACE", "DELETE"])
def test_an_unknown_method_is_answered_with_404(ask: Asking, method: str) -> None:
    refused(ask(method, "/api/candidate/profile"), 404, "no_such_route")


@pytest.mark.parametrize(
    "day", ["1990-2-28", "1990-02-30", "28/02/1990", "19900228", "1990-02-28T00:00:00", "", "१९९०-०२-२८", "0000-01-01"]
)
def test_a_day_is_written_in_one_way(ask: Asking, day: str) -> None:
    details = SOUND["PUT", "/api/candidate/profile/details"]
    refused(ask("PUT", "/api/candidate/profile/details", {**details, "birth_date": day}), 422, "invalid_request")


def test_half_a_surrogate_pair_is_refused_and_not_stored(ask: Asking) -> None:
    raw = b'{"address": "\\ud842", "language": "en"}'
    refused(ask("PUT", "/api/candidate/profile/contact", raw=raw), 422, "invalid_request")


def test_no_stored_attribute_can_be_given_from_outside(ask: Asking) -> None:
    """Mass assignment: no name of a column or record field that a body does not ask for is taken."""
    from certification.cloud.tables.applications import Application
    from certification.cloud.tables.candidates import Candidate
    from certification.cloud.tables.cases import Case

    stored = {*Application.model_fields, *Candidate.model_fields, *Case.model_fields, "pk", "version", "record", "due"}
    for (method, path), body in SOUND.items():
        for name in sorted(stored - body.keys()):
            refused(ask(method, path, {**body, name: "x"}), 422, "invalid_request")


def test_a_body_in_base64_is_read_like_a_plain_one(ask: Asking) -> None:
    body = json.dumps({"email": "b@example.test", "language": "fr"}).encode()
    event = {
        "version": "2.0",
        "rawPath": "/api/account/email-code",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "POST", "path": "/api/account/email-code"}, "stage": "$default"},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    answer = ask.stand.cloud.invoke("assay-registration_api", event)
    assert json.loads(answer["body"])["field"] == "body.language"
    answer = ask.stand.cloud.invoke("assay-registration_api", {**event, "body": "A"})
    assert answer["statusCode"] == 400


def test_no_answer_is_kept_by_a_cache_or_guessed_by_a_browser(ask: Asking) -> None:
    answers = [
        ask("GET", "/api/candidate/profile"),
        ask("GET", "/api/candidate/nothing"),
        ask("POST", "/api/candidate/phone", raw=b"{"),
    ]
    assert [answer.status for answer in answers] == [200, 404, 400]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"].startswith("application/json")


def test_a_refusal_repeats_nothing_of_what_was_typed(ask: Asking) -> None:
    details = SOUND["PUT", "/api/candidate/profile/details"]
    answer = ask("PUT", "/api/candidate/profile/details", {**details, "id_number": "K" * 500})
    assert "KKK" not in json.dumps(answer.body)
