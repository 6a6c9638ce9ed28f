"""Certificates: printed from the reserved row, sealed, and stored under a key that follows from the number."""

import hashlib
from datetime import UTC, datetime, time

from certification.acts.batches import each
from certification.acts.papers import behind, named
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import applications
from certification.cloud.tables.certificates import Certificate, certificates
from certification.cloud.transaction import commit, retried
from certification.documents.data import Certificate as CertificatePaper
from certification.documents.render import render
from certification.policies import load_policy


def issue(items: list[dict[str, str]]) -> list[dict[str, str]]:
    """Print and seal the certificates of a batch; gives the items that have a file now."""
    done: list[dict[str, str]] = []

    def act(item: dict[str, str]) -> None:
        _issue(item["number"])
        done.append(item)

    each("issuance", "Print and seal", items, lambda item: item["number"], act)
    return done


@retried
def _issue(number: str) -> None:
    certificate = certificates.read(number)
    if certificate.sha256 is not None:
        return
    from certification.cloud.sealing import seal

    chain = vault.read(settings().vault, "seal/chain.pem")
    policy, _ = load_policy(certificate.scheme)
    sealed = seal(
        render("certificate", _paper(certificate)),
        settings().key("seal"),
        chain,
        reason=f"{policy.certificate.title.en} {certificate.number} (demonstration)",
        signer=policy.certificate.seals[0].words.en,
        signed_at=clock.now(),
    )
    # Two runs make two seals (ECDSA is random): each file lies under its own hash, and one row says which counts.
    digest = hashlib.sha256(sealed).hexdigest()
    key = f"issued/{certificate.candidate}/{certificate.number}-{digest[:16]}.pdf"
    vault.write(settings().vault, key, sealed, "application/pdf")
    commit([certificates.update(certificate.changed(key=key, sha256=digest))])


def _paper(certificate: Certificate) -> CertificatePaper:
    background = behind(applications.read(certificate.application))
    policy = background.policy
    issued_at = datetime.combine(certificate.issued_on, time(12), policy.zone).astimezone(UTC)
    return CertificatePaper(
        **named(background, issued_at, f"/en/check/{certificate.number}")
        | {"name": certificate.native_name, "name_latin": certificate.latin_name or None},
        title=policy.certificate.title,
        number=certificate.number,
        force=policy.certificate.force,
        seal=policy.certificate.seals[0].words,
    )
