"""What the API takes about accounts: ways back, changes, requests. Strict, like all bodies."""

from typing import Annotated, Literal

from pydantic import Field

from certification.acts.contact_changes import Changing, Proof
from certification.api.bodies import Address, Body, ChallengeId, Country, Day, Language, Line, Typed
from certification.cloud.doors import Path
from certification.rules.account_help import LONGEST_NOTE
from certification.rules.id_documents import DocumentType

IdNumber = Annotated[str, Field(min_length=1, max_length=60)]
RecoveryId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{20,80}$")]
Note = Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)]
SessionPath = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
TextPath = Annotated[Literal["registration_agreement", "service_notice"], Path()]


class AskRecoveryCode(Body):
    """Where to send a code that proves one factor."""

    factor: Literal["sms_code", "email_code"]
    to: Address
    language: Language


class ProveRecovery(Body):
    """The code that arrived. `recovery` is that of the first proof; null with the first."""

    factor: Literal["sms_code", "email_code"]
    challenge: ChallengeId
    code: Typed
    recovery: RecoveryId | None = None


class AnswerRecovery(Body):
    """The answer to the reserved question."""

    recovery: RecoveryId
    answer: Line


class LookUp(Body):
    """An ID document of which somebody wants to know whether it has an account; a passport with the country that issued it."""

    id_kind: DocumentType
    id_number: IdNumber
    id_country: Country | None = None


class Confirmation(Body):
    """The second code of a change."""

    challenge: ChallengeId
    code: Typed

    @property
    def proof(self) -> Proof:
        return Proof(challenge=self.challenge, code=self.code)


class AskConfirmation(Body):
    """What will be changed: the code goes to what stays; for the question, to the phone."""

    changing: Changing


class ProveChange(Body):
    """The code that arrived at the new address or number, and the one that confirms the change."""

    challenge: ChallengeId
    code: Typed
    confirmation: Confirmation | None = None


class AskNewEmailCode(Body):
    """The new address."""

    email: Address


class Reserve(Body):
    """One of the questions, the answer, and the code that confirms it."""

    question: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    answer: Line
    confirmation: Confirmation | None = None


class DescribeName(Body):
    """Which character cannot be typed or printed, and how the name may be printed (empty: no wish)."""

    description: Annotated[str, Field(max_length=500)]
    spelling: Line = ""


class AskForPhone(Body):
    """A number of another account whose code arrived here, and what happened."""

    challenge: ChallengeId
    code: Typed
    note: Note


class AskForAccount(Body):
    """Who the account is about, as the ID document says it, and what happened."""

    name: Line
    birth_date: Day
    id_kind: DocumentType
    id_number: IdNumber
    id_country: Country | None = None
    note: Note


class Accept(Body):
    """The version that was read."""

    text_version: Annotated[str, Field(pattern=r"^\d{4}\.\d{1,4}$")]
