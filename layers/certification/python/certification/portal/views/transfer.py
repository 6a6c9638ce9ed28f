"""How to pay by bank transfer, and how far a transfer is."""

from certification.acts import refund_accounts, transfers
from certification.letters.formats import Language
from certification.portal.views import whole
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen

Facts = tuple[tuple[str, str], ...]


class Transfer(Frozen):
    """`particulars` are what the bank asks for. `chosen` and `declared` say when, empty before; `arrived` and `missing`
    are empty until a part has come."""

    reference: str
    name: str
    particulars: Facts
    until: str
    chosen: str
    declared: str
    waited_until: str
    arrived: str
    missing: str
    payable: bool


def of(candidate_id: str, reference: str, language: Language) -> Transfer:
    """The transfer of the candidate's own application; refused where none can be sent."""
    known = whole.read(candidate_id, reference)
    say = known.speech(language)
    found = transfers.own_expected(candidate_id, reference)
    account = found.account
    return Transfer(
        reference=reference,
        name=whole.name(known, say),
        particulars=(
            (say("transfer.amount"), say.amount(found.missing)),
            (say("transfer.reference"), found.reference),
            (say("transfer.holder"), account.holder),
            (say("transfer.number"), account.number),
            (say("transfer.bank"), say.said(account.bank)),
            (say("transfer.bank_code"), account.bank_code),
            (say("transfer.bank_address"), account.bank_address),
            (say("transfer.until"), say("transfer.until_at_latest", until=say.deadline(found.until))),
        ),
        until=say.deadline(found.until),
        chosen=say.day(found.chosen_at) if found.chosen_at else "",
        declared=say.day(found.declared_at) if found.declared_at else "",
        waited_until=say.deadline(found.waited_until),
        arrived=say.amount(found.arrived) if found.arrived else "",
        missing=say.amount(found.missing) if found.arrived else "",
        payable=known.quote is not None and known.quote.payable,
    )


class Waiting(Frozen):
    """What goes back once the candidate has said where to; empty when nothing waits."""

    reference: str
    amount: str


def waits_for_account(candidate_id: str, reference: str, language: Language) -> Waiting:
    """What of the candidate's own application waits for an account."""
    found = refund_accounts.waiting(candidate_id, reference)
    amount = ", ".join(Speech(language).amount(refund.money) for refund in found)
    return Waiting(reference=reference, amount=amount)
