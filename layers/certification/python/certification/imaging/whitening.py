"""Making the wall behind somebody white, where that is safe, and saying why not where it is not.

Safe is measured, in four ways: the wall is plain; what touches it differs from it nearly everywhere; the change stays
away from the head; and afterwards the background passes the check. Hair as light as the wall, a white shirt before a
white wall or a shadow beside the head are left to a person or a new photo. The face is never touched: its pixels are the
same before and after.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageMath

from certification.imaging import measures
from certification.imaging.faces import Face
from certification.imaging.measures import Ground
from certification.imaging.problem import Problem

_MOST_SPREAD = 26.0
_LEAST_LIGHT = 60.0
_NEAR = 26
"""A pixel belongs to the wall when no channel differs from it by more."""
_CLEARLY_OTHER = 44
_MOST_ALIKE = 0.5
"""The share of the seam, in the worst part of the photo, that may be nearly of the wall's colour."""
_PARTS = 8
_ENOUGH_OF_SEAM = 24
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


def whiten(
    photo: Image.Image, ground: dict[str, Ground], face: Face, is_good: Callable[[dict[str, Ground]], bool]
) -> Whitened:
    """Make the wall of a cut photo white. `ground` is its background as measured, `face` the face in the cut photo, and
    `is_good` whether a background passes the check."""
    if max(zone.spread for zone in ground.values()) > _MOST_SPREAD:
        return Whitened(None, NOT_PLAIN)
    if min(zone.light for zone in ground.values()) < _LEAST_LIGHT:
        return Whitened(None, TOO_DARK_WALL)
    wall = _wall(photo.size, ground)
    away = _difference(photo, wall)
    reached = _reached(away)
    changed = percentage(reached)
    if not _SHARE[0] <= changed <= _SHARE[1]:
        return Whitened(None, SHADOW if changed < _SHARE[0] else TOO_ALIKE)
    if _in_head(reached, face) or _alike(reached, away) > _MOST_ALIKE:
        return Whitened(None, TOO_ALIKE)
    white = _white(photo, wall, reached)
    if not is_good(measures.background(white, face)):
        return Whitened(None, SHADOW)
    return Whitened(white, None, changed)


def _wall(size: tuple[int, int], ground: dict[str, Ground]) -> Image.Image:
    """The wall as it would look without anybody before it: the colours of its zones, and the light between them."""
    corners = Image.new("RGB", (2, 2))
    for x, side in enumerate(("left", "right")):
        above = ground[f"upper_{side}"]
        corners.putpixel((x, 0), above.rgb)
        corners.putpixel((x, 1), ground.get(side, above).rgb)
    # The zones lie in the upper half: below it the light goes on as it was there.
    width, height = size
    upper = corners.resize((width, height // 2), Image.Resampling.BILINEAR)
    wall = upper.resize(size, Image.Resampling.BILINEAR, box=(0, upper.height - 1, width, upper.height))
    wall.paste(upper, (0, 0))
    return wall


def _difference(photo: Image.Image, wall: Image.Image) -> Image.Image:
    red, green, blue = ImageChops.difference(photo, wall).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.filter(ImageFilter.BoxBlur(1))  # a sensor's noise is no object


def _reached(away: Image.Image) -> Image.Image:
    """White where the wall is reached from the top or the sides without crossing anything that differs from it."""
    near = away.point([255 if value <= _NEAR else 0 for value in range(256)])
    small = near.resize((near.width // _HALF, near.height // _HALF), Image.Resampling.NEAREST)
    small = small.filter(ImageFilter.MinFilter(3))
    right = small.width - 1
    seeds = [(x, 0) for x in (0, right // 4, 3 * right // 4, right)]
    seeds += [(x, y) for x in (0, right) for y in range(0, small.height * 2 // 3, small.height // 12)]
    for seed in seeds:
        if small.getpixel(seed) == 255:
            ImageDraw.floodfill(small, seed, 128)
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
    half = face.width * 0.42
    ImageDraw.Draw(oval).ellipse((middle - half, chin - head * 0.88, middle + half, chin), fill=255)
    inside = ImageChops.darker(oval, reached)
    return inside.histogram()[255] > 0.004 * max(1, oval.histogram()[255])


def _alike(reached: Image.Image, away: Image.Image) -> float:
    """Along the seam, a little inside the person: the largest share, in any part of the photo, that hardly differs from
    the wall. Where the wall ends by a soft step instead of a clear one it has leaked into skin, hair or clothes."""
    seam = ImageChops.subtract(reached.filter(ImageFilter.MaxFilter(13)), reached.filter(ImageFilter.MaxFilter(9)))
    unclear = ImageChops.darker(seam, away.point([255 if value < _CLEARLY_OTHER else 0 for value in range(256)]))
    parts = (_PARTS, round(_PARTS * seam.height / seam.width))
    cell = (seam.width / parts[0]) * (seam.height / parts[1])
    seams, unclears = (mask.resize(parts, Image.Resampling.BOX).tobytes() for mask in (seam, unclear))
    pairs = zip(seams, unclears, strict=True)
    return max((bad / all_ for all_, bad in pairs if all_ / 255 * cell >= _ENOUGH_OF_SEAM), default=0.0)


def _white(photo: Image.Image, wall: Image.Image, reached: Image.Image) -> Image.Image:
    """The wall becomes white, and a pixel in which wall and person mix keeps its share of the person: what is added is
    the share of the wall x (white - wall)."""
    lifted = ImageChops.add(photo, ImageChops.invert(wall))
    lifted.paste((255, 255, 255), (0, 0), reached.filter(ImageFilter.MinFilter(3)))
    red, green, blue = ImageChops.difference(photo, wall).split()
    away = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    person = away.filter(ImageFilter.MaxFilter(7))
    share = ImageMath.lambda_eval(
        lambda use: use["convert"](255 - 255 * use["away"] / use["max"](use["person"], 1), "L"),
        away=away,
        person=person,
    )
    mixed = ImageChops.darker(share, reached.filter(ImageFilter.MaxFilter(5)))
    return Image.composite(lifted, photo, ImageChops.lighter(mixed, reached))
