"""What a candidate can choose in one sitting, and what each choice costs."""

from certification.letters.formats import Language
from certification.portal.views import exams, tasks, whole
from certification.rules.model import Frozen

Options = tuple[tuple[str, str, str], ...]


class Choice(Frozen):
    """Options are (code, words, hint); `chosen` maps the three fields to what is chosen now."""

    sitting: str
    occupations: Options
    levels: Options
    forms: Options
    chosen: dict[str, str]
    prices: tuple[exams.Prices, ...]
    reasons: tuple[str, ...]


def offered(candidate_id: str, reference: str, language: Language) -> Choice:
    """The choice of this application's sitting."""
    known = whole.read(candidate_id, reference)
    say = known.speech(language)
    policy, sitting, application = known.behind.policy, known.behind.sitting, known.application
    return Choice(
        sitting=sitting.name_zh if language == "zh" else sitting.name_en,
        occupations=tuple((code, say.said(policy.occupation(code).words), "") for code in sitting.occupations),
        levels=tuple((code, say.said(policy.level(code).words), "") for code in sitting.levels),
        forms=tuple((code, say.said(policy.form(code).words), "") for code in sitting.forms),
        chosen={
            "occupation": application.occupation or "",
            "level": application.level or "",
            "form": application.form or "",
        },
        prices=exams.prices(sitting, policy, say),
        reasons=tasks.reasons_by_page(known, say).get("choice", ()),
    )
