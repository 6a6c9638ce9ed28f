"""Wallets: whatever Alipay and WeChat Pay tell, when and how often, the books stay right and nothing is paid twice."""

import base64
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from certification.acts import wallets
from certification.cloud.settings import settings
from certification.cloud.tables.orders import orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import refunds
from certification.rules.facts import FactKind
from local.candidate import ApiCandidate
from tests.functions.wallet_samples import FORMS, PAID, alipay
from tests.journeys.stages import Stages
from tests.journeys.town import Town
from tests.statemachines.test_payment import FEE, books, going_back, kinds, misbehave, the_order
from tests.statemachines.test_payment import PAID as BOOKED

WALLETS = {"alipay": "alipay", "wechat_pay": "wechatpay"}
each_wallet = pytest.mark.parametrize("method", WALLETS)


def control(town: Town, method: str, action: str, **form: str) -> Any:
    return town.cloud.simulators[WALLETS[method]].control(action, form)


def switch(town: Town, method: str, *names: str) -> None:
    control(town, method, "clear")
    for name in names:
        control(town, method, "switch", name=name)


def begin(candidate: ApiCandidate, method: str) -> str:
    """The address where the candidate is led."""
    path = f"/api/candidate/applications/{candidate.reference}"
    return str(candidate.awake().call("POST", f"{path}/payment?method={method}", {})["url"])


def scanned(town: Town, candidate: ApiCandidate, method: str) -> str:
    """Begin, and open what is behind the page or the code; the wallet's number of the order."""
    address = begin(candidate, method)
    if method == "wechat_pay":
        path = f"/api/candidate/applications/{candidate.reference}"
        address = str(candidate.call("GET", f"{path}/payment/code")["text"])
    else:
        parts = urlsplit(address)
        answer = town.cloud.request("GET", f"{parts.path}?{parts.query}", {}, b"")
        address = dict(answer.headers)["location"]
    return address.rpartition("/")[2]


def pay(town: Town, candidate: ApiCandidate, method: str) -> str:
    number = scanned(town, candidate, method)
    control(town, method, "pay", order=number)
    town.settle()
    return number


def attempt(method: str) -> Payment:
    (found,) = [payment for payment in payments.everything() if payment.method == method]
    return found


def captured(payment: Payment) -> int:
    return sum(fact.money.amount for fact in payment.facts.values() if fact.kind is FactKind.CAPTURED)


@pytest.mark.rule("PAY-03")
@each_wallet
def test_who_pays_with_a_wallet_is_registered_and_owes_the_price_whatever_the_rate(
    town: Town, stages: Stages, method: str
) -> None:
    candidate = stages.at("to_pay")
    shown = candidate.order()["exchange"]
    assert (shown["price"], shown["about"]["currency"]) == ({"amount": FEE, "currency": "USD"}, "CNY")
    assert (shown["source"], shown["simulated"], shown["kind"]) == ("ecb", True, "indicative")
    assert shown["expires_at"] > shown["quoted_at"] > shown["day"]
    pay(town, candidate, method)
    assert (candidate.status(), books(), kinds(town)) == ("registered", BOOKED, [])
    paid = attempt(method)
    assert paid.quote is not None
    assert paid.quote.about.amount == shown["about"]["amount"]
    (fact,) = paid.facts.values()
    assert fact.references["payer_total"]  # what the wallet really took, for the record


@pytest.mark.scenario(2)
@pytest.mark.scenario(37)
@each_wallet
def test_notices_twice_a_query_and_a_replay_are_one_payment(town: Town, stages: Stages, method: str) -> None:
    candidate = stages.at("to_pay")
    switch(town, method, "notice_twice", "forged")
    pay(town, candidate, method)
    candidate.awake().call("POST", f"/api/candidate/applications/{candidate.reference}/payment/check", {})
    for notice in control(town, method, "status")["notices"]:
        control(town, method, "deliver", notice=notice["id"])
    town.settle()
    assert (candidate.status(), books(), going_back(), kinds(town)) == ("registered", BOOKED, [], [])


