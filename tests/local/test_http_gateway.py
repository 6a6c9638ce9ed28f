"""The HTTP API answers as API Gateway does: routes, events in format 2.0, authorizers, limits, binary bodies."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.http import gateway as gateway_module
from local.http.gateway import REQUEST_LIMIT, Gateway, IdentityError, answer
from local.http.messages import Request, Response
from local.http.routes import Router
from local.runtime.console import HandlerLog
from local.runtime.invoker import Invoker
from local.stack import ACCOUNT, REGION, FunctionSpec, RouteSpec, Stack

NOW = datetime(2026, 3, 14, 2, 12, tzinfo=UTC)
CODE = {
    "Echo": "import json\ndef handler(event, context): return event",
    "Guard": (
        "def handler(event, context):\n"
        "    token = event['headers']['authorization']\n"
        "    if token == 'broken': raise ValueError(token)\n"
        "    if token == 'iam': return {'policyDocument': {}}\n"
        "    return {'isAuthorized': token == 'Bearer good', 'context': {'candidate': 'c-1', 'seen': event}}"
    ),
    "Broken": "def handler(event, context): raise ValueError('private detail')",
}
ROUTES = [
    RouteSpec("ANY", "/{proxy+}", "Echo", None),
    RouteSpec("GET", "/exams/{id}", "Echo", None),
    RouteSpec("GET", "/exams/open", "Echo", None),
    RouteSpec("POST", "/exams/{id}/seats/{seat}", "Echo", None),
    RouteSpec("GET", "/guarded", "Echo", "Guard", ("$request.header.Authorization",)),
    RouteSpec("GET", "/broken", "Broken", None),
]


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    functions = {}
    for name, code in CODE.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "app.py").write_text(code)
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
        functions[name] = FunctionSpec(name, name, arn, "app.handler", folder, (), 5, 256, {}, f"{name}Role")
    invoker = Invoker(Stack("test", {}, "hash", functions=functions), lambda: NOW, HandlerLog(lambda: NOW))
    return Gateway(ROUTES, invoker, lambda: NOW)


def event_of(response: Response) -> dict[str, Any]:
    assert response.status == 200
    event: dict[str, Any] = json.loads(response.body)
    return event


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/exams/open", "GET /exams/open", None),
        ("GET", "/exams/7", "GET /exams/{id}", {"id": "7"}),
        ("POST", "/exams/7", "ANY /{proxy+}", {"proxy": "exams/7"}),
        ("POST", "/exams/7/seats/A1", "POST /exams/{id}/seats/{seat}", {"id": "7", "seat": "A1"}),
        ("GET", "/en/apply/7/", "ANY /{proxy+}", {"proxy": "en/apply/7/"}),
        ("GET", "/exams/a%20b", "GET /exams/{id}", {"id": "a b"}),
    ],
)
def test_the_most_specific_route_wins(
    gateway: Gateway, method: str, path: str, key: str, parameters: dict[str, str] | None
) -> None:
    event = event_of(gateway.handle(Request.of(method, path)))
    assert event["routeKey"] == key
    assert event.get("pathParameters") == parameters


def test_the_root_is_not_part_of_a_greedy_route(gateway: Gateway) -> None:
    response = gateway.handle(Request.of("GET", "/"))
    assert (response.status, response.body) == (404, b'{"message":"Not Found"}')


def test_a_default_route_takes_what_is_left() -> None:
    router = Router([RouteSpec("$default", "$default", "Echo", None), RouteSpec("GET", "/a", "Echo", None)])
    found = [router.match("GET", path) for path in ("/a", "/b")]
    assert [match.key for match in found if match] == ["GET /a", "$default"]


def test_the_event_has_the_shape_of_payload_format_two(gateway: Gateway) -> None:
    headers = {"Host": "127.0.0.1:8080", "Cookie": "a=1; b=2", "User-Agent": "Test", "Accept": "text/html"}
    event = event_of(gateway.handle(Request.of("GET", "/en/%E8%80%83?tag=1&tag=2&q=a%20b", headers)))
    assert event["version"] == "2.0"
    assert event["rawPath"] == "/en/考"
    assert event["rawQueryString"] == "tag=1&tag=2&q=a%20b"
    assert event["queryStringParameters"] == {"tag": "1,2", "q": "a b"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["headers"] == {"host": "127.0.0.1:8080", "user-agent": "Test", "accept": "text/html"}
    assert "body" not in event
    context = event["requestContext"]
    assert context["http"] == {
        "method": "GET",
        "path": "/en/考",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "Test",
    }
    assert context["time"] == "14/Mar/2026:02:12:00 +0000"
    assert context["timeEpoch"] == 1773454320000
    assert context["stage"] == "$default"


@pytest.mark.parametrize(
    ("kind", "body", "encoded"),
    [
        ("application/json", b'{"a": 1}', False),
        ("text/plain; charset=utf-8", "考试".encode(), False),
        ("text/plain", b"\xff\xfe", True),
        ("application/x-www-form-urlencoded", b"a=1", True),
        ("multipart/form-data; boundary=x", b"--x--", True),
        ("", b"anything", True),
    ],
)
def test_only_text_arrives_as_text(gateway: Gateway, kind: str, body: bytes, encoded: bool) -> None:
    event = event_of(gateway.handle(Request.of("POST", "/a", {"content-type": kind} if kind else {}, body)))
    assert event["isBase64Encoded"] is encoded
    received = base64.b64decode(event["body"]) if encoded else event["body"].encode()
    assert received == body


@pytest.mark.parametrize(
    ("token", "status"), [(None, 401), ("", 401), ("Bearer bad", 403), ("broken", 500), ("iam", 500)]
)
def test_an_authorizer_refuses(gateway: Gateway, token: str | None, status: int) -> None:
    headers = {} if token is None else {"Authorization": token}
    response = gateway.handle(Request.of("GET", "/guarded", headers))
    assert response.status == status
    assert b"ValueError" not in response.body


def test_an_authorizer_adds_its_context_to_the_event(gateway: Gateway) -> None:
    headers = {"Authorization": "Bearer good", "Cookie": "session=s"}
    event = event_of(gateway.handle(Request.of("GET", "/guarded", headers)))
    context = event["requestContext"]["authorizer"]["lambda"]
    assert context["candidate"] == "c-1"
    assert context["seen"]["type"] == "REQUEST"
    assert context["seen"]["identitySource"] == ["Bearer good"]
    assert context["seen"]["cookies"] == ["session=s"]
    assert context["seen"]["routeArn"].endswith("/$default/GET/guarded")


def test_an_identity_source_that_is_no_header_is_refused_at_start(gateway: Gateway) -> None:
    route = RouteSpec("GET", "/guarded", "Echo", "Guard", ("$context.identity.sourceIp",))
    with pytest.raises(IdentityError, match="sourceip"):
        Gateway([route], gateway._invoker, lambda: NOW)


def test_a_handler_that_fails_says_nothing_about_why(gateway: Gateway) -> None:
    response = gateway.handle(Request.of("GET", "/broken"))
    assert (response.status, response.body) == (500, b'{"message":"Internal Server Error"}')


def test_a_request_has_at_most_ten_megabytes(gateway: Gateway) -> None:
    assert gateway.handle(Request.of("POST", "/a", body=b"x" * (REQUEST_LIMIT + 1))).status == 413


def test_a_request_that_does_not_fit_into_an_event_is_refused_too(gateway: Gateway) -> None:
    assert gateway.handle(Request.of("POST", "/a", body=b"x" * (5 * 1024 * 1024))).status == 413
    assert gateway.handle(Request.of("POST", "/a", body=b"x" * (1024 * 1024))).status == 200


def test_an_answer_after_thirty_seconds_does_not_arrive(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_module, "TIME_LIMIT_SECONDS", 0)
    assert gateway.handle(Request.of("GET", "/a")).status == 503


def test_an_answer_with_a_status_becomes_that_response() -> None:
    response = answer(
        {"statusCode": 201, "headers": {"X-Number": 7, "X-Yes": True}, "cookies": ["a=1; Path=/", "b=2"], "body": "好"}
    )
    assert response.status == 201
    assert (response.header("x-number"), response.header("x-yes")) == ("7", "true")
    assert response.all("set-cookie") == ["a=1; Path=/", "b=2"]
    assert response.body == "好".encode()
    assert response.header("content-type") == "text/plain;charset=UTF-8"


def test_a_binary_answer_is_decoded() -> None:
    body = base64.b64encode(b"%PDF\x00").decode()
    response = answer(
        {"statusCode": 200, "headers": {"content-type": "application/pdf"}, "isBase64Encoded": True, "body": body}
    )
    assert (response.body, response.header("content-type")) == (b"%PDF\x00", "application/pdf")


@pytest.mark.parametrize("payload", ["text", 7, None, ["a"], {"no": "status"}])
def test_an_answer_without_a_status_is_the_body(payload: Any) -> None:
    response = answer(payload)
    assert (response.status, response.header("content-type")) == (200, "application/json")


@pytest.mark.parametrize(
    "payload", [{"statusCode": "many"}, {"statusCode": 200, "isBase64Encoded": True, "body": "a"}, {"statusCode": None}]
)
def test_an_answer_that_cannot_be_read_is_an_internal_error(payload: Any) -> None:
    assert answer(payload).status == 500
