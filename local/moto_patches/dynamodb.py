"""DynamoDB: transactions that can be repeated and undone cheaply, streams that tell each change once."""

import base64
import copy
import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from types import SimpleNamespace
from typing import Any

import moto.dynamodb.models as dynamodb_models
from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import DynamodbException
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import StreamRecord, StreamShard, Table
from moto.dynamodb.responses import DynamoHandler

from local.moto_patches.shared import LOCK, Patch, shared
from local.stack import ACCOUNT, REGION

TOKEN_LIFE = timedelta(minutes=10)
"""How long a ClientRequestToken is remembered (TransactWriteItems in the API reference)."""


def _repeatable(original: Any) -> Any:
    """The same token with the same request succeeds without a second effect; with another request it is refused.

    A transaction that was cancelled is not remembered: repeating it tries again, as on AWS. The tokens live in
    moto's backend, so they go with its state.
    """

    def transact_write_items(handler: Any) -> Any:
        token = handler.body.get("ClientRequestToken")
        if token is None:
            return original(handler)
        seen: dict[str, tuple[str, datetime]] = handler.dynamodb_backend.__dict__.setdefault("request_tokens", {})
        now = shared.now()
        # Oldest first: only what is over is looked at, however many tokens there are.
        for old in [name for name, _ in takewhile(lambda entry: now - entry[1][1] >= TOKEN_LIFE, seen.items())]:
            del seen[old]
        digest = hashlib.sha256(json.dumps(handler.body, sort_keys=True, default=repr).encode()).hexdigest()
        if token not in seen:
            answer = original(handler)
            seen[token] = (digest, now)
            return answer
        if seen[token][0] != digest:
            raise DynamodbException(
                "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException",
                "The request uses the same client token as a previous, but non-identical request. "
                "Do not reuse a client token with different requests, unless the requests are identical",
            )
        return ActionResult({"ConsumedCapacity": [], "ItemCollectionMetrics": {}})

    return transact_write_items


class _UndoLog:
    """What the keys of a transaction and the streams of its tables were before it."""

    def __init__(self, backend: Any, operations: Iterable[dict[str, Any]]) -> None:
        self.rows: list[tuple[Any, Any, Any, Any]] = []
        self.streams: dict[str, tuple[Any, int]] = {}
        for operation in operations:
            for request in operation.values():
                self._remember(backend, request)

    def _remember(self, backend: Any, request: dict[str, Any]) -> None:
        table = backend.tables.get(request.get("TableName"))
        if table is None:
            return
        if table.stream_shard is not None:
            self.streams.setdefault(table.name, (table.stream_shard, len(table.stream_shard.items)))
        key = request.get("Key") or request.get("Item") or {}
        if any(name not in key for name in table.table_key_attrs):
            return
        hash_key = DynamoType(key[table.hash_key_attr])
        range_key = DynamoType(key[table.range_key_attr]) if table.has_range_key else None
        self.rows.append((table, hash_key, range_key, copy.deepcopy(table.get_item(hash_key, range_key))))

    def undo(self) -> None:
        for table, hash_key, range_key, item in self.rows:
            rows, key = (table.items[hash_key], range_key) if range_key else (table.items, hash_key)
            if item is None:
                rows.pop(key, None)
            else:
                rows[key] = item
        for shard, length in self.streams.values():
            del shard.items[length:]


def _undoable(original: Any) -> Any:
    def transact_write_items(backend: Any, transact_items: list[dict[str, Any]]) -> None:
        log = _UndoLog(backend, transact_items)
        try:
            original(backend, transact_items)
        except BaseException:
            log.undo()
            raise

    return transact_write_items


def _copy_anything_but_tables(original: Any) -> Any:
    """moto copies whole tables before a transaction. With the undo log, the "copy" may be the table itself."""

    def deepcopy(value: Any, memo: Any = None) -> Any:
        return value if isinstance(value, Table) else original.deepcopy(value, memo)

    return SimpleNamespace(deepcopy=deepcopy, copy=original.copy)


class _CopyModule(Patch):
    def check(self) -> None:
        if self.owner.copy is not copy:
            raise ImportError("moto's dynamodb models no longer use the module copy")


def _one_record_per_change(_: Any) -> Any:
    """Like DynamoDB, tell nothing when nothing changed, and name the table's own region."""

    def add(shard: Any, old: Any, new: Any) -> None:
        if old is not None and new is not None and old == new:
            return
        name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
        number = shard.starting_sequence_number + len(shard.items)
        view = shard.table.stream_specification["StreamViewType"]
        record = StreamRecord(shard.table, view, name, old, new, number)
        record.record["awsRegion"] = shard.table.region_name
        shard.items.append(record)

    return add


def _update_told_once(original: Any) -> Any:
    """moto creates a missing item before it updates it, and tells both: the first record is taken back."""

    def update_item(backend: Any, table_name: str, *args: Any, **kwargs: Any) -> Any:
        shard = backend.get_table(table_name).stream_shard
        before = len(shard.items) if shard is not None else 0
        item = original(backend, table_name, *args, **kwargs)
        if shard is not None and len(shard.items) == before + 2:
            del shard.items[before]
            number = shard.starting_sequence_number + before
            shard.items[before].record["dynamodb"]["SequenceNumber"] = str(number)
        return item

    return update_item


def _plain(value: Any) -> Any:
    """Stream images as JSON: instants as seconds, binary as base64, sets as lists."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, DynamoType):
        return _plain(value.to_json())
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, (list, set, tuple)):
        return [_plain(part) for part in value]
    return value


def stream_records(table: str, after: int) -> list[dict[str, Any]]:
    """The stream records of a table as a function receives them, without the first `after`: the reader's cursor.

    `after` is how many records the reader has dealt with; records are never dropped, so the number stays good across
    a restored snapshot.
    """
    with LOCK:
        found = dynamodb_backends[ACCOUNT][REGION].tables.get(table)
        if found is None or found.stream_shard is None:
            raise KeyError(f"there is no table {table} with a stream")
        arn = f"{found.table_arn}/stream/{found.latest_stream_label}"
        return [
            {**_plain(item.record), "eventVersion": "1.1", "eventSourceARN": arn}
            for item in found.stream_shard.items[after:]
        ]


PATCHES = (
    Patch(DynamoHandler, "transact_write_items", "self", _repeatable),
    Patch(DynamoDBBackend, "transact_write_items", "self, transact_items", _undoable),
    _CopyModule(dynamodb_models, "copy", "", _copy_anything_but_tables),
    Patch(StreamShard, "add", "self, old, new", _one_record_per_change),
    Patch(
        DynamoDBBackend,
        "update_item",
        "self, table_name, key, update_expression, expression_attribute_names, expression_attribute_values, "
        "attribute_updates, expected, condition_expression, return_values_on_condition_check_failure",
        _update_told_once,
    ),
)
