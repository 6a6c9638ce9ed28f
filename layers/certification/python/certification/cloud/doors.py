"""What JSON doors share: routes with validation, refusals as HTTP, who is calling, and a guard against broken requests.

The API documents itself (OpenAPI 3.1); docs/openapi.json is written from here and compared in a test.
"""

import base64
import json
from collections.abc import Callable
from functools import wraps
from inspect import signature
from threading import RLock
from typing import Any, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
    ResponseValidationError,
)
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel

from certification.cloud import problems
from certification.cloud.log import logger
from certification.cloud.problems import Problem
from certification.rules.errors import NotSignedIn, Refused
from certification.rules.model import Frozen

__all__ = ["Caller", "Path", "Query", "Routes", "door", "guarded", "raw_body"]

Event = dict[str, Any]
Kind = Literal["candidate", "staff"]
VERSION = "1.0.0"
LARGEST_BODY = 64 * 1024
HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
SESSION = "session"
"""The name of the security scheme in the document."""

# Powertools keeps the request of the moment in class attributes. Lambda gives a process one request at a time; the
# local cloud and tests give several, and nobody may ever see another's.
_ONE_AT_A_TIME = RLock()


class Caller(Frozen):
    """Who is signed in, as the authorizer told API Gateway; the handler asks the rows again."""

    kind: str
    subject: str


class Routes:
    """The routes of one part of the API below `prefix`. `kind` is who may call them; None for anybody.

    A handler's docstring is its documentation; its parameters are validated: models from the body, `Annotated` with
    `Path` or `Query` from the address. A query or a body that the handler does not ask for is refused.
    """

    def __init__(self, tag: str, prefix: str, kind: Kind | None = None) -> None:
        self.tag, self.prefix, self.kind = tag, prefix, kind
        self.router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
        self.listed: list[tuple[str, str]] = []

    def get(self, path: str) -> Callable[..., Any]:
        return self._route("GET", path)

    def post(self, path: str) -> Callable[..., Any]:
        return self._route("POST", path)

    def put(self, path: str) -> Callable[..., Any]:
        return self._route("PUT", path)

    def delete(self, path: str) -> Callable[..., Any]:
        return self._route("DELETE", path)

    def session_id(self) -> str | None:
        """The session id that the current request brings in its Authorization header."""
        header = self._event().headers.get("authorization") or ""
        scheme, _, session_id = header.partition(" ")
        return session_id.strip() if scheme.lower() == "bearer" else None

    def caller_address(self) -> tuple[str, str]:
        """The network address the request came from, and what the program calls itself; either may be empty."""
        http = self._event().raw_event["requestContext"]["http"]
        return str(http.get("sourceIp", "")), str(http.get("userAgent", ""))

    def caller(self) -> Caller:
        """Who the authorizer says is calling; `NotSignedIn` when the request came past it."""
        authorizer = self._event().request_context.authorizer
        context = (authorizer.get_lambda if authorizer else None) or {}
        if not (context.get("kind") and context.get("subject")):
            raise NotSignedIn
        return Caller(kind=str(context["kind"]), subject=str(context["subject"]))

    def _event(self) -> Any:
        return self.router.current_event

    def _route(self, method: str, path: str) -> Callable[..., Any]:
        def register(handler: Callable[..., Any]) -> Callable[..., Any]:
            summary, _, description = (handler.__doc__ or "").partition("\n\n")
            self.listed.append((method, self.prefix + path))
            self.router.route(
                self.prefix + path,
                method,
                summary=" ".join(summary.split()),
                description=" ".join(description.split()) or None,
                operation_id=handler.__name__,
                tags=[self.tag],
                security=[{SESSION: []}] if self.kind else None,
            )(self._without_surprises(handler))
            return handler

        return register

    def _without_surprises(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        parameters = signature(handler).parameters
        takes_body = any(_is_model(one.annotation) for one in parameters.values())

        @wraps(handler)
        def asked(*args: Any, **kwargs: Any) -> Any:
            event = self._event()
            unknown: list[tuple[str, ...]] = [
                ("query", name) for name in event.query_string_parameters or {} if name not in parameters
            ]
            if not takes_body and event.body and event.json_body != {}:
                unknown.append(("body",))
            if unknown:
                raise RequestValidationError([{"loc": loc, "type": "extra_forbidden"} for loc in unknown])
            return handler(*args, **kwargs)

        return asked


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def door(*parts: Routes, title: str, description: str = "") -> APIGatewayHttpResolver:
    """A resolver over these parts. Every failure is an answer in one shape; none shows an inside."""
    app = APIGatewayHttpResolver(enable_validation=True, response_validation_error_http_code=500)
    app.configure_openapi(
        title=title,
        version=VERSION,
        description=description or None,
        security_schemes={SESSION: HTTPBearer(description="The id that signing in gave.")},
    )
    for part in parts:
        app.include_router(part.router)
    _answer_failures(app)
    return app


def _answer_failures(app: APIGatewayHttpResolver) -> None:
    answers: dict[type[Exception], Callable[[Any], tuple[int, Problem]]] = {
        Refused: problems.of_refusal,
        RequestValidationError: lambda error: (422, problems.of_fields(error.errors())),
        RequestUnsupportedContentType: lambda _error: (415, problems.NOT_JSON_TYPE),
        ResponseValidationError: _logged,
        Exception: _logged,
    }
    for kind, answer in answers.items():
        app.exception_handler(kind)(_responder(answer))
    app.not_found(_responder(lambda _error: (404, problems.NO_SUCH_ROUTE)))


def _responder(answer: Callable[[Any], tuple[int, Problem]]) -> Callable[[Exception], Response[str]]:
    def respond(error: Exception) -> Response[str]:
        status, body = answer(error)
        return Response(status, "application/json", body.model_dump_json(), headers=_more(status))

    return respond


def _more(status: int) -> dict[str, str | list[str]]:
    return {"retry-after": str(problems.RETRY_SECONDS)} if status == 503 else {}


def _logged(error: Exception) -> tuple[int, Problem]:
    """The outside learns that it failed; the log what and where, without the error's own text."""
    logger.error("door failed", error=type(error).__name__, at=problems.traced(error))
    return problems.of_fault(error)


def guarded(app: APIGatewayHttpResolver) -> Callable[[Event, Any], Event]:
    """The Lambda handler of a door: a request that is not JSON in UTF-8 is answered before anything reads it."""

    def handler(event: Event, context: Any) -> Event:
        refusal = _broken(event)
        if refusal is not None:
            return _plain(*refusal)
        with _ONE_AT_A_TIME:
            answer = app.resolve(event, context)
        return {**answer, "headers": {**(answer.get("headers") or {}), **HEADERS}}

    return handler


def _plain(status: int, body: Problem) -> Event:
    headers = {"content-type": "application/json", **HEADERS}
    return {"statusCode": status, "headers": headers, "body": body.model_dump_json()}


def _broken(event: Event) -> tuple[int, Problem] | None:
    try:
        raw = raw_body(event)
    except ValueError:
        return 400, problems.NOT_JSON
    if not raw:
        return None
    if len(raw) > LARGEST_BODY:
        return 413, problems.TOO_LARGE
    kind = next((v for k, v in (event.get("headers") or {}).items() if k.lower() == "content-type"), "")
    if kind.split(";")[0].strip().lower() != "application/json":
        return 415, problems.NOT_JSON_TYPE
    try:
        json.loads(raw.decode())
    except (ValueError, RecursionError):
        return 400, problems.NOT_JSON
    return None


def raw_body(event: Event) -> bytes:
    """The body as it was sent, whether API Gateway encoded it or not."""
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
