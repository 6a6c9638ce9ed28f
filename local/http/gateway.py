"""The HTTP API of the template, without a socket: routes, events in payload format 2.0, authorizers, answers.

What was checked against published captures of the real service: paths arrive decoded, query strings as sent, bodies as
text only for `text/*` and JSON, XML and JavaScript (a web form arrives in base64); everything else is binary.
"""

import base64
import binascii
import json
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from local.http.messages import Request, Response, message
from local.http.routes import Match, Router
from local.runtime.invoker import Invoker
from local.stack import ACCOUNT, REGION, RouteSpec

REQUEST_LIMIT = 10 * 1024 * 1024
TIME_LIMIT_SECONDS = 30
API_ID = "local"
_TEXT = ("application/json", "application/xml", "application/javascript")


class Gateway:
    """Answers requests of the outside by invoking the function of the route, after its authorizer."""

    def __init__(self, routes: list[RouteSpec], invoker: Invoker, now: Callable[[], datetime]) -> None:
        self._router, self._invoker, self._now = Router(routes), invoker, now
        for route in routes:
            _identity(route)

    def handle(self, request: Request) -> Response:
        if len(request.body) > REQUEST_LIMIT:
            return message(413, "Request Entity Too Large")
        match = self._router.match(request.method, request.plain_path)
        if match is None:
            return message(404, "Not Found")
        event = self._event(request, match)
        if match.route.authorizer is not None:
            refused = self._authorize(match.route.authorizer, event, match)
            if refused is not None:
                return refused
        started = time.perf_counter()
        outcome = self._invoker.invoke(match.route.function, event)
        if time.perf_counter() - started > TIME_LIMIT_SECONDS:
            return message(503, "Service Unavailable")
        if outcome.failed:
            too_large = outcome.error == "RequestEntityTooLargeException"
            return message(413, "Request Entity Too Large") if too_large else message(500, "Internal Server Error")
        return answer(outcome.payload)

    def _authorize(self, function: str, event: dict[str, Any], match: Match) -> Response | None:
        """Ask a REQUEST authorizer with simple responses; what it adds to the context goes into the event."""
        proofs = [event["headers"].get(name) for name in _identity(match.route)]
        if not all(proofs):
            return message(401, "Unauthorized")
        arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API_ID}/$default/{event['requestContext']['http']['method']}"
        question = {name: value for name, value in event.items() if name not in ("body", "isBase64Encoded")}
        question |= {
            "type": "REQUEST",
            "routeArn": f"{arn}{match.route.path}",
            "identitySource": proofs or None,
        }
        outcome = self._invoker.invoke(function, question)
        decision = outcome.payload
        if outcome.failed or not isinstance(decision, dict) or not isinstance(decision.get("isAuthorized"), bool):
            return message(500, "Internal Server Error")
        if not decision["isAuthorized"]:
            return message(403, "Forbidden")
        event["requestContext"]["authorizer"] = {"lambda": decision.get("context") or {}}
        return None

    def _event(self, request: Request, match: Match) -> dict[str, Any]:
        headers = {name: value for name, value in request.headers.items() if name != "cookie"}
        body, encoded = _body(request)
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": match.key,
            "rawPath": request.plain_path,
            "rawQueryString": request.query,
            "headers": headers,
            "requestContext": self._context(request, match),
            "isBase64Encoded": encoded,
        }
        if "cookie" in request.headers:
            event["cookies"] = [part.strip() for part in request.headers["cookie"].split(";") if part.strip()]
        if request.query:
            event["queryStringParameters"] = _joined(parse_qsl(request.query, keep_blank_values=True))
        if match.parameters:
            event["pathParameters"] = match.parameters
        if body is not None:
            event["body"] = body
        return event

    def _context(self, request: Request, match: Match) -> dict[str, Any]:
        now = self._now()
        host = request.headers.get("host", "")
        return {
            "accountId": ACCOUNT,
            "apiId": API_ID,
            "domainName": host,
            "domainPrefix": host.split(".")[0],
            "http": {
                "method": request.method,
                "path": request.plain_path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.source,
                "userAgent": request.headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": match.key,
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        }


class IdentityError(ValueError):
    """An authorizer asks for an identity source that is not a header."""


def _identity(route: RouteSpec) -> list[str]:
    """The headers without which a route's authorizer is not even asked (its identity sources)."""
    names = [source.removeprefix("$request.header.").lower() for source in route.identity]
    for name in names:
        if name.startswith("$"):
            raise IdentityError(
                f"{route.method} {route.path}: the identity source {name} is not read here, only headers"
            )
    return names


def answer(payload: Any) -> Response:
    """The HTTP response of what a handler returned; without a statusCode the payload itself is the JSON body."""
    if not isinstance(payload, dict) or "statusCode" not in payload:
        return Response(200, (("content-type", "application/json"),), json.dumps(payload, ensure_ascii=False).encode())
    headers = [(str(name).lower(), _text(value)) for name, value in (payload.get("headers") or {}).items()]
    headers += [("set-cookie", cookie) for cookie in payload.get("cookies") or []]
    if not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    body = payload.get("body") or ""
    try:
        content = base64.b64decode(body) if payload.get("isBase64Encoded") else _text(body).encode()
        return Response(int(payload["statusCode"]), tuple(headers), content)
    except (binascii.Error, TypeError, ValueError):
        return message(500, "Internal Server Error")


def _body(request: Request) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind.startswith("text/") or kind in _TEXT:
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode(), True


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)
