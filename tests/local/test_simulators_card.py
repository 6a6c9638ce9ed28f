"""The card simulator: Stripe-shaped by the vendor's own library, its page, its state, its control room."""

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import stripe

from local.simulators.alone import served
from local.simulators.card import API_KEY, ENDPOINT_SECRET, SWITCHES
from tests.local.card_stand import REFERENCE, START, Stand


def test_a_payment_on_the_page_sends_signed_events_and_leads_back() -> None:
    stand = Stand()
    name = stand.session()
    status, headers, _ = stand.page("POST", name, {"card": "mastercard"})
    assert (status, headers["location"]) == (303, f"http://us.test/paid?session_id={name}")
    assert stand.simulator.next_due() == START
    assert stand.simulator.run_due() == 4
    assert stand.types == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    assert {url for url, *_ in stand.posted} == {"http://us.test/webhooks/card"}
    assert stand.captured == 12000


def test_the_vendors_library_believes_its_events(monkeypatch: pytest.MonkeyPatch) -> None:
    stand = Stand()
    monkeypatch.setattr(time, "time", stand.now.timestamp)
    stand.paid()
    for _, headers, body in stand.posted:
        event = stripe.Webhook.construct_event(body, headers["stripe-signature"], ENDPOINT_SECRET)
        assert (event.livemode, event.api_version) == (False, stripe.api_version)


def test_the_vendors_library_speaks_to_it() -> None:
    stand = Stand()
    with served(stand.simulator.handle) as base:
        client = stripe.StripeClient(API_KEY, base_addresses={"api": base}, max_network_retries=0)
        params: Any = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {"currency": "usd", "unit_amount": 12000, "product_data": {"name": "Fee"}},
                }
            ],
            "success_url": "http://us.test/",
            "client_reference_id": REFERENCE,
        }
        session = client.v1.checkout.sessions.create(params, {"idempotency_key": "k"})
        again = client.v1.checkout.sessions.create(params, {"idempotency_key": "k"})
        assert session.id == again.id
        assert (session.amount_total, session.status, session.payment_status) == (12000, "open", "unpaid")
        stand.simulator.control("pay", {"session": session.id})
        found = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
        assert found.payment_intent.latest_charge.amount == 12000
        assert [one.id for one in client.v1.checkout.sessions.list().auto_paging_iter()] == [session.id]
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.checkout.sessions.expire(session.id)
        with pytest.raises(stripe.IdempotencyError):
            client.v1.checkout.sessions.create({**params, "locale": "zh"}, {"idempotency_key": "k"})
        with pytest.raises(stripe.AuthenticationError):
            stripe.StripeClient("sk_live_x", base_addresses={"api": base}).v1.checkout.sessions.list()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"payment_method_types[]": "card"}, "parameter_unknown"),
        ({"mode": None}, "parameter_missing"),
        ({"mode": "subscription"}, "parameter_invalid"),
        ({"line_items[0][quantity]": 0}, "parameter_invalid_integer"),
        ({"line_items[0][price_data][unit_amount]": "12.5"}, "parameter_invalid_integer"),
        ({"line_items[0][price_data][currency]": None}, "parameter_invalid"),
        ({"allowed_payment_method_types[]": "ideal"}, "parameter_invalid"),
    ],
)
def test_wrong_parameters_are_refused_and_their_answer_is_not_stored(changes: dict[str, Any], code: str) -> None:
    stand = Stand()
    status, answer = stand.create(**changes)
    assert (status, answer["error"]["code"]) == (400, code)
    assert stand.create()[0] == 200


@pytest.mark.parametrize(("seconds", "status"), [(1799, 400), (1800, 200), (86400, 200), (86401, 400)])
def test_a_checkout_lives_thirty_minutes_to_a_day(seconds: int, status: int) -> None:
    assert Stand().create(expires_at=int(START.timestamp()) + seconds)[0] == status


def test_requests_without_a_test_key_or_in_another_version_are_refused() -> None:
    stand = Stand()
    assert stand.ask("GET", "/v1/checkout/sessions", authorization="Bearer sk_live_1")[0] == 401
    assert stand.ask("GET", "/v1/checkout/sessions", authorization="")[0] == 401
    assert stand.ask("GET", "/v1/checkout/sessions", None, **{"stripe-version": "2024-01-01"})[0] == 400
    assert stand.ask("DELETE", f"/v1/checkout/sessions/{stand.session()}")[0] == 405
    assert stand.ask("GET", "/v1/customers")[0] == 404


