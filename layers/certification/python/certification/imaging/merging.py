"""Several scans as one PDF (EDU-08): the candidate sends files one after the other, and we put them together.

Pages of a PDF are taken over as they look: what stands in a field of a form, a visible signature too, becomes part of its
page. A picture becomes a page of its own, upright and no larger than A4. The parts stay as they came: a signed report can
only be verified by itself.
"""

import io
from collections.abc import Sequence

import pikepdf
from PIL import Image

from certification.imaging.problem import Problem
from certification.imaging.scan import MOST_PAGES, TOO_MANY_PAGES

MOST_BYTES = 10 * 1024 * 1024
_A4_AT_200_DPI = (1654, 2339)

UNMERGEABLE = Problem(
    code="cannot_be_merged",
    en="This PDF cannot be put together with another file. Print it to a new PDF and send that.",
    zh="该PDF无法与其他文件合并。请将其打印为新PDF后再上传。",
)
TOO_LARGE = Problem(
    code="too_many_bytes",
    en="Together the files are larger than 10 MB. Send smaller scans.",
    zh="合并后的文件超过10MB，请上传较小的扫描件。",
)


def merge(parts: Sequence[tuple[bytes, str]]) -> bytes | Problem:
    """One PDF of harmless parts (bytes and content type), in their order; or why they cannot be one."""
    try:
        return _together(parts)
    except Exception:
        # A file may be fit to be looked at and still name pages, fields or fonts in ways that a copy of it cannot: qpdf
        # and pikepdf answer with many kinds of exception, and each means that this file cannot be one of several.
        return UNMERGEABLE


def _together(parts: Sequence[tuple[bytes, str]]) -> bytes | Problem:
    merged = pikepdf.new()
    for body, content_type in parts:
        with pikepdf.open(io.BytesIO(_as_pdf(body, content_type)), suppress_warnings=True) as pdf:
            pdf.flatten_annotations("screen")
            merged.add_pages_from(pdf, forms="strip")
    if len(merged.pages) > MOST_PAGES:
        return TOO_MANY_PAGES
    out = io.BytesIO()
    merged.save(out, deterministic_id=True, linearize=False)
    return out.getvalue() if out.tell() <= MOST_BYTES else TOO_LARGE


def _as_pdf(body: bytes, content_type: str) -> bytes:
    if content_type == "application/pdf":
        return body
    with Image.open(io.BytesIO(body), formats=("JPEG",)) as picture:
        page = picture.convert("RGB")
    page.thumbnail(_A4_AT_200_DPI if page.height >= page.width else _A4_AT_200_DPI[::-1])
    out = io.BytesIO()
    page.save(out, "PDF", resolution=200)
    return out.getvalue()
