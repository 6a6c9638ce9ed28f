"""A desk's day on its pages: what waits for whom, what a reviewer sees, and from one decision to the next case."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from certification.acts import letter_data, review, screening
from certification.acts.cases import new_case
from certification.cloud.tables.cases import cases
from certification.cloud.tables.staff import Role, StaffMember, staff
from certification.cloud.transaction import commit
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views import desk
from certification.portal.views.speech import Speech
from certification.rules.cases import CaseKind, Subject
from certification.rules.errors import Refused
from certification.rules.review import LOCK, Decision, Verdict
from local import seed
from local.staff import ApiStaff
from tests.functions.browser import Browser
from tests.functions.stand import REVIEWER, SECOND, SITTING, Stand


def at_desk(stand: Stand, email: str = REVIEWER, language: str = "en") -> Browser:
    member = ApiStaff(stand.cloud, email)
    member.sign_in()
    return Browser(stand, member, language)


def colleague(name: str, *roles: Role, desks: tuple[str, ...] = ("admissions",)) -> StaffMember:
    member = StaffMember(id=f"STF-{name}", name=f"Sample {name}", email_index=name, roles=roles, desks=desks)
    commit([staff.insert(member)])
    return staff.read(member.id)


def fill(stand: Stand, number: int, *, waits_for: str = "desk") -> None:
    """So many cases that are promised earlier than any review is."""
    now = stand.clock.now()
    for place in range(number):
        about = f"APP-2026-{place:09d}"
        case = new_case(
            CaseKind.SUPERVISION_CHECK,
            Subject.APPLICATION,
            about,
            waits_for,
            now=now,
            due=now + timedelta(hours=1 + place),
            desk="admissions",
            scheme="cgptc",
        )
        commit([cases.insert(case.changed(waits_for=waits_for))])


def test_who_has_not_answered_yet_stands_in_nobodys_way(stand: Stand) -> None:
    fill(stand, 60, waits_for="candidate")
    case = stand.case_of(stand.in_review())
    browser = at_desk(stand)
    page = browser.get("/staff/queue")
    assert "<b>1</b>waiting" in page
    assert "Waiting for somebody else: 60" in page
    assert page.index(case) < page.index("Waiting for somebody else")
    assert case in browser.post("/staff/queue")
    listed = stand.call("GET", "/api/staff/cases", session=browser.jar["__Host-session"]).body["cases"]
    assert [one["waits_for"] for one in listed[:2]] == ["desk", "candidate"]


def test_a_long_queue_is_counted_whole_and_read_page_by_page(stand: Stand) -> None:
    case = stand.case_of(stand.in_review())
    fill(stand, 50)
    browser = at_desk(stand)
    page = browser.get("/staff/queue")
    assert "<b>51</b>waiting" in page
    assert "Page 1 of 2" in page
    assert case not in page
    assert case in browser.get("/staff/queue?page=2")
    for odd in ("3", "0", "-1", "x", "99999", "²"):
        assert "Page " in browser.get(f"/staff/queue?page={odd}")


@pytest.mark.rule("CHK-03")
def test_a_desk_sees_and_takes_one_kind_of_case_and_stays_with_it(stand: Stand) -> None:
    fill(stand, 51)
    case = stand.case_of(stand.in_review())
    browser = at_desk(stand)
    assert 'value="supervision_check"' in browser.get("/staff/queue")
    page = browser.get("/staff/queue?kind=supervision_check")
    assert "<b>51</b>waiting" in page
    assert "/staff/queue?page=2&kind=supervision_check" in page
    page = browser.get("/staff/queue?kind=review")
    assert "<b>1</b>waiting" in page
    assert f"/staff/cases/{case}?kind=review" in page
    page = browser.post("/staff/queue", kind="review")  # 51 checks are promised earlier
    assert f"/staff/cases/{case}/keep" in page
    assert case in browser.get("/staff/queue?kind=supervision_check"), "what is held is shown whatever was chosen"
    page = browser.post(f"/staff/cases/{case}", verdict="approve", then="next", kind="review")
    assert "Show everything again" in page  # no other review waits: the queue, still of reviews
    assert "<b>0</b>waiting" in page
    session = browser.jar["__Host-session"]
    listed = stand.call("GET", "/api/staff/cases?kind=supervision_check&page=2", session=session).body
    assert (len(listed["cases"]), listed["page"], listed["pages"]) == (1, 2, 2)
    assert stand.call("GET", "/api/staff/cases?scheme=guangdong", session=session).body["cases"] == []
    assert stand.call("POST", "/api/staff/cases/next?kind=review", session=session).body["case"] is None
    taken = stand.call("POST", "/api/staff/cases/next?kind=supervision_check&desk=admissions", session=session).body
    assert taken["case"]["kind"] == "supervision_check"
    assert stand.call("GET", "/api/staff/cases?kind=nothing", session=session).status == 422


SAID = {
    "zh": {
        "fact.asks": "退款失败，请处理",
        "fact.amount": "USD\xa0500.00",
        "fact.finding": "重复缴费",
        "fact.what": "账单金额与账簿不一致：请向支付机构核实，账簿未作更改。",
        "fact.in_the_bill": "USD\xa0134.00",
        "fact.in_our_books": "无",
        "fact.day": "2026年8月31日",
        "fact.bills": "银行卡支付机构",
        "fact.waits_in": "报名成功",
        "fact.since": "2026年9月1日 09:00（香港时间）",
        "fact.anomaly": "两份记录相互矛盾 CAP#1",
        "fact.fields": "出生日期、考试形式",
        "fact.site": "国际",
        "fact.stage": "已缴费",
        "fact.mode": "随机抽查",
        "fact.opened_by": "系统",
        "fact.on_paper_by": "Sample all",
        "fact.why": "付款人否认本人交易",
    },
    "en": {"fact.since": "1 September 2026, 09:00 (Hong Kong time)", "fact.waits_in": "Registered"},
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_case_says_of_itself_is_in_the_words_and_the_time_of_its_desk(stand: Stand, language: Language) -> None:
    reader = colleague("all", "reviewer", desks=("admissions", "finance", "operations"))
    now = stand.clock.now()
    found: dict[str, str] = {}
    told = {
        CaseKind.MONEY_TO_RETURN: {"asks": "failed", "amount": "USD 500.00", "finding": "duplicate", "order": ""},
        CaseKind.BILL_DIFFERENCE: {
            "what": "amount", "in_the_bill": "USD 13400", "in_our_books": "nothing", "day": "2026-08-31", "bills": "card"
        },
        CaseKind.FAILED_MACHINE: {"waits_in": "registered", "since": now.isoformat()},
        CaseKind.UNMATCHED_CREDIT: {"anomaly": "conflict:CAP#1"},
        CaseKind.LATE_SEAT: {"fields": "date_of_birth, form", "site": "international", "stage": "paid"},
        CaseKind.COMPLAINT: {"mode": "sample", "why": "sample", "opened_by": "system", "on_paper_by": reader.id},
        CaseKind.DISPUTE: {"why": "fraudulent", "place": "slot#hidden", "from_before": "as it was"},
    }  # fmt: skip
    for kind, facts in told.items():
        case = new_case(kind, Subject.NONE, "x", now=now, due=now, desk="admissions", scheme="cgptc", facts=dict(facts))
        commit([cases.insert(case)])
        found |= dict(desk.case(reader.id, case.id, language).facts)
    say = Speech(language)
    assert {key: found[say(key)] for key in SAID[language]} == SAID[language]
    assert not {"slot#hidden", "sample", ""} & {*found.values()}
    assert found["from_before"] == "as it was"


def test_the_next_case_is_found_behind_fifty_that_colleagues_hold(stand: Stand) -> None:
    fill(stand, 50)
    other = colleague("busy", "reviewer")
    for waiting in review.queue(other, 50):
        review.keep(other, waiting.id)
    case = stand.case_of(stand.in_review())
    taken = review.take_next(colleague("free", "reviewer"))
    assert taken is not None
    assert taken.id == case


@pytest.mark.rule("CHK-02", "CHK-03")
@pytest.mark.parametrize(
    ("language", "words"), [("en", ("Decided: Approve", "Name")), ("zh", ("已办结：通过", "姓名"))]
)
def test_from_a_decision_the_desk_goes_to_the_next_case_and_reads_what_it_did(
    stand: Stand, language: str, words: tuple[str, str]
) -> None:
    first, second = (stand.case_of(stand.in_review()) for _ in range(2))
    browser = at_desk(stand, language=language)
    browser.post("/staff/queue")
    taken = first if first in browser.page else second
    page = browser.post(f"/staff/cases/{taken}", verdict="approve", then="next")
    left = second if taken == first else first
    assert f"{taken}" in page
    assert words[0] in page
    assert f"/staff/cases/{left}/keep" in page
    page = browser.post(f"/staff/cases/{left}", verdict="reject", reasons="name_differs", note="x", then="next")
    assert left in page  # nothing is left to take: the queue, with the proposal
    assert ("waits for a second person now" in page) or language == "zh"
    browser.get(f"/staff/cases/{left}")
    assert 'id="why_not-error"' in browser.post(f"/staff/cases/{left}/take-back", why_not=" ")
    assert "It was another passport." in browser.post(
        f"/staff/cases/{left}/take-back", why_not="It was another passport."
    )
    page = at_desk(stand, SECOND, language).get(f"/staff/cases/{left}")
    assert "It was another passport." in page, "who decides it next reads it"
    assert 'name="agree"' not in page


def test_a_reviewer_reads_the_person_the_sitting_and_what_was_returned_and_nothing_to_reach_them_by(
    stand: Stand,
) -> None:
    candidate = stand.in_review()
    stand.decide(candidate, "return", reasons=["name_differs", "something_else"], note="As in the passport.")
    candidate.save_details(latin_name="CHEN YANG")
    candidate.confirm()
    stand.cloud.settle()
    page = at_desk(stand).get(f"/staff/cases/{stand.case_of(candidate)}")
    case = f"/api/staff/cases/{stand.case_of(candidate)}"
    shown_by_api = stand.call("GET", case, session=stand.sign_in_staff(REVIEWER)).body["review"]
    assert shown_by_api["returned_before"]["note"] == "As in the passport."
    for shown in (
        candidate.sample.id_number,
        "CHEN YANG",
        "Demonstration sitting",
        "Returned before",
        "As in the passport.",
    ):
        assert shown in page
    for hidden in (candidate.sample.email, candidate.sample.phone, "1 Sample Road", "Your "):
        assert hidden not in page.replace("Your decision", ""), hidden


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_rules_doubt_is_told_in_the_language_of_the_desk(stand: Stand, language: str) -> None:
    candidate = stand.candidate(level="1")
    candidate.save_work(since="2026-01-01")
    candidate.apply(SITTING)
    candidate.confirm()
    stand.cloud.settle()
    page = at_desk(stand, language=language).get(f"/staff/cases/{stand.case_of(candidate)}")
    doubts = page.split('id="look"')[1].split("</section>")[0]
    facts = cases.read(stand.case_of(candidate)).facts
    own, other = ("look_at_1_zh", "look_at_1") if language == "zh" else ("look_at_1", "look_at_1_zh")
    assert facts[own] in doubts
    assert facts[other] not in doubts


def test_who_is_no_reviewer_reads_the_case_but_not_the_person_and_cannot_hold_it(stand: Stand) -> None:
    candidate = stand.in_review()
    case = stand.case_of(candidate)
    officer = colleague("watching", "supervisor")
    view = desk.case(officer.id, case, "en")
    assert (view.name, view.groups, view.photo, view.may_decide) == ("", (), "", False)
    with pytest.raises(Refused):
        review.keep(officer, case)
    assert cases.read(case).taken_by is None


def test_who_proposed_does_not_hold_the_case_against_their_second_person(stand: Stand) -> None:
    case = stand.case_of(stand.in_review())
    first, second = colleague("one", "reviewer"), staff.read(seed.SECOND)
    rejected = Decision(verdict=Verdict.REJECT, decided_by=first.id, reasons=("name_differs",), note="Look.")
    review.decide(first, case, rejected)
    with pytest.raises(Refused) as refusal:
        review.keep(first, case)
    assert refusal.value.code == "second_is_first"
    assert review.keep(second, case).taken_by == second.id


def test_a_lock_that_is_over_is_not_shown_and_a_holder_has_a_name(stand: Stand) -> None:
    case = stand.case_of(stand.in_review())
    review.keep(colleague("holding", "reviewer"), case)
    browser = at_desk(stand)
    assert "Sample holding" in browser.get("/staff/queue")
    stand.wait(LOCK)
    assert "Sample holding" not in browser.get("/staff/queue")


def test_the_list_to_fill_in_names_what_the_reader_could_decide_now(stand: Stand) -> None:
    free, held = stand.in_review(), stand.in_review()
    review.keep(staff.read(seed.SECOND), stand.case_of(held))
    browser = at_desk(stand)
    text = browser.get("/staff/files/waiting?scheme=cgptc")
    assert [row["application"] for row in csv.DictReader(io.StringIO(text))] == [free.reference]
    assert browser.get("/staff/files/waiting?scheme=guangdong").strip() == "application,decision,reasons,note"
    assert "not found" in browser.get("/staff/files/waiting?scheme=nothing").lower()
    both = {
        row["application"]
        for row in csv.DictReader(io.StringIO(at_desk(stand, SECOND).get("/staff/files/waiting?scheme=cgptc")))
    }
    assert both == {free.reference, held.reference}


@pytest.mark.rule("CHK-01", "CHK-03")
def test_a_desk_without_a_fresh_clock_has_what_is_left_and_the_candidate_reads_the_same_date(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, found = load_policy("cgptc")
    paused = policy.model_copy(update={"review": policy.review.model_copy(update={"fresh_clock": False})})
    for module in (screening, letter_data):
        monkeypatch.setattr(module, "load_policy", lambda _scheme: (paused, found))
    candidate = stand.in_review()  # on a Tuesday
    stand.wait(timedelta(days=2))
    stand.decide(candidate, "return", reasons=["name_differs"])  # two of five working days are used
    stand.wait(timedelta(days=11))  # the candidate's own time, until a Monday
    candidate.sign_in()
    candidate.save_details(latin_name="CHEN YANG")
    candidate.confirm()
    stand.cloud.settle()
    due = cases.read(stand.case_of(candidate)).promised
    assert due == datetime(2026, 9, 17, 16, tzinfo=UTC)  # the end of Thursday in Hong Kong
    assert datetime.fromisoformat(candidate.now()["due"]) == due
    letters = [one.text for one in stand.cloud.inbox.to(candidate.sample.email)]
    assert any("17 September 2026" in text for text in letters)
