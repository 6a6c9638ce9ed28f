"""Signatures of reports: intact and by a body we trust, by somebody else, changed afterwards, or none at all."""

import io

import pikepdf
import pytest

from certification.acts import report_signatures
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.candidates import candidates
from local.simulators.report_issuer import ReportIssuer
from tests.functions.committing import People, publish
from tests.functions.education_files import PROOF, a_pdf, page_of, send, unverified
from tests.functions.stand import START, Stand


@pytest.fixture(scope="module")
def issuer() -> ReportIssuer:
    return ReportIssuer(START)


@pytest.fixture
def people(stand: Stand, issuer: ReportIssuer) -> People:
    publish(stand)
    vault.write(settings().vault, report_signatures.TRUSTED, issuer.certificate, "application/x-pem-file")
    return People(stand)


def found(people: People, *files: bytes) -> tuple[list[str | None], list[str]]:
    """What is known of each part, and what is noted on the file, after these were sent one after the other."""
    candidate = unverified(people)
    for number, data in enumerate(files):
        shown = send(candidate, people.stand, data, add=number > 0)
    upload = candidates.read(people.stand.id_of(candidate.session)).drafts[PROOF]
    assert not people.stand.cloud.undelivered
    return [part.signature for part in upload.parts], [note["code"] for note in shown["notes"]]


@pytest.mark.rule("EDU-10")
def test_a_report_signed_by_its_issuer_is_genuine_also_beside_other_files(people: People, issuer: ReportIssuer) -> None:
    assert found(people, a_pdf(), issuer.sign(a_pdf())) == (
        ["unsigned", "genuine"],
        ["signature_genuine", "signature_missing"],
    )


def test_a_report_signed_by_somebody_else_is_for_a_person(people: People) -> None:
    assert found(people, ReportIssuer(START, "Somebody").sign(a_pdf())) == (["untrusted"], ["signature_untrusted"])


def test_a_report_with_something_added_after_its_signature_is_changed(people: People, issuer: ReportIssuer) -> None:
    signed = issuer.sign(a_pdf())
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    assert found(people, out.getvalue())[0] == ["changed"]


def test_a_flipped_byte_breaks_a_signature(people: People, issuer: ReportIssuer) -> None:
    signed = bytearray(issuer.sign(a_pdf()))
    place = signed.index(b"/MediaBox") + 12
    signed[place : place + 1] = b"1" if signed[place : place + 1] != b"1" else b"2"
    assert found(people, bytes(signed))[0] == ["changed"]


def test_without_a_trust_list_nobody_is_believed(stand: Stand, issuer: ReportIssuer) -> None:
    publish(stand)
    assert found(People(stand), issuer.sign(a_pdf()))[0] == ["untrusted"]


@pytest.mark.rule("EDU-10")
def test_the_candidate_reads_what_was_found_of_the_signature_before_using_the_file(
    people: People, issuer: ReportIssuer
) -> None:
    candidate = unverified(people)
    send(candidate, people.stand, issuer.sign(a_pdf()))
    assert "报告由出具机构签名" in page_of(people.stand, candidate, "/education-proof")
