"""A file of the candidate: where it is on its way, and what the check said."""

from typing import Literal

from certification.acts import uploads
from certification.acts.uploads import Kind
from certification.letters.formats import Language
from certification.portal.views import tasks, whole
from certification.rules.model import Frozen

KINDS: dict[str, Kind] = {"photo": "photo", "id-document": "id_document"}
"""What acts call the file of each page."""


class File(Frozen):
    """`address` is a short-lived one of the cleaned copy, empty while there is none."""

    state: Literal["none", "expected", "checked", "refused", "accepted"]
    problems: tuple[str, ...] = ()
    address: str = ""
    is_picture: bool = True
    editable: bool
    reasons: tuple[str, ...] = ()


def of(candidate_id: str, reference: str, kind: str, language: Language) -> File:
    """The photo or the ID document, by the last part of its page's address."""
    known = whole.read(candidate_id, reference)
    reasons = tasks.reasons_by_page(known, known.speech(language)).get(kind, ())
    upload = known.candidate.photo if kind == "photo" else known.candidate.id_document
    if upload is None:
        return File(state="none", editable=known.editable, reasons=reasons)
    return File(
        state=upload.state,
        problems=tuple(problem.zh if language == "zh" else problem.en for problem in upload.problems),
        address=uploads.show(candidate_id, KINDS[kind]) if upload.key else "",
        is_picture=upload.content_type.startswith("image/"),
        editable=known.editable,
        reasons=reasons,
    )
