"""Many hands on one payment: 32 writers at the same moment, and more facts than anybody expects."""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from certification.rules.facts import Fact, FactKind, fact_of, fold
from certification.rules.money import usd
from local import seed
from local.candidate import ApiCandidate
from local.simulators.base import signature
from local.simulators.card import ENDPOINT_SECRET
from tests.faults.writers import WRITERS, Act, People, announced, at_once, books, canonical, entries, sound, told
from tests.functions.stand import stand_on

PRICE = 13_500
CAPTURED = FactKind.CAPTURED
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def people() -> Iterator[People]:
    with stand_on() as made:
        yield People(made)


def order_of(candidate: ApiCandidate) -> str:
    from certification.cloud.tables.applications import applications

    return applications.read(candidate.reference).order or ""


def payment_of(candidate: ApiCandidate) -> str:
    from certification.cloud.tables.orders import orders

    (payment,) = orders.read(order_of(candidate)).payments
    return payment


def capture_of(payment: str) -> Fact:
    from certification.cloud.tables.payments import payments

    (capture,) = [fact for fact in payments.read(payment).facts.values() if fact.kind is CAPTURED]
    return capture


def card(people: People, action: str, **form: str) -> dict[str, list[dict[str, str]]]:
    answer: dict[str, list[dict[str, str]]] = people.stand.cloud.simulators["card"].control(action, form)
    return answer


def heard(people: People) -> list[str]:
    """Every event that the provider would have told, in the inbox and not yet applied."""
    from certification.cloud.tables.inbox import inbox

    cloud, now = people.stand.cloud, int(people.stand.clock.now().timestamp())
    known = {entry.id for entry in inbox.everything()}
    for kept in cloud.simulators["card"].dump()["events"].values():
        body = json.dumps(kept["event"]).encode()
        headers = {"content-type": "application/json", "stripe-signature": signature(body, ENDPOINT_SECRET, now)}
        assert cloud.request("POST", "/webhooks/card", headers, body).status == 200
    return sorted({entry.id for entry in inbox.everything()} - known)


before_or_while = pytest.mark.parametrize("known", [True, False], ids=["applied before", "applied meanwhile"])
"""Whether the money was applied when everybody read, so that settling it is what races, or is being applied."""


def machine(entry: str, order: str, *, known: bool) -> list[Act]:
    """What the machine does with an entry: apply it, and settle its order."""
    from certification.acts import payments as paying
    from certification.acts import settling

    if known:
        paying.apply(entry)
        return [partial(settling.settle, order)]
    return [partial(paying.apply, entry), partial(settling.settle, order)]


@pytest.mark.scenario(9)
def test_one_capture_told_by_thirty_two_is_one_entry_and_one_registration(people: People) -> None:
    from certification.acts import payments as paying
    from certification.acts import settling

    candidate = people.at("opened")
    payment, capture = payment_of(candidate), fact_of(CAPTURED, "pi_1", usd(PRICE), people.stand.clock.now(), "card")
    tellings = [told(payment, [capture], f"telling {number}") for number in range(8)]
    assert at_once(*(partial(paying.apply, entry) for entry in tellings)) == [{"done": 4}] * 8
    assert at_once(partial(settling.settle, order_of(candidate))) == [{"done": WRITERS}]
    sound(people.stand)
    assert (candidate.status(), books(), len(entries())) == ("registered", {"psp": PRICE, "candidate": -PRICE}, 1)
    assert announced("CandidateRegistered") == 1


@pytest.mark.scenario(9)
@pytest.mark.scenario(53)
@pytest.mark.scenario(64)
def test_a_capture_its_refund_and_its_dispute_at_once_end_as_one_after_the_other(people: People) -> None:
    from certification.acts import payments as paying
    from certification.cloud.tables.cases import cases
    from certification.rules.ledger import balances

    candidate = people.at("to_pay")
    card(people, "switch", name="drop", on="true")
    candidate.pay()
    (paid,) = card(people, "status")["payments"]
    card(people, "refund", payment=paid["id"], amount="5000")
    card(people, "dispute", payment=paid["id"])
    before = people.stand.save()
    ends = []
    for together in (False, True):
        people.stand.restore(before)
        events = heard(people)
        assert len(events) >= 5
        if together:
            at_once(*(partial(paying.apply, entry) for entry in events))
        sound(people.stand)
        open_now = sorted(case.kind for case in cases.everything() if case.decision is None)
        ends.append((canonical(balances(entries())), candidate.status(), open_now))
    assert ends[0] == ends[1]
    sums = fold(facts_of(candidate))
    assert (sums.captured, sums.refunded, sums.disputed) == (PRICE, 5000, PRICE)


