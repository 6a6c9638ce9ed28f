"""Letters to desks: a promise is near, or broken. They go to whoever supervises the desk, once per announcement."""

from typing import Any

from certification import letters
from certification.cloud import clock, post
from certification.cloud.settings import settings
from certification.cloud.tables.cases import cases
from certification.cloud.tables.messages import Message, messages
from certification.cloud.transaction import Lost, commit
from certification.policies import load_policy
from certification.rules.cases import CaseKind
from certification.rules.desks import supervising
from certification.rules.words import Words

KINDS: dict[CaseKind, str] = {
    CaseKind.REVIEW: "报名审核",
    CaseKind.PROOF: "证明材料审核",
    CaseKind.ON_SITE_CHECK: "现场核查",
    CaseKind.MAJOR_EXCEPTION: "专业认定",
    CaseKind.PHOTO: "照片审核",
    CaseKind.ACCOUNT_HELP: "账户协助",
    CaseKind.CORRECTION: "信息更正申请",
    CaseKind.SUPERVISION_CHECK: "报考条件核查",
    CaseKind.VOID_HEARING: "无效认定",
    CaseKind.APPEAL: "申诉",
    CaseKind.PROVISIONAL_REPORT: "后补学历核验报告",
    CaseKind.QUALIFICATION_CHECK: "考后资格核查",
    CaseKind.RARE_CHARACTER: "无法录入的生僻字",
    CaseKind.COMPLAINT: "社会监督举报",
    CaseKind.MONEY_TO_RETURN: "待退款项",
    CaseKind.UNMATCHED_CREDIT: "无法匹配的款项",
    CaseKind.EXTERNAL_REFUND: "支付机构端退款",
    CaseKind.CALLED_OFF: "考试取消：考生处理",
    CaseKind.LATE_SEAT: "补排座位",
    CaseKind.DISPUTE: "支付争议",
}


def write(name: str, detail: dict[str, Any]) -> None:
    """Tell the supervisor of a case's desk. A case that was decided meanwhile, or that is our own team's, tells nobody."""
    case = cases.read(detail["case"])
    if case.decision is not None or case.scheme is None:
        return
    policy, _ = load_policy(case.scheme)
    desk, above = next((one for one in policy.desks if one.code == case.desk), None), supervising(policy, case.desk)
    if desk is None or above is None:
        return
    language = policy.notifications.languages[0]
    data = {
        "site": settings().public_url,
        "zone": policy.time_zone,
        "case": case.id,
        "about": case.about,
        "kind": Words(en=case.kind.replace("_", " "), zh=KINDS.get(case.kind, "其他事项")),
        "desk": desk.words,
        "promised": case.promised,
        "days": case.escalations,
    }
    letter = letters.render(name, language, data)
    claimed = Message(
        candidate=f"desk:{case.scheme}:{above.code}",
        announcement=detail["announcement"],
        name=name,
        channel="email",
        state="claimed",
        claimed_at=clock.now(),
    )
    try:
        commit([messages.insert(claimed)])
    except Lost:
        return
    stored = claimed.changed(version=1)
    try:
        post.send_email(above.email, letter.subject, letter.text, letter.html)
    except post.NotSent:
        commit([messages.delete(stored)])  # it surely did not go: whoever delivers again may send it
        raise
    commit([messages.update(stored.changed(state="sent", sent_at=clock.now()))])
