"""RSA: the wallets' signatures, RSA-SHA256 with PKCS#1 v1.5 padding, in base64. SHA-1 exists for neither side.

Keys are configured as text: PEM (a key, or WeChat's platform certificate), or the bare base64 that a merchant console
shows. Text that is no key is refused like a missing one: we fail closed.
"""

import base64
import binascii
import re
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from certification.providers.signatures import Rejected


def sign(message: bytes, private_key: str) -> str:
    """The signature of a message, in base64."""
    return base64.b64encode(_private(private_key).sign(message, PKCS1v15(), hashes.SHA256())).decode()


def is_signed(message: bytes, signature: str, public_key: str) -> bool:
    """Whether the key's owner signed these bytes. Rejected when the signature is no base64, or the key no key."""
    try:
        given = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError) as reason:
        raise Rejected("malformed_signature", "the signature is not base64") from reason
    try:
        _public(public_key).verify(given, message, PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=16)
def _public(text: str) -> RSAPublicKey:
    pem = _pem(text, "PUBLIC KEY")
    try:
        is_certificate = b"BEGIN CERTIFICATE" in pem
        key: object = (
            x509.load_pem_x509_certificate(pem).public_key()
            if is_certificate
            else serialization.load_pem_public_key(pem)
        )
    except ValueError as reason:
        raise Rejected("no_secret", "a configured public key cannot be read") from reason
    if not isinstance(key, RSAPublicKey):
        raise Rejected("no_secret", "a configured public key is not an RSA key")
    return key


@lru_cache(maxsize=4)
def _private(text: str) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(_pem(text, "PRIVATE KEY"), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the configured private key is not an RSA key")
    return key


def _pem(text: str, kind: str) -> bytes:
    if "-----BEGIN" in text:
        return text.encode()
    bare = re.sub(r"\s", "", text)
    return f"-----BEGIN {kind}-----\n{bare}\n-----END {kind}-----\n".encode()
