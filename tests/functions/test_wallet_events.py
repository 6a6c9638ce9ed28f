"""What the wallets' words mean: facts, reports, and what must be asked before it counts."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from certification.providers import alipay_events, wechat_events
from certification.providers.alipay_webhook import verify as verify_alipay
from certification.providers.events import ProviderEvent, UnreadableEvent
from certification.providers.wallet_numbers import apart, checkout_id, currency_of, number_of, reference_of
from certification.providers.wechat_webhook import verify as verify_wechat
from certification.rules.facts import Facts, add_fact, fold
from certification.rules.money import Money, usd
from certification.rules.payments import AttemptState as A
from tests.functions.wallet_samples import (
    ABROAD,
    ALIPAY,
    FORMS,
    NOTICES,
    NOW,
    NUMBER,
    ORDER,
    PAID,
    PAYMENT,
    REFERENCE,
    REFUND,
    TRADE,
    UNPAID,
    WECHAT,
    alipay,
    wechat,
)

PAID_AT = datetime(2026, 11, 22, 12, 19, 58, tzinfo=UTC)
YUAN = Money(amount=852_00, currency="CNY")


def of_alipay(fields: dict[str, str]) -> ProviderEvent:
    return alipay_events.read(verify_alipay(alipay(fields), ALIPAY).fields)


def of_wechat(kind: str, resource: dict[str, Any]) -> ProviderEvent:
    verified = verify_wechat(wechat(kind, resource), WECHAT, NOW)
    return wechat_events.read({**verified.envelope, "resource": verified.resource})


def test_a_paid_trade_is_a_capture_at_the_time_of_payment() -> None:
    event = of_alipay(PAID)
    assert (event.provider, event.reference, event.payment, event.state) == ("alipay", REFERENCE, TRADE, A.CAPTURED)
    (fact,) = event.facts
    assert (fact.key, fact.money, fact.at) == (f"CAP#{TRADE}", YUAN, PAID_AT)
    assert not event.asks


@pytest.mark.scenario(49)
def test_paid_with_a_refund_is_no_second_capture_and_the_refund_is_asked_for() -> None:
    event = of_alipay(FORMS["alipay_part_refund"])
    assert (event.facts, event.state, event.asks_about_refund) == ((), None, "RFD-1")
    assert not event.says_nothing


@pytest.mark.scenario(50)
def test_the_sum_of_refunds_so_far_is_never_taken_for_one_refund() -> None:
    for refund_fee in ("100.00", "300.00"):
        event = of_alipay({**FORMS["alipay_part_refund"], "refund_fee": refund_fee})
        assert event.facts == ()
        assert event.refund is None


@pytest.mark.scenario(51)
def test_closed_because_nobody_paid_and_closed_because_all_went_back_are_told_apart() -> None:
    nobody, everything = of_alipay(FORMS["alipay_timeout"]), of_alipay(FORMS["alipay_full_refund"])
    assert (nobody.state, nobody.facts, nobody.asks) == (A.CLOSED, (), False)
    assert (everything.state, everything.asks_about_refund) == (None, "RFD-1")


@pytest.mark.scenario(52)
@pytest.mark.scenario(38)
def test_finished_months_later_or_replayed_after_a_year_is_the_same_fact() -> None:
    first, finished = of_alipay(PAID), of_alipay({**FORMS["alipay_finished"], "notify_time": "2027-11-22 20:20:00"})
    facts = add_fact({}, first.facts[0])
    assert add_fact(facts, finished.facts[0]) == facts
    assert finished.state is A.CAPTURED


def test_a_trade_that_waits_says_that_it_waits() -> None:
    event = of_alipay({**UNPAID, "trade_status": "WAIT_BUYER_PAY"})
    assert (event.state, event.facts) == (A.PENDING, ())


def test_a_status_that_nobody_told_us_of_says_nothing() -> None:
    assert of_alipay({**PAID, "trade_status": "TRADE_FROZEN"}).says_nothing


def test_a_coupon_does_not_make_less_of_what_we_are_owed() -> None:
    (fact,) = of_alipay({**PAID, "buyer_pay_amount": "800.00", "receipt_amount": "852.00"}).facts
    assert fact.money == YUAN
    assert fact.references["payer_total"] == "800.00"


def test_the_international_form_proves_nothing_and_the_trade_is_asked_for() -> None:
    event = of_alipay(FORMS["alipay_international"])
    assert (event.facts, event.state, event.asks_about_payment) == ((), None, True)
    assert event.reference == REFERENCE
    refund = {name: FORMS["alipay_international"][name] for name in ("notify_id", "notify_time", "out_trade_no")}
    assert of_alipay({**refund, "out_return_no": "RFD-7"}).asks_about_refund == "RFD-7"


@pytest.mark.scenario(32)
def test_a_number_that_is_not_ours_has_no_reference() -> None:
    assert of_alipay({**PAID, "out_trade_no": "SHOP-1"}).reference is None
    assert of_wechat("TRANSACTION.SUCCESS", {**ORDER, "out_trade_no": "SHOP-1"}).reference is None


@pytest.mark.parametrize(
    "change", [{"total_amount": "852.001"}, {"total_amount": "-1"}, {"total_amount": "0.00"}, {"gmt_payment": "soon"}]
)
def test_a_genuine_form_that_cannot_be_read_is_for_a_person(change: dict[str, str]) -> None:
    with pytest.raises(UnreadableEvent):
        of_alipay({**PAID, **change})


def test_an_order_paid_by_scanning_is_a_capture_at_the_time_of_success() -> None:
    event = of_wechat(*NOTICES["wechat_paid"])
    assert (event.provider, event.reference, event.payment, event.state) == (
        "wechat_pay",
        REFERENCE,
        PAYMENT,
        A.CAPTURED,
    )
    (fact,) = event.facts
    assert (fact.key, fact.money, fact.at) == (f"CAP#{PAYMENT}", YUAN, PAID_AT)


def test_the_global_product_names_the_payment_otherwise_and_tells_what_the_payer_gave() -> None:
    event = of_wechat(*NOTICES["wechat_paid_global"])
    (fact,) = event.facts
    assert (event.payment, fact.money) == (ABROAD["id"], usd(12000))
    assert fact.references == {"payer_total": "85110", "payer_currency": "CNY", "exchange_rate": "709250000"}


@pytest.mark.scenario(30)
def test_with_a_coupon_the_orders_total_counts_and_not_what_the_payer_gave() -> None:
    (fact,) = of_wechat(*NOTICES["wechat_paid_with_coupon"]).facts
    assert fact.money == YUAN
    assert fact.references["payer_total"] == "80000"


@pytest.mark.scenario(67)
def test_a_refunds_state_has_two_names_and_is_one_thing() -> None:
    told = of_wechat("REFUND.SUCCESS", REFUND)
    answered = {**REFUND, "status": REFUND["refund_status"]}
    del answered["refund_status"]
    assert wechat_events.refund_seen(answered, NOW) == told.refund
    (fact,) = told.facts
    assert (fact.key, fact.about, fact.capture) == ("ROK#RFD-1", "RFD-1", f"CAP#{PAYMENT}")
    assert fact.money == Money(amount=68160, currency="CNY")


@pytest.mark.scenario(66)
def test_abnormal_is_for_a_person_and_no_failure() -> None:
    event = of_wechat(*NOTICES["wechat_refund_abnormal"])
    assert event.refund is not None
    assert (event.refund.state, event.facts) == ("manual", ())
    closed = of_wechat(*NOTICES["wechat_refund_closed"])
    assert [fact.key for fact in closed.facts] == ["RFAIL#RFD-1"]


@pytest.mark.scenario(68)
def test_a_query_that_says_refund_still_says_paid() -> None:
    state = wechat_events.trade_state({**ORDER, "trade_state": "REFUND"}, NUMBER, "CNY", NOW)
    assert state.state is A.CAPTURED
    assert state.facts[0].key == f"CAP#{PAYMENT}"


def test_notification_query_and_bill_tell_one_fact_in_every_order() -> None:
    told = of_wechat(*NOTICES["wechat_paid"]).facts
    asked = wechat_events.trade_state(ORDER, NUMBER, "CNY", NOW).facts
    books = []
    for order in permutations([*told, *asked, *told]):
        facts: Facts = {}
        for fact in order:
            facts = add_fact(facts, fact)
        books.append(facts)
    assert all(facts == books[0] for facts in books)
    assert fold(books[0]).captured == 85200


@pytest.mark.parametrize(
    "change", [{"trade_state": "ODD"}, {"amount": {"total": 1.5}}, {"amount": {"total": -1}}, {"success_time": "soon"}]
)
def test_a_genuine_notice_that_cannot_be_read_is_for_a_person(change: dict[str, Any]) -> None:
    with pytest.raises(UnreadableEvent):
        of_wechat("TRANSACTION.SUCCESS", {**ORDER, **change})


def test_an_event_type_that_we_do_not_know_says_nothing() -> None:
    assert of_wechat("VIOLATION.PUNISH", {"mchid": WECHAT.merchant}).says_nothing


def test_our_reference_fits_the_wallets_numbers_and_comes_back() -> None:
    assert number_of(REFERENCE) == NUMBER
    assert reference_of(NUMBER) == REFERENCE
    assert NUMBER.isascii()
    assert NUMBER.replace("_", "").isalnum()
    assert len(number_of("ORD-26-9999999999Z.PAY-0a1b2c3d4e5f")) == 32
    for wrong in ("ORD-26-99999999999Z.PAY-0a1b2c3d4e5f", "ORD-1.P1", "nothing", ""):
        with pytest.raises(ValueError, match="cannot carry"):
            number_of(wrong)


def test_the_id_of_a_checkout_tells_number_end_and_currency() -> None:
    whole = checkout_id(NUMBER, NOW, "USD")
    assert apart(whole) == (NUMBER, NOW)
    assert currency_of(whole) == "USD"
    assert apart(NUMBER) == apart(REFERENCE) == (NUMBER, None)
    assert currency_of(REFERENCE) is None
