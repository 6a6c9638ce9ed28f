"""Desks, jobs and the bank's files at the same moment: 32 writers, and every effect once."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from local import seed
from local.candidate import ApiCandidate
from tests.faults.writers import ACCOUNT, WRITERS, People, a_file, announced, at_once, books, member, only, sound
from tests.functions.stand import stand_on

PRICE = 13_500
THIRD = "STF-third"


@pytest.fixture(scope="module")
def people() -> Iterator[People]:
    with stand_on() as made:
        seed.add_member(THIRD, "Sample Third", "third@staff.test", ("reviewer",), seed.DESKS)
        yield People(made)


def decided(case: str, verdict: str, note: str, *, by: str, seconded_by: str | None = None) -> None:
    """What a desk decides; confirmed where it says by whom. Nobody applies it yet."""
    from certification.acts import review, seconding
    from certification.rules.review import Decision, Verdict

    review.decide(member(by), case, Decision(verdict=Verdict(verdict), decided_by=by, note=note))
    if seconded_by:
        seconding.second(member(seconded_by), case, 1, agree=True)


def rf(candidate: ApiCandidate) -> str:
    from certification.rules.reference import reference_of

    return reference_of(candidate.reference)


def test_thirty_two_requests_for_a_fifth_each_are_five_refunds(people: People) -> None:
    from certification.acts import part_refunds
    from certification.cloud.tables.payments import payments
    from certification.cloud.tables.refunds import refunds

    people.at("registered")
    paid = only(payments)
    (capture,) = paid.facts
    asks = (partial(part_refunds.ask, member(seed.REVIEWER), paid.id, capture, "27.00", "Agreed by telephone"),)
    assert at_once(*asks) == [{"done": 5, "refund_not_covered": 27}]
    sound(people.stand)
    assert [(one.money.amount, one.state) for one in refunds.everything()] == [(2_700, "requested")] * 5
    assert books() == {"psp": PRICE, "refund": -PRICE}


def test_two_who_saw_the_same_rest_and_send_their_forms_many_times_ask_for_one_refund(people: People) -> None:
    from certification.acts import part_refunds
    from certification.cloud.tables.payments import payments
    from certification.cloud.tables.refunds import refunds

    people.at("registered")
    paid = only(payments)
    (capture,) = paid.facts
    forms = at_once(
        *(
            partial(part_refunds.ask, member(name), paid.id, capture, cents, "Agreed", "goodwill", paid.version)
            for name, cents in ((seed.REVIEWER, "27.00"), (seed.SECOND, "30.00"))
        )
    )
    assert sorted(map(dict, forms), key=str) == [{"changed_meanwhile": 16}, {"done": 16}]
    sound(people.stand)
    assert only(refunds).money.amount == (2_700 if "done" in forms[0] else 3_000)


def test_a_withdrawal_and_the_desks_refund_of_everything_give_back_no_more_than_came(people: People) -> None:
    from certification.acts import part_refunds, withdrawing
    from certification.cloud.tables.payments import payments
    from certification.cloud.tables.refunds import refunds

    candidate = people.at("registered")
    paid, person = only(payments), people.stand.id_of(candidate.session)
    (capture,) = paid.facts
    asked, withdrawn = at_once(
        partial(part_refunds.ask, member(seed.REVIEWER), paid.id, capture, "135.00", "Agreed by telephone"),
        partial(withdrawing.withdraw, person, candidate.reference),
    )
    assert (asked["done"] <= 1, withdrawn) == (True, {"done": WRITERS // 2})
    sound(people.stand)
    assert candidate.status() == "withdrawn"
    assert sum(one.money.amount + one.kept for one in refunds.everything()) == PRICE
    assert announced("ApplicationWithdrawn") == 1


def test_two_confirmers_let_one_refund_go_and_many_senders_send_it_once(people: People) -> None:
    from certification.acts import decisions, part_refunds, seconding
    from certification.acts import refunds as sending
    from certification.cloud.tables.payments import payments
    from certification.cloud.tables.refunds import refunds

    people.at("registered")
    paid = only(payments)
    (capture,) = paid.facts
    refund = part_refunds.ask(member(seed.REVIEWER), paid.id, capture, "35.00", "Agreed by telephone")
    case = refunds.read(refund).case or ""
    decided(case, "approve", "", by=seed.REVIEWER)
    confirm = [partial(seconding.second, member(name), case, 1, agree=True) for name in (seed.SECOND, THIRD)]
    confirmed = at_once(*confirm)
    assert sorted(map(dict, confirmed), key=str) == [{"done": 16}, {"no_proposal": 16}]
    assert at_once(partial(decisions.apply, case)) == [{"done": WRITERS}]
    assert at_once(partial(sending.send, refund)) == [{"done": WRITERS}]
    sound(people.stand)
    assert (refunds.read(refund).state, books()) == ("succeeded", {"psp": PRICE - 3_500, "candidate": 3_500 - PRICE})
    sent = people.stand.cloud.simulators["card"].control("status", {})["refunds"]
    assert [(one["amount"], one["status"]) for one in sent] == [(3_500, "succeeded")]
    assert [announced(name) for name in ("CaseDecided", "RefundReleased", "RefundArrived")] == [2, 1, 1]


@pytest.mark.scenario(75)
def test_one_file_dropped_by_two_and_read_by_many_is_each_line_once(people: People) -> None:
    from certification.acts import bank_files
    from certification.cloud.tables.inbox import inbox

    candidate = people.at("to_pay")
    arrived = (("B1", PRICE, rf(candidate)), ("B2", 777, "rent"))
    keys = [a_file(people.stand, *arrived, name=name) for name in ("mine", "yours")]
    assert at_once(*(partial(bank_files.read, key) for key in keys)) == [{"done": 16}] * 2
    assert (sum(1 for _ in inbox.everything()), announced("PaymentFactArrived")) == (2, 2)
    sound(people.stand)
    assert (candidate.status(), announced("CandidateRegistered")) == ("registered", 1)
    assert books() == {"bank": PRICE + 777, "candidate": -PRICE, "unapplied": -777}


def unplaced(people: People, *arrived: tuple[str, int, str]) -> list[str]:
    """Credits that nobody can place; gives their cases in this order."""
    from certification.cloud.tables.cases import cases

    a_file(people.stand, *arrived)
    people.stand.cloud.settle()
    found = {case.facts["entry"]: case.id for case in cases.everything() if case.kind == "unmatched_credit"}
    return [found[f"bank_transfer#{ACCOUNT}#{reference}#0"] for reference, *_ in arrived]


def test_money_of_two_that_desks_place_at_once_settles_each_order_once(people: People) -> None:
    """Three credits, two of them for one order: one settles it, the other goes back."""
    from certification.acts import decisions
    from certification.cloud.tables.refunds import refunds

    first = people.at("to_pay")
    second = people.stand.to_pay()
    whose = (first, first, second)
    cases = unplaced(people, *((f"B{number}", PRICE, "exam fee") for number in range(3)))
    for case, candidate in zip(cases, whose, strict=True):
        decided(case, "approve", candidate.reference, by=seed.REVIEWER, seconded_by=seed.SECOND)
    at_once(*(partial(decisions.apply, case) for case in cases))
    sound(people.stand)
    assert (first.status(), second.status(), announced("CandidateRegistered")) == ("registered", "registered", 2)
    assert [(one.kind, one.money.amount) for one in refunds.everything()] == [("duplicate", PRICE)]
    assert books() == {"bank": 3 * PRICE, "candidate": -2 * PRICE, "refund": -PRICE}


def test_money_that_one_places_and_another_sends_back_does_one_of_the_two(people: People) -> None:
    from certification.acts import decisions, seconding
    from certification.cloud.tables.cases import cases
    from certification.cloud.tables.refunds import refunds

    candidate = people.at("to_pay")
    (case,) = unplaced(people, ("B1", PRICE, "exam fee"))
    place = partial(decided, case, "approve", candidate.reference, by=seed.REVIEWER)
    send_back = partial(decided, case, "return", "It is somebody's rent.", by=seed.SECOND)
    proposed = at_once(place, send_back)
    assert sorted(map(dict, proposed), key=str) == [{"done": 16}, {"waits_for_second": 16}]
    (proposal,) = cases.read(case).proposals
    other = seed.SECOND if proposal.by == seed.REVIEWER else seed.REVIEWER
    answers = at_once(
        partial(seconding.second, member(other), case, 1, agree=True),
        partial(seconding.second, member(THIRD), case, 1, agree=False, why_not="I know the payer."),
    )
    assert sorted(map(dict, answers), key=str) == [{"done": 16}, {"no_proposal": 16}]
    at_once(partial(decisions.apply, case))
    sound(people.stand)
    sent_back = [("decided", PRICE)]
    ends = {"approve": ("registered", []), "return": ("awaiting_payment", sent_back), None: ("awaiting_payment", [])}
    decision = cases.read(case).decision
    now = (candidate.status(), [(one.kind, one.money.amount) for one in refunds.everything()])
    assert now == ends[decision.outcome if decision else None]


def test_the_file_of_refunds_written_by_many_while_more_arrive_has_each_refund_once(people: People) -> None:
    from certification.acts import bank_files, settling, transfer_batches
    from certification.acts import payments as paying
    from certification.acts import refunds as sending
    from certification.cloud import vault
    from certification.cloud.settings import settings
    from certification.cloud.tables.inbox import inbox
    from certification.cloud.tables.refunds import refunds

    candidate = people.at("to_pay")
    a_file(people.stand, ("B1", PRICE + 100, rf(candidate)), ("B2", 300, rf(candidate)))
    people.stand.cloud.settle()
    key = a_file(people.stand, ("B3", 500, rf(candidate)), name="later")
    bank_files.read(key)
    (entry,) = [one.id for one in inbox.everything() if one.applied_at is None]
    settling.settle(paying.apply(entry)["order"] or "")
    (late,) = [one.id for one in refunds.everything() if one.state == "reserved"]
    at_once(transfer_batches.write_all, partial(sending.send, late))
    sound(people.stand)
    transfer_batches.write_all()
    files = [vault.find(settings().staff_files, f"transfers/cgptc/RFB-CGPTC-{number:06d}.xml") for number in (1, 2, 3)]
    assert files[0] is not None
    assert files[2] is None
    written = Counter(one.id for one in refunds.everything() for file in files if file and one.id.encode() in file)
    assert written == {one.id: 1 for one in refunds.everything()}
    assert sum(written.values()) == 3


def test_receipts_of_thirty_two_orders_are_numbered_without_gap_or_double(people: People) -> None:
    from certification.acts import receipts as acting
    from certification.cloud.tables.applications import applications
    from certification.cloud.tables.orders import orders
    from certification.cloud.tables.receipts import receipts
    from certification.cloud.transaction import commit

    candidate = people.at("registered")
    paid = applications.read(candidate.reference)
    order = orders.read(paid.order or "")
    others = []
    for number in range(1, WRITERS):
        reference, its_order = f"{paid.reference}-{number}", f"{order.number}-{number}"
        over = paid.changed(reference=reference, orders=(its_order,), status="withdrawn")
        commit([applications.insert(over), orders.insert(order.changed(number=its_order, application=reference))])
        others.append(reference)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(acting, "render", lambda *_: b"%PDF")  # what is printed has its own tests
        issue = partial(partial, acting.issue, "CandidateRegistered")
        at_once(*(issue({"application": reference}) for reference in [paid.reference, *others]))
    numbers = sorted(one.ours.sequence for one in receipts.everything() if one.ours)
    assert numbers == list(range(1, WRITERS + 1))


def test_the_bills_of_a_day_read_by_many_jobs_close_it_once_and_heal_it_once(people: People) -> None:
    from certification.acts import reconciling
    from certification.cloud.tables.bill_days import bill_days
    from certification.cloud.tables.ledger import ledger

    people.at("registered")
    card = people.stand.cloud.simulators["card"]
    session = card.control("status", {})["sessions"][0]["id"]
    card.control("switch", {"name": "drop", "on": "true"})
    card.control("pay_again", {"session": session})
    night = people.stand.clock.now().replace(hour=3, minute=0) + timedelta(days=1)
    people.stand.wait(night - people.stand.clock.now())
    today = (night - timedelta(days=1)).date().isoformat()
    assert at_once(reconciling.run) == [{"done": WRITERS}]
    assert (bill_days.read("card", today).state, bill_days.read("card", today).healed) == ("compared", 1)
    people.stand.cloud.settle()
    people.stand.wait(timedelta(hours=1))
    assert at_once(reconciling.run) == [{"done": WRITERS}]
    closed = bill_days.read("card", today)
    assert (closed.state, closed.sums[0].captured) == ("closed", 2 * PRICE)
    assert [row.number for row in ledger.everything() if row.payment == f"day#card#{today}"] == [1]
    sound(people.stand)


@pytest.mark.scenario(90)
def test_a_rate_asked_for_by_many_pages_is_kept_once_and_shown_to_all(people: People, monkeypatch: Any) -> None:
    from certification.acts import exchange
    from certification.cloud.tables.rates import rates
    from certification.policies import load_policy
    from certification.rules.money import usd

    people.at("to_pay")
    policy, _ = load_policy("cgptc")
    kept: list[int] = []
    real: Any = vars(exchange)["commit"]

    def noted(writes: Any) -> None:
        real(writes)
        kept.append(1)

    monkeypatch.setattr(exchange, "commit", noted)
    shown: list[Any] = []
    for hour in (1, 2):
        at_once(lambda: shown.append(exchange.indicative(usd(PRICE), policy)))
        assert (rates.read("USD/CNY").version, len(kept)) == (hour, hour)
        people.stand.wait(timedelta(hours=1))
    assert {quote.about for quote in shown} == {shown[0].about}
    assert len(shown) == 2 * WRITERS
