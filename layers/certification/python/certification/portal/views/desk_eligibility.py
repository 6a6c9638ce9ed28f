"""What a desk needs to judge the conditions: the answer with its timeline, and the files that prove it."""

from certification.acts import eligibility, uploads
from certification.acts.eligibility import Calculation
from certification.cloud.tables.candidates import Upload
from certification.portal.views.eligibility import Shown, shown
from certification.portal.views.speech import Speech
from certification.portal.views.whole import Whole
from certification.rules.words import Words

__all__ = ["Shown", "answer", "proofs"]

SHOWN_ALREADY = ("id_document",)


def proofs(known: Whole, say: Speech) -> tuple[tuple[str, str], ...]:
    """(words, address) of every file in use beside photo and ID document (ELI-07: a person looks at them)."""
    files = known.candidate.files
    return tuple(
        (_named(upload.words, files[upload.code], say), uploads.link(files[upload.code], upload.code))
        for upload in known.behind.policy.uploads
        if upload.code in files and upload.code not in SHOWN_ALREADY
    )


def _named(words: Words, file: Upload, say: Speech) -> str:
    """What a file is, and what is known of its signature (EDU-10)."""
    return " ".join([say.said(words) + (":" if file.notes and say.language == "en" else ""), *_notes(file, say)])


def _notes(file: Upload, say: Speech) -> list[str]:
    return [note.zh if say.language == "zh" else note.en for note in file.notes]


def answer(known: Whole, say: Speech) -> Shown | None:
    """The answer for the level of the application, as it is now; nothing while none is chosen."""
    application = known.application
    if not (application.occupation and application.level):
        return None
    found: Calculation = eligibility.of_level(application)
    return shown(found, say.language)
