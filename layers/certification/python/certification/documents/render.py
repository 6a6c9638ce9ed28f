"""Documents as PDF: our templates, compiled by typst, one compiler per process.

Every file is PDF/A-3a (it lasts, and its text can be taken out) and PDF/UA-1 (a screen reader can read it). Under
PDF/A a character without a glyph is an error, never an empty box: see MissingGlyph.
"""

import ast
import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pylopdf_fonts_zh_cn as fonts
import typst
import zxingcpp

from certification.documents.data import Document
from certification.rules.errors import Refused

TEMPLATES = Path(__file__).parent / "templates"
STANDARDS: list[Literal["a-3a", "ua-1"]] = ["a-3a", "ua-1"]

_compiling = Lock()
_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed|contains the codepoint `"(.+?)"`')


class MissingGlyph(Refused):
    """None of our fonts has this character, so the document was not made. A person decides: another font, or a
    spelling that the candidate agrees to. `character` is the first one missing."""

    def __init__(self, character: str) -> None:
        point = f"U+{ord(character):04X}"
        super().__init__(
            "missing_glyph",
            f"The character {character} ({point}) cannot be printed with the fonts we have. A person must look at it.",
            f"现有字体无法打印字符“{character}”（{point}），需人工处理。",
            facts={"code_point": point},
        )
        self.character = character


def render(template: str, data: Document) -> bytes:
    """The PDF of `data` printed by `templates/<template>.typ` (ticket, score_report, certificate).

    The same data give the same bytes. MissingGlyph when a character cannot be printed; ValueError for an unknown
    template; RuntimeError (typst's own) when template and data do not fit each other.
    """
    source = TEMPLATES / f"{template}.typ"
    if not source.is_file():
        raise ValueError(f"there is no template {template!r} in {TEMPLATES.name}")
    inputs = {"data": json.dumps(_printed(data), ensure_ascii=False)}
    try:
        # The compiler is not re-entrant, and the local cloud runs handlers on several threads.
        with _compiling:
            pdf = _compiler().compile(
                input=source,
                sys_inputs=inputs,
                format="pdf",
                pdf_standards=[*STANDARDS],
                timestamp=int(data.issued_at.timestamp()),
            )
    except typst.TypstError as error:
        missing = _NO_GLYPH.search(error.message)
        if missing is None:
            raise
        raise MissingGlyph(_unescape(missing[1] or missing[2])) from None
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single PDF")
    return pdf


@cache
def _compiler() -> typst.Compiler:
    # Reading the fonts is most of a cold start; a compiler that is kept also remembers the parsed templates.
    folder = fonts.serif_path().parent
    return typst.Compiler(root=TEMPLATES, font_paths=[folder], ignore_system_fonts=True)


def _printed(data: Document) -> dict[str, Any]:
    """The data as the templates read them: local times, the photo as a picture, the QR code drawn."""
    zone = ZoneInfo(data.time_zone)
    plain: dict[str, Any] = json.loads(data.model_dump_json())
    for name, value in data:
        plain[name] = _local(value, zone, plain[name])
    plain["qr"] = qr(data.verification_url)
    if "photo" in plain:
        plain["photo"] = _framed(plain["photo"])
    return plain


def _local(value: Any, zone: ZoneInfo, plain: Any) -> Any:
    """`plain` with every time inside `value` written as the scheme's wall clock shows it."""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="minutes")
    if isinstance(value, tuple):
        return [_local(item, zone, written) for item, written in zip(value, plain, strict=True)]
    if isinstance(plain, dict):
        return {name: _local(getattr(value, name), zone, written) for name, written in plain.items()}
    return plain


def _framed(photo: str) -> str:
    """A base64 JPEG as an SVG picture: typst takes no base64, and this way the JPEG's bytes are kept unchanged."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 35 45" width="35" height="45">'
        f'<image width="35" height="45" preserveAspectRatio="xMidYMid slice" href="data:image/jpeg;base64,{photo}"/>'
        "</svg>"
    )


def qr(text: str) -> str:
    """A QR code as SVG, error correction Q (a quarter may be dirty), with its quiet zone."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    svg: str = code.to_svg(add_quiet_zones=True)
    return svg[svg.index("<svg") :]


def _unescape(text: str) -> str:
    """The first character of a text as typst quotes it (`\\u{301}` for what cannot be shown alone)."""
    escaped = re.match(r"\\u\{([0-9a-fA-F]+)\}", text)
    if escaped:
        return chr(int(escaped[1], 16))
    return str(ast.literal_eval(f'"{text[:2]}"')) if text.startswith("\\") else text[0]
