"""Which rights a call needs: the operations whose name is not simply the action, and what fails closed."""

from typing import Any

import pytest

from local.gate.names import Names, UnmappedOperation
from local.gate.needs import needs

BASE = ":ap-southeast-1:123456789012:"
KEY = "arn:aws:kms:ap-southeast-1:123456789012:key/11111111-1111-1111-1111-111111111111"
NAMES = Names(
    aliases={"alias/assay-fields": KEY},
    hash_keys={"Rows": "pk"},
    secrets={"assay/card": "arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:assay/card-AbCdEf"},
    senders=frozenset({"desk@one.test"}),
)

ROWS = f"arn:aws:dynamodb{BASE}table/Rows"
OTHER = f"arn:aws:dynamodb{BASE}table/Other"
ROW = {"pk": {"S": "a"}}

CASES: list[tuple[str, str, dict[str, Any], list[tuple[str, str]]]] = [
    ("dynamodb", "GetItem", {"TableName": "Rows", "Key": ROW}, [("dynamodb:GetItem", ROWS)]),
    ("dynamodb", "Query", {"TableName": "Rows", "IndexName": "due"}, [("dynamodb:Query", f"{ROWS}/index/due")]),
    ("dynamodb", "Scan", {"TableName": ROWS}, [("dynamodb:Scan", ROWS)]),
    (
        "dynamodb",
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": {"TableName": "Rows", "Item": ROW}},
                {"Update": {"TableName": "Other", "Key": ROW}},
                {"Delete": {"TableName": "Rows", "Key": ROW}},
                {"ConditionCheck": {"TableName": "Rows", "Key": ROW}},
            ]
        },
        [
            ("dynamodb:PutItem", ROWS),
            ("dynamodb:UpdateItem", OTHER),
            ("dynamodb:DeleteItem", ROWS),
            ("dynamodb:ConditionCheckItem", ROWS),
        ],
    ),
    (
        "dynamodb",
        "TransactGetItems",
        {"TransactItems": [{"Get": {"TableName": "Rows", "Key": ROW}}]},
        [("dynamodb:GetItem", ROWS)],
    ),
    (
        "dynamodb",
        "BatchWriteItem",
        {"RequestItems": {"Rows": [{"PutRequest": {"Item": ROW}}], "Other": [{"DeleteRequest": {"Key": ROW}}]}},
        [("dynamodb:BatchWriteItem", ROWS), ("dynamodb:BatchWriteItem", OTHER)],
    ),
    ("dynamodb", "BatchGetItem", {"RequestItems": {"Rows": {"Keys": [ROW]}}}, [("dynamodb:BatchGetItem", ROWS)]),
    ("s3", "HeadObject", {"Bucket": "b", "Key": "k"}, [("s3:GetObject", "arn:aws:s3:::b/k")]),
    ("s3", "GetObject", {"Bucket": "b", "Key": "k", "VersionId": "1"}, [("s3:GetObjectVersion", "arn:aws:s3:::b/k")]),
    ("s3", "ListObjectsV2", {"Bucket": "b", "Prefix": "in/"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
    ("s3", "HeadBucket", {"Bucket": "b"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
    (
        "s3",
        "CopyObject",
        {"Bucket": "b", "Key": "to", "CopySource": {"Bucket": "a", "Key": "from", "VersionId": "1"}},
        [("s3:GetObjectVersion", "arn:aws:s3:::a/from"), ("s3:PutObject", "arn:aws:s3:::b/to")],
    ),
    (
        "s3",
        "CopyObject",
        {"Bucket": "b", "Key": "to", "CopySource": "/a/from"},
        [("s3:GetObject", "arn:aws:s3:::a/from"), ("s3:PutObject", "arn:aws:s3:::b/to")],
    ),
    (
        "s3",
        "DeleteObjects",
        {"Bucket": "b", "Delete": {"Objects": [{"Key": "x"}, {"Key": "y", "VersionId": "1"}]}},
        [("s3:DeleteObject", "arn:aws:s3:::b/x"), ("s3:DeleteObjectVersion", "arn:aws:s3:::b/y")],
    ),
    ("s3", "UploadPart", {"Bucket": "b", "Key": "k"}, [("s3:PutObject", "arn:aws:s3:::b/k")]),
    (
        "s3",
        "PutObject",
        {"Bucket": "b", "Key": "k", "Tagging": "a=b"},
        [("s3:PutObject", "arn:aws:s3:::b/k"), ("s3:PutObjectTagging", "arn:aws:s3:::b/k")],
    ),
    (
        "sqs",
        "SendMessageBatch",
        {"QueueUrl": "https://sqs/123/mail"},
        [("sqs:SendMessage", f"arn:aws:sqs{BASE}mail")],
    ),
    ("sqs", "GetQueueUrl", {"QueueName": "mail"}, [("sqs:GetQueueUrl", f"arn:aws:sqs{BASE}mail")]),
    ("kms", "GenerateMac", {"KeyId": "alias/assay-fields"}, [("kms:GenerateMac", KEY)]),
    ("kms", "Sign", {"KeyId": f"arn:aws:kms{BASE}alias/assay-fields"}, [("kms:Sign", KEY)]),
    ("kms", "Encrypt", {"KeyId": KEY.rsplit("/", 1)[-1]}, [("kms:Encrypt", KEY)]),
    ("kms", "Decrypt", {"CiphertextBlob": KEY.rsplit("/", 1)[-1].encode() + b"\x00"}, [("kms:Decrypt", KEY)]),
    ("kms", "Encrypt", {"KeyId": "alias/unknown"}, [("kms:Encrypt", f"arn:aws:kms{BASE}alias/unknown")]),
    (
        "sesv2",
        "SendEmail",
        {"FromEmailAddress": "Assay <no-reply@assay.test>", "Content": {"Simple": {}}},
        [("ses:SendEmail", f"arn:aws:ses{BASE}identity/assay.test")],
    ),
    (
        "sesv2",
        "SendEmail",
        {"FromEmailAddress": "desk@one.test", "Content": {"Raw": {}}, "ConfigurationSetName": "c"},
        [
            ("ses:SendRawEmail", f"arn:aws:ses{BASE}identity/desk@one.test"),
            ("ses:SendRawEmail", f"arn:aws:ses{BASE}configuration-set/c"),
        ],
    ),
    ("sns", "Publish", {"PhoneNumber": "+85251234567"}, [("sns:Publish", "*")]),
    (
        "events",
        "PutEvents",
        {"Entries": [{"EventBusName": "assay"}, {}]},
        [
            ("events:PutEvents", f"arn:aws:events{BASE}event-bus/assay"),
            ("events:PutEvents", f"arn:aws:events{BASE}event-bus/default"),
        ],
    ),
    (
        "secretsmanager",
        "GetSecretValue",
        {"SecretId": "assay/card"},
        [("secretsmanager:GetSecretValue", NAMES.secrets["assay/card"])],
    ),
    ("ssm", "GetParameter", {"Name": "/a/b"}, [("ssm:GetParameter", f"arn:aws:ssm{BASE}parameter/a/b")]),
    (
        "lambda",
        "Invoke",
        {"FunctionName": "step"},
        [("lambda:InvokeFunction", f"arn:aws:lambda{BASE}function:step")],
    ),
    ("stepfunctions", "StartExecution", {"stateMachineArn": "arn:m"}, [("states:StartExecution", "arn:m")]),
    ("sts", "GetCallerIdentity", {}, []),
]


@pytest.mark.parametrize(("service", "operation", "parameters", "expected"), CASES)
def test_a_call_needs(
    service: str, operation: str, parameters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert [(need.action, need.resource) for need in needs(service, operation, parameters, NAMES)] == expected


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "key", "value"),
    [
        ("dynamodb", "PutItem", {"TableName": "Rows", "Item": ROW}, "dynamodb:LeadingKeys", ("a",)),
        (
            "dynamodb",
            "Query",
            {
                "TableName": "Rows",
                "KeyConditionExpression": "#k = :v",
                "ExpressionAttributeNames": {"#k": "pk"},
                "ExpressionAttributeValues": {":v": {"S": "a"}},
            },
            "dynamodb:LeadingKeys",
            ("a",),
        ),
        (
            "dynamodb",
            "BatchGetItem",
            {"RequestItems": {"Rows": {"Keys": [ROW, {"pk": {"S": "b"}}]}}},
            "dynamodb:LeadingKeys",
            ("a", "b"),
        ),
        ("kms", "Encrypt", {"KeyId": "alias/assay-fields"}, "kms:RequestAlias", "alias/assay-fields"),
        (
            "kms",
            "Encrypt",
            {"KeyId": KEY, "EncryptionContext": {"candidate": "c1"}},
            "kms:EncryptionContext:candidate",
            "c1",
        ),
        ("kms", "Sign", {"KeyId": KEY, "SigningAlgorithm": "ECDSA_SHA_256"}, "kms:SigningAlgorithm", "ECDSA_SHA_256"),
        (
            "sesv2",
            "SendEmail",
            {
                "FromEmailAddress": "Desk <desk@one.test>",
                "Destination": {"ToAddresses": ["C <c@x.test>"]},
                "Content": {"Simple": {}},
            },
            "ses:Recipients",
            ("c@x.test",),
        ),
        ("events", "PutEvents", {"Entries": [{"Source": "assay"}]}, "events:source", "assay"),
        ("s3", "ListObjectsV2", {"Bucket": "b", "Prefix": "in/"}, "s3:prefix", "in/"),
    ],
)
def test_a_call_carries(service: str, operation: str, parameters: dict[str, Any], key: str, value: Any) -> None:
    assert needs(service, operation, parameters, NAMES)[0].context[key] == value


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("dynamodb", "DeleteTable"),
        ("s3", "PutBucketPolicy"),
        ("sqs", "SetQueueAttributes"),
        ("kms", "ScheduleKeyDeletion"),
        ("sesv2", "CreateEmailIdentity"),
        ("sns", "CreateTopic"),
        ("events", "PutRule"),
        ("secretsmanager", "PutSecretValue"),
        ("ssm", "PutParameter"),
        ("stepfunctions", "SendTaskSuccess"),
        ("lambda", "CreateFunction"),
        ("cloudwatch", "GetMetricData"),
        ("sts", "AssumeRole"),
        ("iam", "CreateRole"),
    ],
)
def test_an_operation_that_nobody_wrote_down_fails_closed(service: str, operation: str) -> None:
    with pytest.raises(UnmappedOperation, match=f"{service}:{operation}"):
        needs(service, operation, {}, NAMES)
