"""Where to cut an ID photo out of a phone's picture."""

import math
from dataclasses import dataclass

from certification.imaging.faces import Face
from certification.imaging.profile import PhotoProfile

# The detector's box ends at the chin and begins in the forehead; measured on portraits with and without hair over it.
_BOX_OF_HEAD = 0.78
# Of the room that the head leaves, this much goes above the crown; the rest is for the shoulders.
_ROOM_ABOVE = 0.42


@dataclass(frozen=True)
class Frame:
    """The rectangle to cut out, in the picture's pixels, and how the head lies in it.

    `head_ratio`: the head's share of the frame's height. `moved`: how far the head is from where it should be, as a
    share of the frame's height. `enlarged`: the photo's pixels per pixel of the picture; above 1 detail is missing.
    """

    left: float
    top: float
    right: float
    bottom: float
    head_ratio: float
    moved: float
    enlarged: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.left, self.top, self.right, self.bottom


def around(face: Face, size: tuple[int, int], profile: PhotoProfile) -> Frame:
    """The frame that shows the head in the middle of the profile's range, as far as the picture reaches."""
    head = face.height / _BOX_OF_HEAD
    chin = face.y + face.height
    shape = profile.width_px / profile.height_px
    height = min(head / (sum(profile.head_ratio) / 2), size[1], size[0] / shape)
    width = height * shape
    left = _middle_of(face) - width / 2
    top = chin - head - max(0.0, height - head) * _ROOM_ABOVE
    inside_left, inside_top = _within(left, width, size[0]), _within(top, height, size[1])
    return Frame(
        left=inside_left,
        top=inside_top,
        right=inside_left + width,
        bottom=inside_top + height,
        head_ratio=head / height,
        moved=math.hypot(left - inside_left, top - inside_top) / height,
        enlarged=profile.height_px / height,
    )


def middle(size: tuple[int, int], profile: PhotoProfile) -> Frame:
    """The largest frame in the middle of a picture, for a person to look at when there is no face."""
    shape = profile.width_px / profile.height_px
    height = min(size[1], size[0] / shape)
    left, top = (size[0] - height * shape) / 2, (size[1] - height) / 2
    return Frame(left, top, left + height * shape, top + height, 0.0, 0.0, profile.height_px / height)


def tilt(face: Face) -> float:
    """How far the line of the eyes is from level, in degrees. The detector's points say about half of the true turn."""
    (x1, y1), (x2, y2) = face.points[0], face.points[1]
    return abs(math.degrees(math.atan2(y2 - y1, x2 - x1)))


def _middle_of(face: Face) -> float:
    """The face's middle across: the box and the eyes together are steadier than either alone."""
    eyes = (face.points[0][0] + face.points[1][0]) / 2
    return (face.x + face.width / 2 + eyes) / 2


def _within(start: float, length: float, limit: float) -> float:
    return min(max(0.0, start), limit - length)