def test_a_key_longer_than_255_characters_is_refused() -> None:
    assert Stand().create(key="k" * 256)[0] == 400
    assert Stand().create(key="k" * 255)[0] == 200


def test_a_declined_card_takes_nothing_and_leaves_the_page_open() -> None:
    stand = Stand()
    name = stand.session()
    status, _, body = stand.page("POST", name, {"card": "declined"})
    assert status == 402
    assert "declined. Nothing was taken" in body.decode()
    stand.simulator.run_due()
    assert (stand.types, stand.captured) == (["payment_intent.payment_failed"], 0)
    assert stand.page("POST", name, {"card": "visa"})[0] == 303
    assert stand.page("POST", stand.session("pay:P2"), {"card": "4111111111111111"})[0] == 402


@pytest.mark.parametrize(("query", "words"), [("", "SIMULATOR. This page"), ("?lang=zh", "模拟器：本页面")])
def test_the_page_says_in_both_languages_that_it_is_a_simulator(query: str, words: str) -> None:
    stand = Stand()
    status, headers, body = stand.page("GET", stand.session(), query=query)
    page = body.decode()
    assert status == 200
    assert words in page
    assert "USD 120.00" in page
    assert "Fee &lt;b&gt;" in page
    assert "form-action 'self' http://us.test" in headers["content-security-policy"]


def test_the_page_of_a_closed_checkout_takes_no_payment() -> None:
    stand = Stand()
    name = stand.paid()
    for method in ("GET", "POST"):
        status, _, body = stand.page(method, name, {"card": "visa"})
        assert (status, "has been paid" in body.decode(), "<form" in body.decode()) == (200, True, False)
    assert stand.page("GET", "cs_none")[0] == 404


@pytest.mark.scenario(16)
def test_an_unpaid_checkout_expires_and_says_so() -> None:
    stand = Stand()
    name = stand.session()
    stand.until(timedelta(minutes=59))
    assert stand.types == []
    stand.until(timedelta(minutes=1))
    assert stand.types == ["checkout.session.expired"]
    assert "has expired" in stand.page("GET", name)[2].decode()


def test_its_state_is_plain_json_and_another_one_goes_on_from_it() -> None:
    one, other = Stand(), Stand()
    name = one.paid("delay_24_hours")
    other.simulator.load(json.loads(json.dumps(one.simulator.dump())))
    assert other.simulator.dump() == one.simulator.dump()
    assert other.create()[1]["id"] == name
    other.until(timedelta(days=1))
    assert other.captured == 12000


def test_two_runs_make_the_same_names() -> None:
    one, other = Stand(), Stand()
    one.paid("second_payment")
    other.paid("second_payment")
    assert one.simulator.dump() == other.simulator.dump()


def test_the_control_room_drives_it_and_mistakes_are_named() -> None:
    stand = Stand()
    name, control = stand.session(), stand.simulator.control
    status = control("switch", {"name": "forged"})
    assert (status["simulator"], status["switches"], set(status["known"])) == (True, ["forged"], set(SWITCHES))
    assert control("switch", {"name": "forged", "on": "false"})["switches"] == []
    control("switch", {"name": "drop"})
    assert control("clear", {})["switches"] == []
    assert control("pay", {"session": name})["sessions"][0]["payment_status"] == "paid"
    stand.simulator.run_due()
    control("deliver", {"event": status_events(control)[0]})
    assert stand.simulator.run_due() == 1
    control("expire", {"session": stand.create(key="k2")[1]["id"]})
    mistakes: list[tuple[str, dict[str, str]]] = [
        ("fly", {}),
        ("switch", {"name": "nonsense"}),
        ("pay", {"session": "none"}),
        ("pay", {"session": name}),
        ("deliver", {"event": "none"}),
    ]
    for action, form in mistakes:
        with pytest.raises(ValueError, match=r"no action|no switch|no session|not open|no event"):
            control(action, form)


def status_events(control: Callable[[str, Mapping[str, str]], dict[str, Any]]) -> list[str]:
    return [event["id"] for event in control("status", {})["events"]]


def test_eight_requests_at_once_under_one_key_open_one_checkout() -> None:
    stand = Stand()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: stand.create(), range(8)))
    assert {(status, answer["id"]) for status, answer in answers} == {(200, "cs_test_simulated_000001")}
    assert len(stand.simulator.dump()["sessions"]) == 1
