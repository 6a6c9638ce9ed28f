"""What is computed anew though it never changes, and rows that are sorted though nobody asked for them.

Nothing behaves differently; a call takes half the time, a table with thousands of rows stays as quick as an empty one,
and what was replaced can be forgotten.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.useragent import UserAgentString
from moto.core import responses
from moto.core.common_models import BaseModel
from moto.core.serialize import AttributePicker
from moto.dynamodb.models.table import Table

from local.moto_patches.shared import Patch

USER_AGENT = "local cloud"
ASKED = "asked_for"
"""Where a table notes, for the time of one query, which hash keys are asked for: (attribute, text)."""


def _constant(_original: Callable[[Any], str]) -> Callable[[Any], str]:
    """botocore puts it together twice per call; moto does not read it."""
    return lambda _agent: USER_AGENT


def _at_once_from_a_dictionary(original: Any) -> Any:
    """moto looks for each member of an answer under five names. A dictionary has it under its own, or it is absent."""

    def pick(picker: Any, context: Any) -> Any:
        values, key = context.obj, context.key
        if type(values) is dict and not picker.response_transformers:
            if key in values:
                return values[key]
            if context.shape.parent.name == "AttributeValue":
                return None
        return original(picker, context)

    return pick


def _forgotten_when_unused(_original: Any) -> Any:
    """moto lists every row, message and table it ever made, for a dashboard that we do not have."""

    def create(cls: type[BaseModel], *_arguments: Any, **_named: Any) -> BaseModel:
        created: BaseModel = super(BaseModel, cls).__new__(cls)
        return created

    return staticmethod(create)


def _noting_what_is_asked(original: Any) -> Any:
    """A query sorts every row of its table before it looks at one: let it see the rows of its hash key only."""

    def query(table: Any, hash_key: Any, *rest: Any, **more: Any) -> Any:
        index_name = more.get("index_name") or (rest[6] if len(rest) > 6 else None)
        wanted = more.get("hash_key_conditions") if index_name else [(table.hash_key_attr, hash_key)]
        if wanted and all(value is not None and value.type == "S" for _, value in wanted):
            table.__dict__[ASKED] = [(name, value.value) for name, value in wanted]
        try:
            return original(table, hash_key, *rest, **more)
        finally:
            table.__dict__.pop(ASKED, None)

    return query


def _sorted_by_value(_original: Any) -> Any:
    """moto casts both sides of every comparison; here each key is cast once."""

    def all_items(table: Any) -> list[Any]:
        rows = table.items.values()
        items = [item for row in rows for item in row.values()] if table.range_key_attr else list(rows)
        for name, text in table.__dict__.get(ASKED, ()):
            items = [item for item in items if name in item.attrs and item.attrs[name].value == text]
        return sorted(items, key=_place)

    return all_items


def _place(item: Any) -> tuple[Any, ...]:
    return (item.hash_key.cast_value, item.range_key.cast_value) if item.range_key else (item.hash_key.cast_value,)


PATCHES: tuple[Patch, ...] = (
    Patch(responses, "method_names_from_class", "clazz", cache),
    Patch(UserAgentString, "to_string", "self", _constant),
    Patch(BaseModel, "__new__", "cls, args, kwargs", _forgotten_when_unused),
    Patch(AttributePicker, "__call__", "self, context", _at_once_from_a_dictionary),
    Patch(
        Table,
        "query",
        "self, hash_key, range_comparison, range_objs, limit, exclusive_start_key, scan_index_forward, "
        "projection_expressions, index_name, consistent_read, filter_expression, hash_key_conditions, "
        "range_key_conditions, filter_kwargs",
        _noting_what_is_asked,
    ),
    Patch(Table, "all_items", "self", _sorted_by_value),
)
