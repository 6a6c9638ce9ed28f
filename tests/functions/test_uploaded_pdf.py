"""Scans of documents: which PDF files and pictures we take, and which never come in."""

import io

import pikepdf
import pytest
from PIL import Image

from certification.documents.render import render
from certification.imaging.merging import merge
from certification.imaging.scan import MOST_PAGES, check_scan
from local.samples import id_document, phone_photo
from tests.samples import documents, hostile


def test_a_plain_pdf_is_taken_byte_for_byte_so_that_its_signatures_stay_verifiable() -> None:
    verdict = check_scan(hostile.clean_pdf())
    assert (verdict.refused, verdict.content_type, verdict.pages) == (None, "application/pdf", 1)
    assert verdict.clean == hostile.clean_pdf()


def test_our_own_documents_are_plain_pdf_files() -> None:
    assert check_scan(render("certificate", documents.certificate())).pages == 1


@pytest.mark.parametrize(("pages", "taken"), [(MOST_PAGES, True), (MOST_PAGES + 1, False)])
def test_a_pdf_may_have_twenty_pages(pages: int, taken: bool) -> None:
    assert (check_scan(hostile.clean_pdf(pages)).refused is None) is taken


@pytest.mark.parametrize("what", hostile.refused_pdfs())
def test_a_document_that_could_do_anything_but_show_pages_is_refused_with_what_to_do(what: str) -> None:
    data, code = hostile.refused_pdfs()[what]
    verdict = check_scan(data)
    assert verdict.refused is not None
    assert verdict.refused.code == code
    assert (verdict.clean, verdict.content_type, verdict.pages) == (None, None, 0)
    assert verdict.refused.en.endswith(".")
    assert verdict.refused.zh.endswith("。")


def test_a_page_that_would_unpack_to_a_hundred_megabytes_is_never_unpacked() -> None:
    verdict = check_scan(hostile.pdf_with_page_bomb())
    assert (verdict.refused, verdict.pages) == (None, 1)


@pytest.mark.rule("EDU-07")
def test_a_picture_of_a_document_is_written_anew_upright_and_readable() -> None:
    verdict = check_scan(phone_photo())
    assert (verdict.refused, verdict.content_type, verdict.pages) == (None, "image/jpeg", 1)
    with Image.open(io.BytesIO(verdict.clean or b"")) as image:
        assert image.size == (2250, 3000)
        assert dict(image.getexif()) == {}


def test_the_sample_document_of_the_demonstration_is_taken() -> None:
    verdict = check_scan(id_document())
    assert (verdict.refused, verdict.content_type) == (None, "image/jpeg")


@pytest.mark.parametrize("what", hostile.accepted_pictures())
def test_nothing_but_the_pixels_of_a_picture_comes_out(what: str) -> None:
    clean = check_scan(hostile.accepted_pictures()[what]).clean or b""
    assert clean.startswith(b"\xff\xd8\xff")
    for trace in (b"PK\x03\x04", b"evil", b"script", b"%PDF", b"rubbish"):
        assert trace not in clean


@pytest.mark.parametrize("what", [what for what, (_, code) in hostile.refused_pictures().items() if code != "not_jpeg"])
def test_a_broken_picture_is_refused_like_a_broken_photo(what: str) -> None:
    data, code = hostile.refused_pictures()[what]
    verdict = check_scan(data)
    assert verdict.refused is not None
    assert verdict.refused.code == code


@pytest.mark.rule("EDU-08")
@pytest.mark.filterwarnings("error")
def test_what_stands_in_the_fields_of_a_form_is_part_of_the_page_once_files_are_put_together() -> None:
    part = hostile.signed_visibly()
    assert check_scan(part).refused is None
    merged = merge([(part, "application/pdf")] * 2)
    assert isinstance(merged, bytes)
    with pikepdf.open(io.BytesIO(merged)) as pdf:
        assert "/AcroForm" not in pdf.Root
        for page in pdf.pages:
            assert "/Annots" not in page or len(page.Annots) == 0
            assert [look.read_bytes() for look in page.obj.Resources.XObject.values()] == [b"BT (Seal) Tj ET"]
    assert check_scan(merged).pages == 2
