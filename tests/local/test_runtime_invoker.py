"""A handler runs as in Lambda: JSON in and out, errors by name, its own log, its own role."""

import json
import sys
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.runtime.console import HandlerLog, give_back, take_over
from local.runtime.invoker import PAYLOAD_LIMIT, Invoker, UnknownFunction
from local.runtime.loader import handler_of
from local.stack import ACCOUNT, REGION, FunctionSpec, Stack

NOW = datetime(2026, 3, 14, 2, 12, tzinfo=UTC)
ROLE: ContextVar[str | None] = ContextVar("role", default=None)


class Killed(BaseException):
    """Stands for a process that dies."""


def invoker_for(folder: Path, code: str, *, timeout: int = 5, log: HandlerLog | None = None) -> Invoker:
    place = folder / "worker"
    place.mkdir()
    (place / "app.py").write_text(code)
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:test-worker"
    spec = FunctionSpec("Worker", "test-worker", arn, "app.handler", place, (), timeout, 256, {}, "WorkerRole")

    @contextmanager
    def acting(role: str, _function: str) -> Iterator[None]:
        token = ROLE.set(role)
        try:
            yield
        finally:
            ROLE.reset(token)

    stack = Stack("test", {}, "hash", functions={"Worker": spec})
    return Invoker(stack, lambda: NOW, log or HandlerLog(lambda: NOW), acting, (Killed,))


def test_the_answer_comes_back_as_json_would_carry_it(tmp_path: Path) -> None:
    invoker = invoker_for(tmp_path, "def handler(event, context): return {'got': event, 'pair': (1, 2), 3: None}")
    outcome = invoker.invoke("Worker", {"a": [1, 2]})
    assert outcome.payload == {"got": {"a": [1, 2]}, "pair": [1, 2], "3": None}
    assert not outcome.failed


@pytest.mark.parametrize(
    "name",
    [
        "Worker",
        "test-worker",
        "arn:aws:lambda:ap-southeast-1:123456789012:function:test-worker",
        "arn:aws:lambda:ap-southeast-1:123456789012:function:test-worker:live",
    ],
)
def test_a_function_is_found_by_id_name_and_arn(tmp_path: Path, name: str) -> None:
    assert invoker_for(tmp_path, "def handler(event, context): pass").find(name).logical_id == "Worker"


def test_an_unknown_function_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownFunction, match="nobody"):
        invoker_for(tmp_path, "def handler(event, context): pass").invoke("nobody", {})


def test_a_handler_error_keeps_the_name_of_its_exception(tmp_path: Path) -> None:
    code = "class TooLate(Exception): pass\ndef handler(event, context): raise TooLate('by a day')"
    invoker = invoker_for(tmp_path, code)
    outcome = invoker.invoke("Worker", {})
    assert outcome.failed
    assert outcome.error == "TooLate"
    assert outcome.payload["errorMessage"] == "by a day"
    assert "raise TooLate" in "".join(outcome.payload["stackTrace"])
    failure = invoker.failures[-1]
    assert (failure.function, failure.error, failure.at) == ("test-worker", "TooLate", NOW)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import nothing_of_that_name", "Runtime.ImportModuleError"),
        ("def other(event, context): pass", "Runtime.HandlerNotFound"),
        ("def handler(event, context): return object()", "Runtime.MarshalError"),
        ("def handler(event, context): raise SystemExit(3)", "Runtime.ExitError"),
        (f"def handler(event, context): return 'x' * {PAYLOAD_LIMIT}", "Function.ResponseSizeTooLarge"),
    ],
)
def test_errors_of_the_runtime_have_the_names_of_lambda(tmp_path: Path, code: str, error: str) -> None:
    assert invoker_for(tmp_path, code).invoke("Worker", {}).error == error


def test_the_largest_answer_is_allowed(tmp_path: Path) -> None:
    invoker = invoker_for(tmp_path, f"def handler(event, context): return 'x' * {PAYLOAD_LIMIT - 2}")
    assert not invoker.invoke("Worker", {}).failed


@pytest.mark.parametrize(("size", "error"), [(PAYLOAD_LIMIT - 2, None), (PAYLOAD_LIMIT - 1, "RequestEntityTooLarge")])
def test_an_event_has_at_most_six_megabytes(tmp_path: Path, size: int, error: str | None) -> None:
    outcome = invoker_for(tmp_path, "def handler(event, context): return None").invoke("Worker", "x" * size)
    assert outcome.failed is (error is not None)


def test_an_answer_after_the_time_limit_is_lost(tmp_path: Path) -> None:
    outcome = invoker_for(tmp_path, "def handler(event, context): return 'late'", timeout=0).invoke("Worker", {})
    assert outcome.error == "Sandbox.Timedout"


