"""What is kept, how and how large: each rule takes a transformed template and gives its faults, as sentences."""

import json

from tests.house.templates import Tree, as_list, folder_of, of_type, target

STORES = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Logs::LogGroup")
RESOURCES, BYTES = 400, 1_000_000
CLOSED = {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"}


def the_template_stays_far_from_the_limits(template: Tree) -> list[str]:
    """CloudFormation takes 500 resources and 1 MB; we stop earlier so that a scheme more still fits."""
    count, size = len(template["Resources"]), len(json.dumps(template).encode())
    found = [f"{count} resources, more than {RESOURCES}"] if count > RESOURCES else []
    return found + ([f"{size} bytes, not less than {BYTES}"] if size >= BYTES else [])


def stores_outlive_the_stack(template: Tree) -> list[str]:
    return [
        f"{logical_id} would be deleted with the stack ({policy})"
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] in STORES
        for policy in ("DeletionPolicy", "UpdateReplacePolicy")
        if resource.get(policy) != "Retain"
    ]


def tables_can_be_set_back_and_cannot_be_dropped(template: Tree) -> list[str]:
    found = []
    for logical_id, table in of_type(template, "AWS::DynamoDB::Table"):
        if not table.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
            found.append(f"{logical_id} has no point-in-time recovery")
        if not table.get("DeletionProtectionEnabled"):
            found.append(f"{logical_id} can be deleted by one call")
        if not table.get("SSESpecification", {}).get("SSEEnabled"):
            found.append(f"{logical_id} is not encrypted under a key of the account")
    return found


def buckets_are_closed_and_encrypted(template: Tree) -> list[str]:
    found = []
    for logical_id, bucket in of_type(template, "AWS::S3::Bucket"):
        closed = {name for name, on in bucket.get("PublicAccessBlockConfiguration", {}).items() if on is True}
        found += [f"{logical_id} lacks {name}" for name in sorted(CLOSED - closed)]
        owners = [rule["ObjectOwnership"] for rule in bucket.get("OwnershipControls", {}).get("Rules", [])]
        if owners != ["BucketOwnerEnforced"]:
            found.append(f"{logical_id} may hold objects that are not ours")
        if not bucket.get("BucketEncryption"):
            found.append(f"{logical_id} does not say how it encrypts")
    return found


def buckets_keep_versions_or_forget_soon(template: Tree) -> list[str]:
    found = []
    for logical_id, bucket in of_type(template, "AWS::S3::Bucket"):
        versioned = bucket.get("VersioningConfiguration", {}).get("Status") == "Enabled"
        rules = bucket.get("LifecycleConfiguration", {}).get("Rules", [])
        forgets = any(rule["Status"] == "Enabled" and rule.get("ExpirationInDays") for rule in rules)
        if not (versioned or forgets):
            found.append(f"{logical_id} neither keeps versions nor forgets")
    return found


def buckets_speak_tls_only(template: Tree) -> list[str]:
    safe = set()
    for _, policy in of_type(template, "AWS::S3::BucketPolicy"):
        bucket = target(policy["Bucket"])
        for statement in as_list(policy["PolicyDocument"]["Statement"]):
            denied = statement["Effect"] == "Deny" and statement["Principal"] == "*" and statement["Action"] == "s3:*"
            plain = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
            covered = [target(resource) for resource in as_list(statement["Resource"])]
            if denied and str(plain).lower() == "false" and covered == [bucket, bucket]:
                safe.add(bucket)
    return [f"{name} may be spoken to in clear" for name, _ in of_type(template, "AWS::S3::Bucket") if name not in safe]


def functions_log_to_the_group_they_may_write(template: Tree) -> list[str]:
    """A function that makes its own group makes one without end and without encryption."""
    found = []
    for logical_id, function in of_type(template, "AWS::Lambda::Function"):
        group = target(function.get("LoggingConfig", {}).get("LogGroup"))
        if template["Resources"].get(group, {}).get("Type") != "AWS::Logs::LogGroup":
            found.append(f"{logical_id} has no log group of the template")
        role = template["Resources"][target(function["Role"])]["Properties"]
        if "WriteLogs" not in map(target, as_list(role.get("ManagedPolicyArns"))):
            found.append(f"{logical_id} may not write its logs")
    for logical_id, log_group in of_type(template, "AWS::Logs::LogGroup"):
        if not log_group.get("RetentionInDays"):
            found.append(f"{logical_id} keeps its lines for ever")
    return found


def machines_log_states_and_never_data(template: Tree) -> list[str]:
    found = []
    for logical_id, machine in of_type(template, "AWS::StepFunctions::StateMachine"):
        logging = machine.get("LoggingConfiguration", {})
        if not logging.get("Destinations") or logging.get("Level", "OFF") == "OFF":
            found.append(f"{logical_id} does not log")
        if logging.get("IncludeExecutionData") is not False:
            found.append(f"{logical_id} logs its data, which may be personal")
    return found


def functions_are_what_was_tested(template: Tree) -> list[str]:
    """One runtime, one architecture, our package and its dependencies under every function."""
    layers = {
        logical_id: layer["Content"]["S3Key"] for logical_id, layer in of_type(template, "AWS::Lambda::LayerVersion")
    }
    found = []
    for logical_id, function in of_type(template, "AWS::Lambda::Function"):
        if (function["Runtime"], function["Architectures"]) != ("python3.13", ["x86_64"]):
            found.append(f"{logical_id} runs {function['Runtime']} on {function['Architectures']}")
        if function["Handler"] != "app.handler":
            found.append(f"{logical_id} is entered by {function['Handler']}")
        carried = {layers.get(target(layer), "?").split("/")[1] for layer in function["Layers"]}
        if not {"certification", "dependencies"} <= carried:
            found.append(f"{logical_id} carries {sorted(carried)}")
        if not folder_of(function).is_dir():
            found.append(f"{logical_id} has no folder")
    return found


def every_function_has_the_same_environment(template: Tree) -> list[str]:
    functions = dict(of_type(template, "AWS::Lambda::Function"))
    texts = {name: json.dumps(each["Environment"], sort_keys=True) for name, each in functions.items()}
    usual = max(set(texts.values()), key=list(texts.values()).count)
    return [f"{name} has an environment of its own" for name, text in texts.items() if text != usual]


def concurrency_is_reserved_by_parameter_only(template: Tree) -> list[str]:
    """A new account may run ten functions at once; a fixed reservation would refuse to deploy there."""
    return [
        f"{logical_id} reserves a fixed concurrency"
        for logical_id, function in of_type(template, "AWS::Lambda::Function")
        if isinstance(function.get("ReservedConcurrentExecutions"), int)
    ]


RULES = [
    the_template_stays_far_from_the_limits,
    stores_outlive_the_stack,
    tables_can_be_set_back_and_cannot_be_dropped,
    buckets_are_closed_and_encrypted,
    buckets_keep_versions_or_forget_soon,
    buckets_speak_tls_only,
    functions_log_to_the_group_they_may_write,
    machines_log_states_and_never_data,
    functions_are_what_was_tested,
    every_function_has_the_same_environment,
    concurrency_is_reserved_by_parameter_only,
]
