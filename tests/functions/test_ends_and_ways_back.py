"""How an application ends and comes back: withdrawn with its refund, void after a hearing, upheld on appeal."""

from datetime import timedelta
from typing import Any

import pytest

from certification.acts import review, withdrawing
from certification.acts.places import live_claim
from certification.cloud.outbox import outbox
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import cases
from certification.cloud.tables.claims import claims
from certification.cloud.tables.orders import orders
from certification.cloud.tables.payments import payments
from certification.cloud.tables.refunds import refunds
from certification.cloud.tables.sittings import sittings
from certification.cloud.tables.staff import staff
from certification.cloud.transaction import commit
from certification.policies import load_policy
from certification.rules.errors import Refused
from certification.rules.review import Decision, Verdict
from local import seed
from local.candidate import ApiCandidate
from tests.functions.browser import Browser
from tests.functions.crowd import at_once
from tests.functions.stand import REVIEWER, SECOND, SITTING, Answer, Stand

MICROSECOND = timedelta(microseconds=1)


SESSIONS: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _signed_out() -> None:
    SESSIONS.clear()


def staff_session(stand: Stand, email: str) -> str:
    """One session for each member and test: codes are sent so often only."""
    if email not in SESSIONS:
        SESSIONS[email] = stand.sign_in_staff(email)
    return SESSIONS[email]


def ask(stand: Stand, candidate: ApiCandidate, act: str, body: Any = None) -> Answer:
    path = f"/api/candidate/applications/{candidate.reference}{act}"
    return stand.call("GET" if body is None and act == "/hearing" else "POST", path, body, session=candidate.session)


def row(candidate: ApiCandidate) -> Application:
    return applications.read(candidate.reference)


def has_its_place(candidate: ApiCandidate) -> bool:
    application = row(candidate)
    claim = claims.find(live_claim(application.candidate, application.sitting))
    holds = candidates.read(application.candidate).held_by == candidate.reference
    return claim is not None and claim.holder == candidate.reference and holds


def go_to(stand: Stand, instant: Any, candidate: ApiCandidate) -> None:
    stand.wait(instant - stand.clock.now())
    SESSIONS.clear()
    candidate.sign_in()


# withdrawing


@pytest.mark.rule("REF-01")
def test_a_paid_withdrawal_owes_what_the_refund_rule_says_and_frees_the_place(stand: Stand) -> None:
    candidate = stand.registered()
    shown = candidate.order()["refund"]["now"]
    for _ in range(2):
        assert ask(stand, candidate, "/withdraw").body["status"] == "withdrawn"
    stand.cloud.settle()
    (refund,) = refunds.everything()
    assert (refund.money.amount, refund.kind, refund.state) == (10_800, "withdrawal", "succeeded")
    assert (shown["amount"]["amount"], shown["fee"]["amount"]) == (refund.money.amount, refund.kept)
    assert refund.case is None  # nobody has to do anything
    order = orders.read(row(candidate).order or "")
    payment = payments.read(refund.payment)
    assert (order.state, payment.returning) == ("voided", {refund.capture: ("withdrawal",)})
    assert not has_its_place(candidate)
    assert ("ApplicationWithdrawn", "email") in [(one["name"], one["channel"]) for one in candidate.messages()]
    assert (
        stand.call("POST", "/api/candidate/applications", {"sitting": SITTING}, session=candidate.session).body[
            "reference"
        ]
        != candidate.reference
    )


@pytest.mark.rule("REF-01")
def test_a_withdrawal_on_the_page_owes_the_same(stand: Stand) -> None:
    candidate = stand.registered()
    browser, way = Browser(stand, candidate), f"/apply/{candidate.reference}/withdraw"
    browser.get(way)
    browser.post(way)
    assert row(candidate).status == "withdrawn"
    assert [refund.kind for refund in refunds.everything()] == ["withdrawal"]


@pytest.mark.rule("REF-01")
@pytest.mark.parametrize(("late", "owed"), [(-MICROSECOND, 1), (0 * MICROSECOND, 0)])
def test_the_refund_window_of_a_withdrawal_ends_at_its_instant(stand: Stand, late: timedelta, owed: int) -> None:
    candidate = stand.registered()
    closes = candidate.order()["refund"]["closes_at"]
    go_to(stand, type(stand.clock.now()).fromisoformat(closes) + late, candidate)
    assert ask(stand, candidate, "/withdraw").body["status"] == "withdrawn"
    assert len(list(refunds.everything())) == owed


