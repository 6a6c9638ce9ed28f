"""`python -m local` says what it does, serves, saves on a signal, and names the way out of every failure."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.process import Ports, _free
from local.progress import Progress

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
    found: Ports = _free()
    return found.http


def ask(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return json.load(answer)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_serves_and_saves_when_it_is_told_to_stop(tmp_path: Path, port: int, number: int) -> None:
    first = Started(port, "--state", str(tmp_path))
    steps = []
    for line in first.lines():
        steps.append(line.get("step"))
        if line["status"] == "ready":
            break
        assert line["status"] == "ok"
    assert steps == ["python packages", "storage", "template", "functions", "demo data", "self check", None]
    thing = json.dumps({"thing": "chair"}).encode()
    headers = {"content-type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/things", thing, headers)).close()
    assert first.stop(number) == 0
    second = Started(port, "--state", str(tmp_path))
    ready = second.until("ready")
    assert ready["portal"] == f"http://127.0.0.1:{port}/"
    assert "added chair" in (tmp_path / "log" / "handlers.log").read_text()
    assert ask(f"http://127.0.0.1:{port}/_local/api/calls")["functions"] is not None
    assert (tmp_path / "state.bin").exists()
    assert second.stop() == 0


def test_a_second_start_says_that_one_runs_already(tmp_path: Path, port: int) -> None:
    first = Started(port, "--state", str(tmp_path))
    first.until("ready")
    second = Started(port + 10, "--state", str(tmp_path))
    line = second.until("already running")
    assert (line["port"], line["pid"]) == (port, first.process.pid)
    assert line["portal"] == f"http://127.0.0.1:{port}/"
    assert second.process.wait(timeout=30) == 0
    first.stop()


def test_a_taken_port_is_a_failed_step_with_the_next_command(port: int) -> None:
    first = Started(port, "--ephemeral")
    first.until("ready")
    second = Started(port, "--ephemeral")
    failed = [line for line in second.lines() if line["status"] == "failed"]
    assert failed[0]["step"] == "storage"
    assert str(port) in failed[1]["cause"]
    assert failed[1]["next"] == f"make start ARGS=--port={port + 100}"
    assert second.process.wait(timeout=30) == 1
    first.stop()


def test_a_snapshot_that_does_not_fit_names_make_reset(tmp_path: Path, port: int) -> None:
    (tmp_path / "state.bin").write_bytes(b'{"schema": 0}\n')
    started = Started(port, "--state", str(tmp_path))
    failed = [line for line in started.lines() if line["status"] == "failed"]
    assert failed[-1]["next"] == "make reset"
    assert started.process.wait(timeout=30) == 1


def test_steps_are_numbered_lines_with_their_time(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(("one", "two"))
    with progress.step():
        progress.note("done")
    with pytest.raises(ValueError, match="no"), progress.step():
        raise ValueError("no")
    first, second = capsys.readouterr().out.splitlines()
    assert first.split() == ["1/2", "one", first.split()[2], "ok", "0.0", "s", "done"]
    assert second.split()[3] == "failed"
