"""Lambda functions, layers, permissions and pollers. None of them exists in moto: the runtime runs them."""

import json
from pathlib import Path
from typing import Any

from local.deploy.creating import Created, Creator, Deployment, Properties, client
from local.deploy.errors import DeployError
from local.deploy.transform import CODE_BUCKET
from local.stack import ACCOUNT, REGION, EventSourceSpec, FunctionSpec

RUNTIME = "python3.13"
MOST_LAYERS = 5


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def _folder(code: Properties, deployment: Deployment) -> Path:
    if code["S3Bucket"] != CODE_BUCKET:
        raise DeployError(code.where, "its code must be a folder beside the template")
    return deployment.base / str(code["S3Key"])


def _layer(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    folder = _folder(properties.part("Content"), deployment)
    name = deployment.physical_name(logical_id, properties.get("LayerName"))
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{name}:1"
    inside = folder / "python"
    root = inside if inside.is_dir() else folder
    # A layer of third-party packages is a requirements.txt; its packages come from the virtual environment.
    has_code = any(entry.suffix == ".py" or entry.is_dir() for entry in root.iterdir())
    deployment.layers[arn] = root.resolve() if has_code else None
    return Created(arn, {"LayerVersionArn": arn}, name=name)


def _function(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    name = deployment.physical_name(logical_id, properties.get("FunctionName"))
    properties.only("Runtime", RUNTIME, "handlers run in this very interpreter")
    layers = properties.get("Layers") or []
    if len(layers) > MOST_LAYERS:
        raise DeployError(logical_id, f"has {len(layers)} layers; a function may have {MOST_LAYERS}")
    for arn in layers:
        if arn not in deployment.layers:
            raise DeployError(logical_id, f"its layer {arn} is not a layer of this template")
    variables = properties.part("Environment").get("Variables") or {}
    spec = FunctionSpec(
        logical_id=logical_id,
        name=name,
        arn=function_arn(name),
        handler=properties["Handler"],
        code=_folder(properties.part("Code"), deployment).resolve(),
        layers=tuple(path for arn in layers if (path := deployment.layers[arn]) is not None),
        timeout=int(properties.get("Timeout", 3)),
        memory=int(properties.get("MemorySize", 128)),
        environment={key: str(value) for key, value in variables.items()},
        role=deployment.role(properties["Role"], logical_id, "lambda.amazonaws.com"),
    )
    _require_handler(spec)
    deployment.stack.functions[logical_id] = spec
    return Created(name, {"Arn": spec.arn})


def _require_handler(spec: FunctionSpec) -> None:
    module = spec.handler.rsplit(".", 1)[0].replace(".", "/")
    if not (spec.code / f"{module}.py").is_file():
        raise DeployError(spec.logical_id, f"its handler {spec.handler} is not in {spec.code}")


def _permission(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    function = properties["FunctionName"]
    arn = function if function.startswith("arn:") else function_arn(function)
    if arn not in {spec.arn for spec in deployment.stack.functions.values()}:
        raise DeployError(logical_id, f"its function {function} is not a function of this template")
    statement: dict[str, Any] = {
        "Sid": logical_id,
        "Effect": "Allow",
        "Principal": {"Service": properties["Principal"]},
        "Action": properties["Action"],
        "Resource": arn,
    }
    if "SourceArn" in properties:
        statement["Condition"] = {"ArnLike": {"aws:SourceArn": properties["SourceArn"]}}
    if "SourceAccount" in properties:
        statement.setdefault("Condition", {})["StringEquals"] = {"aws:SourceAccount": properties["SourceAccount"]}
    deployment.stack.resource_policies.setdefault(arn, []).append(statement)
    return Created(logical_id)


def _event_source(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    source = properties["EventSourceArn"]
    is_queue = source.split(":")[2] == "sqs"
    wanted = properties["FunctionName"]
    function = next((spec for spec in deployment.stack.functions.values() if wanted in (spec.name, spec.arn)), None)
    if function is None:
        raise DeployError(logical_id, f"its function {wanted} is not a function of this template")
    if is_queue:
        _require_visibility(logical_id, source, function)
    elif properties.get("StartingPosition") != "TRIM_HORIZON":
        raise DeployError(
            logical_id, "a stream is read from TRIM_HORIZON here: records written before must not be lost"
        )
    filters = [json.loads(entry["Pattern"]) for entry in properties.part("FilterCriteria").each("Filters")]
    spec = EventSourceSpec(
        logical_id=logical_id,
        source_arn=source,
        function=function.name,
        batch_size=int(properties.get("BatchSize", 10 if is_queue else 100)),
        filters=tuple(filters),
        partial_failures="ReportBatchItemFailures" in (properties.get("FunctionResponseTypes") or []),
        maximum_retries=int(properties.get("MaximumRetryAttempts", -1)),
        bisect=bool(properties.get("BisectBatchOnFunctionError", False)),
        on_failure=properties.part("DestinationConfig").part("OnFailure").get("Destination"),
        enabled=bool(properties.get("Enabled", True)),
        maximum_age=int(properties.get("MaximumRecordAgeInSeconds", -1)),
    )
    deployment.stack.event_sources.append(spec)
    return Created(logical_id)


def _require_visibility(logical_id: str, queue: str, function: FunctionSpec) -> None:
    """Lambda refuses a queue whose messages come back while the function may still work on them."""
    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName=queue.rsplit(":", 1)[-1])["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    visibility = int(answer["Attributes"]["VisibilityTimeout"])
    if visibility < function.timeout:
        what = f"its queue hides a message for {visibility} s, but {function.name} may run {function.timeout} s"
        raise DeployError(logical_id, what)


_UNLIMITED = "concurrency and quotas are not modelled"

CREATORS = {
    "AWS::Lambda::LayerVersion": Creator(
        _layer,
        {
            "CompatibleArchitectures": "the local machine is what it is",
            "CompatibleRuntimes": "there is one runtime",
            "Description": "a description",
            "LicenseInfo": "a description",
        },
    ),
    "AWS::Lambda::Function": Creator(
        _function,
        {
            "Architectures": "the local machine is what it is",
            "Description": "a description",
            "EphemeralStorage": "the local disk is what it is",
            "LoggingConfig": "logs go to the console",
            "ReservedConcurrentExecutions": _UNLIMITED,
            "Tags": "nothing reads them",
            "TracingConfig": "nothing is traced",
        },
    ),
    "AWS::Lambda::Permission": Creator(_permission),
    "AWS::Lambda::EventSourceMapping": Creator(
        _event_source,
        {
            "MaximumBatchingWindowInSeconds": "what is there is delivered at once",
            "ParallelizationFactor": _UNLIMITED,
            "ScalingConfig": _UNLIMITED,
        },
    ),
}