def test_nobody_withdraws_once_the_exam_has_begun(stand: Stand) -> None:
    candidate = stand.registered()
    begins = sittings.read(SITTING).dates.first_subject
    go_to(stand, begins, candidate)
    assert ask(stand, candidate, "/withdraw").code == "exam_began"
    assert row(candidate).status == "registered"


def test_a_withdrawal_and_an_approval_at_once_leave_one_of_the_two(stand: Stand) -> None:
    candidate = stand.in_review()
    case, member = stand.case_of(candidate), staff.read(seed.REVIEWER)
    person = stand.id_of(candidate.session)

    def act(number: int) -> None:
        if number % 2:
            withdrawing.withdraw(person, candidate.reference)
        else:
            review.decide(member, case, Decision(verdict=Verdict.APPROVE, decided_by=member.id))

    at_once(8, act)
    stand.cloud.settle()
    stand.cloud.settle()
    application, decision = row(candidate), cases.read(case).decision
    assert decision is not None
    assert (
        application.status == "withdrawn"
    )  # an approval that came first is withdrawn from; one that came after is void
    assert all(orders.read(number).state == "voided" for number in application.orders)
    assert not has_its_place(candidate)
    assert not stand.cloud.undelivered


# hearings and voids


def open_hearing(stand: Stand, candidate: ApiCandidate, ground: str = "false_statement") -> Answer:
    path = f"/api/staff/applications/{candidate.reference}/hearing"
    return stand.call("POST", path, {"ground": ground}, session=staff_session(stand, REVIEWER))


def decide(stand: Stand, case: str, verdict: str, note: str = "", by: str = REVIEWER) -> Answer:
    body = {"verdict": verdict, "note": note}
    return stand.call("POST", f"/api/staff/cases/{case}/decision", body, session=staff_session(stand, by))


def confirm(stand: Stand, case: str, by: str = SECOND) -> Answer:
    body = {"proposal": 1, "agree": True, "why_not": ""}
    answer = stand.call("POST", f"/api/staff/cases/{case}/second", body, session=staff_session(stand, by))
    stand.cloud.settle()
    return answer


def voided(stand: Stand, candidate: ApiCandidate) -> str:
    """Heard and declared void by two people."""
    case = str(open_hearing(stand, candidate).body["case"])
    stand.cloud.settle()
    assert ask(stand, candidate, "/hearing", {"text": "It was a slip."}).status == 200
    assert decide(stand, case, "approve").status == 200
    assert confirm(stand, case).status == 200
    return case


@pytest.mark.rule("REF-06")
def test_nothing_is_void_before_the_person_was_heard_and_two_people_agreed(stand: Stand) -> None:
    candidate = stand.registered()
    assert open_hearing(stand, candidate, "no_such_ground").code == "ground_unknown"
    case = str(open_hearing(stand, candidate).body["case"])
    assert open_hearing(stand, candidate).body["case"] == case
    stand.cloud.settle()
    hearing = ask(stand, candidate, "/hearing").body["hearing"]
    assert hearing["ground"]["en"] == "A statement or a document is not true."
    early = decide(stand, case, "approve")
    assert (early.status, early.code) == (422, "not_heard_yet")
    assert ask(stand, candidate, "/hearing", {"text": "  "}).code == "answer_length"
    assert ask(stand, candidate, "/hearing", {"text": "It was a slip."}).body["hearing"]["answered"] == "It was a slip."
    assert "slip" not in cases.read(case).model_dump_json()
    assert decide(stand, case, "approve").body["decision"] is None
    stand.cloud.settle()
    assert row(candidate).status == "registered"
    assert confirm(stand, case, by=REVIEWER).code == "second_is_first"
    confirm(stand, case)
    application = row(candidate)
    assert (application.status, application.void is not None) == ("void", True)
    assert application.void is not None
    assert (application.void.scope, application.void.decided_by, application.void.seconded_by) == (
        "registration",
        "STF-reviewer",
        "STF-second",
    )
    assert not has_its_place(candidate)
    assert not list(refunds.everything())  # REF-06: nothing comes back of a registration that is void
    names = [one["name"] for one in candidate.messages()]
    assert {"VoidHearingOpened", "ApplicationVoided"} <= set(names)


def test_who_does_not_answer_in_time_is_decided_about_without(stand: Stand) -> None:
    candidate = stand.registered()
    case = str(open_hearing(stand, candidate).body["case"])
    until = type(stand.clock.now()).fromisoformat(ask(stand, candidate, "/hearing").body["hearing"]["answer_by"])
    go_to(stand, until - MICROSECOND, candidate)
    assert decide(stand, case, "approve").code == "not_heard_yet"
    go_to(stand, until, candidate)
    assert ask(stand, candidate, "/hearing", {"text": "Too late."}).code == "reply_over"
    assert decide(stand, case, "approve").status == 200


