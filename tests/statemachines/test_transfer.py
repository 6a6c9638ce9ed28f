"""Bank transfers: from the payment page over the bank's files to the seat, and back to whoever paid."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from certification.acts import invariants, transfer_batches
from certification.acts.receipts import ways_of
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.cases import cases
from certification.cloud.tables.inbox import inbox
from certification.cloud.tables.ledger import ledger
from certification.cloud.tables.payments import payments
from certification.cloud.tables.receipts import receipts
from certification.cloud.tables.refunds import refunds
from certification.policies import load_policy
from certification.rules.ledger import balances
from certification.rules.reference import reference_of
from local.candidate import ApiCandidate
from local.simulators.bank_files import Booking, Day, Part, cut, notification, statement, status_report
from tests.journeys.stages import Stages, complete, draft, in_review, to_pay
from tests.journeys.town import Town

FEE = 13_500
ACCOUNT = "012-345678-901"


def drop(town: Town, content: bytes) -> Any:
    """The money desk uploads a file of the bank; gives its report."""
    key = town.reviewer.awake().drop("statements", content, "cgptc")
    town.settle()
    return town.reviewer.awake().report(key)


def booked(town: Town, *bookings: Booking, on: date | None = None) -> bytes:
    """The notification of these bookings."""
    at = town.clock.now()
    return notification(Day(ACCOUNT, "USD", on or at.date(), bookings=bookings), at)


def credit(town: Town, reference: str, cents: int = FEE, *, on: date | None = None, **part: Any) -> Booking:
    day = on or town.clock.now().date()
    part.setdefault("name", "Sample Payer")
    part.setdefault("account", "HK-5678")
    return Booking(reference, True, (Part(cents, **part),), day, day)


def rf(candidate: ApiCandidate) -> str:
    return reference_of(candidate.reference)


def transfer(candidate: ApiCandidate, act: str = "", *, expect: int = 200) -> Any:
    path = f"/api/candidate/applications/{candidate.reference}/transfer{act}"
    return candidate.awake().call("POST" if act is not None else "GET", path, {}, expect=expect)


def books() -> dict[str, int]:
    found: dict[str, int] = {}
    for (account, _), amount in balances(entry.entry for entry in ledger.everything()).items():
        name = account.partition(":")[0]
        found[name] = found.get(name, 0) + amount
    return found


def going_back() -> list[tuple[str, int, str]]:
    return sorted((refund.kind, refund.money.amount, refund.state) for refund in refunds.everything())


@pytest.mark.scenario(72)
@pytest.mark.rule("PAY-02")
def test_who_pays_by_transfer_with_the_reference_is_registered(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    told = transfer(candidate)
    assert told["missing"] == {"amount": FEE, "currency": "USD"}
    assert told["reference"].replace(" ", "") == rf(candidate)
    assert told["account"]["number"] == ACCOUNT
    town.settle()
    assert ("TransferExpected", "email") in town.letters(candidate)
    text = cut(f"paid by my employer for exam {told['reference']} thanks")
    report = drop(town, booked(town, credit(town, "B1", text=text)))
    assert (report["counts"], report["rows"], report["problems"]) == (True, 1, [])
    assert candidate.awake().status() == "registered"
    assert books() == {"bank": FEE, "candidate": -FEE}
    assert not cases_of_money()


def cases_of_money() -> list[str]:
    return sorted(case.kind for case in cases.everything() if case.kind != "review")


@pytest.mark.scenario(75)
@pytest.mark.rule("PAY-02")
def test_the_same_movement_in_three_files_is_one(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    one = credit(town, "B1", structured=rf(candidate))
    told = booked(town, one)
    at = town.clock.now()
    stated = statement(
        Day(ACCOUNT, "USD", at.date(), opening=100, bookings=(one, credit(town, "B2", 99, text=("fee",)))), at
    )
    for content in (told, told, stated):
        assert drop(town, content)["counts"]
    assert candidate.awake().status() == "registered"
    assert books() == {"bank": FEE + 99, "candidate": -FEE, "unapplied": -99}
    assert cases_of_money() == ["unmatched_credit"]


@pytest.mark.scenario(76)
@pytest.mark.scenario(97)
def test_a_file_that_does_not_add_up_or_hides_a_bomb_changes_nothing(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    at = town.clock.now()
    day = Day(ACCOUNT, "USD", at.date(), bookings=(credit(town, "B1", structured=rf(candidate)), credit(town, "B2", 5)))
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + booked(town).partition(b"?>")[2]
    other = booked(town, credit(town, "B1")).replace(ACCOUNT.encode(), b"999")
    for content, code in (
        (statement(day, at, leave_out=["B2"]), "balances_differ"),
        (bomb, "definition_refused"),
        (other, "account_unknown"),
        (b"nothing", "format_unknown"),
    ):
        report = drop(town, content)
        assert (report["counts"], [one["code"] for one in report["problems"]]) == (False, [code])
    assert (list(inbox.everything()), candidate.awake().status()) == ([], "awaiting_payment")
    assert not town.cloud.invoker.failures


@pytest.mark.scenario(77)
def test_a_pending_credit_registers_nobody_until_it_is_booked(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    one = credit(town, "B1", structured=rf(candidate))
    drop(town, booked(town, Booking("B1", True, one.parts, one.booked, one.valued, status="PDNG")))
    assert candidate.awake().status() == "awaiting_payment"
    drop(town, booked(town, one))
    assert (candidate.awake().status(), books()["bank"]) == ("registered", FEE)


@pytest.mark.scenario(69)
@pytest.mark.rule("PAY-02")
def test_a_short_transfer_asks_for_the_rest_and_the_rest_registers(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    drop(town, booked(town, credit(town, "B1", FEE - 2500, structured=rf(candidate), charged=2500)))
    assert candidate.awake().status() == "awaiting_payment"
    assert town.letters(candidate).count(("ShortTransferArrived", "email")) == 1
    now = candidate.awake().call("GET", f"/api/candidate/applications/{candidate.reference}/transfer")
    assert (now["missing"]["amount"], now["arrived"]["amount"]) == (2500, FEE - 2500)
    drop(town, booked(town, credit(town, "B2", 2500, structured=rf(candidate))))
    assert candidate.awake().status() == "registered"
    assert books() == {"bank": FEE, "candidate": -FEE}
    assert (going_back(), cases_of_money()) == ([], [])


@pytest.mark.scenario(69)
@pytest.mark.rule("PAY-02")
def test_the_rest_of_a_short_transfer_may_be_paid_by_card(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    drop(town, booked(town, credit(town, "B1", FEE - 2500, structured=rf(candidate))))
    candidate.awake().pay()
    town.settle()
    assert candidate.awake().status() == "registered"
    assert books() == {"bank": FEE - 2500, "psp": 2500, "candidate": -FEE}
    candidate.withdraw()
    town.settle()
    by_card, back = sorted(refunds.everything(), key=lambda refund: refund.money.amount)
    assert (by_card.money.amount, back.money.amount) == (2500, FEE * 8 // 10 - 2500)
    write_file(town)
    drop(town, booked(town, debit(town, "D1", back.id, back.money.amount)))
    receipt = receipts.read(f"order:{back.order}")
    assert ways_of(receipt, load_policy(receipt.scheme)[0]).en == "Bank transfer in USD, Card"
    notes = [receipts.read(f"refund:{one.id}").method for one in (by_card, back)]
    assert notes == ["card", "bank_transfer"]  # each went back the way it came


@pytest.mark.rule("PAY-02")
def test_more_than_is_owed_registers_and_the_excess_goes_back_to_the_payer(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    drop(town, booked(town, credit(town, "B1", FEE + 100, structured=rf(candidate))))
    assert candidate.awake().status() == "registered"
    assert town.failures() == []
    assert going_back() == [("overpaid", 100, "pending")]
    assert books() == {"bank": FEE + 100, "candidate": -FEE, "refund": -100}


@pytest.mark.scenario(70)
@pytest.mark.rule("PAY-02", "REF-04")
def test_what_is_not_complete_when_the_order_lapses_goes_back_whole(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    transfer(candidate)
    drop(town, booked(town, credit(town, "B1", FEE - 2500, structured=rf(candidate))))
    pay_by = datetime.fromisoformat(candidate.order()["pay_by"])
    town.skip(pay_by + timedelta(hours=10))
    drop(town, booked(town, credit(town, "B2", 2500, structured=rf(candidate), on=pay_by.date() + timedelta(days=1))))
    assert going_back()[0][:2] == ("late", 2500)
    closes = town.sitting.dates.payment_closes
    town.skip(closes + timedelta(days=2))
    assert candidate.awake().status() == "lapsed"
    assert [one[:2] for one in going_back()] == [("incomplete", FEE - 2500), ("late", 2500)]


@pytest.mark.rule("PAY-02", "PAY-05")
def test_a_declared_transfer_counts_by_its_value_day_and_is_waited_for(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    transfer(candidate)
    told = transfer(candidate, "/sent")
    until = datetime.fromisoformat(told["waited_until"])
    closes = town.sitting.dates.payment_closes
    assert until > closes + timedelta(days=1)
    town.skip(closes + timedelta(hours=20))
    valued = datetime.fromisoformat(told["until"]).date()
    saved = town.save()
    drop(town, booked(town, credit(town, "B1", structured=rf(candidate), on=valued)))
    assert candidate.awake().status() == "registered"
    # The same money, known only after the seats were drawn: it counts, and a person finds a seat.
    town.restore(saved)
    town.forget_sessions()
    town.skip(until - timedelta(hours=3))
    assert candidate.awake().status() == "awaiting_payment"
    drop(town, booked(town, credit(town, "B1", structured=rf(candidate), on=valued)))
    assert (candidate.awake().order()["state"], cases_of_money()) == ("settled", ["late_seat"])
    # A day later is too late, however it was declared; and without any money the application lapses.
    town.restore(saved)
    town.forget_sessions()
    drop(town, booked(town, credit(town, "B1", structured=rf(candidate), on=valued + timedelta(days=1))))
    assert going_back()[0][:2] == ("late", FEE)
    town.skip(until + timedelta(days=1))
    assert candidate.awake().status() == "lapsed"


def test_who_did_not_declare_is_not_waited_for(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    transfer(candidate)
    town.skip(town.sitting.dates.payment_closes + timedelta(days=2))
    assert candidate.awake().status() == "lapsed"


def files() -> list[bytes]:
    """The files of refunds that we wrote for the bank."""
    found: list[bytes] = []
    while (
        content := vault.find(settings().staff_files, f"transfers/cgptc/RFB-CGPTC-{len(found) + 1:06d}.xml")
    ) is not None:
        found.append(content)
    return found


def write_file(town: Town) -> None:
    """The job of the day."""
    town.cloud.invoke("assay-send_transfers", {"job": "send_transfers"})
    town.settle()


def debit(town: Town, reference: str, refund: str, cents: int, **part: Any) -> Booking:
    day = town.clock.now().date()
    return Booking(reference, False, (Part(cents, end_to_end=refund, **part),), day, day)


@pytest.mark.scenario(79)
@pytest.mark.scenario(82)
@pytest.mark.rule("REF-04")
def test_a_refund_goes_to_whoever_paid_in_one_file_and_is_done_when_the_bank_says_so(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("to_pay")
    employer: dict[str, Any] = {"name": "Sample Employer Ltd", "account": "HK-EMPLOYER-1"}
    drop(town, booked(town, credit(town, "B1", structured=rf(candidate), **employer)))
    candidate.awake().withdraw()
    town.settle()
    (refund,) = refunds.everything()
    assert (refund.state, refund.money.amount) == ("pending", FEE * 8 // 10)
    assert files() == []
    for _ in range(3):
        write_file(town)
    (file,) = files()
    assert b"Sample Employer Ltd" in file
    assert b"HKEMPLOYER1" in file
    assert file.count(refund.id.encode()) == 1
    accepted = status_report("RFB-CGPTC-000001", "ACCP", [(refund.id, "ACCP", "")], town.clock.now(), batch="B")
    drop(town, accepted)
    assert refunds.read(refund.id).state == "pending"
    again = status_report("RFB-CGPTC-000001", "RJCT", [], town.clock.now(), reason="DUPL")
    assert drop(town, again)["counts"]
    assert refunds.read(refund.id).state == "pending"
    drop(town, booked(town, debit(town, "D1", refund.id, refund.money.amount)))
    assert refunds.read(refund.id).state == "succeeded"
    assert books() == {"bank": FEE - refund.money.amount, "fee": -(FEE - refund.money.amount)}
    assert ("RefundArrived", "email") in town.letters(candidate)
    assert town.failures() == []


@pytest.mark.scenario(80)
@pytest.mark.scenario(81)
@pytest.mark.rule("REF-04")
def test_a_refund_that_comes_back_less_a_charge_is_owed_again_whole_and_is_no_new_payment(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("to_pay")
    drop(town, booked(town, credit(town, "B1", structured=rf(candidate))))
    candidate.awake().withdraw()
    town.settle()
    (refund,) = refunds.everything()
    write_file(town)
    drop(town, booked(town, debit(town, "D1", refund.id, refund.money.amount)))
    town.wait(timedelta(days=3))
    back: dict[str, Any] = {"end_to_end": refund.id, "returned": "AC04", "text": (f"Refund {rf(candidate)}",)}
    drop(town, booked(town, credit(town, "B2", refund.money.amount - 1500, **back)))
    after = refunds.read(refund.id)
    assert (after.state, after.failure) == ("returned", "AC04")
    assert [payment.id for payment in payments.everything() if payment.order is None] == []
    assert books() == {"bank": FEE - 1500, "candidate": -FEE, "cost": 1500}
    assert (cases_of_money(), invariants.differences()) == (["money_to_return"], [])


def test_a_file_that_the_bank_refuses_as_a_whole_fails_every_refund_in_it(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    drop(town, booked(town, credit(town, "B1", structured=rf(candidate))))
    candidate.awake().withdraw()
    town.settle()
    write_file(town)
    drop(town, status_report("RFB-CGPTC-000001", "RJCT", [], town.clock.now(), reason="FF01"))
    (refund,) = refunds.everything()
    assert (refund.state, refund.failure) == ("failed", "FF01")
    unknown = drop(town, status_report("RFB-CGPTC-000009", "RJCT", [], town.clock.now(), reason="FF01"))
    assert [one["code"] for one in unknown["problems"]] == ["file_unknown"]


@pytest.mark.scenario(78)
def test_a_credit_that_the_bank_takes_back_is_money_out(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    drop(town, booked(town, credit(town, "HK0001", structured=rf(candidate))))
    assert books()["bank"] == FEE
    day = town.clock.now().date()
    taken = Booking("HK0002", False, (Part(FEE, text=("REVERSAL OF HK0001",)),), day, day, reversal=True)
    drop(town, booked(town, taken))
    assert books() == {"candidate": -FEE, "cost": FEE}
    assert cases_of_money() == ["dispute"]


def test_one_transfer_for_two_people_is_divided_only_to_the_cent(town: Town, stages: Stages) -> None:
    first = stages.at("to_pay")
    second = town.candidate(2)
    for step in (complete, draft, in_review, to_pay):
        step(town, second)
    both = (f"{rf(first)} {rf(second)}",)
    drop(town, booked(town, credit(town, "B1", 2 * FEE - 1, text=both)))
    assert (first.awake().status(), second.awake().status()) == ("awaiting_payment", "awaiting_payment")
    assert cases_of_money() == ["unmatched_credit"]
    drop(town, booked(town, credit(town, "B2", 2 * FEE, text=both)))
    assert (first.awake().status(), second.awake().status()) == ("registered", "registered")


def test_nothing_of_a_payer_is_kept_in_the_clear(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    part: dict[str, Any] = {
        "name": "Sample Payer",
        "account": "HK-SECRET-77",
        "text": ("a private word",),
        "end_to_end": "MY-OWN-ID",
    }
    drop(town, booked(town, credit(town, "B1", structured=rf(candidate), **part)))
    kept = " ".join(entry.body for entry in inbox.everything()) + repr(list(payments.everything()))
    assert candidate.awake().status() == "registered"
    for word in ("Sample Payer", "SECRET", "private", "MY-OWN"):
        assert word not in kept


def the_case(kind: str = "unmatched_credit") -> Any:
    return next(case for case in cases.everything() if case.kind == kind)


def page(town: Town, path: str) -> str:
    """A page as the reviewer sees it."""
    return town.cloud.request("GET", f"/en{path}", signed_in(town)).body.decode()


def signed_in(town: Town) -> dict[str, str]:
    return {"cookie": f"__Host-session={town.reviewer.awake().session}"}


@pytest.mark.scenario(32)
@pytest.mark.scenario(73)
@pytest.mark.rule("PAY-02")
def test_two_people_place_money_whose_reference_is_wrong(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    right = rf(candidate)
    swapped = right[:2] + right[3] + right[2] + right[4:]
    drop(town, booked(town, credit(town, "B1", text=(swapped,))))
    assert candidate.awake().status() == "awaiting_payment"
    assert books() == {"bank": FEE, "unapplied": -FEE}
    case = the_case()
    shown = page(town, f"/staff/cases/{case.id}")
    for words in ("Sample Payer", "HK-5678", f"May be for {candidate.reference}", "the reference is nearly right"):
        assert words in shown
    reviewer, second = town.reviewer.awake(), town.second.awake()
    nowhere = {"verdict": "approve", "reasons": [], "note": "for somebody"}
    reviewer.call("POST", f"/api/staff/cases/{case.id}/decision", nowhere, expect=422)
    reviewer.decide(case.id, "approve", note=f"By phone: it is {candidate.reference}")
    town.settle()
    assert candidate.awake().status() == "awaiting_payment"
    second.second(case.id)
    town.settle()
    assert candidate.awake().status() == "registered"
    assert books() == {"bank": FEE, "candidate": -FEE}
    assert town.failures() == []


@pytest.mark.scenario(82)
@pytest.mark.rule("REF-04")
def test_money_that_is_for_nobody_goes_back_to_its_payer(town: Town, stages: Stages) -> None:
    stages.at("to_pay")
    drop(town, booked(town, credit(town, "B1", 777, text=("rent",), name="Sample Stranger", account="HK-1")))
    case = the_case()
    town.reviewer.awake().decide(case.id, "return", note="It is somebody's rent.")
    town.second.awake().second(case.id)
    town.settle()
    assert going_back() == [("decided", 777, "pending")]
    write_file(town)
    (file,) = files()
    assert b"Sample Stranger" in file
    (refund,) = refunds.everything()
    drop(town, booked(town, debit(town, "D1", refund.id, 777)))
    assert (refunds.read(refund.id).state, books()) == ("succeeded", {})
    assert town.failures() == []


@pytest.mark.rule("REF-04")
def test_without_an_account_the_candidate_is_asked_and_only_their_own_is_taken(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    drop(town, booked(town, credit(town, "B1", structured=rf(candidate), account="")))
    candidate.awake().withdraw()
    town.settle()
    (refund,) = refunds.everything()
    assert (refund.state, refund.failure) == ("manual", "account_unknown")
    assert ("RefundAccountAsked", "email") in town.letters(candidate)
    write_file(town)
    assert files() == []
    path = f"/api/candidate/applications/{candidate.reference}/refund-account"
    own = {"holder": "Chen Yangben", "number": "012-345678-902", "bank": "SAMPHKHH"}
    for wrong in ({"holder": "Sample Friend"}, {"number": "GB00SAMP12345612345678"}, {"bank": "SAMPLEXXX"}):
        refused = candidate.call("POST", path, own | wrong, expect=422)
        assert refused["field"] == next(iter(wrong))
    for _ in range(2):
        candidate.call("POST", path, own)
    town.settle()
    candidate.call("POST", path, own, expect=422)
    assert refunds.read(refund.id).state == "pending"
    write_file(town)
    (file,) = files()
    assert b"<Othr><Id>012345678902</Id></Othr>" in file
    assert "345678902" not in repr(list(payments.everything()))
    assert town.failures() == []


def retried(town: Town, refund: str) -> Any:
    """The desk sends a failed refund again; what becomes of it."""
    again = town.reviewer.awake().call("POST", f"/api/staff/refunds/{refund}/retry", {})["refund"]
    town.settle()
    return refunds.read(again)


def comes_back(town: Town, refund: str, cents: int, why: str) -> None:
    """The bank sends a refund and brings it back three days later."""
    write_file(town)
    drop(town, booked(town, debit(town, f"D-{refund}", refund, cents)))
    town.wait(timedelta(days=3))
    drop(town, booked(town, credit(town, f"C-{refund}", cents, end_to_end=refund, returned=why)))
    assert refunds.read(refund).state == "returned"


@pytest.mark.scenario(80)
@pytest.mark.rule("REF-04")
def test_whose_account_was_closed_is_asked_for_another_and_the_money_goes_there_and_not_back_to_the_first(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("to_pay")
    drop(town, booked(town, credit(town, "B1", structured=rf(candidate), name="Chen Yangben")))
    candidate.awake().withdraw()
    town.settle()
    (refund,) = refunds.everything()
    comes_back(town, refund.id, refund.money.amount, "AC04")
    second = retried(town, refund.id)
    assert (second.state, second.failure) == ("manual", "account_unknown")
    assert ("RefundAccountAsked", "email") in town.letters(candidate)
    write_file(town)
    assert len(files()) == 1
    own = {"holder": "Chen Yangben", "number": "012-345678-902", "bank": "SAMPHKHH"}
    candidate.awake().call("POST", f"/api/candidate/applications/{candidate.reference}/refund-account", own)
    town.settle()
    write_file(town)
    assert b"<Othr><Id>012345678902</Id></Othr>" in files()[1]
    drop(town, status_report("RFB-CGPTC-000002", "RJCT", [], town.clock.now(), reason="FF01"))
    third = retried(town, second.id)
    assert third.state == "pending"  # the file was wrong, not the account
    write_file(town)
    assert b"<Othr><Id>012345678902</Id></Othr>" in files()[2]
    assert (town.failures(), invariants.differences()) == ([], [])


@pytest.mark.scenario(82)
@pytest.mark.rule("REF-04")
def test_an_employers_closed_account_is_for_the_desk_and_the_candidate_cannot_name_their_own(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("to_pay")
    drop(town, booked(town, credit(town, "B1", structured=rf(candidate), name="Sample Employer Ltd")))
    candidate.awake().withdraw()
    town.settle()
    (refund,) = refunds.everything()
    comes_back(town, refund.id, refund.money.amount, "AC04")
    second = retried(town, refund.id)
    assert (second.state, second.failure) == ("manual", "payer_account_wrong")
    assert ("RefundAccountAsked", "email") not in town.letters(candidate)
    own = {"holder": "Chen Yangben", "number": "012-345678-902", "bank": "SAMPHKHH"}
    path = f"/api/candidate/applications/{candidate.reference}/refund-account"
    assert candidate.awake().call("POST", path, own, expect=422)["code"] == "no_account_needed"


@pytest.mark.rule("PAY-02", "REF-04")
def test_with_the_simulated_bank_a_transfer_and_its_refund_make_the_whole_way(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    bank = town.cloud.simulators["bank"]
    bank.control("transfer", {"amount": "135.00", "text": transfer(candidate)["reference"]})
    bank.control("carry", {})
    bank.control("statement", {})
    bank.control("carry", {})
    assert candidate.awake().status() == "registered"
    assert books() == {"bank": FEE, "candidate": -FEE}
    candidate.withdraw()
    town.settle()
    write_file(town)
    reviewer = town.reviewer.awake()
    assert reviewer.call("GET", "/api/staff/files/transfers")["files"] == [
        {"scheme": "cgptc", "message": "RFB-CGPTC-000001"}
    ]
    found = reviewer.call("GET", "/api/staff/files/transfers/cgptc/RFB-CGPTC-000001")["url"]
    assert reviewer.fetch(found) == files()[0]
    reviewer.call("GET", "/api/staff/files/transfers/cgptc/RFB-CGPTC-000002", expect=404)
    link = town.cloud.request("GET", "/en/staff/files/transfers/cgptc/RFB-CGPTC-000001", signed_in(town))
    assert (link.status, dict(link.headers)["location"].partition("?")[0]) == (303, found.partition("?")[0])
    assert town.officer.awake().call("GET", "/api/staff/files/transfers")["files"] == []
    assert "RFB-CGPTC-000001" in page(town, "/staff/files")
    for _ in range(2):
        bank.control("carry", {})
    (refund,) = refunds.everything()
    assert refund.state == "succeeded"
    assert bank.control("status", {})["balance"] == "27.00"
    assert books() == {"bank": 2700, "fee": -2700}
    assert town.failures() == []


@pytest.mark.scenario(12)
@pytest.mark.scenario(79)
def test_a_job_that_dies_after_writing_its_file_finds_it_again_and_sends_nothing_twice(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = stages.at("to_pay")
    drop(town, booked(town, credit(town, "B1", FEE + 100, structured=rf(candidate))))

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("certification.acts.transfer_batches.commit", dies)
    with pytest.raises(KeyboardInterrupt):
        transfer_batches.write_all()
    monkeypatch.undo()
    (before,) = files()
    drop(town, booked(town, credit(town, "B2", 300, structured=rf(candidate))))  # another refund waits by now
    town.wait(timedelta(hours=1))
    write_file(town)
    assert files()[0] == before
    write_file(town)
    write_file(town)
    ids = [refund.id.encode() for refund in refunds.everything()]
    assert [len([one for one in ids if one in file]) for file in files()] == [1, 1]


@pytest.mark.rule("PAY-02")
@pytest.mark.parametrize(
    ("language", "offer", "choose", "waiting", "sent"),
    [
        ("en", "Pay by bank transfer", "I pay this way", "Waiting for your transfer", "I have sent the transfer"),
        ("zh", "银行汇款缴费", "选择银行汇款", "等待您的汇款", "我已汇款"),
    ],
)
def test_the_pages_lead_from_the_choice_to_waiting_without_javascript(
    town: Town, stages: Stages, language: str, offer: str, choose: str, waiting: str, sent: str
) -> None:
    candidate = stages.at("to_pay")
    host = town.cloud.address.removeprefix("http://")

    def shown(method: str, path: str, **fields: str) -> Any:
        headers = {"cookie": f"__Host-session={candidate.awake().session}", "host": host}
        if method == "POST":
            headers |= {
                "content-type": "application/x-www-form-urlencoded",
                "sec-fetch-site": "same-origin",
                "origin": f"http://{host}",
            }
        return town.cloud.request(method, f"/{language}/apply/{candidate.reference}{path}", headers, urlencode(fields))

    def press(page: str, path: str) -> None:
        token = re.search(r'name="token" value="([0-9a-f]+)"', page)
        assert token
        assert shown("POST", path, token=token[1]).status == 303

    assert offer in shown("GET", "/pay").body.decode()
    page = shown("GET", "/pay/transfer").body.decode()
    for words in (choose, ACCOUNT, "SAMPHKHH", rf(candidate)[:4], "OUR"):
        assert words in page
    press(page, "/pay/transfer")
    page = shown("GET", "/pay/transfer").body.decode()
    assert waiting in page
    assert sent in page
    press(page, "/pay/transfer/sent")
    page = shown("GET", "/pay/transfer").body.decode()
    assert waiting in page
    assert sent not in page
    assert waiting in shown("GET", "/pay").body.decode()
    assert town.failures() == []


@pytest.mark.rule("PAY-02", "REF-04")
def test_who_withdraws_with_a_part_paid_gets_it_back_whole(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    drop(town, booked(town, credit(town, "B1", FEE - 2500, structured=rf(candidate))))
    candidate.awake().withdraw()
    town.settle()
    assert (candidate.status(), going_back()) == ("withdrawn", [("order_closed", FEE - 2500, "pending")])
    assert books() == {"bank": FEE - 2500, "refund": -(FEE - 2500)}
