"""What S3 checks of a presigned POST or address and moto does not: signature, expiry, and every condition.

For the local S3 endpoint. Answers are S3's own codes and words, as far as a browser or a test would see them. Source:
AWS Signature Version 4 ("Authenticating requests: query parameters", "Creating a POST policy") in the S3 reference.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from local.moto_patches import CREDENTIALS
from local.stack import REGION

ALGORITHM = "AWS4-HMAC-SHA256"
LONGEST = 604_800
"""Seconds: no presigned address lives longer than seven days."""
SKEW = timedelta(minutes=15)
"""How far the signer's clock may be ahead of ours."""

_NOT_IN_POLICY = {"policy", "x-amz-signature", "file"}


@dataclass(frozen=True)
class Refusal:
    """What S3 answers: status, code and message of its error document."""

    status: int
    code: str
    message: str


class _RefusedError(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.refusal = Refusal(status, code, message)


def check_presigned_post(
    fields: Mapping[str, str],
    file_size: int,
    bucket: str,
    now: datetime,
    *,
    filename: str | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Refusal | None:
    """What is wrong with a browser's upload; None when S3 would take it.

    `fields` are the form's fields before the file, `file_size` is in bytes, `filename` replaces `${filename}` in the
    key. `secrets` maps access keys to secrets (default: the local cloud's own).
    """
    try:
        _check_post({name.lower(): value for name, value in fields.items()}, file_size, bucket, now, filename, secrets)
    except _RefusedError as refused:
        return refused.refusal
    return None


def check_presigned_url(
    method: str, url: str, headers: Mapping[str, str], now: datetime, *, secrets: Mapping[str, str] | None = None
) -> Refusal | None:
    """What is wrong with a request by presigned address; None when S3 would serve it.

    `url` is the whole address with path and query as they were sent, `headers` are the request's own (with Host).
    """
    try:
        _check_url(method, url, {name.lower(): value for name, value in headers.items()}, now, secrets)
    except _RefusedError as refused:
        return refused.refusal
    return None


def _check_post(
    fields: dict[str, str],
    file_size: int,
    bucket: str,
    now: datetime,
    filename: str | None,
    secrets: Mapping[str, str] | None,
) -> None:
    for name in ("key", "policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"):
        if name not in fields:
            message = f"Bucket POST must contain a field named '{name}'.  If it is specified, please check the order"
            raise _RefusedError(400, "InvalidArgument", f"{message} of the fields.")
    signing_key, _ = _signing_key(fields["x-amz-algorithm"], fields["x-amz-credential"], fields["x-amz-date"], secrets)
    _require_signature(signing_key, fields["policy"], fields["x-amz-signature"])
    policy = _policy(fields["policy"])
    if now > _expiration(policy):
        raise _RefusedError(403, "AccessDenied", "Invalid according to Policy: Policy expired.")
    values = {**fields, "bucket": bucket}
    if filename is not None:
        values["key"] = values["key"].replace("${filename}", filename)
    _check_conditions(policy["conditions"], values, file_size)


def _policy(encoded: str) -> dict[str, Any]:
    try:
        policy = json.loads(base64.b64decode(encoded, validate=True))
        known = isinstance(policy["conditions"], list) and isinstance(policy["expiration"], str)
    except (binascii.Error, ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise _RefusedError(400, "InvalidPolicyDocument", "The content of the form does not meet the policy's form.")
    return dict(policy)


def _expiration(policy: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(policy["expiration"]).astimezone(UTC)
    except ValueError:
        raise _RefusedError(400, "InvalidPolicyDocument", "Invalid Policy: Invalid 'expiration' value") from None


def _check_conditions(conditions: list[Any], values: Mapping[str, str], file_size: int) -> None:
    allowed = set()
    for condition in conditions:
        if isinstance(condition, dict):
            rules = [("eq", name, value) for name, value in condition.items()]
        elif isinstance(condition, list) and len(condition) == 3:
            rules = [(str(condition[0]), condition[1], condition[2])]
        else:
            raise _RefusedError(400, "InvalidPolicyDocument", f"Invalid Policy: Invalid Condition {condition}")
        for kind, name, value in rules:
            if kind.lower() == "content-length-range":
                _check_size(int(name), int(value), file_size)
            else:
                allowed.add(_check_field(kind.lower(), str(name).removeprefix("$").lower(), str(value), values))
    extra = [name for name in values if name not in allowed | _NOT_IN_POLICY | {"bucket"}]
    extra = [name for name in extra if not name.startswith("x-ignore-")]
    if extra:
        message = f"Invalid according to Policy: Extra input fields: {', '.join(sorted(extra))}"
        raise _RefusedError(403, "AccessDenied", message)


def _check_size(least: int, most: int, file_size: int) -> None:
    if file_size < least:
        message = "Your proposed upload is smaller than the minimum allowed size"
        raise _RefusedError(400, "EntityTooSmall", message)
    if file_size > most:
        raise _RefusedError(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")


def _check_field(kind: str, name: str, wanted: str, values: Mapping[str, str]) -> str:
    given = values.get(name, "")
    if kind not in ("eq", "starts-with"):
        raise _RefusedError(400, "InvalidPolicyDocument", f"Invalid Policy: Invalid Condition operator {kind}")
    if (given != wanted) if kind == "eq" else not given.startswith(wanted):
        shown = json.dumps([kind, f"${name}", wanted], ensure_ascii=False)
        raise _RefusedError(403, "AccessDenied", f"Invalid according to Policy: Policy Condition failed: {shown}")
    return name


def _check_url(
    method: str, url: str, headers: dict[str, str], now: datetime, secrets: Mapping[str, str] | None
) -> None:
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = dict(pairs)
    if len(query) != len(pairs):
        raise _RefusedError(400, "AuthorizationQueryParametersError", "A query parameter is given twice.")
    for name in ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"):
        if f"X-Amz-{name}" not in query:
            message = f"Query-string authentication version 4 requires the X-Amz-{name} parameter."
            raise _RefusedError(400, "AuthorizationQueryParametersError", message)
    date = query["X-Amz-Date"]
    key, scope = _signing_key(query["X-Amz-Algorithm"], query["X-Amz-Credential"], date, secrets)
    _check_lifetime(_instant(date), query["X-Amz-Expires"], now)
    signed = query["X-Amz-SignedHeaders"].split(";")
    for name in headers:
        if name.startswith("x-amz-") and name not in signed:
            message = "There were headers present in the request which were not signed"
            raise _RefusedError(403, "AccessDenied", f"{message}: {name}")
    canonical_query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(pairs)
        if name != "X-Amz-Signature"
    )
    canonical_headers = "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in signed)
    request = "\n".join(
        [method.upper(), parts.path or "/", canonical_query, canonical_headers, ";".join(signed), "UNSIGNED-PAYLOAD"]
    )
    digest = hashlib.sha256(request.encode()).hexdigest()
    _require_signature(key, "\n".join([ALGORITHM, date, scope, digest]), query["X-Amz-Signature"])


def _check_lifetime(since: datetime, seconds: str, now: datetime) -> None:
    if not seconds.isdigit() or not 1 <= int(seconds) <= LONGEST:
        message = f"X-Amz-Expires must be between 1 and {LONGEST} seconds"
        raise _RefusedError(400, "AuthorizationQueryParametersError", message)
    if since - now > SKEW:
        raise _RefusedError(403, "AccessDenied", "Request is not valid yet")
    if now > since + timedelta(seconds=int(seconds)):
        raise _RefusedError(403, "AccessDenied", "Request has expired")


def _signing_key(algorithm: str, credential: str, date: str, secrets: Mapping[str, str] | None) -> tuple[bytes, str]:
    """The key that must have signed, and the scope it is for."""
    access_key, *scope = credential.split("/")
    if algorithm != ALGORITHM or len(scope) != 4 or scope[1:] != [REGION, "s3", "aws4_request"]:
        message = f"The credential must be <access key>/<date>/{REGION}/s3/aws4_request for {ALGORITHM}"
        raise _RefusedError(400, "AuthorizationQueryParametersError", message)
    if scope[0] != _instant(date).strftime("%Y%m%d"):
        raise _RefusedError(400, "AuthorizationQueryParametersError", "The credential's date is not the date signed")
    secret = (secrets if secrets is not None else _own_secrets()).get(access_key)
    if secret is None:
        message = "The AWS Access Key Id you provided does not exist in our records."
        raise _RefusedError(403, "InvalidAccessKeyId", message)
    key = f"AWS4{secret}".encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key, "/".join(scope)


def _own_secrets() -> dict[str, str]:
    """moto's credentials, and those this process was started with: clients may have been made with either."""
    own = {os.environ.get("AWS_ACCESS_KEY_ID", ""): os.environ.get("AWS_SECRET_ACCESS_KEY", "")}
    return CREDENTIALS | {name: secret for name, secret in own.items() if name and secret}


def _instant(date: str) -> datetime:
    try:
        return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        message = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""
        raise _RefusedError(400, "AuthorizationQueryParametersError", message) from None


def _require_signature(key: bytes, text: str, given: str) -> None:
    expected = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, given):
        message = "The request signature we calculated does not match the signature you provided."
        raise _RefusedError(403, "SignatureDoesNotMatch", message)
