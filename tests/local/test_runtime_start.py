"""`python -m local` says what it does, serves, saves on a signal, and names the way out of every failure."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.process import Ports, free_ports, ports_of_this_process
from local.progress import Progress
from local.runtime.loader import LoadError
from local.start import Options, start

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATE = Path(__file__).parent / "templates" / "runtime" / "template.yaml"
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{REPOSITORY}/layers/certification/python:{REPOSITORY}"}


class Started:
    """A running `python -m local --json`: its lines as they come."""

    def __init__(self, port: int, *arguments: str) -> None:
        command = [
            sys.executable,
            "-m",
            "local",
            "--json",
            "--no-seed",
            "--template",
            str(TEMPLATE),
            "--port",
            str(port),
        ]
        self.process = subprocess.Popen(
            [*command, *arguments], cwd=REPOSITORY, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
        )

    def lines(self) -> Iterator[dict[str, Any]]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield json.loads(line)

    def until(self, status: str) -> dict[str, Any]:
        for line in self.lines():
            if line["status"] == status:
                return line
        raise AssertionError(f"it ended without {status}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@pytest.fixture
def port() -> int:
    """A port whose neighbour is probably free too."""
    found: Ports = free_ports()
    return found.http


def test_it_starts_serves_says_so_to_a_second_start_and_saves_when_it_is_told_to_stop(
    tmp_path: Path, port: int
) -> None:
    first = Started(port, "--state", str(tmp_path))
    steps = []
    for line in first.lines():
        steps.append(line.get("step"))
        if line["status"] == "ready":
            break
        assert line["status"] == "ok"
    assert steps == ["python packages", "storage", "template", "functions", "demo data", "self check", None]
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/things", b'{"thing": "chair"}', headers)
    urllib.request.urlopen(request, timeout=20).close()

    by_folder = Started(port + 10, "--state", str(tmp_path))
    by_port = Started(port, "--ephemeral")
    for second in (by_folder, by_port):
        line = second.until("already running")
        assert (line["pid"], line["portal"]) == (first.process.pid, f"http://127.0.0.1:{port}/")
        assert second.process.wait(timeout=30) == 0

    assert first.stop(signal.SIGINT) == 0
    assert "added chair" in (tmp_path / "log" / "handlers.log").read_text()
    again = Started(port, "--state", str(tmp_path))
    again.until("ready")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_local/api/inbox?q=chair", timeout=20) as answer:
        assert {letter["kind"] for letter in json.load(answer)} == {"mail", "sms"}
    assert again.stop(signal.SIGTERM) == 0


def failure_of(folder: Path | None, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The failed lines of a start in this process."""
    options = Options(ports_of_this_process(None), folder, TEMPLATE, seed=False, as_json=True)
    assert start(options) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if line["status"] == "failed"]


def test_a_taken_port_is_a_failed_step_with_the_next_command(capsys: pytest.CaptureFixture[str]) -> None:
    port = ports_of_this_process(None).http
    with socket.create_server(("127.0.0.1", port)):
        step, failure = failure_of(None, capsys)
    assert step["step"] == "storage"
    assert str(port) in failure["cause"]
    assert failure["next"] == f"make start ARGS=--port={port + 100}"


def test_a_snapshot_that_does_not_fit_names_make_reset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "state.bin").write_bytes(b'{"schema": 0}\n')
    assert failure_of(tmp_path, capsys)[-1]["next"] == "make reset"


def test_a_function_that_cannot_be_imported_is_named_with_the_next_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> None:
        raise LoadError("Runtime.ImportModuleError", "no module named nowhere")

    monkeypatch.setattr("local.runtime.invoker.handler_of", broken)
    step, failure = failure_of(None, capsys)
    assert step["step"] == "functions"
    assert failure["cause"] == "no module named nowhere"
    assert failure["next"].endswith(".app")


def test_steps_are_numbered_lines_with_their_time(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(("one", "two"))
    with progress.step():
        progress.note("done")
    with pytest.raises(ValueError, match="no"), progress.step():
        raise ValueError("no")
    first, second = capsys.readouterr().out.splitlines()
    assert first.split() == ["1/2", "one", first.split()[2], "ok", "0.0", "s", "done"]
    assert second.split()[3] == "failed"
