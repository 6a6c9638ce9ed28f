"""Refunds where it is narrow: very many at once, a dispute meanwhile, money of nobody, a registration that comes back."""

import json
from datetime import timedelta

import pytest

from certification.acts import payments as paying
from certification.acts import settling
from certification.acts.inbox_entries import receive
from certification.acts.providers import payment_provider
from certification.cloud import transaction
from certification.cloud.tables.cases import cases
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import refunds
from certification.providers import ports
from certification.rules.facts import MOST_FACTS, Fact, FactKind, fact_of
from certification.rules.money import usd
from certification.rules.payments import Method
from local.candidate import ApiCandidate
from tests.journeys.stages import Stages
from tests.journeys.town import START, Town
from tests.statemachines.test_payment import FEE, PAID, books, deliver_everything, kinds, other_cases
from tests.statemachines.test_refund import BACK, KEPT, card, the_refund, withdraw

DUPLICATES = 60


def disputed(town: Town, candidate: ApiCandidate) -> str:
    """The payer's bank disputes the payment, and the candidate withdraws meanwhile. Gives the dispute."""
    (payment,) = card(town, "status")["payments"]
    card(town, "dispute", payment=payment["id"])
    town.settle()
    assert books() == {"candidate USD": -FEE, "cost USD": FEE}
    assert candidate.awake().call("GET", f"/api/candidate/applications/{candidate.reference}/order")["bank_holds"]
    withdraw(town, candidate)
    assert (candidate.awake().status(), list(refunds.everything())) == ("withdrawn", [])
    assert kinds(town) == ["dispute"]
    (order,) = candidate.call("GET", "/api/candidate/payments")["orders"]
    assert (order["waiting"]["money"]["amount"], order["waiting"]["kept"]["amount"]) == (BACK, KEPT)
    (dispute,) = card(town, "status")["disputes"]
    return str(dispute["id"])


