"""template.yaml for the house tests: as written, and as CloudFormation gets it from SAM."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from local.deploy.transform import transform
from tests.house.sources import ROOT

TEMPLATE = ROOT / "template.yaml"

type Tree = dict[str, Any]


class _Reader(yaml.SafeLoader):
    """Reads the short forms of intrinsic functions as their long forms: `!Ref X` as `{"Ref": "X"}`."""


def _intrinsic(loader: _Reader, suffix: str, node: yaml.Node) -> Tree:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt":
        value = str(value).split(".", 1)
    return {suffix if suffix == "Ref" else f"Fn::{suffix}": value}


_Reader.add_multi_constructor("!", _intrinsic)


@cache
def _written() -> str:
    return json.dumps(yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Reader))


@cache
def _transformed() -> str:
    return json.dumps(transform(TEMPLATE, {}))


def written() -> Tree:
    """The template as it stands in the file; a copy that may be changed."""
    copy: Tree = json.loads(_written())
    return copy


def transformed() -> Tree:
    """The template as CloudFormation gets it; a copy that may be changed, each part by itself."""
    copy: Tree = json.loads(_transformed())
    return copy


def of_type(template: Tree, *kinds: str) -> Iterator[tuple[str, Tree]]:
    """The resources of these types: logical id and properties."""
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] in kinds:
            yield logical_id, resource.get("Properties", {})


def target(value: Any) -> str:
    """The logical id that a Ref, a GetAtt or the first name of a Sub points to; empty for anything else."""
    if isinstance(value, dict):
        if "Ref" in value:
            return str(value["Ref"])
        if "Fn::GetAtt" in value:
            return str(value["Fn::GetAtt"][0])
        if "Fn::Sub" in value and str(value["Fn::Sub"]).startswith("${"):
            return str(value["Fn::Sub"])[2:].split("}")[0].split(".")[0]
    return ""


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def statements(role: Tree) -> Iterator[Tree]:
    """The statements of a role's own policies."""
    for policy in role.get("Policies", []):
        yield from as_list(policy["PolicyDocument"]["Statement"])


def granted(role: Tree, resource: str) -> set[str]:
    """The actions that a role's own policies allow on a resource, given by its logical id."""
    return {
        action
        for statement in statements(role)
        if statement["Effect"] == "Allow"
        if any(target(each) == resource for each in as_list(statement["Resource"]))
        for action in as_list(statement["Action"])
    }


def folder_of(function: Tree) -> Path:
    """The folder a transformed function's code comes from."""
    return ROOT / "functions" / Path(function["Code"]["S3Key"]).name
