"""Carries files between us and the simulated bank, as a bank's file service or somebody at the money desk would."""

from typing import TYPE_CHECKING, Any

import boto3

from local import seed

if TYPE_CHECKING:
    from local.cloud import LocalCloud
    from local.simulators.bank import BankSimulator

SCHEME = "cgptc"


def carry(cloud: "LocalCloud", bank: "BankSimulator") -> None:
    """Our files to the bank, then every file of the bank to the staff's files, each once."""
    store, bucket = boto3.client("s3"), cloud.stack.physical["StaffFiles"]
    sent = store.list_objects_v2(Bucket=bucket, Prefix=f"transfers/{SCHEME}/").get("Contents", [])
    for item in sorted(sent, key=lambda one: one["Key"]):
        marker = f"carried/{item['Key']}"
        if not _there(store, bucket, marker):
            body = store.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
            bank.handle("POST", "/payments", {}, body)
            store.put_object(Bucket=bucket, Key=marker, Body=b"")
    for name, content in bank.files().items():
        key = f"statements/{SCHEME}/{name}"
        if not _there(store, bucket, key):
            seed.drop(cloud, key, content, seed.REVIEWER)
    cloud.settle()


def _there(store: Any, bucket: str, key: str) -> bool:
    return bool(store.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("KeyCount"))
