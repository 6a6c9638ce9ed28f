"""The local cloud as a whole, on a small house with one of everything (tests/local/templates/runtime)."""

import json
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest

from local.clock import VirtualClock
from local.cloud import HandlerFailed, LocalCloud
from local.store import StoreError

TEMPLATE = Path(__file__).parent / "templates" / "runtime" / "template.yaml"
START = datetime(2026, 3, 14, 2, 12, tzinfo=UTC)


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(TEMPLATE, clock=VirtualClock(START)) as made:
        yield made


def add(cloud: LocalCloud, thing: str) -> None:
    answer = cloud.request("POST", "/things", {"content-type": "application/json"}, json.dumps({"thing": thing}))
    assert answer.status == 201


def thing(name: str) -> dict[str, str]:
    item = boto3.client("dynamodb").get_item(TableName="assay-Things", Key={"pk": {"S": name}}).get("Item", {})
    return {key: str(next(iter(value.values()))) for key, value in item.items()}


def dead_letters(cloud: LocalCloud) -> list[str]:
    url = cloud.stack.physical["Dead"]
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="assay-dead")["QueueUrl"]
    return [m["Body"] for m in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])]


def test_one_request_travels_through_stream_bus_machine_queue_mail_and_sms(cloud: LocalCloud) -> None:
    add(cloud, "chair")
    assert thing("chair")["state"] == "new"
    cloud.settle()
    assert thing("chair")["state"] == "seen"
    run = cloud.executions("examine")[0]
    assert (run.status, run.path, run.input) == ("RUNNING", ["Look at the thing", "Let it rest"], {"thing": "chair"})
    letters = cloud.inbox.letters()
    assert {letter.kind for letter in letters} == {"mail", "sms"}
    mail = cloud.inbox.last("candidate@example.org")
    assert (mail.subject, mail.text, mail.at) == ("About chair 关于", "The chair is here.", START)
    assert cloud.inbox.last("+85291234567").text == "chair is here"
    assert not cloud.invoker.failures


def test_a_letter_has_the_instant_at_which_it_left(cloud: LocalCloud) -> None:
    cloud.request("POST", "/things", {"content-type": "application/json"}, '{"thing": "chair"}')
    cloud.advance(timedelta(hours=5))
    about = {letter.text: letter.at for letter in cloud.inbox.letters(kind="sms")}
    assert about == {"chair is here": START, "clock is here": START + timedelta(hours=1)}


def test_time_moves_machines_on(cloud: LocalCloud) -> None:
    add(cloud, "chair")
    cloud.advance(timedelta(seconds=59))
    assert cloud.executions("examine")[0].status == "RUNNING"
    cloud.advance(timedelta(seconds=1))
    run = cloud.executions("examine")[0]
    assert (run.status, run.output, run.stopped) == (
        "SUCCEEDED",
        {"thing": "chair", "seen": True},
        START + timedelta(minutes=1),
    )


def test_errors_of_handlers_reach_retry_and_catch_by_name(cloud: LocalCloud) -> None:
    add(cloud, "busy")
    add(cloud, "unfit")
    cloud.settle()
    by_thing = {run.input["thing"]: run for run in cloud.executions("examine")}
    assert by_thing["unfit"].error == "Unfit"
    assert by_thing["unfit"].path == ["Look at the thing", "Unfit thing"]
    assert by_thing["busy"].path == ["Look at the thing"]
    cloud.advance(timedelta(seconds=20))
    run = next(run for run in cloud.executions("examine") if run.input["thing"] == "busy")
    assert run.path == ["Look at the thing", "Let it rest"]


def test_a_target_whose_role_may_not_start_the_machine_leaves_a_dead_letter(cloud: LocalCloud) -> None:
    add(cloud, "forbidden")
    cloud.settle()
    assert json.loads(dead_letters(cloud)[0])["detail"] == {"thing": "forbidden"}
    assert "states:StartExecution" in cloud.undelivered[0].why
    assert cloud.executions() == []


def test_an_unsendable_letter_ends_among_the_dead_letters_and_the_others_are_sent(cloud: LocalCloud) -> None:
    add(cloud, "chair")
    add(cloud, "unsendable")
    cloud.advance(timedelta(minutes=5))
    assert [json.loads(body)["detail"]["thing"] for body in dead_letters(cloud)] == ["unsendable"]
    assert [letter.text for letter in cloud.inbox.letters(kind="sms")] == ["chair is here"]


def test_a_poison_record_of_the_stream_is_given_up_and_the_others_go_on(cloud: LocalCloud) -> None:
    for name in ("a", "poison", "b"):
        add(cloud, name)
    cloud.advance(timedelta(minutes=5))
    assert {run.input["thing"] for run in cloud.executions("examine")} == {"a", "b"}
    assert json.loads(dead_letters(cloud)[0])["requestContext"]["condition"] == "RetryAttemptsExhausted"


def test_jobs_run_with_their_input_and_the_scheduled_time(cloud: LocalCloud) -> None:
    cloud.advance(timedelta(hours=2))
    inputs = [run.input for run in cloud.executions("examine") if "at" in run.input]
    assert inputs == [
        {"thing": "clock", "at": "2026-03-14T03:12:00Z"},
        {"thing": "clock", "at": "2026-03-14T04:12:00Z"},
    ]


def test_a_job_of_a_function_runs_at_three_in_hong_kong(cloud: LocalCloud) -> None:
    cloud.advance(to=datetime(2026, 3, 14, 18, 59, tzinfo=UTC))
    assert thing("night") == {}
    cloud.advance(to=datetime(2026, 3, 14, 19, 0, tzinfo=UTC))
    assert thing("night")["state"] == "seen"


