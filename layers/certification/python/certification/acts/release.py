"""The release of results: one switch for the sitting, then each application, pass or fail."""

from typing import Any

from certification.acts import late_reports
from certification.acts.batches import each
from certification.acts.moving import announce, moved
from certification.acts.sitting_outcomes import AGAIN, milestone
from certification.cloud import clock, vault
from certification.cloud.outbox import Announcement
from certification.cloud.settings import settings
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.results import Result, results
from certification.cloud.tables.sittings import Sitting, sittings
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy
from certification.rules.errors import Refused
from certification.rules.status import ENDED, Status, Trigger


@retried
def decide(sitting_id: str, by: str) -> None:
    """Staff decide to release now what was imported. Deciding again changes nothing."""
    sitting = sittings.read(sitting_id)
    if sitting.stage in ("releasing", "released", "concluded"):
        return
    now = clock.now()
    if sitting.marks is None:
        raise Refused(
            "no_marks",
            "No marks file of this sitting has been imported. Import it first.",
            "该考试尚未导入成绩文件，请先导入。",
            rules=("RES-01",),
        )
    if now < sitting.dates.exam_over:
        raise Refused("exam_not_over", "The exam is not over yet.", "考试尚未结束。", rules=("RES-01",))
    policy, _ = load_policy(sitting.scheme)
    if policy.results.release_by_another and sitting.marks.imported_by == by:
        raise Refused(
            "importer_may_not_release",
            "You imported these marks. Another person must release them.",
            "成绩由您导入，须由另一名工作人员公布。",
            rules=("RES-01",),
        )
    releasing = sitting.changed(stage="releasing", due=Due(at=now + AGAIN, job="release_results"))
    commit([sittings.update(releasing)], [milestone("ReleaseDecided", sitting, by=by)])


def prepare(sitting_id: str) -> dict[str, Any]:
    """List the results that count. Gives `number` and `list`."""
    sitting = sittings.read(sitting_id)
    if sitting.marks is None:
        return {"number": 0, "list": ""}
    key = f"lists/results/{sitting.id}/{sitting.marks.id}.jsonl"
    staged = results.within(staging(sitting))
    items = ({"application": result.application, "entry": result.entry} for result in staged)
    return {"number": vault.write_lines(settings().vault, key, items), "list": key}


def staging(sitting: Sitting, marks_import: str | None = None) -> str:
    """The partition of the staged rows of a marks file."""
    return f"{sitting.id}#{marks_import or (sitting.marks.id if sitting.marks else '')}"


def release(sitting_id: str, items: list[dict[str, str]]) -> int:
    """Release the results of a batch."""
    sitting = sittings.read(sitting_id)
    return each(
        "results", "Release each", items, lambda item: item["application"], lambda item: _release(sitting, item)
    )


@retried
def _release(sitting: Sitting, item: dict[str, str]) -> None:
    application = applications.read(item["application"])
    if application.result is not None:
        return
    now = clock.now()
    staged = results.read(staging(sitting), item["entry"])
    released = Result(
        place=application.reference,
        entry="version-1",
        application=application.reference,
        candidate_number=staged.candidate_number,
        marks=staged.marks,
        passed=staged.passed,
        released_at=now,
        policy_hash=staged.policy_hash,
    )
    trigger = Trigger.STANDING_COMPLETE if staged.passed else Trigger.NOT_PASSED
    due = Due(at=now + AGAIN, job="issue_certificates") if staged.passed else None
    if application.status in ENDED:
        _without_result(application, released)
        return
    if application.status is not Status.AWAITING_RESULT:
        raise Refused(
            "not_awaiting_result",
            f"Application {application.reference} does not wait for a result: it is {application.status}.",
            f"申请 {application.reference} 当前状态为 {application.status}，不能公布成绩。",
        )
    told = moved(application, trigger, by="release_results", now=now, due=due, rules=("RES-04",), result="version-1")
    writes: list[Write] = []
    news: list[Announcement] = []
    if staged.passed:
        told, writes, news = late_reports.opened_at_release(told, load_policy(application.scheme)[0], now)
    commit(
        [applications.update(told), results.insert(released), *writes], [announce("ResultReleased", application), *news]
    )


def _without_result(application: Application, released: Result) -> None:
    """Who withdrew, forfeited or is void has no score of this sitting. Void scores are kept as their code (CHK-16)."""
    void = application.void
    policy, _ = load_policy(application.scheme)
    code = next((one.code for one in policy.results.codes if one.meaning == "void"), None)
    if void is None or void.scope != "sitting_scores" or void.reinstated_at is not None or code is None:
        return
    void_scores = released.model_copy(update={"marks": dict.fromkeys(released.marks, code), "passed": False})
    after = application.changed(result="version-1")
    commit([applications.update(after), results.insert(void_scores)])


@retried
def finish(sitting_id: str) -> str:
    """The sitting is released: its conclusion may begin."""
    sitting = sittings.read(sitting_id)
    if sitting.stage in ("released", "concluded"):
        return sitting.id
    now = clock.now()
    released = sitting.changed(stage="released", released_at=now, due=Due(at=now + AGAIN, job="release_results"))
    commit([sittings.update(released)], [milestone("ResultsReleased", sitting)])
    return sitting.id
