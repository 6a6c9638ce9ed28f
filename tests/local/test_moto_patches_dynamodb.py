"""DynamoDB as patched: no race, cheap transactions, streams that tell each change once."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from moto.dynamodb.models.table import Table

from local import moto_patches
from local.clock import VirtualClock
from local.stack import REGION
from tests.local.patched_moto import START, client, patched_moto


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with patched_moto() as patched:
        yield patched.clock


def table(name: str = "Rows", range_key: bool = False) -> Any:
    keys = [("pk", "HASH"), ("sk", "RANGE")] if range_key else [("pk", "HASH")]
    client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return client("dynamodb")


def row(key: str, **columns: str) -> dict[str, Any]:
    return {"pk": {"S": key}, **{name: {"S": value} for name, value in columns.items()}}


def rows(dynamodb: Any, name: str = "Rows") -> dict[str, dict[str, Any]]:
    return {item["pk"]["S"]: item for item in dynamodb.scan(TableName=name)["Items"]}


@pytest.mark.usefixtures("clock")
def test_no_addition_is_lost_when_many_threads_add() -> None:
    dynamodb = table()

    def add(_: int) -> None:
        for _ in range(10):
            dynamodb.update_item(
                TableName="Rows",
                Key={"pk": {"S": "counter"}},
                UpdateExpression="ADD n :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add, range(16)))
    assert rows(dynamodb)["counter"]["n"]["N"] == "160"


@pytest.mark.usefixtures("clock")
def test_put_if_absent_has_one_winner_among_threads() -> None:
    dynamodb = table()

    def claim(number: int) -> bool:
        put = {
            "TableName": "Rows",
            "Item": row("claim", by=str(number)),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        try:
            dynamodb.transact_write_items(TransactItems=[{"Put": put}])
        except dynamodb.exceptions.TransactionCanceledException:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(claim, range(32))) == 1


def add_one(key: str) -> dict[str, Any]:
    update = {
        "TableName": "Rows",
        "Key": {"pk": {"S": key}},
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    return {"Update": update}


def test_the_same_request_token_has_one_effect_within_ten_minutes(clock: VirtualClock) -> None:
    dynamodb = table()
    for passed in (timedelta(0), timedelta(minutes=9, seconds=59)):
        clock.move_to(START + passed)
        dynamodb.transact_write_items(TransactItems=[add_one("a")], ClientRequestToken="token")
    assert rows(dynamodb)["a"]["n"]["N"] == "1"


def test_a_request_token_is_forgotten_after_ten_minutes(clock: VirtualClock) -> None:
    dynamodb = table()
    for passed in (timedelta(0), timedelta(minutes=10)):
        clock.move_to(START + passed)
        dynamodb.transact_write_items(TransactItems=[add_one("a")], ClientRequestToken="token")
    assert rows(dynamodb)["a"]["n"]["N"] == "2"


@pytest.mark.usefixtures("clock")
def test_a_request_token_with_another_request_is_refused() -> None:
    dynamodb = table()
    dynamodb.transact_write_items(TransactItems=[add_one("a")], ClientRequestToken="token")
    with pytest.raises(dynamodb.exceptions.IdempotentParameterMismatchException):
        dynamodb.transact_write_items(TransactItems=[add_one("b")], ClientRequestToken="token")
    assert set(rows(dynamodb)) == {"a"}


@pytest.mark.usefixtures("clock")
def test_a_cancelled_transaction_may_be_tried_again_with_its_token() -> None:
    dynamodb = table()
    put = {"TableName": "Rows", "Item": row("a"), "ConditionExpression": "attribute_exists(pk)"}
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=[{"Put": put}], ClientRequestToken="token")
    dynamodb.put_item(TableName="Rows", Item=row("a"))
    dynamodb.transact_write_items(TransactItems=[{"Put": put}], ClientRequestToken="token")


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("range_key", [False, True], ids=["hash key", "hash and range key"])
def test_a_cancelled_transaction_undoes_every_kind_of_write_and_its_stream(range_key: bool) -> None:
    dynamodb = table(range_key=range_key)
    extra = {"sk": {"S": "1"}} if range_key else {}

    def key(name: str) -> dict[str, Any]:
        return {"pk": {"S": name}, **extra}

    for name in ("changed", "deleted", "replaced"):
        dynamodb.put_item(TableName="Rows", Item={**key(name), "v": {"S": "old"}, "parts": {"L": [{"S": "x"}]}})
    before, told_before = rows(dynamodb), len(moto_patches.stream_records("Rows", 0))
    update = {
        "TableName": "Rows",
        "Key": key("changed"),
        "UpdateExpression": "SET v = :new, parts[0] = :new",
        "ExpressionAttributeValues": {":new": {"S": "new"}},
    }
    check = {"TableName": "Rows", "Key": key("missing"), "ConditionExpression": "attribute_exists(pk)"}
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as refusal:
        dynamodb.transact_write_items(
            TransactItems=[
                {"Update": update},
                {"Delete": {"TableName": "Rows", "Key": key("deleted")}},
                {"Put": {"TableName": "Rows", "Item": {**key("replaced"), "v": {"S": "new"}}}},
                {"Put": {"TableName": "Rows", "Item": {**key("created"), "v": {"S": "new"}}}},
                {"ConditionCheck": check},
            ]
        )
    codes = [reason["Code"] for reason in refusal.value.response["CancellationReasons"]]
    assert codes == ["None"] * 4 + ["ConditionalCheckFailed"]
    assert rows(dynamodb) == before
    assert len(moto_patches.stream_records("Rows", 0)) == told_before


@pytest.mark.usefixtures("clock")
def test_a_transaction_never_copies_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    dynamodb = table()

    def refuse(*_: Any) -> None:
        raise AssertionError("a whole table was copied")

    monkeypatch.setattr(Table, "__deepcopy__", refuse, raising=False)
    dynamodb.transact_write_items(TransactItems=[add_one("a")])
    assert rows(dynamodb)["a"]["n"]["N"] == "1"


@pytest.mark.usefixtures("clock")
def test_a_stream_tells_each_change_once_in_order_and_is_read_from_a_cursor() -> None:
    dynamodb = table()
    dynamodb.put_item(TableName="Rows", Item=row("a", v="1"))
    add = add_one("b")["Update"]
    dynamodb.update_item(**add)
    dynamodb.update_item(**add)
    dynamodb.put_item(TableName="Rows", Item=row("a", v="1"))  # changes nothing: not told
    dynamodb.delete_item(TableName="Rows", Key={"pk": {"S": "a"}})
    told = moto_patches.stream_records("Rows", 0)
    assert [(record["eventName"], record["dynamodb"]["Keys"]["pk"]["S"]) for record in told] == [
        ("INSERT", "a"),
        ("INSERT", "b"),
        ("MODIFY", "b"),
        ("REMOVE", "a"),
    ]
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in told]
    assert numbers == list(range(numbers[0], numbers[0] + 4))
    assert [record["eventName"] for record in moto_patches.stream_records("Rows", 2)] == ["MODIFY", "REMOVE"]
    assert moto_patches.stream_records("Rows", 4) == []


@pytest.mark.usefixtures("clock")
def test_a_stream_record_looks_like_what_a_function_receives() -> None:
    dynamodb = table()
    item = {
        **row("a"),
        "photo": {"B": b"\x00\xff"},
        "tags": {"SS": ["x"]},
        "deep": {"M": {"list": {"L": [{"N": "1"}]}}},
    }
    dynamodb.put_item(TableName="Rows", Item=item)
    dynamodb.update_item(
        TableName="Rows",
        Key={"pk": {"S": "a"}},
        UpdateExpression="SET deep.#l[0] = :two",
        ExpressionAttributeNames={"#l": "list"},
        ExpressionAttributeValues={":two": {"N": "2"}},
    )
    first, second = moto_patches.stream_records("Rows", 0)
    assert json.loads(json.dumps(first)) == first
    assert first["dynamodb"]["NewImage"]["photo"] == {"B": "AP8="}
    assert first["dynamodb"]["NewImage"]["deep"] == {"M": {"list": {"L": [{"N": "1"}]}}}
    assert second["dynamodb"]["OldImage"]["deep"] == {"M": {"list": {"L": [{"N": "1"}]}}}
    assert second["dynamodb"]["NewImage"]["deep"] == {"M": {"list": {"L": [{"N": "2"}]}}}
    assert first["dynamodb"]["ApproximateCreationDateTime"] == START.timestamp()
    assert first["awsRegion"] == REGION
    stream = dynamodb.describe_table(TableName="Rows")["Table"]["LatestStreamArn"]
    assert first["eventSourceARN"] == stream


@pytest.mark.usefixtures("clock")
def test_asking_for_a_stream_that_is_not_there_names_the_table() -> None:
    with pytest.raises(KeyError, match="Absent"):
        moto_patches.stream_records("Absent", 0)
