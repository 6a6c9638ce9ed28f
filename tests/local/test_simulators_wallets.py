"""The wallets' simulators: spoken to by libraries of others, believed by them, and misbehaving on command."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from alipay import AliPay
from wechatpayv3 import WeChatPay, WeChatPayType

from certification.providers import alipay_events, wechat_events
from certification.providers.alipay_webhook import verify as verify_alipay
from certification.providers.events import ProviderEvent
from certification.providers.signatures import Rejected
from certification.providers.wechat_webhook import verify as verify_wechat
from certification.rules.facts import Facts, add_fact, fold
from local.simulators import wallet_keys
from local.simulators.alipay import AlipaySimulator
from local.simulators.alone import served
from local.simulators.base import Context
from local.simulators.wallet_bank import SWITCHES, WalletBank
from local.simulators.wechatpay import OWN_SERIAL, WechatPaySimulator
from tests.functions.wallet_samples import ALIPAY, NUMBER, SEAL, SERIAL, WECHAT

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ENDS = "2026-11-22 20:30:00"


def armour(kind: str, text: str) -> str:
    return f"-----BEGIN {kind}-----\n{text}\n-----END {kind}-----"


class Stand:
    """A simulator, a door that verifies as the product does, and what the door saw."""

    def __init__(self, kind: type[WalletBank]) -> None:
        self.now, self.status, self.open = START, 200, True
        self.posted: list[tuple[Mapping[str, str], bytes]] = []
        self.events: list[ProviderEvent] = []
        self.refused: list[str] = []
        self.facts: Facts = {}
        self.simulator: Any = kind(Context(lambda: self.now, self.deliver, "http://wallet.test", "http://us.test"))

    def deliver(self, _url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.posted.append((headers, body))
        if not self.open:
            return 503
        request = {"headers": dict(headers), "body": body.decode()}
        try:
            event = self.read(request)
        except Rejected as no:
            self.refused.append(no.code)
            return 400
        self.events.append(event)
        for fact in event.facts:
            self.facts = add_fact(self.facts, fact)
        return self.status

    def read(self, request: Mapping[str, Any]) -> ProviderEvent:
        if self.simulator.name == "alipay":
            return alipay_events.read(verify_alipay(request, ALIPAY).fields)
        verified = verify_wechat(request, WECHAT, self.now)
        return wechat_events.read({**verified.envelope, "resource": verified.resource})

    def switch(self, *names: str) -> None:
        for name in names:
            self.simulator.control("switch", {"name": name})

    def begin(self, cents: int = 12000) -> None:
        """A trade as the interface would have made it."""
        ends = int(START.timestamp()) + 1800
        self.simulator.open(NUMBER, cents=cents, currency="CNY", subject="Fee <b>", expires=ends, world=False)

    def until(self, later: timedelta) -> None:
        end = self.now + later
        while (due := self.simulator.next_due()) is not None and due <= end:
            self.now = max(self.now, due)
            self.simulator.run_due()
        self.now = end

    @property
    def captured(self) -> int:
        return fold(self.facts).captured


@pytest.fixture(params=[AlipaySimulator, WechatPaySimulator], ids=["alipay", "wechatpay"])
def stand(request: pytest.FixtureRequest) -> Stand:
    return Stand(request.param)


@pytest.fixture
def alipay() -> Iterator[tuple[Stand, Any]]:
    """The simulator, and a library of others that speaks to it."""
    here = Stand(AlipaySimulator)
    with served(here.simulator.handle) as base:
        client: Any = AliPay(
            appid=ALIPAY.app,
            app_private_key_string=armour("PRIVATE KEY", wallet_keys.private_text(wallet_keys.merchant())),
            alipay_public_key_string=armour("PUBLIC KEY", wallet_keys.public_text(wallet_keys.provider())),
        )
        client._gateway = f"{base}/gateway.do"
        yield here, client


@pytest.fixture
def wechat(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stand, Any]]:
    here = Stand(WechatPaySimulator)
    monkeypatch.setattr(time, "time", START.timestamp)
    with served(here.simulator.handle) as base:
        client: Any = WeChatPay(
            wechatpay_type=WeChatPayType.NATIVE,
            mchid=WECHAT.merchant,
            private_key=wallet_keys.private_text(wallet_keys.merchant()),
            cert_serial_no=OWN_SERIAL,
            appid=WECHAT.app,
            apiv3_key=SEAL,
            notify_url="https://us.test/webhooks/wechatpay",
            public_key=armour("PUBLIC KEY", wallet_keys.public_text(wallet_keys.provider())),
            public_key_id=SERIAL,
        )
        client._core._gate_way = base
        yield here, client


def test_a_library_for_alipay_pays_asks_closes_and_refunds_here(alipay: tuple[Stand, Any]) -> None:
    stand, client = alipay
    query = client.api_alipay_trade_page_pay(
        subject="Fee 报名费 & <b>", out_trade_no=NUMBER, total_amount="852.00", return_url="http://us.test/paid",
        notify_url="http://us.test/webhooks/alipay", time_expire=ENDS,
    )  # fmt: skip
    assert client.api_alipay_trade_query(out_trade_no="X")["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    status, headers, _ = stand.simulator.handle("GET", f"/gateway.do?{query}", {}, b"")
    assert (status, headers["location"]) == (303, f"http://wallet.test/scan/{NUMBER}")
    assert client.api_alipay_trade_query(out_trade_no=NUMBER)["trade_status"] == "WAIT_BUYER_PAY"
    assert stand.simulator.handle("POST", f"/scan/{NUMBER}", {}, b"")[1]["location"] == "http://us.test/paid"
    paid = client.api_alipay_trade_query(out_trade_no=NUMBER)
    assert (paid["trade_status"], paid["total_amount"]) == ("TRADE_SUCCESS", "852.00")
    sent = client.api_alipay_trade_refund("100.00", trade_no=paid["trade_no"], out_request_no="RFD-1")
    assert (sent["fund_change"], sent["refund_fee"]) == ("Y", "100.00")
    again = client.api_alipay_trade_refund("100.00", trade_no=paid["trade_no"], out_request_no="RFD-1")
    assert again["fund_change"] == "N"
    found = client.api_alipay_trade_fastpay_refund_query("RFD-1", trade_no=paid["trade_no"])
    assert (found["refund_status"], found["refund_amount"]) == ("REFUND_SUCCESS", "100.00")


def test_a_library_for_alipay_believes_its_notices(alipay: tuple[Stand, Any]) -> None:
    stand, client = alipay
    stand.begin()
    stand.simulator.control("pay", {"order": NUMBER})
    stand.simulator.control("refund", {"order": NUMBER, "cents": "500"})
    stand.simulator.run_due()
    for _, body in stand.posted:
        said = dict(parse_qsl(body.decode(), keep_blank_values=True))
        assert client.verify(said, said.pop("sign"))


def test_a_library_for_wechat_pay_orders_asks_closes_and_refunds_here(wechat: tuple[Stand, Any]) -> None:
    stand, client = wechat
    amount, ends = {"total": 85200, "currency": "CNY"}, "2026-11-22T20:30:00+08:00"
    code, text = client.pay(description="Fee 报名费, <b>", out_trade_no=NUMBER, amount=amount, time_expire=ends)
    assert (code, json.loads(text)) == (200, {"code_url": f"http://wallet.test/scan/{NUMBER}"})
    assert json.loads(client.query(out_trade_no=NUMBER)[1])["trade_state"] == "NOTPAY"
    stand.simulator.handle("POST", f"/scan/{NUMBER}", {}, b"")
    paid = json.loads(client.query(out_trade_no=NUMBER)[1])
    assert (paid["trade_state"], paid["amount"]["total"]) == ("SUCCESS", 85200)
    back = {"refund": 100, "total": 85200, "currency": "CNY"}
    for _ in range(2):
        code, text = client.refund("RFD-1", back, transaction_id=paid["transaction_id"])
        assert (code, json.loads(text)["status"]) == (200, "PROCESSING")
    stand.until(timedelta(minutes=2))
    assert json.loads(client.query_refund("RFD-1")[1])["status"] == "SUCCESS"
    assert json.loads(client.query(out_trade_no=NUMBER)[1])["trade_state"] == "REFUND"
    assert client.close(NUMBER)[0] == 400
    code, text = client.query(out_trade_no="UNKNOWN1")
    assert (code, json.loads(text)["code"]) == (404, "ORDER_NOT_EXIST")
    code, text = client.trade_bill(bill_date="2026-11-22")
    address = urlsplit(json.loads(text)["download_url"])
    code, body = client._core.request(f"{address.path}?{address.query}", skip_verify=True)
    assert (code, body.decode("utf-8-sig").count("`" + NUMBER)) == (200, 2)


def test_a_library_for_wechat_pay_believes_its_notices(wechat: tuple[Stand, Any]) -> None:
    stand, client = wechat
    stand.begin()
    stand.simulator.control("pay", {"order": NUMBER})
    stand.simulator.control("refund", {"order": NUMBER, "cents": "500"})
    stand.simulator.run_due()
    kinds = [client.callback(dict(headers), body)["event_type"] for headers, body in stand.posted]
    assert kinds == ["TRANSACTION.SUCCESS", "REFUND.SUCCESS"]


def test_a_request_that_is_not_signed_by_the_merchant_is_refused(
    alipay: tuple[Stand, Any], wechat: tuple[Stand, Any]
) -> None:
    path = f"/v3/pay/transactions/out-trade-no/{NUMBER}?mchid={WECHAT.merchant}"
    assert wechat[0].simulator.handle("GET", path, {}, b"")[0] == 401
    _, _, body = alipay[0].simulator.handle("POST", "/gateway.do", {}, b"method=alipay.trade.query&sign=x")
    assert "isv.invalid-signature" in body.decode()


def test_a_payment_is_told_once_and_again_until_somebody_takes_it(stand: Stand) -> None:
    stand.begin()
    stand.open = False
    stand.simulator.control("pay", {"order": NUMBER})
    stand.until(timedelta(hours=3))
    assert stand.events == []
    assert len(stand.posted) > 3
    stand.open = True
    stand.until(timedelta(hours=23))
    assert len(stand.events) == 1
    assert stand.captured == 12000


MISBEHAVIOUR: list[tuple[str, Callable[[Stand], Any]]] = [
    ("notice_twice", lambda stand: (len(stand.events), stand.captured) == (2, 12000)),
    ("drop", lambda stand: (len(stand.events), stand.captured) == (0, 0)),
    ("forged", lambda stand: (stand.refused, stand.captured) == (["wrong_signature"], 12000)),
    ("wrong_amount", lambda stand: stand.captured == 11999),
    ("coupon", lambda stand: stand.captured == 12000),
    ("late", lambda stand: stand.events[-1].facts[0].at == START + timedelta(minutes=90)),
    ("delay_24_hours", lambda stand: stand.captured == 0),
]


@pytest.mark.parametrize(("name", "happened"), MISBEHAVIOUR, ids=[name for name, _ in MISBEHAVIOUR])
def test_it_misbehaves_on_command(stand: Stand, name: str, happened: Callable[[Stand], Any]) -> None:
    stand.begin()
    stand.switch(name)
    stand.simulator.control("pay", {"order": NUMBER})
    stand.until(timedelta(hours=23))
    assert happened(stand)


def test_out_of_order_means_that_a_refund_is_told_before_its_payment(stand: Stand) -> None:
    stand.begin()
    stand.switch("out_of_order")
    stand.simulator.control("pay", {"order": NUMBER})
    stand.simulator.control("refund", {"order": NUMBER, "cents": "500"})
    stand.until(timedelta(minutes=5))
    first, last = stand.events
    assert first.refund is not None or first.asks_about_refund
    assert last.facts[0].money.amount == 12000


@pytest.mark.parametrize("language", ["", "?lang=zh"])
def test_its_page_says_first_that_it_is_a_simulator_and_pays_once(stand: Stand, language: str) -> None:
    stand.begin()
    place = f"/scan/{NUMBER}{language}"
    _, headers, body = stand.simulator.handle("GET", place, {}, b"")
    text = body.decode()
    assert text.index("模拟器" if language else "SIMULATOR") < text.index("120.00")
    assert "Fee &lt;b&gt;" in text
    assert headers["simulator"] == stand.simulator.name
    for _ in range(2):
        stand.simulator.handle("POST", place, {}, b"")
    stand.simulator.run_due()
    assert len(stand.events) == 1
    assert b"<form" not in stand.simulator.handle("GET", place, {}, b"")[2]
    assert stand.simulator.handle("GET", "/scan/nothing", {}, b"")[0] == 404


def test_it_goes_on_from_a_dump(stand: Stand) -> None:
    stand.begin()
    stand.simulator.control("pay", {"order": NUMBER})
    dump = json.loads(json.dumps(stand.simulator.dump()))
    other = type(stand)(type(stand.simulator))
    other.simulator.load(dump)
    other.simulator.run_due()
    assert other.captured == 12000


def test_the_control_room_sees_everything_and_wrong_commands_are_refused(stand: Stand) -> None:
    stand.begin()
    stand.switch(*SWITCHES)
    status = SimpleNamespace(**stand.simulator.control("status", {}))
    assert (status.switches, status.known) == (list(SWITCHES), SWITCHES)
    assert status.orders[0]["url"] == f"http://wallet.test/scan/{NUMBER}"
    assert stand.simulator.control("clear", {})["switches"] == []
    for action, form in (
        ("dance", {}), ("pay", {"order": "X"}), ("switch", {"name": "X"}), ("repair", {"refund": "X"}),
        ("deliver", {"notice": "X"}),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="no"):
            stand.simulator.control(action, form)


def test_a_notice_can_be_delivered_once_more(stand: Stand) -> None:
    stand.begin()
    stand.simulator.control("pay", {"order": NUMBER})
    stand.simulator.run_due()
    (notice,) = stand.simulator.dump()["notices"]
    stand.simulator.control("deliver", {"notice": notice})
    stand.simulator.run_due()
    assert (len(stand.events), stand.captured) == (2, 12000)
    assert stand.events[0].id == stand.events[1].id


def test_nobody_paid_in_time_is_told_by_alipay_and_kept_silent_by_wechat_pay(stand: Stand) -> None:
    stand.begin()
    stand.until(timedelta(hours=1))
    assert len(stand.events) == (1 if stand.simulator.name == "alipay" else 0)
    assert stand.simulator.control("status", {})["orders"][0]["status"] == "closed"
