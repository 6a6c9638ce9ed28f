"""What JSON doors share: routes with validation, refusals as HTTP, who is calling, and a guard against broken requests.

The API documents itself (OpenAPI 3.1); docs/openapi.json is written from here and compared in a test.
"""

import base64
import json
from collections.abc import Callable
from typing import Any, Literal

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from certification.cloud.log import logger
from certification.rules.errors import Conflict, NotFound, Refused
from certification.rules.model import Frozen

__all__ = ["Caller", "Forbidden", "Problem", "Router", "caller", "door", "problem", "raw_body"]

Router = APIGatewayHttpRouter
Event = dict[str, Any]


class Caller(Frozen):
    """Who is signed in, as the authorizer told API Gateway; the handler asks the rows again for what matters."""

    kind: Literal["candidate", "staff"]
    subject: str


class Forbidden(Refused):
    """Signed in, but not allowed to do this."""

    def __init__(self) -> None:
        super().__init__("forbidden", "Your account may not do this.", "您的账户无权执行此操作。")


class Problem(Frozen):
    """What every refusal looks like: a stable code, what happened and what to do in both languages, and the rules."""

    code: str
    en: str
    zh: str
    field: str | None = None
    rules: tuple[str, ...] = ()
    facts: dict[str, str] = {}
    problems: tuple[dict[str, str], ...] = ()


def caller(router: Any, kind: Literal["candidate", "staff"]) -> Caller:
    """The caller of the current request; `Forbidden` when it is somebody of the other kind."""
    context = router.current_event.request_context.authorizer.get_lambda or {}
    if context.get("kind") != kind or not context.get("subject"):
        raise Forbidden
    return Caller(kind=kind, subject=context["subject"])


def problem(refusal: Refused) -> tuple[int, Problem]:
    """The status and body of a refusal."""
    status = 404 if isinstance(refusal, NotFound) else 409 if isinstance(refusal, Conflict) else 422
    if isinstance(refusal, Forbidden):
        status = 403
    if refusal.code.startswith("too_many"):
        status = 429
    return status, Problem(
        code=refusal.code,
        en=refusal.en,
        zh=refusal.zh,
        field=refusal.field,
        rules=refusal.rules,
        facts=refusal.facts,
    )


def _answer(status: int, body: Problem) -> Response[str]:
    return Response(status, "application/json", body.model_dump_json())


def door(*routers: APIGatewayHttpRouter, title: str) -> APIGatewayHttpResolver:
    """A resolver over these routers. Every failure is an answer in one shape; none shows an inside."""
    app = APIGatewayHttpResolver(enable_validation=True, response_validation_error_http_code=500)
    app.configure_openapi(title=title, version="1.0.0")
    for router in routers:
        app.include_router(router)

    @app.exception_handler(Refused)  # type: ignore[untyped-decorator]
    def refused(refusal: Refused) -> Response[str]:
        return _answer(*problem(refusal))

    @app.exception_handler(RequestValidationError)  # type: ignore[untyped-decorator]
    def invalid(error: RequestValidationError) -> Response[str]:
        found = tuple(
            {"field": ".".join(str(part) for part in item["loc"]), "what": item["type"]} for item in error.errors()
        )
        body = Problem(
            code="invalid_request",
            en="Some fields are missing or not of the right form; `problems` names each.",
            zh="部分字段缺失或格式不正确，详见 problems。",
            problems=found,
        )
        return _answer(422, body)

    @app.not_found
    def missing(_error: Exception) -> Response[str]:
        return _answer(404, Problem(code="no_such_route", en="There is no such address.", zh="地址不存在。"))

    return app


def guarded(app: APIGatewayHttpResolver) -> Callable[[Event, Any], Event]:
    """The Lambda handler of a door: a request that is not JSON in UTF-8 is answered before anything reads it."""

    def handler(event: Event, context: Any) -> Event:
        refusal = _broken(event)
        if refusal is not None:
            return refusal
        try:
            return app.resolve(event, context)
        except Exception as error:  # the outside learns that it failed, the log what
            logger.exception("door failed", error=type(error).__name__)
            body = Problem(
                code="failed", en="Something failed on our side. Try again.", zh="系统出现问题，请稍后重试。"
            )
            return _plain(500, body)

    return handler


def _plain(status: int, body: Problem) -> Event:
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": body.model_dump_json()}


def _broken(event: Event) -> Event | None:
    raw = raw_body(event)
    if not raw:
        return None
    kind = next((v for k, v in (event.get("headers") or {}).items() if k.lower() == "content-type"), "")
    if kind.split(";")[0].strip().lower() != "application/json":
        body = Problem(code="not_json", en="Send JSON (Content-Type: application/json).", zh="请以 JSON 格式提交。")
        return _plain(415, body)
    try:
        json.loads(raw.decode())
    except ValueError:
        body = Problem(code="not_json", en="The body is not JSON in UTF-8.", zh="请求内容不是 UTF-8 编码的 JSON。")
        return _plain(400, body)
    return None


def raw_body(event: Event) -> bytes:
    """The body as it was sent, whether API Gateway encoded it or not."""
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
