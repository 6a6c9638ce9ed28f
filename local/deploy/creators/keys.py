"""KMS keys, secrets, parameters and the identities letters are sent from."""

import json
from typing import Any

from local.deploy.creating import Created, Creator, Deployment, Properties, client, statements
from local.deploy.errors import DeployError

_TAG = "assay:logical-id"
"""How a key is found again in restored state: a key's own name is chosen by KMS."""

_USAGES = {
    "SYMMETRIC_DEFAULT": "ENCRYPT_DECRYPT",
    "ECC_NIST_P256": "SIGN_VERIFY",
    "HMAC_256": "GENERATE_VERIFY_MAC",
}


def _key(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    spec = properties.get("KeySpec", "SYMMETRIC_DEFAULT")
    usage = properties.get("KeyUsage", "ENCRYPT_DECRYPT")
    if _USAGES.get(spec) != usage:
        raise DeployError(logical_id, f"a key with KeySpec {spec} for {usage} is not implemented by the local cloud")
    if properties.get("EnableKeyRotation") and spec != "SYMMETRIC_DEFAULT":
        raise DeployError(logical_id, f"KMS does not rotate {spec} keys: remove EnableKeyRotation")
    policy = properties["KeyPolicy"]
    kms = client("kms")
    if deployment.existing:
        metadata = deployment.found(lambda: _tagged(logical_id), logical_id)
    else:
        metadata = kms.create_key(
            KeySpec=spec,
            KeyUsage=usage,
            Policy=json.dumps(policy),
            Description=str(properties.get("Description", "")),
            Tags=[{"TagKey": _TAG, "TagValue": logical_id}],
        )["KeyMetadata"]
        if properties.get("EnableKeyRotation"):
            kms.enable_key_rotation(KeyId=metadata["KeyId"])
    properties.only("Enabled", True, "a key is switched off by an operator, not by the template")
    deployment.stack.resource_policies[metadata["Arn"]] = statements(policy, logical_id)
    return Created(metadata["KeyId"], {"Arn": metadata["Arn"], "KeyId": metadata["KeyId"]})


def _tagged(logical_id: str) -> Any:
    kms = client("kms")
    for entry in kms.list_keys()["Keys"]:
        tags = kms.list_resource_tags(KeyId=entry["KeyId"])["Tags"]
        if {"TagKey": _TAG, "TagValue": logical_id} in tags:
            return kms.describe_key(KeyId=entry["KeyId"])["KeyMetadata"]
    raise LookupError("no key carries its logical id")


def _alias(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    name, target = properties["AliasName"], properties["TargetKeyId"]
    if not deployment.existing:
        client("kms").create_alias(AliasName=name, TargetKeyId=target)
    deployment.stack.aliases[name] = deployment.key_arn(target, logical_id)
    return Created(name)


def _secret(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    name = deployment.physical_name(logical_id, properties.get("Name"))
    secrets = client("secretsmanager")
    generated = properties.part("GenerateSecretString")
    value = properties.get("SecretString") or _generated(generated)
    if not deployment.existing:
        secrets.create_secret(Name=name, SecretString=value)
    arn = deployment.found(lambda: secrets.describe_secret(SecretId=name)["ARN"], logical_id)
    key = properties.get("KmsKeyId")
    if key:
        deployment.stack.encrypted_by[arn] = deployment.key_arn(key, logical_id)
    return Created(arn, {"Id": arn, "Arn": arn}, name=name)


def _generated(wanted: Properties) -> str:
    length, plain = int(wanted.get("PasswordLength", 32)), bool(wanted.get("ExcludePunctuation", False))
    answer = client("secretsmanager").get_random_password(PasswordLength=length, ExcludePunctuation=plain)
    password: str = answer["RandomPassword"]
    template, key = wanted.get("SecretStringTemplate"), wanted.get("GenerateStringKey")
    return json.dumps({**json.loads(template), key: password}) if template else password


def _parameter(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    name = deployment.physical_name(logical_id, properties.get("Name"))
    properties.only("Type", "String", "CloudFormation creates no SecureString, and lists are not used")
    value = str(properties["Value"])
    ssm = client("ssm")
    if not deployment.existing:
        ssm.put_parameter(Name=name, Type="String", Value=value)
    deployment.found(lambda: ssm.get_parameter(Name=name), logical_id)
    return Created(name, {"Type": "String", "Value": value})


def _email_identity(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    identity = properties["EmailIdentity"]
    mail = client("sesv2")
    if not deployment.existing:
        mail.create_email_identity(EmailIdentity=identity)
    deployment.found(lambda: mail.get_email_identity(EmailIdentity=identity), logical_id)
    return Created(identity)


_DESCRIBED = {"Description": "a description", "Tags": "nothing reads them"}

CREATORS = {
    "AWS::KMS::Key": Creator(_key, {"PendingWindowInDays": "the template deletes no key here", **_DESCRIBED}),
    "AWS::KMS::Alias": Creator(_alias),
    "AWS::SecretsManager::Secret": Creator(_secret, _DESCRIBED),
    "AWS::SSM::Parameter": Creator(_parameter, _DESCRIBED),
    "AWS::SES::EmailIdentity": Creator(
        _email_identity,
        {
            "DkimAttributes": "no letter leaves this machine",
            "DkimSigningAttributes": "no letter leaves this machine",
            "FeedbackAttributes": "no letter leaves this machine",
            "MailFromAttributes": "no letter leaves this machine",
        },
    ),
}
