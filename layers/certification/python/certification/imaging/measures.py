"""What can be measured in a photo with Pillow alone.

Fair to every skin tone by construction: no measure asks how bright a face is. Light is judged by comparing the two
halves of the face with each other and by the brightest parts of the whole picture, sharpness by edges in proportion to
the face's own contrast, the background by itself. The figures are kept with the verdict, so that staff can count how
often each check fails and for whom.
"""

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter, ImageStat

from certification.imaging.faces import Face

ZONES: dict[str, tuple[float, float, float, float]] = {
    "upper_left": (0.0, 0.0, 0.20, 0.24),
    "upper_right": (0.80, 0.0, 1.0, 0.24),
    "left": (0.0, 0.24, 0.07, 0.50),
    "right": (0.93, 0.24, 1.0, 0.50),
}
"""Where the background shows beside a head of any hairstyle: left, top, right, bottom as shares of the photo."""

_EDGES = ImageFilter.Kernel((3, 3), (0, -1, 0, -1, 4, -1, 0, -1, 0), scale=1, offset=128)


# Small enough that a phone's noise averages out and does not pass for detail.
_SHARPNESS_AT = (100, 125)


_BESIDE = {"left": "upper_left", "right": "upper_right"}
_STRIPS = 4
_ALIKE = 40
"""Two places of one thing differ by no more in any channel."""


@dataclass(frozen=True)
class Ground:
    """One zone of the background: its median luma (0-255), the spread of the middle half of its pixels, and its
    colourfulness; `rgb` is its median colour. Medians and quarters, so that a lock of hair in the zone does not count as
    a dark wall."""

    light: float
    spread: float
    colour: float
    rgb: tuple[int, int, int]


def background(photo: Image.Image, face: Face | None) -> dict[str, Ground]:
    """Light, evenness and colour of the background in the zones of a cropped photo where it can be seen.

    Wide hair, a headscarf or a turban may reach into a zone. Of an upper one the outer corner counts and what is most
    like it; beside the neck the half most like the wall above, and nothing where the person covers the zone.
    """
    found: dict[str, Ground] = {}
    for name, box in ZONES.items():
        zone = _part(photo, box)
        if name not in _BESIDE:
            found[name] = _ground(_corner(zone, name == "upper_left"))
        elif face is None or not _is_covered(photo, zone, face, name == "left"):
            found[name] = _ground(_most_like(found[_BESIDE[name]], zone))
    return found


def _corner(zone: Image.Image, on_the_left: bool) -> Image.Image:
    """The outer corner of an upper zone and, of its three other quarters, the one most like it, side by side."""
    wide, high = zone.width // 2, zone.height // 2
    quarters = [
        zone.crop((x, y, x + wide, y + high)) for y in (0, high) for x in ((0, wide) if on_the_left else (wide, 0))
    ]
    corner, *others = quarters
    light = percentile(corner.convert("L"), 0.5)
    other = min(others, key=lambda quarter: abs(percentile(quarter.convert("L"), 0.5) - light))
    return _beside(corner, other)


def _most_like(above: Ground, zone: Image.Image) -> Image.Image:
    """Those two of the zone's four strips whose light is nearest to the wall above; one where hair covers the others."""
    high = zone.height // _STRIPS
    strips = [zone.crop((0, k * high, zone.width, (k + 1) * high)) for k in range(_STRIPS)]
    strips.sort(key=lambda strip: abs(percentile(strip.convert("L"), 0.5) - above.light))
    first, second = (percentile(strip.convert("L"), 0.5) for strip in strips[:2])
    return _beside(strips[0], strips[1]) if abs(first - second) <= _ALIKE else strips[0]


def _beside(one: Image.Image, other: Image.Image) -> Image.Image:
    both = Image.new("RGB", (one.width + other.width, one.height))
    both.paste(one, (0, 0))
    both.paste(other, (one.width, 0))
    return both


def _is_covered(photo: Image.Image, zone: Image.Image, face: Face, on_the_left: bool) -> bool:
    """Whether what fills a zone beside the head goes on without a seam to the head: hair or a scarf, not the wall."""
    _, top, _, bottom = ZONES["left"]
    middle, half = face.x + face.width / 2, face.width * 0.66
    inner = (zone.width, middle - half) if on_the_left else (middle + half, photo.width - zone.width)
    box = (round(inner[0]), round(top * photo.height), round(inner[1]), round(bottom * photo.height))
    if box[2] - box[0] < 2:
        return True  # the head fills the photo: no wall between
    between = photo.crop(box)
    if _spread(between) > _ALIKE:
        return False
    pairs = zip(_colour(zone), _colour(between), strict=True)
    head = photo.crop((round(max(0, middle - half)), box[1], round(middle + half), box[3]))
    return max(abs(one - other) for one, other in pairs) <= _ALIKE and _goes_on(between, head, on_the_left)


