"""The electronic seal: a PAdES B-B signature over the whole PDF, by a key that never leaves KMS.

The signature certifies the document and allows no change (DocMDP 1); its field is invisible, because a visible widget
breaks PDF/UA-1 and the template already prints the round seal. An annotated or corrected copy is therefore rendered
and sealed anew, never patched.
"""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from certification.cloud import clients

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

CHAIN_KEY = "seal/chain.pem"
"""Where the vault holds the seal's certificates (PEM, the leaf first)."""

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


class NotSealed(Exception):
    """The file that came out is not sealed from its first to its last byte. Do not issue it."""


def seal(
    pdf: bytes,
    key_id: str,
    chain_pem: bytes,
    *,
    reason: str,
    signer: str,
    signed_at: datetime,
    kms: "KMSClient | None" = None,
) -> bytes:
    """The PDF with our seal on it.

    `key_id` is a KMS key (P-256, SIGN_VERIFY), `chain_pem` its certificate and then its issuers, `signer` the sealing
    body's name as viewers show it. `signed_at` is the time the signature claims; a time-stamp authority would prove it.
    Each call gives another signature (ECDSA is random), so a retry must look first whether a sealed file is there.
    ValueError when the chain is empty; NotSealed when the result does not cover the whole file.
    """
    # At the first seal, not at the start: pyHanko takes a second to import.
    from certification.cloud.seal_signer import KmsSigner, certified

    # typst ends a file without a line break; what is appended must not stick to its last line (PDF/A 6.1.9).
    whole = pdf + b"\n"
    by = KmsSigner(key_id, chain_pem, kms or clients.kms())
    sealed = certified(whole, by, reason=reason, name=signer, signed_at=signed_at)
    if not covers_whole_file(sealed):
        raise NotSealed("the signature does not cover the whole file")
    return sealed


def covers_whole_file(pdf: bytes) -> bool:
    """Whether the last signature covers every byte of the file except the signature itself.

    This is the question to ask: viewers call a signature valid even when somebody appended to the file after it. It
    does not ask whether the signature is right.
    """
    ranges = _BYTE_RANGE.findall(pdf)
    if not ranges:
        return False
    start, length, again, rest = (int(number) for number in ranges[-1])
    signature = pdf[length:again]
    return (
        start == 0
        and again + rest == len(pdf)
        and pdf[:length].rstrip().endswith(b"/Contents")
        and re.fullmatch(rb"<[0-9A-Fa-f]+>", signature) is not None
    )
