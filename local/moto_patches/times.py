"""The times that moto and botocore write come from our clock: streams, objects, events, request signatures."""

from datetime import datetime, timedelta
from typing import Any

import botocore.auth
import botocore.signers
import moto.dynamodb.models.table as dynamodb_table
import moto.events.models as events_models
import moto.s3.models as s3_models

from local.moto_patches.shared import Patch, shared


def _naive(_: Any) -> Any:
    return lambda: shared.now().replace(tzinfo=None)


def _strictly_later(_: Any) -> Any:
    """S3 orders versions by time: with a clock that stands still, each object is still later than the one before."""
    last = datetime(1970, 1, 1)  # noqa: DTZ001 - moto compares naive UTC times

    def utcnow() -> datetime:
        nonlocal last
        last = max(shared.now().replace(tzinfo=None), last + timedelta(microseconds=1))
        return last

    return utcnow


def _seconds(original: Any) -> Any:
    return lambda dt=None: shared.seconds() if dt is None else original(dt)


def _signing_time(_: Any) -> Any:
    """A signature made at a moved clock carries that clock's time, or every presigned address would be born expired."""

    def get_current_datetime(remove_tzinfo: bool = True) -> datetime:
        return shared.now().replace(tzinfo=None) if remove_tzinfo else shared.now()

    return get_current_datetime


PATCHES = (
    Patch(dynamodb_table, "utcnow", "", _naive),
    Patch(s3_models, "utcnow", "", _strictly_later),
    Patch(events_models, "unix_time", "dt", _seconds),
    Patch(botocore.auth, "get_current_datetime", "remove_tzinfo", _signing_time),
    Patch(botocore.signers, "get_current_datetime", "remove_tzinfo", _signing_time),
)
