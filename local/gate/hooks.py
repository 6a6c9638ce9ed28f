"""Where the gate stands in botocore: before a request is built, and where a browser's upload is signed."""

from typing import Any

import boto3
import botocore.handlers
import botocore.signers

from local.chain import FUNCTION, ROLE, Call
from local.gate.gate import Gate
from local.stack import REGION

_installed: Gate | None = None
_BUCKET = "local_gate_bucket"


def install(gate: Gate) -> None:
    """Check every call under a role with this gate from now on."""
    global _installed  # noqa: PLW0603 - botocore's handlers are the process's
    _installed = gate


def uninstall() -> None:
    """Check nothing any more."""
    global _installed  # noqa: PLW0603
    _installed = None


def _before_parameter_build(params: Any, model: Any, context: Any, **_: Any) -> None:
    gate, role = _installed, ROLE.get()
    if gate is None or role is None:
        return
    service, operation = model.service_model.service_name, model.name
    if context.get("is_presign_request") and operation == "CreateBucket":
        return  # a presigned POST borrows this operation; _presigned_post checks what is really signed
    if service == "s3":
        context[_BUCKET] = params.get("Bucket")
    gate.check_call(gate.role_id(role), service, operation, params, context.get("client_region") or REGION)


def _before_call(model: Any, **_: Any) -> None:
    gate, role = _installed, ROLE.get()
    if gate is not None and role is not None:
        gate.count(Call(role, FUNCTION.get(), model.service_model.service_name, model.name))


def _after_s3_call(parsed: Any, model: Any, context: Any, **_: Any) -> None:
    """Who may not list a bucket is not told that an object is missing: S3 answers 403 instead of 404."""
    gate, role = _installed, ROLE.get()
    if gate is None or role is None or model.name not in ("GetObject", "HeadObject"):
        return
    error = parsed.get("Error") or {}
    missing = error.get("Code") in ("NoSuchKey", "404")
    if missing and not gate.may(role, "s3:ListBucket", f"arn:aws:s3:::{context.get(_BUCKET)}"):
        code = "403" if model.name == "HeadObject" else "AccessDenied"
        message = "no such object, or none you may know of: a role without s3:ListBucket is not told which"
        parsed["Error"] = {"Code": code, "Message": message}
        parsed["ResponseMetadata"]["HTTPStatusCode"] = 403


def _presigned_post(original: Any) -> Any:
    """Signing a POST makes no call, but what it allows is done under the signer's rights."""

    def generate_presigned_post(
        presigner: Any, request_dict: Any, fields: Any = None, conditions: Any = None, *rest: Any, **named: Any
    ) -> Any:
        gate, role = _installed, ROLE.get()
        if gate is not None and role is not None:
            gate.check(
                role, "s3:PutObject", f"arn:aws:s3:::{_signed('bucket', conditions)}/{_signed('key', conditions)}"
            )
        return original(presigner, request_dict, fields, conditions, *rest, **named)

    return generate_presigned_post


def _signed(name: str, conditions: Any) -> str:
    """What the policy of a POST says about a field: its value, or what it must start with."""
    for condition in conditions or []:
        if isinstance(condition, dict) and name in condition:
            return str(condition[name])
        if isinstance(condition, list) and condition[1:2] == [f"${name}"]:
            return f"{condition[2]}*" if condition[0] == "starts-with" else str(condition[2])
    raise ValueError(f"a presigned POST must say which {name} it is for")


botocore.handlers.BUILTIN_HANDLERS.extend(
    [
        ("before-parameter-build", _before_parameter_build),
        ("before-call", _before_call),
        ("after-call.s3", _after_s3_call),
    ]
)
_presigner: Any = botocore.signers.S3PostPresigner
_presigner.generate_presigned_post = _presigned_post(_presigner.generate_presigned_post)
boto3.DEFAULT_SESSION = None
