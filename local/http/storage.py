"""The S3 endpoint for browsers: uploads by presigned form, downloads by presigned address. Path style: /bucket/key.

What moto does not check is checked here with S3's own answers: signature, expiry, every condition of the form's policy,
the bucket's CORS rules. Programs of this process reach S3 without this door.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError, ParamValidationError
from moto.core.models import botocore_stubber
from moto.s3.models import s3_backends
from moto.s3.utils import metadata_from_headers

from local.http.cross_origin import allowed_headers
from local.http.forms import UnreadableForm, UploadForm, read_form
from local.http.messages import Request, Response
from local.moto_patches import LOCK
from local.signing import Refusal, check_presigned_post, check_presigned_url
from local.stack import ACCOUNT

PASSED = ("host", "range", "if-none-match")
NO_CORS = Refusal(403, "AccessForbidden", "CORSResponse: This CORS request is not allowed.")
PRESIGNED_ONLY = Refusal(403, "AccessDenied", "Access Denied: only presigned forms and addresses are served here")


class Storage:
    """`s3` is an S3 client (without a role); `address` is where this endpoint listens."""

    def __init__(self, s3: Any, now: Callable[[], datetime], address: str) -> None:
        self._s3, self._now, self._address = s3, now, address

    def handle(self, request: Request) -> Response:
        bucket, _, key = unquote(request.path.lstrip("/")).partition("/")
        if not bucket:
            return refused(PRESIGNED_ONLY, request)
        rules = self._rules(bucket)
        if rules is None:
            return refused(Refusal(404, "NoSuchBucket", "The specified bucket does not exist"), request)
        origin = request.headers.get("origin")
        if request.method == "OPTIONS":
            return self._preflight(request, rules, origin)
        if request.method == "POST" and not key:
            response = self._upload(request, bucket)
        elif request.method in ("GET", "HEAD") and key:
            response = self._download(request)
        else:
            response = refused(PRESIGNED_ONLY, request)
        # Without a matching rule S3 answers all the same; it is the browser that then hides the answer.
        extra = allowed_headers(rules, origin, request.method) or {}
        return Response(response.status, (*response.headers, *extra.items()), response.body)

    def _rules(self, bucket: str) -> list[Any] | None:
        """The bucket's CORS rules; None when there is no such bucket."""
        try:
            found: list[Any] = self._s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
        except ClientError as problem:
            return [] if problem.response["Error"]["Code"] == "NoSuchCORSConfiguration" else None
        except ParamValidationError:
            return None
        return found

    def _preflight(self, request: Request, rules: list[Any], origin: str | None) -> Response:
        method = request.headers.get("access-control-request-method", "")
        headers = allowed_headers(rules, origin, method, request.headers.get("access-control-request-headers", ""))
        return Response(200, tuple(headers.items())) if headers else refused(NO_CORS, request)

    def _upload(self, request: Request, bucket: str) -> Response:
        try:
            form = read_form(request)
        except UnreadableForm as problem:
            return refused(Refusal(400, "MalformedPOSTRequest", str(problem)), request)
        name = form.file_name or None
        wrong = check_presigned_post(form.fields, len(form.content), bucket, self._now(), filename=name)
        if wrong is not None:
            return refused(wrong, request)
        tag = _store(bucket, form)
        location = f"{self._address}/{bucket}/{form.key}"
        return _stored(form, bucket, tag, location)

    def _download(self, request: Request) -> Response:
        if "X-Amz-Signature=" not in request.query:
            return refused(PRESIGNED_ONLY, request)
        url = f"{self._address}{request.path}?{request.query}"
        wrong = check_presigned_url(request.method, url, request.headers, self._now())
        if wrong is not None:
            return refused(wrong, request)
        passed: Any = {name: request.headers[name] for name in PASSED if name in request.headers}
        asked = AWSPreparedRequest(request.method, url, passed, b"", stream_output=False)
        answer = botocore_stubber.process_request(asked)
        if answer is None:
            return refused(Refusal(500, "InternalError", "We encountered an internal error."), request)
        status, headers, body = answer
        kept = tuple((str(name).lower(), str(value)) for name, value in headers.items())
        return Response(int(status), kept, body.encode() if isinstance(body, str) else body)


def refused(refusal: Refusal, request: Request) -> Response:
    """S3's error document; none for HEAD."""
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{refusal.code}</Code>'
        f"<Message>{escape(refusal.message)}</Message><Resource>{escape(request.path)}</Resource></Error>"
    )
    return Response(refusal.status, (("content-type", "application/xml"),), text.encode())


def _store(bucket: str, form: UploadForm) -> str:
    """Put the file where the form says, as a POST, so that the event says so too; gives its entity tag."""
    with LOCK:
        backend = s3_backends[ACCOUNT]["aws"]
        stored = backend.put_object(bucket, form.key, form.content, request_method="POST")
        stored.set_metadata(metadata_from_headers(form.fields))
        tag: str = stored.etag
    return tag


def _stored(form: UploadForm, bucket: str, tag: str, location: str) -> Response:
    headers = (("etag", tag), ("location", location))
    target = form.redirect(bucket, tag)
    if target is not None:
        return Response(303, (("etag", tag), ("location", target)))
    status = form.fields.get("success_action_status", "204")
    if status == "201":
        document = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>'
            f"<Location>{escape(location)}</Location><Bucket>{bucket}</Bucket>"
            f"<Key>{escape(form.key)}</Key><ETag>{escape(tag)}</ETag></PostResponse>"
        )
        return Response(201, (*headers, ("content-type", "application/xml")), document.encode())
    return Response(200 if status == "200" else 204, headers)
