"""Photos as people send them, good and bad, built from our drawn portrait: nobody's picture is needed."""

import io
from functools import cache
from itertools import product

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from local.artwork import portrait
from local.artwork.portrait import PALE, Person, figure
from local.samples import as_from_phone, drawn, phone_photo

__all__ = ["PEOPLE", "as_jpeg", "faulty", "from_phone", "good", "phone_photo"]

PEOPLE = {"pale": PALE, "brown": portrait.BROWN, "dark": portrait.DARK, "scarf": portrait.SCARF}
WIDTH = 900


def as_jpeg(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, **options)
    return out.getvalue()


def from_phone(image: Image.Image) -> bytes:
    return as_from_phone(image)


@cache
def scene(
    *figures: str, people: tuple[Person, ...] = (PALE,), furniture: str = "", wall: tuple[str, str] = portrait.WALL
) -> Image.Image:
    return drawn(portrait.scene(*figures, people=people, wall=wall, furniture=furniture), WIDTH)


@cache
def good(person: Person = PALE) -> Image.Image:
    """Well lit, in the middle, before a plain wall: 900 x 1200 pixels."""
    return scene(figure(person, 300, 350, 300), people=(person,))


def _wall(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{colour}"/>'


def _half_in_shade(image: Image.Image) -> Image.Image:
    dark = ImageEnhance.Brightness(image).enhance(0.4)
    shaded = image.copy()
    shaded.paste(dark.crop((image.width // 2, 0, *image.size)), (image.width // 2, 0))
    return shaded


def _flashed(image: Image.Image) -> Image.Image:
    """A flash that burns the forehead white."""
    burnt = image.copy()
    ImageDraw.Draw(burnt).ellipse((375, 375, 525, 495), fill="white")
    return burnt


def _busy() -> str:
    """A shelf of books behind the head."""
    colours = ("#7a3b2e", "#d8c690", "#2f5d62", "#1f2a3d", "#b9502f")
    return "".join(
        _wall(40 * column, 150 * row, 40, 140, colours[(column * 3 + row) % 5])
        for row, column in product(range(6), range(15))
    )


@cache
def faulty(person: Person = PALE) -> dict[str, Image.Image]:
    """Photos by the codes of the problems that each must be told of, and of no other."""
    fine, usual = good(person), figure(person, 300, 350, 300)
    only = (person,)
    return {
        "no_face": scene(people=only),
        "several_faces": scene(figure(person, 190, 380, 190), figure(person, 430, 390, 190), people=only),
        "face_too_small": scene(figure(person, 300, 420, 100), people=only).resize((600, 800)),
        "too_close": scene(figure(person, 300, 400, 690), people=only),
        "too_left": scene(figure(person, 90, 350, 240), people=only),
        "blurred": fine.filter(ImageFilter.GaussianBlur(6)),
        "too_dark": ImageEnhance.Brightness(fine).enhance(0.4),
        "overexposed": _flashed(fine),
        "background_dark and uneven_light": _half_in_shade(fine),
        "background_dark": scene(usual, people=only, furniture=_wall(0, 0, 210, 420, "#3c4652")),
        "background_coloured": scene(usual, people=only, wall=("#f08030", "#f08030")),
        "background_uneven": scene(usual, people=only, furniture=_busy()),
    }


def tilted(person: Person = PALE, degrees: float = 20) -> Image.Image:
    return good(person).rotate(degrees, fillcolor=(236, 235, 231), resample=Image.Resampling.BICUBIC)
