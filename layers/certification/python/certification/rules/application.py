"""APPLICATION: is it complete, what may be changed, and what was changed.

In words: an application can be confirmed when every required answer is given and is one the policy offers, the photo
and every required upload were accepted, every check of the person was answered (an answer of "on site" is an answer),
and registration is open (`opening.py`). Whatever is missing is named at once, each thing with its field. A draft and a
returned application can be edited by the candidate; afterwards a change is a correction case. A resubmission that
changed something the screening looked at is screened again; any other goes straight back to review.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from certification.rules.lanes import CHECKED_ZH, CheckState
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_applying import VerificationSubject
from certification.rules.status import Status, Trigger
from certification.rules.words import Because

UploadState = Literal["checked", "accepted", "refused"]
EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})


class Gap(Frozen):
    """One thing that keeps an application from being confirmed. `field` is a question, an upload or `photo`."""

    field: str
    part: str
    en: str
    zh: str


class Editability(Frozen):
    """Whether the candidate may change the application, and why or why not."""

    editable: bool
    because: Because


class Changes(Frozen):
    """What a resubmission changed, in the policy's order, and the trigger that follows from it."""

    answers: tuple[str, ...]
    uploads: tuple[str, ...]
    trigger: Trigger


def gaps(
    policy: Policy,
    answers: Mapping[str, object],
    uploads: Mapping[str, UploadState],
    checks: Mapping[VerificationSubject, CheckState],
    answer_by: Mapping[VerificationSubject, datetime] = MappingProxyType({}),
) -> tuple[Gap, ...]:
    """Everything that is missing before the application can be confirmed; empty when it is complete.

    `answers` by question code (None, "" and empty lists count as not given), `uploads` by upload code and `photo`;
    `answer_by` is when a check that waits is answered at the latest.
    """
    found = [
        Gap(field=row.code, part=row.part, en=f"{row.words.en} is missing.", zh=f"请填写{row.words.zh}。")
        for row in policy.questions
        if row.required and not _given(answers.get(row.code))
    ]
    found += _not_offered(policy, answers)
    found += _upload_gap("photo", "Photo", "照片", uploads.get("photo"))
    for upload in policy.uploads:
        if upload.required or upload.code in uploads:
            found += _upload_gap(upload.code, upload.words.en, upload.words.zh, uploads.get(upload.code))
    found += [
        _waiting(policy, subject, answer_by.get(subject))
        for subject in policy.verification.subjects
        if checks.get(subject, "waiting") == "waiting"
    ]
    return tuple(found)


def _waiting(policy: Policy, subject: VerificationSubject, by: datetime | None) -> Gap:
    """A check that is not answered yet, with the time by which it is (EDU-02)."""
    within = policy.verification.answer.within
    en, zh = (f"within {within.en}", f"在{within.zh}内") if within else ("within the announced time", "在公布的时间内")
    if by is not None:
        shown = by.astimezone(policy.zone).strftime("%Y-%m-%d %H:%M")
        en, zh = f"by {shown} ({policy.time_zone})", f"于 {shown} 前"
    return Gap(
        field=subject,
        part="verification",
        en=f"The online check of your {subject} is not answered yet. The answer comes {en}.",
        zh=f"{CHECKED_ZH[subject]}在线核验尚未反馈，将{zh}反馈。",
    )


def editability(status: Status) -> Editability:
    """Whether the candidate may edit an application in this status (REG-04, REG-06)."""
    if status is Status.DRAFT:
        because = Because(en="Not confirmed yet: edit freely.", zh="尚未确认，可自行修改。", rules=("REG-04", "CHG-03"))
    elif status is Status.RETURNED:
        because = Because(
            en="Returned: correct it and hand it in again.", zh="已退回，可修改后重新提交。", rules=("CHK-03",)
        )
    else:
        because = Because(
            en="Confirmed: ask for a correction instead.",
            zh="已确认，不能自行修改；如需更正请提交更正申请。",
            rules=("REG-06", "REG-07"),
        )
    return Editability(editable=status in EDITABLE, because=because)


def changes(
    policy: Policy,
    before: Mapping[str, object],
    after: Mapping[str, object],
    uploads_before: Mapping[str, str],
    uploads_after: Mapping[str, str],
) -> Changes:
    """What changed between two versions; uploads are compared by the hash of their content."""
    changed = tuple(row for row in policy.questions if before.get(row.code) != after.get(row.code))
    codes = ["photo", *(row.code for row in policy.uploads)]
    trigger = Trigger.RESUBMITTED_WITH_CHANGES if any(row.rescreens for row in changed) else Trigger.RESUBMITTED
    return Changes(
        answers=tuple(row.code for row in changed),
        uploads=tuple(code for code in codes if uploads_before.get(code) != uploads_after.get(code)),
        trigger=trigger,
    )


def _given(answer: object) -> bool:
    return bool(answer.strip()) if isinstance(answer, str) else answer not in (None, False, (), [])


def _not_offered(policy: Policy, answers: Mapping[str, object]) -> list[Gap]:
    """A choice among occupation, level, form and region that the policy does not have."""
    offered = {(row.code, level, form) for row in policy.occupations for level in row.levels for form in row.forms}
    chosen = tuple(answers.get(code) for code in ("occupation", "level", "form"))
    found = []
    if all(map(_given, chosen)) and chosen not in offered:
        found.append(
            Gap(
                field="level",
                part="choice",
                en="This is not offered at this level in this form. Choose another.",
                zh="不开设此级别或此考试形式，请重新选择。",
            )
        )
    kind = answers.get("id_type")
    if _given(kind) and kind not in policy.accounts.id_documents:
        found.append(
            Gap(
                field="id_type",
                part="identity",
                en="This exam does not accept this kind of ID document. Give another.",
                zh="本考试不接受该类证件，请填写其他证件。",
            )
        )
    region = answers.get("region")
    if _given(region) and region not in {row.code for row in policy.regions}:
        found.append(
            Gap(field="region", part="choice", en="Choose a place from the list.", zh="请从列表中选择报名地。")
        )
    return found


def _upload_gap(code: str, en: str, zh: str, state: UploadState | None) -> list[Gap]:
    words = {
        None: (f"{en} is missing. Upload it.", f"请上传{zh}。"),
        "checked": (f"{en} was checked. Look at the result and use it.", f"{zh}已检查，请查看结果并确认使用。"),
        "refused": (f"{en} was not accepted. Upload another.", f"{zh}未通过检查，请重新上传。"),
    }
    if state == "accepted":
        return []
    text_en, text_zh = words[state]
    return [Gap(field=code, part="photo" if code == "photo" else "uploads", en=text_en, zh=text_zh)]
