"""THE PHOTO CHECK: a phone's photo becomes an ID photo, with reasons where it is not yet one (PHO-01..12).

It advises, it does not gate: a photo with problems goes to a person together with our best cut of it, because every
automatic "no" is wrong for somebody. Only a file that cannot or must not be opened is refused. What is stored and
printed is always our own new JPEG, never the bytes that were sent.
"""

from PIL import Image
from pydantic import Field

from certification.imaging import advice, framing, measures
from certification.imaging.faces import Face, find_faces
from certification.imaging.framing import Frame
from certification.imaging.intake import as_jpeg, open_jpeg
from certification.imaging.problem import Problem, Unreadable
from certification.imaging.profile import PhotoProfile
from certification.rules.model import Frozen

_ENOUGH = 1500
"""Both sides keep at least this many pixels when a large photo is decoded: four times what the ID photo needs."""

_TURNS = ((90, Image.Transpose.ROTATE_90), (270, Image.Transpose.ROTATE_270), (180, Image.Transpose.ROTATE_180))
_OTHER_FACE = 0.15  # of the largest face's area: smaller ones are pictures on the wall
_MOST_ENLARGED = 1.5
_MOST_MOVED = 0.06
_MOST_TILT = 6.0
_LEAST_SHARP = 0.08
_LEAST_BRIGHT = 120.0
_MOST_BURNT = 0.12
_MOST_UNEVEN = 0.35
# In the dark, and where the head fills the zones beside it, these say nothing about the wall.
_HIDES_THE_WALL = frozenset((advice.TOO_DARK, advice.TOO_CLOSE, advice.OFF_CENTRE))
_QUALITIES = (92, 88, 84, 80, 75, 70, 60, 50, 40, 30)


class PhotoVerdict(Frozen):
    """What became of a photo.

    `refused`: the file was not opened; there is no image. Otherwise `image` is the ID photo (a JPEG of the profile's
    size without metadata), `problems` say what is wrong with it, `passed` is true when there are none, and
    `needs_person` when somebody should look. `measures` are the figures behind it, without personal data.
    """

    passed: bool
    needs_person: bool
    refused: Problem | None = None
    problems: tuple[Problem, ...] = ()
    measures: dict[str, float] = Field(default_factory=dict)
    image: bytes | None = None


def check_photo(data: bytes, profile: PhotoProfile) -> PhotoVerdict:
    """Judge a JPEG of up to 10 MB and 50 megapixels, and cut the ID photo out of it. Never raises for bad input."""
    try:
        opened = open_jpeg(data, _ENOUGH)
    except Unreadable as error:
        return PhotoVerdict(passed=False, needs_person=False, refused=error.problem)
    image, faces, turned = _upright(opened.image)
    frame = framing.around(faces[0], image.size, profile) if faces else framing.middle(image.size, profile)
    photo = image.resize((profile.width_px, profile.height_px), Image.Resampling.LANCZOS, box=frame.box)
    ground = measures.background(photo)
    figures = {
        "width": float(opened.width),
        "height": float(opened.height),
        "turned": float(turned),
        "position_removed": float(opened.had_position),
        "brightest": measures.percentile(photo.convert("L"), 0.95),
        **{f"background_light_{name}": zone.light for name, zone in ground.items()},
        **_figures_of_the_face(image, faces, frame),
    }
    problems = _problems_of_the_face(figures, profile)
    if not _HIDES_THE_WALL.intersection(problems):
        problems += advice.background_problems(ground, profile)
    return PhotoVerdict(
        passed=not problems,
        needs_person=bool(problems),
        problems=tuple(problems),
        measures={name: round(value, 3) for name, value in figures.items()},
        image=_written(photo, profile),
    )


def _upright(image: Image.Image) -> tuple[Image.Image, tuple[Face, ...], int]:
    """The picture, its faces, and by how many degrees it had to be turned to find them (some files lost their EXIF)."""
    faces = find_faces(image)
    if faces:
        return image, faces, 0
    for degrees, turn in _TURNS:
        turned = image.transpose(turn)
        if faces := find_faces(turned):
            return turned, faces, degrees
    return image, (), 0


def _figures_of_the_face(image: Image.Image, faces: tuple[Face, ...], frame: Frame) -> dict[str, float]:
    if not faces:
        return {"faces": 0.0}
    face = faces[0]
    return {
        "faces": float(sum(other.area > _OTHER_FACE * face.area for other in faces)),
        "head_ratio": frame.head_ratio,
        "moved": frame.moved,
        "enlarged": frame.enlarged,
        "tilt": framing.tilt(face),
        "sharpness": measures.sharpness(image, face),
        "unevenness": measures.unevenness(image, face),
        "burnt_out": measures.burnt_out(image, face),
    }


def _problems_of_the_face(figures: dict[str, float], profile: PhotoProfile) -> list[Problem]:
    dark = [advice.TOO_DARK] if figures["brightest"] < _LEAST_BRIGHT else []
    if not figures["faces"]:
        return [advice.NO_FACE, *dark]
    checks = (
        (advice.SEVERAL_FACES, figures["faces"] > 1),
        (advice.FACE_TOO_SMALL, figures["enlarged"] > _MOST_ENLARGED),
        (advice.TOO_CLOSE, figures["head_ratio"] > profile.head_ratio[1]),
        (advice.OFF_CENTRE, figures["moved"] > _MOST_MOVED),
        (advice.TILTED, figures["tilt"] > _MOST_TILT),
        (advice.BLURRED, figures["sharpness"] < _LEAST_SHARP),
        (advice.OVEREXPOSED, figures["burnt_out"] > _MOST_BURNT),
        (advice.UNEVEN_LIGHT, figures["unevenness"] > _MOST_UNEVEN),
    )
    return [problem for problem, wrong in checks if wrong] + dark


def _written(photo: Image.Image, profile: PhotoProfile) -> bytes:
    """The best quality that fits the profile's limit; 413 x 531 pixels need about 60 KB at the first."""
    for quality in _QUALITIES:
        data = as_jpeg(photo, quality=quality, dpi=profile.dpi)
        if len(data) <= profile.max_bytes:
            break
    return data
