"""pyHanko with our three changes: the key in KMS, the time as we are told, the metadata left alone.

Only `sealing` imports this, and only at its first seal: pyHanko takes a second to import.
"""

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from asn1crypto import algos
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

_FIELD = "Seal"
_RESERVED = 8192
"""Bytes kept for the signature. Measured need: about 3,000; a fixed room saves pyHanko a second, estimating run."""
_MOST_RAW = 4096
"""What kms:Sign takes as a whole message. The signed attributes are a few hundred bytes, so KMS itself hashes them."""


class KmsSigner(signers.Signer):  # type: ignore[misc]  # pyHanko is untyped to mypy
    """One kms:Sign per signature, ECDSA over P-256 with SHA-256. The chain is PEM, the key's own certificate first."""

    def __init__(self, key_id: str, chain_pem: bytes, kms: "KMSClient") -> None:
        if b"-----BEGIN CERTIFICATE-----" not in chain_pem:
            raise ValueError("the seal's chain holds no certificate in PEM form: run make seal-certificate")
        chain = list(load_certs_from_pemder_data(chain_pem))
        self.key_id, self.kms = key_id, kms
        super().__init__(
            signing_cert=chain[0],
            cert_registry=SimpleCertificateStore.from_certs(chain[1:]),
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != "sha256" or len(data) > _MOST_RAW:
            raise ValueError(f"cannot sign {len(data)} bytes with {digest_algorithm}")
        if dry_run:
            return bytes(72)
        # RAW, not DIGEST: KMS hashes what it signs, and moto's DIGEST hashes a second time (getmoto/moto PR 10202).
        answer = self.kms.sign(KeyId=self.key_id, Message=data, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256")
        return answer["Signature"]


class _Writer(IncrementalPdfFileWriter):  # type: ignore[misc]
    """Leaves the metadata as the document has them: pyHanko would write the machine's time into them."""

    def _update_meta(self) -> None:
        pass


class _Sealer(signers.PdfSigner):  # type: ignore[misc]
    """Signs at the time it is told, not at the machine's."""

    signed_at: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> Any:
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self.signed_at
        return session


def certified(pdf: bytes, signer: KmsSigner, *, reason: str, name: str, signed_at: datetime) -> bytes:
    """The PDF with a PAdES B-B certification that permits no change, in an invisible field."""
    details = signers.PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=reason,
        name=name,
    )
    sealer = _Sealer(details, signer=signer, new_field_spec=fields.SigFieldSpec(_FIELD))
    sealer.signed_at = signed_at
    sealed: bytes = sealer.sign_pdf(_Writer(BytesIO(pdf)), bytes_reserved=_RESERVED).getvalue()
    return sealed
