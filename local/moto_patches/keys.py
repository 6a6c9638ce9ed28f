"""KMS keys that refuse when they should, and that sign a digest as a digest.

moto lets a disabled key decrypt, forgets ARNs and aliases in four operations, and hashes a digest a second time: a
seal made over that signature would not verify anywhere else. States and errors: AWS KMS developer guide, "Key states".
"""

import base64
import inspect
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from moto.core.exceptions import JsonRESTError
from moto.kms.models import KmsBackend
from moto.kms.responses import KmsResponse

from local.moto_patches.shared import Patch

_HASHES = {"ECDSA_SHA_256": hashes.SHA256(), "ECDSA_SHA_384": hashes.SHA384(), "ECDSA_SHA_512": hashes.SHA512()}


def _require_enabled(key: Any) -> None:
    if key.key_state == "PendingDeletion":
        raise JsonRESTError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    if key.key_state != "Enabled":
        raise JsonRESTError("DisabledException", f"{key.arn} is disabled.")


def _key(backend: Any, key_id: str) -> Any:
    return backend.keys[backend.any_id_to_key_id(key_id)]


def _guarded(original: Any) -> Any:
    """The operation runs only with an enabled key."""
    signature = inspect.signature(original)

    def operation(backend: Any, *args: Any, **kwargs: Any) -> Any:
        _require_enabled(_key(backend, signature.bind(backend, *args, **kwargs).arguments["key_id"]))
        return original(backend, *args, **kwargs)

    return operation


def _guarded_decrypt(original: Any) -> Any:
    """The key is known only from the ciphertext. Nothing leaves here before its state was asked."""

    def decrypt(backend: Any, *args: Any, **kwargs: Any) -> tuple[bytes, str]:
        plaintext, arn = original(backend, *args, **kwargs)
        _require_enabled(_key(backend, arn))
        return plaintext, arn

    return decrypt


def _by_any_name(original: Any) -> Any:
    """moto looks the key up by its bare id only; callers may give an ARN as well."""

    def operation(backend: Any, key_id: str, *args: Any, **kwargs: Any) -> Any:
        return original(backend, backend.any_id_to_key_id(key_id), *args, **kwargs)

    return operation


def _digest_request(response: Any) -> tuple[Any, bytes, Any, str] | None:
    """Key, digest, ECDSA scheme and algorithm when the request is about a digest; None when it is about a message."""
    if response._get_param("MessageType") != "DIGEST":
        return None
    response._validate_key_id(response._get_param("KeyId"))
    key = _key(response.kms_backend, response._get_param("KeyId"))
    _require_enabled(key)
    algorithm, digest = response._get_param("SigningAlgorithm"), response._get_param("Message")
    if algorithm not in key.signing_algorithms or algorithm not in _HASHES:
        raise JsonRESTError("ValidationException", f"a digest cannot be signed with {algorithm} by {key.arn} here")
    if len(digest) != _HASHES[algorithm].digest_size:
        raise JsonRESTError("ValidationException", f"Digest is invalid length for algorithm {algorithm}.")
    return key, digest, ec.ECDSA(utils.Prehashed(_HASHES[algorithm])), algorithm


def _sign(original: Any) -> Any:
    def sign(response: Any) -> str:
        request = _digest_request(response)
        if request is None:
            answer: str = original(response)
            return answer
        key, digest, scheme, algorithm = request
        signature = base64.b64encode(key.private_key.private_key.sign(digest, scheme)).decode()
        return json.dumps({"KeyId": key.arn, "Signature": signature, "SigningAlgorithm": algorithm})

    return sign


def _verify(original: Any) -> Any:
    def verify(response: Any) -> str:
        request = _digest_request(response)
        if request is None:
            answer: str = original(response)
            return answer
        key, digest, scheme, algorithm = request
        signature = base64.b64decode(response._get_param("Signature"))
        try:
            key.private_key.private_key.public_key().verify(signature, digest, scheme)
        except InvalidSignature:
            raise JsonRESTError("KMSInvalidSignatureException", "") from None
        return json.dumps({"KeyId": key.arn, "SignatureValid": True, "SigningAlgorithm": algorithm})

    return verify


PATCHES = (
    Patch(KmsBackend, "encrypt", "self, key_id, plaintext, encryption_context", _guarded),
    Patch(KmsBackend, "decrypt", "self, ciphertext_blob, encryption_context, key_id", _guarded_decrypt),
    Patch(KmsBackend, "sign", "self, key_id, message, signing_algorithm", _guarded),
    Patch(KmsBackend, "verify", "self, key_id, message, signature, signing_algorithm", _guarded),
    Patch(KmsBackend, "generate_mac", "self, message, key_id, mac_algorithm, grant_tokens, dry_run", _guarded),
    Patch(KmsBackend, "get_public_key", "self, key_id", _guarded),
    Patch(KmsBackend, "disable_key", "self, key_id", _by_any_name),
    Patch(KmsBackend, "enable_key", "self, key_id", _by_any_name),
    Patch(KmsBackend, "cancel_key_deletion", "self, key_id", _by_any_name),
    Patch(KmsBackend, "schedule_key_deletion", "self, key_id, pending_window_in_days", _by_any_name),
    Patch(KmsResponse, "sign", "self", _sign),
    Patch(KmsResponse, "verify", "self", _verify),
)
