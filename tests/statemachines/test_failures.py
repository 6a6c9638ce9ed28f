"""What cannot go on is never lost: a machine asks a person, and what could not be delivered lies where the alarm looks."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certification.cloud import post
from certification.cloud.tables.payments import payments
from local.runtime.invoker import Invoker, Outcome
from local.stack import ACCOUNT, REGION
from tests.journeys.stages import Stages, decide
from tests.journeys.town import Town

ROOT = Path(__file__).parents[2]
INPUTS: dict[str, tuple[dict[str, Any], str]] = {
    "arrangement": ({"sitting": "SIT"}, "Freeze the list"),
    "conclusion": ({"sitting": "SIT"}, "Conclude the results"),
    "deadlines": ({"job": "deadlines"}, "Find what is due"),
    "issuance": ({"sitting": "SIT", "list": "lists/qualified/none.jsonl"}, "Issue the certificates"),
    "payment": ({"entry": "card#evt"}, "Apply the fact"),
    "refund": ({"refund": "REF"}, "Send the refund"),
    "reprinting": ({"application": "APP"}, "Print the tickets"),
    "results": ({"sitting": "SIT"}, "Prepare the release"),
    "screening": ({"application": "APP"}, "Check eligibility"),
    "verification": ({"candidate": "CAN"}, "Check identity"),
}
"""What starts each machine, and the state that fails first when every function does."""


def breaking(patch: pytest.MonkeyPatch, *, but: str = "", only: str = "") -> None:
    """Every function fails as one does that has a bug; all but one, or only one."""
    real = Invoker.invoke

    def invoke(invoker: Invoker, function: str, event: Any) -> Outcome:
        name = invoker.find(function).name.removeprefix("assay-")
        if name == but or (only and name != only):
            return real(invoker, function, event)
        return Outcome({"errorType": "ZeroDivisionError", "errorMessage": "somebody's name"}, failed=True, request="1")

    patch.setattr(Invoker, "invoke", invoke)


def undelivered(town: Town) -> list[Any]:
    """The messages where the alarm looks."""
    address = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/assay-undelivered"
    found: list[Any] = []
    while messages := town.cloud.sqs.receive_message(
        QueueUrl=address, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    ).get("Messages"):
        found += messages
    return found


def test_every_machine_is_tried() -> None:
    """A new machine says above what starts it and which state comes first."""
    assert set(INPUTS) == {path.name.removesuffix(".asl.yaml") for path in (ROOT / "statemachines").glob("*")}


@pytest.mark.parametrize("name", INPUTS)
def test_a_machine_whose_function_fails_asks_a_person_and_names_the_state(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    stages.at("open")
    given, state = INPUTS[name]
    machine = next(one for one in town.cloud.stack.machines.values() if one.name == f"assay-{name}")
    with monkeypatch.context() as broken:
        breaking(broken, but="open_case")
        town.cloud.engine.start(machine.arn, given)
        town.settle()
    assert [path[-2:] for path in town.paths(name)] == [["Needs a person", "Stopped"]]
    [case] = town.cases()
    assert (case.kind, case.desk, case.facts["machine"], case.facts["state"]) == (
        "failed_machine",
        "operations",
        f"assay-{name}",
        state,
    )
    assert case.about in given.values()
    assert "somebody" not in case.model_dump_json()


def test_a_job_that_cannot_be_started_ends_where_the_alarm_looks_and_the_next_run_catches_up(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = stages.at("draft")

    def busy(*_: Any, **__: Any) -> str:
        raise RuntimeError("ThrottlingException")

    closed = town.sitting.dates.registration_closes + timedelta(hours=1)
    with monkeypatch.context() as broken:
        broken.setattr(town.cloud.engine, "start", busy)
        town.skip(closed)
        town.wait(timedelta(minutes=5))
    letters = undelivered(town)
    assert {"deadlines"} <= {one["MessageAttributes"]["RULE_ARN"]["StringValue"].split("assay-")[-1] for one in letters}
    assert candidate.awake().status() == "draft"
    town.skip(closed + timedelta(hours=1))
    assert candidate.awake().status() == "lapsed"


def test_an_announcement_that_the_relay_gave_up_is_reported_and_sent_by_the_job(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = stages.at("draft")
    with monkeypatch.context() as broken:
        breaking(broken, only="relay_announcements")
        candidate.confirm()
        town.wait(timedelta(minutes=10))
    assert len(undelivered(town)) == 1
    assert candidate.awake().status() == "verifying"
    town.skip(town.clock.now() + timedelta(hours=1))
    assert candidate.awake().status() == "awaiting_review"


def test_a_letter_that_the_mail_service_refused_is_sent_once_it_takes_letters_again(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = stages.at("in_review")

    real = post.send_email

    def refuse(to: str, *letter: Any) -> None:
        if to == candidate.sample.email:
            raise post.NotSent("LimitExceededException")
        real(to, *letter)

    with monkeypatch.context() as broken:
        broken.setattr(post, "send_email", refuse)
        decide(town, candidate, "approve")
        assert ("ApplicationApproved", "email") not in town.letters(candidate)
    town.wait(timedelta(minutes=15))
    assert town.letters(candidate).count(("ApplicationApproved", "email")) == 1


@pytest.mark.rule("PAY-05")
def test_an_attempt_that_the_provider_never_heard_of_is_closed_by_the_job(town: Town, stages: Stages) -> None:
    candidate = stages.at("to_pay")
    provider = town.cloud.simulators["card"]
    provider.control("switch", {"name": "down"})
    candidate.call("POST", f"/api/candidate/applications/{candidate.reference}/payment", {}, expect=422)
    town.skip(town.clock.now() + timedelta(hours=2))
    assert [str(attempt.state) for attempt in payments.everything()] == ["unknown"]
    provider.control("clear", {})
    town.skip(town.clock.now() + timedelta(hours=2))
    assert [str(attempt.state) for attempt in payments.everything()] == ["closed"]
    assert candidate.awake().status() == "awaiting_payment"
