"""Making the wall behind somebody white, where that is safe, and saying why not where it is not.

Safe is measured, in four ways: the wall is plain; what touches it differs from it nearly everywhere; the change stays
away from the head; and afterwards the background passes the check. Hair as light as the wall, a white shirt before a
white wall or a shadow beside the head are left to a person or a new photo. The face is never touched: its pixels are the
same before and after.
"""

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from certification.imaging.faces import Face
from certification.imaging.measures import ZONES, Ground, percentile
from certification.imaging.problem import Problem

_MOST_SPREAD = 26.0
_LEAST_LIGHT = 60.0
_NEAR = 26
"""A pixel belongs to the wall when no channel differs from it by more."""
_CLEARLY_OTHER = 44
_MOST_ALIKE = 0.10
"""The share of the seam along which hair, skin or clothes may be nearly of the wall's colour."""
_SHARE = (0.12, 0.75)
_BOX_OF_HEAD = 0.78
_HALF = 2

_SAME = "Take the photo in front of a white wall instead."
_SAME_ZH = "请改在白色墙壁前拍摄。"


def _no(code: str, en: str, zh: str) -> Problem:
    return Problem(code=code, en=f"{en} {_SAME}", zh=f"{zh}{_SAME_ZH}", severity="note")


NOT_PLAIN = _no(
    "wall_not_plain",
    "We cannot make the background white: there is more behind you than a plain wall.",
    "无法将背景改为白色：背景不是纯色墙面。",
)
TOO_DARK_WALL = _no(
    "wall_too_dark",
    "We cannot make the background white: the wall is so dark that its edge would show around you.",
    "无法将背景改为白色：墙面过暗，轮廓边缘会有痕迹。",
)
TOO_ALIKE = _no(
    "wall_too_alike",
    "We cannot make the background white: your hair, skin or clothes have nearly the colour of the wall, and would be"
    " changed too.",
    "无法将背景改为白色：头发、皮肤或衣服与墙面颜色接近，会被一并改变。",
)
SHADOW = _no(
    "wall_shadow",
    "We cannot make the background white everywhere: there is a shadow or an object beside you.",
    "无法将背景全部改为白色：您身旁有阴影或物品。",
)


@dataclass(frozen=True)
class Whitened:
    """The photo with a white wall, or why there is none. `changed` is the share of its pixels that we changed."""

    photo: Image.Image | None
    because: Problem | None
    changed: float = 0.0


def whiten(photo: Image.Image, ground: dict[str, Ground], face: Face) -> Whitened:
    """Make the wall of a cut photo white. `ground` is its background as measured, `face` the face in the cut photo."""
    if max(zone.spread for zone in ground.values()) > _MOST_SPREAD:
        return Whitened(None, NOT_PLAIN)
    if min(zone.light for zone in ground.values()) < _LEAST_LIGHT:
        return Whitened(None, TOO_DARK_WALL)
    wall = _wall(photo)
    away = _difference(photo, wall)
    reached = _reached(away)
    changed = percentage(reached)
    if not _SHARE[0] <= changed <= _SHARE[1]:
        return Whitened(None, SHADOW if changed < _SHARE[0] else TOO_ALIKE)
    if _in_head(reached, face) or _alike(reached, away) > _MOST_ALIKE:
        return Whitened(None, TOO_ALIKE)
    return Whitened(_white(photo, wall, reached), None, changed)


def _wall(photo: Image.Image) -> Image.Image:
    """The wall as it would look without anybody before it: its four corners' colours, and the light between them."""
    corners = Image.new("RGB", (2, 2))
    places = {"upper_left": (0, 0), "upper_right": (1, 0), "left": (0, 1), "right": (1, 1)}
    w, h = photo.size
    for name, (left, top, right, bottom) in ZONES.items():
        zone = photo.crop((round(left * w), round(top * h), round(right * w), round(bottom * h)))
        colour = tuple(round(percentile(band, 0.5)) for band in zone.split())
        corners.putpixel(places[name], colour)
    # The zones lie in the upper half: below it the light goes on as it was there.
    upper = corners.resize((w, h // 2), Image.Resampling.BILINEAR)
    wall = upper.resize((w, h), Image.Resampling.BILINEAR, box=(0, upper.height - 1, w, upper.height))
    wall.paste(upper, (0, 0))
    return wall


def _difference(photo: Image.Image, wall: Image.Image) -> Image.Image:
    red, green, blue = ImageChops.difference(photo, wall).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.filter(ImageFilter.BoxBlur(1))  # a sensor's noise is no object


def _reached(away: Image.Image) -> Image.Image:
    """White where the wall is reached from the top without crossing anything that differs from it."""
    near = away.point([255 if value <= _NEAR else 0 for value in range(256)])
    small = near.resize((near.width // _HALF, near.height // _HALF), Image.Resampling.NEAREST)
    small = small.filter(ImageFilter.MinFilter(3))
    for x in (0, small.width // 4, 3 * small.width // 4, small.width - 1):
        if small.getpixel((x, 0)) == 255:
            ImageDraw.floodfill(small, (x, 0), 128)
    sure = small.point([255 if value == 128 else 0 for value in range(256)])
    grown = sure.resize(near.size, Image.Resampling.NEAREST).filter(ImageFilter.MaxFilter(7))
    return ImageChops.darker(grown, near)


def percentage(mask: Image.Image) -> float:
    """The share of a mask that is set."""
    return mask.histogram()[255] / (mask.width * mask.height)


def _in_head(reached: Image.Image, face: Face) -> bool:
    """Whether the change would reach into the head: an oval from the crown to the chin."""
    oval = Image.new("L", reached.size)
    middle, chin, head = face.x + face.width / 2, face.y + face.height, face.height / _BOX_OF_HEAD
    half = face.width * 0.46
    ImageDraw.Draw(oval).ellipse((middle - half, chin - head * 0.94, middle + half, chin), fill=255)
    inside = ImageChops.darker(oval, reached)
    return inside.histogram()[255] > 0.004 * max(1, oval.histogram()[255])


def _alike(reached: Image.Image, away: Image.Image) -> float:
    """Along the seam, a little inside the person: the share that hardly differs from the wall.

    That there the wall ends by a soft step instead of a clear one is how a leak into hair or clothes looks.
    """
    seam = ImageChops.subtract(reached.filter(ImageFilter.MaxFilter(13)), reached.filter(ImageFilter.MaxFilter(9)))
    width, height = seam.size
    counts = away.crop((0, 0, width, height)).histogram(seam)
    return sum(counts[:_CLEARLY_OTHER]) / max(1, sum(counts))


def _white(photo: Image.Image, wall: Image.Image, reached: Image.Image) -> Image.Image:
    """What lies over the wall keeps its share of a mixed pixel: pixel + share of wall x (white - wall)."""
    lifted = ImageChops.add(photo, ImageChops.invert(wall))
    core = reached.filter(ImageFilter.MinFilter(5))
    lifted.paste((255, 255, 255), (0, 0), core)
    soft = ImageChops.darker(reached.filter(ImageFilter.GaussianBlur(1.2)), reached.filter(ImageFilter.MaxFilter(3)))
    return Image.composite(lifted, photo, soft)
