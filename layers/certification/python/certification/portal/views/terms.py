"""What a scheme says about money and about itself, in sentences made from its policy: nothing here knows a scheme."""

from certification.portal.views.speech import Speech
from certification.rules.policy import Policy
from certification.rules.policy_applying import BodyLevel

Facts = tuple[tuple[str, str], ...]
LEVELS: tuple[BodyLevel, ...] = ("national", "provincial", "city")


def money(policy: Policy, say: Speech) -> str:
    """The currency, the tax, and what the fees are for (FEE-01..04)."""
    items = say("notices.comma").join(say.said(item.words) for item in policy.fees.items)
    return say(
        "terms.money", currency=policy.fees.settlement_currency, tax=say(f"terms.tax_{policy.fees.vat}"), items=items
    )


def card(policy: Policy, say: Speech) -> str:
    """Which cards pay (PAY-01, PAY-04)."""
    brands = next(
        (row.brands for row in policy.payment.methods if row.code == "card" and policy.payment.offers("card")), ()
    )
    return say("terms.card", brands=say("terms.or").join(say(f"terms.brand_{brand}") for brand in brands))


def refund(policy: Policy, say: Speech) -> tuple[str, ...]:
    """When something comes back, beside the dates (K1 to K4)."""
    terms = policy.refund
    lines = []
    if not terms.windows:
        lines.append(say("terms.refund_never"))
    elif terms.blackout is not None:
        lines.append(say("terms.refund_earlier"))
    lines.append(say(f"terms.called_off_{'_or_'.join(policy.cancellation.offer)}"))
    lines.append(say("terms.duplicates", when=say(f"terms.{policy.duplicates.same_order}")))
    return tuple(lines)


def basis(policy: Policy, say: Speech) -> Facts:
    """Legal basis, scope, and the bodies of each level (GOV-01, GOV-02, GOV-04)."""
    rows = []
    if policy.legal_basis is not None:
        rows.append((say("terms.legal_basis"), say.said(policy.legal_basis)))
    if policy.fees.legal_basis is not None:
        rows.append((say("terms.fee_basis"), say.said(policy.fees.legal_basis)))
    if policy.applies_to is not None:
        rows.append((say("terms.applies_to"), say.said(policy.applies_to)))
    rows.append((say("terms.body"), say.said(policy.body)))
    for level in LEVELS:
        bodies = [say.said(desk.words) for desk in policy.desks if desk.level == level]
        if bodies:
            rows.append((say(f"terms.level_{level}"), say("notices.comma").join(bodies)))
    return tuple(rows)


def course(policy: Policy, say: Speech) -> tuple[str, ...]:
    """What happens from applying to the certificate, for the start page."""
    review, results = policy.review.decide.within, policy.results.publish.within
    everybody = policy.review.required_for == "all" and review is not None
    return (
        say("start.step_apply"),
        say("start.step_review", review=say.span(review)) if everybody and review else say("start.step_commitment"),
        say("start.step_pay"),
        say("start.step_ticket"),
        say("start.step_exam"),
        say("start.step_certificate", results=say.span(results)) if results else say("start.step_certificate_notice"),
    )
