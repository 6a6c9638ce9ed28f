"""A portrait of nobody: drawn, so that samples and tests need no person's picture.

The face detector takes it for a face (it was trained on photographs, but proportions and shading suffice); that is what
makes the photo checks testable without anybody's data. The canvas is 600 x 800, the 3:4 of a phone; a figure is drawn
around the middle of its face, 330 units from chin to crown.
"""

from dataclasses import dataclass
from typing import Literal

WIDTH, HEIGHT = 600, 800

type Colours = tuple[str, str]
"""Lit from the upper left, shaded at the lower right."""


@dataclass(frozen=True)
class Person:
    """How one drawn person looks. `style` is that of the hair; `scarf` and `turban` cover it."""

    skin: Colours = ("#f0c8a4", "#d9a07a")
    hair: Colours = ("#3b302b", "#191412")
    coat: Colours = ("#33466b", "#1a2540")
    scarf: Colours | None = None
    turban: Colours | None = None
    style: Literal["short", "full", "none"] = "short"


PALE = Person()
BROWN = Person(skin=("#b9855c", "#8c5b3a"), hair=("#2a211d", "#120e0c"), coat=("#6b3a35", "#40201d"))
DARK = Person(skin=("#74492f", "#4c2d1c"), hair=("#1d1715", "#0d0a09"), coat=("#3c5a4c", "#20352b"))
SCARF = Person(skin=("#dfb08a", "#be8560"), scarf=("#35606b", "#1d3a43"), coat=("#3d3f52", "#23242f"))

WALL: Colours = ("#f2f1ee", "#dfdeda")

_SCARF_BEHIND = "M-150 30C-165-130-70-190 0-190S165-130 150 30C160 130 200 210 230 320H-230C-200 210-160 130-150 30Z"
_SCARF_AROUND = (
    "M-150 20C-150-130-70-188 0-188S150-130 150 20C150 130 80 200 40 236C20 250-20 250-40 236C-80 200-150 130-150 20Z"
    "M-104-20C-104 60-66 146 0 146S104 60 104-20C104-100 60-134 0-134S-104-100-104-20Z"
)
_HAIR_BEHIND = "M-128 40C-150-110-80-178 0-178S150-110 128 40C132 90 118 120 104 132H-104C-118 120-132 90-128 40Z"
_HAIR_FRONT = "M-118 4C-134-110-70-172 0-172S134-110 118 4C112-52 96-92 70-110C30-88-34-88-72-112C-98-90-112-48-118 4Z"
_FULL_BEHIND = "M-176-40C-196-150-110-236 0-236S196-150 176-40C176 50 140 96 104 120H-104C-140 96-176 50-176-40Z"
_TURBAN = "M-126-34C-176-170-92-226 0-226S176-170 126-34C104-92 58-122 0-122S-104-92-126-34Z"
_TURBAN_FOLDS = "M-120-70C-70-160 10-196 96-196M-132-96C-90-180-20-212 60-214M120-70C90-130 40-160-20-170"
_NECK = "M-46 100V196C-46 232 46 232 46 196V100Z"
_UNDER_CHIN = "M-46 130C-20 176 20 176 46 130V160C20 200-20 200-46 160Z"
_COAT = "M-300 1400V560C-300 300-210 250-52 206C-30 250 30 250 52 206C210 250 300 300 300 560V1400Z"
_SHIRT = "M-52 206C-30 250 30 250 52 206L14 344H-14Z"
_COLLAR = "M-52 202C-36 250-16 280 0 300C16 280 36 250 52 202L80 222L10 352H-10L-80 222Z"
_HEAD = "M-112-40C-112-122-62-158 0-158S112-122 112-40C112 62 66 152 0 152S-112 62-112-40Z"
_SHADED_CHEEK = "M70-120C104-90 112-60 112-30C112 60 68 150 4 152C60 120 92 40 70-120Z"
_LIT_CHEEK = "M-90 20C-70 6-40 14-34 40C-40 66-72 70-84 54Z"
_EYE_WHITE = "M-26 4C-14-13 14-13 25 3C13 13-14 13-26 4Z"
_LID = "M-28 4C-15-15 14-15 27 2"
_BROW = "M-30-28C-12-40 14-39 30-27"
_NOSE = "M-7-6C-6 26-22 46-18 54C-10 64 10 64 18 54C22 46 8 30 7-6Z"
_NOSTRILS = "M-14 54C-10 59-5 59-3 56C-6 52-11 51-14 54ZM14 54C10 59 5 59 3 56C6 52 11 51 14 54Z"
_MOUTH = "M-38 92C-20 82-6 84 0 87C6 84 20 82 38 92C22 112-22 112-38 92Z"
_LIPS = "M-38 92C-16 96 16 96 38 92"


