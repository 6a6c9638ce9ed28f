"""Everything the pages of one application need, read once: the rows behind it, and what the rules say about it now."""

from datetime import datetime

from certification.acts import answers, applications, checkout, supervision
from certification.acts.ownership import own_application
from certification.acts.papers import Background, behind
from certification.cloud import clock
from certification.cloud.tables.applications import Application
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.cases import cases
from certification.cloud.tables.results import Result, results
from certification.letters.formats import Language
from certification.portal.views.speech import Speech
from certification.rules.application import EDITABLE, Gap
from certification.rules.model import Frozen
from certification.rules.status import Status


class Whole(Frozen):
    """`gaps` are what keeps a draft or returned application from being confirmed; `review_by` what the desk promised,
    `check_by` until when a check of the commitment waits for the candidate.

    `changed` are the answers and files that differ from what was confirmed before a return; `quote` is there once there
    is an order, `result` once it is released.
    """

    behind: Background
    candidate: Candidate
    gaps: tuple[Gap, ...] = ()
    changed: frozenset[str] = frozenset()
    review_by: datetime | None = None
    check_by: datetime | None = None
    quote: checkout.Quote | None = None
    result: Result | None = None
    now: datetime

    @property
    def application(self) -> Application:
        return self.behind.application

    @property
    def editable(self) -> bool:
        return self.application.status in EDITABLE

    def speech(self, language: Language) -> Speech:
        return Speech(language, self.behind.policy.time_zone)

    def at(self, *triggers: str) -> datetime | None:
        """When the newest of these moves happened."""
        found = [step.at for step in self.application.life if step.trigger in triggers]
        return found[-1] if found else None


def read(candidate_id: str, reference: str) -> Whole:
    """The candidate's own application; another person's is not found."""
    application = own_application(candidate_id, reference)
    review = cases.find(application.review) if application.review else None
    waiting = application.status is Status.AWAITING_REVIEW and review is not None
    check = supervision.waiting_check(application)
    known, candidate = behind(application), candidates.read(candidate_id)
    return Whole(
        behind=known,
        candidate=candidate,
        changed=_changed(known, candidate),
        gaps=applications.missing(candidate_id, reference) if application.status in EDITABLE else (),
        review_by=review.promised if waiting and review else None,
        check_by=check.promised if check else None,
        quote=checkout.quote(candidate_id, reference) if application.order else None,
        result=results.read(reference, application.result) if application.result else None,
        now=clock.now(),
    )


def _changed(known: Background, candidate: Candidate) -> frozenset[str]:
    application = known.application
    if application.status is not Status.RETURNED:
        return frozenset()
    now = answers.fingerprints(answers.answers_of(candidate, known.person, application))
    files = answers.upload_hashes(candidate, known.policy)
    before, files_before = application.answers_confirmed, application.uploads_confirmed
    return frozenset(code for code in now if now[code] != before.get(code)) | frozenset(
        code for code in files if files[code] != files_before.get(code)
    )


def name(whole: Whole, say: Speech) -> str:
    """What the application is for: occupation and level, or the exam's title while nothing is chosen."""
    application, policy = whole.application, whole.behind.policy
    if application.occupation is None or application.level is None:
        return say.said(policy.title)
    occupation = say.said(policy.occupation(application.occupation).words)
    return say("tasks.exam", occupation=occupation, level=say.said(policy.level(application.level).words))
