"""SQS queues and their policies."""

import json

from local.deploy.creating import Created, Creator, Deployment, Properties, as_json, client, statements
from local.deploy.errors import DeployError
from local.stack import ACCOUNT, REGION

_ATTRIBUTES = (
    "ContentBasedDeduplication",
    "DelaySeconds",
    "FifoQueue",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
)


def queue_arn(name: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else as_json(value) if isinstance(value, dict) else str(value)


def _queue(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    name = deployment.physical_name(logical_id, properties.get("QueueName"))
    attributes = {key: _text(properties[key]) for key in _ATTRIBUTES if key in properties}
    sqs = client("sqs")
    if deployment.existing:
        url = deployment.found(lambda: sqs.get_queue_url(QueueName=name)["QueueUrl"], logical_id)
    else:
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    arn = queue_arn(name)
    if "KmsMasterKeyId" in attributes:
        deployment.stack.encrypted_by[arn] = deployment.key_arn(attributes["KmsMasterKeyId"], logical_id)
    return Created(url, {"Arn": arn, "QueueName": name, "QueueUrl": url}, name=name)


def _policy(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    document = properties["PolicyDocument"]
    for url in properties["Queues"]:
        arn = queue_arn(url.rsplit("/", 1)[-1])
        if arn not in deployment.stack.arns.values():
            raise DeployError(logical_id, f"its queue {url} is not a queue of this template")
        if arn in deployment.stack.resource_policies:
            raise DeployError(logical_id, f"{arn} has a policy already: the later one would replace the earlier one")
        deployment.stack.resource_policies[arn] = statements(document, logical_id)
        if not deployment.existing:
            client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(document)})
    return Created(logical_id)


CREATORS = {
    "AWS::SQS::Queue": Creator(_queue, {"Tags": "nothing reads them"}),
    "AWS::SQS::QueuePolicy": Creator(_policy),
}
