"""The card simulator's refunds and disputes: what the vendor's own library and our adapter see of them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import stripe

from certification.providers.card import CardCheckouts
from certification.providers.ports import Lost, ProviderRefused, StoredFailure
from certification.providers.refund_ports import RefundAsked
from certification.rules.facts import fold
from certification.rules.money import usd
from local.simulators.alone import served
from local.simulators.card import API_KEY
from tests.local.card_stand import REFERENCE, START, Stand

PAID = 12_000


@pytest.fixture
def stand() -> Stand:
    made = Stand()
    made.paid()
    return made


@pytest.fixture
def adapter(stand: Stand) -> Iterator[CardCheckouts]:
    with served(stand.simulator.handle) as base:
        yield CardCheckouts(base, API_KEY)


def intent(stand: Stand) -> str:
    return str(stand.simulator.control("status", {})["payments"][0]["id"])


def asked(stand: Stand, cents: int = 9_600, number: int = 1, refund: str = "RFD-1") -> RefundAsked:
    return RefundAsked(
        refund=refund,
        number=number,
        capture=intent(stand),
        captured=usd(PAID),
        reference=REFERENCE,
        money=usd(cents),
        requested_at=START,
    )


def test_the_vendors_library_refunds_part_by_part_and_never_more(stand: Stand) -> None:
    with served(stand.simulator.handle) as base:
        client: Any = stripe.StripeClient(API_KEY, base_addresses={"api": base}, max_network_retries=0)
        made = client.v1.refunds.create({"payment_intent": intent(stand), "amount": 9_600, "metadata": {"refund": "R"}})
        assert (made.status, made.amount, made.metadata["refund"]) == ("succeeded", 9_600, "R")
        assert client.v1.refunds.retrieve(made.id).id == made.id
        with pytest.raises(stripe.InvalidRequestError, match="greater than the unrefunded"):
            client.v1.refunds.create({"payment_intent": intent(stand), "amount": 2_401})
        client.v1.refunds.create({"payment_intent": intent(stand)})
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.v1.refunds.create({"payment_intent": intent(stand)})
        assert refused.value.code == "charge_already_refunded"
        listed = client.v1.refunds.list({"payment_intent": intent(stand), "limit": 1})
        assert [one.amount for one in listed.auto_paging_iter()] == [2_400, 9_600]


def test_a_refund_is_sent_once_under_its_key_and_found_by_our_id(stand: Stand, adapter: CardCheckouts) -> None:
    assert adapter.find_refund(asked(stand)) is None
    sent = adapter.send_refund(asked(stand))
    assert (sent.refund, sent.state, sent.money, sent.capture) == ("RFD-1", "succeeded", usd(9_600), intent(stand))
    assert adapter.send_refund(asked(stand)) == sent == adapter.find_refund(asked(stand))
    assert adapter.find_reference(intent(stand)) == REFERENCE
    assert adapter.find_reference("pi_nobody") is None
    with pytest.raises(ProviderRefused) as refused:
        adapter.send_refund(asked(stand, 2_401, refund="RFD-2"))
    assert refused.value.code == "amount_too_large"


@pytest.mark.scenario(7)
def test_a_stored_failure_is_told_from_an_answer_that_was_lost(stand: Stand, adapter: CardCheckouts) -> None:
    stand.switch("refund_500")
    for _ in range(2):
        with pytest.raises(StoredFailure):
            adapter.send_refund(asked(stand))
    assert adapter.find_refund(asked(stand)) is None
    stand.switch("refund_answer_lost")
    with pytest.raises(Lost) as lost:
        adapter.send_refund(asked(stand, number=2))
    assert not isinstance(lost.value, StoredFailure)
    found = adapter.find_refund(asked(stand, number=2))
    assert found is not None
    assert found.money == usd(9_600)


@pytest.mark.scenario(57)
def test_a_refund_may_be_slow_and_may_fail_after_it_succeeded(stand: Stand, adapter: CardCheckouts) -> None:
    stand.switch("refund_slow", "refund_fails")
    assert adapter.send_refund(asked(stand)).state == "pending"
    stand.until(timedelta(hours=24))
    assert fold(stand.facts).refunded == 9_600
    stand.until(timedelta(hours=1))
    assert fold(stand.facts).refunded == 0
    failed = adapter.find_refund(asked(stand))
    assert failed is not None
    assert (failed.state, failed.why) == ("failed", "expired_or_canceled_card")
    assert {"refund.created", "charge.refunded", "refund.updated", "refund.failed"} <= set(stand.types)


@pytest.mark.scenario(59)
def test_a_refund_on_the_providers_pages_names_no_refund_of_ours(stand: Stand) -> None:
    stand.simulator.control("refund", {"payment": intent(stand), "amount": "100"})
    stand.simulator.run_due()
    sums = fold(stand.facts)
    assert (sums.refunded, [anomaly.partition(":")[0] for anomaly in sums.anomalies]) == (100, ["external_refund"])
    with pytest.raises(ValueError, match="greater"):
        stand.simulator.control("refund", {"payment": intent(stand), "amount": "11901"})


def test_a_dispute_takes_the_money_out_and_brings_it_back(stand: Stand, adapter: CardCheckouts) -> None:
    stand.simulator.control("dispute", {"payment": intent(stand)})
    stand.simulator.run_due()
    assert (fold(stand.facts).disputed, fold(stand.facts).refundable) == (PAID, 0)
    with pytest.raises(ProviderRefused) as refused:
        adapter.send_refund(asked(stand))
    assert refused.value.code == "charge_disputed"
    (dispute,) = stand.simulator.control("status", {})["disputes"]
    stand.simulator.control("dispute_won", {"dispute": dispute["id"]})
    stand.simulator.run_due()
    assert (fold(stand.facts).disputed, fold(stand.facts).refundable) == (0, PAID)
    assert adapter.send_refund(asked(stand)).state == "succeeded"


@pytest.mark.scenario(63)
def test_an_inquiry_moves_no_money(stand: Stand) -> None:
    stand.simulator.control("inquiry", {"payment": intent(stand)})
    stand.simulator.run_due()
    assert "charge.dispute.created" in stand.types
    assert fold(stand.facts).disputed == 0
    (dispute,) = stand.simulator.control("status", {})["disputes"]
    stand.simulator.control("dispute_lost", {"dispute": dispute["id"]})
    stand.simulator.run_due()
    assert stand.simulator.control("status", {})["disputes"][0]["status"] == "warning_closed"


def test_the_control_room_offers_what_can_happen_now(stand: Stand, adapter: CardCheckouts) -> None:
    def offered() -> list[str]:
        return [button["action"] for button in stand.simulator.control("status", {})["buttons"]]

    assert offered() == ["refund", "dispute", "inquiry"]
    adapter.send_refund(asked(stand))
    assert offered() == ["refund", "dispute", "inquiry", "refund_fails"]
    stand.simulator.control("dispute", {"payment": intent(stand)})
    assert offered()[-2:] == ["dispute_won", "dispute_lost"]
