"""Files of refunds that the money desk sends to its bank: which there are, and where to fetch one."""

from certification.acts.bank_files import transfer_file
from certification.acts.bank_refunds import waiting_of
from certification.acts.transfer_batches import message_id
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.staff import StaffMember
from certification.policies import load_policy, schemes
from certification.rules.cases import CaseKind
from certification.rules.desks import desk_for
from certification.rules.errors import NotFound
from certification.rules.model import Frozen

SHOWN = 10


class TransferFile(Frozen):
    """A file for the bank. `message` is its id, by which the bank answers."""

    scheme: str
    message: str


def written(member: StaffMember) -> tuple[TransferFile, ...]:
    """The newest files of the schemes whose money desk this member works at, newest first."""
    found = []
    for scheme in _own(member):
        last = waiting_of(scheme)[1].number - 1
        numbers = range(last, max(0, last - SHOWN), -1)
        found += [TransferFile(scheme=scheme, message=message_id(scheme, number)) for number in numbers]
    return tuple(found)


def address(member: StaffMember, scheme: str, message: str) -> str:
    """A short-lived address of one file; for anybody else's, and for one that was never written, NotFound."""
    if TransferFile(scheme=scheme, message=message) not in written(member):
        raise NotFound("file")
    return vault.link(settings().staff_files, transfer_file(scheme, message), f"{message}.xml")


def _own(member: StaffMember) -> list[str]:
    if "reviewer" not in member.roles:
        return []
    return [
        scheme
        for scheme in schemes()
        if (policy := load_policy(scheme)[0]).payment.transfer_to is not None
        and desk_for(policy, CaseKind.UNMATCHED_CREDIT).code in member.desks
    ]