@pytest.mark.rule("REF-01", "REF-04")
@pytest.mark.scenario(60)
def test_who_withdraws_during_a_dispute_gets_what_the_rule_said_that_day_once_the_bank_lets_go(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("registered")
    dispute = disputed(town, candidate)
    assert other_cases(town)[0].decision is None  # the desk still sends its evidence
    capture = next(key for key in the_payment().facts if key.startswith("CAP#"))
    wanted = {"capture": capture, "amount": "1.00", "reason": "Again"}
    path = f"/api/staff/payments/{the_payment().id}/refunds"
    assert town.reviewer.awake().call("POST", path, wanted, expect=422)["code"] == "payment_disputed"
    town.skip(START + timedelta(days=9))  # a withdrawal of today would get nothing
    assert list(refunds.everything()) == []
    card(town, "dispute_won", dispute=dispute)
    town.settle()
    assert (the_refund().state, the_refund().money.amount, the_refund().kept) == ("succeeded", BACK, KEPT)
    assert {name: amount for name, amount in books().items() if name not in ("psp USD", "cost USD")} == {
        "fee USD": -KEPT  # psp and cost move with the provider's own daily bill
    }
    assert [case.decision.outcome for case in other_cases(town)] == ["won"]
    (order,) = candidate.awake().call("GET", "/api/candidate/payments")["orders"]
    assert order["waiting"] is None
    assert ("RefundArrived", "email") in town.letters(candidate)
    deliver_everything(town)
    assert len(list(refunds.everything())) == 1


@pytest.mark.scenario(60)
def test_what_the_bank_keeps_is_not_owed_again_and_the_candidate_is_told_once(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    dispute = disputed(town, candidate)
    card(town, "dispute_lost", dispute=dispute)
    town.settle()
    deliver_everything(town)
    assert list(refunds.everything()) == []
    assert books() == {"candidate USD": -FEE, "cost USD": FEE}
    assert town.letters(candidate).count(("PaymentTakenBack", "email")) == 1
    (order,) = candidate.awake().call("GET", "/api/candidate/payments")["orders"]
    assert order["waiting"]["taken_back_at"] is not None


def the_payment() -> Payment:
    (found,) = [one for one in payments.everything() if one.facts]
    return found


@pytest.mark.scenario(98)
@pytest.mark.usefixtures("town")
def test_two_hundred_facts_in_one_message_are_followed_in_portions_that_a_transaction_holds(
    stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = stages.at("registered")
    paid = the_payment()
    (capture,) = paid.facts.values()
    after = capture.at + timedelta(seconds=1)
    facts: list[Fact] = [
        fact_of(FactKind.CAPTURED, f"pi_again_{number}", usd(FEE), after, "card:query") for number in range(DUPLICATES)
    ]
    for number in range(MOST_FACTS - 1 - DUPLICATES):
        done = fact_of(FactKind.REFUND_DONE, f"re_{number}", usd(1), after, "card:query", capture=capture.key)
        facts.append(done)
    reference = paying.reference_of(paid)
    state = ports.CheckoutState(
        id=paid.checkout or "", reference=reference, url=None, expires_at=after, state=paid.state, facts=tuple(facts)
    )
    receive("card", "query#everything", json.dumps({"queried": state.model_dump(mode="json")}))
    monkeypatch.setattr(transaction, "MOST_WRITES", 80)
    assert paying.apply("card#query#everything")["order"] == paid.order
    assert len(payments.read(paid.id).model_dump_json()) < 200_000  # of the 400 kB that a row may have

    assert settling._portion(paid.order or "") == ("nothing", False)  # killed after the first
    waiting = payments.read(paid.id)
    assert waiting.unsettled
    assert waiting.due is not None
    assert 0 < len(list(refunds.everything())) < DUPLICATES
    settling.settle(paid.order or "")
    assert not payments.read(paid.id).unsettled
    kinds = [str(refund.kind) for refund in refunds.everything()]
    assert (kinds.count("duplicate"), kinds.count("external"), len(kinds)) == (DUPLICATES, 139, 199)
    assert sum(case.kind == "external_refund" for case in cases.everything()) == 139
    version = payments.read(paid.id).version
    settling.settle(paid.order or "")
    assert payments.read(paid.id).version == version
    assert candidate.awake().status() == "registered"


def test_a_transaction_that_is_too_large_is_refused_and_says_what_is_in_it(stages: Stages) -> None:
    stages.at("registered")
    with pytest.raises(ValueError, match=r"a transaction of 101 writes, 100 at most: \{'Payments': 101\}"):
        transaction.commit([payments.unchanged(the_payment())] * 101)


def stranger_pays(town: Town, candidate: ApiCandidate, method: Method) -> str:
    """Somebody pays at our provider for an order that we never made. Gives the case."""
    lines = [ports.OrderLine(name="Elsewhere", money=usd(FEE))]
    asked = ports.Attempt(order="ORD-26-9999999999", attempt="PAY-0123456789ab", method=method)
    until, away = town.clock.now() + timedelta(hours=1), "https://elsewhere.example.org"
    page = payment_provider(method).create_checkout(asked, lines, away, away, until).url
    if method == "card":
        candidate.awake().pay_at(page)
    else:
        town.cloud.simulators["wechatpay"].control("pay", {"order": page.rpartition("/")[2]})
    town.settle()
    town.skip(START + timedelta(minutes=20))  # it names an attempt as ours do: its row may only be late
    (case,) = other_cases(town)
    assert (case.kind, books()) == ("unmatched_credit", {"psp USD": FEE, "unapplied USD": -FEE})
    return str(case.id)


@pytest.mark.scenario(32)
@pytest.mark.rule("PAY-02")
def test_two_people_place_money_that_a_provider_took_for_an_order_we_do_not_know(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    case = stranger_pays(town, candidate, "card")
    reviewer, second = town.reviewer.awake(), town.second.awake()
    headers = {"cookie": f"__Host-session={reviewer.session}"}
    page = town.cloud.request("GET", f"/en/staff/cases/{case}", headers).body.decode()
    assert all(words in page for words in ("ORD-26-9999999999.PAY-0123456789ab", "pi_", "Send it back"))
    nowhere = {"verdict": "approve", "reasons": [], "note": "for somebody"}
    reviewer.call("POST", f"/api/staff/cases/{case}/decision", nowhere, expect=422)
    reviewer.decide(case, "approve", note=f"By phone: {candidate.reference}")
    town.settle()
    assert candidate.awake().status() == "awaiting_payment"
    second.second(case)
    town.settle()
    assert (candidate.awake().status(), books()) == ("registered", PAID)


@pytest.mark.scenario(32)
@pytest.mark.rule("REF-04")
@pytest.mark.parametrize("method", ["card", "wechat_pay"])
def test_two_people_send_money_of_nobody_back_the_way_it_came(town: Town, stages: Stages, method: Method) -> None:
    case = stranger_pays(town, stages.at("to_pay"), method)
    reviewer = town.reviewer.awake()
    reviewer.call(
        "POST", f"/api/staff/cases/{case}/decision", {"verdict": "return", "reasons": [], "note": " "}, expect=422
    )
    reviewer.decide(case, "return", note="Paid for another organiser.")
    town.settle()
    assert list(refunds.everything()) == []
    town.second.awake().second(case)
    town.wait(timedelta(minutes=5))
    assert (the_refund().state, the_refund().order, books()) == ("succeeded", None, {})
