"""What every printed document says about an application: the body, the exam, the person, the photo."""

from datetime import datetime
from typing import Any

from certification.acts.people import Person, opened
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import Application
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.sittings import Sitting, sittings
from certification.policies import load_policy
from certification.rules.id_documents import NAMES, DocumentType
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.words import Words


class Background(Frozen):
    """The rows and the policy behind a document."""

    application: Application
    person: Person
    sitting: Sitting
    policy: Policy


def behind(application: Application) -> Background:
    """Read what a document of this application needs."""
    sitting = sittings.read(application.sitting)
    policy, _ = load_policy(sitting.scheme)
    return Background(
        application=application,
        person=opened(candidates.read(application.candidate)),
        sitting=sitting,
        policy=policy,
    )


def id_document(kind: DocumentType | None) -> Words:
    """The name of a kind of ID document; a confirmed application has one."""
    return NAMES[kind or "passport"]


def named(background: Background, issued_at: datetime, path: str) -> dict[str, Any]:
    """The fields that every document about a person has. `path` is where its QR code leads, below the portal."""
    application, policy, person = background.application, background.policy, background.person
    return {
        "issuer": policy.body,
        "issued_at": issued_at,
        "time_zone": policy.time_zone,
        "verification_url": f"{settings().public_url}{path}",
        "name": person.on_paper,
        "name_latin": person.latin_name if person.latin_name != person.on_paper else None,
        "photo": vault.read(settings().vault, application.photo or ""),
        "exam": policy.title,
        "sitting": Words(en=background.sitting.name_en, zh=background.sitting.name_zh),
        "occupation": policy.occupation(application.occupation or "").words,
        "level": policy.level(application.level or "").words,
    }
