"""Signatures of our own over what we say about the books: by a key in KMS that seals nothing else."""

import base64
import textwrap

from certification.cloud import clients
from certification.cloud.settings import settings


def signature(text: str) -> str:
    """ECDSA over P-256 with SHA-256, DER, base64. `openssl dgst -sha256 -verify` checks it with the public key.

    Each call gives another signature (ECDSA is random), and each is good.
    """
    answer = clients.kms().sign(
        KeyId=settings().key("books"), Message=text.encode(), MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
    )
    return base64.b64encode(answer["Signature"]).decode()


def public_key() -> str:
    """The key that checks these signatures, as PEM (SubjectPublicKeyInfo)."""
    answer = clients.kms().get_public_key(KeyId=settings().key("books"))
    lines = textwrap.wrap(base64.b64encode(answer["PublicKey"]).decode(), 64)
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])