@pytest.mark.rule("PAY-05", "PAY-07")
@each_wallet
def test_money_that_was_taken_in_silence_is_found_by_the_candidates_own_query(
    town: Town, stages: Stages, method: str
) -> None:
    candidate = stages.at("to_pay")
    switch(town, method, "drop")
    pay(town, candidate, method)
    assert candidate.awake().status() == "awaiting_payment"
    path = f"/api/candidate/applications/{candidate.reference}"
    assert candidate.call("POST", f"{path}/payment/check", {})["found"] is True
    town.settle()
    assert (candidate.status(), books()) == ("registered", BOOKED)


@pytest.mark.rule("PAY-05")
@each_wallet
def test_money_that_was_taken_in_silence_is_found_by_the_jobs_within_a_day(
    town: Town, stages: Stages, method: str
) -> None:
    candidate = stages.at("to_pay")
    switch(town, method, "drop")
    pay(town, candidate, method)
    town.skip(town.clock.now() + timedelta(hours=24))
    assert (candidate.awake().status(), books()) == ("registered", BOOKED)


@each_wallet
def test_money_that_the_wallet_took_an_hour_after_its_code_had_ended_still_counts_in_time(
    town: Town, stages: Stages, method: str
) -> None:
    candidate = stages.at("to_pay")
    switch(town, method, "late")
    pay(town, candidate, method)
    with town.without_jobs():
        town.cloud.advance(timedelta(hours=2))
    assert (candidate.awake().status(), books()) == ("registered", BOOKED)


@pytest.mark.scenario(18)
@each_wallet
def test_money_that_a_wallet_took_after_the_due_time_goes_back_once_the_wallet_was_asked_when(
    town: Town, stages: Stages, method: str
) -> None:
    candidate = stages.at("to_pay")
    due = the_order(candidate).pay_by
    town.skip(due - timedelta(minutes=20))
    switch(town, method, "late")
    pay(town, candidate, method)
    town.wait(timedelta(hours=2))
    assert [(finding, cents) for finding, cents, _ in going_back()] == [("late", FEE)]
    assert candidate.awake().status() == "awaiting_payment"


@each_wallet
def test_one_open_page_per_order_and_way_and_a_new_one_when_it_has_ended(
    town: Town, stages: Stages, method: str
) -> None:
    candidate = stages.at("to_pay")
    first, again = scanned(town, candidate, method), scanned(town, candidate, method)
    assert first == again
    with town.without_jobs():
        town.cloud.advance(timedelta(minutes=31))
    second = scanned(town, candidate, method)
    assert second != first
    control(town, method, "pay", order=second)
    town.settle()
    assert (candidate.awake().status(), books()) == ("registered", BOOKED)


@pytest.mark.scenario(24)
@each_wallet
def test_two_ways_paid_for_one_order_the_first_by_the_providers_time_counts_and_the_other_goes_back(
    town: Town, stages: Stages, method: str
) -> None:
    """The wallet was first, and its notice comes a day after the card's."""
    candidate = stages.at("to_pay")
    switch(town, method, "delay_24_hours")
    pay(town, candidate, method)
    with town.without_jobs():
        town.cloud.advance(timedelta(minutes=5))
        candidate.awake().pay()
        town.settle()
        assert candidate.awake().status() == "registered"
        town.cloud.advance(timedelta(hours=24))
        town.settle()
    order = orders.read(candidate.awake().order()["number"])
    by_method = {payment.method: payment for payment in map(payments.read, order.payments)}
    (back,) = refunds.everything()
    assert (back.kind, back.money.amount) == ("duplicate", FEE)
    assert (captured(by_method["card"]), captured(by_method[method])) == (FEE, FEE)  # type: ignore[index]
    # The card was heard of first and the wallet was first: what counts is when, not when we heard of it.
    assert back.payment == by_method["card"].id


@pytest.mark.scenario(30)
@each_wallet
def test_a_coupon_settles_the_order_because_the_orders_total_counts(town: Town, stages: Stages, method: str) -> None:
    candidate = stages.at("to_pay")
    switch(town, method, "coupon")
    pay(town, candidate, method)
    assert (candidate.status(), books(), kinds(town)) == ("registered", BOOKED, [])


