"""Both wallets' adapters against their simulators: pages, queries, closing, refunds, bills, and every odd answer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from certification.providers import wechat_bill
from certification.providers.alipay import AlipayPages
from certification.providers.alipay_bill import AlipayBills
from certification.providers.alipay_international import AlipayInternational
from certification.providers.alipay_international_bill import AlipayInternationalBills
from certification.providers.bill_ports import BillNotReady, BillSource
from certification.providers.ports import Attempt, Lost, OrderLine, PaymentProvider, ProviderRefused, Unreachable
from certification.providers.refund_ports import RefundAsked
from certification.providers.wallets import ByCurrency
from certification.providers.wechat import WechatOrders
from certification.providers.wechat_bill import WechatBills
from certification.providers.wechat_events import GLOBAL, MAINLAND
from certification.rules.bills import BillRefused, RowKind
from certification.rules.money import Money
from certification.rules.payments import AttemptState as A
from local.simulators import wallet_keys
from local.simulators.alipay import AlipaySimulator
from local.simulators.alone import served
from local.simulators.base import Answer, Context
from local.simulators.wallet_bank import WalletBank
from local.simulators.wechatpay import OWN_SERIAL, WechatPaySimulator
from tests.functions.wallet_samples import ALIPAY, WECHAT

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ENDS = START + timedelta(minutes=30)
ATTEMPT = Attempt(order="ORD-26-000001A", attempt="PAY-0a1b2c3d4e5f", email="c@example.org")
NOTIFY, BACK = "https://us.test/webhooks/x", "https://us.test/paid"
OWN = wallet_keys.private_text(wallet_keys.merchant())


def lines(currency: str) -> tuple[OrderLine, ...]:
    fees = (("Registration fee", 4000), ("Examination, theory & practice", 8000))
    return tuple(OrderLine(name=name, money=Money(amount=cents, currency=currency)) for name, cents in fees)


class Stand:
    """A simulator with a clock, its adapters by currency, and every request that came."""

    def __init__(self, kind: type[WalletBank]) -> None:
        self.now = START
        self.asked: list[str] = []
        self.simulator: Any = kind(Context(lambda: self.now, lambda *_: 200, "http://wallet.test", "https://us.test"))
        self.wallet: PaymentProvider
        self.bills: BillSource
        self.bills_abroad: BillSource

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.asked.append(f"{method} {path.partition('?')[0]}")
        answer: Answer = self.simulator.handle(method, path, headers, body)
        return answer

    def create(self, currency: str, attempt: Attempt = ATTEMPT, ends: datetime = ENDS) -> Any:
        return self.wallet.create_checkout(attempt, lines(currency), f"{BACK}?session_id={{X}}", BACK, ends)

    def visit(self, url: str) -> str:
        """Open the page as a browser does; the number of its order."""
        parts = urlsplit(url)
        place = f"{parts.path}?{parts.query}" if parts.query else parts.path
        status, headers, _ = self.simulator.handle("GET", place, {}, b"")
        if status == 303:
            return self.visit(headers["location"])
        return parts.path.rpartition("/")[2]

    def paid(self, currency: str) -> Any:
        """A checkout that somebody opened and paid."""
        checkout = self.create(currency)
        number = self.visit(checkout.url)
        self.simulator.control("pay", {"order": number})
        return checkout

    def switch(self, name: str, on: bool = True) -> None:
        self.simulator.control("switch", {"name": name, "on": str(on).lower()})

    def until(self, later: timedelta) -> None:
        self.now += later
        self.simulator.run_due()


@pytest.fixture
def alipay() -> Iterator[Stand]:
    here = Stand(AlipaySimulator)
    with served(here.handle) as base:
        gateway, now = f"{base}/gateway.do", lambda: here.now
        pages = AlipayPages(gateway, ALIPAY, OWN, NOTIFY, now)
        abroad = AlipayInternational(gateway, ALIPAY, OWN, "USD", NOTIFY, now)
        here.wallet, here.bills = ByCurrency({"CNY": pages, "USD": abroad}), AlipayBills(pages)
        here.bills_abroad = AlipayInternationalBills(abroad)
        here.simulator.stage.context = replace(here.simulator.stage.context, base_url=base)
        yield here


@pytest.fixture
def wechat() -> Iterator[Stand]:
    here = Stand(WechatPaySimulator)
    with served(here.handle) as base:
        made = {
            currency: WechatOrders(base, product, currency, WECHAT, (OWN_SERIAL, OWN), NOTIFY, lambda: here.now)
            for currency, product in (("CNY", MAINLAND), ("USD", GLOBAL))
        }
        here.wallet, here.bills = ByCurrency(made), WechatBills(made["CNY"])
        here.simulator.stage.context = replace(here.simulator.stage.context, base_url=base)
        yield here


@pytest.fixture(params=["alipay CNY", "alipay USD", "wechat CNY", "wechat USD"])
def each(request: pytest.FixtureRequest) -> tuple[Stand, str]:
    wallet, currency = request.param.split()
    return request.getfixturevalue(wallet), currency


def asked(stand: Stand, checkout: Any, currency: str, cents: int = 5000, refund: str = "RFD-1") -> RefundAsked:
    found = stand.wallet.find_checkout(checkout.id)
    assert found is not None
    return RefundAsked(
        refund=refund,
        number=1,
        capture=found.facts[0].reference,
        captured=found.facts[0].money,
        reference=ATTEMPT.reference,
        money=Money(amount=cents, currency=currency),
        requested_at=stand.now,
    )


def test_what_is_opened_and_paid_is_found_as_a_fact_with_the_wallets_time(each: tuple[Stand, str]) -> None:
    stand, currency = each
    checkout = stand.create(currency)
    waiting = stand.wallet.find_checkout(checkout.id)
    assert waiting is not None
    assert (waiting.state, waiting.facts) == (A.PENDING, ())
    number = stand.visit(checkout.url)
    stand.now += timedelta(minutes=5, seconds=7)
    stand.simulator.control("pay", {"order": number})
    for wanted in (checkout.id, ATTEMPT.reference):
        found = stand.wallet.find_checkout(wanted, START)
        assert found is not None
        (fact,) = found.facts
        assert (found.state, found.reference) == (A.CAPTURED, ATTEMPT.reference)
        assert (fact.money, fact.at) == (Money(amount=12000, currency=currency), stand.now)
        assert stand.wallet.find_reference(fact.reference) == ATTEMPT.reference


def test_the_same_attempt_again_is_the_same_order(each: tuple[Stand, str]) -> None:
    stand, currency = each
    first, second = stand.create(currency), stand.create(currency)
    assert first.id == second.id
    assert stand.visit(first.url) == stand.visit(second.url)
    assert len(stand.simulator.dump()["trades"]) == 1


@pytest.mark.parametrize(("wallet", "host"), [("alipay", "gateway.do"), ("wechat", "/v3/")])
def test_a_currency_that_no_product_takes_is_refused_before_anybody_is_asked(
    wallet: str, host: str, request: pytest.FixtureRequest
) -> None:
    stand: Stand = request.getfixturevalue(wallet)
    with pytest.raises(ProviderRefused, match="HKD"):
        stand.create("HKD")
    assert not [call for call in stand.asked if host in call]


def test_a_page_that_nobody_opened_may_be_paid_until_its_end_and_only_then_is_it_proven_that_nothing_comes(
    alipay: Stand,
) -> None:
    """Alipay knows nothing of a trade before its page is opened: its ignorance proves nothing while the page lives."""
    for currency in ("CNY", "USD"):
        alipay.now = START
        checkout = alipay.create(currency)
        assert alipay.wallet.expire_checkout(checkout.id).state is A.PENDING
        alipay.now = checkout.expires_at - timedelta(seconds=1)
        found = alipay.wallet.find_checkout(checkout.id)
        assert found is not None
        assert found.state is A.PENDING
        alipay.now = checkout.expires_at
        assert alipay.wallet.find_checkout(checkout.id) is None
        assert alipay.wallet.expire_checkout(checkout.id).state is A.EXPIRED


def test_a_reference_that_was_never_handed_out_is_none(each: tuple[Stand, str]) -> None:
    stand, _ = each
    assert stand.wallet.find_checkout(ATTEMPT.reference, START) is None
    assert stand.wallet.find_reference("4200000000000000000000000000") is None


def test_closing_says_what_it_is_now_even_if_it_was_paid_at_the_same_moment(each: tuple[Stand, str]) -> None:
    stand, currency = each
    checkout = stand.create(currency)
    stand.visit(checkout.url)
    assert stand.wallet.expire_checkout(checkout.id).state is A.CLOSED
    assert stand.wallet.expire_checkout(checkout.id).state is A.CLOSED
    other = Attempt(order="ORD-26-000001A", attempt="PAY-ffffffffffff")
    paid = stand.create(currency, other)
    stand.simulator.control("pay", {"order": stand.visit(paid.url)})
    closed = stand.wallet.expire_checkout(paid.id)
    assert (closed.state, len(closed.facts)) == (A.CAPTURED, 1)


def test_a_coupon_changes_what_the_payer_gives_and_not_what_we_are_owed(each: tuple[Stand, str]) -> None:
    stand, currency = each
    stand.switch("coupon")
    found = stand.wallet.find_checkout(stand.paid(currency).id)
    assert found is not None
    assert found.facts[0].money.amount == 12000
    assert found.facts[0].references["payer_total"] not in ("12000", "120.00")


@pytest.mark.scenario(56)
def test_a_refund_whose_answer_was_lost_is_sent_again_under_its_number_and_is_one(each: tuple[Stand, str]) -> None:
    stand, currency = each
    wanted = asked(stand, stand.paid(currency), currency)
    stand.switch("answer_lost")
    with pytest.raises(Lost):
        stand.wallet.send_refund(wanted)
    again = stand.wallet.send_refund(wanted)
    stand.until(timedelta(minutes=2))
    assert again.state in ("succeeded", "pending")
    (refund,) = stand.simulator.dump()["refunds"].values()
    assert (refund["cents"], refund["state"]) == (5000, "success")
    assert again.capture == wanted.capture
    assert again.refund == "RFD-1"


@pytest.mark.scenario(65)
def test_too_little_money_at_the_wallet_is_not_a_failure_and_the_same_number_goes_days_later(
    each: tuple[Stand, str],
) -> None:
    stand, currency = each
    wanted = asked(stand, stand.paid(currency), currency)
    stand.switch("not_enough")
    for _ in range(3):
        with pytest.raises(Unreachable):
            stand.wallet.send_refund(wanted)
        stand.until(timedelta(days=1))
    stand.switch("not_enough", False)
    stand.wallet.send_refund(wanted)
    stand.until(timedelta(minutes=2))
    assert [one["state"] for one in stand.simulator.dump()["refunds"].values()] == ["success"]


def test_a_failure_of_the_system_leaves_open_what_happened(each: tuple[Stand, str]) -> None:
    stand, currency = each
    wanted = asked(stand, stand.paid(currency), currency)
    stand.switch("system_error")
    with pytest.raises(Lost):
        stand.wallet.send_refund(wanted)


def test_more_than_is_left_is_refused(each: tuple[Stand, str]) -> None:
    stand, currency = each
    checkout = stand.paid(currency)
    stand.wallet.send_refund(asked(stand, checkout, currency, 8000))
    with pytest.raises(ProviderRefused):
        stand.wallet.send_refund(asked(stand, checkout, currency, 8000, "RFD-2"))


@pytest.mark.scenario(68)
def test_after_a_refund_a_query_still_says_paid(each: tuple[Stand, str]) -> None:
    stand, currency = each
    checkout = stand.paid(currency)
    for cents, refund in ((5000, "RFD-1"), (7000, "RFD-2")):
        stand.wallet.send_refund(asked(stand, checkout, currency, cents, refund))
        stand.until(timedelta(minutes=2))
        found = stand.wallet.find_checkout(checkout.id)
        assert found is not None
        assert (found.state, found.facts[0].money.amount) == (A.CAPTURED, 12000)


def test_a_refund_is_found_by_our_number_with_amount_and_time(alipay: Stand, wechat: Stand) -> None:
    for stand, key in ((alipay, "{}#RFD-1"), (wechat, "RFD-1")):
        wanted = asked(stand, stand.paid("CNY"), "CNY")
        assert stand.wallet.find_refund(wanted) is None
        stand.wallet.send_refund(wanted)
        stand.until(timedelta(minutes=2))
        found = stand.wallet.find_refund(wanted)
        assert found is not None
        assert (found.state, found.money, found.id) == ("succeeded", wanted.money, key.format(wanted.capture))
        assert [fact.about for fact in found.facts("test")] == ["RFD-1"]


@pytest.mark.scenario(66)
def test_an_abnormal_refund_is_for_a_person_and_succeeds_once_repaired_in_the_portal(wechat: Stand) -> None:
    wanted = asked(wechat, wechat.paid("CNY"), "CNY")
    wechat.switch("abnormal")
    wechat.wallet.send_refund(wanted)
    wechat.until(timedelta(minutes=2))
    found = wechat.wallet.find_refund(wanted)
    assert found is not None
    assert found.state == "manual"
    wechat.simulator.control("repair", {"refund": "RFD-1"})
    repaired = wechat.wallet.find_refund(wanted)
    assert repaired is not None
    assert repaired.state == "succeeded"


def test_accepted_without_moving_money_is_not_taken_for_a_refund(alipay: Stand) -> None:
    """`code=10000` means only that Alipay understood."""
    wanted = asked(alipay, alipay.paid("CNY"), "CNY")
    alipay.switch("abnormal")
    with pytest.raises(Lost, match="moved nothing"):
        alipay.wallet.send_refund(wanted)


@pytest.mark.scenario(56)
def test_the_international_product_is_asked_what_became_of_a_refund_whose_answer_was_lost(alipay: Stand) -> None:
    wanted = asked(alipay, alipay.paid("USD"), "USD")
    assert alipay.wallet.find_refund(wanted) is None, "nothing was asked for yet"
    alipay.switch("answer_lost")
    with pytest.raises(Lost):
        alipay.wallet.send_refund(wanted)
    found = alipay.wallet.find_refund(wanted)
    assert found is not None
    assert (found.state, found.id, found.capture, found.money) == ("succeeded", "RFD-1", wanted.capture, wanted.money)
    alipay.now += timedelta(hours=1)
    assert alipay.wallet.send_refund(wanted) == found, "sent again it is the same refund, at its own time"
    assert len(alipay.simulator.dump()["refunds"]) == 1


def test_a_refund_that_the_international_product_took_and_did_not_make_is_not_taken_for_one(alipay: Stand) -> None:
    wanted = asked(alipay, alipay.paid("USD"), "USD")
    alipay.switch("abnormal")
    assert alipay.wallet.send_refund(wanted).state == "pending"
    alipay.until(timedelta(minutes=2))
    failed = alipay.wallet.find_refund(wanted)
    assert failed is not None
    assert (failed.state, [fact.key for fact in failed.facts("test")]) == ("failed", ["RFAIL#RFD-1"])


def test_of_a_refund_that_somebody_else_made_the_international_product_tells_no_amount_and_none_is_guessed(
    alipay: Stand,
) -> None:
    wanted = asked(alipay, alipay.paid("USD"), "USD", refund="pages000001")
    alipay.wallet.send_refund(wanted)
    assert alipay.wallet.find_refund(wanted.model_copy(update={"ours": False})) is None


def test_a_refund_that_follows_another_has_a_number_the_wallet_takes_and_comes_back_as_ours(wechat: Stand) -> None:
    wanted = asked(wechat, wechat.paid("CNY"), "CNY", refund="RFD-1.2")
    assert wechat.wallet.send_refund(wanted).refund == "RFD-1.2"
    found = wechat.wallet.find_refund(wanted)
    assert found is not None
    assert (found.id, found.refund) == ("RFD-1*2", "RFD-1.2")


@pytest.mark.parametrize(("switch", "failure"), [("down", Lost), ("unsigned", Lost)])
def test_silence_and_a_forged_answer_prove_nothing(each: tuple[Stand, str], switch: str, failure: Any) -> None:
    stand, currency = each
    checkout = stand.paid(currency)
    stand.switch(switch)
    with pytest.raises(failure):
        stand.wallet.find_checkout(checkout.id)


def test_a_refused_order_is_refused_and_a_lost_one_is_looked_up(wechat: Stand) -> None:
    wechat.switch("refuse")
    with pytest.raises(ProviderRefused, match="NO_AUTH"):
        wechat.create("CNY")
    wechat.switch("answer_lost")
    with pytest.raises(Lost):
        wechat.create("CNY")
    found = wechat.wallet.find_checkout(ATTEMPT.reference, START)
    assert found is not None
    assert found.state is A.PENDING
    assert wechat.create("CNY").id.startswith(found.id.partition("@")[0])


@pytest.mark.scenario(92)
def test_the_bill_of_a_day_is_fetched_each_time_from_a_new_address(alipay: Stand, wechat: Stand) -> None:
    for stand, key in ((alipay, "{}#RFD-1"), (wechat, "RFD-1")):
        wanted = asked(stand, stand.paid("CNY"), "CNY")
        assert stand.bills.fetch(date(2026, 11, 21)) == b""
        stand.wallet.send_refund(wanted)
        stand.until(timedelta(minutes=2))
        for _ in range(2):
            bill = stand.bills.fetch(date(2026, 11, 22))
            paid, back = stand.bills.rows(bill)
            assert (paid.kind, paid.reference, paid.ours) == (RowKind.CAPTURE, wanted.capture, ATTEMPT.reference)
            assert (back.kind, back.reference, back.amount) == (RowKind.REFUND, key.format(wanted.capture), 5000)
            stand.now += timedelta(minutes=10)


@pytest.mark.scenario(93)
def test_the_international_bill_names_what_the_queries_name_and_does_not_add_up_in_silence(alipay: Stand) -> None:
    wanted, bills, day = asked(alipay, alipay.paid("USD"), "USD"), alipay.bills_abroad, date(2026, 11, 22)
    assert bills.fetch(date(2026, 11, 21)) == b""
    alipay.wallet.send_refund(wanted)
    paid, back = bills.rows(bills.fetch(day))
    assert (paid.kind, paid.reference, paid.ours) == (RowKind.CAPTURE, wanted.capture, ATTEMPT.reference)
    assert (back.kind, back.reference, back.ours, back.capture) == (RowKind.REFUND, "RFD-1", "RFD-1", None)
    assert [(row.amount, row.currency) for row in (paid, back)] == [(12000, "USD"), (5000, "USD")]
    alipay.switch("bill_line_twice")
    assert len(list(bills.rows(bills.fetch(day)))) == 3
    alipay.switch("bill_wrong")
    with pytest.raises(BillRefused, match="announced"):
        bills.rows(bills.fetch(day))
    alipay.switch("bill_not_ready")
    with pytest.raises(BillNotReady):
        bills.fetch(day)
    alipay.switch("down")
    with pytest.raises(Lost):
        bills.fetch(day)


@pytest.mark.scenario(91)
def test_a_bill_that_is_not_made_yet_is_asked_for_later(alipay: Stand, wechat: Stand) -> None:
    for stand in (alipay, wechat):
        stand.paid("CNY")
        stand.switch("bill_not_ready")
        with pytest.raises(BillNotReady):
            stand.bills.fetch(date(2026, 11, 22))
        stand.switch("bill_not_ready", False)
        assert len(list(stand.bills.rows(stand.bills.fetch(date(2026, 11, 22))))) == 1


def test_the_days_of_both_wallets_are_chinas_and_their_bills_are_ready_at_ten(alipay: Stand, wechat: Stand) -> None:
    for stand in (alipay, wechat):
        assert stand.bills.begins(date(2026, 11, 22)) == datetime(2026, 11, 21, 16, tzinfo=UTC)
        assert stand.bills.ready_at(date(2026, 11, 22)) == datetime(2026, 11, 23, 2, tzinfo=UTC)


def test_the_global_bill_comes_at_once_with_its_hash(wechat: Stand) -> None:
    wechat.paid("USD")
    orders: Any = wechat.wallet
    body = orders._products["USD"].bill(date(2026, 11, 22))
    assert [row.currency for row in wechat_bill.read(body)] == ["USD"]


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}, b""),
        (200, {}, b"x"),
        (200, {}, b"{}"),
        (200, {}, b"[]"),
        (500, {}, b""),
        (404, {}, b"no"),
        (302, {}, b"{"),
    ],
)
def test_every_odd_answer_is_lost_and_never_taken_for_unpaid(answer: Answer) -> None:
    with served(lambda *_: answer) as base:
        now: Callable[[], datetime] = lambda: START  # noqa: E731
        wallets: list[PaymentProvider] = [
            AlipayPages(base, ALIPAY, OWN, NOTIFY, now),
            AlipayInternational(base, ALIPAY, OWN, "USD", NOTIFY, now),
            WechatOrders(base, MAINLAND, "CNY", WECHAT, (OWN_SERIAL, OWN), NOTIFY, now),
        ]
        for wallet in wallets:
            with pytest.raises(Lost):
                wallet.find_checkout(ATTEMPT.reference)


def test_an_answer_that_could_grow_without_end_is_not_parsed() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "b">]><alipay><is_success>&b;</is_success></alipay>'
    with served(lambda *_: (200, {}, bomb)) as base, pytest.raises(Lost, match="document type"):
        AlipayInternational(base, ALIPAY, OWN, "USD", NOTIFY, lambda: START).find_checkout(ATTEMPT.reference)


def test_too_many_requests_mean_that_nothing_happened() -> None:
    with served(lambda *_: (429, {}, b'{"code":"FREQUENCY_LIMITED"}')) as base, pytest.raises(Unreachable):
        WechatOrders(base, MAINLAND, "CNY", WECHAT, (OWN_SERIAL, OWN), NOTIFY, lambda: START).find_checkout("X")
