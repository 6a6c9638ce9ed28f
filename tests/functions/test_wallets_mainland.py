"""Guangdong pays online, in yuan: the mainland products of both wallets, and refunds made in the wallets' own pages."""

import base64
from collections.abc import Iterator
from copy import copy
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from certification.cloud.tables.ledger import ledger
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import refunds
from certification.rules.facts import FactKind, fold
from certification.rules.ledger import balances
from local.candidate import ApiCandidate
from tests.functions import committing
from tests.functions.stand import Saved, Stand, stand_on
from tests.functions.wallet_samples import FORMS, alipay

SIMULATOR = {"alipay": "alipay", "wechat_pay": "wechatpay"}
each_wallet = pytest.mark.parametrize("method", SIMULATOR)


@pytest.fixture(scope="module")
def _paying() -> Iterator[tuple[Stand, ApiCandidate, Saved]]:
    with stand_on() as made:
        committing.publish(made)
        candidate = committing.People(made).signed()
        yield made, candidate, made.save()


@pytest.fixture
def stand(_paying: tuple[Stand, ApiCandidate, Saved]) -> Stand:
    made, _, saved = _paying
    made.restore(saved)
    return made


@pytest.fixture
def candidate(stand: Stand, _paying: tuple[Stand, ApiCandidate, Saved]) -> ApiCandidate:
    """As they were when they were asked to pay, their session too."""
    assert stand is _paying[0]
    return copy(_paying[1])


def control(stand: Stand, method: str, action: str, **form: str) -> Any:
    return stand.cloud.simulators[SIMULATOR[method]].control(action, form)


def begun(candidate: ApiCandidate, method: str) -> str:
    path = f"/api/candidate/applications/{candidate.reference}"
    return str(candidate.call("POST", f"{path}/payment?method={method}", {})["url"])


def paid(stand: Stand, candidate: ApiCandidate, method: str) -> str:
    """Begin, open, pay; the wallet's number of the order."""
    address = begun(candidate, method)
    if method == "alipay":
        parts = urlsplit(address)
        stand.cloud.request("GET", f"{parts.path}?{parts.query}", {}, b"")
    (order,) = control(stand, method, "status")["orders"]
    control(stand, method, "pay", order=order["number"])
    stand.cloud.settle()
    return str(order["number"])


def payment() -> Payment:
    (found,) = payments.everything()
    return found


def books() -> dict[str, int]:
    found: dict[str, int] = {}
    for (account, currency), amount in balances(entry.entry for entry in ledger.everything()).items():
        name = f"{account.partition(':')[0]} {currency}"
        found[name] = found.get(name, 0) + amount
    return {name: amount for name, amount in found.items() if amount}


@pytest.mark.rule("PAY-04")
def test_payment_is_online_only_and_online_is_the_ways_that_the_policy_names(candidate: ApiCandidate) -> None:
    order = candidate.order()
    assert [way["code"] for way in order["ways"]] == ["card", "alipay", "wechat_pay"]
    assert order["total"]["currency"] == "CNY"
    assert order["exchange"] is None  # it is the payer's own currency
    path = f"/api/candidate/applications/{candidate.reference}/transfer"
    candidate.call("POST", path, {}, expect=422)


@pytest.mark.rule("PAY-03", "PAY-04")
@each_wallet
def test_who_pays_in_yuan_is_registered(stand: Stand, candidate: ApiCandidate, method: str) -> None:
    owed = candidate.order()["total"]["amount"]
    paid(stand, candidate, method)
    assert candidate.status() == "registered"
    assert books() == {"psp CNY": owed, "candidate CNY": -owed}
    assert payment().quote is None


def test_alipays_page_is_signed_for_the_order_and_ends_within_half_an_hour(candidate: ApiCandidate) -> None:
    query = parse_qs(urlsplit(begun(candidate, "alipay")).query)
    assert (query["method"], query["sign_type"]) == (["alipay.trade.page.pay"], ["RSA2"])
    assert query["notify_url"][0].endswith("/webhooks/alipay")
    ends = payment().expires_at
    assert ends is not None
    assert ends - payment().created_at == timedelta(minutes=30)


def returned_in_the_pages(stand: Stand, method: str, order: str, *cents: int, late: bool = False) -> None:
    """The merchant's staff refunds in the wallet's own pages; with `late` the notices come last first."""
    control(stand, method, "switch", name="drop", on="true" if late else "false")
    for amount in cents:
        control(stand, method, "refund", order=order, cents=str(amount))
        if not late:
            stand.cloud.settle()
    if late:
        told = [one["id"] for one in control(stand, method, "status")["notices"] if one["kind"] == "refund"]
        for notice in reversed(told):
            control(stand, method, "deliver", notice=notice)
            stand.cloud.settle()


@pytest.mark.scenario(49)
@pytest.mark.scenario(59)
@each_wallet
def test_a_part_refunded_in_the_wallets_own_pages_is_one_refund_and_no_second_payment(
    stand: Stand, candidate: ApiCandidate, method: str
) -> None:
    order = paid(stand, candidate, method)
    returned_in_the_pages(stand, method, order, 1000)
    for notice in control(stand, method, "status")["notices"]:
        control(stand, method, "deliver", notice=notice["id"])
    stand.cloud.settle()
    sums = fold(payment().facts)
    assert (sums.captured, sums.refunded) == (candidate.order()["total"]["amount"], 1000)
    (back,) = refunds.everything()
    assert (back.state, back.money.amount) == ("external", 1000)


