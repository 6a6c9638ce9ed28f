"""Certificates, for anybody who has a number and for the holder."""

from datetime import date
from typing import Literal

from certification.acts.agreements import must_have_accepted
from certification.acts.ownership import own_application
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.certificates import Certificate, State, certificates
from certification.cloud.tables.sittings import sittings
from certification.policies import load_policy
from certification.rules.agreements import AgreementKind
from certification.rules.cases import Block, blocking
from certification.rules.errors import NotFound, Refused
from certification.rules.model import Frozen
from certification.rules.numbers import NumberRefused, parse_certificate_number
from certification.rules.opening import must_be_in_ticket_window
from certification.rules.status import is_live
from certification.rules.words import Words

DocumentKind = Literal["ticket", "score_report", "certificate"]


class Verification(Frozen):
    """What anybody learns from a number (VFY-01). `found` is false for a slip of the hand and for a number that does
    not exist alike; `advice` says what to do. The name is masked; mark, photo and ID number are never shown."""

    number: str
    found: bool
    state: Literal["valid", "void", "unknown"]
    masked_name: str | None = None
    occupation: Words | None = None
    level: Words | None = None
    issued_on: date | None = None
    issuer: Words | None = None
    force: Words | None = None
    advice: Words


UNKNOWN = Words(
    en="No certificate has this number. Check every character, also the last one.",
    zh="未查到该编号的证书，请逐位核对，包括最后一位校验码。",
)
VALID = Words(
    en="This certificate was issued by us and is valid. Compare name, occupation, level and date with the paper.",
    zh="该证书由本机构签发，有效。请核对姓名、职业、级别和日期。",
)
VOID = Words(en="This certificate is no longer valid.", zh="该证书已失效。")


def verify(text: str) -> Verification:
    """Look a certificate up by its number, read leniently. Only what was published is seen."""
    try:
        number = str(parse_certificate_number(text[:100]))
    except NumberRefused:
        return Verification(number=text[:100], found=False, state="unknown", advice=UNKNOWN)
    certificate = certificates.find(number)
    if certificate is None or certificate.state == "reserved":
        return Verification(number=number, found=False, state="unknown", advice=UNKNOWN)
    return _shown(certificate)


def _shown(certificate: Certificate) -> Verification:
    policy, _ = load_policy(certificate.scheme)
    void = certificate.state == "void"
    return Verification(
        number=certificate.number,
        found=True,
        state="void" if void else "valid",
        masked_name=masked(certificate.native_name),
        occupation=policy.occupation(certificate.occupation).words,
        level=policy.level(certificate.level).words,
        issued_on=certificate.issued_on,
        issuer=policy.body,
        force=policy.certificate.force,
        advice=VOID if void else VALID,
    )


def masked(name: str) -> str:
    """The first character of each part of a name: 陈** or C*** M**; enough to compare, too little to harvest."""
    return " ".join(part[0] + "*" * max(1, len(part) - 1) for part in name.split()) if name.strip() else "*"


def _must_be_checked(application: Application) -> None:
    """Nobody gets a ticket while a check of them is open (CHK-15)."""
    held = blocking(Block.TICKET, application.open_cases)
    if held:
        named = ", ".join(case.reference for case in held)
        raise Refused(
            "ticket_blocked",
            f"There is no ticket before this check is over: {named}. Your application's page says what to do.",
            f"核查办结前不予办理准考证：{named}。请查看报名页面。",
            rules=("CHK-15",),
            facts={"cases": named},
        )


def download(candidate_id: str, reference: str, kind: DocumentKind) -> str:
    """A short-lived address of one of the candidate's own documents, once it may be seen."""
    application = own_application(candidate_id, reference)
    if kind == "ticket":
        dates = sittings.read(application.sitting).dates
        opens, closes = dates.tickets_open or dates.first_subject, dates.tickets_close or dates.first_subject
        must_be_in_ticket_window(clock.now(), opens, closes, load_policy(application.scheme)[0].zone)
        if application.ticket is None or not is_live(application.status):
            raise NotFound("ticket")  # CHK-15: void before the exam, no ticket
        _must_be_checked(application)
        return vault.link(settings().vault, application.ticket, f"ticket-{reference}.pdf")
    if kind == "score_report":
        if application.score_report is None:
            raise NotFound("score report")
        return vault.link(settings().vault, application.score_report, f"score-report-{reference}.pdf")
    must_have_accepted(candidates.read(candidate_id), AgreementKind.CERTIFICATES)
    certificate = certificates.find(application.certificate) if application.certificate else None
    if certificate is None or certificate.key is None or certificate.state != "published":
        raise NotFound("certificate")
    return vault.link(settings().vault, certificate.key, f"certificate-{certificate.number}.pdf")


def voided_with(application: Application) -> list[Write]:
    """The certificate of an application that is declared void says so to whoever checks it (COM-15)."""
    return _becomes(application, "published", "void")


def valid_again(application: Application) -> list[Write]:
    """What was declared void with its application is valid again when that is taken back."""
    return _becomes(application, "void", "published")


def _becomes(application: Application, before: State, after: State) -> list[Write]:
    certificate = certificates.find(application.certificate) if application.certificate else None
    if certificate is None or certificate.state != before:
        return []
    return [certificates.update(certificate.changed(state=after))]
