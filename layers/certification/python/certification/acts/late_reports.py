"""Reports that stand for a check which gave no pass: every one is looked at by a desk after the results.

The report that comes later is said before confirming and due after the results (EDU-11, EDU-12). Where a commitment was
signed on one that was there in time, the exam waits for nothing, and the desk looks at it once everything is passed
(QUA-01). It accepts it, asks for another, or refuses it: then a hearing decides what is void, and nobody has to remember
to open one. Confirms the registry the education meanwhile, the duty is over.
"""

from datetime import datetime

from certification.acts.answers import checks_of, education_states
from certification.acts.cases import closed, new_case, opened
from certification.acts.moving import announce
from certification.acts.ownership import own_application
from certification.acts.supervision import hearing_instead
from certification.acts.uploads import made_at
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.candidates import Candidate, Upload, candidates
from certification.cloud.tables.cases import Case, cases
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules.application import EDITABLE, Gap
from certification.rules.calendars import day_of
from certification.rules.cases import CaseKind, Subject
from certification.rules.deadlines import is_open, review_due
from certification.rules.desks import desk_for
from certification.rules.errors import Refused
from certification.rules.fallbacks import must_be_provisional, post_check_due, report_due, reports_of, uploads_for
from certification.rules.lanes import unverified
from certification.rules.policy import Policy
from certification.rules.policy_commitment import NOT_CHECKED
from certification.rules.review import Verdict
from certification.rules.status import Status, is_live

REPORTS = (CaseKind.PROVISIONAL_REPORT, CaseKind.QUALIFICATION_CHECK)
"""The duties about a report: of the candidate who hands it in, and of the desk that looks at one which is there."""
CONFIRMED = "confirmed"
"""How such a duty ends that no person decided."""


def gaps(policy: Policy, candidate: Candidate) -> tuple[Gap, ...]:
    """The proofs that entries without a pass need before confirming (EDU-08, EDU-10, EDU-13)."""
    day = day_of(clock.now(), policy.zone)
    wanted = {
        code: entry
        for entry, state in education_states(candidate, policy)
        if state != "asked"
        for code in uploads_for(policy, entry, state, day)
    }
    lacking = [row for row in policy.uploads if row.code in wanted and row.code not in candidate.files]
    return tuple(
        Gap(
            field=row.code,
            part="uploads",
            en=f"Your education could not be confirmed online. Upload: {row.words.en}.",
            zh=f"学历学位信息未能在线核验通过，请上传：{row.words.zh}。",
        )
        for row in lacking
    )


@retried
def say_later(candidate_id: str, reference: str, later: bool) -> None:
    """Say that the report cannot be had in time, so that the certificate alone stands for it now; or take that back."""
    application = own_application(candidate_id, reference)
    if application.provisional == later:
        return
    if application.status not in EDITABLE:
        raise Refused("not_editable", "The application is confirmed.", "报名已确认，不能修改。", rules=("CHG-03",))
    policy, _ = load_policy(application.scheme)
    if later:
        must_be_provisional(policy, education_states(candidates.read(candidate_id), policy), clock.now())
    commit([applications.update(application.changed(provisional=later))])


def opened_at_release(
    application: Application, policy: Policy, now: datetime
) -> tuple[Application, list[Write], list[Announcement]]:
    """Somebody who passed with the certificate alone owes the report now; a report that was there in time is looked at
    now, because nobody has looked at it yet. Until that is decided, no certificate is issued."""
    if application.provisional:
        case = _case(application, policy, now)
        told = announce("ReportAwaited", application, case=case.id)
    elif _unseen(application, policy):
        case = _look(application, policy, now)
        told = announce("ReportCheckOpened", application, case=case.id)
    else:
        return application, [], []
    after: Application = application.changed(open_cases=(*application.open_cases, case.as_open))
    return after, [cases.insert(case)], [opened(case), told]


def _unseen(application: Application, policy: Policy) -> bool:
    """Whether somebody signed and paid though the online check gave no pass: other classes were reviewed before paying."""
    classes = policy.post_check.classes if policy.post_check else ()
    return bool(application.commits) and "unverified" in classes and "unverified" in application.classes


def _look(application: Application, policy: Policy, now: datetime) -> Case:
    """The look of a desk at what was handed in before the exam, in the policy's working days from now."""
    return new_case(
        CaseKind.QUALIFICATION_CHECK,
        Subject.APPLICATION,
        application.reference,
        now=now,
        due=post_check_due(now, policy, load_calendar(policy.calendar)),
        desk=desk_for(policy, CaseKind.QUALIFICATION_CHECK, application.region).code,
        scheme=application.scheme,
    )


def _case(application: Application, policy: Policy, now: datetime, *before: str) -> Case:
    """The duty, with the policy's working days from now. `before`: the case of the report that was sent back."""
    case = new_case(
        CaseKind.PROVISIONAL_REPORT,
        Subject.APPLICATION,
        application.reference,
        *before,
        now=now,
        due=report_due(now, policy, load_calendar(policy.calendar)),
        desk=desk_for(policy, CaseKind.PROVISIONAL_REPORT, application.region).code,
        facts={"before": before[0]} if before else None,
        scheme=application.scheme,
    )
    waiting: Case = case.changed(waits_for="candidate")
    return waiting


