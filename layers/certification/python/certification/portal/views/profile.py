"""What the candidate declared, as the forms and the check page show it."""

from datetime import date

from certification.acts import profile
from certification.acts.profile import Profile
from certification.letters.formats import Language
from certification.portal.views import countries
from certification.portal.views.speech import Speech
from certification.rules.id_documents import KINDS, NAMES, DocumentType
from certification.rules.policy_applying import Education as EducationLevel

__all__ = ["KINDS", "Profile", "id_kinds", "levels", "phone", "read", "save_details"]

ENTRIES = profile.MOST_ENTRIES

read = profile.read
save_contact = profile.save_contact


def phone(candidate_id: str) -> str:
    """The confirmed number, or empty: a new account has none yet."""
    return profile.read(candidate_id).person.phone or ""


def id_kinds(language: Language, accepted: tuple[DocumentType, ...]) -> tuple[tuple[str, str, str], ...]:
    """(code, name, hint) of every kind of ID document that the scheme accepts, in the policy's order."""
    say = Speech(language)
    return tuple((kind, say.said(NAMES[kind]), say(f"profile.{kind}_hint")) for kind in accepted)


def levels(language: Language) -> tuple[tuple[str, str], ...]:
    """(code, name) of every level of education, highest first."""
    say = Speech(language)
    return tuple((level.value, say(f"profile.level_{level.value}")) for level in reversed(EducationLevel))


def save_details(
    candidate_id: str, names: tuple[str, str], born: date, nationality: str, document: tuple[str, str]
) -> None:
    """`names` are the one in its own script and the Latin one, `document` its kind and number."""
    kind = next(known for known in KINDS if known == document[0])
    profile.save_details(candidate_id, names[0], names[1], born, nationality, kind, document[1])


def nationality(code: str | None, language: Language) -> str:
    return countries.name(code, language)
