"""Reads a file that arrived and notes its size."""

import json
import os
from typing import Any

import boto3

s3 = boto3.client("s3")
dynamodb = boto3.client("dynamodb")


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    detail = json.loads(event["Records"][0]["body"])["detail"]
    key = detail["object"]["key"]
    body = s3.get_object(Bucket=detail["bucket"]["name"], Key=key)["Body"].read()
    item = {"pk": {"S": f"file-{key}"}, "size": {"N": str(len(body))}, "reason": {"S": detail["reason"]}}
    dynamodb.put_item(TableName=f"{os.environ['STACK']}-Things", Item=item)
    return {"batchItemFailures": []}