def test_every_handler_runs_under_its_own_role(cloud: LocalCloud) -> None:
    assert cloud.request("GET", "/forbidden").status == 500
    failure = cloud.invoker.failures[-1]
    assert failure.error == "ClientError"
    assert "dynamodb:DeleteItem" in failure.message


def test_a_guarded_route_needs_the_authorizer(cloud: LocalCloud) -> None:
    assert cloud.request("GET", "/private").status == 401
    assert cloud.request("GET", "/private", {"Authorization": "Bearer bad"}).status == 403
    answer = cloud.request("GET", "/private", {"Authorization": "Bearer good"})
    assert json.loads(answer.body) == {"who": "somebody"}


def test_invoking_gives_the_answer_or_the_error_by_name(cloud: LocalCloud) -> None:
    assert cloud.invoke("StepFunction", {"thing": "chair"}) == {"thing": "chair", "seen": True}
    with pytest.raises(HandlerFailed, match="Unfit: unfit") as failed:
        cloud.invoke("assay-step", {"thing": "unfit"})
    assert failed.value.error == "Unfit"


def test_the_same_answers_come_through_a_socket(cloud: LocalCloud) -> None:
    with urllib.request.urlopen(f"{cloud.address}/binary") as answer:
        assert answer.read() == bytes(range(256))
        assert answer.headers["content-type"] == "image/png"
    request = urllib.request.Request(f"{cloud.address}/cookies", headers={"Cookie": "c=3; d=4"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers.get_all("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
        assert answer.headers["x-seen"] == "['c=3', 'd=4']"


def test_functions_know_where_the_public_reaches_them(cloud: LocalCloud) -> None:
    assert json.loads(cloud.request("GET", "/").body)["url"] == cloud.address


def test_what_handlers_print_is_in_the_log(cloud: LocalCloud) -> None:
    add(cloud, "chair")
    assert any(line.endswith("added chair") for line in cloud.log.lines)


def test_a_paused_relay_loses_nothing(cloud: LocalCloud) -> None:
    relay = next(poller for poller in cloud.pollers if poller.name.startswith("Relay"))
    cloud.pump.paused.add(relay.name)
    add(cloud, "chair")
    cloud.advance(timedelta(hours=3))
    assert not any(run.input["thing"] == "chair" for run in cloud.executions("examine"))
    cloud.pump.paused.clear()
    cloud.settle()
    assert any(run.input["thing"] == "chair" for run in cloud.executions("examine"))


def test_two_runs_of_the_same_story_are_the_same() -> None:
    def story() -> list[tuple[str, str, list[str], datetime]]:
        with LocalCloud(TEMPLATE, clock=VirtualClock(START)) as cloud:
            for name in ("a", "b", "unfit"):
                add(cloud, name)
            cloud.advance(timedelta(hours=3))
            return [(run.input["thing"], run.status, run.path, run.started) for run in cloud.executions()]

    assert story() == story()


# Restart


def test_everything_survives_a_restart_in_the_middle(tmp_path: Path) -> None:
    with LocalCloud(TEMPLATE, clock=VirtualClock(START), state=tmp_path) as first:
        add(first, "chair")
        first.settle()
        add(first, "table")
        first.accounts = {"somebody": "code 1"}
        first.save()
    with LocalCloud(TEMPLATE, clock=VirtualClock(START - timedelta(days=1)), state=tmp_path) as second:
        assert second.restored
        assert second.clock.now() == START
        assert second.accounts == {"somebody": "code 1"}
        assert second.inbox.last("candidate@example.org").at == START
        assert [run.status for run in second.executions("examine")] == ["RUNNING"]
        second.advance(timedelta(minutes=1))
        assert {run.input["thing"]: run.status for run in second.executions("examine")} == {
            "chair": "SUCCEEDED",
            "table": "SUCCEEDED",
        }
        assert len(second.inbox.letters(kind="mail")) == 2


def test_the_clocks_lead_survives_a_restart(tmp_path: Path) -> None:
    with LocalCloud(TEMPLATE, state=tmp_path) as first:
        first.clock.move_to(first.clock.now() + timedelta(days=40))
        before = first.clock.now()
        first.save()
    with LocalCloud(TEMPLATE, state=tmp_path) as second:
        assert timedelta() <= second.clock.now() - before < timedelta(minutes=1)


def test_a_snapshot_of_another_template_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    with LocalCloud(TEMPLATE, clock=VirtualClock(START), state=folder) as first:
        first.save()
    other = tmp_path / "template.yaml"
    other.write_text(TEMPLATE.read_text() + "\n")
    with pytest.raises(StoreError, match="make reset"):
        LocalCloud(other, clock=VirtualClock(START), state=folder)


def test_serving_pumps_and_saves_by_itself(tmp_path: Path) -> None:
    import threading

    settled = threading.Event()
    with LocalCloud(TEMPLATE, state=tmp_path) as cloud:
        original = cloud.inbox.collect

        def collect() -> None:
            original()
            if cloud.inbox.letters(kind="sms"):
                settled.set()

        cloud.serve()
        add(cloud, "chair")
        for _ in range(200):
            collect()
            if settled.wait(0.05):
                break
        assert settled.is_set()
    assert (tmp_path / "state.bin").exists()
    with LocalCloud(TEMPLATE, state=tmp_path) as again:
        assert thing("chair")["state"] == "seen"
        assert again.restored


def test_one_process_has_one_local_cloud_at_a_time(cloud: LocalCloud) -> None:
    with pytest.raises(OSError, match=f"port {cloud.ports.http}"):
        LocalCloud(TEMPLATE, clock=VirtualClock(START))
    assert cloud.request("GET", "/").status == 200
