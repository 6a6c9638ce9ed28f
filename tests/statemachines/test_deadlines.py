"""Deadlines: they hold at their instant, and the sweep heals what engine, relay and bus lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from certification.cloud.outbox import outbox
from certification.cloud.tables.applications import Applications
from certification.cloud.tables.inbox import inbox
from certification.cloud.tables.orders import orders
from certification.cloud.transaction import commit
from local.chain import Call, Fault, Mode
from local.moto_patches import stream_records
from tests.journeys.stages import Stages, decide
from tests.journeys.town import START, Town

NOTHING_DUE = ["Find what is due", "Is anything due?", "Done"]
APPLIES = [*NOTHING_DUE[:2], "Apply what follows", "Done"]
EACH = ["Apply the outcomes"]
Lose = Callable[[Town], None]


def lose_the_bus(town: Town) -> None:
    """Every event that is on its way is gone."""
    town.cloud.bus.load([])


def lose_the_engine(town: Town) -> None:
    """Every execution under way is gone: an Express run that fails leaves nothing behind."""
    engine = town.cloud.engine
    engine.load({**engine.dump(), "runs": [], "agenda": {"ready": [], "timers": [], "serial": 0}})


def lose_the_relay(town: Town) -> None:
    """The stream is read, and nothing of it reaches the bus: as after 24 hours of failing."""
    relay = next(poller for poller in town.cloud.pollers if "Relay" in poller.name)
    place: Any = relay.dump()
    read = place["next"]
    relay.load({"next": read + len(stream_records(town.cloud.stack.physical["Outbox"], read)), "slices": []})


def unsent() -> list[str]:
    return [entry.name for entry in outbox.everything() if entry.sent_at is None]


def until_lost(town: Town, lose: Lose) -> None:
    """Let the announcement come as far as the part that loses it; then everything else goes on."""
    if lose is not lose_the_relay:
        while not town.cloud.bus.waiting():
            town.cloud.pump.tick()
    if lose is lose_the_engine:
        while town.cloud.bus.waiting():
            town.cloud.bus.step()
    lose(town)
    town.settle()


@pytest.mark.rule("REG-03")
def test_a_draft_lapses_when_registration_closes_and_not_before(town: Town, stages: Stages) -> None:
    candidate = stages.at("draft")
    closes = town.sitting.dates.registration_closes
    town.skip(closes - timedelta(seconds=1))
    assert (candidate.awake().status(), town.paths("deadlines/Applywhatfollows")) == ("draft", [])
    town.skip(closes)
    assert candidate.awake().status() == "lapsed"
    assert town.paths("deadlines").count(APPLIES) == 1
    assert town.paths("deadlines/Applywhatfollows") == [EACH]
    assert ("ApplicationLapsed", "email") in town.letters(candidate)


@pytest.mark.rule("INF-02", "REG-04")
def test_a_deadline_holds_at_its_instant_whatever_the_sweep_has_done(town: Town, stages: Stages) -> None:
    candidate = stages.at("draft")
    with town.without_jobs():
        town.cloud.advance(to=town.sitting.dates.registration_closes - timedelta(seconds=1))
        candidate.awake()
        candidate.save_background()
        town.cloud.advance(to=town.sitting.dates.registration_closes)
        assert candidate.confirm(expect=422)["code"] == "registration_closed"
        assert candidate.status() == "draft"


@pytest.mark.rule("CHK-03")
def test_a_returned_application_lapses_when_its_time_is_over(town: Town, stages: Stages) -> None:
    candidate = stages.at("in_review")
    decide(town, candidate, "return", "education_differs")
    due = datetime.fromisoformat(candidate.now()["due"])
    assert due == town.sitting.dates.payment_closes < START + timedelta(days=15)
    town.skip(due - timedelta(hours=1))
    assert candidate.awake().status() == "returned"
    with town.without_jobs():
        town.cloud.advance(to=due)
        candidate.awake().save_background("Another Sample University")
        assert candidate.confirm(expect=422)["code"] == "correction_closed"
    town.run_jobs()
    assert candidate.status() == "lapsed"


@pytest.mark.parametrize("lose", [lose_the_bus, lose_the_engine, lose_the_relay])
def test_a_confirmed_application_is_screened_whatever_was_lost(town: Town, stages: Stages, lose: Lose) -> None:
    candidate = stages.at("draft")
    candidate.confirm()
    until_lost(town, lose)
    assert (candidate.status(), town.paths("screening")) == ("verifying", [])
    town.skip(START + timedelta(minutes=20))
    assert candidate.status() == "awaiting_review"
    assert town.letters(candidate).count(("ApplicationConfirmed", "email")) >= 1


@pytest.mark.rule("PAY-05")
@pytest.mark.parametrize("lose", [lose_the_bus, lose_the_engine, lose_the_relay])
def test_a_stored_payment_fact_is_applied_whatever_was_lost(town: Town, stages: Stages, lose: Lose) -> None:
    candidate = stages.at("to_pay")
    candidate.pay()
    town.cloud.simulators["card"].run_due()
    until_lost(town, lose)
    assert candidate.status() == "awaiting_payment"
    assert all(entry.applied_at is None for entry in inbox.everything())
    town.skip(START + timedelta(minutes=20))
    assert candidate.status() == "registered"
    assert all(entry.applied_at is not None for entry in inbox.everything())


def test_an_announcement_that_never_reached_the_bus_is_sent_by_the_sweep(town: Town, stages: Stages) -> None:
    candidate = stages.at("draft")
    candidate.confirm()
    lose_the_relay(town)
    town.settle()
    assert unsent() == ["ApplicationConfirmed"]
    town.skip(START + timedelta(minutes=9))
    assert unsent() == ["ApplicationConfirmed"]
    town.skip(START + timedelta(minutes=10))
    assert unsent() == []
    assert candidate.status() == "awaiting_review"


def test_a_relay_that_dies_half_way_sends_again_and_nobody_hears_twice(town: Town, stages: Stages) -> None:
    candidate = stages.at("draft")
    chain = town.cloud.system.chain
    chain.only(lambda call: isinstance(call, Call) and call.operation == "PutEvents")
    chain.arm(Fault(at=1, mode=Mode.AFTER))
    candidate.confirm()
    town.settle()
    chain.revive()
    town.wait(timedelta(minutes=2))
    chain.arm(None)
    chain.only(None)
    assert (candidate.status(), unsent()) == ("awaiting_review", [])
    assert len([case for case in town.cases() if case.kind == "review"]) == 1
    assert town.letters(candidate).count(("ApplicationConfirmed", "email")) == 1


def test_a_machine_that_never_finishes_is_a_case_after_three_tries(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    from certification.acts import screening

    candidate = stages.at("draft")

    def fail(_reference: str) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(screening, "check_eligibility", fail)
    candidate.confirm()
    town.settle()
    for hours in range(1, 6):
        town.skip(START + timedelta(hours=hours))
    assert len(town.paths("screening")) == 4
    found = {(case.subject, case.facts.get("waits_in"), case.facts.get("state")) for case in town.cases()}
    assert found == {("none", None, "Check eligibility"), ("application", "verifying", None)}


def test_missed_runs_are_caught_up_by_the_next_one(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    town.run_jobs()
    with town.without_jobs():
        town.cloud.advance(to=town.sitting.dates.payment_closes + timedelta(days=40))
    town.run_jobs()
    assert candidate.awake().status() == "lapsed"


def test_a_row_that_the_index_shows_late_is_found_by_the_next_run(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = stages.at("draft")
    closes = town.sitting.dates.registration_closes
    with monkeypatch.context() as lagging:
        lagging.setattr(Applications, "due_by", lambda *_: iter(()))
        town.skip(closes)
    assert candidate.awake().status() == "draft"
    town.skip(closes + timedelta(hours=20))
    assert candidate.awake().status() == "lapsed"


def test_a_difference_found_at_night_is_a_case_once_a_day(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    order = orders.read(candidate.order()["number"])
    commit([orders.update(order.changed(settled_by=None))])
    began = town.clock.now()
    for hours, found in ((24, 1), (30, 1), (48, 2)):
        town.skip(began + timedelta(hours=hours))
        told = [case for case in town.cases() if "difference" in case.facts]
        assert [case.facts["difference"] for case in told] == [
            f"money: order {order.number} is settled and settled by None"
        ] * found
    assert town.cloud.gate.denied == []
    commit([orders.update(orders.read(order.number).changed(settled_by=order.settled_by))])
