"""The door of the test house: pages, things, uploads."""

import base64
import json
import os
from typing import Any

import boto3
from botocore.config import Config

TABLE = f"{os.environ['STACK']}-Things"
BUCKET = f"{os.environ['STACK']}-uploads"
dynamodb = boto3.client("dynamodb")
s3 = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    method, path = event["requestContext"]["http"]["method"], event["rawPath"]
    if path == "/private":
        return _answer(200, event["requestContext"]["authorizer"]["lambda"])
    if path == "/binary":
        body = base64.b64encode(bytes(range(256))).decode()
        return {"statusCode": 200, "headers": {"content-type": "image/png"}, "body": body, "isBase64Encoded": True}
    if path == "/cookies":
        return {
            "statusCode": 204,
            "cookies": ["a=1; Path=/", "b=2; Path=/"],
            "headers": {"x-seen": str(event.get("cookies"))},
        }
    if path == "/upload-form":
        conditions: list[Any] = [["content-length-range", 1, 100], {"Content-Type": "text/plain"}]
        fields = {"Content-Type": "text/plain"}
        return _answer(200, s3.generate_presigned_post(BUCKET, "things/a.txt", fields, conditions, ExpiresIn=300))
    if path == "/download":
        parameters = {"Bucket": BUCKET, "Key": "things/a.txt"}
        return _answer(200, {"url": s3.generate_presigned_url("get_object", parameters, ExpiresIn=60)})
    if path == "/forbidden":
        dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "a"}})
    if method == "POST":
        thing = json.loads(event["body"])["thing"]
        dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": thing}, "state": {"S": "new"}})
        print(f"added {thing}")
        return _answer(201, {"thing": thing})
    return _answer(200, {"path": path, "url": os.environ["PUBLIC_URL"]})


def _answer(status: int, content: Any) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(content)}
