"""S3 buckets and their policies."""

from typing import Any

from local.deploy.creating import Created, Creator, Deployment, Properties, client, statements
from local.deploy.errors import DeployError
from local.stack import REGION


def _bucket(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    name = deployment.physical_name(logical_id, properties.get("BucketName")).lower()
    s3 = client("s3")
    settings = {
        "put_bucket_versioning": _versioning(properties),
        "put_bucket_cors": _cors(properties),
        "put_bucket_lifecycle_configuration": _lifecycle(properties),
        "put_bucket_notification_configuration": _notifications(properties),
        "put_public_access_block": _argument(properties, "PublicAccessBlockConfiguration"),
        "put_bucket_ownership_controls": _argument(properties, "OwnershipControls"),
        "put_bucket_encryption": _encryption(properties),
    }
    if not deployment.existing:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        for operation, arguments in settings.items():
            if arguments is not None:
                getattr(s3, operation)(Bucket=name, **arguments)
    deployment.found(lambda: s3.head_bucket(Bucket=name), logical_id)
    arn = f"arn:aws:s3:::{name}"
    key = _customer_key(settings["put_bucket_encryption"])
    if key:
        deployment.stack.encrypted_by[arn] = deployment.key_arn(key, logical_id)
    attributes = {
        "Arn": arn,
        "DomainName": f"{name}.s3.amazonaws.com",
        "RegionalDomainName": f"{name}.s3.{REGION}.amazonaws.com",
    }
    return Created(name, attributes)


def _argument(properties: Properties, name: str) -> dict[str, Any] | None:
    value = properties.get(name)
    return {name: value} if value else None


def _versioning(properties: Properties) -> dict[str, Any] | None:
    return _argument(properties, "VersioningConfiguration")


def _notifications(properties: Properties) -> dict[str, Any] | None:
    """Only EventBridge: S3 tells the default bus, and rules take it from there."""
    configuration = properties.part("NotificationConfiguration")
    if "EventBridgeConfiguration" not in configuration:
        return None
    enabled = configuration.part("EventBridgeConfiguration").get("EventBridgeEnabled", True)
    # Text or boolean: both are allowed in a template.
    return {"NotificationConfiguration": {"EventBridgeConfiguration": {}}} if str(enabled).lower() == "true" else None


def _cors(properties: Properties) -> dict[str, Any] | None:
    rules = []
    for rule in properties.part("CorsConfiguration").each("CorsRules"):
        names = {
            "AllowedHeaders": "AllowedHeaders",
            "AllowedMethods": "AllowedMethods",
            "AllowedOrigins": "AllowedOrigins",
            "ExposedHeaders": "ExposeHeaders",
            "Id": "ID",
            "MaxAge": "MaxAgeSeconds",
        }
        rules.append({theirs: rule.get(ours) for ours, theirs in names.items() if ours in rule})
    return {"CORSConfiguration": {"CORSRules": rules}} if rules else None


def _lifecycle(properties: Properties) -> dict[str, Any] | None:
    rules = [_lifecycle_rule(rule) for rule in properties.part("LifecycleConfiguration").each("Rules")]
    return {"LifecycleConfiguration": {"Rules": rules}} if rules else None


def _lifecycle_rule(rule: Properties) -> dict[str, Any]:
    result: dict[str, Any] = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "Id" in rule:
        result["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        result["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if name in rule:
            result[name] = {key: int(value) for key, value in rule[name].items()}
    return result


def _encryption(properties: Properties) -> dict[str, Any] | None:
    rules = []
    for rule in properties.part("BucketEncryption").each("ServerSideEncryptionConfiguration"):
        default = rule.part("ServerSideEncryptionByDefault")
        by_default = {"SSEAlgorithm": default["SSEAlgorithm"]}
        if "KMSMasterKeyID" in default:
            by_default["KMSMasterKeyID"] = default["KMSMasterKeyID"]
        rules.append(
            {"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": bool(rule.get("BucketKeyEnabled"))}
        )
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}} if rules else None


def _customer_key(encryption: dict[str, Any] | None) -> str | None:
    if encryption is None:
        return None
    [rule] = encryption["ServerSideEncryptionConfiguration"]["Rules"]
    key: str | None = rule["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID")
    return key


def _policy(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    """Kept for the gate. moto would apply it without its conditions: "deny without TLS" would deny everything."""
    bucket, document = properties["Bucket"], properties["PolicyDocument"]
    arn = f"arn:aws:s3:::{bucket}"
    if arn not in deployment.stack.arns.values():
        raise DeployError(logical_id, f"its bucket {bucket} is not a bucket of this template")
    deployment.stack.resource_policies.setdefault(arn, []).extend(statements(document, logical_id))
    return Created(bucket)


CREATORS = {
    "AWS::S3::Bucket": Creator(
        _bucket, {"LoggingConfiguration": "access logs are not written", "Tags": "nothing reads them"}
    ),
    "AWS::S3::BucketPolicy": Creator(_policy),
}
