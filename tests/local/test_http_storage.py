"""The S3 endpoint takes what was signed and nothing else, as a browser sends it."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config

from local.clock import VirtualClock
from local.cloud import LocalCloud
from local.http.cross_origin import allowed_headers
from local.http.messages import Response

TEMPLATE = Path(__file__).parent / "templates" / "runtime" / "template.yaml"
START = datetime(2026, 3, 14, 2, 12, tzinfo=UTC)
BOUNDARY = "----browser"
KIND = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(TEMPLATE, clock=VirtualClock(START)) as made:
        yield made


def signed_form(cloud: LocalCloud) -> tuple[str, dict[str, str]]:
    form = json.loads(cloud.request("GET", "/upload-form").body)
    return form["url"], form["fields"]


def multipart(fields: dict[str, str], content: bytes | None, file_name: str = "a.txt") -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
    ]
    if content is not None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n'
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def upload(cloud: LocalCloud, content: bytes = b"hello", changes: dict[str, str] | None = None) -> Response:
    url, fields = signed_form(cloud)
    return cloud.store_request("POST", urlsplit(url).path, KIND, multipart({**fields, **(changes or {})}, content))


def download(cloud: LocalCloud) -> str:
    url: str = json.loads(cloud.request("GET", "/download").body)["url"]
    return url


def get(cloud: LocalCloud, url: str, method: str = "GET", headers: dict[str, str] | None = None) -> Response:
    parts = urlsplit(url)
    return cloud.store_request(method, f"{parts.path}?{parts.query}", headers)


def test_addresses_point_at_this_machine(cloud: LocalCloud) -> None:
    base = f"http://127.0.0.1:{cloud.ports.s3}/assay-uploads"
    assert signed_form(cloud)[0] in (base, f"{base}/")
    assert download(cloud).startswith(f"{base}/things/a.txt?")


def test_a_signed_upload_is_stored_with_its_type_and_told_as_an_event(cloud: LocalCloud) -> None:
    assert upload(cloud).status == 204
    stored = boto3.client("s3").get_object(Bucket="assay-uploads", Key="things/a.txt")
    assert (stored["Body"].read(), stored["ContentType"]) == (b"hello", "text/plain")
    cloud.settle()
    item = boto3.client("dynamodb").get_item(TableName="assay-Things", Key={"pk": {"S": "file-things/a.txt"}})["Item"]
    assert (item["size"], item["reason"]) == ({"N": "5"}, {"S": "POST Object"})


@pytest.mark.parametrize(("size", "status"), [(0, 400), (1, 204), (100, 204), (101, 400)])
def test_the_size_that_was_signed_is_kept_to(cloud: LocalCloud, size: int, status: int) -> None:
    assert upload(cloud, b"x" * size).status == status


@pytest.mark.parametrize(
    "changes",
    [
        {"Content-Type": "text/html"},
        {"key": "things/b.txt"},
        {"policy": "e30="},
        {"x-amz-signature": "0" * 64},
        {"x-amz-meta-more": "unsigned"},
    ],
)
def test_what_was_not_signed_is_refused(cloud: LocalCloud, changes: dict[str, str]) -> None:
    answer = upload(cloud, changes=changes)
    assert answer.status in (400, 403)
    assert answer.header("content-type") == "application/xml"
    assert b"<Code>" in answer.body


@pytest.mark.parametrize(("seconds", "status"), [(300, 204), (301, 403)])
def test_a_form_expires(cloud: LocalCloud, seconds: int, status: int) -> None:
    url, fields = signed_form(cloud)
    cloud.advance(timedelta(seconds=seconds))
    assert cloud.store_request("POST", urlsplit(url).path, KIND, multipart(fields, b"x")).status == status


@pytest.mark.parametrize(("kind", "content"), [({}, b"x"), (KIND, None), ({"content-type": "text/plain"}, b"x")])
def test_a_body_that_is_no_upload_form_is_refused(
    cloud: LocalCloud, kind: dict[str, str], content: bytes | None
) -> None:
    url, fields = signed_form(cloud)
    answer = cloud.store_request("POST", urlsplit(url).path, kind, multipart(fields, content))
    assert (answer.status, b"MalformedPOSTRequest" in answer.body) == (400, True)


def form_with(cloud: LocalCloud, **fields: str) -> tuple[str, dict[str, str]]:
    """A form signed by a tool, with more fields."""
    s3 = boto3.client("s3", config=Config(signature_version="s3v4"))
    conditions: list[Any] = [{name: value} for name, value in fields.items()]
    form = s3.generate_presigned_post(cloud.stack.physical["Uploads"], "things/${filename}", fields, conditions)
    return urlsplit(form["url"]).path, form["fields"]


def test_a_success_leads_back_with_what_was_stored(cloud: LocalCloud) -> None:
    path, fields = form_with(cloud, success_action_redirect="http://127.0.0.1/done?step=2")
    answer = cloud.store_request("POST", path, KIND, multipart(fields, b"x", "照片 1.jpg"))
    assert answer.status == 303
    query = parse_qs(urlsplit(answer.header("location") or "").query)
    assert query["key"] == ["things/照片 1.jpg"]
    assert (query["step"], query["bucket"]) == (["2"], ["assay-uploads"])


@pytest.mark.parametrize(("asked", "status"), [("200", 200), ("201", 201), ("204", 204), ("999", 204)])
def test_a_success_has_the_status_that_was_asked_for(cloud: LocalCloud, asked: str, status: int) -> None:
    path, fields = form_with(cloud, success_action_status=asked)
    answer = cloud.store_request("POST", path, KIND, multipart(fields, b"x"))
    assert answer.status == status
    assert (b"<Key>things/a.txt</Key>" in answer.body) is (status == 201)


# Downloads


def test_a_signed_address_gives_the_file(cloud: LocalCloud) -> None:
    upload(cloud)
    answer = get(cloud, download(cloud))
    assert (answer.status, answer.body, answer.header("content-type")) == (200, b"hello", "text/plain")


def test_a_signed_address_expires(cloud: LocalCloud) -> None:
    upload(cloud)
    url = download(cloud)
    cloud.advance(timedelta(seconds=60))
    assert get(cloud, url).status == 200
    cloud.advance(timedelta(seconds=1))
    assert (get(cloud, url).status, b"Request has expired" in get(cloud, url).body) == (403, True)


def test_an_address_that_was_not_signed_is_refused(cloud: LocalCloud) -> None:
    upload(cloud)
    assert get(cloud, "http://127.0.0.1/assay-uploads/things/a.txt?").status == 403
    assert get(cloud, download(cloud).replace("a.txt", "b.txt")).status == 403
    assert get(cloud, download(cloud), "HEAD").status == 403


def test_a_missing_file_and_a_missing_bucket_are_not_found(cloud: LocalCloud) -> None:
    assert get(cloud, download(cloud)).status == 404
    for path in ("/nobody/a", "/no%20body/a"):
        assert b"NoSuchBucket" in cloud.store_request("GET", path).body
    assert cloud.store_request("GET", "/").status == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_nothing_else_is_served(cloud: LocalCloud, method: str) -> None:
    assert cloud.store_request(method, "/assay-uploads/things/a.txt").status == 403


def test_it_works_through_a_socket_as_a_browser_sends_it(cloud: LocalCloud) -> None:
    url, fields = signed_form(cloud)
    request = urllib.request.Request(url, data=multipart(fields, bytes(range(90))), headers=KIND, method="POST")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 204
    with urllib.request.urlopen(download(cloud)) as answer:
        assert answer.read() == bytes(range(90))
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(url)


# Other origins


def test_a_preflight_is_answered_by_the_buckets_rules(cloud: LocalCloud) -> None:
    asked = {"origin": cloud.address, "access-control-request-method": "POST"}
    answer = cloud.store_request("OPTIONS", "/assay-uploads", asked)
    assert (answer.status, answer.header("access-control-allow-origin")) == (200, cloud.address)
    foreign = cloud.store_request("OPTIONS", "/assay-uploads", {**asked, "origin": "https://evil.example"})
    assert (foreign.status, foreign.header("access-control-allow-origin")) == (403, None)


def test_answers_to_the_portals_origin_may_be_read_by_its_pages(cloud: LocalCloud) -> None:
    url, fields = signed_form(cloud)
    path, body = urlsplit(url).path, multipart(fields, b"x")
    ours = cloud.store_request("POST", path, {**KIND, "origin": cloud.address}, body)
    theirs = cloud.store_request("POST", path, {**KIND, "origin": "https://evil.example"}, body)
    assert ours.header("access-control-allow-origin") == cloud.address
    assert theirs.header("access-control-allow-origin") is None


RULES: list[dict[str, Any]] = [
    {"AllowedOrigins": ["https://*.example.org"], "AllowedMethods": ["POST"], "AllowedHeaders": ["x-amz-*"]},
    {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 60},
]


@pytest.mark.parametrize(
    ("origin", "method", "asked", "allowed"),
    [
        ("https://a.example.org", "POST", "", "https://a.example.org"),
        ("https://a.example.org", "POST", "x-amz-date", "https://a.example.org"),
        ("https://a.example.org", "POST", "x-other", None),
        ("https://example.com", "POST", "", None),
        ("https://example.com", "GET", "", "*"),
        ("https://example.com", "DELETE", "", None),
    ],
)
def test_the_first_rule_that_fits_decides(origin: str, method: str, asked: str, allowed: str | None) -> None:
    headers = allowed_headers(RULES, origin, method, asked)
    assert (headers or {}).get("access-control-allow-origin") == allowed


def test_without_an_origin_there_is_nothing_to_allow() -> None:
    assert allowed_headers(RULES, None, "GET") == {}
