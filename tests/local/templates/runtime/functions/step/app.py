"""Looks at a thing: most are fine."""

import os
from typing import Any

import boto3

dynamodb = boto3.client("dynamodb")
busy = {"busy": 2}


class Busy(Exception):
    """Come again later."""


class Unfit(Exception):
    """Not this one."""


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    thing = event["thing"]
    if thing == "unfit":
        raise Unfit(thing)
    if busy.get(thing):
        busy[thing] -= 1
        raise Busy(thing)
    dynamodb.update_item(
        TableName=f"{os.environ['STACK']}-Things",
        Key={"pk": {"S": thing}},
        UpdateExpression="SET #s = :s",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":s": {"S": "seen"}},
    )
    return {"thing": thing, "seen": True}
