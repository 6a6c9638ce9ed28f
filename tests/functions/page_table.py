"""Every form of the portal: who may send it, at which stage of an application, and what each of its fields takes."""

from dataclasses import dataclass, field
from typing import Literal

from tests.functions.on_site import FIRST
from tests.functions.stand import REVIEWER, SITTING

Kind = Literal["text", "words", "choice", "date", "code", "tick"]


@dataclass(frozen=True)
class Typed:
    """One field. `needed`: without it the form is refused at this field. `kind`: what is wrong in it; `words` may be long."""

    sound: str
    kind: Kind = "text"
    needed: bool = True


def text(sound: str = "Sample", *, needed: bool = True) -> Typed:
    return Typed(sound, "text", needed)


def choice(sound: str, *, needed: bool = True) -> Typed:
    return Typed(sound, "choice", needed)


def day(sound: str = "1995-05-17", *, needed: bool = True) -> Typed:
    return Typed(sound, "date", needed)


CODE, TICK = Typed("123456", "code"), Typed("yes", "tick")


@dataclass(frozen=True)
class Row:
    """One form. `who`: the key of a person of the world. `before`: the form that leads here, with what is sent to it.

    `again`: what is sent again takes the place of what was sent before.
    """

    path: str
    who: str
    fields: dict[str, Typed] = field(default_factory=dict)
    before: tuple[str, dict[str, str]] | None = None
    again: bool = False


APPLY = "/apply/{reference}"
EDUCATION = {
    "institution": text("Sample University"),
    "level": choice("bachelor"),
    "degree": choice("bachelor"),
    "full_time": choice("yes"),
    "major": text(needed=False),
    "began": day("2013-09-01"),
    "graduated": day("2017-07-01"),
    "country": choice("CN"),
    "taught_in": choice("CN"),
    "certificate": text("100001201705000001", needed=False),
    "name": text("陈样本", needed=False),
}
DETAILS = {
    "full_name": text("陈样本", needed=False),
    "latin_name": text("CHEN YANGBEN", needed=False),
    "date_of_birth": day(),
    "nationality": choice("CN"),
    "id_type": choice("passport"),
    "id_number": text("SAMPLE7788"),
}
SAME_PERSON, SAME_ENTRY = {"id_number": DETAILS["id_number"]}, {"institution": EDUCATION["institution"]}
"""One field of a form that another row sends wholly: it is read by the same lines."""
WORK = {
    "workplace": text(needed=False),
    "jobs_0_employer": text(needed=False),
    "jobs_0_duties": text(),
    "jobs_0_since": day("2018-01-01"),
    "jobs_0_until": day("2019-01-01", needed=False),
    "leaves_0_since": day("2018-02-01", needed=False),
    "leaves_0_until": day("2018-03-01", needed=False),
}
ON_DOCUMENT = {"id_type": choice("passport"), "id_number": text("SAMPLE7788"), "id_country": choice("CN")}
NEW_PHONE, NEW_EMAIL = "+85251239911", "new@example.test"

PUBLIC = (
    Row(
        "/exams/{sitting}/eligibility",
        "nobody",
        {
            "occupation": choice("data_analyst"),
            "birth_date": day(),
            "education_0_level": choice("bachelor"),
            "education_0_began": day("2013-09-01"),
            "education_0_graduated": day("2017-07-01"),
        },
    ),
    Row("/report", "nobody", {"sitting": choice("guangdong-sample"), "who": text("陈*本"), "text": text()}),
    Row("/sign-in", "nobody", {"email": text("x@example.test")}),
    Row("/sign-in/code", "nobody", {"code": CODE}, ("/sign-in", {"email": "x@example.test"})),
    Row("/sign-out", "draft"),
    Row("/recover", "nobody", {"factor": choice("email_code"), "to": text("x@example.test")}),
    Row("/recover/code", "nobody", {"code": CODE}, ("/recover", {"factor": "email_code", "to": "x@example.test"})),
    Row("/recover/answer", "nobody"),
    Row("/recover/look-up", "nobody", ON_DOCUMENT),
    Row("/sign-in/platform", "nobody"),
    Row("/staff/sign-in", "nobody", {"email": text(REVIEWER)}),
    Row("/staff/sign-in/code", "nobody", {"code": CODE}, ("/staff/sign-in", {"email": "nobody@staff.test"})),
)

