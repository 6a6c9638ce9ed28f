"""One client per AWS service and process, made once and shared by every caller.

Retries and time limits are short: a door has 30 seconds in all, and every caller survives being run again.
"""

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient

_PATIENT = Config(connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
# A letter whose answer was lost must not be sent again by the SDK behind our back (reliability: exactly once in effect).
_ONCE = Config(connect_timeout=1, read_timeout=10, retries={"total_max_attempts": 1})
_PATH_STYLE = Config(
    connect_timeout=1,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    signature_version="s3v4",
    s3={"addressing_style": "path"},
)


@cache
def dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=_PATIENT)


@cache
def events() -> "EventBridgeClient":
    return boto3.client("events", config=_PATIENT)


@cache
def kms() -> "KMSClient":
    return boto3.client("kms", config=_PATIENT)


@cache
def s3() -> "S3Client":
    return boto3.client("s3", config=_PATH_STYLE)


@cache
def secrets() -> "SecretsManagerClient":
    return boto3.client("secretsmanager", config=_PATIENT)


@cache
def mail() -> "SESV2Client":
    return boto3.client("sesv2", config=_ONCE)


@cache
def text_messages() -> "SNSClient":
    return boto3.client("sns", config=_ONCE)
