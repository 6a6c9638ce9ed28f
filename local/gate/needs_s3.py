"""S3: rights are about objects or buckets, and many operations share an action."""

from collections.abc import Iterator, Mapping
from typing import Any

from local.gate.names import Names, Need, UnmappedOperation

_ON_OBJECTS = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteObject": "DeleteObject",
    "DeleteObjectTagging": "DeleteObjectTagging",
    "GetObject": "GetObject",
    "GetObjectTagging": "GetObjectTagging",
    "HeadObject": "GetObject",
    "ListParts": "ListMultipartUploadParts",
    "PutObject": "PutObject",
    "PutObjectTagging": "PutObjectTagging",
    "UploadPart": "PutObject",
}
_ON_BUCKETS = {
    "GetBucketLocation": "GetBucketLocation",
    "HeadBucket": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
}
_WITH_VERSION = {"DeleteObject", "GetObject", "GetObjectTagging"}


def s3(operation: str, parameters: Mapping[str, Any], names: Names) -> Iterator[Need]:  # noqa: ARG001 - a mapper's shape
    """The rights of an S3 call."""
    bucket = f"arn:aws:s3:::{parameters.get('Bucket', '')}"
    if operation in _ON_OBJECTS:
        yield from _object(operation, f"{bucket}/{parameters['Key']}", parameters)
    elif operation in _ON_BUCKETS:
        prefix = {"s3:prefix": parameters["Prefix"]} if "Prefix" in parameters else {}
        yield Need(f"s3:{_ON_BUCKETS[operation]}", bucket, prefix)
    elif operation == "CopyObject":
        yield from _source(parameters["CopySource"])
        yield from _object("PutObject", f"{bucket}/{parameters['Key']}", parameters)
    elif operation == "DeleteObjects":
        for entry in parameters["Delete"]["Objects"]:
            yield _versioned("DeleteObject", f"{bucket}/{entry['Key']}", entry)
    elif operation == "ListBuckets":
        yield Need("s3:ListAllMyBuckets", "*")
    else:
        raise UnmappedOperation("s3", operation)


def _object(operation: str, resource: str, parameters: Mapping[str, Any]) -> Iterator[Need]:
    action = _ON_OBJECTS[operation]
    need = _versioned(action, resource, parameters)
    yield Need(need.action, resource, _encryption(parameters)) if action == "PutObject" else need
    if action == "PutObject" and parameters.get("Tagging"):
        yield Need("s3:PutObjectTagging", resource)
    if action == "PutObject" and parameters.get("ACL"):
        yield Need("s3:PutObjectAcl", resource)


def _versioned(action: str, resource: str, parameters: Mapping[str, Any]) -> Need:
    """A named version needs a right of its own: GetObjectVersion, DeleteObjectVersion, GetObjectVersionTagging."""
    if action not in _WITH_VERSION or not parameters.get("VersionId"):
        return Need(f"s3:{action}", resource)
    return Need(f"s3:{action.replace('Object', 'ObjectVersion', 1)}", resource)


def _encryption(parameters: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    carried = {
        "s3:x-amz-server-side-encryption": parameters.get("ServerSideEncryption"),
        "s3:x-amz-server-side-encryption-aws-kms-key-id": parameters.get("SSEKMSKeyId"),
    }
    return {key: value for key, value in carried.items() if value}


def _source(source: str | Mapping[str, str]) -> Iterator[Need]:
    if isinstance(source, str):
        path, _, version = source.lstrip("/").partition("?versionId=")
        yield _versioned("GetObject", f"arn:aws:s3:::{path}", {"VersionId": version})
    else:
        yield _versioned("GetObject", f"arn:aws:s3:::{source['Bucket']}/{source['Key']}", source)
