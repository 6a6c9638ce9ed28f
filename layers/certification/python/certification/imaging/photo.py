"""THE PHOTO CHECK: a phone's photo becomes an ID photo, with reasons where it is not yet one (PHO-01..12).

It advises, it does not gate: a photo with problems goes to a person together with our best cut of it, because every
automatic "no" is wrong for somebody. Only a file that cannot or must not be opened, or has too few pixels, is refused.
What is stored and printed is always our own new JPEG, never the bytes that were sent. The same code runs on the server
and as a command line tool (`python -m local.photo_check`): equal input gives equal bytes.
"""

from dataclasses import dataclass

from PIL import Image
from pydantic import Field

from certification.imaging import advice, finished, framing, judging
from certification.imaging.faces import Face, find_faces
from certification.imaging.intake import Opened, as_jpeg, open_jpeg
from certification.imaging.judging import Offer
from certification.imaging.problem import Problem, Unreadable, too_small
from certification.imaging.profile import PhotoProfile
from certification.rules.model import Frozen
from certification.rules.photo_fixes import PhotoFix

_ENOUGH = 1500
"""Both sides keep at least this many pixels when a large photo is decoded: four times what the ID photo needs."""
_LONGEST = 2000
_SOURCE_QUALITY = 92
_TURNS = ((90, Image.Transpose.ROTATE_90), (270, Image.Transpose.ROTATE_270), (180, Image.Transpose.ROTATE_180))
_LEVEL_ROUNDS = 4


class PhotoVerdict(Frozen):
    """What became of a photo.

    `refused`: the file was not used; there is no image. Otherwise `image` is the ID photo (a JPEG of the profile's size
    without metadata), `problems` say what is in doubt, `passed` is true when nothing is, and `needs_person` when somebody
    should look. `notes` tell what we did. `source` is the upright picture without metadata that `fix` is applied to, and
    `offers` the changes that would help. `measures` are the figures behind it, without personal data.
    """

    passed: bool
    needs_person: bool
    refused: Problem | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    offers: tuple[Offer, ...] = ()
    measures: dict[str, float] = Field(default_factory=dict)
    image: bytes | None = None
    source: bytes | None = None


@dataclass(frozen=True)
class _Found:
    """An upright picture with its faces, and by how many degrees it was turned for that."""

    image: Image.Image
    faces: tuple[Face, ...]
    turned: int


def check_photo(data: bytes, profile: PhotoProfile) -> PhotoVerdict:
    """Judge a JPEG of up to 10 MB and 50 megapixels, and cut the ID photo out of it. Never raises for bad input."""
    try:
        opened = open_jpeg(data, _ENOUGH)
    except Unreadable as error:
        return _refused(error.problem)
    short, long = sorted((opened.width, opened.height))
    least_short, least_long = sorted((profile.width_px, profile.height_px))
    if short < least_short or long < least_long:
        return _refused(too_small(opened.width, opened.height, profile.width_px, profile.height_px))
    if finished.is_finished(data, profile):
        return change_photo(data, profile, PhotoFix())
    source = _source(opened.image)
    verdict = change_photo(source, profile, PhotoFix())
    figures = {"width": float(opened.width), "height": float(opened.height)}
    return verdict.model_copy(
        update={"notes": (*_notes(opened), *verdict.notes), "measures": {**verdict.measures, **figures}}
    )


def change_photo(source: bytes, profile: PhotoProfile, fix: PhotoFix) -> PhotoVerdict:
    """The verdict on a source of an earlier check (our own file), changed as the candidate asks."""
    is_finished = fix == PhotoFix() and finished.is_finished(source, profile)
    found = _levelled(_upright(open_jpeg(source, _LONGEST).image, fix), fix)
    face, size = found.faces[0] if found.faces else None, found.image.size
    if is_finished:
        frame = framing.whole(face, size, profile)
    elif face is None:
        frame = framing.middle(size, profile, fix)
    else:
        frame = framing.around(face, size, profile, fix)
    photo = found.image
    if not is_finished:
        photo = photo.resize((profile.width_px, profile.height_px), Image.Resampling.LANCZOS, box=frame.box)
    placed = framing.in_photo(face, frame) if face else None
    figures, ground = judging.figures(found.image, found.faces, frame, photo, placed)
    problems = judging.problems(figures, ground, profile)
    white = judging.whitened(photo, ground, placed, problems, profile)
    if fix.white and white and white.photo:
        photo = white.photo
        figures, ground = judging.figures(found.image, found.faces, frame, photo, placed)
        problems = judging.problems(figures, ground, profile)
    return PhotoVerdict(
        passed=not problems,
        needs_person=bool(problems),
        problems=tuple(problems),
        notes=(*((advice.FINISHED,) if is_finished else ()), *((advice.TURNED,) if found.turned else ())),
        offers=judging.offers(problems, fix, white),
        measures={name: round(value, 3) for name, value in (figures | {"turned": float(found.turned)}).items()},
        image=source if is_finished else finished.write(photo, profile),
        source=source,
    )


def _refused(problem: Problem) -> PhotoVerdict:
    return PhotoVerdict(passed=False, needs_person=False, refused=problem)


def _source(image: Image.Image) -> bytes:
    """The upright picture as a file of ours: what every cut is made from."""
    copy = image.copy()
    copy.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
    return as_jpeg(copy, quality=_SOURCE_QUALITY)


def _notes(opened: Opened) -> tuple[Problem, ...]:
    found = (
        (advice.TURNED, opened.orientation != 1),
        (advice.POSITION_REMOVED, opened.had_position),
        (advice.FIRST_OF_SEVERAL, opened.pictures > 1),
        (advice.REST_REMOVED, opened.rest),
    )
    return tuple(note for note, is_so in found if is_so)


def _upright(image: Image.Image, fix: PhotoFix) -> _Found:
    """The picture turned as asked; where nobody asked, until there is a face (some files lost their orientation)."""
    if fix.turn:
        image = image.rotate(-fix.turn, expand=True)
    faces = find_faces(image)
    if faces or fix.turn:
        return _Found(image, faces, 0)
    for degrees, turn in _TURNS:
        turned = image.transpose(turn)
        if faces := find_faces(turned):
            return _Found(turned, faces, degrees)
    return _Found(image, (), 0)


def _levelled(found: _Found, fix: PhotoFix) -> _Found:
    """The picture turned until the eyes are level. What the turn adds at the corners repeats the picture's edge."""
    if not fix.level or not found.faces:
        return found
    degrees, image, faces = 0.0, found.image, found.faces
    for _ in range(_LEVEL_ROUNDS):
        step = framing.tilt(faces[0])
        if abs(step) < 1.0:
            break
        turned = _turned(found.image, degrees + step)
        again = find_faces(turned)
        if not again:
            break
        degrees, image, faces = degrees + step, turned, again
    return _Found(image, faces, found.turned)


def _turned(image: Image.Image, degrees: float) -> Image.Image:
    edge = image.resize((1, 1), Image.Resampling.BOX, box=(0, 0, image.width, max(1, image.height // 20)))
    colour = edge.getpixel((0, 0))
    fill = colour if isinstance(colour, tuple) else None
    return image.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=fill)
