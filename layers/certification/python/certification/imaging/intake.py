"""Opening a JPEG from a stranger.

Only the JPEG decoder is ever loaded, the size is read from the header before a pixel is decoded, and what comes out is
plain pixels: no EXIF, no position, no comment, no second picture, nothing that was hung behind the end of the file.
"""

import io
import re
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

from certification.imaging import problem
from certification.imaging.problem import Unreadable

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
_LARGEST_COLOUR_PROFILE = 2 * 1024 * 1024
"""Those of printing presses, which come with CMYK pictures, have half a megabyte and more."""
_ORIENTATION, _GPS = 0x0112, 0x8825
MOST_SCANS = 100
"""A progressive JPEG is sent in about ten passes over the picture; thousands of empty ones would take minutes to decode."""
_MARKER = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")
_START_OF_SCAN, _END = b"\xda", b"\xd9"


@dataclass(frozen=True)
class Opened:
    """An upright RGB picture and its file's facts; `width` and `height` are the sender's, before any shrinking.

    `pictures`: how many the file held; we take the first. `rest`: bytes behind the picture's end, which we leave there.
    """

    image: Image.Image
    width: int
    height: int
    orientation: int
    had_position: bool
    pictures: int
    rest: bool


def open_jpeg(data: bytes, enough: int) -> Opened:
    """Decode a JPEG (or a phone's MPO, its first picture) as upright RGB.

    `enough`: the picture may be decoded at a half, quarter or eighth as long as both sides keep this many pixels; that
    is what makes a 50-megapixel photo cheap. Unreadable says why a file is refused.
    """
    image = _header(data)
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise Unreadable(problem.TOO_MANY_PIXELS)
    if _scans(data) > MOST_SCANS:
        raise Unreadable(problem.TOO_MANY_SCANS)
    # Pillow answers broken files with many kinds of exception (OSError, SyntaxError, struct.error ...): each means no.
    try:
        exif = image.getexif()
        orientation, had_position = int(exif.get(_ORIENTATION, 1)), bool(exif.get_ifd(_GPS))
        pictures = int(getattr(image, "n_frames", 1))
        image.draft("RGB", (enough, enough))
        image.load()
        upright = _in_srgb(ImageOps.exif_transpose(image))
    except Exception:
        raise Unreadable(problem.TRUNCATED) from None
    upright.info = {}
    if orientation >= 5:
        width, height = height, width
    rest = pictures == 1 and not data.endswith(b"\xff\xd9")
    return Opened(upright, width, height, orientation, had_position, pictures, rest)


def _header(data: bytes) -> Image.Image:
    """The picture before a pixel of it is decoded."""
    if not data:
        raise Unreadable(problem.EMPTY)
    if len(data) > MOST_BYTES:
        raise Unreadable(problem.TOO_MANY_BYTES)
    if not data.startswith(b"\xff\xd8\xff"):
        raise Unreadable(problem.not_jpeg(data))
    try:
        return Image.open(io.BytesIO(data), formats=("JPEG", "MPO"))
    except Image.DecompressionBombError:
        raise Unreadable(problem.TOO_MANY_PIXELS) from None
    except Exception:
        raise Unreadable(problem.NOT_JPEG) from None


def _scans(data: bytes) -> int:
    """How many passes over the picture the file holds, up to its first end; nothing is decoded."""
    scans, at = 0, 2
    while (found := _MARKER.search(data, at)) and found[1] != _END:
        scans += found[1] == _START_OF_SCAN
        at = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
    return scans


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture in the colours every screen and printer expects; phones write Display P3, presses CMYK."""
    profile = image.info.get("icc_profile")
    if image.mode in ("RGB", "CMYK") and profile and len(profile) <= _LARGEST_COLOUR_PROFILE:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            turned = None
        image = turned or image
    return image.convert("RGB")


def as_jpeg(image: Image.Image, *, quality: int, dpi: int | None = None) -> bytes:
    """The pixels as a new baseline JPEG: 4:2:0 below quality 90, full colour from there; nothing else in the file."""
    out = io.BytesIO()
    image = image.copy()
    image.info = {}  # Pillow would write a comment or colour profile that it found in the file before
    extra = {"dpi": (dpi, dpi)} if dpi else {}
    image.save(out, "JPEG", quality=quality, subsampling=0 if quality >= 90 else 2, optimize=True, **extra)
    return out.getvalue()
