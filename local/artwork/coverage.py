"""Which characters our documents can print: read from the fonts that print them, kept as a small text beside them.

    PYTHONPATH=layers/certification/python:. .venv/bin/python -m local.artwork.coverage

The fonts are those of the documents layer and those inside typst itself. Pages must say at once that a character of a name
cannot be printed, and they carry neither; so the answer is written down here, and a test compares it with the fonts.
"""

import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pylopdf_fonts_zh_cn as fonts
import typst

TARGET = Path(__file__).parents[2] / "layers/certification/python/certification/documents/coverage.txt"
INSIDE_TYPST = ("Libertinus Serif Regular", "NewComputerModern10-Regular", "DejaVu Sans Mono")
"""Typst's own faces in their upright weight: Latin, Greek, Cyrillic and what names seldom need beyond."""
HEAD = "# Made by local/artwork/coverage.py from the fonts of our documents: code points a name can be printed with.\n"


def written() -> str:
    """The text of the file."""
    return HEAD + "".join(
        f"{first:X}-{last:X}\n" if last > first else f"{first:X}\n" for first, last in _runs(covered())
    )


def covered() -> set[int]:
    """Every letter and mark that one of the fonts has. A private character means something else in each font: none counts."""
    found: set[int] = set()
    for face in _faces():
        found |= set(_mapped(face))
    return {code for code in found if unicodedata.category(chr(code))[0] in "LM"}


def _faces() -> Iterator[bytes]:
    folder = fonts.serif_path().parent
    yield from (path.read_bytes() for path in sorted(folder.glob("*.otf")))
    binary = next(Path(typst.__file__).parent.glob("*.so")).read_bytes()
    names = set(INSIDE_TYPST)
    for start in _starts(binary):
        name = _name(binary[start:])
        if name in names:
            names.remove(name)
            yield binary[start : start + 4_000_000]


def _starts(binary: bytes) -> Iterator[int]:
    """Where a font begins inside a binary: its signature, and a directory that names the tables every font has."""
    for signature in (b"OTTO", b"\0\1\0\0"):
        at = binary.find(signature)
        while at >= 0:
            try:
                tables = _tables(binary[at : at + 700])
            except struct.error:
                tables = {}
            if {b"cmap", b"head", b"name"} <= tables.keys():
                yield at
            at = binary.find(signature, at + 4)


def _tables(face: bytes) -> dict[bytes, int]:
    (number,) = struct.unpack_from(">H", face, 4)
    if not 8 <= number <= 40:
        return {}
    entries = (struct.unpack_from(">4sIII", face, 12 + 16 * index) for index in range(number))
    return {tag: offset for tag, _, offset, _ in entries}


def _name(face: bytes) -> str:
    base = _tables(face)[b"name"]
    _, number, texts = struct.unpack_from(">HHH", face, base)
    for index in range(number):
        platform, _, _, kind, length, offset = struct.unpack_from(">6H", face, base + 6 + 12 * index)
        if (platform, kind) == (3, 4):
            start = base + texts + offset
            return face[start : start + length].decode("utf-16-be")
    return ""


def _mapped(face: bytes) -> Iterator[int]:
    """The code points that the font's character map leads to a glyph (formats 4 and 12)."""
    base = _tables(face)[b"cmap"]
    _, number = struct.unpack_from(">HH", face, base)
    for index in range(number):
        platform, _, offset = struct.unpack_from(">HHI", face, base + 4 + 8 * index)
        (kind,) = struct.unpack_from(">H", face, base + offset)
        if platform in (0, 3) and kind == 12:
            yield from _format_12(face, base + offset)
        elif platform in (0, 3) and kind == 4:
            yield from _format_4(face, base + offset)


def _format_12(face: bytes, at: int) -> Iterator[int]:
    (groups,) = struct.unpack_from(">I", face, at + 12)
    for group in range(groups):
        first, last, glyph = struct.unpack_from(">III", face, at + 16 + 12 * group)
        yield from (code for code in range(first, last + 1) if glyph + code - first)


def _format_4(face: bytes, at: int) -> Iterator[int]:
    count = struct.unpack_from(">H", face, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", face, at + 14)
    starts = struct.unpack_from(f">{count}H", face, at + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}h", face, at + 16 + 4 * count)
    ranges_at = at + 16 + 6 * count
    for index, (first, last) in enumerate(zip(starts, ends, strict=True)):
        (offset,) = struct.unpack_from(">H", face, ranges_at + 2 * index)
        for code in range(first, min(last, 0xFFFE) + 1):
            if offset:
                (glyph,) = struct.unpack_from(">H", face, ranges_at + 2 * index + offset + 2 * (code - first))
            else:
                glyph = (code + deltas[index]) & 0xFFFF
            if glyph:
                yield code


def _runs(codes: set[int]) -> Iterator[tuple[int, int]]:
    ordered = sorted(codes)
    first = ordered[0]
    for before, code in zip(ordered, [*ordered[1:], -1], strict=True):
        if code != before + 1:
            yield first, before
            first = code


if __name__ == "__main__":
    TARGET.write_text(written(), encoding="utf-8")
