"""What each letter is told. The name of a class is the name of its announcement.

Times are UTC instants; `zone` says where the reader's deadlines are counted. `site` is the portal's address without a
trailing slash. Nothing but what a letter says is in here: no ID number, no address, no birth date.
"""

from datetime import datetime
from typing import Literal

from certification.letters.account_letters import ACCOUNT_LETTERS
from certification.letters.base import AboutApplication, LetterData
from certification.letters.check_letters import CHECK_LETTERS
from certification.letters.life_letters import LIFE_LETTERS
from certification.letters.on_site_letters import ON_SITE_LETTERS
from certification.letters.refund_letters import REFUND_LETTERS
from certification.letters.transfer_letters import TRANSFER_LETTERS
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.words import Words


class EmailCodeRequested(LetterData):
    """A one-time code by e-mail. It is valid for `minutes`."""

    code: str
    minutes: int
    purpose: Literal["sign_up", "sign_in", "staff_sign_in", "recover", "confirm"]


class PhoneCodeRequested(LetterData):
    """A one-time code by SMS, bound to our domain so that a phone offers it on our pages only."""

    code: str
    minutes: int
    purpose: Literal["number", "commitment"] = "number"


class AccountCreated(LetterData):
    """The account exists: e-mail and phone are confirmed."""


class IdentityVerified(LetterData):
    """The registry confirmed name and ID document."""


class IdentityUnverified(LetterData):
    """The registry said no, or nothing in time (`answered` is false). The candidate goes on (decision 21)."""

    answered: bool


class EducationVerified(LetterData):
    """The registry confirmed a qualification."""


class EducationUnverified(LetterData):
    """The registry said no, or nothing that helps (`answered` is false). The candidate goes on (EDU-21)."""

    answered: bool


class PhotoChecked(LetterData):
    """The photo was looked at by the machine; `problems` is empty when every check passed."""

    problems: tuple[Words, ...] = ()


class PhotoDecided(AboutApplication):
    """The desk decided about a photo: whether it replaces the one in use (`replaced`), or that another is needed."""

    replaced: bool
    asked: bool
    reasons: tuple[Words, ...] = ()


class ApplicationConfirmed(AboutApplication):
    """The candidate handed the application in; the desk decides by `review_by` (CHK-01)."""

    review_by: datetime


class ReturnedFor(Frozen):
    """One reason of the policy's list, and what the reviewer wrote."""

    words: Words
    note: str = ""


class ApplicationReturned(AboutApplication):
    """Something must be corrected by `correct_by`."""

    reasons: tuple[ReturnedFor, ...]
    correct_by: datetime


class ApplicationRejected(AboutApplication):
    """Refused for good, by two people."""

    reasons: tuple[ReturnedFor, ...]


class ApplicationApproved(AboutApplication):
    """The review said yes: pay `amount` by `pay_by`.

    A refund may be asked for `refund_within` the payment (REF-01), less `handling_fee` (such as `20%`), and not from
    `no_refund_from` on (REF-02). A scheme without refunds has neither; then the letter leads to the payment page.
    """

    amount: Money
    pay_by: datetime
    refund_within: Words | None = None
    handling_fee: str | None = None
    no_refund_from: datetime | None = None


class CandidateRegistered(AboutApplication):
    """Paid and registered. A refund, less `handling_fee` (such as `20%`), may be asked for until `refund_until`.

    `refund_until` is None when it is too late already. `receipt_platform` names the public platform that issues the
    receipt; None where we do.
    """

    amount: Money
    exam_starts: datetime
    ticket_opens: datetime
    handling_fee: str | None = None
    refund_until: datetime | None = None
    receipt_platform: Words | None = None


class PaymentQueuedForReturn(AboutApplication):
    """Money that must go back: why, and how much. `unused`: it was paid for what is not made now, and rightly."""

    amount: Money
    why: Words
    unused: bool = False


