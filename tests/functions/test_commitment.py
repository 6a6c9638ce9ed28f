"""The commitment at its doors: chosen freely, notified first, signed in person, paid, and taken back in time only."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from local.candidate import ApiCandidate
from tests.functions.committing import CLOSES, PAYMENT_CLOSES, People, publish, row
from tests.functions.stand import Stand

SECOND = timedelta(seconds=1)


@pytest.fixture
def people(stand: Stand) -> People:
    """A stand with the sitting of Guangdong."""
    publish(stand)
    return People(stand)


def to(stand: Stand, instant: datetime) -> None:
    """The clock at an instant, with no job on the way: a deadline holds at the doors themselves."""
    stand.clock.move_to(instant)


@pytest.mark.rule("COM-01", "COM-06", "REG-01")
def test_who_commits_signs_and_pays_without_proofs_or_review(stand: Stand, people: People) -> None:
    candidate = people.confirmed()
    now = candidate.now()
    assert (now["status"], now["turn"], datetime.fromisoformat(now["due"])) == ("awaiting_signature", "candidate", CLOSES)
    candidate.sign()
    stand.cloud.settle()
    assert candidate.status() == "awaiting_payment"
    assert candidate.commitment()["proofs"] == []
    assert row(candidate).review is None
    order = candidate.order()
    assert order["total"] == {"amount": 28400, "currency": "CNY"}
    assert datetime.fromisoformat(order["pay_by"]) == PAYMENT_CLOSES
    candidate.pay()
    stand.cloud.settle()
    assert candidate.status() == "registered"
    assert [step["what"] for step in candidate.now()["timeline"]] == [
        "confirmed",
        "sent_to_signature",
        "signed",
        "settled",
    ]
