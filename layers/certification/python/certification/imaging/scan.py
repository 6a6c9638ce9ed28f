"""Scans of ID documents and other proofs: JPEG pictures and PDF files (EDU-07, EDU-08).

A picture is written anew, so that only pixels remain. A PDF stays byte for byte what it was, because a signed report
must stay verifiable; so a PDF that could do anything but show pages is refused.
"""

import io
import zipfile
from functools import cache

import pikepdf
from PIL import Image

from certification.imaging import problem as said
from certification.imaging.intake import MOST_BYTES, as_jpeg, open_jpeg
from certification.imaging.problem import Problem, Unreadable
from certification.rules.model import Frozen

MOST_PAGES = 20
_LONGEST_SIDE = 3000
_ENOUGH = 2000
_QUALITY = 88
_MOST_OBJECTS = 20_000
_DEEPEST = 40

_ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"}
_ACTIVE_KEYS = _ACTIVE_ACTIONS | {"/JS", "/OpenAction", "/AA", "/XFA", "/EmbeddedFiles", "/EF"}
_ACTIVE_KEYS |= {"/RichMedia", "/RichMediaContent"}
_ACTIVE_KINDS = _ACTIVE_ACTIONS | {"/RichMedia", "/RichMediaExecute", "/Rendition", "/FileAttachment"}
_ACTIVE_KINDS |= {"/Movie", "/Sound", "/Screen", "/3D"}
# qpdf replaces an object that breaks its limits by null and only warns: without this, a bomb would pass as clean.
_LIMIT_WARNINGS = ("memory limit", "error decoding", "exceed", "limit")

ENCRYPTED = Problem(
    code="encrypted",
    en="The PDF is protected. Remove the protection, or print it to a new PDF, and send it again.",
    zh="PDF文件已加密。请取消保护或另存为新PDF后再上传。",
)
BROKEN = Problem(
    code="broken_pdf",
    en="The PDF is damaged. Print it to a new PDF and send it again.",
    zh="PDF文件已损坏。请另存为新PDF后再上传。",
)
ACTIVE = Problem(
    code="active_content",
    en="The PDF contains a program, a form or another file. Print it to a new PDF and send that.",
    zh="PDF包含脚本、表单或附件。请将其打印为新PDF后再上传。",
)
TOO_MANY_PAGES = Problem(
    code="too_many_pages",
    en=f"The PDF has more than {MOST_PAGES} pages. Send only the pages that are asked for.",
    zh=f"PDF超过{MOST_PAGES}页，请仅上传所需页面。",
)
TOO_COMPLEX = Problem(
    code="too_complex",
    en="The PDF is built in an unusual way. Print it to a new PDF and send that.",
    zh="PDF结构异常。请将其打印为新PDF后再上传。",
)


class ScanVerdict(Frozen):
    """What became of a scan: `refused` says why it was not taken; otherwise the clean file, its type and its pages."""

    refused: Problem | None = None
    clean: bytes | None = None
    content_type: str | None = None
    pages: int = 0


def check_scan(data: bytes) -> ScanVerdict:
    """Judge a JPEG or PDF of up to 10 MB. Never raises for bad input."""
    try:
        if not data:
            raise Unreadable(said.EMPTY)
        if len(data) > MOST_BYTES:
            raise Unreadable(said.TOO_MANY_BYTES)
        if data.startswith(b"\xff\xd8\xff"):
            return ScanVerdict(clean=_picture(data), content_type="image/jpeg", pages=1)
        if data.startswith(b"%PDF-"):
            return ScanVerdict(clean=data, content_type="application/pdf", pages=_pages(data))
        raise Unreadable(said.NOT_JPEG_OR_PDF)
    except Unreadable as error:
        return ScanVerdict(refused=error.problem)


def _picture(data: bytes) -> bytes:
    image = open_jpeg(data, _ENOUGH).image
    image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE), Image.Resampling.LANCZOS)
    return as_jpeg(image, quality=_QUALITY)


def _pages(data: bytes) -> int:
    """The number of pages of a harmless PDF; Unreadable for any other."""
    _limit_qpdf()
    if data[data.rfind(b"%%EOF") + 5 :].strip():
        raise Unreadable(BROKEN)
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise Unreadable(ACTIVE)  # two formats in one: an archive hides in a stream, or behind a false end
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as pdf:
            return _harmless(pdf)
    except pikepdf.PasswordError:
        raise Unreadable(ENCRYPTED) from None
    except Unreadable:
        raise
    except Exception:
        # qpdf and pikepdf answer broken files with many kinds of exception: each means no.
        raise Unreadable(BROKEN) from None


def _harmless(pdf: pikepdf.Pdf) -> int:
    if pdf.is_encrypted:
        raise Unreadable(ENCRYPTED)
    if len(pdf.objects) > _MOST_OBJECTS:
        raise Unreadable(TOO_COMPLEX)
    pages = len(pdf.pages)
    if pages > MOST_PAGES:
        raise Unreadable(TOO_MANY_PAGES)
    if pages == 0:
        raise Unreadable(BROKEN)
    for thing in pdf.objects:
        _refuse_active(thing, 0)
    warnings = " ".join(str(warning) for warning in pdf.get_warnings()).lower()
    if any(word in warnings for word in _LIMIT_WARNINGS):
        raise Unreadable(TOO_COMPLEX)
    return pages


def _refuse_active(thing: pikepdf.Object, depth: int) -> None:
    """Walk one object; what it refers to is walked on its own, because pdf.objects lists every indirect object."""
    if depth > _DEEPEST:
        raise Unreadable(TOO_COMPLEX)
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for key in thing.keys():  # noqa: SIM118 - a pikepdf object iterates over itself, not over its keys
            value = thing.get(key)
            if key in _ACTIVE_KEYS or (key in ("/S", "/Subtype") and str(value) in _ACTIVE_KINDS):
                raise Unreadable(ACTIVE)
            _refuse_inside(value, depth)
    elif isinstance(thing, pikepdf.Array):
        for value in thing:
            _refuse_inside(value, depth)


def _refuse_inside(value: object, depth: int) -> None:
    if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
        _refuse_active(value, depth + 1)


@cache
def _limit_qpdf() -> None:
    """Object streams must be unpacked to read a file; without a limit 300 KB become 300 MB. Pages stay packed."""
    pikepdf.settings.set_qpdf_limits(flate_max_memory=8 << 20, max_stream_filters=3, parser_max_nesting=60)
