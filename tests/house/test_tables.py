"""The tables of the template are those of the code: keys, indexes, projections, streams, expiry."""

import importlib
import pkgutil
from typing import Any

import pytest
from pynamodb.indexes import GlobalSecondaryIndex

from certification.cloud import tables
from certification.cloud.outbox import OutboxRow
from certification.cloud.tables.base import Row
from tests.house.templates import Tree, of_type, written

for _module in pkgutil.iter_modules(tables.__path__):
    importlib.import_module(f"{tables.__name__}.{_module.name}")

NAMES = {"HASH": "HASH", "RANGE": "RANGE"}


def rows() -> dict[str, type[Row]]:
    """Every table of the code by its plain name."""
    return {row.Meta.table_name.split("-", 1)[1]: row for row in Row.__subclasses__()}


def declared() -> dict[str, Tree]:
    return dict(of_type(written(), "AWS::DynamoDB::Table"))


def keys(attributes: Any) -> list[tuple[str, str]]:
    """The key of a row or an index as the template writes it."""
    found = []
    for attribute in attributes.values():
        if attribute.is_hash_key:
            found.append((attribute.attr_name, "HASH"))
        elif attribute.is_range_key:
            found.append((attribute.attr_name, "RANGE"))
    return sorted(found, key=lambda key: key[1])


def schema(part: Tree) -> list[tuple[str, str]]:
    return [(key["AttributeName"], key["KeyType"]) for key in part["KeySchema"]]


def indexes(row: type[Row]) -> dict[str, Any]:
    return {index.Meta.index_name: index for index in vars(row).values() if isinstance(index, GlobalSecondaryIndex)}


def test_the_code_and_the_template_have_the_same_tables() -> None:
    assert set(rows()) == set(declared())


@pytest.mark.parametrize("name", sorted(rows()))
def test_a_table_has_the_keys_that_its_row_has(name: str) -> None:
    row, table = rows()[name], declared()[name]
    assert schema(table) == keys(row.get_attributes())


@pytest.mark.parametrize("name", sorted(rows()))
def test_a_table_has_the_indexes_that_its_row_has(name: str) -> None:
    found = indexes(rows()[name])
    written_down = {index["IndexName"]: index for index in declared()[name].get("GlobalSecondaryIndexes", [])}
    assert set(found) == set(written_down)
    for index_name, index in found.items():
        assert schema(written_down[index_name]) == keys(index.Meta.attributes)
        projection = written_down[index_name]["Projection"]["ProjectionType"]
        assert projection == index.Meta.projection.projection_type


@pytest.mark.parametrize("name", sorted(rows()))
def test_a_table_declares_the_type_of_its_key_attributes_and_no_others(name: str) -> None:
    row, table = rows()[name], declared()[name]
    used = {key for key, _ in schema(table)}
    used |= {key for index in table.get("GlobalSecondaryIndexes", []) for key, _ in schema(index)}
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    assert set(types) == used
    attributes = row.get_attributes()
    assert {attribute: attributes[attribute].attr_type for attribute in types} == types


@pytest.mark.parametrize("name", sorted(rows()))
def test_a_row_that_can_expire_is_in_a_table_that_lets_it(name: str) -> None:
    expiry = declared()[name].get("TimeToLiveSpecification", {})
    expires = "expires" in rows()[name].get_attributes()
    assert expires is (expiry.get("Enabled") is True)
    if expires:
        assert expiry["AttributeName"] == "expires"


def test_only_the_outbox_has_a_stream_and_it_shows_what_was_written() -> None:
    streams = {
        name: table["StreamSpecification"] for name, table in declared().items() if "StreamSpecification" in table
    }
    assert streams == {rows_name(OutboxRow): {"StreamViewType": "NEW_IMAGE"}}


def rows_name(row: type[Row]) -> str:
    return next(name for name, each in rows().items() if each is row)


def test_what_can_be_due_is_found_by_the_job_that_looks() -> None:
    """Every table with a due index is one that the deadlines job reads and has an outcome for."""
    deadlines = importlib.import_module("certification.acts.deadlines")
    due = {name for name, row in rows().items() if "due" in indexes(row)}
    assert due == set(deadlines.OUTCOMES)
