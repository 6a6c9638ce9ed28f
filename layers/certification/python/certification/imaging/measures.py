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


_ALIKE = 48
"""Hair or cloth differs from what is over the forehead by no more in any channel."""
_LEAST_SEEN = 0.25


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

    Wide hair, a headscarf or a turban may reach into a zone: what has the colour of what is over the forehead does not
    count, and beside the neck a zone that it covers is left out.
    """
    found: dict[str, Ground] = {}
    wall = Image.new("L", photo.size, 255) if face is None else _not_hair(photo, face)
    for name, box in ZONES.items():
        zone, seen = _part(photo, box), _part(wall, box)
        if seen.histogram()[255] >= _LEAST_SEEN * zone.width * zone.height:
            found[name] = _ground(zone, seen)
        elif name.startswith("upper"):
            found[name] = _ground(zone, None)
    return found


def _not_hair(photo: Image.Image, face: Face) -> Image.Image:
    """Everything but hair, headscarf or turban, as a mask."""
    left, top, right, bottom = (
        face.x + 0.3 * face.width,
        face.y - 0.22 * face.height,
        face.x + 0.7 * face.width,
        face.y - 0.04 * face.height,
    )
    over = _inside(photo, (left, top, right, bottom))
    if not over.width or not over.height:
        return Image.new("L", photo.size, 255)
    colour = tuple(round(percentile(band, 0.5)) for band in over.split())
    red, green, blue = ImageChops.difference(photo, Image.new("RGB", photo.size, colour)).split()
    away = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    hair = away.point([255 if value <= _ALIKE else 0 for value in range(256)])
    return ImageChops.invert(hair.filter(ImageFilter.MaxFilter(5)))


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


def _ground(zone: Image.Image, seen: Image.Image | None) -> Ground:
    red, green, blue = zone.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    least = ImageChops.darker(ImageChops.darker(red, green), blue)
    luma = zone.convert("L").filter(ImageFilter.BoxBlur(1)).histogram(seen)
    return Ground(
        light=_at(luma, 0.5),
        spread=_at(luma, 0.75) - _at(luma, 0.25),
        colour=_at(ImageChops.subtract(most, least).histogram(seen), 0.5),
        rgb=(
            round(_at(red.histogram(seen), 0.5)),
            round(_at(green.histogram(seen), 0.5)),
            round(_at(blue.histogram(seen), 0.5)),
        ),
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
