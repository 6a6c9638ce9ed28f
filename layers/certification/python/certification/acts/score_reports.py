"""Score reports: the document that says pass or fail."""

from decimal import Decimal

from certification.acts.batches import each
from certification.acts.papers import behind, named
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import applications
from certification.cloud.tables.results import results
from certification.cloud.transaction import commit, retried
from certification.documents.data import ScoreReport, SubjectMark
from certification.documents.render import render as print_document
from certification.rules.policy import Policy


def render(items: list[dict[str, str]]) -> int:
    """Print the score reports of a batch of released applications."""
    return each("results", "Print the score reports", items, lambda item: item["application"], _render)


@retried
def _render(item: dict[str, str]) -> None:
    application = applications.read(item["application"])
    if application.score_report is not None or application.result is None:
        return
    background = behind(application)
    result = results.read(application.reference, application.result)
    report = ScoreReport(
        **named(background, result.released_at or clock.now(), f"/en/apply/{application.reference}"),
        number=f"{application.reference}-1",
        ticket_number=result.candidate_number,
        subjects=tuple(_mark(background.policy, subject, mark) for subject, mark in result.marks.items()),
        passed=bool(result.passed),
    )
    key = f"issued/{application.candidate}/{application.reference}/score-report.pdf"
    vault.write(settings().vault, key, print_document("score_report", report), "application/pdf")
    commit([applications.update(application.changed(score_report=key))])


def _mark(policy: Policy, code: str, mark: str) -> SubjectMark:
    """A subject's line: points, or the words of a score code (RES-05)."""
    subject = policy.subject(code)
    words = {row.code: row.words for row in policy.results.codes}
    points = None if mark in words else Decimal(mark)
    return SubjectMark(
        subject=subject.words,
        maximum=subject.maximum,
        pass_mark=subject.pass_mark,
        mark=points,
        remark=words.get(mark),
        passed=points is not None and points >= subject.pass_mark,
    )
