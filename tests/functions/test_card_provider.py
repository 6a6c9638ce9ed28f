"""The card adapter against the simulator over loopback: what goes out, what comes back, what is unknown."""

import json
import socket
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from certification.providers import http
from certification.providers.card import CardCheckouts, flatten
from certification.providers.ports import (
    Attempt,
    Checkout,
    Lost,
    OrderLine,
    PaymentProvider,
    ProviderRefused,
    Unreachable,
)
from certification.rules.money import usd
from certification.rules.payments import AttemptState
from local.simulators.alone import served
from local.simulators.base import Answer, Context
from local.simulators.card import API_KEY, CardSimulator

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ATTEMPT = Attempt(order="ORD-26-000001", attempt="P1", email="candidate@example.test", locale="zh")
LINES = (OrderLine(name="Registration 报名费", money=usd(2000)), OrderLine(name="Examination & fee", money=usd(10000)))
A = AttemptState


class Stand:
    """A simulator on loopback with a clock of its own, and the adapter that speaks to it."""

    def __init__(self) -> None:
        self.now = START
        self.requests: list[tuple[str, str, Mapping[str, str], bytes]] = []
        self.simulator = CardSimulator(Context(lambda: self.now, lambda *_: 200, "http://card.test", "http://us.test"))

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.requests.append((method, path, headers, body))
        return self.simulator.handle(method, path, headers, body)

    def switch(self, name: str) -> None:
        self.simulator.control("switch", {"name": name})

    def create(self, attempt: Attempt = ATTEMPT, lines: tuple[OrderLine, ...] = LINES) -> Checkout:
        success = "https://us.test/paid?session_id={CHECKOUT_SESSION_ID}"
        return self.card.create_checkout(attempt, lines, success, "https://us.test/back", START + timedelta(hours=1))

    card: PaymentProvider


@pytest.fixture
def stand() -> Iterator[Stand]:
    here = Stand()
    with served(here.handle) as base:
        here.card = CardCheckouts(base, API_KEY)
        yield here


@pytest.mark.rule("PAY-01")
def test_a_checkout_is_opened_for_the_orders_total_in_its_currency(stand: Stand) -> None:
    checkout = stand.create()
    assert checkout.url == f"http://card.test/checkout/{checkout.id}"
    assert checkout.expires_at == START + timedelta(hours=1)
    (session,) = stand.simulator.dump()["sessions"].values()
    assert (session["amount_total"], session["currency"]) == (12000, "usd")
    assert session["client_reference_id"] == "ORD-26-000001.P1"
    assert session["metadata"] == {"reference": "ORD-26-000001.P1"}
    _, _, headers, body = stand.requests[0]
    assert headers["Idempotency-Key"] == "pay:P1"
    assert headers["Stripe-Version"] == "2026-10-28.endive"
    assert headers["Authorization"] == f"Bearer {API_KEY}"
    assert b"adaptive_pricing%5Benabled%5D=false" in body


@pytest.mark.rule("PAY-03")
@pytest.mark.parametrize("method", ["alipay", "wechat_pay"])
def test_a_wallet_can_be_taken_by_the_card_provider_and_by_nothing_else_on_that_page(stand: Stand, method: str) -> None:
    stand.create(ATTEMPT.model_copy(update={"method": method}))
    (session,) = stand.simulator.dump()["sessions"].values()
    assert session["payment_method_types"] == [method]
    assert (b"payment_method_options%5Bwechat_pay%5D%5Bclient%5D=web" in stand.requests[0][3]) is (
        method == "wechat_pay"
    )


def test_opening_the_same_attempt_again_gives_the_same_checkout(stand: Stand) -> None:
    assert stand.create() == stand.create()
    assert len(stand.simulator.dump()["sessions"]) == 1


def test_the_same_attempt_with_another_amount_is_refused(stand: Stand) -> None:
    stand.create()
    with pytest.raises(ProviderRefused, match="idempotency_error"):
        stand.create(lines=LINES[:1])


@pytest.mark.scenario(5)
def test_a_lost_answer_is_looked_up_by_our_reference_and_no_second_checkout_is_opened(stand: Stand) -> None:
    stand.switch("answer_lost")
    with pytest.raises(Lost):
        stand.create()
    found = stand.card.find_checkout(ATTEMPT.reference, since=START)
    assert found is not None
    assert (found.state, found.reference) == (A.PENDING, ATTEMPT.reference)
    assert stand.create().id == found.id


@pytest.mark.scenario(6)
@pytest.mark.scenario(7)
def test_a_stored_failure_repeats_under_its_key_and_the_next_attempt_succeeds_after_proof_of_absence(
    stand: Stand,
) -> None:
    stand.switch("stored_500")
    for _ in range(2):
        with pytest.raises(Lost, match="500"):
            stand.create()
    assert stand.card.find_checkout(ATTEMPT.reference, since=START) is None
    assert stand.create(ATTEMPT.model_copy(update={"attempt": "P2"})).id
    assert stand.requests[-1][2]["Idempotency-Key"] == "pay:P2"


@pytest.mark.scenario(8)
def test_after_a_day_the_provider_has_forgotten_the_key_and_would_open_another(stand: Stand) -> None:
    first = stand.create()
    stand.now += timedelta(hours=25)
    later = stand.card.create_checkout(
        ATTEMPT, LINES, "https://us.test/", "https://us.test/", stand.now + timedelta(hours=1)
    )
    assert later.id != first.id


