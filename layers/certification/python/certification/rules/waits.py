"""WAITS: whose turn it is.

In words: every status that is not at rest waits for exactly one party: the candidate, a desk (our staff), a machine
(us, within minutes or at a published time), or the outside (a registry, a bank, the day of the exam). Pages show the
status and whose turn it is in words; nothing waits without a due date.
"""

from typing import Literal

from certification.rules.model import Frozen
from certification.rules.status import AT_REST, Status

Party = Literal["candidate", "desk", "machine", "outside", "nobody"]


class Wait(Frozen):
    """Whose turn it is, the status in words, and what happens next, in English and Chinese."""

    status: Status
    party: Party
    en: str
    zh: str
    next_en: str
    next_zh: str


S = Status
WORDS: tuple[tuple[Status, Party, str, str, str, str], ...] = (
    (S.DRAFT, "candidate", "Draft", "草稿", "Complete your application and confirm it.", "请完善并确认报名信息。"),
    (
        S.VERIFYING,
        "machine",
        "Being checked",
        "核验中",
        "We check the conditions of this exam.",
        "系统正在核验报考条件。",
    ),
    (
        S.AWAITING_SIGNATURE,
        "candidate",
        "Waiting for your commitment",
        "待签署承诺书",
        "Sign the commitment, or choose to hand in proofs.",
        "请签署告知承诺书，或选择提交证明材料。",
    ),
    (
        S.AWAITING_PROOFS,
        "candidate",
        "Waiting for your proofs",
        "待上传证明材料",
        "Upload your proofs.",
        "请上传证明材料。",
    ),
    (S.AWAITING_REVIEW, "desk", "In review", "审核中", "We review your application.", "工作人员正在审核。"),
    (
        S.RETURNED,
        "candidate",
        "Returned to you",
        "已退回，待修改",
        "Read the reasons, correct your application and hand it in again.",
        "请查看原因，修改后重新提交。",
    ),
    (S.AWAITING_PAYMENT, "candidate", "Waiting for payment", "待缴费", "Pay the fee.", "请缴纳费用。"),
    (
        S.REGISTERED,
        "machine",
        "Registered",
        "报名成功",
        "Seats are drawn after payment has closed.",
        "缴费截止后系统随机编排座位。",
    ),
    (
        S.SEATED,
        "outside",
        "Seat assigned",
        "已编排座位",
        "Print your ticket when it opens, then sit the exam.",
        "请在开放时间打印准考证并参加考试。",
    ),
    (
        S.AWAITING_CHOICE,
        "candidate",
        "Exam called off: your choice",
        "考试取消，待选择",
        "Choose a full refund or a new date.",
        "请选择全额退款或改期。",
    ),
    (S.AWAITING_RESULT, "desk", "Waiting for results", "待公布成绩", "We mark the exam.", "正在评卷。"),
    (S.PASSED, "machine", "Passed", "成绩合格", "Your certificate is being prepared.", "正在办理证书。"),
    (
        S.CONCLUDING,
        "desk",
        "Final checks",
        "资格核查及公示",
        "Checks and the public notice are running.",
        "正在进行资格核查与公示。",
    ),
    (S.CERTIFIED, "nobody", "Certified", "已发证", "Your certificate is ready.", "证书已签发。"),
    (
        S.CREDITS_KEPT,
        "nobody",
        "Subjects passed, kept",
        "部分科目合格，成绩保留",
        "Take the missing subjects.",
        "请报考其余科目。",
    ),
    (S.NOT_PASSED, "nobody", "Not passed", "成绩不合格", "You may apply again.", "可再次报考。"),
    (S.LAPSED, "nobody", "Lapsed", "逾期失效", "The time to act has passed.", "办理期限已过。"),
    (S.WITHDRAWN, "nobody", "Withdrawn", "已撤销", "You withdrew the application.", "您已撤销报名。"),
    (S.CANCELLED, "nobody", "Cancelled", "已取消", "The exam was cancelled for you.", "考试已取消。"),
    (S.REJECTED, "nobody", "Rejected", "审核不通过", "You may appeal.", "可提出申诉。"),
    (S.FORFEITED, "nobody", "Right to sit forfeited", "视为放弃考试资格", "You may appeal.", "可提出申诉。"),
    (S.VOID, "nobody", "Void", "无效", "You may appeal.", "可提出申诉。"),
)

WAITS: dict[Status, Wait] = {
    status: Wait(status=status, party=party, en=en, zh=zh, next_en=next_en, next_zh=next_zh)
    for status, party, en, zh, next_en, next_zh in WORDS
}


def waits_for(status: Status) -> Wait:
    """Whose turn it is in this status, with words for pages."""
    return WAITS[status]


def needs_due_date(status: Status) -> bool:
    """Whether a row in this status must carry a due date (all that is not at rest)."""
    return status not in AT_REST