def figure(person: Person, x: float, y: float, size: float) -> str:
    """Head and shoulders: (x, y) is the middle of the face, `size` the distance from chin to crown."""
    behind, front = _around_the_head(person)
    body = (
        _filled(_NECK, person.skin) + _plain(_UNDER_CHIN, "#000", 0.16) + _filled(_COAT, person.coat)
        + _plain(_SHIRT, "#e9eaec") + _plain(_COLLAR, "#fbfbfa")
    )  # fmt: skip
    inside = behind + body + _face(person) + front
    return f'<g transform="translate({x:g} {y:g}) scale({size / 330:.4f})">{inside}</g>'


def scene(*figures: str, people: tuple[Person, ...], wall: Colours = WALL, furniture: str = "") -> str:
    """An SVG picture: a wall lit from the upper left, whatever stands in front of it, then the people's figures."""
    gradients = [_gradient(wall)]
    for person in people:
        pairs = (person.skin, person.hair, person.coat, person.scarf, person.turban)
        gradients += [_gradient(pair) for pair in pairs if pair]
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><defs>{"".join(dict.fromkeys(gradients))}</defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_paint(wall)}"/>{furniture}{"".join(figures)}</svg>'
    )


def portrait(person: Person = PALE, *, wall: Colours = WALL, furniture: str = "") -> str:
    """One person before a wall, as somebody holds a phone: more room around the head than an ID photo wants."""
    return scene(figure(person, 300, 350, 300), people=(person,), wall=wall, furniture=furniture)


def _around_the_head(person: Person) -> tuple[str, str]:
    """What is drawn behind the head and over it."""
    if person.scarf:
        return _filled(_SCARF_BEHIND, person.scarf), _filled(_SCARF_AROUND, person.scarf)
    if person.turban:
        return "", _filled(_TURBAN, person.turban) + _line(_TURBAN_FOLDS, person.turban[1], 5)
    if person.style == "none":
        return "", ""
    behind = _FULL_BEHIND if person.style == "full" else _HAIR_BEHIND
    return _filled(behind, person.hair), _filled(_HAIR_FRONT, person.hair)


def _paint(pair: Colours) -> str:
    return f"url(#{_name(pair)})"


def _name(pair: Colours) -> str:
    return "c" + "".join(pair).replace("#", "")


def _gradient(pair: Colours) -> str:
    return (
        f'<linearGradient id="{_name(pair)}" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="{pair[0]}"/>'
        f'<stop offset="1" stop-color="{pair[1]}"/></linearGradient>'
    )


def _filled(path: str, pair: Colours) -> str:
    return f'<path fill="{_paint(pair)}" d="{path}"/>'


def _plain(path: str, colour: str, opacity: float = 1.0) -> str:
    return f'<path fill="{colour}" fill-opacity="{opacity:g}" d="{path}"/>'


def _line(path: str, colour: str, width: float) -> str:
    return f'<path fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-linecap="round" d="{path}"/>'


def _face(person: Person) -> str:
    lit, shade = person.skin
    ears = "".join(f'<ellipse cx="{x}" cy="6" rx="16" ry="31" fill="{shade}"/>' for x in (-114, 114))
    return (
        ("" if person.scarf else ears) + _filled(_HEAD, person.skin)
        + _plain(_SHADED_CHEEK, shade, 0.5) + _plain(_LIT_CHEEK, lit, 0.35) + _eye(-1) + _eye(1)
        + _plain(_NOSE, shade, 0.55) + _plain(_NOSTRILS, "#000", 0.35)
        + _plain(_MOUTH, "#a9574d") + _line(_LIPS, "#6d302b", 2.6)
    )  # fmt: skip


def _eye(side: int) -> str:
    parts = (
        _plain(_EYE_WHITE, "#fdfcfa"),
        '<circle cx="-1" cy="1" r="10.5" fill="#4a3122"/><circle cx="-1" cy="1" r="5.5" fill="#0d0907"/>',
        f'<circle cx="{-1 - side * 3.5}" cy="-3" r="2.6" fill="#fff"/>',
        _line(_LID, "#1c1411", 4),
        _line(_BROW, "#1c1411", 8),
    )
    return f'<g transform="translate({side * 48} -8) scale({side} 1)">{"".join(parts)}</g>'
