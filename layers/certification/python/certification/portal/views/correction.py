"""Asking for a correction: which fields, what stands there, which places, and what was asked before."""

from certification.acts import corrections
from certification.acts.ownership import own_application
from certification.acts.papers import behind
from certification.cloud.tables.applications import Correction
from certification.cloud.tables.candidates import candidates
from certification.letters.formats import Language
from certification.portal.views.labels import label
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen
from certification.rules.policy import Policy

Options = tuple[tuple[str, str], ...]


class Asked(Frozen):
    """One correction in words."""

    what: str
    state: str
    when: str
    note: str


class Page(Frozen):
    """`fields` are (code, words with what stands there now); `sites` the places whose desk can decide."""

    reference: str
    fields: Options
    sites: Options
    site: str
    evidence: str
    asked: tuple[Asked, ...]


def of(candidate_id: str, reference: str, language: Language) -> Page:
    """What this candidate may ask for now; another person's application is not found."""
    application = own_application(candidate_id, reference)
    known = behind(application)
    say = Speech(language, known.policy.time_zone)
    fields = corrections.open_to(candidate_id, reference)
    now = corrections.before(application, candidate_id, fields)
    proof = candidates.read(candidate_id).drafts.get("correction_proof")
    return Page(
        reference=reference,
        fields=tuple(
            (code, say("correction.field_now", field=words(known.policy, code, say), now=now[code])) for code in fields
        ),
        sites=tuple((row.code, say.said(row.words)) for row in known.policy.regions)
        if len(known.policy.regions) > 1
        else (),
        site=application.region or "",
        evidence=proof.state if proof else "",
        asked=tuple(_asked(one, known.policy, say) for one in reversed(application.corrections)),
    )


def words(policy: Policy, code: str, say: Speech) -> str:
    """What a field is called."""
    if code == "paper":
        return label(policy, code, say)
    return next((say.said(row.words) for row in policy.questions if row.code == code), code)


def _asked(one: Correction, policy: Policy, say: Speech) -> Asked:
    return Asked(
        what=", ".join(words(policy, code, say) for code in one.fields),
        state=say(f"correction.state_{one.state}"),
        when=say.moment(one.decided_at or one.asked_at),
        note=one.note,
    )