@pytest.mark.scenario(50)
@pytest.mark.scenario(88)
@pytest.mark.parametrize("late", [False, True])
@each_wallet
def test_three_parts_told_in_either_order_are_refunds_of_their_own_amounts_and_together_the_whole(
    stand: Stand, candidate: ApiCandidate, method: str, late: bool
) -> None:
    order = paid(stand, candidate, method)
    whole = candidate.order()["total"]["amount"]
    parts = (1000, 2501, whole - 3501)
    returned_in_the_pages(stand, method, order, *parts, late=late)
    told = [fact.money.amount for fact in payment().facts.values() if fact.kind is FactKind.REFUND_DONE]
    assert sorted(told) == sorted(parts)
    assert (fold(payment().facts).refunded, books()) == (whole, {})


@pytest.mark.scenario(38)
@pytest.mark.scenario(52)
def test_finished_after_months_and_replayed_after_a_year_changes_nothing(stand: Stand, candidate: ApiCandidate) -> None:
    number = paid(stand, candidate, "alipay")
    before, kept = payment(), books()
    (capture,) = before.facts.values()
    (notice,) = control(stand, "alipay", "status")["notices"]
    finished = {
        **FORMS["alipay_finished"],
        "out_trade_no": number,
        "trade_no": capture.reference,
        "total_amount": f"{capture.money.amount / 100:.2f}",
    }
    stand.cloud.pump.paused.add(stand.cloud.schedules.name)  # a year of jobs is no part of this story
    stand.wait(timedelta(days=91))
    event = alipay(finished)
    body = base64.b64decode(event["body"])
    assert stand.cloud.request("POST", "/webhooks/alipay", event["headers"], body).status == 200
    stand.cloud.settle()
    assert [fact.about for fact in payment().facts.values()] == [capture.about]
    stand.wait(timedelta(days=274))
    control(stand, "alipay", "deliver", notice=notice["id"])
    stand.cloud.settle()
    assert (payment().state, payment().entries, books()) == (before.state, before.entries, kept)
    stand.cloud.pump.paused.discard(stand.cloud.schedules.name)
    assert fold(payment().facts) == fold(before.facts)


@pytest.mark.scenario(51)
def test_a_trade_that_went_back_whole_was_paid_and_one_that_nobody_paid_was_not(
    stand: Stand, candidate: ApiCandidate
) -> None:
    order = paid(stand, candidate, "alipay")
    whole = candidate.order()["total"]["amount"]
    returned_in_the_pages(stand, "alipay", order, whole)
    assert control(stand, "alipay", "status")["notices"][-1]["kind"] == "refund"
    sums = fold(payment().facts)
    assert (payment().state, sums.captured, sums.refunded) == ("captured", whole, whole)


def test_a_page_that_was_opened_and_left_is_told_as_closed_and_another_may_be_begun(
    stand: Stand, candidate: ApiCandidate
) -> None:
    address = begun(candidate, "alipay")
    parts = urlsplit(address)
    stand.cloud.request("GET", f"{parts.path}?{parts.query}", {}, b"")
    stand.cloud.advance(timedelta(minutes=31))
    stand.cloud.settle()
    assert payment().state == "closed"
    candidate.sign_in()
    assert begun(candidate, "alipay") != address


@pytest.mark.scenario(53)
@each_wallet
def test_a_refund_told_before_its_payment_is_right_as_soon_as_both_are_known(
    stand: Stand, candidate: ApiCandidate, method: str
) -> None:
    control(stand, method, "switch", name="drop")
    order = paid(stand, candidate, method)
    control(stand, method, "refund", order=order, cents="1000")
    told = {one["kind"]: one["id"] for one in control(stand, method, "status")["notices"]}
    for kind in ("refund", "paid"):
        control(stand, method, "deliver", notice=told[kind])
        stand.cloud.settle()
    sums = fold(payment().facts)
    assert (sums.captured, sums.refunded) == (candidate.order()["total"]["amount"], 1000)
    assert not any(anomaly.startswith("negative") for anomaly in sums.anomalies)


@pytest.mark.rule("COM-08")
@each_wallet
def test_a_commitment_is_taken_back_only_when_no_page_of_a_wallet_can_take_money(
    stand: Stand, candidate: ApiCandidate, method: str
) -> None:
    begun(candidate, method)
    stand.wait(timedelta(minutes=11))
    if method == "alipay":  # nobody opened it, so Alipay cannot close it
        refused = candidate.withdraw_commitment(expect=422)
        assert refused["code"] == "payment_page_open"
        stand.wait(timedelta(minutes=20))
    assert candidate.withdraw_commitment()["status"] == "awaiting_proofs"
    assert payment().state == "closed"
    (order,) = control(stand, method, "status")["orders"] or [{"status": "closed"}]
    assert order["status"] == "closed"
