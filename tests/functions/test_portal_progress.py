"""The page of an application in every status: what is next, whose turn, by when; and what a return asks for."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from certification.acts.checkout import Quote
from certification.acts.papers import Background
from certification.acts.people import Person
from certification.cloud.tables.applications import Application, Returned, ReturnReason, Seat, Step
from certification.cloud.tables.base import Due
from certification.cloud.tables.candidates import Candidate, Problem, Upload, photo_slot
from certification.cloud.tables.orders import Order, OrderLine
from certification.cloud.tables.sittings import Draw, Sitting
from certification.letters.formats import LANGUAGES, Language
from certification.policies import load_policy
from certification.portal.page import page
from certification.portal.requests import Request, Visitor
from certification.portal.views import application, exams, payment, progress, tasks, whole
from certification.portal.views.whole import Whole
from certification.rules.application import Gap
from certification.rules.money import usd
from certification.rules.payments import OrderState
from certification.rules.refunds import preview, refund_policy
from certification.rules.status import Status, Trigger
from local import seed

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
REFERENCE = "APP-2026-04187Q"
SEAT = Seat(site="Sample-Hall", room="A", seat=7)


def sitting() -> Sitting:
    described = seed.demo_sitting(NOW)
    opens = datetime(2027, 1, 3, 16, 0, tzinfo=UTC)
    return Sitting.model_validate(
        described
        | {
            "policy_hash": "hash",
            "dates": described["dates"] | {"tickets_open": opens},
            "results_due": NOW + timedelta(days=70),
            "release_at": NOW + timedelta(days=69),
            "draw": Draw(commitment="c" * 64, sealed_seed="sealed"),
        }
    )


def quote(state: OrderState = OrderState.OPEN, **changes: Any) -> Quote:
    policy, _ = load_policy("cgptc")
    terms = refund_policy(policy.refund)
    order = Order(
        number="ORD-26-1",
        application=REFERENCE,
        candidate="CAN-1",
        sitting=seed.SITTING,
        policy_hash="hash",
        fees_version="v",
        lines=(OrderLine(code="registration", en="Registration fee", zh="报名费", amount=usd(13500)),),
        total=usd(13500),
        created_at=NOW,
        pay_by=NOW + timedelta(days=14),
        closes=NOW + timedelta(days=14),
        state=state,
        settled_at=NOW if state is OrderState.SETTLED else None,
    )
    refund = preview(terms, usd(13500), NOW, date(2027, 1, 11), NOW, policy.zone)
    ways: dict[str, Any] = {"ways": ("card",), "words": {}, "exchange": None}
    return Quote.model_validate(
        {"order": order, "rest": usd(13500), "refund": refund, "confirming": False, "payable": True, **ways, **changes}
    )


def known(status: Status, *, now: datetime = NOW, **changes: Any) -> Whole:
    policy, _ = load_policy("cgptc")
    about: dict[str, Any] = {
        "reference": REFERENCE,
        "candidate": "CAN-1",
        "sitting": seed.SITTING,
        "scheme": "cgptc",
        "policy_hash": "hash",
        "status": status,
        "occupation": "data_analyst",
        "level": "3",
        "form": "onsite",
        "confirmed_at": None if status is Status.DRAFT else NOW,
        "due": Due(at=NOW + timedelta(days=5)),
    }
    beside = {key: changes.pop(key) for key in ("gaps", "changed", "review_by", "quote", "candidate") if key in changes}
    person = Person(
        id="CAN-1",
        language="en",
        email="sample@candidate.test",
        phone="+85251230001",
        native_name="䶮样本",
        on_paper="䶮样本",
        latin_name="YAN YANGBEN",
        birth_date=date(1995, 5, 17),
        nationality="CN",
        id_kind="passport",
        id_number="SAMPLE0001",
        address=None,
    )
    return Whole(
        behind=Background(application=Application(**about | changes), person=person, sitting=sitting(), policy=policy),
        candidate=beside.pop("candidate", candidate()),
        now=now,
        **beside,
    )


def candidate(**changes: Any) -> Candidate:
    return Candidate(id="CAN-1", language="en", created_at=NOW, sealed_email="sealed", email_index="index", **changes)


def next_of(whole_: Whole, language: Language = "en") -> progress.Next:
    say = whole_.speech(language)
    base = f"/{language}/apply/{REFERENCE}"
    return progress.next_step(whole_, say, base, tasks.tasks(whole_, say, base) if whole_.editable else ())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", list(Status), ids=str)
def test_the_page_says_what_is_next_in_every_status(
    status: Status, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "read", lambda *_: known(status, quote=quote(), review_by=NOW, certificate="C-1"))
    view = application.show("CAN-1", REFERENCE, language)
    request = Request(
        method="GET", path=f"/apply/{REFERENCE}", language=language, visitor=Visitor(kind="candidate", session="s")
    )
    shown = page(request, "application.html", view=view)
    assert view.next.title
    assert view.next.title in str(shown.body).replace("&nbsp;", "\N{NO-BREAK SPACE}")
    assert "{" not in view.next.title + " ".join(view.next.lines)
    assert str(status) not in view.next.title or language == "en"


def test_a_draft_leads_to_the_first_open_task_and_names_the_deadline() -> None:
    gap = Gap(field="occupation", part="choice", en="x", zh="x")
    shown = next_of(known(Status.DRAFT, gaps=(gap,)))
    assert shown.title == "Next: What you apply for"
    assert shown.href == f"/en/apply/{REFERENCE}/choice"
    assert shown.lines == ("You can submit until 3 December 2026, 17:00 (Hong Kong time).",)


def test_a_complete_draft_leads_to_checking_the_answers() -> None:
    assert next_of(known(Status.DRAFT)).href == f"/en/apply/{REFERENCE}/check"


def test_while_the_registry_has_not_answered_nothing_is_asked_of_the_candidate() -> None:
    gap = Gap(field="identity", part="verification", en="Not answered yet.", zh="尚未反馈。")
    whole_ = known(Status.DRAFT, gaps=(gap,))
    rows = tasks.tasks(whole_, whole_.speech("zh"), "/zh/x")
    assert (rows[-1].state, rows[-1].href, rows[-1].hint) == ("working", "", "尚未反馈。")
    assert next_of(whole_).title == "We are checking your identity"
    assert next_of(whole_).asks == ""


def returned(**changes: Any) -> Whole:
    reasons = (
        ReturnReason(code="photo_unsuitable", applies_to="photo", en="The photo is dark.", zh="照片过暗。"),
        ReturnReason(code="name_differs", applies_to="full_name", en="The name differs.", zh="姓名不一致。"),
        ReturnReason(code="something_else", applies_to="other", en="See the note.", zh="请见说明。"),
    )
    told = Returned(reasons=reasons, note="Look at page 2.", at=NOW)
    return known(Status.RETURNED, returned=told, **changes)


@pytest.mark.rule("CHK-03")
def test_reasons_stand_beside_the_task_that_answers_them() -> None:
    whole_ = returned()
    rows = {row.page: row for row in tasks.tasks(whole_, whole_.speech("en"), "/en/x")}
    assert (rows["photo"].state, rows["photo"].hint) == ("problem", "The photo is dark.")
    assert (rows["details"].state, rows["details"].hint) == ("problem", "The name differs.")
    assert rows["contact"].state == "done"
    assert next_of(whole_).lines[-1] == "Submit again by 28 November 2026, 10:00 (Hong Kong time)."


def test_what_was_corrected_is_no_problem_any_more() -> None:
    whole_ = returned(changed=frozenset({"photo", "full_name"}))
    rows = {row.page: row.state for row in tasks.tasks(whole_, whole_.speech("en"), "/en/x")}
    assert rows["photo"] == rows["details"] == "done"
    assert next_of(whole_).href.endswith("/check")


def test_an_upload_says_where_it_is() -> None:
    gap = Gap(field="photo", part="photo", en="x", zh="x")
    refused = Upload(
        id="1", state="refused", arrived_at=NOW, problems=(Problem(code="c", en="Too small.", zh="太小。"),)
    )
    checked = Upload(id="1", state="checked", arrived_at=NOW)
    for upload, state, hint in (
        (refused, "problem", "Too small."),
        (checked, "working", "Look at the result and use the file"),
    ):
        whole_ = known(Status.DRAFT, gaps=(gap,), candidate=candidate(drafts={photo_slot("cgptc"): upload}))
        row = next(row for row in tasks.tasks(whole_, whole_.speech("en"), "/en/x") if row.page == "photo")
        assert (row.state, row.hint) == (state, hint)


@pytest.mark.rule("PAY-05", "PAY-07")
def test_paying_is_never_asked_twice() -> None:
    asking = next_of(known(Status.AWAITING_PAYMENT, quote=quote()))
    part = next_of(known(Status.AWAITING_PAYMENT, quote=quote(rest=usd(4000))))
    assert part.title.replace("\xa0", " ") == "USD 40.00 is still missing"
    assert part.lines[0].replace("\xa0", " ").startswith("USD 95.00 has arrived. Pay the rest by")
    confirming = next_of(known(Status.AWAITING_PAYMENT, quote=quote(confirming=True)))
    over = next_of(known(Status.AWAITING_PAYMENT, quote=quote(payable=False)))
    assert (asking.title, asking.asks) == ("Approved. Pay USD\N{NO-BREAK SPACE}135.00", "link")
    assert confirming.asks == "check_payment"
    assert "Do not pay again. Your place is held." in confirming.lines
    assert over.asks == ""
    assert "do not pay again" in over.lines[0]


@pytest.mark.rule("REF-01", "REF-02")
def test_the_bill_shows_both_refund_dates_the_earlier_and_what_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "read", lambda *_: known(Status.AWAITING_PAYMENT, quote=quote()))
    bill = payment.of("CAN-1", REFERENCE, "en")
    assert bill.refund_dates == (
        ("Refund window ends", "end of 30 November 2026, if you pay today"),
        ("No refund any more from", "12 December 2026"),
        ("Last day to ask for a refund", "30 November 2026"),
    )
    assert bill.refunds == (
        ("23 November 2026 to 30 November 2026", "USD\N{NO-BREAK SPACE}108.00; we keep USD\N{NO-BREAK SPACE}27.00"),
        ("from 1 December 2026", "nothing"),
    )


def test_the_seat_is_not_shown_before_the_ticket_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    seated: dict[str, Any] = {"seat": SEAT, "candidate_number": "2027001", "ticket": "issued/x.pdf"}
    for announced in (False, True):
        shown = known(Status.SEATED, ticket_announced=announced, **seated)
        monkeypatch.setattr(whole, "read", lambda *_, shown=shown: shown)
        view = application.show("CAN-1", REFERENCE, "en")
        assert bool(view.seat) == announced
        assert [paper.href for paper in view.papers] == ([f"/en/apply/{REFERENCE}/ticket"] if announced else [])
        assert (view.next.title == "Download your admission ticket") == announced


def test_the_steps_are_done_now_and_to_come_in_that_order() -> None:
    life = (
        Step(at=NOW, trigger=Trigger.APPROVED, to=Status.AWAITING_PAYMENT, by="STF"),
        Step(at=NOW, trigger=Trigger.SEAT_DRAWN, to=Status.SEATED, by="machine"),
    )
    whole_ = known(
        Status.SEATED,
        life=life,
        registered_at=NOW,
        seat=SEAT,
        quote=quote(OrderState.SETTLED),
    )
    states = [step.state for step in progress.steps(whole_, whole_.speech("en"))]
    assert states == ["done"] * 4 + ["now"] + ["todo"] * 3
    after = known(Status.NOT_PASSED, life=life, registered_at=NOW, now=NOW + timedelta(days=60))
    assert progress.steps(after, after.speech("en"))[-1].title == "Result and score report"
    ended = known(Status.WITHDRAWN, life=life, registered_at=NOW)
    assert [step.state for step in progress.steps(ended, ended.speech("en"))] == ["done"] * 4


@pytest.mark.rule("INF-04")
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_exam_shows_its_four_milestones_and_the_results(language: Language) -> None:
    one, (policy, _) = sitting(), load_policy("cgptc")
    say = known(Status.DRAFT).speech(language)
    shown = dict(exams.dates(one, policy, say))
    first, last = ("22 November 2026", "3 December 2026") if language == "en" else ("2026年11月22日", "2026年12月3日")
    assert first in shown[say("exams.registration")]
    assert last in shown[say("exams.registration")]
    assert shown[say("exams.payment_closes")] == say.deadline(one.dates.payment_closes)
    assert one.dates.tickets_open is not None
    assert say.moment(one.dates.tickets_open) in shown[say("exams.tickets")]
    assert shown[say.said(policy.subject("theory").words)] == say.moment(one.dates.first_subject)
    assert say.deadline(one.results_due) in shown[say("exams.results")]


@pytest.mark.rule("FEE-02")
def test_an_exam_shows_every_price_in_us_dollars_by_occupation_and_level() -> None:
    one, (policy, _) = sitting(), load_policy("cgptc")
    tables = exams.prices(one, policy, known(Status.DRAFT).speech("en"))
    assert [table.occupation for table in tables][:2] == ["Data Analyst", "AI Trainer"]
    assert all(total.startswith("USD") for table in tables for _, totals in table.rows for total in totals)
    assert dict(tables[0].rows)["Level 3 (advanced)"] == ("USD\N{NO-BREAK SPACE}135.00",)
    assert [len(table.rows) for table in tables] == [5, 5, 3, 5]
