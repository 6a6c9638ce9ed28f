"""What a desk needs to know to place money that nobody can place: who paid it and how, what they wrote, whose it may be."""

from certification.acts import crediting
from certification.cloud.tables.cases import Case
from certification.portal.views.speech import Speech

Facts = tuple[tuple[str, str], ...]


def facts(case: Case, say: Speech) -> Facts:
    """Rows for the case's page; nothing for any other kind of case, and once it is decided."""
    shown = crediting.shown(case) if case.decision is None else None
    if shown is None:
        return ()
    said: Facts = (
        (say("staff.credit_way"), say(f"payments.by_{shown.method}")),
        (say("staff.credit_at"), say.moment(shown.at)),
        (say("staff.credit_number"), shown.provider_payment),
        (say("staff.credit_reference"), shown.reference),
    )
    if shown.said is not None:
        said = (
            (say("staff.credit_payer"), shown.said.other.name),
            (say("staff.credit_account"), shown.said.other.account),
            (say("staff.credit_text"), f"{shown.said.creditor_reference} {shown.said.text}".strip()),
        )
    may_be = tuple(
        (
            say("staff.credit_may_be", application=one.application),
            ", ".join(say(f"staff.credit_{why}") for why in one.why),
        )
        for one in shown.proposals
    )
    return (*((label, value) for label, value in said if value), *may_be)
