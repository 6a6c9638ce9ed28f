"""The bank's own days: a statement is held against our books, explained, closed and signed like a provider's bill."""

from datetime import timedelta
from typing import Any

import pytest

from certification.acts import invariants
from certification.cloud.tables.bill_days import BillDay, bill_days
from certification.cloud.tables.cases import cases
from certification.cloud.tables.ledger import ledger
from certification.rules.ledger import balances
from certification.rules.reconciliation import Class
from local.simulators.bank_files import Booking, Day, Part, statement
from tests.journeys.stages import Stages
from tests.journeys.town import Town
from tests.statemachines.test_reconciliation import NEXT_MORNING, card, reconcile
from tests.statemachines.test_transfer import ACCOUNT, FEE, credit, drop, page, rf

PAID_OUT = 12_000


def books() -> dict[str, int]:
    """What is on each account, by the first word of those of orders."""
    found: dict[str, int] = {}
    for (account, _), amount in balances(entry.entry for entry in ledger.everything()).items():
        name = account if account.startswith(("bank", "cost", "suspense", "transit", "psp")) else account.split(":")[0]
        found[name] = found.get(name, 0) + amount
    return found


def out(town: Town, reference: str, cents: int, kind: str = "XBCT") -> Booking:
    day = town.clock.now().date()
    return Booking(reference, False, (Part(cents),), day, day, kind=kind)


def state(town: Town, *bookings: Booking, opening: int = 0) -> BillDay:
    """The bank's statement of today is dropped and looked at; gives its day."""
    at = town.clock.now()
    assert drop(town, statement(Day(ACCOUNT, "USD", at.date(), opening=opening, bookings=bookings), at))["counts"]
    reconcile(town)
    return bill_days.read("bank_usd", at.date().isoformat())


def differences(day: BillDay) -> dict[Class, str]:
    return {one.what: one.case for one in day.differences}


@pytest.mark.rule("PAY-05", "PAY-02")
def test_a_statement_that_agrees_is_closed_signed_and_its_charges_are_booked(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    bookings = (credit(town, "B1", structured=rf(candidate)), out(town, "B2", 15, "CHRG"))
    day = state(town, *bookings)
    assert (day.state, day.counts, day.differences) == ("closed", {Class.MATCHED: 1, Class.FEE_ONLY: 1}, ())
    assert day.closing is not None
    assert books() == {"bank:usd": FEE - 15, "cost:bank": 15, "candidate": -FEE}
    assert invariants.differences() == []
    assert state(town, *bookings) == day, "the same statement again changes nothing"
    town.wait(timedelta(days=1))
    following = state(town, out(town, "B3", 500), opening=FEE - 15)
    assert (following.state, list(differences(following))) == ("compared", [Class.UNKNOWN_REFERENCE])
    shown = page(town, f"/staff/books/bank_usd/{following.day}")
    for words in ("Our bank account (USD)", "Money out of the account", "Closing balance of the statement (USD)"):
        assert words in shown
    town.reviewer.awake().decide(differences(following)[Class.UNKNOWN_REFERENCE], "approve", note="Rent of the hall.")
    town.settle()
    reconcile(town)
    assert bill_days.read("bank_usd", following.day.isoformat()).state == "closed"
    assert books()["bank:usd"] == FEE - 515
    assert books()["suspense:bank"] == 500
    assert invariants.differences() == []


@pytest.mark.rule("PAY-05")
def test_a_balance_that_is_not_ours_keeps_the_day_open_until_a_person_has_said_why(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    day = state(town, credit(town, "B1", structured=rf(candidate)), opening=100)
    assert (day.state, list(differences(day))) == ("compared", [Class.BALANCE])
    case = cases.read(differences(day)[Class.BALANCE])
    assert (case.facts["in_the_bill"], case.facts["in_our_books"]) == (f"USD {FEE + 100}", f"USD {FEE}")
    town.reviewer.awake().decide(case.id, "approve", note="It was on the account before.")
    town.settle()
    reconcile(town)
    assert bill_days.read("bank_usd", day.day.isoformat()).state == "closed"
    assert books() == {"bank:usd": FEE + 100, "suspense:bank": -100, "candidate": -FEE}
    assert invariants.differences() == []


@pytest.mark.rule("PAY-05")
def test_a_payout_of_the_card_provider_is_counted_once_and_only_its_own_number_proves_it(
    town: Town, stages: Stages
) -> None:
    stages.at("registered")
    card(town).control("pay_out", {"cents": str(PAID_OUT)})
    town.wait(NEXT_MORNING - town.clock.now())
    reconcile(town)
    assert books()["transit:card"] == PAID_OUT
    (payout,) = bill_days.read("card", (town.clock.now() - timedelta(days=1)).date().isoformat()).payouts
    proof: dict[str, Any] = {"text": (f"CARD PAYMENTS {payout.references[0].upper()}",), "name": "Sample Provider"}
    first = credit(town, "B1", PAID_OUT, **proof)
    day = state(town, first)
    assert (day.state, [one.kind for one in cases.everything() if one.decision is None]) == ("closed", [])
    assert "transit:card" not in books()
    assert books()["bank:usd"] == PAID_OUT
    # the same words again are another payment of somebody: a person looks
    town.wait(timedelta(days=1))
    state(town, credit(town, "B2", PAID_OUT, **proof), opening=PAID_OUT)
    (case,) = [one for one in cases.everything() if one.decision is None]
    assert (case.kind, books()["unapplied"]) == ("unmatched_credit", -PAID_OUT)
    town.reviewer.awake().decide(case.id, "approve", note="By phone with the provider: payout card, sent twice.")
    town.second.awake().second(case.id)
    town.settle()
    assert (books()["transit:card"], "unapplied" in books()) == (-PAID_OUT, False)
    assert invariants.differences() == []
