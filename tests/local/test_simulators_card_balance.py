"""The card provider's daily bill: what the vendor's own library and our reader see of the simulator's balance."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import stripe

from certification.providers.card_bill import CardBills
from certification.rules.bills import FACT_OF, BillRefused, RowKind
from certification.rules.facts import FactKind
from local.simulators.alone import served
from local.simulators.card import API_KEY
from tests.local.card_stand import REFERENCE, START, Stand

TODAY = START.date()


@pytest.fixture
def stand() -> Stand:
    """Paid, 40.00 sent back from the provider's pages, a refund that failed, a dispute that came back."""
    made = Stand()
    made.paid()
    intent = made.simulator.control("status", {})["payments"][0]["id"]
    made.simulator.control("refund", {"payment": intent, "amount": "4000"})
    refund = made.simulator.control("status", {})["refunds"][0]["id"]
    made.simulator.control("refund_fails", {"refund": refund})
    made.simulator.control("dispute", {"payment": intent})
    dispute = made.simulator.control("status", {})["disputes"][0]["id"]
    made.simulator.control("dispute_won", {"dispute": dispute})
    made.simulator.run_due()
    return made


@pytest.fixture
def bills(stand: Stand) -> Iterator[CardBills]:
    with served(stand.simulator.handle) as base:
        yield CardBills(base, API_KEY)


def test_every_movement_of_money_is_a_line_with_the_id_its_event_has(stand: Stand, bills: CardBills) -> None:
    rows = list(bills.rows(bills.fetch(TODAY)))
    assert [row.kind for row in reversed(rows)] == [
        RowKind.CAPTURE,
        RowKind.REFUND,
        RowKind.REFUND_FAILED,
        RowKind.DISPUTE_OUT,
        RowKind.DISPUTE_IN,
    ]
    told = {(fact.kind, fact.reference) for fact in stand.facts.values() if fact.kind is not FactKind.CONFLICT}
    assert {(FACT_OF[row.kind], row.reference) for row in rows} == told
    capture = rows[-1]
    assert (capture.amount, capture.fee, capture.currency, capture.ours) == (12000, 378, "USD", REFERENCE)


def test_a_bill_holds_its_own_day_and_no_other(bills: CardBills) -> None:
    assert [len(list(bills.rows(bills.fetch(TODAY + timedelta(days=day))))) for day in (-1, 0, 1)] == [0, 5, 0]
    assert bills.ready_at(TODAY) - bills.begins(TODAY) == timedelta(hours=26)


def test_a_long_day_is_fetched_page_by_page(bills: CardBills, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certification.providers.card.PAGE", 2)
    assert len(list(bills.rows(bills.fetch(TODAY)))) == 5


def test_the_vendors_library_reads_the_same_transactions(stand: Stand) -> None:
    with served(stand.simulator.handle) as base:
        client = stripe.StripeClient(API_KEY, base_addresses={"api": base})
        found = client.v1.balance_transactions.list({"expand": ["data.source"], "limit": 3})
        assert [one.reporting_category for one in found.auto_paging_iter()] == [
            "dispute_reversal",
            "dispute",
            "refund_failure",
            "refund",
            "charge",
        ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"net": 1},
        {"amount": 1.5},
        {"reporting_category": "something_new"},
        {"source": None},
        {"created": "yesterday"},
    ],
)
@pytest.mark.scenario(93)
def test_a_bill_that_does_not_add_up_is_refused_with_its_line(bills: CardBills, wrong: dict[str, object]) -> None:
    lines = [json.loads(line) for line in bills.fetch(TODAY).splitlines()]
    lines[1] |= wrong
    with pytest.raises(BillRefused, match="line 2"):
        list(bills.rows("\n".join(map(json.dumps, lines)).encode()))


def test_the_days_of_the_card_provider_are_utc_days(bills: CardBills) -> None:
    assert bills.begins(date(2026, 11, 22)).isoformat() == "2026-11-22T00:00:00+00:00"