def test_a_paid_checkout_is_a_fact_with_the_charges_time(stand: Stand) -> None:
    checkout = stand.create()
    stand.now += timedelta(minutes=5, seconds=7)
    stand.simulator.control("pay", {"session": checkout.id})
    for state in (stand.card.find_checkout(checkout.id), stand.card.find_checkout(ATTEMPT.reference, since=START)):
        assert state is not None
        assert state.state is A.CAPTURED
        (fact,) = state.facts
        assert (fact.money, fact.at) == (usd(12000), stand.now)
        assert set(fact.references) == {"checkout", "charge"}


def test_a_second_payment_for_the_same_order_is_found_with_the_first(stand: Stand) -> None:
    checkout = stand.create()
    stand.simulator.control("pay", {"session": checkout.id})
    stand.simulator.control("pay_again", {"session": checkout.id})
    found = stand.card.find_checkout(ATTEMPT.reference, since=START)
    assert found is not None
    assert len({fact.key for fact in found.facts}) == 2


def test_a_reference_is_found_behind_many_pages(stand: Stand) -> None:
    checkout = stand.create()
    for number in range(120):
        stand.create(Attempt(order="ORD-26-000002", attempt=f"X{number}"))
    found = stand.card.find_checkout(ATTEMPT.reference, since=START)
    assert found is not None
    assert found.id == checkout.id
    assert len([path for method, path, *_ in stand.requests if method == "GET"]) == 2


def test_what_is_not_there_is_none(stand: Stand) -> None:
    assert stand.card.find_checkout("cs_test_nothing") is None
    assert stand.card.find_checkout("ORD-26-000009.P1", since=START) is None
    with pytest.raises(ProviderRefused):
        stand.card.expire_checkout("cs_test_nothing")
    with pytest.raises(ValueError, match="since"):
        stand.card.find_checkout("ORD-26-000009.P1")


@pytest.mark.scenario(20)
def test_closing_says_what_the_checkout_is_now_even_if_it_was_paid_at_the_same_moment(stand: Stand) -> None:
    open_one, paid_one = stand.create(), stand.create(Attempt(order="ORD-26-000001", attempt="P2"))
    stand.simulator.control("pay", {"session": paid_one.id})
    assert stand.card.expire_checkout(open_one.id).state is A.EXPIRED
    closed = stand.card.expire_checkout(paid_one.id)
    assert closed.state is A.CAPTURED
    assert len(closed.facts) == 1


def test_a_provider_that_is_down_leaves_open_what_happened(stand: Stand) -> None:
    stand.switch("down")
    with pytest.raises(Lost, match="503"):
        stand.create()


def test_nobody_listening_means_nothing_happened() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unreachable):
        CardCheckouts(f"http://127.0.0.1:{port}", API_KEY).find_checkout("cs_x")


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ((200, {}, b"no json"), Lost),
        ((200, {}, b'{"id": 1}'), Lost),
        ((200, {}, b'"text"'), Lost),
        ((200, {}, b"x" * (http.LARGEST + 1)), Lost),
        ((409, {}, b"{}"), Lost),
        ((429, {}, b"{}"), Unreachable),
        ((500, {}, b""), Lost),
        ((302, {"location": "http://elsewhere.test/"}, b"{}"), ProviderRefused),
        ((400, {}, b'{"error": {"code": "parameter_unknown"}}'), ProviderRefused),
        ((401, {}, b'{"error": 1}'), ProviderRefused),
    ],
)
def test_every_odd_answer_is_told_apart(answer: Answer, failure: type[Exception]) -> None:
    with served(lambda *_: answer) as base:
        card = CardCheckouts(base, API_KEY)
        with pytest.raises(failure):
            card.create_checkout(ATTEMPT, LINES, "https://us.test/", "https://us.test/", START)


def test_a_connection_that_breaks_off_leaves_open_what_happened() -> None:
    def break_off(*_: object) -> Answer:
        raise ConnectionAbortedError

    with served(break_off) as base, pytest.raises(Lost):
        CardCheckouts(base, API_KEY).find_checkout("cs_x")


def test_an_unreadable_state_is_lost_and_not_taken_for_unpaid() -> None:
    for content in (
        {"id": "cs_1"},
        {"id": "cs_1", "payment_status": "paid", "expires_at": 1, "payment_intent": "pi_1"},
    ):
        body = json.dumps(content).encode()
        with served(lambda *_, body=body: (200, {}, body)) as base, pytest.raises(Lost):
            CardCheckouts(base, API_KEY).find_checkout("cs_1")


def test_the_hooks_see_every_call_and_can_stop_it(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(http, "before_call", lambda name: seen.append(f"before {name.split('/v1')[1]}"))
    monkeypatch.setattr(http, "after_call", lambda name: seen.append(f"after {name.split('/v1')[1]}"))
    stand.create()
    assert seen == ["before /checkout/sessions", "after /checkout/sessions"]

    def stop(name: str) -> None:
        raise Unreachable(name)

    monkeypatch.setattr(http, "before_call", stop)
    with pytest.raises(Unreachable):
        stand.create(Attempt(order="ORD-26-000001", attempt="P9"))
    assert len(stand.simulator.dump()["sessions"]) == 1


def test_nested_fields_are_flattened_as_the_provider_reads_them() -> None:
    fields = {"a": {"b": [{"c": 1}, {"c": 2}]}, "d": ["x", "y"], "e": "z"}
    assert list(flatten(fields)) == [("a[b][0][c]", "1"), ("a[b][1][c]", "2"), ("d[]", "x"), ("d[]", "y"), ("e", "z")]


@pytest.mark.parametrize("bad", ["ORD.1", ""])
def test_a_reference_must_come_apart_again(bad: str) -> None:
    with pytest.raises(ValueError, match="order"):
        Attempt(order=bad, attempt="P1")
