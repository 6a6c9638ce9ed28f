"""AGREEMENTS: texts that a person reads and accepts before going on, and what acceptance is kept (ACC-03, ACC-15).

In words: the registration agreement and notice are accepted before anything about a person is entered; the service notice
of the certificate part at the first visit there. What is kept is the version, the hash of what was shown in both languages,
and the time. An acceptance counts for its version: when the text changes, it is asked for again.
"""

import hashlib
import json
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.words import Words


class AgreementKind(StrEnum):
    """Which text; the value is the name of its file in policies/texts."""

    REGISTRATION = "registration_agreement"
    CERTIFICATES = "service_notice"


class Agreement(Frozen):
    """A text in one version. A version that anybody accepted is never edited: a new text is a new version."""

    version: str = Field(pattern=r"^\d{4}\.\d+$")
    title: Words
    paragraphs: tuple[Words, ...] = Field(min_length=1)

    @property
    def hash(self) -> str:
        """SHA-256 of the whole text in both languages."""
        data = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(data.encode()).hexdigest()


class Acceptance(Frozen):
    """What was accepted, and when."""

    version: str
    sha256: str
    at: datetime


def counts(acceptance: Acceptance | None, text: Agreement) -> bool:
    """Whether this acceptance is one of the text as it is now."""
    return acceptance is not None and (acceptance.version, acceptance.sha256) == (text.version, text.hash)


def must_count(acceptance: Acceptance | None, text: Agreement, kind: AgreementKind) -> None:
    """Raises Refused unless the text as it is now was accepted."""
    if counts(acceptance, text):
        return
    registration = kind is AgreementKind.REGISTRATION
    raise Refused(
        "agreement_missing" if registration else "service_notice_missing",
        f"Read and accept first: {text.title.en}.",
        f"请先阅读并接受：{text.title.zh}。",
        rules=("ACC-03",) if registration else ("ACC-15",),
        facts={"version": text.version, "hash": text.hash},
    )


def must_be_current(version: str, text: Agreement) -> None:
    """Somebody accepts what they read; what changed meanwhile must be read again."""
    if version != text.version:
        raise Refused(
            "text_changed",
            "The text has changed. Read the new one and accept it.",
            "文本已更新，请重新阅读并接受。",
            rules=("ACC-03", "ACC-15"),
            facts={"version": text.version},
            field="version",
        )
