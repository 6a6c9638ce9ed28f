"""Guilloche: the woven lines of banknotes, here as the certificate's paper and the ribbon of our other documents."""

import cmath
import math

from local.artwork.curves import Curve, picture, rounded_rectangle, smooth, stroke

JADE, GOLD, INK, PAPER = "#2f6f62", "#a98a4b", "#22304a", "#fffdf7"

A4_LONG, A4_SHORT = 297.0, 210.0
BAND_CENTRE, BAND_HALF, BAND_RADIUS = 12.4, 3.7, 7.5


def certificate_paper() -> str:
    """The background of the certificate, A4 landscape: tint, fine waves, rosette, woven border."""
    return picture(A4_LONG, A4_SHORT, _tint(), _waves(), _rosette(complex(A4_LONG / 2, 112)), _border())


def ribbon(length: float = 174.0, height: float = 5.0) -> str:
    """A straight piece of the same weave, for the head of tickets and score reports."""
    half, share = height / 2 - 0.2, length / 900

    def strand(waves: int, phase: float, shift: float) -> Curve:
        def curve(at: float) -> complex:
            swing = _swing(at, waves * share, round(_SWELLINGS * share), phase, shift)
            return complex(length * at, height / 2 + half * swing)

        return curve

    parts = (
        stroke((smooth(strand(waves, k / strands, shift), round(waves * share) * 4) for k in range(strands)),
               colour, width, opacity)
        for colour, width, opacity, waves, strands, shift in _WEAVE
    )  # fmt: skip
    return picture(length, height, *parts)


_WEAVE = (
    (JADE, 0.10, 0.9, 132, 4, 0.0),
    (GOLD, 0.10, 0.9, 176, 4, 0.5),
)
"""Colour, line width (mm), opacity, waves around the page, strands, shift of the swelling."""

_SWELLINGS = 44
"""How often the band's strands swell and thin around the page: jade swells where gold is thin."""


def _swing(at: float, waves: float, swellings: float, phase: float, shift: float) -> float:
    """How far a strand is from the middle of its band, -1 to 1."""
    swell = 0.70 + 0.30 * math.cos(2 * math.pi * (swellings * at + shift))
    return swell * math.sin(2 * math.pi * (waves * at + phase))


def _tint() -> str:
    return (
        '<defs><radialGradient id="tint" cx="50%" cy="48%" r="72%"><stop offset="0" stop-color="#ffffff"/>'
        f'<stop offset="0.62" stop-color="{PAPER}"/><stop offset="1" stop-color="#f7f3e6"/></radialGradient></defs>'
        f'<rect width="{A4_LONG:g}" height="{A4_SHORT:g}" fill="url(#tint)"/>'
    )


def _waves() -> str:
    """Thin lines across the field whose rhythm shifts from line to line: a copier turns them into bands."""
    left, right, top, bottom, lines = 17.4, A4_LONG - 17.4, 20.5, A4_SHORT - 20.5, 60

    def line(index: int) -> Curve:
        base = top + (bottom - top) * index / (lines - 1)

        def curve(at: float) -> complex:
            long = 1.5 * math.sin(2 * math.pi * 3 * at + index * 0.21)
            short = 0.6 * math.sin(2 * math.pi * 7 * at - index * 0.34)
            return complex(left + (right - left) * at, base + long + short)

        return curve

    return stroke((smooth(line(index), 24) for index in range(lines)), JADE, 0.06, 0.22)


def _rosette(centre: complex) -> str:
    rings = (
        (60.0, 0.15, 14, 10, JADE, 0.1, 0.30),
        (47.0, 0.22, 9, 10, GOLD, 0.1, 0.36),
        (30.0, 0.30, 7, 9, JADE, 0.1, 0.30),
    )
    parts = []
    for radius, depth, lobes, strands, colour, width, opacity in rings:
        paths = (
            smooth(_lobed(centre, radius, depth, lobes, k / strands), lobes * 6, closed=True) for k in range(strands)
        )
        parts.append(stroke(paths, colour, width, opacity))
    return "".join(parts)


def _lobed(centre: complex, radius: float, depth: float, lobes: int, phase: float) -> Curve:
    def curve(at: float) -> complex:
        angle = 2 * math.pi * at
        reach = radius * (1 - depth + depth * math.cos(lobes * angle + 2 * math.pi * phase))
        return centre + cmath.rect(reach, angle)

    return curve


def _border() -> str:
    walk = rounded_rectangle(A4_LONG, A4_SHORT, BAND_CENTRE, BAND_RADIUS)

    def strand(waves: int, phase: float, shift: float) -> Curve:
        def curve(at: float) -> complex:
            point, outward = walk(at)
            return point + outward * BAND_HALF * 0.96 * _swing(at, waves, _SWELLINGS, phase, shift)

        return curve

    parts = [
        stroke((smooth(strand(waves, k / strands, shift), waves * 4, closed=True) for k in range(strands)),
               colour, width, opacity)
        for colour, width, opacity, waves, strands, shift in _WEAVE
    ]  # fmt: skip
    frames = (
        (BAND_CENTRE - BAND_HALF - 1.1, BAND_RADIUS + BAND_HALF + 1.1, JADE, 0.55),
        (BAND_CENTRE - BAND_HALF - 0.2, BAND_RADIUS + BAND_HALF + 0.2, GOLD, 0.18),
        (BAND_CENTRE + BAND_HALF + 0.2, BAND_RADIUS - BAND_HALF - 0.2, GOLD, 0.18),
        (BAND_CENTRE + BAND_HALF + 1.1, BAND_RADIUS - BAND_HALF - 1.1, JADE, 0.3),
    )
    for inset, radius, colour, width in frames:
        box = f'x="{inset:g}" y="{inset:g}" width="{A4_LONG - 2 * inset:g}" height="{A4_SHORT - 2 * inset:g}"'
        parts.append(f'<rect {box} rx="{radius:g}" fill="none" stroke="{colour}" stroke-width="{width:g}"/>')
    near, far_x, far_y = BAND_CENTRE + 1.6, A4_LONG - BAND_CENTRE - 1.6, A4_SHORT - BAND_CENTRE - 1.6
    parts += [_medallion(complex(x, y)) for x in (near, far_x) for y in (near, far_y)]
    return "".join(parts)


def _medallion(centre: complex) -> str:
    """The round piece that covers a corner of the border."""
    radius = 8.2
    at = f'cx="{centre.real:g}" cy="{centre.imag:g}"'
    petals = (smooth(_lobed(centre, radius - 0.9, 0.30, 8, k / 6), 48, closed=True) for k in range(6))
    heart = (smooth(_lobed(centre, 3.9, 0.42, 6, k / 5), 36, closed=True) for k in range(5))
    return (
        f'<circle {at} r="{radius:g}" fill="{PAPER}" stroke="{JADE}" stroke-width="0.5"/>'
        f'<circle {at} r="{radius - 0.65:g}" fill="none" stroke="{GOLD}" stroke-width="0.16"/>'
        + stroke(petals, JADE, 0.1, 0.9)
        + stroke(heart, GOLD, 0.1, 0.95)
        + f'<circle {at} r="0.7" fill="{JADE}"/>'
    )
