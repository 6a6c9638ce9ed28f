"""What the local cloud cannot do, it refuses: every error names the place in the template."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.deploy import DeployError, deploy, transform
from tests.local.patched_moto import patched_moto

PARAMETERS = {"Level": {"Type": "String", "Default": "plain", "AllowedValues": ["plain", "full"]}}
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}


@pytest.fixture(scope="module", autouse=True)
def _moto() -> Iterator[None]:
    with patched_moto():
        yield


def template(folder: Path, resources: dict[str, Any], **sections: Any) -> Path:
    function = folder / "code"
    function.mkdir(exist_ok=True)
    (function / "app.py").write_text("def handler(event, context): return event\n")
    content = {"Transform": "AWS::Serverless-2016-10-31", "Parameters": PARAMETERS, "Resources": resources, **sections}
    file = folder / "template.yaml"
    file.write_text(json.dumps(content))
    return file


def refused(file: Path, parameters: dict[str, str] | None = None) -> DeployError:
    with pytest.raises(DeployError) as refusal:
        deploy(file, parameters or {})
    return refusal.value


def trusted(service: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": statement}},
    }


def function(**properties: Any) -> dict[str, Any]:
    role = {"Fn::GetAtt": "Role.Arn"}
    given = {"CodeUri": "code", "Handler": "app.handler", "Runtime": "python3.13", "Role": role, **properties}
    return {"Type": "AWS::Serverless::Function", "Properties": given}


ROLE = {"Role": trusted("lambda.amazonaws.com")}

CASES: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "templates/deploy/refusals.yaml").read_text()
)


@pytest.mark.parametrize("name", CASES)
def test_refuses(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    refusal = refused(template(tmp_path, case["resources"]))
    assert refusal.where == case["where"]
    assert case["says"] in str(refusal)


def test_refuses_a_condition_that_nobody_uses(tmp_path: Path) -> None:
    conditions = {"Full": {"Fn::Equals": [{"Ref": "Level"}, "full"]}}
    assert refused(template(tmp_path, {"Q": QUEUE}, Conditions=conditions)).where == "Full"


def test_refuses_parameters_it_does_not_know_or_that_are_not_allowed(tmp_path: Path) -> None:
    file = template(tmp_path, {"Q": QUEUE})
    assert refused(file, {"Colour": "red"}).where == "Colour"
    assert refused(file, {"Level": "red"}).where == "Level"


def test_refuses_a_parameter_without_a_value(tmp_path: Path) -> None:
    file = template(tmp_path, {"Q": QUEUE}, Parameters={"Needed": {"Type": "String"}})
    assert refused(file).where == "Needed"


def test_refuses_a_definition_with_a_name_that_is_not_given(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text('{"StartAt": "A", "States": {"A": {"Type": "Pass", "Output": "${Step}"}}}')
    machine = {"DefinitionUri": "m.yaml", "Role": {"Fn::GetAtt": "Role.Arn"}}
    resources = {
        "Role": trusted("states.amazonaws.com"),
        "M": {"Type": "AWS::Serverless::StateMachine", "Properties": machine},
    }
    refusal = refused(template(tmp_path, resources))
    assert (refusal.where, "${Step}" in str(refusal)) == ("M", True)


def test_refuses_what_sam_refuses_with_sams_words(tmp_path: Path) -> None:
    broken = function(Events={"A": {"Type": "Telegram", "Properties": {}}})
    with pytest.raises(DeployError, match="SAM refuses it"):
        transform(template(tmp_path, {**ROLE, "F": broken}), {})


def test_refuses_to_look_up_what_restored_state_does_not_hold(tmp_path: Path) -> None:
    absent = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "absent"}}
    with pytest.raises(DeployError, match="restored state does not") as refusal:
        deploy(template(tmp_path, {"Absent": absent}), {}, existing=True)
    assert refusal.value.where == "Absent"
