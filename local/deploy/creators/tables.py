"""DynamoDB tables."""

from local.deploy.creating import Created, Creator, Deployment, Properties, client

_PASSED_ON = (
    "AttributeDefinitions",
    "BillingMode",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "ProvisionedThroughput",
)


def _table(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    name = deployment.physical_name(logical_id, properties.get("TableName"))
    request = {key: properties[key] for key in _PASSED_ON if key in properties}
    stream = properties.part("StreamSpecification").get("StreamViewType")
    if stream:
        request["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": stream}
    encryption = properties.part("SSESpecification")
    encryption.get("SSEEnabled"), encryption.get("SSEType")  # what is stored is not encrypted here
    lives = properties.get("TimeToLiveSpecification")
    recovery = properties.get("PointInTimeRecoverySpecification")
    dynamodb = client("dynamodb")
    if not deployment.existing:
        dynamodb.create_table(TableName=name, **request)
        if lives:
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=lives)
        if recovery:
            dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    table = deployment.found(lambda: dynamodb.describe_table(TableName=name)["Table"], logical_id)
    key = encryption.get("KMSMasterKeyId")
    if key:
        deployment.stack.encrypted_by[table["TableArn"]] = deployment.key_arn(key, logical_id)
    attributes = {"Arn": table["TableArn"]}
    if stream:
        attributes["StreamArn"] = table["LatestStreamArn"]
    return Created(name, attributes)


CREATORS = {
    "AWS::DynamoDB::Table": Creator(
        _table,
        {
            "OnDemandThroughput": "throughput limits are not modelled",
            "TableClass": "a price, not a behaviour",
            "Tags": "nothing reads them",
        },
    )
}