def test_a_killed_process_is_an_error_of_the_runtime_and_the_next_invocation_works(tmp_path: Path) -> None:
    code = "deaths = []\ndef handler(event, context):\n    if deaths: raise deaths.pop()\n    return 'alive'"
    invoker = invoker_for(tmp_path, code)
    assert invoker.invoke("Worker", {}).payload == "alive"
    handler = handler_of(invoker.find("Worker"))
    sys.modules[handler.__module__].deaths.append(Killed("by a test"))
    assert invoker.invoke("Worker", {}).error == "Runtime.ExitError"
    assert invoker.invoke("Worker", {}).payload == "alive"


def test_the_context_tells_what_lambda_tells(tmp_path: Path) -> None:
    code = (
        "def handler(event, context):\n"
        "    return [context.function_name, context.memory_limit_in_mb, context.aws_request_id,\n"
        "            context.invoked_function_arn, context.get_remaining_time_in_millis()]"
    )
    outcome = invoker_for(tmp_path, code).invoke("Worker", {})
    name, memory, request, arn, remaining = outcome.payload
    assert (name, memory, request) == ("test-worker", 256, outcome.request)
    assert arn.endswith(":function:test-worker")
    assert 4_000 < remaining <= 5_000


def test_a_handler_runs_under_its_own_role_and_only_while_it_runs(tmp_path: Path) -> None:
    invoker = invoker_for(tmp_path, "import role_of_test\ndef handler(event, context): return role_of_test.ROLE.get()")
    module = types.ModuleType("role_of_test")
    vars(module)["ROLE"] = ROLE
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "role_of_test", module)
        assert invoker.invoke("Worker", {}).payload == "WorkerRole"
    assert ROLE.get() is None


def test_a_module_is_loaded_once_and_kept_warm(tmp_path: Path) -> None:
    code = "count = 0\ndef handler(event, context):\n    global count\n    count += 1\n    return count"
    invoker = invoker_for(tmp_path, code)
    assert [invoker.invoke("Worker", {}).payload for _ in range(3)] == [1, 2, 3]
    assert invoker.counts == {"test-worker": 3}


def test_two_functions_may_have_modules_of_the_same_name(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    one = invoker_for(first, "def handler(event, context): return 1")
    two = invoker_for(second, "def handler(event, context): return 2")
    assert (one.invoke("Worker", {}).payload, two.invoke("Worker", {}).payload) == (1, 2)


def test_what_a_handler_prints_goes_to_its_log_and_not_to_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "import sys\ndef handler(event, context):\n    print('to out')\n    print('to err', file=sys.stderr, end='')"
    log = HandlerLog(lambda: NOW, tmp_path / "log")
    invoker = invoker_for(tmp_path, code, log=log)
    take_over()
    try:
        outcome = invoker.invoke("Worker", {})
        print("outside")
    finally:
        give_back()
    log.close()
    assert capsys.readouterr().out == "outside\n"
    written = (tmp_path / "log" / "handlers.log").read_text().splitlines()
    assert written == list(log.lines)
    assert [line.split(" ", 3)[3] for line in written] == ["to out", "to err"]
    assert outcome.request[:8] in written[0]
    assert "test-worker" in written[0]


def test_concurrent_invocations_do_not_mix_their_lines(tmp_path: Path) -> None:
    code = "def handler(event, context):\n    for _ in range(50): print(event['who'])"
    log = HandlerLog(lambda: NOW)
    invoker = invoker_for(tmp_path, code, log=log)
    requests: dict[str, str] = {}

    def run(who: str) -> None:
        requests[invoker.invoke("Worker", {"who": who}).request[:8]] = who

    take_over()
    try:
        threads = [threading.Thread(target=run, args=(who,)) for who in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        give_back()
    assert len(log.lines) == 200
    assert all(requests[line.split(" ")[2]] == line.split(" ")[3] for line in log.lines)


def test_warming_up_reports_what_cannot_be_imported(tmp_path: Path) -> None:
    name, seconds, problem = invoker_for(tmp_path, "import nothing_of_that_name").warm()[0]
    assert name == "test-worker"
    assert seconds >= 0
    assert problem is not None
    assert "nothing_of_that_name" in problem


def test_an_event_cannot_be_changed_through_the_callers_object(tmp_path: Path) -> None:
    event: dict[str, Any] = {"list": []}
    invoker_for(tmp_path, "def handler(event, context): event['list'].append(1)").invoke("Worker", event)
    assert json.dumps(event) == '{"list": []}'