def facts_of(candidate: ApiCandidate) -> dict[str, Fact]:
    from certification.cloud.tables.payments import payments

    return payments.read(payment_of(candidate)).facts


@pytest.mark.scenario(9)
@pytest.mark.scenario(24)
@pytest.mark.scenario(54)
def test_two_captures_told_among_requests_for_refunds_lose_nothing_and_give_back_no_cent_too_many(
    people: People,
) -> None:
    from certification.acts import part_refunds
    from certification.acts import payments as paying
    from certification.cloud.tables.staff import staff

    candidate = people.at("registered")
    payment = payment_of(candidate)
    capture = capture_of(payment)
    second = fact_of(CAPTURED, "pi_second", usd(PRICE), people.stand.clock.now(), "card:query")
    again, other = told(payment, [capture], "again"), told(payment, [second], "second")
    desk = [
        partial(part_refunds.ask, staff.read(member), payment, capture.key, "27.00", "Agreed by telephone")
        for member in (seed.REVIEWER, seed.SECOND)
    ]
    outcomes = at_once(partial(paying.apply, again), partial(paying.apply, other), *desk)
    assert outcomes[:2] == [{"done": 8}] * 2
    assert outcomes[2] + outcomes[3] == {"done": 5, "refund_not_covered": 11}
    sound(people.stand)
    sums = {one.capture: one for one in fold(facts_of(candidate)).captures}
    assert (sums[capture.key].refundable, sums["CAP#pi_second"].captured) == (0, PRICE)
    assert candidate.status() == "registered"


@pytest.mark.scenario(57)
def test_a_refund_reported_done_and_failed_at_once_is_owed_again_and_shown_once(people: People) -> None:
    from certification.acts import payments as paying
    from certification.acts.inbox_entries import receive
    from certification.cloud.tables.cases import cases
    from certification.cloud.tables.refunds import refunds
    from certification.providers.refund_ports import RefundReport, RefundSeen

    candidate = people.at("registered")
    card(people, "switch", name="refund_slow", on="true")
    candidate.withdraw()
    people.stand.cloud.settle()
    (refund,) = refunds.everything()
    assert refund.state == "pending"

    def report(state: RefundReport, number: int) -> str:
        seen = RefundSeen(
            id=refund.provider_refund or "",
            refund=refund.id,
            capture=refund.capture.removeprefix("CAP#"),
            state=state,
            money=refund.money,
            at=people.stand.clock.now(),
        )
        receive("card", f"refund#{state}{number}", json.dumps({"refund": seen.model_dump(mode="json")}))
        return f"card#refund#{state}{number}"

    reports = [report(state, number) for state in ("succeeded", "failed") for number in range(4)]
    at_once(*(partial(paying.apply, entry) for entry in reports))
    sound(people.stand)
    assert (refunds.read(refund.id).state, books()) == ("failed", {"psp": PRICE, "candidate": -PRICE})
    assert [case.kind for case in cases.everything() if case.kind != "review"] == ["money_to_return"]
    assert (announced("RefundFailed"), announced("RefundArrived") <= 1) == (1, True)


@pytest.mark.scenario(19)
@before_or_while
def test_an_order_that_lapses_while_its_money_is_told_is_paid(people: People, known: bool) -> None:
    from certification.acts import outcomes
    from certification.cloud.tables.orders import orders

    candidate = people.at("opened")
    order = orders.read(order_of(candidate))
    payment = payment_of(candidate)
    people.stand.wait(order.closes + timedelta(hours=24) - people.stand.clock.now())
    in_time = fact_of(CAPTURED, "pi_1", usd(PRICE), order.pay_by - SECOND, "card:query")
    entry = told(payment, [in_time], "in time")
    at_once(partial(outcomes.of_application, candidate.reference), *machine(entry, order.number, known=known))
    sound(people.stand)
    candidate.sign_in()
    assert (candidate.status(), orders.read(order.number).state) == ("registered", "settled")
    assert books() == {"psp": PRICE, "candidate": -PRICE}


