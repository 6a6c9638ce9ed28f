"""A varied set of drawn people: ten skin tones, hair and head coverings, and the lights they are photographed in.

The tones follow the ten steps of the Monk scale from light to dark. Nobody is downloaded and nobody is real.
"""

from functools import cache
from itertools import product

from PIL import Image, ImageEnhance, ImageFilter

from local.artwork import portrait
from local.artwork.portrait import Colours, Person
from local.samples import drawn

TONES = (
    *("#f6ede4", "#f3e7db", "#f7ead0", "#eadaba", "#d7bd96"),
    *("#a07e56", "#825c43", "#604134", "#3a312a", "#292420"),
)
HEADS = ("short hair", "full hair", "no hair", "headscarf", "turban")
LIGHTS = ("daylight", "bright", "dim", "warm", "dark", "one side")
WIDTH = 600
_HAIR: Colours = ("#2a211d", "#120e0c")


def person(tone: str, head: str) -> Person:
    """Somebody of this skin tone with this on the head; everything else is the same for all."""
    skin = (tone, shaded(tone, 0.80))
    if head == "headscarf":
        return Person(skin=skin, scarf=("#35606b", "#1d3a43"))
    if head == "turban":
        return Person(skin=skin, turban=("#a4452c", "#6f2a19"))
    if head == "no hair":
        return Person(skin=skin, style="none")
    return Person(skin=skin, hair=_HAIR, style="full" if head == "full hair" else "short")


def shaded(colour: str, share: float) -> str:
    """A colour with this share of its light."""
    return "#" + "".join(f"{round(int(colour[at : at + 2], 16) * share):02x}" for at in (1, 3, 5))


@cache
def taken(tone: str, head: str, wall: Colours = portrait.WALL) -> Image.Image:
    """The person before a wall, in daylight."""
    return drawn(portrait.portrait(person(tone, head), wall=wall), WIDTH)


def lit(image: Image.Image, light: str) -> Image.Image:
    """The same picture in another light."""
    if light == "bright":
        return ImageEnhance.Brightness(image).enhance(1.08)
    if light == "dim":
        return ImageEnhance.Brightness(image).enhance(0.72)
    if light == "dark":
        return ImageEnhance.Brightness(image).enhance(0.38)
    if light == "warm":
        red, green, blue = image.split()
        return Image.merge("RGB", (red, green.point(lambda v: v * 0.93), blue.point(lambda v: v * 0.80)))
    if light == "one side":
        dark = ImageEnhance.Brightness(image).enhance(0.42)
        shade = Image.new("L", image.size)
        shade.paste(255, (image.width // 2, 0, image.width, image.height))
        return Image.composite(dark, image, shade.filter(ImageFilter.GaussianBlur(10)))
    return image


def everybody() -> list[tuple[str, str, str]]:
    """Every tone, head and light."""
    return list(product(TONES, HEADS, LIGHTS))
