"""The quicker ways through moto give what its own ways give."""

import gc
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends

from local import moto_patches
from local.clock import VirtualClock
from local.stack import ACCOUNT, REGION

ROWS = [
    {"pk": f"row-{number:02d}", "group": f"group-{number % 3}", "rank": str(number * 7 % 20), "note": {"empty": None}}
    for number in range(20)
]


def fill(client: Any) -> None:
    client.create_table(
        TableName="Plain",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "group", "rank")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "group",
                "KeySchema": [
                    {"AttributeName": "group", "KeyType": "HASH"},
                    {"AttributeName": "rank", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    client.create_table(
        TableName="Sorted",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    for row in ROWS:
        item = {name: {"S": row[name]} for name in ("pk", "group", "rank")}
        if row["rank"] == "7":
            del item["group"]
        client.put_item(TableName="Plain", Item=item | {"note": {"M": {"empty": {"NULL": True}, "list": {"L": []}}}})
        key = {"pk": {"S": row["group"]}, "sk": {"N": row["rank"]}}
        client.put_item(TableName="Sorted", Item=key | {"data": {"B": b"\x00\xff"}, "yes": {"BOOL": False}})


def answers() -> list[Any]:
    """What a program asks of tables, and what it hears."""
    client = boto3.client("dynamodb", "ap-southeast-1")
    fill(client)

    def query(**asked: Any) -> Any:
        answer = client.query(**asked)
        return answer["Items"], answer["Count"], answer["ScannedCount"], answer.get("LastEvaluatedKey")

    group = {"TableName": "Plain", "IndexName": "group", "ExpressionAttributeValues": {":g": {"S": "group-1"}}}
    names = {"ExpressionAttributeNames": {"#g": "group", "#r": "rank"}}
    first = query(
        **group, **names | {"ExpressionAttributeNames": {"#g": "group"}}, KeyConditionExpression="#g = :g", Limit=3
    )
    more = {"ExpressionAttributeValues": {":g": {"S": "group-1"}, ":r": {"S": "2"}}}
    numbers = {"TableName": "Sorted", "ExpressionAttributeValues": {":p": {"S": "group-2"}}}
    return [
        first,
        query(
            **group,
            ExpressionAttributeNames={"#g": "group"},
            KeyConditionExpression="#g = :g",
            ExclusiveStartKey=first[3],
        ),
        query(**group | more, **names, KeyConditionExpression="#g = :g AND #r <= :r"),
        query(**numbers, KeyConditionExpression="pk = :p"),
        query(**numbers, KeyConditionExpression="pk = :p", ScanIndexForward=False, Limit=2),
        query(TableName="Sorted", KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "none"}}),
        client.scan(TableName="Plain")["Items"],
        client.scan(TableName="Sorted", Limit=4)["Items"],
        client.get_item(TableName="Plain", Key={"pk": {"S": "row-03"}})["Item"],
        client.get_item(TableName="Plain", Key={"pk": {"S": "nothing"}}).get("Item"),
        client.describe_table(TableName="Plain")["Table"]["KeySchema"],
    ]


@pytest.fixture
def own() -> list[Any]:
    """What moto itself answers."""
    with mock_aws():
        return answers()


@pytest.fixture
def ours(own: list[Any]) -> Iterator[list[Any]]:
    """What it answers with our patches; made after `own` is through."""
    assert own
    moto_patches.install(VirtualClock(datetime(2026, 11, 23, tzinfo=UTC)), lambda *_: None)
    try:
        yield answers()
    finally:
        moto_patches.uninstall()


def test_queries_scans_and_items_are_answered_as_moto_answers_them(own: list[Any], ours: list[Any]) -> None:
    assert ours == own
    assert len(own[0][0]) == 3


@pytest.mark.usefixtures("ours")
def test_what_was_replaced_can_be_forgotten() -> None:
    item = next(iter(dynamodb_backends[ACCOUNT][REGION].tables["Plain"].items.values()))
    seen = weakref.ref(item)
    del item
    boto3.client("dynamodb", region_name=REGION).delete_table(TableName="Plain")
    gc.collect()
    assert seen() is None
