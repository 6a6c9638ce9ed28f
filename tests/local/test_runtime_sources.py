"""Event sources deliver as AWS does: in batches, again after a failure, and in the end to where failures go."""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from local import moto_patches
from local.clock import VirtualClock
from local.runtime.asynchronous import Asynchronous
from local.runtime.bus import Bus, InputError, rule_arn
from local.runtime.console import HandlerLog
from local.runtime.destinations import Destinations
from local.runtime.invoker import Invoker
from local.runtime.loader import handler_of
from local.runtime.pump import DoesNotSettle, Pump
from local.runtime.queues import QueuePoller
from local.runtime.schedules import Schedules, UnknownJob
from local.runtime.streams import StreamPoller
from local.stack import ACCOUNT, REGION, EventSourceSpec, FunctionSpec, MachineSpec, RuleSpec, Stack, TargetSpec

START = datetime(2026, 3, 14, 2, 12, tzinfo=UTC)
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:work"
DEAD = f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"
STREAM = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/Rows/stream/now"
MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:machine"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:worker"
CODE = """
calls = []
answers = []

def handler(event, context):
    calls.append(event)
    answer = answers.pop(0) if answers else None
    if isinstance(answer, Exception):
        raise answer
    return answer
"""


class Machines:
    """Notes what was started; fails as told."""

    def __init__(self) -> None:
        self.started: list[Any] = []
        self.failures: list[Exception] = []

    def start(self, machine_arn: str, input: Any, name: str | None = None) -> str:  # noqa: A002, ARG002
        if self.failures:
            raise self.failures.pop(0)
        self.started.append(input)
        return f"{machine_arn}:{len(self.started)}"


class Refused(Exception):
    """As the gate refuses."""

    denied = True