def waiting(application: Application) -> Case | None:
    """The duty that is open about this application."""
    found = next((one for one in application.open_cases if one.kind is CaseKind.PROVISIONAL_REPORT), None)
    return cases.read(found.reference) if found else None


@retried
def hand_in(candidate_id: str, reference: str) -> None:
    """Hand the report in: another file than the one that was confirmed, accepted, in time. A desk looks at it then."""
    application = own_application(candidate_id, reference)
    case, now = waiting(application), clock.now()
    if case is None:
        raise Refused("no_report_due", "No report of yours is due.", "您没有待补交的报告。", rules=("EDU-12",))
    if case.waits_for == "desk" and "missed" not in case.facts:
        return
    if not is_open(now, None, case.promised):
        raise Refused(
            "report_closed", "The time to hand in the report is over.", "补交报告的时间已截止。", rules=("EDU-12",)
        )
    policy, _ = load_policy(application.scheme)
    candidate = candidates.read(candidate_id)
    files = [candidate.files[code] for code in reports_of(policy) if code in candidate.files]
    if not any(_is_new(file, application, case) for file in files):
        raise Refused(
            "report_missing",
            "Upload the report with the certificate in one PDF, and use it, first.",
            "请先上传并确认由学历证书和核验报告合并的PDF。",
            rules=("EDU-12", "EDU-08"),
        )
    due = review_due(now, policy, load_calendar(policy.calendar)).due
    handed = case.changed(waits_for="desk", due=Due(at=due), facts={**case.facts, "handed_in": now.isoformat()})
    commit([cases.update(handed), candidates.unchanged(candidate)])


def _is_new(file: Upload, application: Application, case: Case) -> bool:
    """Neither what was confirmed nor what a desk has sent back: its id says when it was asked for, to the millisecond."""
    asked, since = made_at(file.id), case.opened_at.replace(microsecond=0)
    sent_back = "before" in case.facts and (asked is None or asked < since)
    return not sent_back and file.key not in application.uploads_confirmed.values()


def sent_back_because(case: Case) -> str:
    """What the desk said about the report before; empty where this is the first."""
    before = cases.find(case.facts["before"]) if "before" in case.facts else None
    return before.decision.note if before and before.decision else ""


@retried
def missed(case_id: str) -> bool:
    """Nobody handed anything in by the end: the desk hears of it and decides. Gives whether that was so."""
    case = cases.read(case_id)
    if case.waits_for != "candidate" or case.decision is not None:
        return False
    now = clock.now()
    late = case.changed(
        waits_for="desk", facts={**case.facts, "missed": now.isoformat()}, due=Due(at=now), escalations=1
    )
    about = {"case": case.id, "kind": case.kind}
    told = Announcement(name="CaseOverdue", subject=case.id, key=f"{case.id}#{case.version + 1}", about=about)
    commit([cases.update(late.changed(due=None))], [told])
    return True


def decided(case: Case) -> None:
    """Accepted: the certificate is free. Sent back: another report is due. Refused: a hearing decides (CHK-16), and the
    certificate stays held up until then."""
    application = applications.read(case.about)
    if case.decision is None or not application.has_open(case.id):
        return
    told = announce("ReportDecided", application, case=case.id, outcome=case.decision.outcome)
    if case.decision.outcome == Verdict.APPROVE:
        due = Due(at=clock.now(), job="issue_certificates")
        free = application.changed(open_cases=application.open_without(case.id), due=due)
        commit([applications.update(free)], [told])
    elif case.decision.outcome == Verdict.RETURN:
        _sent_back(application, case, told)
    else:
        writes, news = hearing_instead(application, case, clock.now(), NOT_CHECKED)
        commit(writes, [*news, told])


def _sent_back(application: Application, case: Case, told: Announcement) -> None:
    """Another report is due, with the whole time anew: the desk was not content with this one."""
    policy, _ = load_policy(application.scheme)
    again = _case(application, policy, clock.now(), case.id)
    after = application.changed(open_cases=(*application.open_without(case.id), again.as_open))
    commit([applications.update(after), cases.insert(again)], [opened(again), told])


def confirmed(candidate_id: str) -> None:
    """The registry has confirmed an education, perhaps late: what waited for a report of it waits no more (EDU-01)."""
    for application in applications.of(candidate_id):
        if is_live(application.status) and application.status not in (*EDITABLE, Status.VERIFYING, Status.CERTIFIED):
            _confirmed(application.reference)


@retried
def _confirmed(reference: str) -> None:
    """Only for who applied with these very entries: they are held until the application has ended. What a person has
    decided about a report stands."""
    application = applications.read(reference)
    candidate = candidates.read(application.candidate)
    policy, _ = load_policy(application.scheme)
    if candidate.held_by != reference or unverified(policy, checks_of(candidate, policy)):
        return
    duties = [cases.read(one.reference) for one in application.open_cases if one.kind in REPORTS]
    over = [case for case in duties if case.decision is None]
    kept = tuple(one for one in application.open_cases if one.reference not in {case.id for case in over})
    classes = tuple(one for one in application.classes if one != "unverified")
    after = application.changed(provisional=False, classes=classes, open_cases=kept)
    if after == application:
        return
    now = clock.now()
    if over:
        after = after.changed(due=Due(at=now, job="issue_certificates"))
    told = [announce("ReportDecided", application, case=case.id, outcome=CONFIRMED) for case in over]
    commit([applications.update(after), *(closed(case, CONFIRMED, "registry", now) for case in over)], told)
