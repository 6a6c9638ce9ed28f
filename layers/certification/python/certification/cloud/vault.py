"""Files: what candidates upload, what staff drop, what we issue and what anybody may read."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from certification.cloud import clients
from certification.rules.model import Frozen

UPLOAD_MINUTES = 15
LINK_SECONDS = 300


class Arrived(Frozen):
    """A file that was sent, when, and what its sender's form (or `copy`) fixed to it."""

    body: bytes
    at: datetime
    metadata: dict[str, str]


class UploadForm(Frozen):
    """Where a browser posts a file to, and the fields it must send before it."""

    url: str
    fields: dict[str, str]


def upload_form(
    bucket: str,
    key: str,
    content_types: str,
    limit: int,
    return_to: str | None = None,
    metadata: Mapping[str, str] | None = None,
) -> UploadForm:
    """A form for one file under one key: at most `limit` bytes, its type beginning with `content_types`.

    `return_to` is the page the browser goes to afterwards (it works without JavaScript). `metadata` is kept with the
    file; the signed policy fixes it, so whoever uses the form can neither change nor leave it out.
    """
    fields = {f"x-amz-meta-{name}": value for name, value in (metadata or {}).items()}
    conditions: list[Any] = [
        ["content-length-range", 1, limit],
        ["starts-with", "$Content-Type", content_types],
        *({name: value} for name, value in fields.items()),
    ]
    if return_to:
        fields["success_action_redirect"] = return_to
        conditions.append({"success_action_redirect": return_to})
    post = clients.s3().generate_presigned_post(
        bucket, key, Fields=fields, Conditions=conditions, ExpiresIn=UPLOAD_MINUTES * 60
    )
    return UploadForm(url=post["url"], fields=post["fields"])


def link(bucket: str, key: str, file_name: str, *, inline: bool = False) -> str:
    """An address that lets whoever has it read one file for five minutes."""
    disposition = "inline" if inline else "attachment"
    return clients.s3().generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket,
            "Key": key,
            "ResponseContentDisposition": f'{disposition}; filename="{file_name}"',
        },
        ExpiresIn=LINK_SECONDS,
    )


def read(bucket: str, key: str) -> bytes:
    """The bytes of a file."""
    return clients.s3().get_object(Bucket=bucket, Key=key)["Body"].read()


def arrived(bucket: str, key: str) -> Arrived | None:
    """A file that was sent, or None when it is gone. Without the right to list a bucket, S3 says 403 for that."""
    try:
        answer = clients.s3().get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied"):
            return None
        raise
    return Arrived(body=answer["Body"].read(), at=answer["LastModified"], metadata=answer["Metadata"])


def copy(bucket: str, key: str, to_bucket: str, to_key: str, metadata: Mapping[str, str]) -> None:
    """Send a file of ours the way of an upload, with what is to be done to it."""
    clients.s3().copy_object(
        Bucket=to_bucket,
        Key=to_key,
        CopySource={"Bucket": bucket, "Key": key},
        Metadata=dict(metadata),
        MetadataDirective="REPLACE",
    )


def find(bucket: str, key: str) -> bytes | None:
    """The bytes of a file, or None when there is none. Without the right to list a bucket, S3 says 403 for that."""
    try:
        return read(bucket, key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied"):
            return None
        raise


def write(bucket: str, key: str, body: bytes, content_type: str) -> str:
    """Store a file and give its SHA-256 (hex). Writing the same content again changes nothing."""
    clients.s3().put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type)
    return hashlib.sha256(body).hexdigest()


def write_once(bucket: str, key: str, body: bytes, content_type: str) -> bytes:
    """Store a file unless one is there; give what is there now. Two writers get the same answer."""
    try:
        clients.s3().put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("PreconditionFailed", "ConditionalRequestConflict"):
            raise
        return read(bucket, key)
    return body


def _lines(items: Iterable[dict[str, Any]]) -> list[str]:
    return [json.dumps(item, sort_keys=True, ensure_ascii=False) + "\n" for item in items]


def write_lines(bucket: str, key: str, items: Iterable[dict[str, Any]]) -> int:
    """Store items as JSON Lines for a distributed map; give their number. An empty list is an empty file."""
    lines = _lines(items)
    write(bucket, key, "".join(lines).encode(), "application/x-ndjson")
    return len(lines)


def write_lines_once(bucket: str, key: str, items: Iterable[dict[str, Any]]) -> None:
    """Store items as JSON Lines unless the list exists: the first one written stays."""
    write_once(bucket, key, "".join(_lines(items)).encode(), "application/x-ndjson")


def read_lines(bucket: str, key: str) -> Iterator[dict[str, Any]]:
    """The items of a JSON Lines file."""
    return (json.loads(line) for line in read(bucket, key).decode().splitlines() if line)


def uploader(bucket: str, key: str) -> str | None:
    """The staff member a dropped file says it is from (recorded by the upload form); None if it says nothing."""
    return clients.s3().head_object(Bucket=bucket, Key=key)["Metadata"].get("uploader")


def remove(bucket: str, key: str) -> None:
    """Delete a file; the bucket's lifecycle ends its older versions."""
    clients.s3().delete_object(Bucket=bucket, Key=key)
