"""A file of the candidate: what was found in the newest one, which one is in use, and who may replace it."""

from typing import Literal

from certification.acts import uploads
from certification.cloud.tables.candidates import Upload
from certification.letters.formats import Language
from certification.portal.views import tasks, whole
from certification.portal.views.speech import Speech
from certification.portal.views.whole import Whole
from certification.rules.model import Frozen

State = Literal["none", "checked", "refused", "asked", "accepted"]


class File(Frozen):
    """The newest file of its kind. `address` is a short-lived one of the cleaned copy, empty while there is none;
    `used` one of the file in use where that is another. `editable`: the candidate may send a file; `locked` says why not,
    or that the desk decides. `title` is what the policy calls it, `parts` how many files were put together."""

    id: str = ""
    state: State
    title: str
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    address: str = ""
    is_picture: bool = True
    parts: int = 0
    used: str = ""
    editable: bool
    locked: str = ""
    reasons: tuple[str, ...] = ()


def code_of(kind: str) -> str:
    """What acts and the policy call the file of a page: its address has dashes."""
    return kind.replace("-", "_")


def of(candidate_id: str, reference: str, kind: str, language: Language) -> File:
    """The newest file of a kind, by the last part of its page's address."""
    known = whole.read(candidate_id, reference)
    return describe(known, kind, known.speech(language))


def describe(known: Whole, kind: str, say: Speech) -> File:
    """The newest file of a kind, of an application that was read."""
    code = code_of(kind)
    upload, in_use = newest(known, code), _in_use(known, code)
    told = upload.problems if upload else ()
    notes = upload.notes if upload else ()
    editable, locked = _editable(known, code, say)
    return File(
        id=upload.id if upload else "",
        state=upload.state if upload else "none",
        title=_title(known, kind, say),
        problems=tuple(problem.zh if say.language == "zh" else problem.en for problem in told),
        notes=tuple(note.zh if say.language == "zh" else note.en for note in notes),
        address=uploads.link(upload, kind) if upload and upload.key else "",
        parts=len(upload.parts) if upload else 0,
        is_picture=upload is None or upload.content_type.startswith("image/"),
        used=uploads.link(in_use, kind) if in_use and in_use != upload else "",
        editable=editable,
        locked=locked,
        reasons=tasks.reasons_by_page(known, say).get(kind, ()),
    )


def newest(known: Whole, code: str) -> Upload | None:
    """The draft, or the file in use: for a photo also one of an earlier profile that stays good (PHO-04)."""
    draft = known.candidate.drafts.get(uploads.slot_of(code, known.behind.policy.scheme))
    return draft or _in_use(known, code)


def _in_use(known: Whole, code: str) -> Upload | None:
    if code == uploads.PHOTO:
        return uploads.photo_for(known.candidate, known.behind.policy)
    return known.candidate.file(code)


def _editable(known: Whole, code: str, say: Speech) -> tuple[bool, str]:
    """Whether the candidate may send a file, and what to know about it."""
    if code != uploads.PHOTO:
        editable = known.editable or uploads.asked_for(known.candidate, code)
        return editable, "" if editable else say("files.held")
    answer = uploads.may_replace(known.candidate, known.behind.policy)
    words = answer.because.zh if say.language == "zh" else answer.because.en
    return answer.by != "nobody", "" if answer.by == "candidate" else words


def _title(known: Whole, kind: str, say: Speech) -> str:
    if say.has(f"files.{kind}_title"):
        return say(f"files.{kind}_title")
    named = (upload.words for upload in known.behind.policy.uploads if upload.code == code_of(kind))
    return say.said(next(named))
