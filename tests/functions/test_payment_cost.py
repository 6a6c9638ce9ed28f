"""What one message about money costs: at most 3 cloud calls until it is answered, at most 2 transactions until it is applied."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.functions.stand import Stand
from tests.functions.units import counted

MOST_CALLS, MOST_TRANSACTIONS = 3, 2


@pytest.mark.rule("PAY-05")
def test_a_webhook_is_verified_stored_and_answered_in_three_calls_and_applied_and_settled_in_two_transactions(
    stand: Stand,
) -> None:
    """Counted over all messages of one payment, with secrets that must be read again."""
    candidate = stand.to_pay()
    address = candidate.open_checkout()
    stand.wait(timedelta(minutes=6))
    with counted(stand) as spent:
        stand.cloud.chain.arm(None)
        candidate.pay_at(address)
        stand.cloud.settle()
        calls = Counter((call.function, call.operation) for call in stand.cloud.chain.ledger)
    assert candidate.status() == "registered"
    messages = spent.calls["payment_webhook"]
    assert messages >= 2
    whole = sum(times for (function, _), times in calls.items() if function == "assay-payment_webhook")
    # The secret, where the process does not remember it, and one write for each message.
    assert calls["assay-payment_webhook", "TransactWriteItems"] == messages
    assert messages < whole <= 2 * messages < MOST_CALLS * messages, calls
    applied, settled = spent.calls["apply_payment"], spent.calls["settle_order"]
    assert applied == messages
    assert calls["assay-apply_payment", "TransactWriteItems"] == applied, calls
    assert calls["assay-settle_order", "TransactWriteItems"] <= settled <= applied, calls
    assert MOST_TRANSACTIONS * messages >= applied + settled


def test_a_message_that_comes_again_costs_one_refused_write_and_starts_no_machine(stand: Stand) -> None:
    candidate = stand.to_pay()
    stand.cloud.simulators["card"].control("switch", {"name": "event_twice"})
    address = candidate.open_checkout()
    with counted(stand) as spent:
        candidate.pay_at(address)
        stand.cloud.settle()
    assert spent.calls["payment_webhook"] == 2 * spent.calls["apply_payment"]
    assert candidate.status() == "registered"