def _goes_on(between: Image.Image, head: Image.Image, on_the_left: bool) -> bool:
    """Whether the outermost part of the head has the colour of what lies beside it."""
    edge = max(2, head.width // 16)
    side = head.crop((0, 0, edge, head.height)) if on_the_left else head.crop((head.width - edge, 0, *head.size))
    pairs = zip(_colour(between), _colour(side), strict=True)
    return max(abs(one - other) for one, other in pairs) <= _ALIKE


def _colour(part: Image.Image) -> tuple[int, ...]:
    return tuple(round(percentile(band, 0.5)) for band in part.split())


def _spread(part: Image.Image) -> float:
    luma = part.convert("L")
    return percentile(luma, 0.75) - percentile(luma, 0.25)


def brightest(photo: Image.Image, face: Face | None) -> float:
    """The light of the brightest fiftieth of the photo, the face and neck left out: how light somebody's skin is says
    nothing about the lamp."""
    luma = photo.convert("L")
    around = Image.new("L", photo.size, 255)
    if face is not None:
        sides, down = 0.2 * face.width, 0.4 * face.height
        around.paste(
            0,
            (
                round(face.x - sides),
                round(face.y - down),
                round(face.x + face.width + sides),
                round(face.y + face.height + down),
            ),
        )
    counts = luma.histogram(around)
    return _at(counts, 0.98)


def _part(photo: Image.Image, box: tuple[float, float, float, float]) -> Image.Image:
    left, top, right, bottom = box
    w, h = photo.size
    return photo.crop((round(left * w), round(top * h), round(right * w), round(bottom * h)))


def _ground(zone: Image.Image) -> Ground:
    red, green, blue = zone.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    least = ImageChops.darker(ImageChops.darker(red, green), blue)
    soft = zone.filter(ImageFilter.BoxBlur(1))
    return Ground(
        light=percentile(soft.convert("L"), 0.5),
        spread=_spread(soft),
        colour=percentile(ImageChops.subtract(most, least), 0.5),
        rgb=(round(percentile(red, 0.5)), round(percentile(green, 0.5)), round(percentile(blue, 0.5))),
    )


def percentile(luma: Image.Image, share: float) -> float:
    """The value that `share` of the pixels of a one-channel picture do not exceed."""
    return _at(luma.histogram(), share)


def _at(counts: list[int], share: float) -> float:
    wanted, seen = share * sum(counts), 0
    for value, count in enumerate(counts):
        seen += count
        if seen >= wanted:
            return float(value)
    return 255.0


def unevenness(image: Image.Image, face: Face) -> float:
    """How much darker one half of the face is than the other, in proportion to the lighter half: 0 for alike, towards
    1 for a right half in the dark, towards -1 for a left one (as one looks at the picture)."""
    luma = _face_part(image, face).convert("L")
    middle = luma.width // 2
    left = ImageStat.Stat(luma.crop((0, 0, middle, luma.height))).mean[0]
    right = ImageStat.Stat(luma.crop((middle, 0, luma.width, luma.height))).mean[0]
    return (left - right) / max(left, right, 1.0)


def burnt_out(image: Image.Image, face: Face) -> float:
    """The share of the face that is pure white: light that no processing brings back."""
    return _white_share(_face_part(image, face), 250)


def glare(image: Image.Image, face: Face) -> float:
    """The share of the band of the eyes that is blown out: a lamp mirrored in glasses. The white of an eye is less."""
    eyes = [point[1] for point in face.points[:2]]
    middle, half = sum(eyes) / 2, face.height * 0.10
    box = (face.x + 0.08 * face.width, middle - half, face.x + 0.92 * face.width, middle + half)
    return _white_share(_inside(image, box), 253)


def colourfulness(image: Image.Image, face: Face) -> float:
    """How far the face is from grey: the median difference between its largest and smallest channel.

    The least colourful skin there is measured 8 and more under white light; a black-and-white picture has 0.
    """
    red, green, blue = _face_part(image, face).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return percentile(ImageChops.subtract(most, ImageChops.darker(ImageChops.darker(red, green), blue)), 0.75)


def _white_share(part: Image.Image, least: int) -> float:
    red, green, blue = part.split()
    counts = ImageChops.darker(ImageChops.darker(red, green), blue).histogram()
    return sum(counts[least:]) / max(1, sum(counts))


def sharpness(image: Image.Image, face: Face) -> float:
    """Strength of the face's edges in proportion to its contrast, at one size for all.

    Sharp photos measured 0.35 to 0.7, a blur of half a percent of the picture's width 0.02 to 0.03.
    """
    luma = _face_part(image, face).convert("L").resize(_SHARPNESS_AT, Image.Resampling.BOX)
    contrast = ImageStat.Stat(luma).var[0]
    edges = luma.filter(_EDGES).crop((1, 1, _SHARPNESS_AT[0] - 1, _SHARPNESS_AT[1] - 1))
    return ImageStat.Stat(edges).var[0] / max(contrast, 1.0)


def _face_part(image: Image.Image, face: Face) -> Image.Image:
    """The inner face, without hair and wall at the sides of the box."""
    left, right = face.x + 0.10 * face.width, face.x + 0.90 * face.width
    top, bottom = face.y + 0.12 * face.height, face.y + 0.95 * face.height
    return _inside(image, (left, top, right, bottom))


def _inside(image: Image.Image, box: tuple[float, float, float, float]) -> Image.Image:
    left, top, right, bottom = box
    clipped = (max(0, left), max(0, top), min(image.width, right), min(image.height, bottom))
    return image.crop((round(clipped[0]), round(clipped[1]), round(clipped[2]), round(clipped[3])))
