"""From figures to problems and offers: every limit of the photo check, in one place.

Fair to every skin tone: no limit asks how bright or dark a face is (`measures.py`), and tests hold the verdicts of the
same portrait in ten skin tones, several lights and head coverings against each other.
"""

from PIL import Image

from certification.imaging import advice, framing, measures, whitening
from certification.imaging.faces import Face
from certification.imaging.framing import Frame
from certification.imaging.measures import Ground
from certification.imaging.problem import Problem
from certification.imaging.profile import PhotoProfile
from certification.rules.model import Frozen
from certification.rules.photo_fixes import PhotoFix, Step

_OTHER_FACE = 0.15  # of the largest face's area: smaller ones are pictures on the wall
_MOST_ENLARGED = 1.5
_MOST_MOVED = 0.06
_MOST_TILT = 12.0
_MOST_ASIDE = 0.35
_LEAST_SHARP = 0.08
_LEAST_BRIGHT = 120.0
_MOST_BURNT = 0.12
_MOST_GLARE = 0.06
_MOST_UNEVEN = 0.35
_LEAST_COLOUR = 3.0
# In the dark, and where the head fills the zones beside it, these say nothing about the wall.
_HIDES_THE_WALL = frozenset(("too_dark", "too_close", "too_left", "too_right"))
_OF_THE_WALL = frozenset(("background_dark", "background_coloured", "background_uneven"))


class Offer(Frozen):
    """A fix that would help here, or why we do not make it."""

    step: Step
    because: Problem | None = None

    @property
    def possible(self) -> bool:
        return self.because is None


def figures(
    image: Image.Image, faces: tuple[Face, ...], frame: Frame, photo: Image.Image, placed: Face | None
) -> tuple[dict[str, float], dict[str, Ground]]:
    """What was measured in the whole picture, of the face, and in the cut photo, where the face is at `placed`."""
    ground = measures.background(photo, placed)
    found = {
        "brightest": measures.brightest(photo, placed),
        **{f"background_light_{name}": zone.light for name, zone in ground.items()},
        "faces": 0.0,
    }
    return found | (_of_face(image, faces, frame) if faces else {}), ground


def _of_face(image: Image.Image, faces: tuple[Face, ...], frame: Frame) -> dict[str, float]:
    face = faces[0]
    return {
        "faces": float(sum(other.area > _OTHER_FACE * face.area for other in faces)),
        "head_ratio": frame.head_ratio,
        "low": frame.low,
        "right": frame.right,
        "enlarged": frame.enlarged,
        "tilt": framing.tilt(face),
        "aside": framing.aside(face),
        "sharpness": measures.sharpness(image, face),
        "unevenness": measures.unevenness(image, face),
        "burnt_out": measures.burnt_out(image, face),
        "glare": measures.glare(image, face),
        "colourfulness": measures.colourfulness(image, face),
    }


def problems(found: dict[str, float], ground: dict[str, Ground], profile: PhotoProfile) -> list[Problem]:
    """Everything that is in doubt, the face first."""
    said = _of_the_face(found, profile)
    if found["brightest"] < _LEAST_BRIGHT and advice.TOO_CLOSE not in said:
        said.append(advice.TOO_DARK)
    if not _HIDES_THE_WALL.intersection(problem.code for problem in said):
        said += advice.background_problems(ground, profile)
    return said


def whitened(
    photo: Image.Image, ground: dict[str, Ground], placed: Face | None, said: list[Problem], profile: PhotoProfile
) -> whitening.Whitened | None:
    """The photo with a white wall, or why not; None where the scheme wants none or the wall is good."""
    if profile.background != "white" or placed is None or not _OF_THE_WALL & {problem.code for problem in said}:
        return None
    return whitening.whiten(photo, ground, placed, lambda zones: not advice.background_problems(zones, profile))


def offers(said: list[Problem], fix: PhotoFix, white: whitening.Whitened | None) -> tuple[Offer, ...]:
    """The fixes that help against these problems. A white wall only where the scheme wants one and it is safe."""
    codes = {problem.code for problem in said}
    made: list[Offer] = []
    if "no_face" in codes:
        made += [Offer(step="turn_left"), Offer(step="turn_right")]
    if "tilted" in codes and not fix.level:
        made.append(Offer(step="level"))
    if white is not None and codes & _OF_THE_WALL:
        made.append(Offer(step="white", because=white.because))
    return tuple(made)


def _of_the_face(found: dict[str, float], profile: PhotoProfile) -> list[Problem]:
    if not found["faces"]:
        return [advice.NO_FACE]
    in_shade = abs(found["unevenness"]) > _MOST_UNEVEN  # one eye is hard to place
    checks = (
        (advice.several_faces(int(found["faces"])), found["faces"] > 1),
        (advice.FACE_TOO_SMALL, found["enlarged"] > _MOST_ENLARGED),
        (advice.TOO_CLOSE, found["head_ratio"] > profile.head_ratio[1]),
        (advice.TOO_FAR, found["head_ratio"] < profile.head_ratio[0]),
        (advice.tilted(found["tilt"]), abs(found["tilt"]) > _MOST_TILT * (1.5 if in_shade else 1)),
        (advice.NOT_FRONTAL, found["aside"] > _MOST_ASIDE),
        (advice.BLURRED, found["sharpness"] < _LEAST_SHARP),
        (advice.OVEREXPOSED, found["burnt_out"] > _MOST_BURNT),
        (advice.GLARE, found["burnt_out"] <= _MOST_BURNT and found["glare"] > _MOST_GLARE),
        (advice.uneven(found["unevenness"]), in_shade),
        (advice.GREY, found["colourfulness"] < _LEAST_COLOUR),
    )
    said = [problem for problem, wrong in checks if wrong]
    if found["head_ratio"] <= profile.head_ratio[1]:
        said += advice.displaced(found["low"], found["right"], _MOST_MOVED)
    return said
