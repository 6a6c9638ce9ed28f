"""DynamoDB: rights are about tables and indexes; a transaction needs the rights of its parts."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from local.gate.names import Names, Need, UnmappedOperation

_ON_ITEMS = {"GetItem", "PutItem", "UpdateItem", "DeleteItem"}
_ON_INDEXES = {"Query", "Scan"}
_ON_TABLES = {"DescribeTable", "DescribeTimeToLive"}
_BATCHES = {"BatchGetItem", "BatchWriteItem"}
_IN_TRANSACTIONS = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
}
_EQUALS = re.compile(r"([#\w.-]+)\s*=\s*(:\w+)")


def dynamodb(operation: str, parameters: Mapping[str, Any], names: Names) -> Iterator[Need]:
    """The rights of a DynamoDB call."""
    if operation in _ON_ITEMS:
        yield _item(operation, parameters, names)
    elif operation in _ON_INDEXES:
        yield _index(operation, parameters, names)
    elif operation in _ON_TABLES:
        yield Need(f"dynamodb:{operation}", _table(parameters["TableName"], names))
    elif operation in _BATCHES:
        yield from _batch(operation, parameters["RequestItems"], names)
    elif operation in ("TransactWriteItems", "TransactGetItems"):
        for entry in parameters["TransactItems"]:
            [(kind, part)] = entry.items()
            yield _item(_IN_TRANSACTIONS[kind], part, names)
    else:
        raise UnmappedOperation("dynamodb", operation)


def _table(name: str, names: Names) -> str:
    return name if name.startswith("arn:") else names.arn("dynamodb", f"table/{name}")


def _leading(table: str, items: list[Mapping[str, Any]], names: Names) -> dict[str, str | tuple[str, ...]]:
    """The hash keys of these items: what `dynamodb:LeadingKeys` compares with."""
    attribute = names.hash_keys.get(table.rsplit("/", 1)[-1])
    found = [str(next(iter(item[attribute].values()))) for item in items if attribute and attribute in item]
    return {"dynamodb:LeadingKeys": tuple(found)} if found else {}


def _item(action: str, part: Mapping[str, Any], names: Names) -> Need:
    item = part.get("Item") or part.get("Key") or {}
    return Need(f"dynamodb:{action}", _table(part["TableName"], names), _leading(part["TableName"], [item], names))


def _index(operation: str, parameters: Mapping[str, Any], names: Names) -> Need:
    table = _table(parameters["TableName"], names)
    if "IndexName" in parameters:
        return Need(f"dynamodb:{operation}", f"{table}/index/{parameters['IndexName']}")
    aliases = parameters.get("ExpressionAttributeNames") or {}
    values = parameters.get("ExpressionAttributeValues") or {}
    conditions = _EQUALS.findall(parameters.get("KeyConditionExpression") or "")
    asked = {aliases.get(name, name): values[value] for name, value in conditions if value in values}
    return Need(f"dynamodb:{operation}", table, _leading(parameters["TableName"], [asked], names))


def _batch(operation: str, requests: Mapping[str, Any], names: Names) -> Iterator[Need]:
    for table, part in requests.items():
        items = part["Keys"] if operation == "BatchGetItem" else [_written(request) for request in part]
        yield Need(f"dynamodb:{operation}", _table(table, names), _leading(table, items, names))


def _written(request: Mapping[str, Any]) -> Mapping[str, Any]:
    item: Mapping[str, Any] = (
        request["PutRequest"]["Item"] if "PutRequest" in request else request["DeleteRequest"]["Key"]
    )
    return item
