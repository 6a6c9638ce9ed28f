"""What a candidate may choose when the exam does not take place, until when, and what silence means."""

from certification.acts import calling_off
from certification.acts.letter_called_off import OFFERED
from certification.acts.ownership import own_application
from certification.cloud.tables.orders import orders
from certification.cloud.tables.sittings import sittings
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views.speech import Speech
from certification.rules.called_off import by_default
from certification.rules.model import Frozen


class Page(Frozen):
    """`options` are (value, text, hint); none when there is nothing to choose now."""

    reference: str
    why: str
    options: tuple[tuple[str, str, str], ...]
    choose_by: str
    default: str


def of(candidate_id: str, reference: str, language: Language) -> Page:
    """The candidate's own application; another person's is not found."""
    application = own_application(candidate_id, reference)
    policy, _ = load_policy(application.scheme)
    say = Speech(language, policy.time_zone)
    off = sittings.read(application.sitting).called_off
    offered, still = calling_off.choices(application)
    options: list[tuple[str, str, str]] = []
    if "full_refund" in offered and application.order:
        total = orders.read(application.order).total
        options.append(("full_refund", say("called_off.refund", amount=say.amount(total)), say("called_off.no_fee")))
    for one in still if "reschedule" in offered else ():
        name = one.name_zh if language == "zh" else one.name_en
        options.append((one.id, say("called_off.date", name=name), say.moment(one.dates.first_subject)))
    default = OFFERED[by_default(policy.cancellation, [one.id for one in still])]
    return Page(
        reference=reference,
        why=(off.why_zh if language == "zh" else off.why_en) if off else "",
        options=tuple(options),
        choose_by=say.deadline(application.act_by) if options and application.act_by else "",
        default=default["zh" if language == "zh" else "en"],
    )
