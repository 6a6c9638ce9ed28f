"""What the template says about who calls whom, in the words of the page."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]

type Tree = dict[str, Any]


class _Reader(yaml.SafeLoader):
    """Reads `!Ref X`, `!GetAtt X.Arn` and `!Sub "${X.Arn}/…"` as the name X, or as the text if it is none."""


def _name(loader: _Reader, suffix: str, node: yaml.Node) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        return None
    text = str(loader.construct_scalar(node))
    if suffix == "Ref":
        return text
    if suffix == "GetAtt":
        return text.split(".")[0]
    named = re.match(r"\$\{(\w+)(?:\.\w+)?\}(.*)", text)
    return text if named is None else f"{named[1]}{named[2]}"


_Reader.add_multi_constructor("!", _name)


@cache
def template() -> Tree:
    read: Tree = yaml.load((ROOT / "template.yaml").read_text(encoding="utf-8"), _Reader)
    return read


def of_type(kind: str) -> Iterator[tuple[str, Tree]]:
    """The resources of a type, in the order of the template: logical id and properties."""
    for logical_id, resource in template()["Resources"].items():
        if resource["Type"] == kind:
            yield logical_id, resource["Properties"]


@cache
def comments() -> dict[str, str]:
    """The comment that stands above a resource."""
    return {
        name: text.strip()
        for text, name in re.findall(
            r"^  # (.+)\n  (\w+):$", (ROOT / "template.yaml").read_text(encoding="utf-8"), re.M
        )
    }


def functions() -> dict[str, str]:
    """The functions in the order of the process: logical id and folder."""
    return {name: Path(each["CodeUri"]).name for name, each in of_type("AWS::Serverless::Function")}


def machines() -> dict[str, str]:
    """The machines in the order of the process: logical id and name."""
    found = of_type("AWS::Serverless::StateMachine")
    return {name: Path(each["DefinitionUri"]).name.removesuffix(".asl.yaml") for name, each in found}


def tasks(machine: str) -> list[tuple[str, str]]:
    """The states of a machine that call a function: state and folder, in the order they are written."""
    properties = template()["Resources"][machine]["Properties"]
    definition = yaml.safe_load((ROOT / properties["DefinitionUri"]).read_text(encoding="utf-8"))
    filled = properties["DefinitionSubstitutions"]
    found = []
    for name, state in _states(definition):
        called = re.fullmatch(r"\$\{(\w+)\}", str(state.get("Arguments", {}).get("FunctionName", "")))
        if called:
            found.append((name, functions()[filled[called[1]]]))
    return found


def _states(part: Tree) -> Iterator[tuple[str, Tree]]:
    for name, state in part["States"].items():
        yield name, state
        for inner in (*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])):
            yield from _states(inner)


def callers(folder: str) -> list[str]:
    """Which machines call a function, by name."""
    return [name for machine, name in machines().items() if folder in {called for _, called in tasks(machine)}]


def listeners() -> dict[str, str]:
    """The folder of the function behind each queue."""
    found = {}
    for name, each in of_type("AWS::Serverless::Function"):
        for event in each.get("Events", {}).values():
            if event["Type"] == "SQS":
                found[event["Properties"]["Queue"]] = functions()[name]
    return found


def routes(function: str) -> list[str]:
    """The routes of a door, those without the authorizer marked."""
    found = []
    for event in template()["Resources"][function]["Properties"].get("Events", {}).values():
        if event["Type"] == "HttpApi":
            properties = event["Properties"]
            open_to_all = properties.get("Auth", {}).get("Authorizer") == "NONE"
            found.append(f"`{properties['Method']} {properties['Path']}`{' (public)' if open_to_all else ''}")
    return found


def hearers(announcement: str) -> list[tuple[str, str]]:
    """The rules that hear an announcement: the rule and what it starts or fills."""
    return [
        (rule, each["Targets"][0]["Arn"])
        for rule, each in of_type("AWS::Events::Rule")
        if each["EventPattern"]["source"] == ["assay"] and announcement in each["EventPattern"]["detail-type"]
    ]


def bucket_rules() -> list[tuple[str, str, str]]:
    """The rules about files: the rule, which files, and what it starts or fills."""
    found = []
    for rule, each in of_type("AWS::Events::Rule"):
        if each["EventPattern"]["source"] == ["aws.s3"]:
            detail = each["EventPattern"]["detail"]
            keys = [key["prefix"] for key in detail.get("object", {}).get("key", [])] or ["*"]
            bucket = detail["bucket"]["name"][0]
            found.append((rule, ", ".join(f"{bucket}/{key}" for key in keys), each["Targets"][0]["Arn"]))
    return found


def jobs() -> list[tuple[str, str, str, str]]:
    """The schedules: logical id, how often, the job, what it starts."""
    rate = template()["Parameters"]["JobRate"]["Default"]
    return [
        (
            name,
            rate if each["ScheduleExpression"] == "JobRate" else each["ScheduleExpression"],
            json.loads(each["Target"]["Input"])["job"],
            each["Target"]["Arn"],
        )
        for name, each in of_type("AWS::Scheduler::Schedule")
    ]


def rights(function: str) -> dict[str, set[str]]:
    """What a function's role lets it do: tables it reads, tables it writes, and the rest in words."""
    role = template()["Resources"][template()["Resources"][function]["Properties"]["Role"]]["Properties"]
    tables = {name for name, _ in of_type("AWS::DynamoDB::Table")}
    found: dict[str, set[str]] = {"reads": set(), "writes": set(), "files": set()}
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            resource = str(statement["Resource"]).split("/index/")[0]
            for action in actions:
                verb = action.split(":")[1]
                if resource in tables:
                    found["writes" if verb in {"PutItem", "DeleteItem", "UpdateItem"} else "reads"].add(resource)
                elif action.startswith("s3:"):
                    found["files"].add(resource)
    return found
