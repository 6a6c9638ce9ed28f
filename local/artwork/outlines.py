"""Letters as outlines: a picture made of them needs no font, and no text search trips over letters on a curve."""

import re
from dataclasses import dataclass
from functools import cache

import pylopdf_fonts_zh_cn as fonts
import typst

_EM = 100
"""The size at which letters are taken, in points: large, so that two decimals are exact enough."""


@dataclass(frozen=True)
class Letter:
    """One letter's outline at size 1, baseline at y = 0, y pointing up; `advance` is its width."""

    path: str
    advance: float


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[fonts.serif_path().parent])


@cache
def letter(character: str, font: str, weight: int = 400) -> Letter:
    """The outline of one character. ValueError when the font has no glyph for it."""
    source = (
        f'#set page(width: auto, height: auto, margin: 0pt)\n#set text(font: "{font}", size: {_EM}pt, '
        f'weight: {weight}, fallback: false)\n#text("{character}")'
    )
    compiler = typst.Compiler(source.encode(), font_paths=_fonts())
    page = compiler.compile(format="svg")
    svg = page.decode() if isinstance(page, bytes) else ""
    width = re.search(r'viewBox="0 0 ([\d.]+)', svg)
    path = re.search(r'<symbol[^>]*>\s*<path d="([^"]+)"', svg)
    if path is None or width is None:
        raise ValueError(f"{font} has no outline for {character!r}")
    return Letter(_shorter(path[1]), float(width[1]) / _EM)


def _shorter(path: str) -> str:
    """The same path with two decimals and no needless spaces."""
    rounded = re.sub(r"-?\d+\.\d+", lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), path)
    return re.sub(r"\s*([MmLlHhVvCcQqZz])\s*", r"\1", rounded).strip()


def placed(glyph: Letter, size: float, x: float, y: float, turn: float = 0.0) -> str:
    """An SVG path of the letter, `size` high (em), its baseline's middle at (x, y), turned clockwise by degrees."""
    scale = size / _EM
    back = -glyph.advance * _EM / 2
    move = f"translate({x:.2f} {y:.2f}) rotate({turn:.2f}) scale({scale:.4f} {-scale:.4f}) translate({back:.2f} 0)"
    return f'<path transform="{move}" d="{glyph.path}"/>'
