"""COURSE, the words: what each move of an application is called, and each milestone with the rule behind it."""

from certification.rules.status import Status, Trigger
from certification.rules.words import Because, Words

S, T = Status, Trigger

HAPPENED: dict[Trigger, Words] = {
    T.CONFIRMED: Words(en="You confirmed your application", zh="您确认了报名信息"),
    T.UNCONFIRMED: Words(en="Your application was opened again for changes", zh="报名信息已退回草稿，可修改"),
    T.SENT_TO_REVIEW: Words(en="Your application went to review", zh="报名进入审核"),
    T.SENT_TO_SIGNATURE: Words(en="You may sign the commitment", zh="可签署告知承诺书"),
    T.SENT_TO_PROOFS: Words(en="Proofs are needed", zh="须提交证明材料"),
    T.SIGNED: Words(en="You signed the commitment", zh="您签署了承诺书"),
    T.DECLINED: Words(en="You chose not to commit", zh="您选择不采用告知承诺制"),
    T.BARRED: Words(en="The commitment is not open to you; proofs are needed", zh="不适用告知承诺制，须提交证明材料"),
    T.PROOFS_UPLOADED: Words(en="You handed in your proofs", zh="您提交了证明材料"),
    T.APPROVED: Words(en="Approved", zh="审核通过"),
    T.RETURNED: Words(en="Returned to you with reasons", zh="已退回并说明原因"),
    T.REJECTED: Words(en="Rejected for good", zh="审核最终不通过"),
    T.RESUBMITTED: Words(en="You handed it in again", zh="您重新提交了报名"),
    T.RESUBMITTED_WITH_CHANGES: Words(en="You corrected it and handed it in again", zh="您修改后重新提交了报名"),
    T.SETTLED: Words(en="Paid: you are registered", zh="缴费成功，完成报名"),
    T.COMMITMENT_WITHDRAWN: Words(en="You withdrew your commitment", zh="您撤回了承诺"),
    T.CORRECTION_CONFIRMED: Words(en="A correction was made; it is checked again", zh="信息已更正，重新核验"),
    T.TIME_RAN_OUT: Words(en="Lapsed: the time to act was over", zh="逾期失效"),
    T.SEAT_DRAWN: Words(en="Your seat was drawn", zh="已编排座位"),
    T.SEAT_RELEASED: Words(en="Your seat was given up", zh="座位已释放"),
    T.CALLED_OFF: Words(en="The exam was called off", zh="考试取消"),
    T.RESCHEDULED: Words(en="You took a new date", zh="您已改期"),
    T.CANCELLED: Words(en="Cancelled", zh="已取消"),
    T.EXAM_OVER: Words(en="The exam is over", zh="考试结束"),
    T.STANDING_COMPLETE: Words(en="Passed", zh="成绩合格"),
    T.CREDITS_KEPT: Words(en="Some subjects passed and kept", zh="部分科目合格，成绩保留"),
    T.NOT_PASSED: Words(en="Not passed", zh="成绩不合格"),
    T.CONCLUSION_OPENED: Words(en="Final checks began", zh="进入资格核查及公示"),
    T.MARK_CORRECTED: Words(en="A mark was corrected", zh="成绩已更正"),
    T.CERTIFICATE_ISSUED: Words(en="Your certificate was issued", zh="证书已签发"),
    T.WITHDRAWN: Words(en="You withdrew", zh="您已撤销报名"),
    T.FORFEITED: Words(en="The right to sit was forfeited", zh="视为放弃考试资格"),
    T.VOIDED: Words(en="Declared void", zh="认定无效"),
    T.APPEAL_UPHELD: Words(en="Your appeal was upheld", zh="申诉成立"),
    T.REINSTATED: Words(en="Reinstated", zh="已恢复"),
}

