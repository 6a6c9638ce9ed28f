"""What a piece of life costs: Lambda calls by function, and DynamoDB write units by function, counted call by call.

A write costs one unit for each begun KiB of its item, twice that in a transaction, and a condition check as much as a
write. Every index that holds the item costs its size once more: twice where its key changed (out and in), once where
it did not, came or went.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from certification.cloud import clients
from local.chain import FUNCTION
from tests.functions.stand import Stand

INDEXES = {"due": ("due_bucket", "due"), "candidate": ("candidate",), "place": ("place",), "queue": ("queue",)}
Item = dict[str, dict[str, Any]]


class Spent:
    """`calls` by function, `units` by function and table."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.units: Counter[tuple[str, str]] = Counter()
        self._known: dict[tuple[str, str], Item] = dict(_everything())

    def by(self, *functions: str) -> int:
        """The units of these functions; of all without names."""
        return sum(units for (function, _), units in self.units.items() if not functions or function in functions)

    def wrote(self, params: dict[str, Any], model: Any, **_kwargs: Any) -> None:
        """One call to DynamoDB, as it leaves the client."""
        body = json.loads(params["body"]) if params.get("body") else {}
        if model.name == "TransactWriteItems":
            for one in body["TransactItems"]:
                ((kind, write),) = one.items()
                self._write(kind, write, times=2)
        elif model.name in ("PutItem", "UpdateItem", "DeleteItem"):
            self._write(model.name.removesuffix("Item"), body, times=1)

    def _write(self, kind: str, write: dict[str, Any], times: int) -> None:
        table = write["TableName"]
        key = (table, _key(write.get("Item") or write["Key"]))
        before = self._known.get(key, {})
        after = write["Item"] if kind == "Put" else {} if kind == "Delete" else before
        units = times * max(_kib(before), _kib(after), 1)
        if kind in ("Put", "Delete", "Update"):
            units += sum(_index(keys, before, after, kind == "Update") for keys in INDEXES.values())
        self._known[key] = after
        self.units[FUNCTION.get() or "nobody", table] += units


def _index(keys: tuple[str, ...], before: Item, after: Item, touched: bool) -> int:
    was, now = ([item.get(name) for name in keys] for item in (before, after))
    there, here = all(was), all(now)
    if there and here:
        return _kib(before) + _kib(after) if was != now else _kib(after)
    return _kib(before) * there + _kib(after) * here + touched * 0


def _everything() -> Iterator[tuple[tuple[str, str], Item]]:
    """Every row there is, by table and key."""
    client = clients.dynamodb()
    for table in client.list_tables()["TableNames"]:
        for page in client.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                yield (table, _key(item)), item  # type: ignore[misc]


def _key(item: Any) -> str:
    return json.dumps([item.get(name) for name in ("pk", "sk")], sort_keys=True)


def _kib(item: Item) -> int:
    size = sum(len(name) + len(str(next(iter(value.values()))).encode()) for name, value in item.items())
    return math.ceil(size / 1024)


@contextmanager
def counted(stand: Stand) -> Iterator[Spent]:
    """Counts everything that happens inside."""
    spent, events, invoker = Spent(), clients.dynamodb().meta.events, stand.cloud.invoker
    real = invoker.invoke

    def listening(function: str, event: Any) -> Any:
        spent.calls[invoker.find(function).code.name] += 1
        return real(function, event)

    events.register("before-call.dynamodb", spent.wrote)
    invoker.invoke = listening  # type: ignore[method-assign]
    try:
        yield spent
    finally:
        invoker.invoke = real  # type: ignore[method-assign]
        events.unregister("before-call.dynamodb", spent.wrote)
