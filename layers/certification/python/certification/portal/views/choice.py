"""What a candidate can choose in one sitting, and what each choice costs."""

from certification.letters.formats import Language
from certification.portal.views import exams, tasks, whole
from certification.portal.views.labels import label
from certification.portal.views.speech import Speech
from certification.portal.views.whole import Whole
from certification.rules.choosing import ELECTRONIC, regions_offered
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.policy import Policy
from certification.rules.policy_money import MailingZone

Options = tuple[tuple[str, str, str], ...]


class Choice(Frozen):
    """Options are (code, words, hint), by field; a field without options is not asked. `labels` are in the policy's words.

    `chosen` maps the fields to what is chosen now, `subjects` are the subjects chosen.
    """

    sitting: str
    labels: dict[str, str]
    options: dict[str, Options]
    subjects_hint: str
    chosen: dict[str, str]
    subjects: tuple[str, ...]
    prices: tuple[exams.Prices, ...]
    prices_note: str
    reasons: tuple[str, ...]


FIELDS = ("occupation", "level", "subjects", "form", "region", "paper")


def offered(candidate_id: str, reference: str, language: Language) -> Choice:
    """The choice of this application's sitting."""
    known = whole.read(candidate_id, reference)
    say = known.speech(language)
    policy, sitting, application = known.behind.policy, known.behind.sitting, known.application
    return Choice(
        sitting=sitting.name_zh if language == "zh" else sitting.name_en,
        labels={field: label(policy, field, say) for field in FIELDS},
        options=_options(known, say),
        subjects_hint=_counts(policy, say),
        chosen={
            "occupation": application.occupation or "",
            "level": application.level or "",
            "form": application.form or "",
            "region": application.region or "",
            "paper": application.paper or ELECTRONIC,
        },
        subjects=application.subjects,
        prices=exams.prices(sitting, policy, say),
        prices_note=say(
            "choice.prices_note", currency=policy.fees.settlement_currency, tax=say(f"choice.tax_{policy.fees.vat}")
        ),
        reasons=tasks.reasons_by_page(known, say).get("choice", ()),
    )


def _options(known: Whole, say: Speech) -> dict[str, Options]:
    policy, sitting = known.behind.policy, known.behind.sitting
    places = regions_offered(policy, sitting)
    return {
        "occupation": tuple((code, say.said(policy.occupation(code).words), "") for code in sitting.occupations),
        "level": tuple((code, say.said(policy.level(code).words), "") for code in sitting.levels),
        "subjects": () if policy.validity.must_take_all else _subjects(known, say),
        "form": tuple((code, say.said(policy.form(code).words), "") for code in sitting.forms),
        "region": ()
        if len(places) == 1
        else tuple((row.code, say.said(row.words), "") for row in policy.regions if row.code in places),
        "paper": _paper(policy, say) if policy.fees.mailing else (),
    }


def _paper(policy: Policy, say: Speech) -> Options:
    """The electronic certificate alone, or paper too and where it goes, with what that costs (FEE-01)."""

    def costs(zone: MailingZone) -> str:
        amount = Money(amount=zone.amount, currency=policy.fees.settlement_currency)
        return say("choice.paper_costs", amount=say.amount(amount))

    zones = [(zone.code, say.said(zone.words), costs(zone)) for zone in policy.fees.mailing]
    return ((ELECTRONIC, say("choice.paper_electronic"), ""), *zones)


def _subjects(known: Whole, say: Speech) -> Options:
    """The subjects of what the sitting offers; the hint names the levels that waive one."""
    policy, sitting = known.behind.policy, known.behind.sitting
    codes = {code for name in sitting.occupations for code in policy.occupation(name).subjects}
    levels = [policy.level(code) for code in sitting.levels]

    def waived(subject: str) -> str:
        by = [say("choice.waived", level=say.said(level.words)) for level in levels if subject in level.waives]
        return " ".join(by)

    return tuple((row.code, say.said(row.words), waived(row.code)) for row in policy.subjects if row.code in codes)


def _counts(policy: Policy, say: Speech) -> str:
    """How long a passed subject counts (ROL-03)."""
    unit, count = policy.validity.unit, policy.validity.window if policy.validity.mode == "rolling" else 1
    return say("choice.subjects_hint", span=say(f"choice.units_{unit}", count=count))
