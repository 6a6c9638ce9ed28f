"""Files of refunds for the bank: what waits is written into one file per scheme, exactly once.

The file's number is in the row of what waits, and a file once written is never changed. So a run that died after writing
finds its own file, sees what is in it, and only then counts on; the bank gets the same message id however often it runs.
"""

from certification.acts.bank_files import transfer_file
from certification.acts.bank_refunds import Waiting, payee_of, waiting_of, waiting_write
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.payments import payments
from certification.cloud.tables.refunds import refunds
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy, schemes
from certification.rules.numbers import squeeze
from certification.rules.policy import Policy
from certification.rules.reference import printed, reference_of
from certification.rules.statements import Party
from certification.rules.transfer_order import OutgoingTransfer, payment_file, transfers_in

MOST = 500
"""How many transfers one file has; the others wait for the next."""


def write_all() -> dict[str, int]:
    """Write a file for every scheme for which refunds wait. Gives how many transfers each file has."""
    written = {}
    for scheme in schemes():
        policy, _ = load_policy(scheme)
        if policy.payment.transfer_to is not None:
            written[scheme] = _write(policy)
    return {scheme: count for scheme, count in written.items() if count}


@retried
def _write(policy: Policy) -> int:
    row, waiting = waiting_of(policy.scheme)
    if not waiting.refunds:
        return 0
    message = message_id(policy.scheme, waiting.number)
    file = transfer_file(policy.scheme, message)
    transfers = _transfers(waiting.refunds[:MOST])
    content = vault.find(settings().staff_files, file)
    if content is None and transfers:
        content = vault.write_once(
            settings().staff_files, file, _content(policy, message, transfers), "application/xml"
        )
    if content is None:
        return 0
    inside = {one.end_to_end for one in transfers_in(content, "")}
    left = tuple(refund for refund in waiting.refunds if refund not in inside)
    commit([waiting_write(policy.scheme, row, Waiting(number=waiting.number + 1, refunds=left))])
    return len(inside)


def message_id(scheme: str, number: int) -> str:
    """`RFB-CGPTC-000001`: the same batch has the same id for ever."""
    return f"RFB-{squeeze(scheme).replace('_', '')[:16]}-{number:06d}"


def _content(policy: Policy, message: str, transfers: list[OutgoingTransfer]) -> bytes:
    account = policy.payment.transfer_to
    if account is None:
        raise ValueError(f"{policy.scheme} has no account to send from")
    us = Party(name=account.holder, account=account.number, bank=account.bank_code)
    now = clock.now()
    return payment_file(message, transfers, us, now, now.astimezone(policy.zone).date())


def _transfers(waiting: tuple[str, ...]) -> list[OutgoingTransfer]:
    """Those whose payee is known, in one currency: that of the first."""
    found: list[OutgoingTransfer] = []
    for refund in map(refunds.read, waiting):
        payee = payee_of(refund, payments.read(refund.payment))
        if payee is None or (found and found[0].money.currency != refund.money.currency):
            continue
        about = printed(reference_of(refund.application)) if refund.application else refund.id
        found.append(OutgoingTransfer(end_to_end=refund.id, money=refund.money, payee=payee, words=f"Refund {about}"))
    return found
