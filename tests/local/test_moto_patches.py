"""The patches as a whole: asserted at import, put on and taken off."""

from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws
from moto.dynamodb.models.table import StreamShard

from local import moto_patches
from local.clock import VirtualClock
from local.moto_patches.shared import Patch
from local.stack import REGION
from tests.local.patched_moto import START, patched_moto


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with patched_moto() as patched:
        yield patched.clock


def test_a_patch_made_for_another_signature_fails_at_import() -> None:
    with pytest.raises(ImportError, match="takes"):
        Patch(StreamShard, "add", "self, before, after", lambda original: original).check()


def test_uninstalling_puts_motos_own_methods_back() -> None:
    before = [getattr(patch.owner, patch.name) for patch in moto_patches.PATCHES]
    moto_patches.install(VirtualClock(START), lambda *_: None)
    moto_patches.uninstall()
    assert [getattr(patch.owner, patch.name) for patch in moto_patches.PATCHES] == before


def test_installing_twice_is_refused(clock: VirtualClock) -> None:
    with pytest.raises(RuntimeError, match="already"):
        moto_patches.install(clock, lambda *_: None)


def test_the_credentials_written_down_are_motos() -> None:
    fake = mock_aws()._fake_creds
    assert {fake["AWS_ACCESS_KEY_ID"]: fake["AWS_SECRET_ACCESS_KEY"]} == moto_patches.CREDENTIALS


def test_signatures_carry_the_time_of_our_clock(clock: VirtualClock) -> None:
    clock.move_to(datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC))
    s3 = boto3.client("s3", region_name=REGION, config=Config(signature_version="s3v4"))
    address = s3.generate_presigned_url("get_object", Params={"Bucket": "uploads", "Key": "a"})
    assert "X-Amz-Date=20270102T030405Z" in address
