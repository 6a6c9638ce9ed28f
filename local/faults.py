"""What services answer when they refuse for a moment: each in its own protocol, so that botocore reads it as real."""

import json
from typing import Any

from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

_JSON_CODES = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "kms": "ThrottlingException",
    "events": "ThrottlingException",
    "secretsmanager": "ThrottlingException",
    "ssm": "ThrottlingException",
    "stepfunctions": "ThrottlingException",
    "sqs": "RequestThrottled",
}


def throttle_answer(service: str, request: Any) -> AWSResponse:
    """The refusal of a service that has too much to do."""
    if service == "s3":
        body = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
        return _answer(request, 503, body, {"content-type": "application/xml"})
    if service == "sns":
        error = "<Error><Type>Sender</Type><Code>Throttled</Code><Message>Rate exceeded</Message></Error>"
        return _answer(request, 429, f"<ErrorResponse>{error}</ErrorResponse>", {"content-type": "text/xml"})
    if service == "sesv2":
        headers = {"x-amzn-errortype": "TooManyRequestsException"}
        return _answer(request, 429, json.dumps({"message": "Too many requests"}), headers)
    code = _JSON_CODES.get(service)
    if code is None:
        raise UnknownRefusal(f"nobody wrote down how {service} says that it is throttled: add it here")
    return _answer(request, 400, json.dumps({"__type": code, "message": "Rate exceeded"}), {})


def conflict_answer(request: Any) -> AWSResponse:
    """A transaction that met another one: the first of its items was busy."""
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    others = len(json.loads(body)["TransactItems"]) - 1
    busy = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
    codes = ", ".join(["TransactionConflict", *["None"] * others])
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    answer = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": message,
        "CancellationReasons": [busy, *[{"Code": "None"}] * others],
    }
    return _answer(request, 400, json.dumps(answer), {})


class UnknownRefusal(Exception):
    """A service whose words for throttling nobody has written down."""


def _answer(request: Any, status: int, body: str, headers: dict[str, str]) -> AWSResponse:
    given: Any = {"x-amzn-requestid": "local", **headers}
    return AWSResponse(request.url, status, given, MockRawResponse(body))
