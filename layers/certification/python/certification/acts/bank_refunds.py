"""Refunds by bank transfer: waiting for the next file to the bank, and knowing where to.

The money goes back to the account it came from, whoever's that is: an employer who paid gets it back (REF-04). Where the
bank did not say, or the candidate's own account could not take it, the candidate is asked. A refund waits for the next
file in one row per scheme; the row of its claim, written in the same transaction, says for ever that it was taken, so
that it is in one file only.
"""

from collections.abc import Sequence

from pydantic import Field

from certification.acts.stored_lines import particulars
from certification.cloud import clock
from certification.cloud.field_encryption import key_of
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import applications
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.inbox import inbox
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import Refund, refunds
from certification.cloud.transaction import Lost, commit, retried
from certification.providers.bank_files import BankByFiles
from certification.providers.refund_ports import RefundAsked, RefundReport, RefundSeen
from certification.rules.model import Frozen
from certification.rules.payee import is_own, needs_another_account
from certification.rules.refund_life import sent_before
from certification.rules.statements import Party

PAYEE = "payee"


class Waiting(Frozen):
    """What waits for the next file of a scheme; `number` counts the files."""

    number: int = 1
    refunds: tuple[str, ...] = Field(default=())


class BankRefunds(BankByFiles):
    """The bank as refunds are sent by it: in the next file."""

    def send_refund(self, asked: RefundAsked) -> RefundSeen:
        """Put it into the next file; without an account that can take it, ask the candidate for one. Only the desk
        can ask another payer."""
        refund = refunds.read(asked.refund)
        payment = payments.read(refund.payment)
        payee = payee_of(refund, payment)
        if payee is not None and not _was_in_vain(refund):
            queue(refund, [])
            return _seen(asked, "pending")
        if payee is not None and payment.payee is None and not _is_candidates(payee, refund):
            return _seen(asked, "manual", "payer_account_wrong")
        _ask_for_account(refund)
        return _seen(asked, "manual", "account_unknown")

    def find_refund(self, asked: RefundAsked) -> RefundSeen | None:
        """Taken for a file, or not. What became of it is told by the bank's files."""
        return _seen(asked, "pending") if claims.find(_claim(asked.refund)) else None


def _seen(asked: RefundAsked, state: RefundReport, why: str | None = None) -> RefundSeen:
    return RefundSeen(
        id=asked.refund,
        refund=asked.refund,
        capture=asked.capture,
        state=state,
        money=asked.money,
        at=clock.now(),
        why=why,
    )


def _claim(refund: str) -> str:
    return f"transfer:{refund}"


def waiting_of(scheme: str) -> tuple[Claim | None, Waiting]:
    """The row of what waits, and what it says."""
    row = claims.find(f"transfers:{scheme}")
    return row, Waiting.model_validate_json(row.holder) if row else Waiting()


def waiting_write(scheme: str, row: Claim | None, waiting: Waiting) -> Write:
    """The write of that row."""
    if row is None:
        return claims.insert(Claim(key=f"transfers:{scheme}", holder=waiting.model_dump_json()))
    return claims.update(row.changed(holder=waiting.model_dump_json()))


@retried
def queue(refund: Refund, also: Sequence[Write]) -> None:
    """Take a refund for the next file, once, with whatever must be written with it."""
    if claims.find(_claim(refund.id)) is not None:
        return
    scheme = refund.scheme or ""
    row, waiting = waiting_of(scheme)
    more = waiting.model_copy(update={"refunds": (*waiting.refunds, refund.id)})
    commit([claims.insert(Claim(key=_claim(refund.id), holder=scheme)), waiting_write(scheme, row, more), *also])


def payee_of(refund: Refund, payment: Payment) -> Party | None:
    """Where the money of a refund goes: the account the candidate gave, else the one it came from; None: nobody knows."""
    if payment.payee is not None and payment.application is not None:
        candidate = applications.read(payment.application).candidate
        return Party.model_validate_json(key_of(candidate).open(PAYEE, payment.payee))
    entry = inbox.find(f"bank_transfer#{refund.capture.removeprefix('CAP#')}")
    payer = particulars(entry).other if entry is not None else Party()
    return payer if payer.name and payer.account else None


def _was_in_vain(refund: Refund) -> bool:
    """Whether it follows one that its account could not take."""
    previous = sent_before(refund.id)
    before = refunds.find(previous) if previous else None
    return before is not None and needs_another_account(before.state, before.failure)


def _is_candidates(account: Party, refund: Refund) -> bool:
    person = candidates.find(refund.candidate) if refund.candidate else None
    return person is not None and is_own(account, [name for name in (person.native_name, person.latin_name) if name])


def seal_payee(candidate: str, payee: Party) -> str:
    """An account as only the candidate's key opens it."""
    return key_of(candidate).seal(PAYEE, payee.model_dump_json())


def _ask_for_account(refund: Refund) -> None:
    """One letter, however often the refund is tried."""
    if refund.application is None or refund.candidate is None:
        return
    about = {"application": refund.application, "candidate": refund.candidate, "refund": refund.id}
    try:
        commit([], [Announcement(name="RefundAccountAsked", subject=refund.id, key=refund.id, about=about)])
    except Lost:
        return  # asked before
