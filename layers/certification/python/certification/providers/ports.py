"""PORTS: what we ask of the outside world, whoever answers. Adapters beside this file; simulators in `local/`.

Two failures must be told apart. `Unreachable`: the request did not arrive, nothing happened. `Lost`: it may have
arrived and been carried out, and we did not hear the answer; look up what happened before asking again.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol

from pydantic import AwareDatetime, Field

from certification.providers.refund_ports import RefundAsked, RefundSeen
from certification.rules.facts import Fact
from certification.rules.id_documents import DocumentType
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.payments import AttemptState, Method


class Unreachable(Exception):
    """The request did not arrive: nothing happened there, and asking again is safe."""


class Lost(Exception):
    """No usable answer: whether it was carried out is unknown until somebody looks it up."""


class StoredFailure(Lost):
    """The body answered that it failed, and repeats this answer for as long as it knows the request's key. A new key may
    be used, once it is proven that nothing was carried out."""


class ProviderRefused(Exception):
    """The body answered no, and will again. `code` is its own word for why, `status` its HTTP status."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(f"{status} {code}: {text}")
        self.status, self.code = status, code


class Attempt(Frozen):
    """An attempt to pay, chosen and stored before anybody is called. `reference` is what the provider gives back;
    `method` is what the candidate chose, where a provider takes several."""

    order: str = Field(min_length=1, pattern=r"^[^.]+$")
    attempt: str = Field(min_length=1, pattern=r"^[^.]+$")
    email: str | None = None
    locale: Literal["en", "zh"] = "en"
    method: Method = "card"

    @property
    def reference(self) -> str:
        return f"{self.order}.{self.attempt}"


class OrderLine(Frozen):
    """One line on the provider's page: the name of the fee item and its amount."""

    name: str = Field(min_length=1)
    money: Money


class Checkout(Frozen):
    """A page at the provider where the candidate pays, until `expires_at`."""

    id: str
    url: str
    expires_at: AwareDatetime


class CheckoutState(Frozen):
    """What the provider says of a checkout now: the attempt's state, and the captures as facts."""

    id: str
    reference: str | None
    url: str | None
    expires_at: AwareDatetime
    state: AttemptState
    facts: tuple[Fact, ...]


class PaymentProvider(Protocol):
    """Payments on a page of the provider's."""

    def create_checkout(
        self, attempt: Attempt, lines: Sequence[OrderLine], success_url: str, cancel_url: str, expires_at: datetime
    ) -> Checkout:
        """Open a checkout. Asking again with the same attempt gives the same checkout.

        `success_url` may contain `{CHECKOUT_SESSION_ID}`. Raises Unreachable, Lost or ProviderRefused.
        """

    def find_checkout(self, wanted: str, since: datetime | None = None) -> CheckoutState | None:
        """The checkout with this id, or the one opened under this reference since `since` (needed for a reference).

        None is proof that there is none. Raises Unreachable, Lost or ProviderRefused.
        """

    def expire_checkout(self, checkout: str) -> CheckoutState:
        """Close a checkout, and say what it is now: it may have been paid at the same moment."""

    def send_refund(self, asked: RefundAsked) -> RefundSeen:
        """Send money back the way it came. Asking again with the same `refund` and `number` gives the same refund.

        The answer is often an acceptance only (`pending`). Raises Unreachable (also for "not now, ask again": nothing
        was carried out), Lost, StoredFailure or ProviderRefused (it never will be carried out).
        """

    def find_refund(self, asked: RefundAsked) -> RefundSeen | None:
        """The refund with our id as it is now. None is proof that there is none. Raises as above."""

    def find_reference(self, capture: str) -> str | None:
        """Our reference (`<order>.<attempt>`) of the payment with the provider's id; None: it has none, or is not known
        there. For reports that name the payment alone. Raises Unreachable, Lost or ProviderRefused."""


class Matter(StrEnum):
    """What a registry is asked about."""

    IDENTITY = "identity"
    EDUCATION = "education"


class Result(StrEnum):
    """What a registry finds: the person and document belong together, they do not, or it cannot tell."""

    MATCH = "match"
    NO_MATCH = "no_match"
    CANNOT_TELL = "cannot_tell"


class Question(Frozen):
    """A question to a registry. `question` is our id of it, the same at every repetition.

    `details` is personal data; for identity: `name`, `latin_name`, `birth_date` (ISO 8601), `id_kind`, `id_number`,
    `id_country` (of a passport); for education: `name` on the certificate, `id_number`, and the qualification.
    """

    question: str = Field(min_length=1)
    matter: Matter = Matter.IDENTITY
    details: dict[str, str]


class Answer(Frozen):
    """A registry's answer. `answered_at` is the registry's time. `simulated` is true when a simulator answered."""

    question: str
    ticket: str
    result: Result
    answered_at: AwareDatetime
    simulated: bool = False


class Later(Frozen):
    """The registry has taken the question and will answer at our door, perhaps, under this ticket."""

    ticket: str


class Registry(Protocol):
    """A registry that says whether a person's particulars belong together: with a document, or a qualification."""

    def ask(self, question: Question) -> Answer | Later:
        """Ask. The same question again gives the same ticket. Raises Unreachable, Lost or ProviderRefused."""


class PlatformIdentity(Frozen):
    """Who somebody is, by the word of an identity platform. `subject` names them there, for ever and for us alone."""

    subject: str = Field(min_length=1)
    name: str = Field(min_length=1)
    id_kind: DocumentType
    id_number: str = Field(min_length=1)
    birth_date: date
    simulated: bool = False


class IdentityPlatform(Protocol):
    """A public service that verifies people by their real names (ACC-12)."""

    def address(self, state: str, nonce: str, verifier: str, back: str) -> str:
        """Where the browser goes; it comes back to `back` with the state and a code."""

    def redeem(self, code: str, verifier: str, nonce: str, back: str) -> PlatformIdentity:
        """Who came back. Raises NotBelieved, Unreachable, Lost or ProviderRefused."""


class NotYetPublished(Exception):
    """The public value of this day does not exist yet: nobody can know it."""


class PublicValue(Frozen):
    """Public randomness of a day: hexadecimal, published once, known to nobody before."""

    day: date
    value: str = Field(pattern=r"^[0-9a-f]{64}$")
    source: str
    simulated: bool = False


class Beacon(Protocol):
    """A public source of randomness (decision 9)."""

    def value(self, day: date) -> PublicValue:
        """The value of this day (UTC). Raises NotYetPublished, Unreachable, Lost or ProviderRefused."""
