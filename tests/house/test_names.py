"""Names: one name in three spellings for a function, verbs for what works, nouns for doors, words instead of letters."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import FUNCTIONS, PACKAGE, ROOT, handlers, named, python_files, tree
from tests.house.templates import as_list, of_type, target, transformed, written

# Doors are called by the outside; everything else does something.
VERBS = {
    "apply",
    "check",
    "choose",
    "conclude",
    "draw",
    "export",
    "find",
    "finish",
    "freeze",
    "give",
    "issue",
    "open",
    "prepare",
    "publish",
    "read",
    "reconcile",
    "relay",
    "release",
    "render",
    "reserve",
    "seat",
    "send",
    "settle",
}
ONE_WORD = {"notify", "authorizer", "portal"}

_SHORT = """
addr amt appl arr bool btn buf calc cand cert cfg cmd cnt conf ctx cur curr cust db decl def del dep desc
dest dob elem err evt expr ext fmt fn func gen hdr helper helpers idx impl img inc info init inst int iter len
lang lst mgr misc msg num obj op opt opts params perm pkg pos pred prev proc prog prop props ptr pwd qty qs
rec regex repo req res resp ret seq sess sig src srv stat stmt str stuff svc sym tbl temp tmp tok tot txt typ
upd usr util utils val vals var vars ver vol
"""
ABBREVIATIONS = frozenset(_SHORT.split())
# Names that a library or the language gives, where one of its methods is overridden.
GIVEN = {"init_signing_session", "obj", "exc", "params"}


def functions() -> dict[str, str]:
    """The folder of every function of the template, with its logical id."""
    return {
        Path(properties["CodeUri"]).name: logical_id
        for logical_id, properties in of_type(written(), "AWS::Serverless::Function")
    }


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def doors() -> set[str]:
    """The functions the outside calls: those with a route, and the authorizer before them."""
    found = set()
    for folder, logical_id in functions().items():
        events = written()["Resources"][logical_id]["Properties"].get("Events", {})
        if any(event["Type"] == "HttpApi" for event in events.values()):
            found.add(folder)
    return found | {"authorizer"}


def test_every_function_of_the_template_has_its_folder_and_every_folder_its_function() -> None:
    assert set(functions()) == {path.parent.name for path in handlers()}


def test_a_function_has_one_name_in_folder_resource_and_cloud() -> None:
    for folder, logical_id in functions().items():
        properties = written()["Resources"][logical_id]["Properties"]
        assert logical_id == f"{camel(folder)}Function"
        assert properties["CodeUri"] == f"functions/{folder}"
        assert properties["FunctionName"] == {"Fn::Sub": f"${{AWS::StackName}}-{folder}"}
        assert properties["Role"] == {"Fn::GetAtt": [f"{camel(folder)}Role", "Arn"]}


def test_a_state_machine_has_one_name_in_file_resource_and_cloud() -> None:
    machines = dict(of_type(written(), "AWS::Serverless::StateMachine"))
    assert {f"{path.name}" for path in (ROOT / "statemachines").iterdir()} == {
        Path(each["DefinitionUri"]).name for each in machines.values()
    }
    for logical_id, properties in machines.items():
        name = Path(properties["DefinitionUri"]).name.removesuffix(".asl.yaml")
        assert logical_id == f"{camel(name)}Machine"
        assert properties["Name"] == {"Fn::Sub": f"${{AWS::StackName}}-{name}"}
        assert properties["Role"] == {"Fn::GetAtt": [f"{logical_id}Role", "Arn"]}


def test_a_machine_calls_a_function_by_the_functions_name() -> None:
    for logical_id, properties in of_type(transformed(), "AWS::StepFunctions::StateMachine"):
        for name, value in properties["DefinitionSubstitutions"].items():
            assert target(value) in {f"{name}Function", name}, f"{logical_id} calls {target(value)} {name}"


def test_tables_queues_and_buckets_carry_the_stacks_name() -> None:
    fields = {
        "AWS::DynamoDB::Table": "TableName",
        "AWS::SQS::Queue": "QueueName",
        "AWS::S3::Bucket": "BucketName",
        "AWS::Scheduler::Schedule": "Name",
    }
    for kind, field in fields.items():
        for logical_id, properties in of_type(transformed(), kind):
            name = properties[field]["Fn::Sub"]
            assert name.startswith("${AWS::StackName}-"), f"{logical_id} is called {name}"
            if kind == "AWS::DynamoDB::Table":
                assert name == f"${{AWS::StackName}}-{logical_id}"


def test_doors_are_nouns_and_everything_else_begins_with_a_verb() -> None:
    for folder in functions():
        first = folder.split("_")[0]
        if folder in doors():
            assert first not in VERBS, f"the door {folder} sounds like a step"
        else:
            assert folder in ONE_WORD or (first in VERBS and "_" in folder), f"{folder} is not verb_noun"


def test_state_machines_are_nouns() -> None:
    for logical_id, _ in of_type(written(), "AWS::Serverless::StateMachine"):
        assert logical_id.removesuffix("Machine").lower() not in VERBS


ANNOUNCEMENT = re.compile(
    r"(?:[A-Z][a-z]*)+(?:ed|Sent|Drawn|Withdrawn|Paid|Held|Lost|Overdue|CalledOff|TakenBack|QueuedForReturn)"
)


def test_announcements_are_facts_in_the_past_tense() -> None:
    for logical_id, rule in of_type(written(), "AWS::Events::Rule"):
        if rule["EventPattern"]["source"] == ["assay"]:
            for name in as_list(rule["EventPattern"]["detail-type"]):
                assert ANNOUNCEMENT.fullmatch(name), f"{logical_id} hears {name}"


def words_of(name: str) -> list[str]:
    return re.findall(r"[a-z]+|[A-Z][a-z]*", name.strip("_"))


def names_given(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Every name that a file gives to something of its own."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno


def shortened(module: ast.Module) -> list[tuple[str, int]]:
    return [
        (name, line)
        for name, line in names_given(module)
        if name not in GIVEN and not name.startswith("__")
        if any(word.lower() in ABBREVIATIONS for word in words_of(name))
    ]


def test_names_are_words() -> None:
    found = [
        f"{named(path)}:{line} {name}"
        for path in python_files(PACKAGE, FUNCTIONS, ROOT / "local")
        for name, line in shortened(tree(path))
    ]
    found += [
        named(path)
        for path in python_files(PACKAGE, FUNCTIONS, ROOT / "local")
        if not path.stem.startswith("__") and ABBREVIATIONS & set(path.stem.split("_"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "count"),
    [("def calc_amt(): ...", 1), ("msg = 1", 1), ("def f(req): ...", 1), ("message = 1", 0), ("AppCfg = 1", 1)],
)
def test_a_shortened_name_is_found(source: str, count: int) -> None:
    assert len(shortened(ast.parse(source))) == count
