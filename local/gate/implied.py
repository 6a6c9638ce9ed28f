"""The rights nobody calls for: what is encrypted with a customer key needs that key as well.

The classic "works locally, AccessDenied at the first deployment". For S3, SQS and Secrets Manager the rule is
documented; for DynamoDB this is the strict reading.
"""

from collections.abc import Iterator

from local.gate.names import Need
from local.stack import REGION, Stack

_READS_AND_WRITES = {
    "s3:GetObject": ("kms:Decrypt",),
    "s3:GetObjectVersion": ("kms:Decrypt",),
    "s3:PutObject": ("kms:GenerateDataKey",),
    "sqs:ReceiveMessage": ("kms:Decrypt",),
    "sqs:SendMessage": ("kms:GenerateDataKey", "kms:Decrypt"),
    "secretsmanager:GetSecretValue": ("kms:Decrypt",),
}
_ITEMS = ("BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem", "GetRecords", "PutItem")
_TABLE_ACTIONS = {f"dynamodb:{name}" for name in (*_ITEMS, "Query", "Scan", "UpdateItem")}


def implied(need: Need, stack: Stack) -> Iterator[Need]:
    """The rights on a customer key that come with `need`."""
    actions = ("kms:Decrypt",) if need.action in _TABLE_ACTIONS else _READS_AND_WRITES.get(need.action, ())
    if not actions:
        return
    for resource, key in stack.encrypted_by.items():
        if need.resource == resource or need.resource.startswith(f"{resource}/"):
            via = f"{need.action.split(':')[0]}.{REGION}.amazonaws.com"
            for action in actions:
                yield Need(action, key, {**need.context, "kms:ViaService": via})
