"""`make seal-certificate`: an X.509 certificate for the seal's KMS key, from a demonstration root made on the spot.

The root's private key signs once and is forgotten; nothing secret is ever stored. So a new chain has a new root, and
old documents keep the chain that was sealed into them. A real body replaces this by a certificate of its own authority.
"""

import argparse
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509.oid import NameOID

from certification.cloud.sealing import CHAIN_KEY

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client

LEAF_LASTS = timedelta(days=3 * 365)
ROOT_LASTS = timedelta(days=10 * 365)
RENEW_BEFORE = timedelta(days=30)
# Clocks differ: a certificate that begins this second is "not yet valid" elsewhere.
_EARLIER = timedelta(hours=1)

_ORGANISATION = "Assay demonstration, no legal effect"
_ROOT_NAME = "Assay demonstration root (not a certification authority)"
_SEAL_NAME = "Assay demonstration seal 示范印章"


def ensure_chain(s3: "S3Client", kms: "KMSClient", bucket: str, key_id: str, now: datetime) -> bytes:
    """The seal's chain (PEM, leaf first) from the vault; made and stored when it is absent, expires within 30 days, or
    belongs to another key."""
    public = _public_key(kms, key_id)
    stored = _stored(s3, bucket)
    if stored is not None and _still_good(stored, public, now):
        return stored
    chain = issue_chain(public, now)
    s3.put_object(Bucket=bucket, Key=CHAIN_KEY, Body=chain, ContentType="application/x-pem-file")
    return chain


def issue_chain(public: ec.EllipticCurvePublicKey, now: datetime) -> bytes:
    """A new demonstration root and, signed by it, a certificate over the seal's public key."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = _name(_ROOT_NAME)
    root = (
        _begun(root_name, root_name, root_key.public_key(), root_key.public_key(), now, ROOT_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _begun(_name(_SEAL_NAME), root_name, public, root_key.public_key(), now, LEAF_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    return leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM)


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    issuing: ec.EllipticCurvePublicKey,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    """A root signs certificates; the seal signs documents and cannot disown them (content commitment)."""
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _public_key(kms: "KMSClient", key_id: str) -> ec.EllipticCurvePublicKey:
    public = load_der_public_key(kms.get_public_key(KeyId=key_id)["PublicKey"])
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise ValueError(f"{key_id} must be an ECC_NIST_P256 key for SIGN_VERIFY")
    return public


def _stored(s3: "S3Client", bucket: str) -> bytes | None:
    try:
        return s3.get_object(Bucket=bucket, Key=CHAIN_KEY)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return None


def _still_good(chain: bytes, public: ec.EllipticCurvePublicKey, now: datetime) -> bool:
    leaf = x509.load_pem_x509_certificates(chain)[0]
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    same_key = leaf.public_key().public_bytes(*form) == public.public_bytes(*form)
    return same_key and leaf.not_valid_before_utc <= now and leaf.not_valid_after_utc - now > RENEW_BEFORE


def main() -> None:
    """For a deployed stack: python -m local.seal_certificate NAME-OF-THE-STACK."""
    import boto3

    from certification.cloud import clock

    parser = argparse.ArgumentParser(prog="make seal-certificate", description=main.__doc__)
    parser.add_argument("stack", help="the stack's name: its key is alias/NAME-seal, its bucket NAME-vault")
    stack = parser.parse_args().stack
    chain = ensure_chain(boto3.client("s3"), boto3.client("kms"), f"{stack}-vault", f"alias/{stack}-seal", clock.now())
    leaf = x509.load_pem_x509_certificates(chain)[0]
    print(f"s3://{stack}-vault/{CHAIN_KEY}: {leaf.subject.rfc4514_string()}")
    print(f"valid until {leaf.not_valid_after_utc:%Y-%m-%d}; a demonstration, without legal effect")


if __name__ == "__main__":
    main()