class World:
    """One function, one queue with a dead-letter queue, one table with a stream, one machine."""

    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock(START)
        self.announced: list[tuple[str, str, Any]] = []
        moto_patches.install(self.clock, lambda *what: self.announced.append(what))
        self.sqs = boto3.client("sqs", region_name=REGION)
        self.dead_url = self.sqs.create_queue(QueueName="dead")["QueueUrl"]
        redrive = json.dumps({"deadLetterTargetArn": DEAD, "maxReceiveCount": "3"})
        self.url = self.sqs.create_queue(
            QueueName="work", Attributes={"VisibilityTimeout": "30", "RedrivePolicy": redrive}
        )["QueueUrl"]
        self.dynamodb = boto3.client("dynamodb", region_name=REGION)
        self.dynamodb.create_table(
            TableName="Rows",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        code = folder / "worker"
        code.mkdir()
        (code / "app.py").write_text(CODE)
        spec = FunctionSpec("Worker", "worker", FUNCTION, "app.handler", code, (), 5, 256, {}, "WorkerRole")
        machine = MachineSpec("Machine", "machine", MACHINE, {}, "STANDARD", "MachineRole")
        self.stack = Stack("test", {}, "hash", functions={"Worker": spec}, machines={"Machine": machine})
        self.invoker = Invoker(self.stack, self.clock.now, HandlerLog(self.clock.now))
        self.given_up: list[tuple[str, str]] = []
        self.denied: set[tuple[str, str, str]] = set()
        self.machines = Machines()
        self.asynchronous = Asynchronous(self.invoker, self.clock.now, self.give_up)
        self.destinations = Destinations(self.stack, self.machines, self.asynchronous.add, self, self.sqs)
        self.invoker.invoke("Worker", "warm")
        self.calls.clear()

    @property
    def calls(self) -> list[Any]:
        found: list[Any] = self._module().calls
        return found

    @property
    def answers(self) -> list[Any]:
        found: list[Any] = self._module().answers
        return found

    def _module(self) -> Any:
        return sys.modules[handler_of(self.stack.functions["Worker"]).__module__]

    def acting(self, role: str | None, function: str | None = None) -> AbstractContextManager[None]:
        del role, function
        return nullcontext()

    def check(self, role: str, action: str, resource: str) -> None:
        if (role, action, resource) in self.denied:
            raise Refused(f"{role} may not {action}")

    def check_service(self, service: str, action: str, resource: str, source_arn: str) -> None:
        del source_arn
        self.check(service, action, resource)

    def give_up(self, what: str, why: str) -> None:
        self.given_up.append((what, why))

    def pump(self, *sources: Any, rules: list[RuleSpec] | None = None) -> Pump:
        jobs = Schedules(rules or [], self.clock.now, lambda *_: None)
        return Pump(self.clock, [*sources, self.asynchronous], jobs)

    def put(self, *keys: str) -> None:
        for key in keys:
            self.dynamodb.put_item(TableName="Rows", Item={"pk": {"S": key}, "state": {"S": "new"}})

    def dead_letters(self) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(QueueUrl=self.dead_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        return [dict(message) for message in answer.get("Messages", [])]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    made = World(tmp_path)
    yield made
    moto_patches.uninstall()


# Queues


def queue_poller(world: World, **changes: Any) -> QueuePoller:
    spec = replace(EventSourceSpec("Poller", QUEUE, "Worker", 10), **changes)
    return QueuePoller(spec, world.invoker, world.clock.now, lambda _role, _function: nullcontext(), world.sqs)


def bodies(call: dict[str, Any]) -> list[str]:
    return [record["body"] for record in call["Records"]]


def send(world: World, *messages: str) -> None:
    for text in messages:
        world.sqs.send_message(QueueUrl=world.url, MessageBody=text)


def test_a_queue_is_delivered_in_batches_and_emptied(world: World) -> None:
    send(world, *(str(number) for number in range(12)))
    world.pump(queue_poller(world)).settle()
    assert [len(call["Records"]) for call in world.calls] == [10, 2]
    assert moto_patches.next_message_at("work") is None


def test_a_record_of_a_queue_has_the_shape_of_lambda(world: World) -> None:
    world.sqs.send_message(
        QueueUrl=world.url, MessageBody="text", MessageAttributes={"kind": {"DataType": "String", "StringValue": "a"}}
    )
    world.pump(queue_poller(world)).settle()
    record = world.calls[0]["Records"][0]
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == QUEUE
    assert record["messageAttributes"] == {"kind": {"stringValue": "a", "dataType": "String"}}
    assert record["attributes"]["ApproximateReceiveCount"] == "1"


def test_only_the_failed_messages_of_a_batch_come_again_after_their_visibility_time(world: World) -> None:
    poller = queue_poller(world, partial_failures=True)
    pump = world.pump(poller)
    send(world, "good", "bad")

    class Failing(list[Any]):
        def pop(self, _index: Any = 0) -> Any:
            records = world.calls[-1]["Records"]
            failed = [r["messageId"] for r in records if r["body"] == "bad" and len(world.calls) == 1]
            return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}

    world._module().answers = Failing([1])
    pump.settle()
    assert [bodies(call) for call in world.calls] == [["good", "bad"]]
    pump.advance(START + timedelta(seconds=29))
    assert len(world.calls) == 1
    pump.advance(START + timedelta(seconds=30))
    assert [bodies(call) for call in world.calls] == [["good", "bad"], ["bad"]]
    assert moto_patches.next_message_at("work") is None


def test_an_answer_that_names_an_unknown_message_fails_the_whole_batch(world: World) -> None:
    send(world, "one", "two")
    world.answers.append({"batchItemFailures": [{"itemIdentifier": "nobody"}]})
    world.pump(queue_poller(world, partial_failures=True)).settle()
    assert moto_patches.next_message_at("work") == START + timedelta(seconds=30)


def test_without_partial_failures_the_answer_does_not_matter(world: World) -> None:
    send(world, "one")
    world.answers.append({"batchItemFailures": [{"itemIdentifier": "nobody"}]})
    world.pump(queue_poller(world)).settle()
    assert moto_patches.next_message_at("work") is None


def test_a_poison_message_ends_in_the_dead_letter_queue_after_three_tries(world: World) -> None:
    send(world, "poison")
    world.answers.extend(ValueError("cannot") for _ in range(9))
    pump = world.pump(queue_poller(world))
    pump.advance(START + timedelta(minutes=5))
    assert len(world.calls) == 3
    assert [message["Body"] for message in world.dead_letters()] == ["poison"]
    assert [failure.error for failure in world.invoker.failures] == ["ValueError"] * 3


def test_a_delayed_message_waits_for_its_time(world: World) -> None:
    world.sqs.send_message(QueueUrl=world.url, MessageBody="later", DelaySeconds=60)
    pump = world.pump(queue_poller(world))
    pump.advance(START + timedelta(seconds=59))
    assert world.calls == []
    pump.advance(START + timedelta(seconds=60))
    assert [bodies(call) for call in world.calls] == [["later"]]


# Streams


def stream_poller(world: World, **changes: Any) -> StreamPoller:
    spec = replace(EventSourceSpec("Relay", STREAM, "Worker", 10), **changes)
    records = moto_patches.stream_records
    return StreamPoller(spec, world.invoker, world.clock.now, records, world.destinations, world.give_up)


def keys(call: dict[str, Any]) -> list[str]:
    return [record["dynamodb"]["Keys"]["pk"]["S"] for record in call["Records"]]


def test_a_stream_is_delivered_in_order_and_batches(world: World) -> None:
    world.put("a", "b", "c")
    world.pump(stream_poller(world, batch_size=2)).settle()
    assert [keys(call) for call in world.calls] == [["a", "b"], ["c"]]


def test_a_filter_lets_only_inserts_through(world: World) -> None:
    world.put("a")
    world.dynamodb.delete_item(TableName="Rows", Key={"pk": {"S": "a"}})
    world.put("b")
    world.pump(stream_poller(world, filters=({"eventName": ["INSERT"]},))).settle()
    assert [keys(call) for call in world.calls] == [["a", "b"]]


def test_a_filter_may_look_into_the_new_image(world: World) -> None:
    world.put("a")
    pattern = {"dynamodb": {"NewImage": {"state": {"S": ["old"]}}}}
    world.pump(stream_poller(world, filters=(pattern,))).settle()
    assert world.calls == []


def test_a_failed_batch_comes_again_with_growing_pauses_before_anything_later(world: World) -> None:
    world.answers.extend([ValueError("no"), ValueError("no")])
    pump = world.pump(stream_poller(world, batch_size=1))
    world.put("a", "b")
    pump.settle()
    assert [keys(call) for call in world.calls] == [["a"]]
    pump.advance(START + timedelta(seconds=1))
    assert [keys(call) for call in world.calls] == [["a"], ["a"]]
    pump.advance(START + timedelta(seconds=3))
    assert [keys(call) for call in world.calls] == [["a"], ["a"], ["a"], ["b"]]


def test_bisecting_finds_the_poison_record_and_saves_the_others(world: World) -> None:
    class PoisonB(list[Any]):
        def pop(self, _index: Any = 0) -> Any:
            return ValueError("poison") if "b" in keys(world.calls[-1]) else None

    world._module().answers = PoisonB([1])
    world.put("a", "b", "c", "d")
    pump = world.pump(stream_poller(world, bisect=True, maximum_retries=2, on_failure=DEAD))
    pump.advance(START + timedelta(minutes=1))
    delivered = [keys(call) for call in world.calls]
    assert delivered == [["a", "b", "c", "d"], ["a", "b"], ["a"], ["b"], ["b"], ["b"], ["c", "d"]]
    report = json.loads(world.dead_letters()[0]["Body"])
    assert report["DDBStreamBatchInfo"]["batchSize"] == 1
    assert report["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert world.given_up == [("1 records of Rows for worker", "ValueError after 3 tries")]


def test_partial_failures_of_a_stream_start_again_at_the_first_failed_record(world: World) -> None:
    class FailB(list[Any]):
        def pop(self, _index: Any = 0) -> Any:
            records = [r for r in world.calls[-1]["Records"] if r["dynamodb"]["Keys"]["pk"]["S"] == "b"]
            failed = records if len(world.calls) == 1 else []
            return {"batchItemFailures": [{"itemIdentifier": r["dynamodb"]["SequenceNumber"]} for r in failed]}

    world._module().answers = FailB([1])
    world.put("a", "b", "c")
    world.pump(stream_poller(world, partial_failures=True)).advance(START + timedelta(seconds=1))
    assert [keys(call) for call in world.calls] == [["a", "b", "c"], ["b", "c"]]


def test_a_stream_forgets_after_a_day(world: World) -> None:
    world.answers.extend(ValueError("no") for _ in range(5_000))
    pump = world.pump(stream_poller(world))
    world.put("a")
    pump.advance(START + timedelta(hours=23, minutes=58))
    assert world.given_up == []
    pump.advance(START + timedelta(hours=24, minutes=1))
    assert len(world.given_up) == 1


def test_a_restarted_poller_goes_on_where_it_was(world: World) -> None:
    world.answers.append(ValueError("no"))
    first = stream_poller(world, batch_size=2)
    world.put("a", "b", "c")
    world.pump(first).settle()
    second = stream_poller(world, batch_size=2)
    second.load(first.dump())
    world.pump(second).advance(START + timedelta(seconds=1))
    assert [keys(call) for call in world.calls] == [["a", "b"], ["a", "b"], ["c"]]


# Bus


def bus(world: World, target: TargetSpec, schedule: str | None = None) -> Bus:
    rule = RuleSpec("Rule", "rule", "assay", {"source": ["assay"]}, schedule, None, True, (target,))
    return Bus([rule], world.destinations, world.clock.now, world.give_up)


EVENT = {"detail-type": "ApplicationConfirmed", "source": "assay", "time": "now", "detail": {"subject": "a", "n": 1}}


def test_a_rule_starts_its_machine_with_the_event(world: World) -> None:
    made = bus(world, TargetSpec(MACHINE, role="StartRole"))
    made.announce("rule", "assay", EVENT)
    world.pump(made).settle()
    assert world.machines.started == [EVENT]


@pytest.mark.parametrize(
    ("target", "received"),
    [
        (TargetSpec(MACHINE, "StartRole", input='{"job": "deadlines"}'), {"job": "deadlines"}),
        (TargetSpec(MACHINE, "StartRole", input_path="$.detail"), {"subject": "a", "n": 1}),
        (TargetSpec(MACHINE, "StartRole", input_path="$.detail.subject"), "a"),
    ],
)
def test_input_and_input_path_choose_what_arrives(world: World, target: TargetSpec, received: Any) -> None:
    made = bus(world, target)
    made.announce("rule", "assay", EVENT)
    world.pump(made).settle()
    assert world.machines.started == [received]


def test_an_input_path_that_is_not_understood_is_refused_at_start(world: World) -> None:
    with pytest.raises(InputError, match=r"\$\.detail\[0\]"):
        bus(world, TargetSpec(MACHINE, "StartRole", input_path="$.detail[0]"))


def test_a_target_without_the_right_is_refused_and_its_event_kept_as_dead_letter(world: World) -> None:
    world.denied.add(("StartRole", "states:StartExecution", MACHINE))
    made = bus(world, TargetSpec(MACHINE, role="StartRole", dead_letter=DEAD))
    made.announce("rule", "assay", EVENT)
    world.pump(made).settle()
    letter = world.dead_letters()[0]
    assert json.loads(letter["Body"]) == EVENT
    assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert world.given_up[0][0] == f"event ApplicationConfirmed for {MACHINE}"


def test_the_dead_letters_of_a_schedule_need_a_right_of_its_role(world: World) -> None:
    rule = RuleSpec(
        "Job",
        "job",
        "default",
        None,
        "rate(1 hour)",
        "UTC",
        True,
        (TargetSpec(MACHINE, "StartRole", dead_letter=DEAD),),
    )
    world.denied |= {("StartRole", "states:StartExecution", MACHINE), ("StartRole", "sqs:SendMessage", DEAD)}
    made = Bus([rule], world.destinations, world.clock.now, world.give_up)
    made.scheduled(rule, {"resources": ["arn"], "time": "now", "id": "1"})
    world.pump(made).settle()
    assert "its dead-letter queue: StartRole may not sqs:SendMessage" in world.given_up[0][1]


def test_without_a_policy_on_the_dead_letter_queue_the_event_is_lost_and_said_so(world: World) -> None:
    world.denied.add(("StartRole", "states:StartExecution", MACHINE))
    world.denied.add(("events.amazonaws.com", "sqs:SendMessage", DEAD))
    made = bus(world, TargetSpec(MACHINE, role="StartRole", dead_letter=DEAD))
    made.announce("rule", "assay", EVENT)
    world.pump(made).settle()
    assert world.dead_letters() == []
    assert "and its dead-letter queue" in world.given_up[0][1]


def test_a_queue_target_needs_the_queues_policy(world: World) -> None:
    world.denied.add(("events.amazonaws.com", "sqs:SendMessage", QUEUE))
    made = bus(world, TargetSpec(QUEUE))
    made.announce("rule", "assay", EVENT)
    world.pump(made).settle()
    assert world.given_up[0][1] == "Refused: events.amazonaws.com may not sqs:SendMessage"


def test_a_target_that_fails_for_a_while_is_tried_again(world: World) -> None:
    world.machines.failures = [RuntimeError("busy"), RuntimeError("busy")]
    made = bus(world, TargetSpec(MACHINE, role="StartRole"))
    made.announce("rule", "assay", EVENT)
    pump = world.pump(made)
    pump.advance(START + timedelta(seconds=2))
    assert world.machines.started == []
    pump.advance(START + timedelta(seconds=3))
    assert world.machines.started == [EVENT]


def test_a_target_may_allow_fewer_tries(world: World) -> None:
    world.machines.failures = [RuntimeError("busy") for _ in range(5)]
    made = bus(world, TargetSpec(MACHINE, role="StartRole", maximum_retries=3))
    made.announce("rule", "assay", EVENT)
    world.pump(made).advance(START + timedelta(hours=1))
    assert len(world.machines.failures) == 1
    assert len(world.given_up) == 1


def test_a_target_that_fails_for_a_day_is_given_up(world: World) -> None:
    world.machines.failures = [RuntimeError("busy") for _ in range(1_000)]
    made = bus(world, TargetSpec(MACHINE, role="StartRole", maximum_retries=10_000))
    made.announce("rule", "assay", EVENT)
    world.pump(made).advance(START + timedelta(hours=24, minutes=6))
    assert [why for _, why in world.given_up] == ["RuntimeError: busy"]


def test_deliveries_survive_a_restart(world: World) -> None:
    first = bus(world, TargetSpec(MACHINE, role="StartRole"))
    first.announce("rule", "assay", EVENT)
    second = bus(world, TargetSpec(MACHINE, role="StartRole"))
    second.load(first.dump())
    world.pump(second).settle()
    assert world.machines.started == [EVENT]


def test_rules_of_the_default_bus_have_no_bus_in_their_arn() -> None:
    rule = RuleSpec("Rule", "rule", "default", None, None, None, True, ())
    assert rule_arn(rule) == f"arn:aws:events:{REGION}:{ACCOUNT}:rule/rule"


# Asynchronous invocations


def test_an_asynchronous_event_is_tried_again_after_one_and_two_minutes_then_reported(world: World) -> None:
    world.answers.extend(ValueError("no") for _ in range(5))
    world.asynchronous.add(FUNCTION, {"n": 1})
    pump = world.pump()
    counts = []
    for seconds in (0, 59, 60, 179, 180, 1_000):
        pump.advance(START + timedelta(seconds=seconds))
        counts.append(len(world.calls))
    assert counts == [1, 1, 2, 2, 3, 3]
    assert world.given_up == [("asynchronous event for worker", "ValueError after 3 tries")]


# Schedules and the pump


def job(name: str, expression: str, enabled: bool = True) -> RuleSpec:
    return RuleSpec(name, name, "default", None, expression, "Asia/Hong_Kong", enabled, ())


def jobs_of(world: World, rules: list[RuleSpec]) -> tuple[Schedules, list[tuple[str, str]], Pump]:
    ran: list[tuple[str, str]] = []

    def note(rule: RuleSpec, event: dict[str, Any]) -> None:
        ran.append((rule.name, event["time"]))

    made = Schedules(rules, world.clock.now, note)
    return made, ran, Pump(world.clock, [], made)


def test_jobs_run_in_order_while_the_clock_is_moved(world: World) -> None:
    rules = [job("nightly", "cron(0 12 * * ? *)"), job("hourly", "rate(1 hour)")]
    _, ran, pump = jobs_of(world, rules)
    pump.advance(START + timedelta(hours=3))
    assert ran == [
        ("hourly", "2026-03-14T03:12:00Z"),
        ("nightly", "2026-03-14T04:00:00Z"),
        ("hourly", "2026-03-14T04:12:00Z"),
        ("hourly", "2026-03-14T05:12:00Z"),
    ]


def test_two_jobs_of_one_instant_run_by_name(world: World) -> None:
    _, ran, pump = jobs_of(world, [job("b", "rate(1 hour)"), job("a", "rate(1 hour)")])
    pump.advance(START + timedelta(hours=1))
    assert [name for name, _ in ran] == ["a", "b"]


def test_what_a_job_causes_settles_before_the_next_job(world: World) -> None:
    order: list[str] = []

    def start(rule: RuleSpec, _event: dict[str, Any]) -> None:
        order.append(rule.name)
        world.asynchronous.add(FUNCTION, {})

    made = Schedules([job("first", "rate(1 hour)"), job("second", "rate(1 hour)")], world.clock.now, start)

    class Noting(list[Any]):
        def pop(self, _index: Any = 0) -> Any:
            order.append("work")

    world._module().answers = Noting([1])
    Pump(world.clock, [world.asynchronous], made).advance(START + timedelta(hours=1))
    assert order == ["first", "work", "second", "work"]


def test_a_missed_job_runs_once_and_goes_on_from_now(world: World) -> None:
    made, ran, pump = jobs_of(world, [job("hourly", "rate(1 hour)")])
    state = made.dump()
    world.clock.move_to(START + timedelta(days=2, minutes=30))
    made.load(state)
    pump.settle()
    assert len(ran) == 1
    assert made.next_due() == START + timedelta(days=2, hours=1)


def test_a_job_can_be_run_by_hand_without_moving_its_schedule(world: World) -> None:
    made, ran, _ = jobs_of(world, [job("hourly", "rate(1 hour)")])
    made.run_now("hourly")
    assert ran == [("hourly", "2026-03-14T02:12:00Z")]
    assert made.next_due() == START + timedelta(hours=1)
    with pytest.raises(UnknownJob, match="weekly"):
        made.run_now("weekly")


def test_a_disabled_job_is_never_due(world: World) -> None:
    made, _, _ = jobs_of(world, [job("hourly", "rate(1 hour)", enabled=False)])
    assert made.next_due() is None


def test_a_paused_source_delivers_nothing_until_it_goes_on(world: World) -> None:
    poller = queue_poller(world)
    pump = world.pump(poller)
    send(world, "one")
    pump.paused.add(poller.name)
    pump.advance(START + timedelta(hours=1))
    assert world.calls == []
    pump.paused.clear()
    pump.settle()
    assert len(world.calls) == 1


def test_work_that_causes_itself_is_reported_with_its_source(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.runtime.pump.MOST_STEPS", 10)

    class Endless:
        name = "endless"

        def step(self) -> bool:
            return True

        def next_due(self) -> datetime:
            return START

        def dump(self) -> None: ...

        def load(self, state: Any) -> None: ...

    with pytest.raises(DoesNotSettle, match="endless"):
        world.pump(Endless()).settle()
