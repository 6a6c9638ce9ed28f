"""Issuance: the number is reserved first, the file made from it, and the public sees only what is published."""

import secrets
from typing import Any

from certification.acts.batches import each
from certification.acts.moving import announce, moved
from certification.acts.people import on_paper
from certification.cloud import clock
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.audit import AuditEntry, audit
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.certificates import Certificate, certificates
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy
from certification.rules.cases import Block, blocking
from certification.rules.numbers import RANDOM_BYTES, certificate_number
from certification.rules.status import Status, Trigger


def award(application: Application, exam: str) -> str:
    """The claim that lets an award have one live certificate (person, exam, level, occupation)."""
    return f"award:{application.candidate}:{exam}:{application.occupation}:{application.level}"


def _counter(year: int) -> str:
    """The claim that holds the last sequence number of a year. It grows with the reservation itself: no gaps."""
    return f"last certificate number {year}"


def reserve(items: list[dict[str, str]]) -> list[dict[str, str]]:
    """Give each award of a batch its number; whoever has one keeps it. Gives the items with `number`."""
    numbered: list[dict[str, str]] = []

    def act(item: dict[str, str]) -> None:
        if blocking(Block.ISSUANCE, applications.read(item["application"]).open_cases):
            return  # an open case holds it up; its decision brings it back
        numbered.append({"application": item["application"], "number": _reserve(item["application"])})

    each("issuance", "Reserve the numbers", items, lambda item: item["application"], act)
    return numbered


@retried
def _reserve(reference: str) -> str:
    application = applications.read(reference)
    sitting = sittings.read(application.sitting)
    policy, policy_hash = load_policy(sitting.scheme)
    claim = claims.find(award(application, policy.exam))
    if claim is not None:
        return claim.holder
    today = clock.now().astimezone(policy.zone).date()
    counter = claims.find(_counter(today.year)) or Claim(key=_counter(today.year), holder="0")
    sequence = int(counter.holder) + 1
    candidate = candidates.read(application.candidate)
    number = str(certificate_number(today.year, sequence, secrets.token_bytes(RANDOM_BYTES)))
    certificate = Certificate(
        number=number,
        sequence=sequence,
        candidate=candidate.id,
        application=reference,
        native_name=on_paper(candidate),
        latin_name=candidate.latin_name or "",
        scheme=policy.scheme,
        exam=policy.exam,
        occupation=application.occupation or "",
        level=application.level or "",
        issued_on=today,
        rests_on=(f"{reference}#{application.result}",),
        policy_hash=policy_hash,
    )
    counted = counter.changed(holder=str(sequence))
    commit(
        [
            claims.update(counted) if counter.version else claims.insert(counted),
            claims.insert(Claim(key=award(application, policy.exam), holder=number)),
            certificates.insert(certificate),
        ]
    )
    return number


def publish(items: list[dict[str, Any]]) -> int:
    """Publish the certificates of a batch, log them, and tell the holders."""
    return each(
        "issuance", "Publish and tell", items, lambda item: item["number"], lambda item: _publish(item["number"])
    )


@retried
def _publish(number: str) -> None:
    certificate = certificates.read(number)
    application = applications.read(certificate.application)
    if certificate.state != "reserved" or certificate.sha256 is None or application.status is not Status.PASSED:
        return
    now = clock.now()
    entry = AuditEntry(
        log=f"certificates {certificate.issued_on.year}",
        position=f"{certificate.sequence:09d}",
        what="published",
        by="publish_certificates",
        at=now,
        facts={"number": number, "sha256": certificate.sha256, "policy": certificate.policy_hash},
    )
    certified = moved(
        application,
        Trigger.CERTIFICATE_ISSUED,
        by="publish_certificates",
        now=now,
        due=None,
        rules=("CER-01",),
        certificate=number,
    )
    commit(
        [
            certificates.update(certificate.changed(state="published", published_at=now)),
            audit.insert(entry),
            applications.update(certified),
        ],
        [announce("CertificateIssued", application, certificate=number)],
    )