DUTY: dict[Status, str] = {
    S.DRAFT: "registration",
    S.RETURNED: "correct",
    S.AWAITING_SIGNATURE: "sign",
    S.AWAITING_PROOFS: "proofs",
    S.AWAITING_REVIEW: "review",
    S.AWAITING_PAYMENT: "pay",
    S.AWAITING_CHOICE: "choose",
    S.AWAITING_RESULT: "results",
    S.PASSED: "certificate",
}
"""The key of the line for what an application in this status waits for."""

IN_PROGRESS = Because(en="We are at work on it.", zh="正在处理。")
WAITING: dict[Status, Because] = {
    S.DRAFT: Because(
        en="Applications are confirmed while registration is open.",
        zh="须在报名开放期间确认报名信息。",
        rules=("INF-02", "REG-04"),
    ),
    S.VERIFYING: Because(
        en="Every application is checked against the conditions.", zh="系统核验报考条件。", rules=("REG-02",)
    ),
    S.REGISTERED: Because(
        en="Seats are drawn after payment has closed.", zh="缴费截止后统一编排座位。", rules=("ARR-01",)
    ),
    S.SEATED: Because(en="The ticket opens before the exam.", zh="考前开放打印准考证。", rules=("TIC-01",)),
}

MILESTONES: dict[str, tuple[Words, Because]] = {
    "registration": (
        Words(en="Registration closes", zh="报名截止"),
        Because(en="Confirm before registration closes.", zh="请在报名截止前确认。", rules=("INF-02", "REG-04")),
    ),
    "payment_closes": (
        Words(en="Payment closes", zh="缴费截止"),
        Because(
            en="No payment is possible after it, without exception.",
            zh="逾期不缴费视为放弃报名，无法补缴。",
            rules=("REG-09", "REG-10"),
        ),
    ),
    "tickets": (
        Words(en="Print your admission ticket", zh="打印准考证"),
        Because(
            en="The ticket can be printed in this window. Report errors in it before it closes.",
            zh="请在此期间打印准考证；如信息有误，须在打印截止前提交更正申请。",
            rules=("TIC-01", "CHG-02"),
        ),
    ),
    "exam": (
        Words(en="Exam", zh="考试"),
        Because(en="The exam as announced for this sitting.", zh="按本次考试公布的时间进行。", rules=("INF-02",)),
    ),
    "results": (
        Words(en="Results are released", zh="公布成绩"),
        Because(en="Results", zh="成绩", rules=("RES-01",)),
    ),
}

OTHER_CASE = Words(en="A desk is dealing with something for you", zh="工作人员正在办理一项事务")
CASES: dict[str, Words] = {
    "correction": Words(en="A desk decides your correction", zh="更正申请待办理"),
    "void_hearing": Words(
        en="It is decided whether your registration is void: you may answer", zh="无效认定程序中，您可陈述意见"
    ),
    "appeal": Words(en="Your appeal is decided", zh="申诉待处理"),
    "supervision_check": Words(en="Answer a check of your application", zh="请接受报考条件核查"),
    "on_site_check": Words(en="Come to the on-site check", zh="请接受现场核查"),
    "provisional_report": Words(en="Hand in your education report", zh="请补交学历核验报告"),
    "qualification_check": Words(en="A desk looks at your education report", zh="学历核验报告待人工核查"),
    "photo": Words(en="A person looks at your photo", zh="照片待人工审核"),
    "dispute": Words(
        en="The payer's bank disputes the payment; money can go back once that is over",
        zh="付款行争议处理中，结束后方可退款",
    ),
    "major_exception": Words(en="A desk decides about your major", zh="专业认定待办理"),
}
CASE_RULES: dict[str, tuple[str, ...]] = {
    "correction": ("REG-06", "CHG-01"),
    "void_hearing": ("CHK-15", "CHK-16"),
    "supervision_check": ("CHK-09", "CHK-15"),
    "on_site_check": ("CHK-05", "EDU-18"),
    "provisional_report": ("EDU-12",),
    "qualification_check": ("QUA-01",),
    "major_exception": ("ELI-05",),
    "dispute": ("REF-04",),
}
