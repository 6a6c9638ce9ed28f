"""Where to cut an ID photo out of a phone's picture."""

import math
from dataclasses import dataclass

from certification.imaging.faces import Face
from certification.imaging.profile import PhotoProfile
from certification.rules.photo_fixes import PhotoFix

# The detector's box ends at the chin and begins in the forehead; measured on portraits with and without hair over it.
_BOX_OF_HEAD = 0.78
# Of the room that the head leaves, this much goes above the crown; the rest is for the shoulders.
_ROOM_ABOVE = 0.42
# The detector's points turn about half as far as the head does (12 degrees measured 6.6, 30 measured 12.5).
_TRUE_TURN = 2.0


@dataclass(frozen=True)
class Frame:
    """The rectangle to cut out, in the picture's pixels, and how the head lies in it.

    `head_ratio`: the head's share of the frame's height. `low` and `right`: how far the head is below and right of
    where it should be (negative: above, left), as shares of the frame's height. `enlarged`: the photo's pixels per pixel
    of the picture; above 1 detail is missing.
    """

    left: float
    top: float
    right_edge: float
    bottom: float
    head_ratio: float
    low: float
    right: float
    enlarged: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.left, self.top, self.right_edge, self.bottom


def around(face: Face, size: tuple[int, int], profile: PhotoProfile, fix: PhotoFix) -> Frame:
    """The frame that shows the head in the middle of the profile's range, as far as the picture reaches; then as the
    candidate moved it."""
    head = face.height / _BOX_OF_HEAD
    height = _height(head / (sum(profile.head_ratio) / 2) / fix.zoom, size, profile)
    width = height * _shape(profile)
    left = _middle_of(face) - width / 2 - fix.across * height
    top = _crown_of(face) - max(0.0, height - head) * _ROOM_ABOVE - fix.down * height
    return _placed(face, _within(left, width, size[0]), _within(top, height, size[1]), height, profile)


def whole(face: Face | None, size: tuple[int, int], profile: PhotoProfile) -> Frame:
    """A picture that was cut before: nothing is cut, and the head is where it is."""
    return _placed(face, 0.0, 0.0, float(size[1]), profile)


def middle(size: tuple[int, int], profile: PhotoProfile, fix: PhotoFix) -> Frame:
    """The largest frame in the middle of a picture, for a person to look at when there is no face."""
    height = _height(size[1] / fix.zoom, size, profile)
    width = height * _shape(profile)
    left, top = (size[0] - width) / 2 - fix.across * height, (size[1] - height) / 2 - fix.down * height
    return _placed(None, _within(left, width, size[0]), _within(top, height, size[1]), height, profile)


def tilt(face: Face) -> float:
    """About how many degrees the head is turned clockwise."""
    (x1, y1), (x2, y2) = face.points[0], face.points[1]
    return math.degrees(math.atan2(y2 - y1, x2 - x1)) * _TRUE_TURN


def aside(face: Face) -> float:
    """How far the nose is from the middle between the eyes, as a share of their distance: 0 for a face from the front."""
    (x1, y1), (x2, y2), (nose, _) = face.points[:3]
    return abs(nose - (x1 + x2) / 2) / max(math.hypot(x2 - x1, y2 - y1), 1.0)


def in_photo(face: Face, frame: Frame) -> Face:
    """The face in the pixels of the cut photo."""
    scale = frame.enlarged
    points = tuple(((x - frame.left) * scale, (y - frame.top) * scale) for x, y in face.points)
    left, top = (face.x - frame.left) * scale, (face.y - frame.top) * scale
    return Face(face.confidence, left, top, face.width * scale, face.height * scale, points)


def _placed(face: Face | None, left: float, top: float, height: float, profile: PhotoProfile) -> Frame:
    right_edge, enlarged = left + height * _shape(profile), profile.height_px / height
    if face is None:
        return Frame(left, top, right_edge, top + height, 0.0, 0.0, 0.0, enlarged)
    head = face.height / _BOX_OF_HEAD
    wanted = max(0.0, height - head) * _ROOM_ABOVE
    return Frame(
        left,
        top,
        right_edge,
        top + height,
        head_ratio=head / height,
        low=(_crown_of(face) - top - wanted) / height,
        right=(_middle_of(face) - (left + right_edge) / 2) / height,
        enlarged=enlarged,
    )


def _shape(profile: PhotoProfile) -> float:
    return profile.width_px / profile.height_px


def _height(wanted: float, size: tuple[int, int], profile: PhotoProfile) -> float:
    return min(wanted, size[1], size[0] / _shape(profile))


def _crown_of(face: Face) -> float:
    return face.y + face.height - face.height / _BOX_OF_HEAD


def _middle_of(face: Face) -> float:
    """The face's middle across: the box and the eyes together are steadier than either alone."""
    eyes = (face.points[0][0] + face.points[1][0]) / 2
    return (face.x + face.width / 2 + eyes) / 2


def _within(start: float, length: float, limit: float) -> float:
    return min(max(0.0, start), limit - length)
