"""The seal, judged by programs that are not ours: poppler's pdfsig and openssl."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from moto import mock_aws

from certification.cloud.sealing import CHAIN_KEY, covers_whole_file, seal
from certification.documents.render import render
from local.seal_certificate import LEAF_LASTS, RENEW_BEFORE, ensure_chain
from tests.samples import documents as sample
from tests.samples.tools import run

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client

BUCKET = "sample-vault"
# pdfsig asks the machine's clock, so the seal under test must be of the machine's day.
NOW = datetime.now(UTC).replace(microsecond=0)


class Office:
    """A key, a vault and what is needed to seal with them."""

    def __init__(self, kms: "KMSClient", s3: "S3Client") -> None:
        self.kms, self.s3 = kms, s3
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"})
        self.key = self.another_key()
        self.chain = self.ensured(NOW)

    def another_key(self) -> str:
        return self.kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["KeyId"]

    def ensured(self, now: datetime) -> bytes:
        return ensure_chain(self.s3, self.kms, BUCKET, self.key, now)

    def sealed(self, pdf: bytes, signed_at: datetime = NOW) -> bytes:
        return seal(
            pdf,
            self.key,
            self.chain,
            reason="Certificate issued 证书签发",
            signer="Sample Certification Centre",
            signed_at=signed_at,
            kms=self.kms,
        )


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with mock_aws():
        yield Office(boto3.client("kms", "ap-southeast-1"), boto3.client("s3", "ap-southeast-1"))


@pytest.fixture(scope="module")
def certificate() -> bytes:
    return render("certificate", sample.certificate())


@pytest.fixture(scope="module")
def sealed(office: Office, certificate: bytes) -> bytes:
    return office.sealed(certificate)


def pdfsig(pdf: bytes, folder: Path) -> str:
    path = folder / "sealed.pdf"
    path.write_bytes(pdf)
    return run("pdfsig", "-nocert", path, check=False)


def openssl_accepts(pdf: bytes, chain: bytes, folder: Path) -> bool:
    """Cut the signature out by hand and let openssl judge it against the chain's root."""
    start, length, again, rest = map(int, re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", pdf)[-1])
    der = bytes.fromhex(pdf[length + 1 : again - 1].decode())
    (folder / "signed").write_bytes(pdf[start:length] + pdf[again : again + rest])
    (folder / "signature").write_bytes(der[: 4 + int.from_bytes(der[2:4])])
    (folder / "root").write_bytes(b"-----BEGIN" + chain.split(b"-----BEGIN")[2])
    said = run(
        "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "signature", "-purpose", "any",
        "-content", folder / "signed", "-CAfile", folder / "root", "-out", "/dev/null", check=False,
    )  # fmt: skip
    return "Verification successful" in said


def flipped(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def test_poppler_finds_the_seal_valid_and_the_whole_document_signed(sealed: bytes, tmp_path: Path) -> None:
    said = pdfsig(sealed, tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "demonstration" in said


def test_openssl_finds_the_seal_valid_and_issued_by_our_root(office: Office, sealed: bytes, tmp_path: Path) -> None:
    assert openssl_accepts(sealed, office.chain, tmp_path)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9])
def test_one_flipped_bit_anywhere_breaks_the_seal(office: Office, sealed: bytes, share: float, tmp_path: Path) -> None:
    changed = flipped(sealed, int(len(sealed) * share))
    assert not openssl_accepts(changed, office.chain, tmp_path)
    assert "Signature is Valid" not in pdfsig(changed, tmp_path)


def test_a_seal_by_another_office_is_not_ours(office: Office, sealed: bytes, tmp_path: Path) -> None:
    stranger = office.chain
    office_of_somebody_else = ensure_chain(office.s3, office.kms, BUCKET, office.another_key(), NOW)
    assert office_of_somebody_else != stranger
    assert not openssl_accepts(sealed, office_of_somebody_else, tmp_path)
    office.s3.put_object(Bucket=BUCKET, Key=CHAIN_KEY, Body=stranger)


def test_whatever_is_appended_to_a_sealed_file_is_seen_although_viewers_still_call_it_valid(
    sealed: bytes, tmp_path: Path
) -> None:
    assert covers_whole_file(sealed)
    appended = sealed + b"% a remark\n"
    assert "Signature is Valid" in pdfsig(appended, tmp_path)
    assert not covers_whole_file(appended)


def test_an_incremental_update_is_not_covered(sealed: bytes) -> None:
    assert not covers_whole_file(sealed + sealed[sealed.rindex(b"xref") :])


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\n", b"/ByteRange [0 10 20 5]"])
def test_a_file_without_a_seal_is_not_covered(pdf: bytes) -> None:
    assert not covers_whole_file(pdf)


def test_the_seal_permits_no_change_and_shows_no_widget_on_the_page(sealed: bytes) -> None:
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        signature = pdf.Root.Perms.DocMDP
        assert signature.Reference[0].TransformParams.P == 1
        (field,) = pdf.Root.AcroForm.Fields
        assert [float(side) for side in field.Rect] == [0, 0, 0, 0]


def test_the_sealed_file_starts_with_the_rendered_one_byte_for_byte(certificate: bytes, sealed: bytes) -> None:
    assert sealed.startswith(certificate + b"\n")


def test_the_seal_keeps_the_claims_of_the_document(sealed: bytes) -> None:
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        claims = pdf.open_metadata()
        assert (claims["pdfaid:part"], claims["pdfaid:conformance"], claims["pdfuaid:part"]) == ("3", "A", "1")
        assert str(pdf.docinfo["/ModDate"]).startswith("D:20260904")


def test_the_seal_bears_the_time_it_is_told_and_not_the_machine_s(office: Office, certificate: bytes) -> None:
    told = datetime(2026, 9, 4, 3, 0, tzinfo=UTC)
    with pikepdf.open(io.BytesIO(office.sealed(certificate, told))) as pdf:
        assert str(pdf.Root.Perms.DocMDP.M).startswith("D:20260904030000")


@pytest.mark.parametrize("kind", ["ticket", "score_report"])
def test_other_documents_can_be_sealed_too(office: Office, kind: str, tmp_path: Path) -> None:
    assert "Signature is Valid" in pdfsig(office.sealed(render(kind, sample.every_kind()[kind])), tmp_path)


def test_an_empty_chain_is_refused(office: Office, certificate: bytes) -> None:
    with pytest.raises(ValueError, match="no certificate"):
        seal(certificate, office.key, b"", reason="-", signer="-", signed_at=NOW, kms=office.kms)


def test_the_certificate_of_the_seal_is_for_signing_documents_and_says_what_it_is(office: Office) -> None:
    leaf, root = x509.load_pem_x509_certificates(office.chain)
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert "demonstration" in leaf.subject.rfc4514_string()
    assert "示范" in leaf.subject.rfc4514_string()
    assert "not a certification authority" in root.subject.rfc4514_string()
    leaf.verify_directly_issued_by(root)


def test_the_certificate_is_over_the_key_in_kms_and_no_private_key_is_stored(office: Office) -> None:
    leaf = x509.load_pem_x509_certificates(office.chain)[0]
    public = leaf.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    answer = office.kms.sign(KeyId=office.key, Message=b"x", MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256")
    public.verify(answer["Signature"], b"x", ec.ECDSA(hashes.SHA256()))
    stored = [row["Key"] for row in office.s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert stored == [CHAIN_KEY]
    assert b"PRIVATE" not in office.chain


def test_a_chain_is_made_once_and_again_thirty_days_before_its_end(office: Office) -> None:
    assert office.ensured(NOW + timedelta(days=1)) == office.chain
    last_day = NOW + LEAF_LASTS - RENEW_BEFORE
    assert office.ensured(last_day - timedelta(seconds=1)) == office.chain
    renewed = office.ensured(last_day)
    assert renewed != office.chain
    assert x509.load_pem_x509_certificates(renewed)[0].not_valid_after_utc == last_day + LEAF_LASTS
    office.s3.put_object(Bucket=BUCKET, Key=CHAIN_KEY, Body=office.chain)
