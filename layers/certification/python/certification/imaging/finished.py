"""The finished ID photo: a JPEG that, decoded and written again, gives the same bytes.

A JPEG usually changes a little each time it is written. We write until it no longer does; then our own work can be
recognised when it comes back (PHO-01, PHO-10), and is kept as it is, without ever trusting the bytes that were sent:
what is stored is what we wrote. Nothing can ride along in a file that only our writer could have made.
"""

import io

from PIL import Image, ImageChops, ImageFilter

from certification.imaging.intake import as_jpeg
from certification.imaging.profile import PhotoProfile

_QUALITIES = (92, 88, 84, 80, 75, 70, 60, 50, 40, 30)
_MOST_ROUNDS = 90
_PATIENCE = 8
_BLOCK = 16


def write(photo: Image.Image, profile: PhotoProfile) -> bytes:
    """The best quality that fits the profile's limit; 413 x 531 pixels need about 60 KB at the first."""
    for quality in _QUALITIES:
        data = _settled(photo, quality, profile.dpi)
        if len(data) <= profile.max_bytes:
            break
    return data


def is_finished(data: bytes, profile: PhotoProfile) -> bool:
    """Whether this file is one that `write` made for this profile."""
    if not data.startswith(b"\xff\xd8\xff\xe0") or len(data) > profile.max_bytes:
        return False
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            if image.size != (profile.width_px, profile.height_px) or image.mode != "RGB":
                return False
        pixels = _decoded(data)
    except Exception:  # a broken file, in any of Pillow's many ways: not ours
        return False
    return any(as_jpeg(pixels, quality=quality, dpi=profile.dpi) == data for quality in _QUALITIES)


def _settled(photo: Image.Image, quality: int, dpi: int) -> bytes:
    """Written until writing changes nothing. Blocks that keep swinging between two values are softened a little."""
    pixels = photo.convert("YCbCr")
    data = as_jpeg(pixels, quality=quality, dpi=dpi)
    for turn in range(1, _MOST_ROUNDS + 1):
        before, pixels = pixels, _decoded(data)
        if turn % _PATIENCE == 0:
            swinging = _blocks(ImageChops.difference(before, pixels))
            softer = [band.filter(ImageFilter.GaussianBlur(0.5)) for band in pixels.split()]
            pixels.paste(Image.merge("YCbCr", softer), (0, 0), swinging)
        again = as_jpeg(pixels, quality=quality, dpi=dpi)
        if again == data:
            break
        data = again
    return data


def _blocks(difference: Image.Image) -> Image.Image:
    """The blocks of a JPEG in which anything differs, as a mask."""
    luma, blue, red = difference.split()
    differs = ImageChops.lighter(ImageChops.lighter(luma, blue), red).point([0] + [255] * 255)
    columns, rows = -(-difference.width // _BLOCK), -(-difference.height // _BLOCK)
    padded = Image.new("L", (columns * _BLOCK, rows * _BLOCK))
    padded.paste(differs, (0, 0))
    touched = padded.reduce(_BLOCK).point([0] + [255] * 255)
    return touched.resize(padded.size, Image.Resampling.NEAREST).crop((0, 0, *difference.size))


def _decoded(data: bytes) -> Image.Image:
    """The pixels in the colours in which a JPEG keeps them: without the rounding of a way to RGB and back."""
    image = Image.open(io.BytesIO(data), formats=("JPEG",))
    image.draft("YCbCr", image.size)
    image.load()
    return image
