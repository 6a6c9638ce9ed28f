"""The task list of an application that the candidate may edit: what is done, what is missing, where to go next."""

from typing import Literal

from certification.acts.uploads import slot_of
from certification.cloud.tables.candidates import Upload
from certification.portal.views.speech import Speech
from certification.portal.views.whole import Whole
from certification.rules.application import Gap
from certification.rules.commitments import chosen_before_confirming
from certification.rules.model import Frozen
from certification.rules.status import Status

State = Literal["done", "todo", "problem", "working", "locked"]
PAGES = ("choice", "details", "contact", "education", "work", "photo")
"""The pages before confirming, in their order; then one for each file that the policy needs, then the commitment."""

PAGE_OF_PART = {
    "choice": "choice",
    "identity": "details",
    "contact": "contact",
    "education": "education",
    "work": "work",
    "photo": "photo",
    "commitment": "commitment",
}
LOCKED = "govuk-task-list__status--cannot-start-yet"
COLOURS = {"todo": "govuk-tag--blue", "problem": "govuk-tag--red", "working": "govuk-tag--yellow"}


class Task(Frozen):
    """One row. `href` is empty for what cannot be started."""

    page: str
    title: str
    href: str
    state: State
    words: str
    hint: str = ""

    @property
    def row(self) -> dict[str, object]:
        """The row as the task list component wants it: done is plain text, so that the open ones stand out."""
        status: dict[str, object] = {"text": self.words, "classes": LOCKED if self.state == "locked" else ""}
        if self.state in COLOURS:
            status = {"tag": {"text": self.words, "classes": COLOURS[self.state]}}
        hint = {"text": self.hint} if self.hint else None
        return {"title": {"text": self.title}, "href": self.href, "status": status, "hint": hint}


def tasks(whole: Whole, say: Speech, base: str) -> tuple[Task, ...]:
    """Every task before confirming, with the reasons of a reviewer where there are any. `base` is the application's address."""
    reasons = reasons_by_page(whole, say, open_only=True)
    pages = (*PAGES, *_files(whole, reasons), *(("commitment",) if asks_to_choose(whole) else ()))
    rows = [_task(whole, say, base, page, reasons.get(page, ())) for page in pages]
    ready = not whole.gaps
    check: State = "todo" if ready else "locked"
    hint = say("tasks.check_hint")
    waiting = [gap for gap in whole.gaps if gap.part == "verification"]
    if waiting and len(waiting) == len(whole.gaps):
        check, hint = "working", waiting[0].zh if say.language == "zh" else waiting[0].en
    rows.append(
        Task(
            page="check",
            title=say("tasks.check"),
            href=f"{base}/check" if ready else "",
            state=check,
            words=say(f"tasks.{check}"),
            hint=hint,
        )
    )
    return tuple(rows)


def file_page(code: str) -> str:
    """The last part of the address of a file's page."""
    return code.replace("_", "-")


def _files(whole: Whole, reasons: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The pages of the files that are needed, missing, or named by a reviewer."""
    missing = {gap.field for gap in whole.gaps if gap.part == "uploads"}
    return tuple(
        file_page(upload.code)
        for upload in whole.behind.policy.uploads
        if upload.required or upload.code in missing or file_page(upload.code) in reasons
    )


def asks_to_choose(whole: Whole) -> bool:
    """Whether the candidate chooses between commitment and proofs before confirming (REG-01)."""
    return whole.application.status is Status.DRAFT and chosen_before_confirming(whole.behind.policy)


def reasons_by_page(whole: Whole, say: Speech, *, open_only: bool = False) -> dict[str, tuple[str, ...]]:
    """The words of the reviewer's reasons, under the page where each is put right ("" for a note to all of it).

    With `open_only` without those whose answer or file was changed since.
    """
    returned = whole.application.returned
    if returned is None:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for reason in returned.reasons:
        if open_only and reason.applies_to in whole.changed:
            continue
        page = page_of(whole, reason.applies_to)
        found[page] = (*found.get(page, ()), reason.zh if say.language == "zh" else reason.en)
    return found


def page_of(whole: Whole, field: str) -> str:
    """The page on which a question or file of the policy is answered; empty for none in particular."""
    policy = whole.behind.policy
    if field in {upload.code for upload in policy.uploads}:
        return file_page(field)
    parts = {question.code: question.part for question in policy.questions} | {"photo": "photo"}
    return PAGE_OF_PART.get(parts.get(field, ""), "")


def _task(whole: Whole, say: Speech, base: str, page: str, reasons: tuple[str, ...]) -> Task:
    missing = [gap for gap in whole.gaps if _page_of_gap(gap) == page]
    state: State = "todo" if missing else "done"
    hint = say(f"tasks.{page}_hint") if say.has(f"tasks.{page}_hint") and missing else ""
    upload = _draft(whole, page)
    if upload is not None and missing:
        state, hint = _upload(upload, say)
    if reasons:
        state, hint = "problem", " ".join(reasons)
    return Task(
        page=page,
        title=_title(whole, page, say),
        href=f"{base}/{page}",
        state=state,
        words=say(f"tasks.{state}"),
        hint=hint,
    )


def _title(whole: Whole, page: str, say: Speech) -> str:
    """What the page is called; a file has the policy's words."""
    words = {file_page(upload.code): upload.words for upload in whole.behind.policy.uploads}
    return say.said(words[page]) if page in words else say(f"tasks.{page}")


def _page_of_gap(gap: Gap) -> str:
    return file_page(gap.field) if gap.part == "uploads" else PAGE_OF_PART.get(gap.part, "")


def _draft(whole: Whole, page: str) -> Upload | None:
    """What was sent for this page and is not in use yet."""
    policy, code = whole.behind.policy, page.replace("-", "_")
    if code != "photo" and code not in {upload.code for upload in policy.uploads}:
        return None
    return whole.candidate.drafts.get(slot_of(code, policy.scheme))


def _upload(upload: Upload, say: Speech) -> tuple[State, str]:
    if upload.state == "refused":
        return "problem", " ".join(problem.zh if say.language == "zh" else problem.en for problem in upload.problems)
    if upload.state == "checked":
        return "working", say("tasks.look_at_result")
    return "todo", ""
