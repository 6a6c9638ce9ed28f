"""template.yaml to plain CloudFormation, offline: what `sam package` and the SAM transform do on AWS.

Code stays where it is: `CodeUri` and `ContentUri` become `s3://local-code/<path relative to the template>`, so the path
is found again in the result. `DefinitionUri` is read and put in place, its states in the order they were written.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import yaml
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from local.deploy.errors import DeployError
from local.stack import REGION

CODE_BUCKET = "local-code"

_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


def transform(template: Path, parameters: Mapping[str, str]) -> dict[str, Any]:
    """The CloudFormation template that SAM makes of `template`. `parameters` are checked against its declarations."""
    document: dict[str, Any] = yaml_parse(template.read_text(encoding="utf-8"))
    chosen = choose_parameters(document, parameters)
    definitions: dict[str, Any] = {}
    for logical_id, resource in document.get("Resources", {}).items():
        properties = resource.setdefault("Properties", {})
        if resource["Type"] in _CODE:
            _place_code(logical_id, properties, _CODE[resource["Type"]], template.parent)
        elif resource["Type"] == "AWS::Serverless::StateMachine":
            definitions[logical_id] = _place_definition(logical_id, properties, template.parent)
    result = _translate(document, chosen)
    for logical_id, definition in definitions.items():
        # SAM sorts the keys of a definition; the states are to be shown in the order of the process.
        result["Resources"][logical_id]["Properties"]["DefinitionString"] = json.dumps(definition, ensure_ascii=False)
    return result


def choose_parameters(document: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Every parameter of the template with the given value or its default."""
    declared: dict[str, dict[str, Any]] = document.get("Parameters", {})
    for name in given:
        if name not in declared:
            raise DeployError(name, "the template declares no such parameter")
    chosen = {}
    for name, declaration in declared.items():
        value = given.get(name, declaration.get("Default"))
        if value is None:
            raise DeployError(name, "the parameter has no default and was not given")
        allowed = declaration.get("AllowedValues")
        if allowed is not None and value not in allowed:
            raise DeployError(name, f"{value!r} is not one of {', '.join(map(str, allowed))}")
        chosen[name] = str(value)
    return chosen


def _place_code(logical_id: str, properties: dict[str, Any], name: str, base: Path) -> None:
    location = properties.get(name)
    if not isinstance(location, str) or location.startswith("s3://"):
        raise DeployError(logical_id, f"{name} must be a folder beside the template, not {location!r}")
    folder = Path(location).as_posix().strip("/")
    if not (base / folder).is_dir():
        raise DeployError(logical_id, f"{name} names the folder {folder}, which does not exist")
    properties[name] = f"s3://{CODE_BUCKET}/{folder}"


def _place_definition(logical_id: str, properties: dict[str, Any], base: Path) -> Any:
    location = properties.pop("DefinitionUri", None)
    if not isinstance(location, str):
        raise DeployError(logical_id, "a state machine needs a DefinitionUri that names a file beside the template")
    file = base / location
    if not file.is_file():
        raise DeployError(logical_id, f"DefinitionUri names the file {location}, which does not exist")
    try:
        definition = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as problem:
        raise DeployError(logical_id, f"{location} is not YAML: {problem}") from None
    properties["Definition"] = json.loads(json.dumps(definition))
    return definition


def _translate(document: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
    # The translator wants a session for its region; the credentials are never used and no call is made.
    session = boto3.session.Session(region_name=REGION, aws_access_key_id="none", aws_secret_access_key="none")
    translator = Translator({}, Parser(), boto_session=session)
    try:
        result: dict[str, Any] = translator.translate(document, parameters)
    except InvalidDocumentException as problem:
        causes = "; ".join(cause.message for cause in problem.causes)
        raise DeployError("template", f"SAM refuses it: {causes}") from None
    finally:
        translator.metrics.publish()  # to nobody; SAM complains at exit about what was not published
    return result
