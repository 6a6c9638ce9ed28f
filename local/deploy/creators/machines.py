"""State machines: the definition with its substitutions, for our own engine."""

import json
from typing import Any

from local.deploy.creating import Created, Creator, Deployment, Properties
from local.deploy.errors import DeployError
from local.deploy.intrinsics import PLACEHOLDER
from local.stack import ACCOUNT, REGION, MachineSpec


def _machine(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    name = deployment.physical_name(logical_id, properties.get("StateMachineName"))
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"
    spec = MachineSpec(
        logical_id=logical_id,
        name=name,
        arn=arn,
        definition=_definition(logical_id, properties),
        kind=properties.get("StateMachineType", "STANDARD"),
        role=deployment.role(properties["RoleArn"], logical_id, "states.amazonaws.com"),
    )
    if spec.kind not in ("STANDARD", "EXPRESS"):
        raise DeployError(logical_id, f"StateMachineType may be STANDARD or EXPRESS, not {spec.kind}")
    deployment.stack.machines[logical_id] = spec
    return Created(arn, {"Arn": arn, "Name": name}, name=name)


def _definition(logical_id: str, properties: Properties) -> dict[str, Any]:
    text: str = properties["DefinitionString"]
    for name, value in (properties.get("DefinitionSubstitutions") or {}).items():
        text = text.replace(f"${{{name}}}", str(value))
    left = PLACEHOLDER.findall(text)
    if left:
        raise DeployError(logical_id, f"its definition has ${{{left[0]}}}, which DefinitionSubstitutions does not give")
    try:
        definition: dict[str, Any] = json.loads(text)
    except ValueError as problem:
        raise DeployError(logical_id, f"its definition is not JSON after substitution: {problem}") from None
    return definition


CREATORS = {
    "AWS::StepFunctions::StateMachine": Creator(
        _machine,
        {
            "LoggingConfiguration": "the control room shows every execution",
            "Tags": "nothing reads them",
            "TracingConfiguration": "nothing is traced",
        },
    )
}
