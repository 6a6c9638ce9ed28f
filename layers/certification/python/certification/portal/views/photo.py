"""The photo's own page: every check with its outcome, the fixes that help, and what the scheme asks for."""

from typing import Literal

from certification.acts import photos, uploads
from certification.letters.formats import Language
from certification.portal.views import files, whole
from certification.portal.views.speech import Speech
from certification.portal.views.whole import Whole
from certification.rules.model import Frozen
from certification.rules.photo_fixes import PhotoFix

CHECKS: dict[str, tuple[str, ...]] = {
    "face": ("no_face", "several_faces", "not_frontal"),
    "place": ("face_too_small", "too_close", "too_far", "too_low", "too_high", "too_left", "too_right"),
    "upright": ("tilted",),
    "sharp": ("blurred",),
    "light": ("too_dark", "overexposed", "uneven_light", "glare", "not_colour"),
    "background": ("background_dark", "background_coloured", "background_uneven"),
}
"""What is checked, in the order of the page, with the codes of the problems that belong to it."""
TURNS = ("turn_left", "turn_right")
MOVES = ("up", "down", "left", "right", "closer", "further")


class Check(Frozen):
    """One line of the result. `words` are empty when it passed."""

    name: str
    passed: bool
    words: tuple[str, ...]


class Photo(Frozen):
    """What the photo's page shows beside the file itself. Steps are (value, words). `by` says who may replace it."""

    checks: tuple[Check, ...]
    helpful: tuple[tuple[str, str], ...]
    turns: tuple[tuple[str, str], ...]
    moves: tuple[tuple[str, str], ...]
    changed: bool
    changeable: bool
    doubtful: bool
    by: Literal["candidate", "desk", "nobody"]
    whys: tuple[tuple[str, str, str], ...]
    shape: str


def of(candidate_id: str, reference: str, language: Language) -> Photo:
    """The newest photo of the candidate's own application."""
    known = whole.read(candidate_id, reference)
    say = known.speech(language)
    upload = files.newest(known, uploads.PHOTO)
    fix = PhotoFix.model_validate_json(upload.made_by) if upload and upload.made_by else PhotoFix()
    answer = uploads.may_replace(known.candidate, known.behind.policy)
    looked = upload is not None and upload.state in ("checked", "accepted")
    return Photo(
        checks=_checks(known, say) if looked else (),
        helpful=_steps(upload.fixes if upload else (), say),
        turns=_steps(TURNS, say),
        moves=_steps(MOVES, say),
        changed=fix != PhotoFix(),
        changeable=bool(upload and upload.source) and answer.by != "nobody",
        doubtful=bool(upload and upload.needs_person),
        by=answer.by,
        whys=tuple((why, say(f"photo.why_{why}"), "") for why in photos.WHYS),
        shape=requirements(known, say),
    )


def requirements(known: Whole, say: Speech) -> str:
    """The scheme's profile in one sentence (PHO-03)."""
    photo = known.behind.policy.photo
    return say(
        "photo.profile",
        wide=photo.millimetres[0],
        high=photo.millimetres[1],
        across=photo.pixels[0],
        down=photo.pixels[1],
        background=say(f"photo.background_{photo.background}"),
    )


def _checks(known: Whole, say: Speech) -> tuple[Check, ...]:
    upload = files.newest(known, uploads.PHOTO)
    told = upload.problems if upload else ()
    lines = []
    for name, codes in CHECKS.items():
        words = tuple(one.zh if say.language == "zh" else one.en for one in told if one.code in codes)
        lines.append(Check(name=say(f"photo.check_{name}"), passed=not words, words=words))
    known_codes = {code for codes in CHECKS.values() for code in codes}
    said = tuple(one.zh if say.language == "zh" else one.en for one in told if one.code not in known_codes)
    if said:
        lines.insert(0, Check(name=say("photo.check_desk"), passed=False, words=said))
    return tuple(lines)


def _steps(steps: tuple[str, ...], say: Speech) -> tuple[tuple[str, str], ...]:
    return tuple((step, say(f"photo.{step}")) for step in steps)
