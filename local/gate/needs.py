"""From an API call to the rights it needs.

Where action and operation have the same name, a table only says which resource is meant; the rest is written out. An
operation that stands nowhere fails closed. Source: AWS service authorization reference.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from email.utils import parseaddr
from typing import Any

from local.gate.evaluate import Context
from local.gate.names import Names, Need, UnmappedOperation
from local.gate.needs_dynamodb import dynamodb
from local.gate.needs_s3 import s3

type Parameters = Mapping[str, Any]


def needs(service: str, operation: str, parameters: Parameters, names: Names) -> list[Need]:
    """Every right that this call needs. `service` is the name boto3.client() takes, e.g. `stepfunctions`."""
    mapper = _MAPPERS.get(service)
    if mapper is None:
        raise UnmappedOperation(service, operation)
    return list(mapper(operation, parameters, names))


_QUEUE_OPERATIONS = {
    "ChangeMessageVisibility": "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "DeleteMessage": "DeleteMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "GetQueueAttributes": "GetQueueAttributes",
    "GetQueueUrl": "GetQueueUrl",
    "PurgeQueue": "PurgeQueue",
    "ReceiveMessage": "ReceiveMessage",
    "SendMessage": "SendMessage",
    "SendMessageBatch": "SendMessage",
}


def _sqs(operation: str, parameters: Parameters, names: Names) -> Iterator[Need]:
    if operation not in _QUEUE_OPERATIONS:
        raise UnmappedOperation("sqs", operation)
    queue = parameters.get("QueueName") or str(parameters["QueueUrl"]).rsplit("/", 1)[-1]
    yield Need(f"sqs:{_QUEUE_OPERATIONS[operation]}", names.arn("sqs", queue))


_KEY_OPERATIONS = {
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GetPublicKey",
    "Sign",
    "Verify",
    "VerifyMac",
}


def _kms(operation: str, parameters: Parameters, names: Names) -> Iterator[Need]:
    if operation == "GenerateRandom":
        yield Need("kms:GenerateRandom", "*")
        return
    if operation not in _KEY_OPERATIONS:
        raise UnmappedOperation("kms", operation)
    given = str(parameters.get("KeyId") or "")
    key = names.key(given) if given else names.key_of(parameters["CiphertextBlob"])
    yield Need(f"kms:{operation}", key, _kms_context(parameters, given, key, names))


def _kms_context(parameters: Parameters, given: str, key: str, names: Names) -> dict[str, str | tuple[str, ...]]:
    context: dict[str, str | tuple[str, ...]] = {}
    alias = given.split(":", 5)[-1]
    if alias.startswith("alias/"):
        context["kms:RequestAlias"] = alias
    aliases = tuple(name for name, target in names.aliases.items() if target == key)
    if aliases:
        context["kms:ResourceAliases"] = aliases
    for name in ("SigningAlgorithm", "MessageType", "MacAlgorithm"):
        if name in parameters:
            context[f"kms:{name}"] = parameters[name]
    encryption = parameters.get("EncryptionContext") or {}
    if encryption:
        context["kms:EncryptionContextKeys"] = tuple(encryption)
    return context | {f"kms:EncryptionContext:{name}": value for name, value in encryption.items()}


def _sesv2(operation: str, parameters: Parameters, names: Names) -> Iterator[Need]:
    if operation != "SendEmail":
        raise UnmappedOperation("sesv2", operation)
    # The right follows the content: SES checks the action of its first API, whatever the operation is called now.
    kinds = {"Raw": "ses:SendRawEmail", "Simple": "ses:SendEmail", "Template": "ses:SendTemplatedEmail"}
    [kind] = parameters["Content"]
    sender = parseaddr(parameters.get("FromEmailAddress", ""))[1]
    identity = sender if sender in names.senders else sender.rsplit("@", 1)[-1]
    destination = parameters.get("Destination") or {}
    recipients = tuple(parseaddr(address)[1] for group in destination.values() for address in group)
    context: Context = {"ses:FromAddress": sender, "ses:Recipients": recipients}
    yield Need(kinds[kind], names.arn("ses", f"identity/{identity}"), context)
    if "ConfigurationSetName" in parameters:
        resource = names.arn("ses", f"configuration-set/{parameters['ConfigurationSetName']}")
        yield Need(kinds[kind], resource, context)


def _sns(operation: str, parameters: Parameters, names: Names) -> Iterator[Need]:  # noqa: ARG001 - a mapper's shape
    if operation != "Publish":
        raise UnmappedOperation("sns", operation)
    # A text message to a phone has no resource: only a grant on * allows it.
    yield Need("sns:Publish", parameters.get("TopicArn") or parameters.get("TargetArn") or "*")


def _events(operation: str, parameters: Parameters, names: Names) -> Iterator[Need]:
    if operation != "PutEvents":
        raise UnmappedOperation("events", operation)
    for entry in parameters["Entries"]:
        bus = entry.get("EventBusName", "default")
        resource = bus if bus.startswith("arn:") else names.arn("events", f"event-bus/{bus}")
        context = {"events:source": entry.get("Source", ""), "events:detail-type": entry.get("DetailType", "")}
        yield Need("events:PutEvents", resource, context)


def _secretsmanager(operation: str, parameters: Parameters, names: Names) -> Iterator[Need]:
    if operation not in ("GetSecretValue", "DescribeSecret"):
        raise UnmappedOperation("secretsmanager", operation)
    name = parameters["SecretId"]
    arn = name if name.startswith("arn:") else names.secrets.get(name, names.arn("secretsmanager", f"secret:{name}"))
    yield Need(f"secretsmanager:{operation}", arn)


def _ssm(operation: str, parameters: Parameters, names: Names) -> Iterator[Need]:
    asked: dict[str, Iterable[str]] = {
        "GetParameter": [parameters.get("Name", "")],
        "GetParameters": parameters.get("Names", []),
        "GetParametersByPath": [parameters.get("Path", "")],
    }
    if operation not in asked:
        raise UnmappedOperation("ssm", operation)
    for name in asked[operation]:
        yield Need(f"ssm:{operation}", names.arn("ssm", f"parameter/{name.lstrip('/')}"))


def _stepfunctions(operation: str, parameters: Parameters, names: Names) -> Iterator[Need]:  # noqa: ARG001
    named = {"StartExecution": "stateMachineArn", "DescribeExecution": "executionArn", "StopExecution": "executionArn"}
    if operation not in named:
        raise UnmappedOperation("stepfunctions", operation)
    yield Need(f"states:{operation}", parameters[named[operation]])


def _lambda(operation: str, parameters: Parameters, names: Names) -> Iterator[Need]:
    if operation != "Invoke":
        raise UnmappedOperation("lambda", operation)
    name = parameters["FunctionName"]
    yield Need("lambda:InvokeFunction", name if name.startswith("arn:") else names.arn("lambda", f"function:{name}"))


def _cloudwatch(operation: str, parameters: Parameters, names: Names) -> Iterator[Need]:  # noqa: ARG001
    if operation != "PutMetricData":
        raise UnmappedOperation("cloudwatch", operation)
    yield Need("cloudwatch:PutMetricData", "*")


def _sts(operation: str, parameters: Parameters, names: Names) -> Iterator[Need]:  # noqa: ARG001
    # Who am I: everybody may ask.
    if operation != "GetCallerIdentity":
        raise UnmappedOperation("sts", operation)
    yield from ()


_MAPPERS: dict[str, Callable[[str, Parameters, Names], Iterator[Need]]] = {
    "cloudwatch": _cloudwatch,
    "dynamodb": dynamodb,
    "events": _events,
    "kms": _kms,
    "lambda": _lambda,
    "s3": s3,
    "secretsmanager": _secretsmanager,
    "sesv2": _sesv2,
    "sns": _sns,
    "sqs": _sqs,
    "ssm": _ssm,
    "stepfunctions": _stepfunctions,
    "sts": _sts,
}
