"""Presigned uploads and addresses, signed by boto3 and checked by us: both sides of every limit."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.config import Config

from local.clock import VirtualClock
from local.signing import LONGEST, check_presigned_post, check_presigned_url
from tests.local.patched_moto import START, client, patched_moto

MEGABYTE = 1_048_576
HOST = "s3.ap-southeast-1.amazonaws.com"


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with patched_moto() as patched:
        yield patched.clock


def s3() -> Any:
    return client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))


def upload(**changes: str) -> dict[str, str]:
    """The fields of an upload of one JPEG of at most a megabyte, as boto3 signs them, then changed."""
    answer = s3().generate_presigned_post(
        "assay-uploads",
        "candidates/c1/photo.jpg",
        Fields={"Content-Type": "image/jpeg", "x-amz-meta-purpose": "photo"},
        Conditions=[
            {"Content-Type": "image/jpeg"},
            ["starts-with", "$x-amz-meta-purpose", "ph"],
            ["content-length-range", 1, MEGABYTE],
        ],
        ExpiresIn=300,
    )
    return {**answer["fields"], **changes}


def answer(fields: dict[str, str], size: int = 1000, bucket: str = "assay-uploads", after: int = 0) -> str | None:
    refusal = check_presigned_post(fields, size, bucket, START + timedelta(seconds=after))
    return refusal.code if refusal else None


# ---- uploads


@pytest.mark.usefixtures("clock")
def test_an_upload_as_it_was_signed_is_taken() -> None:
    assert answer(upload()) is None


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("size", "code"), [(0, "EntityTooSmall"), (1, None), (MEGABYTE, None), (MEGABYTE + 1, "EntityTooLarge")]
)
def test_the_size_is_held_to_both_limits(size: int, code: str | None) -> None:
    assert answer(upload(), size=size) == code


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("after", "code"), [(0, None), (300, None), (301, "AccessDenied")])
def test_an_upload_ends_with_its_policy(after: int, code: str | None) -> None:
    assert answer(upload(), after=after) == code


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    "change",
    [
        {"key": "candidates/c2/photo.jpg"},
        {"key": "candidates/c1/photo.jpg.exe"},
        {"Content-Type": "image/png"},
        {"x-amz-meta-purpose": "scan"},
        {"x-amz-date": "20260301T090001Z"},
        {"acl": "public-read"},
        {"x-amz-meta-other": "x"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_value_or_another_field_is_refused(change: dict[str, str]) -> None:
    assert answer(upload(**change)) == "AccessDenied"


@pytest.mark.usefixtures("clock")
def test_a_missing_value_is_refused_like_a_wrong_one() -> None:
    fields = upload()
    del fields["Content-Type"]
    assert answer(fields) == "AccessDenied"


@pytest.mark.usefixtures("clock")
def test_another_bucket_is_refused() -> None:
    assert answer(upload(), bucket="assay-vault") == "AccessDenied"


@pytest.mark.usefixtures("clock")
def test_the_start_of_a_value_is_enough_where_the_policy_says_so() -> None:
    assert answer(upload(**{"x-amz-meta-purpose": "ph"})) is None
    assert answer(upload(**{"x-amz-meta-purpose": "p"})) == "AccessDenied"


@pytest.mark.usefixtures("clock")
def test_names_of_fields_have_no_case_and_x_ignore_is_ignored() -> None:
    fields = {name.upper(): value for name, value in upload(**{"x-ignore-me": "1"}).items()}
    assert answer(fields) is None


@pytest.mark.usefixtures("clock")
def test_the_name_of_the_file_fills_the_key() -> None:
    made = s3().generate_presigned_post("assay-uploads", "in/${filename}")["fields"]
    assert check_presigned_post(made, 1, "assay-uploads", START, filename="a.jpg") is None
    assert check_presigned_post({**made, "key": "out/${filename}"}, 1, "assay-uploads", START, filename="a") is not None


@pytest.mark.usefixtures("clock")
def test_a_policy_that_was_changed_does_not_match_its_signature() -> None:
    fields = upload()
    policy = json.loads(base64.b64decode(fields["policy"]))
    policy["conditions"] = []
    changed = base64.b64encode(json.dumps(policy).encode()).decode()
    assert answer({**fields, "policy": changed}) == "SignatureDoesNotMatch"
    assert answer({**fields, "x-amz-signature": "0" * 64}) == "SignatureDoesNotMatch"


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("name", ["key", "policy", "x-amz-credential", "x-amz-signature"])
def test_a_form_without_a_needed_field_is_refused(name: str) -> None:
    fields = upload()
    del fields[name]
    assert answer(fields) == "InvalidArgument"


@pytest.mark.usefixtures("clock")
def test_a_stranger_cannot_sign() -> None:
    fields = upload()
    stranger = fields["x-amz-credential"].replace("FOOBARKEY", "STRANGER")
    assert answer({**fields, "x-amz-credential": stranger}) == "InvalidAccessKeyId"
    refusal = check_presigned_post(fields, 1, "assay-uploads", START, secrets={"FOOBARKEY": "another secret"})
    assert refusal is not None
    assert refusal.code == "SignatureDoesNotMatch"


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    "credential",
    ["FOOBARKEY/20260301/eu-west-1/s3/aws4_request", "FOOBARKEY/20260228/ap-southeast-1/s3/aws4_request", "x"],
)
def test_a_credential_for_another_region_or_day_is_refused(credential: str) -> None:
    assert answer(upload(**{"x-amz-credential": credential})) == "AuthorizationQueryParametersError"


# ---- addresses


def address(method: str = "get_object", expires: int = 60, **parameters: str) -> str:
    given = {"Bucket": "assay-vault", "Key": "issued/证书 1.pdf", **parameters}
    made: str = s3().generate_presigned_url(method, Params=given, ExpiresIn=expires)
    return made


def served(
    url: str, method: str = "GET", after: float = 0, headers: dict[str, str] | None = None, now: datetime = START
) -> str | None:
    refusal = check_presigned_url(method, url, {"Host": HOST, **(headers or {})}, now + timedelta(seconds=after))
    return refusal.code if refusal else None


@pytest.mark.usefixtures("clock")
def test_an_address_as_it_was_signed_is_served() -> None:
    assert served(address()) is None
    assert served(address(ResponseContentDisposition='attachment; filename="证书.pdf"')) is None


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("after", "code"), [(0, None), (60, None), (61, "AccessDenied")])
def test_an_address_ends_when_it_said(after: int, code: str | None) -> None:
    assert served(address(), after=after) == code


def test_an_address_signed_at_a_moved_clock_lives_by_that_clock(clock: VirtualClock) -> None:
    later = datetime(2027, 5, 1, tzinfo=UTC)
    clock.move_to(later)
    url = address()
    assert served(url, now=later, after=60) is None
    assert served(url, now=later, after=61) == "AccessDenied"
    assert served(url, now=later, after=-15 * 60) is None
    assert served(url, now=later, after=-15 * 60 - 1) == "AccessDenied"


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("expires", "code"),
    [
        (1, None),
        (LONGEST, None),
        (LONGEST + 1, "AuthorizationQueryParametersError"),
        (0, "AuthorizationQueryParametersError"),
    ],
)
def test_an_address_lives_one_second_to_seven_days(expires: int, code: str | None) -> None:
    assert served(address(expires=expires)) == code


@pytest.mark.usefixtures("clock")
def test_anything_that_was_signed_must_stay_as_it_was() -> None:
    url = address()
    for changed in (
        url.replace("issued", "drafts"),
        url.replace("assay-vault", "assay-staff"),
        url + "&versionId=1",
        url.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
    ):
        assert served(changed) == "SignatureDoesNotMatch", changed
    assert served(url, method="PUT") == "SignatureDoesNotMatch"
    assert served(url, headers={"Host": "elsewhere.test"}) == "SignatureDoesNotMatch"


@pytest.mark.usefixtures("clock")
def test_a_signed_header_must_be_sent_and_an_unsigned_amazon_header_must_not() -> None:
    url = address("put_object", ContentType="application/pdf")
    assert served(url, method="PUT", headers={"Content-Type": "application/pdf"}) is None
    assert served(url, method="PUT", headers={"Content-Type": "text/html"}) == "SignatureDoesNotMatch"
    assert served(url, method="PUT") == "SignatureDoesNotMatch"
    tagged = {"Content-Type": "application/pdf", "x-amz-tagging": "a=b"}
    assert served(url, method="PUT", headers=tagged) == "AccessDenied"


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("name", ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"])
def test_an_address_without_a_part_of_its_signature_is_refused(name: str) -> None:
    url = address().replace(f"X-Amz-{name}=", "X-Other=")
    assert served(url) == "AuthorizationQueryParametersError"


@pytest.mark.usefixtures("clock")
def test_a_parameter_given_twice_or_a_date_that_is_none_is_refused() -> None:
    url = address()
    assert served(url + "&X-Amz-Expires=60") == "AuthorizationQueryParametersError"
    assert served(url.replace("X-Amz-Date=2026", "X-Amz-Date=now")) == "AuthorizationQueryParametersError"
