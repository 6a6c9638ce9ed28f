"""How a door says no: one shape for every refusal and fault, and the HTTP status that goes with it."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from certification.cloud.post import NotSent
from certification.rules.errors import Conflict, Forbidden, NotFound, NotSignedIn, Refused
from certification.rules.model import Frozen

PASSING = frozenset(
    {
        "InternalServerError",
        "KMSInternalException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Answers of AWS that say: not now."""
RETRY_SECONDS = 5


class Wrong(Frozen):
    """A field of the request that is not right: where it is, and what is wrong in pydantic's words, e.g. `missing`."""

    field: str
    what: str


class Problem(Frozen):
    """What every refusal looks like: a stable code, what happened and what to do in both languages, and the rules.

    `field` names the answer it is about, `facts` hold dates and limits, `problems` every field that is not right.
    """

    code: str
    en: str
    zh: str
    field: str | None = None
    rules: tuple[str, ...] = ()
    facts: dict[str, str] = {}
    problems: tuple[Wrong, ...] = ()


NOT_JSON = Problem(
    code="not_json", en="The body is not JSON in UTF-8.", zh="请求内容不是 UTF-8 编码的 JSON。", field="body"
)
NOT_JSON_TYPE = Problem(
    code="not_json_type", en="Send JSON (Content-Type: application/json).", zh="请以 JSON 格式提交。"
)
TOO_LARGE = Problem(code="too_large", en="The body is larger than 64 KiB.", zh="请求内容超过 64 KiB。", field="body")
NO_SUCH_ROUTE = Problem(code="no_such_route", en="There is no such address.", zh="地址不存在。")
FAILED = Problem(code="failed", en="Something failed on our side. Try again.", zh="系统出现问题，请稍后重试。")
UNAVAILABLE = Problem(
    code="unavailable", en="We cannot answer at the moment. Try again in a few seconds.", zh="系统繁忙，请稍后重试。"
)


def of_refusal(refusal: Refused) -> tuple[int, Problem]:
    """The status and body of a refusal."""
    body = Problem(
        code=refusal.code,
        en=refusal.en,
        zh=refusal.zh,
        field=refusal.field,
        rules=refusal.rules,
        facts=refusal.facts,
    )
    return _status(refusal), body


def _status(refusal: Refused) -> int:
    match refusal:
        case NotSignedIn():
            return 401
        case Forbidden():
            return 403
        case NotFound():
            return 404
        case Conflict():
            return 409
    return 429 if refusal.code == "too_many_codes" else 422


def of_fields(wrong: list[dict[str, Any]]) -> Problem:
    """The body for a request whose fields are not right. What somebody typed is not repeated."""
    found = tuple(Wrong(field=".".join(str(part) for part in one["loc"]), what=str(one["type"])) for one in wrong)
    return Problem(
        code="invalid_request",
        en="Some fields are missing, unknown or not of the right form; `problems` names each.",
        zh="部分字段缺失、多余或格式不正确，详见 problems。",
        field=found[0].field if found else None,
        problems=found,
    )


def is_passing(error: Exception) -> bool:
    """Whether AWS says: not now, or says nothing. Trying again may help, and is harmless."""
    cause = error.cause if isinstance(error, PynamoDBException) else error
    code = cause.response["Error"]["Code"] if isinstance(cause, ClientError) else ""
    return code in PASSING or isinstance(cause, (NotSent, BotoCoreError))


def of_fault(error: Exception) -> tuple[int, Problem]:
    """The status and body for something that failed: 503 when trying again may help, 500 when it is our fault."""
    return (503, UNAVAILABLE) if is_passing(error) else (500, FAILED)


def traced(error: Exception) -> list[str]:
    """Where it failed, as `file:line function`. The error's own text stays out: it may hold what somebody typed."""
    steps, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        steps.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return steps[-12:]