@each_wallet
def test_a_cent_less_does_not_register(town: Town, stages: Stages, method: str) -> None:
    candidate = stages.at("to_pay")
    switch(town, method, "wrong_amount")
    pay(town, candidate, method)
    assert candidate.status() == "awaiting_payment"
    assert sum(books().values()) == 0
    assert captured(attempt(method)) == FEE - 1


@pytest.mark.scenario(90)
@each_wallet
def test_a_sale_never_waits_for_a_rate(town: Town, stages: Stages, method: str) -> None:
    candidate = stages.at("to_pay")
    for name in ("down", "stale", "wrong"):
        town.cloud.simulators["rates"].control("clear", {})
        town.cloud.simulators["rates"].control("switch", {"name": name})
        assert candidate.awake().order()["exchange"] is None, name
        with town.without_jobs():
            town.cloud.advance(timedelta(hours=1))
    pay(town, candidate, method)
    assert (candidate.awake().status(), books()) == ("registered", BOOKED)
    assert attempt(method).quote is None


@pytest.mark.scenario(90)
def test_the_last_good_rate_is_shown_with_its_day_until_it_is_too_old(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    first = candidate.order()["exchange"]
    town.cloud.simulators["rates"].control("switch", {"name": "wrong"})
    for days, shown in ((4, True), (5, False)):
        with town.without_jobs():
            town.cloud.advance(to=town.clock.now() + timedelta(days=4 if shown else 1))
        now = candidate.awake().order()["exchange"]
        assert (now is not None) is shown, days
        if now:
            assert (now["rate"], now["day"]) == (first["rate"], first["day"])


@pytest.mark.scenario(89)
@each_wallet
def test_a_quote_that_ended_between_page_and_payment_changes_nothing_that_is_owed(
    town: Town, stages: Stages, method: str
) -> None:
    candidate = stages.at("to_pay")
    begin(candidate, method)
    before = attempt(method).quote
    with town.without_jobs():
        town.cloud.advance(timedelta(minutes=10))
        number = scanned(town, candidate, method)
        town.cloud.advance(timedelta(minutes=10))
        control(town, method, "pay", order=number)
        town.settle()
    assert before is not None
    assert not before.stands(town.clock.now())
    assert (candidate.awake().status(), books(), attempt(method).quote) == ("registered", BOOKED, before)


@pytest.mark.rule("REF-04")
@each_wallet
def test_who_withdraws_gets_it_back_in_dollars_by_the_same_wallet(town: Town, stages: Stages, method: str) -> None:
    candidate = stages.at("to_pay")
    pay(town, candidate, method)
    candidate.awake().withdraw()
    town.settle()
    with town.without_jobs():
        town.cloud.advance(timedelta(minutes=5))
        town.settle()
    (refund,) = refunds.everything()
    assert (refund.state, refund.money.currency, refund.money.amount) == ("succeeded", "USD", FEE * 8 // 10)
    (sent,) = control(town, method, "status")["refunds"]
    assert (sent["number"], sent["cents"], sent["state"]) == (refund.id, FEE * 8 // 10, "success")
    assert books() == {"psp USD": FEE * 2 // 10, "fee USD": -FEE * 2 // 10}
    assert kinds(town) == []
    (line,) = candidate.awake().call("GET", "/api/candidate/payments")["orders"][0]["refunds"]
    given = {"amount": 76_599, "currency": "CNY"} if method == "wechat_pay" else None  # who says what it gave
    assert (line["money"], line["given"]) == ({"amount": FEE * 8 // 10, "currency": "USD"}, given)


@pytest.mark.scenario(65)
@each_wallet
def test_too_little_money_at_the_wallet_for_three_days_is_waited_out_under_the_same_number(
    town: Town, stages: Stages, method: str
) -> None:
    candidate = stages.at("to_pay")
    pay(town, candidate, method)
    switch(town, method, "not_enough")
    candidate.awake().withdraw()
    town.settle()
    for _ in range(3):
        town.skip(town.clock.now() + timedelta(days=1))
    (refund,) = refunds.everything()
    assert (refund.state, refund.tries > 1) == ("submitted", True)
    switch(town, method)
    for _ in range(2):
        town.skip(town.clock.now() + timedelta(days=1))
    (refund,) = refunds.everything()
    assert refund.state == "succeeded"
    assert [one["number"] for one in control(town, method, "status")["refunds"]] == [refund.id]
    assert "money_to_return" not in kinds(town)


@pytest.mark.scenario(66)
def test_an_abnormal_refund_is_shown_to_a_person_and_ends_when_it_was_repaired_in_the_portal(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("to_pay")
    pay(town, candidate, "wechat_pay")
    switch(town, "wechat_pay", "abnormal")
    candidate.awake().withdraw()
    town.settle()
    with town.without_jobs():
        town.cloud.advance(timedelta(minutes=5))
        town.settle()
    (refund,) = refunds.everything()
    assert refund.state == "manual"
    assert kinds(town) == ["money_to_return"]
    control(town, "wechat_pay", "repair", refund=refund.id)
    town.settle()
    assert next(refunds.everything()).state == "succeeded"
    assert [case.decision.outcome for case in town.cases() if case.kind == "money_to_return"] == ["done"]


@pytest.mark.scenario(32)
def test_money_for_a_number_that_nobody_knows_is_held_and_shown(town: Town, stages: Stages) -> None:
    stages.at("to_pay")
    event = alipay({**PAID, "out_trade_no": "SHOP_1"})
    answer = town.cloud.request("POST", event["rawPath"], event["headers"], _raw(event))
    town.settle()
    assert answer.body == b"success"
    assert kinds(town) == ["unmatched_credit"]
    assert books() == {"psp CNY": 85_200, "unapplied CNY": -85_200}


@pytest.mark.scenario(38)
def test_a_form_of_the_international_product_alone_moves_nothing(town: Town, stages: Stages) -> None:
    """It names nobody it is for, and anybody whom Alipay pays can have such a form."""
    candidate = stages.at("to_pay")
    number = scanned(town, candidate, "alipay")
    form = {**FORMS["alipay_international"], "out_trade_no": number}
    event = alipay(form)
    assert town.cloud.request("POST", event["rawPath"], event["headers"], _raw(event)).body == b"success"
    town.settle()
    assert (candidate.awake().status(), books()) == ("awaiting_payment", {})


@pytest.mark.rule("PAY-03")
@pytest.mark.usefixtures("town")
def test_the_ways_to_pay_are_those_of_the_policy_and_each_leads_to_its_page(stages: Stages) -> None:
    candidate = stages.at("to_pay")
    order = candidate.awake().order()
    assert [way["code"] for way in order["ways"]] == ["card", "bank_transfer", "alipay", "wechat_pay"]
    address = begin(candidate, "wechat_pay")
    assert re.fullmatch(rf".*/en/apply/{candidate.reference}/pay/code", urlsplit(address).path)
    again = begin(candidate, "alipay")
    query = parse_qs(urlsplit(again).query)
    assert (query["service"], query["currency"], query["total_fee"]) == (["create_forex_trade"], ["USD"], ["135.00"])


def _raw(event: dict[str, Any]) -> bytes:
    return base64.b64decode(event["body"])


def test_through_the_card_provider_a_wallet_needs_no_contract_of_its_own(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wallets, "settings", wallets_through_the_card)
    candidate = stages.at("to_pay")
    misbehave(town)
    begin(candidate, "alipay")
    (session,) = town.cloud.simulators["card"].control("status", {})["sessions"]
    town.cloud.simulators["card"].control("pay", {"session": session["id"]})
    town.settle()
    paid = attempt("alipay")
    assert (candidate.awake().status(), paid.via, paid.provider) == ("registered", "card", "card")
    assert books() == BOOKED


def wallets_through_the_card() -> Any:
    return settings().model_copy(update={"wallets_via": "stripe"})
