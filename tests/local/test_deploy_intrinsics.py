"""CloudFormation's functions, one by one."""

from typing import Any

import pytest

from local.deploy import DeployError
from local.deploy.intrinsics import Resolver, literal, refuse_placeholders
from local.deploy.order import creation_order, references, refuse_unused_conditions

TEMPLATE = {
    "Conditions": {
        "Full": {"Fn::Equals": [{"Ref": "Level"}, "full"]},
        "Plain": {"Fn::Not": [{"Condition": "Full"}]},
        "Both": {"Fn::And": [{"Condition": "Full"}, {"Condition": "Plain"}]},
        "Either": {"Fn::Or": [{"Condition": "Full"}, {"Condition": "Plain"}]},
    },
    "Mappings": {"Waits": {"letters": {"seconds": 180}}},
}


@pytest.fixture
def resolver() -> Resolver:
    made = Resolver(TEMPLATE, {"Level": "plain"}, "assay")
    made.refs["Queue"], made.attributes["Queue"] = "https://queue", {"Arn": "arn:queue", "Nested.Part": "deep"}
    return made


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Level"}, "plain"),
        ({"Ref": "Queue"}, "https://queue"),
        ({"Ref": "AWS::Region"}, "ap-southeast-1"),
        ({"Fn::GetAtt": "Queue.Arn"}, "arn:queue"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:queue"),
        ({"Fn::GetAtt": "Queue.Nested.Part"}, "deep"),
        ({"Fn::Sub": "${AWS::StackName}-${Level}/${Queue.Arn}"}, "assay-plain/arn:queue"),
        ({"Fn::Sub": ["${Own}-${Level}", {"Own": {"Ref": "Queue"}}]}, "https://queue-plain"),
        ({"Fn::Join": [":", ["a", {"Ref": "Level"}, 7]]}, "a:plain:7"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::FindInMap": ["Waits", "letters", "seconds"]}, 180),
        ({"Fn::If": ["Full", "yes", {"Ref": "Level"}]}, "plain"),
        ([1, {"Ref": "AWS::NoValue"}, 2], [1, 2]),
        ({"kept": 1, "gone": {"Fn::If": ["Full", 1, {"Ref": "AWS::NoValue"}]}}, {"kept": 1}),
        (
            {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        ),
    ],
)
def test_resolves(resolver: Resolver, value: Any, expected: Any) -> None:
    assert resolver.resolve(value, "Here") == expected


@pytest.mark.parametrize(("name", "holds"), [("Full", False), ("Plain", True), ("Both", False), ("Either", True)])
def test_conditions_are_decided_from_parameters_and_each_other(resolver: Resolver, name: str, holds: bool) -> None:
    assert resolver.condition(name, "Here") is holds


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Absent"},
        {"Fn::GetAtt": "Absent.Arn"},
        {"Fn::GetAtt": "Queue.Age"},
        {"Fn::Sub": "${Absent}"},
        {"Fn::Select": [2, ["a"]]},
        {"Fn::FindInMap": ["Waits", "letters", "hours"]},
        {"Fn::If": ["Absent", 1, 2]},
        {"Fn::ImportValue": "x"},
        {"Fn::Join": [",", "text"]},
    ],
)
def test_refuses_with_the_place(resolver: Resolver, value: Any) -> None:
    with pytest.raises(DeployError, match=r"^Here: "):
        resolver.resolve(value, "Here")


def test_a_literal_placeholder_survives_and_a_forgotten_one_is_refused(resolver: Resolver) -> None:
    kept = resolver.resolve({"Fn::Sub": "${!Step}"}, "Here")
    refuse_placeholders(kept, "Here")
    assert literal({"text": [kept]}) == {"text": ["${Step}"]}
    with pytest.raises(DeployError, match=r"unresolved \$\{Step\}"):
        refuse_placeholders({"deep": ["${Step}"]}, "Here")


def test_references_are_found_in_every_function() -> None:
    value = {
        "a": {"Ref": "A"},
        "b": [{"Fn::GetAtt": ["B", "Arn"]}, {"Fn::GetAtt": "C.Arn"}],
        "c": {"Fn::Sub": ["${D}-${E.Arn}", {"x": {"Ref": "F"}}]},
    }
    assert references(value) == {"A", "B", "C", "D", "E", "F"}


def test_resources_come_after_what_they_need_and_otherwise_in_the_order_of_the_template() -> None:
    resources: dict[str, dict[str, Any]] = {
        "Last": {"Properties": {"x": {"Ref": "First"}}, "DependsOn": "Second"},
        "First": {},
        "Second": {"DependsOn": ["First"]},
    }
    assert creation_order(resources) == ["First", "Second", "Last"]


def test_a_condition_used_only_by_an_output_or_another_condition_counts_as_used() -> None:
    conditions: dict[str, Any] = {"A": {"Fn::Not": [{"Condition": "B"}]}, "B": {"Fn::Equals": [1, 1]}}
    refuse_unused_conditions({"Conditions": conditions, "Outputs": {"O": {"Condition": "A", "Value": 1}}})
    with pytest.raises(DeployError, match=r"^A: "):
        refuse_unused_conditions({"Conditions": conditions})
