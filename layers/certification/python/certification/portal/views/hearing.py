"""What a candidate may answer or appeal against, by when, and what they said."""

from certification.acts import appeals, voids
from certification.acts.ownership import own_application
from certification.cloud import clock
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views.speech import Speech
from certification.rules.cases import CaseKind
from certification.rules.model import Frozen
from certification.rules.waits import waits_for


class Page(Frozen):
    """`ground` is there while a hearing is open, `behind` what a desk said about it; `appeal_until` while an appeal may be
    filed; `appealed`: it was."""

    reference: str
    status: str
    ground: str
    behind: str
    answer_by: str
    answered: str
    appeal_until: str
    appealed: bool


def of(candidate_id: str, reference: str, language: Language) -> Page:
    """The candidate's own application; another person's is not found."""
    application = own_application(candidate_id, reference)
    say = Speech(language, load_policy(application.scheme)[0].time_zone)
    case, until = voids.hearing_of(application), appeals.may_appeal_until(application)
    wait = waits_for(application.status)
    return Page(
        reference=reference,
        status=wait.zh if language == "zh" else wait.en,
        ground=say.said(voids.ground_of(application, case.facts["ground"]).words) if case else "",
        behind=voids.behind(case) if case else "",
        answer_by=say.deadline(voids.answer_by(case)) if case else "",
        answered=voids.replied(case, candidate_id) if case else "",
        appeal_until=say.deadline(until) if until and clock.now() < until else "",
        appealed=any(one.kind is CaseKind.APPEAL for one in application.open_cases),
    )
