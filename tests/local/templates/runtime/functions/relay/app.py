"""Announces new things."""

import json
import os
from typing import Any

import boto3

events = boto3.client("events")


def handler(event: dict[str, Any], _context: Any) -> None:
    things = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
    if "poison" in things:
        raise ValueError("poison")
    names = {thing: "ThingForbidden" if thing == "forbidden" else "ThingAdded" for thing in things}
    entries: list[Any] = [
        {
            "Source": "test",
            "DetailType": names[t],
            "Detail": json.dumps({"thing": t}),
            "EventBusName": os.environ["STACK"],
        }
        for t in things
        if not t.startswith("file-")
    ]
    if entries:
        events.put_events(Entries=entries)