def test_a_hearing_that_finds_nothing_leaves_everything_as_it_was(stand: Stand) -> None:
    candidate = stand.registered()
    case = str(open_hearing(stand, candidate).body["case"])
    assert decide(stand, case, "reject", note="The statement is true.").status == 200
    stand.cloud.settle()
    application = row(candidate)
    assert (application.status, application.open_cases, application.void) == ("registered", (), None)


def test_only_the_desk_that_serves_hearings_opens_one(stand: Stand) -> None:
    candidate = stand.registered()
    seed.add_member("STF-elsewhere", "Sample", "elsewhere@staff.test", ("reviewer",), ("admissions",))
    path = f"/api/staff/applications/{candidate.reference}/hearing"
    session = stand.sign_in_staff("elsewhere@staff.test")
    assert stand.call("POST", path, {"ground": "false_statement"}, session=session).status == 404
    assert stand.call("POST", path, {"ground": "false_statement"}, session=candidate.session).status == 403


# appeals


def generous(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheme returns everything of a registration that is void."""
    policy, policy_hash = load_policy("cgptc")
    changed = policy.model_copy(update={"refund": policy.refund.model_copy(update={"after_void": "everything"})})
    monkeypatch.setattr("certification.acts.refund_grounds.load_policy", lambda _: (changed, policy_hash))


@pytest.mark.rule("REF-06")
def test_a_policy_that_returns_everything_after_a_void_does(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    generous(monkeypatch)
    candidate = stand.registered()
    voided(stand, candidate)
    stand.cloud.settle()
    (refund,) = refunds.everything()
    assert (refund.kind, refund.state, refund.kept) == ("void", "succeeded", 0)
    assert refund.money == orders.read(row(candidate).order or "").total
    assert orders.read(row(candidate).order or "").state == "voided"


def test_an_appeal_that_two_people_uphold_brings_a_void_registration_back_to_its_place(stand: Stand) -> None:
    candidate = stand.registered()
    voided(stand, candidate)
    assert ask(stand, candidate, "/appeal", {"text": "The document was misread."}).status == 200
    case = row(candidate).open_cases[0].reference
    assert ask(stand, candidate, "/appeal", {"text": "Again."}).body["appeal"] == case
    assert decide(stand, case, "approve").body["decision"] is None
    confirm(stand, case)
    application = row(candidate)
    assert (application.status, application.life[-1].trigger) == ("registered", "reinstated")
    assert application.void is not None
    assert application.void.reinstated_at == stand.clock.now()
    assert application.due is not None
    assert has_its_place(candidate)
    again = stand.call("POST", "/api/candidate/applications", {"sitting": SITTING}, session=candidate.session)
    assert again.body["reference"] == candidate.reference


@pytest.mark.rule("REF-06")
def test_whose_fee_went_back_with_a_void_that_was_taken_back_gets_a_new_order_and_pays(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    generous(monkeypatch)
    candidate = stand.registered()
    voided(stand, candidate)
    stand.cloud.settle()
    first = candidate.awake().order()
    ask(stand, candidate, "/appeal", {"text": "The document was misread."})
    case = row(candidate).open_cases[0].reference
    decide(stand, case, "approve")
    confirm(stand, case)
    assert row(candidate).status == "awaiting_payment"
    again = candidate.awake().order()
    assert (again["number"] != first["number"], again["payable"], again["total"]) == (True, True, first["total"])
    candidate.pay()
    stand.cloud.settle()
    assert row(candidate).status == "registered"
    assert [refund.kind for refund in refunds.everything()] == ["void"]


def test_an_appeal_against_a_rejection_gives_a_new_review_with_a_fresh_clock(stand: Stand) -> None:
    candidate = stand.in_review()
    first = stand.case_of(candidate)
    stand.decide(candidate, "reject", reasons=["name_differs"])
    confirm(stand, first)
    assert row(candidate).status == "rejected"
    go_to(stand, stand.clock.now() + timedelta(days=3), candidate)
    ask(stand, candidate, "/appeal", {"text": "Look again."})
    case = row(candidate).open_cases[0].reference
    decide(stand, case, "approve")
    confirm(stand, case)
    application = row(candidate)
    assert application.status == "awaiting_review"
    assert application.review != first
    assert cases.read(application.review or "").promised > cases.read(first).promised
    assert has_its_place(candidate)


def test_an_upheld_appeal_whose_place_is_taken_goes_to_a_person(stand: Stand) -> None:
    candidate = stand.registered()
    voided(stand, candidate)
    other = stand.call("POST", "/api/candidate/applications", {"sitting": SITTING}, session=candidate.session).body
    assert other["reference"] != candidate.reference
    ask(stand, candidate, "/appeal", {"text": "Look again."})
    case = row(candidate).open_cases[0].reference
    decide(stand, case, "approve")
    confirm(stand, case)
    assert row(candidate).status == "void"
    stuck = next(one for one in cases.everything() if one.facts.get("appeal") == case)
    assert (stuck.kind, stuck.facts["error"]) == ("failed_machine", "place_taken")
    claim = claims.read(live_claim(row(candidate).candidate, SITTING))
    assert claim.holder == other["reference"]


def test_an_appeal_that_is_not_upheld_says_why(stand: Stand) -> None:
    candidate = stand.registered()
    voided(stand, candidate)
    ask(stand, candidate, "/appeal", {"text": "Look again."})
    case = row(candidate).open_cases[0].reference
    decide(stand, case, "reject", note="Nothing new was shown.")
    stand.cloud.settle()
    assert (row(candidate).status, row(candidate).open_cases) == ("void", ())
    texts = [one["text"] for one in candidate.messages() if one["name"] == "AppealRefused"]
    assert any("Nothing new was shown." in text for text in texts)


def test_an_appeal_has_its_time_and_needs_something_to_appeal_against(stand: Stand) -> None:
    candidate = stand.registered()
    assert ask(stand, candidate, "/appeal", {"text": "x"}).code == "nothing_to_appeal"
    voided(stand, candidate)
    until = type(stand.clock.now()).fromisoformat(ask(stand, candidate, "/hearing").body["appeal_until"])
    go_to(stand, until, candidate)
    assert ask(stand, candidate, "/appeal", {"text": "x"}).code == "appeal_over"
    go_to(stand, until, candidate)


# the late-paid


@pytest.mark.rule("PAY-05", "REG-09")
def test_a_lapsed_application_that_was_paid_in_time_takes_its_place_again(stand: Stand) -> None:
    candidate = stand.to_pay()
    lapse(candidate)
    assert not has_its_place(candidate)
    late_money(stand, candidate)
    assert row(candidate).status == "registered"
    assert has_its_place(candidate)


def test_a_late_paid_application_whose_place_is_taken_goes_to_a_person(stand: Stand) -> None:
    candidate = stand.to_pay()
    lapse(candidate)
    stand.call("POST", "/api/candidate/applications", {"sitting": SITTING}, session=candidate.session)
    late_money(stand, candidate)
    assert row(candidate).status == "lapsed"
    assert [one.kind for one in cases.everything() if one.decision is None] == ["late_seat"]


def lapse(candidate: ApiCandidate) -> None:
    """Lapsed as the sweep does it, before its time: registration is still open, so another application may be begun."""
    from certification.acts.places import freed
    from certification.rules.payments import OrderState, move_order
    from certification.rules.status import Status

    application = row(candidate)
    order = orders.read(application.order or "")
    lapsed = application.changed(status=Status.LAPSED, due=None)
    over = order.changed(state=move_order(order.state, OrderState.LAPSED))
    commit([applications.update(lapsed), orders.update(over), *freed(application)])


def late_money(stand: Stand, candidate: ApiCandidate) -> None:
    """A payment made in time becomes known."""
    from certification.acts.settling import settle
    from certification.cloud.tables.payments import Payment
    from certification.rules.facts import FactKind, fact_of
    from certification.rules.payments import AttemptState

    order = orders.read(row(candidate).order or "")
    fact = fact_of(FactKind.CAPTURED, "pi_late", order.total, stand.clock.now(), "test")
    made = Payment(
        id="PAY-late",
        order=order.number,
        application=candidate.reference,
        method="card",
        state=AttemptState.CAPTURED,
        created_at=stand.clock.now(),
        facts={fact.key: fact},
        unsettled=True,
        due=None,
    )
    commit([payments.insert(made), orders.update(order.changed(payments=(*order.payments, made.id)))])
    settle(order.number)
    stand.cloud.settle()


def test_refusals_of_an_ended_session_change_nothing(stand: Stand) -> None:
    candidate = stand.registered()
    stand.wait(timedelta(days=2))
    for act in ("/withdraw", "/appeal"):
        assert ask(stand, candidate, act, {"text": "x"} if act == "/appeal" else None).status in (401, 403)
    assert row(candidate).status == "registered"
    assert sum(entry.name == "ApplicationWithdrawn" for entry in outbox.everything()) == 0
    with pytest.raises(Refused):
        withdrawing.withdraw("CAN-somebody-else", candidate.reference)
