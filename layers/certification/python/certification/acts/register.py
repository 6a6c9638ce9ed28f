"""The integrity register: entries come in by a file of staff, and reach commitments that were signed before (COM-02)."""

import hashlib

from certification.acts import supervision
from certification.cloud import clock
from certification.cloud.blind_index import blind
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.claims import claims
from certification.cloud.tables.integrity import Conduct, Recorded, integrity
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy
from certification.rules.id_documents import IdDocument
from certification.rules.integrity import counts
from certification.rules.integrity_file import StagedEntry
from certification.rules.status import is_live


def record(staged: StagedEntry, by: str) -> None:
    """One entry of a good file. The same entry again changes nothing; a new one is looked at for what was signed before."""
    person = person_of(staged.document)
    entry = _record(person, staged, by)
    if counts(entry, clock.now()):
        for application in _committed(person):
            supervision.open_check(application.reference, "key", f"register {entry.id}", "register")


def person_of(document: IdDocument) -> str:
    """The name under which the register knows a person: that of the account's ID document."""
    return blind("id", document.known_as)


@retried
def _record(person: str, staged: StagedEntry, by: str) -> Recorded:
    conduct = integrity.find(person) or Conduct(person=person)
    parts = (person, staged.kind, staged.since.isoformat(), staged.basis)
    entry_id = f"INT-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:12].upper()}"
    known = next((entry for entry in conduct.entries if entry.id == entry_id), None)
    if known is not None:
        return known
    entry = Recorded(
        id=entry_id,
        kind=staged.kind,
        since=staged.since,
        until=staged.until,
        basis=staged.basis,
        by=by,
        at=clock.now(),
    )
    longer = conduct.changed(entries=(*conduct.entries, entry))
    commit([integrity.update(longer) if conduct.version else integrity.insert(longer)])
    return entry


def _committed(person: str) -> list[Application]:
    """The person's live applications that rest on a commitment, in schemes that an entry of the register bars."""
    claim = claims.find(f"id:{person}")
    found = applications.of(claim.holder) if claim else []
    return [
        application
        for application in found
        if is_live(application.status)
        and application.commits
        and application.commitment is not None
        and load_policy(application.scheme)[0].commitment is not None
    ]