class ApplicationLapsed(AboutApplication):
    """A date passed without the act that was due. `missed` says what should have happened."""

    missed: Words
    was_due: datetime


class SeatDrawn(AboutApplication):
    """The seat is drawn; the ticket with it opens at `ticket_opens`. `sitting` leads to the published draw."""

    sitting: str
    exam_starts: datetime
    ticket_opens: datetime


class TicketOpened(AboutApplication):
    """The admission ticket (ARR-05, ARR-06). `remote_link` is None for an exam on site."""

    candidate_number: str
    exam_starts: datetime
    venue: Words
    room: str
    seat: int
    instructions: tuple[Words, ...]
    remote_link: str | None = None


class ResultReleased(AboutApplication):
    """The official score report, with pass or fail (RES-04)."""

    passed: bool


class CertificateIssued(AboutApplication):
    """The certificate can be downloaded, and checked by anybody who has its number."""

    certificate_number: str


class ApplicationWithdrawn(AboutApplication):
    """The candidate withdrew. `refund` is what comes back; None when nothing was paid, or (`paid`) nothing is returned.
    `bank_holds`: the payer's bank disputes the payment, and `refund` waits for the end of that."""

    refund: Money | None = None
    paid: bool = False
    bank_holds: bool = False


class SignatureAwaited(AboutApplication):
    """The commitment can be signed until `sign_by`; or the candidate chooses to hand in proofs."""

    sign_by: datetime


class CommitmentSigned(AboutApplication):
    """The commitment `number` counts from `signed_at` on. Pay by `pay_by`; it may be taken back until `back_until`."""

    number: str
    signed_at: datetime
    amount: Money
    pay_by: datetime
    back_until: datetime


class ProofsAwaited(AboutApplication):
    """Proofs are needed: why, which, until when, and the time before which we advise to act (None when it is over)."""

    why: Words
    proofs: tuple[Words, ...]
    hand_in_by: datetime
    advised_by: datetime | None = None


class CommitmentWithdrawn(ProofsAwaited):
    """The commitment was taken back: proofs instead."""


class CommitmentBarred(ProofsAwaited):
    """A bar was found when signing: proofs instead."""


class ProofsSubmitted(AboutApplication):
    """The proofs were handed in; the desk decides by `review_by`."""

    review_by: datetime


class CandidateReminded(AboutApplication):
    """Little time is left to do `what`: what waits for the candidate lapses at `by`."""

    what: Words
    by: datetime


class CasePromiseNeared(LetterData):
    """To the supervisor of a desk: a case must be decided by `promised`, and nobody has yet. `days` it is overdue."""

    case: str
    about: str
    kind: Words
    desk: Words
    promised: datetime
    days: int = 0


class CaseOverdue(CasePromiseNeared):
    """To the supervisor of a desk: the promise is broken; the candidate loses nothing by it."""


ALL: tuple[type[LetterData], ...] = (
    EmailCodeRequested,
    PhoneCodeRequested,
    AccountCreated,
    IdentityVerified,
    IdentityUnverified,
    EducationVerified,
    EducationUnverified,
    PhotoChecked,
    PhotoDecided,
    ApplicationConfirmed,
    ApplicationReturned,
    ApplicationRejected,
    ApplicationApproved,
    CandidateRegistered,
    PaymentQueuedForReturn,
    ApplicationLapsed,
    SeatDrawn,
    TicketOpened,
    ResultReleased,
    CertificateIssued,
    ApplicationWithdrawn,
    *ON_SITE_LETTERS,
    *TRANSFER_LETTERS,
    CasePromiseNeared,
    CaseOverdue,
    *ACCOUNT_LETTERS,
    *LIFE_LETTERS,
    *REFUND_LETTERS,
    *CHECK_LETTERS,
    SignatureAwaited,
    CommitmentSigned,
    ProofsAwaited,
    CommitmentWithdrawn,
    CommitmentBarred,
    ProofsSubmitted,
    CandidateReminded,
)
LETTERS = {letter.__name__: letter for letter in ALL}
