"""Writes a letter and a text message about a thing."""

import json
from typing import Any

import boto3

mail = boto3.client("sesv2")
text = boto3.client("sns")


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    failed = []
    for record in event["Records"]:
        thing = json.loads(record["body"])["detail"]["thing"]
        if thing == "unsendable":
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        content: Any = {
            "Simple": {"Subject": {"Data": f"About {thing} 关于"}, "Body": {"Text": {"Data": f"The {thing} is here."}}}
        }
        mail.send_email(
            FromEmailAddress="house@example.org",
            Destination={"ToAddresses": ["candidate@example.org"]},
            Content=content,
        )
        text.publish(PhoneNumber="+85291234567", Message=f"{thing} is here")
    return {"batchItemFailures": failed}
