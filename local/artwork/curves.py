"""Smooth curves as SVG path data. Points are complex numbers in millimetres, y pointing down."""

import cmath
import math
from collections.abc import Callable, Iterable

type Walk = Callable[[float], tuple[complex, complex]]
"""A point and the direction outwards from it, for a parameter between 0 and 1."""
type Curve = Callable[[float], complex]
"""A point for a parameter between 0 and 1."""


def number(value: float) -> str:
    """The shortest text of a length to a hundredth of a millimetre, finer than any printer."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def smooth(curve: Curve, pieces: int, *, closed: bool = False) -> str:
    """Path data through `pieces` + 1 points of the curve.

    Each piece is a cubic whose handles follow the curve's own tangents (a Hermite spline), so four pieces a wave
    are enough; coordinates are relative, which halves the file.
    """
    step = 1 / pieces
    nudge = step / 1000

    def tangent(at: float) -> complex:
        return (curve(at + nudge) - curve(at - nudge)) / (2 * nudge) * step / 3

    start = pen = _round(curve(0))
    text = [f"M{number(start.real)} {number(start.imag)}c"]
    for index in range(pieces):
        here, there = index * step, (index + 1) * step
        end = _round(curve(there))
        for point in (curve(here) + tangent(here), curve(there) - tangent(there), end):
            away = point - pen
            text.append(f"{number(away.real)} {number(away.imag)} ")
        pen = end
    return "".join(text).rstrip() + ("z" if closed else "")


def _round(point: complex) -> complex:
    """The point as it will be written, so that rounding errors do not add up along a relative path."""
    return complex(round(point.real, 2), round(point.imag, 2))


def rounded_rectangle(width: float, height: float, inset: float, radius: float) -> Walk:
    """A walk at even speed around a rounded rectangle: parameter 0..1 to (point, outward normal)."""
    across, down = width - 2 * inset - 2 * radius, height - 2 * inset - 2 * radius
    turn = radius * math.pi / 2
    corners = [
        (complex(inset + radius, inset + radius), across, -90.0),
        (complex(width - inset - radius, inset + radius), down, 0.0),
        (complex(width - inset - radius, height - inset - radius), across, 90.0),
        (complex(inset + radius, height - inset - radius), down, 180.0),
    ]
    around = 2 * (across + down) + 4 * turn

    def walk(at: float) -> tuple[complex, complex]:
        left = (at % 1.0) * around
        for index, (centre, straight, angle) in enumerate(corners):
            normal = cmath.rect(1, math.radians(angle))
            if left < straight:
                return centre + normal * radius + normal * 1j * left, normal
            left -= straight
            if left < turn:
                corner = corners[(index + 1) % 4][0]
                normal = cmath.rect(1, math.radians(angle) + left / radius)
                return corner + normal * radius, normal
            left -= turn
        return corners[0][0] - 1j * radius, -1j

    return walk


def stroke(paths: Iterable[str], colour: str, width: float, opacity: float = 1.0) -> str:
    """One SVG path element that draws all the given path data as lines."""
    faint = "" if opacity == 1.0 else f' stroke-opacity="{opacity:g}"'
    return f'<path d="{"".join(paths)}" fill="none" stroke="{colour}" stroke-width="{width:g}"{faint}/>'


def picture(width: float, height: float, *parts: str) -> str:
    """An SVG picture of the given size in millimetres."""
    size = f'width="{width:g}mm" height="{height:g}mm" viewBox="0 0 {width:g} {height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>\n'