@pytest.mark.scenario(21)
@before_or_while
def test_money_told_while_its_candidate_gives_up_goes_back_whole_or_by_the_rule(people: People, known: bool) -> None:
    from certification.acts import withdrawing
    from certification.cloud.tables.refunds import refunds

    candidate = people.at("opened")
    order, payment = order_of(candidate), payment_of(candidate)
    entry = told(payment, [fact_of(CAPTURED, "pi_1", usd(PRICE), people.stand.clock.now(), "card:query")], "paid")
    person = people.stand.id_of(candidate.session)
    at_once(partial(withdrawing.withdraw, person, candidate.reference), *machine(entry, order, known=known))
    sound(people.stand)
    (back,) = refunds.everything()
    assert candidate.status() == "withdrawn"
    assert (back.kind, back.money.amount, back.kept) in [("order_closed", PRICE, 0), ("withdrawal", 10_800, 2_700)]
    assert announced("ApplicationWithdrawn") == 1


@pytest.mark.scenario(22)
@before_or_while
def test_money_told_while_its_order_makes_way_registers_or_goes_back_whole(people: People, known: bool) -> None:
    """The page was closed at the provider; against its word the money comes just when the correction is made."""
    from certification.acts import corrections, decisions, review, superseding
    from certification.cloud.tables.orders import orders
    from certification.cloud.tables.refunds import refunds
    from certification.cloud.tables.staff import staff
    from certification.rules.review import Decision, Verdict

    candidate = people.at("opened")
    order, payment = order_of(candidate), payment_of(candidate)
    person, reviewer = people.stand.id_of(candidate.session), staff.read(seed.REVIEWER)
    case = corrections.ask(person, candidate.reference, {"level": "2"})
    review.decide(reviewer, case, Decision(verdict=Verdict.APPROVE, decided_by=reviewer.id))
    superseding.shut(order)
    entry = told(payment, [fact_of(CAPTURED, "pi_1", usd(PRICE), people.stand.clock.now(), "card:query")], "paid")
    at_once(partial(decisions.apply, case), *machine(entry, order, known=known))
    sound(people.stand)
    back = [(one.kind, one.money.amount, one.kept) for one in refunds.everything()]
    assert (candidate.status(), orders.read(order).state, back) in [
        ("registered", "settled", []),
        ("awaiting_review", "superseded", [("order_closed", PRICE, 0)]),
    ]


@pytest.mark.scenario(98)
def test_more_than_two_hundred_facts_on_one_payment_are_kept_booked_and_shown_to_a_person(people: People) -> None:
    from certification.cloud.tables.cases import cases

    candidate = people.at("registered")
    payment = payment_of(candidate)
    capture, at = capture_of(payment), people.stand.clock.now()

    def dispute(kind: FactKind, number: int) -> Fact:
        return fact_of(kind, f"dp_{number}", usd(1), at, "card:query", capture=capture.key)

    every = [dispute(kind, number) for number in range(100) for kind in (FactKind.DISPUTE_OUT, FactKind.DISPUTE_IN)]

    def alarms() -> list[str]:
        about = [case for case in cases.everything() if case.about == payment]
        return [case.facts["anomaly"] for case in about if case.facts.get("anomaly") == "too_many_facts"]

    told(payment, every[:-1], "all but one")
    sound(people.stand)
    assert (len(facts_of(candidate)), alarms()) == (200, [])
    told(payment, every[-1:], "the last")
    sound(people.stand)
    assert (len(facts_of(candidate)), alarms()) == (201, ["too_many_facts"])
    sums = fold(facts_of(candidate))
    assert (sums.captured, sums.disputed, candidate.status()) == (PRICE, 0, "registered")
