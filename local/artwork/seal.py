"""The round seal and the emblem.

The seal is a demonstration: it says so in both languages, in the middle and around the rim, so that no copy of it can
pass for the seal of a real body. The emblem is a hallmark, the sign of the assay office: a balance in an octagon.
"""

import cmath
import math

from local.artwork.curves import Curve, picture, smooth, stroke
from local.artwork.guilloche import GOLD, JADE
from local.artwork.outlines import letter, placed

CINNABAR = "#c3171d"
SEAL_SIZE = 42.0
_HAN, _LATIN = "Noto Serif SC", "Libertinus Serif"


def seal() -> str:
    """The seal, 42 mm across, outlines only."""
    middle = SEAL_SIZE / 2
    rim = _arc("职业资格认证系统示范印章", _HAN, 400, 4.5, 15.0, middle, spread=222)
    foot = _arc("DEMONSTRATION SEAL", _LATIN, 700, 2.7, 15.6, middle, spread=116, below=True)
    heart = _line("示范", 5.6, 6.0, middle, middle + 1.2) + _line("不具法律效力", 1.9, 2.15, middle, middle + 4.7)
    rosette = stroke(
        (smooth(_star(complex(middle, middle), 10.6, 9.0, 12, k / 4), 72, closed=True) for k in range(4)),
        CINNABAR, 0.13,
    )  # fmt: skip
    rings = "".join(
        f'<circle cx="{middle:g}" cy="{middle:g}" r="{radius:g}" fill="none" stroke="{CINNABAR}"'
        f' stroke-width="{width:g}"/>'
        for radius, width in ((middle - 0.8, 1.3), (middle - 2.1, 0.22), (8.6, 0.2))
    )
    # Han letters come in one weight: a stroke of their own colour gives them the body of a seal's cut letters.
    letters = f'<g stroke="{CINNABAR}" stroke-width="5" stroke-linejoin="round">{rim}{heart}</g>{foot}'
    return picture(SEAL_SIZE, SEAL_SIZE, f'<g fill="{CINNABAR}" opacity="0.9">{rings}{rosette}{letters}</g>')


def _line(text: str, size: float, pitch: float, x: float, y: float) -> str:
    """Han letters in a row around x, at an even pitch."""
    first = x - pitch * (len(text) - 1) / 2
    return "".join(placed(letter(c, _HAN), size, first + pitch * index, y) for index, c in enumerate(text))


def _arc(
    text: str, font: str, weight: int, size: float, radius: float, middle: float, *, spread: float, below: bool = False
) -> str:
    """Text along a circle: over the top, or (below) under it, read from left to right either way."""
    glyphs = [letter(character, font, weight) if character != " " else None for character in text]
    widths = [glyph.advance if glyph else 0.3 for glyph in glyphs]
    unit, walked, parts = spread / (sum(widths)), 0.0, []
    for glyph, width in zip(glyphs, widths, strict=True):
        turn = (walked + width / 2) * unit - spread / 2
        walked += width
        if glyph is None:
            continue
        # The radius is the letter's middle; capitals and Han characters stand about a third of their size above it.
        reach = radius + (size * 0.33 if below else -size * 0.37)
        point = cmath.rect(reach, math.radians((90 - turn) if below else (turn - 90)))
        parts.append(placed(glyph, size, middle + point.real, middle + point.imag, -turn if below else turn))
    return "".join(parts)


def _star(centre: complex, outer: float, inner: float, points: int, phase: float) -> Curve:
    def curve(at: float) -> complex:
        angle = 2 * math.pi * at
        swing = math.cos(points * angle + 2 * math.pi * phase)
        return centre + cmath.rect((outer + inner) / 2 + (outer - inner) / 2 * swing, angle)

    return curve


def emblem() -> str:
    """The emblem, 20 mm across: a balance in a hallmark's octagon."""
    octagons = "".join(
        f'<polygon points="{_octagon(radius)}" fill="{fill}" stroke="{colour}" stroke-width="{width}"/>'
        for radius, fill, colour, width in ((9.6, "#fffdf7", JADE, 0.7), (8.5, "none", GOLD, 0.22))
    )
    frame = (
        "M10 4.6V14.4M7.4 15.2H12.6M8.2 14.4H11.8M4.9 6.6C6.6 6.6 7.6 5.6 10 5.6S13.4 6.6 15.1 6.6"
        "M4.9 6.6L3.2 10.8M4.9 6.6L6.6 10.8M15.1 6.6L13.4 10.8M15.1 6.6L16.8 10.8"
    )
    pans = "M2.8 10.8H7A2.1 1.9 0 0 1 2.8 10.8ZM13 10.8H17.2A2.1 1.9 0 0 1 13 10.8Z"
    jewel = "M10 2.6L11 3.9L10 5.2L9 3.9Z"
    return picture(
        20, 20, octagons,
        f'<path d="{frame}" fill="none" stroke="{JADE}" stroke-width="0.5" stroke-linecap="round"/>',
        f'<path d="{pans}" fill="{GOLD}"/><path d="{jewel}" fill="{CINNABAR}"/>',
    )  # fmt: skip


def _octagon(radius: float) -> str:
    corners = (cmath.rect(radius, math.radians(22.5 + 45 * k)) for k in range(8))
    return " ".join(f"{10 + corner.real:.2f},{10 + corner.imag:.2f}" for corner in corners)