ACCOUNT = (
    Row("/account/sessions/{name}", "draft"),
    Row("/account/requests/{case}/no", "draft"),
    Row("/account/details", "draft", DETAILS),
    Row("/account/email", "draft", {"email": text(NEW_EMAIL)}),
    Row("/account/email-code", "draft", {"code": CODE, "confirmation": CODE}, ("/account/email", {"email": NEW_EMAIL})),
    Row("/account/question/code", "mainland"),
    Row(
        "/account/question",
        "mainland",
        {"question": choice("own"), "answer": text(), "confirmation": CODE},
        ("/account/question/code", {}),
    ),
    Row("/account/name", "draft", {"description": text(), "spelling": text(needed=False)}, again=True),
    Row(
        "/account/help/account",
        "draft",
        {"full_name": text("陈样本"), "date_of_birth": day(), **ON_DOCUMENT, "note": text(needed=False)},
    ),
    Row("/account/help/phone", "draft", {"code": CODE}, ("/account/phone", {"phone": NEW_PHONE})),
    Row("/account/agreement", "draft", {"accept": TICK}),
    Row("/account/service-notice", "draft", {"accept": TICK}),
    Row("/account/phone", "draft", {"phone": text(NEW_PHONE)}),
    Row("/account/phone-code", "draft", {"code": CODE, "confirmation": CODE}, ("/account/phone", {"phone": NEW_PHONE})),
    Row("/education/new", "draft", EDUCATION),
    Row("/education/none", "draft"),
    Row("/education/{number}", "draft", SAME_ENTRY),
)

APPLICATION = (
    Row("/exams/{sitting}/apply", "draft"),
    Row(
        f"{APPLY}/correction",
        "pay",
        {"field": choice("postal_address"), "value": text("2 New Road"), "reason": text(needed=False)},
    ),
    Row(f"{APPLY}/correction/education/{{number}}", "pay", SAME_ENTRY),
    Row(f"{APPLY}/correction/work", "draft", {"jobs_0_since": Typed("2018-01-01", "date", needed=False)}),
    Row(f"{APPLY}/hearing", "checked", {"text": text()}, again=True),
    Row(f"{APPLY}/appeal", "rejected", {"text": text()}),
    Row(f"{APPLY}/called-off", "pay"),
    Row(
        f"{APPLY}/choice",
        "draft",
        {"occupation": choice("data_analyst"), "level": choice("3"), "form": choice("onsite")},
    ),
    Row(f"{APPLY}/details", "draft", SAME_PERSON),
    Row(f"{APPLY}/contact", "draft", {"postal_address": text(needed=False), "language": choice("en")}, again=True),
    Row(f"{APPLY}/work", "draft", WORK),
    Row(f"{APPLY}/report", "draft"),
    Row(f"{APPLY}/provisional", "draft"),
    Row(f"{APPLY}/on-site", "on site", {"starts": choice(FIRST.isoformat())}),
    Row(f"{APPLY}/on-site/cancel", "on site"),
    Row(f"{APPLY}/check", "draft", {"declaration": TICK}),
    Row(f"{APPLY}/withdraw", "pay"),
    Row(f"{APPLY}/pay", "pay"),
    Row(f"{APPLY}/pay/transfer", "pay"),
    Row(f"{APPLY}/pay/transfer/sent", "pay"),
    Row(f"{APPLY}/refund-account", "pay"),
    Row(f"{APPLY}/pay/check", "pay"),
    Row(f"{APPLY}/commitment", "mainland", {"lane": choice("commit")}, again=True),
    Row(f"{APPLY}/sign", "signing", {"statements": TICK}),
    Row(f"{APPLY}/sign/code", "signing", {"code": CODE}, (f"{APPLY}/sign", {"statements": "1 2 3 4"})),
    Row(f"{APPLY}/decline", "signing"),
    Row(f"{APPLY}/commitment/withdraw", "signed"),
    Row(f"{APPLY}/supervision", "checked"),
    Row(f"{APPLY}/proofs", "proofs"),
    Row(f"{APPLY}/{{kind}}/use", "draft"),
    Row(f"{APPLY}/photo/fix", "draft", {"step": choice("turn_left")}),
    Row(f"{APPLY}/photo/replace", "draft", {"why": choice("other")}),
)

STAFF = (
    Row("/staff/queue", "reviewer", again=True),
    Row("/staff/cases/{case}", "reviewer", {"verdict": choice("approve")}),
    Row("/staff/cases/{case}/second", "reviewer", {"agree": choice("yes")}),
    Row("/staff/cases/{case}/take-back", "reviewer", {"why_not": text()}),
    Row("/staff/cases/{case}/keep", "reviewer", again=True),
    Row("/staff/cases/{case}/give-back", "reviewer"),
    Row("/staff/cases/{case}/received", "reviewer"),
    Row("/staff/check", "reviewer", {"reference": text("APP-2026-123456789A"), "why": text()}),
    Row("/staff/sittings/{sitting}/release", "officer"),
    Row("/staff/sittings/{sitting}/call-off", "officer", {"why_en": text(), "why_zh": text("样本。")}),
    Row("/staff/refunds/{refund}/retry", "reviewer"),
    Row("/staff/refunds/{refund}/by-hand", "reviewer"),
    Row("/staff/payments/{payment}/refund", "reviewer"),
    Row(
        "/staff/notices/new",
        "officer",
        {
            "kind": choice("exam_notice"),
            "year": text("2026"),
            "name": text("sample"),
            **{name: Typed("Sample", "words") for name in ("title_en", "text_en", "title_zh", "text_zh")},
        },
    ),
    Row("/staff/notices/proposals/{notice}", "officer"),
    Row("/staff/files", "officer", {"kind": choice("marks"), "folder": choice(SITTING)}),
)

ROWS = (*PUBLIC, *ACCOUNT, *APPLICATION, *STAFF)
