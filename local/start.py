"""Starting the local cloud for people: what is checked, in which order, and what to type when a step fails."""

import importlib
import importlib.metadata
import json
import re
import signal
import sys
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.http.server import HOST, PortTaken
from local.process import Ports
from local.progress import Progress, StepFailed
from local.store import AlreadyRunning, StoreError

if TYPE_CHECKING:
    from local.cloud import LocalCloud

STEPS = ("python packages", "storage", "template", "functions", "demo data", "self check")
REPOSITORY = Path(__file__).resolve().parents[1]
REQUIREMENTS = REPOSITORY / "requirements"
TRY = (
    "Sign up in the portal; the code arrives in the control room's inbox.",
    "Sample files, and the instants to move the clock to, are under Samples in the control room.",
    "Let the card simulator pay twice, late, or with a wrong signature.",
)
JOB_RATE = "rate(6 hours)"
"""Rows decide what is due, so any rate is right; at this one a week of the moved clock takes seconds."""


@dataclass(frozen=True)
class Options:
    """What the command line asked for. `folder` None keeps nothing."""

    ports: Ports
    folder: Path | None
    template: Path
    seed: bool = True
    as_json: bool = False


def start(options: Options) -> int:
    """Start, serve until a signal comes, save. Gives the exit status."""
    progress = Progress(STEPS, options.as_json)
    try:
        cloud = bring_up(options, progress)
    except StepFailed as failed:
        progress.tell(
            {"status": "failed", "cause": failed.cause, "next": failed.command},
            f"\n {failed.cause}\n\n Next: {failed.command}",
        )
        return 1
    except AlreadyRunning as running:
        return _already_running(running, progress)
    try:
        cloud.serve()
        stop = _stop_signal()
        progress.tell(_ready(cloud), _ready_text(cloud))
        stop.wait()
        progress.tell({"status": "stopping"}, "\n Saving …" if cloud.store else "\n Stopping …")
    finally:
        cloud.close()
    return 0


def bring_up(options: Options, progress: Progress) -> "LocalCloud":
    """Every step; the cloud is up and checked, but not yet pumping."""
    with progress.step():
        progress.note(_check_packages())
    progress.begin()
    try:
        cloud = _construct(options, progress)
    except BaseException:
        progress.end("failed")
        raise
    progress.note(f"{len(cloud.stack.functions)} functions, {len(cloud.stack.machines)} machines")
    progress.end("ok")
    try:
        _fill(cloud, options, progress)
    except BaseException:
        cloud.close()
        raise
    return cloud


def _construct(options: Options, progress: Progress) -> "LocalCloud":
    from local.cloud import LocalCloud
    from local.deploy import DeployError
    from local.http import mount

    def report(phase: str) -> None:
        if phase == "template":
            progress.note("kept in .local" if options.folder else "in memory, nothing is kept")
            progress.end("ok")
            progress.begin()

    try:
        rate = {"JobRate": JOB_RATE} if "JobRate" in mount.declared_parameters(options.template) else {}
        return LocalCloud(options.template, state=options.folder, ports=options.ports, report=report, parameters=rate)
    except PortTaken as taken:
        running = _who_is_there(options.ports.http)
        if running is not None:
            raise AlreadyRunning(running) from taken
        command = f"make start ARGS=--port={options.ports.http + 100}"
        raise StepFailed(f"{taken.strerror}", command) from taken
    except AlreadyRunning:
        raise
    except StoreError as unusable:
        raise StepFailed(str(unusable), "make reset") from unusable
    except DeployError as refused:
        raise StepFailed(
            f"template.yaml cannot be deployed here: {refused}", "mend template.yaml, then make start"
        ) from refused


def _who_is_there(port: int) -> dict[str, Any] | None:
    """Process and port of a local cloud that answers there; None when it is some other program."""
    from local.control_room.facts import NAME

    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/_local/api/status", timeout=2) as answer:
            found = json.load(answer)
    except (OSError, ValueError):
        return None
    return {"pid": found["process"], "port": port} if found.get("name") == NAME else None


def _fill(cloud: "LocalCloud", options: Options, progress: Progress) -> None:
    with progress.step():
        progress.note(_warm(cloud))
    with progress.step():
        progress.note(_seed(cloud, options))
    with progress.step():
        progress.note(_check(cloud))


def _check_packages() -> str:
    wanted = set()
    for name in ("local.in", "dependencies.in", "documents.in", "imaging.in"):
        for line in (REQUIREMENTS / name).read_text().splitlines():
            found = re.match(r"[A-Za-z0-9][\w.-]*", line)
            if found:
                wanted.add(found[0])
    missing = [name for name in sorted(wanted) if not _installed(name)]
    if missing:
        command = ".venv/bin/python -m pip install --require-hashes -r requirements/local.txt"
        raise StepFailed(f"not installed: {', '.join(missing)}", command)
    return f"Python {sys.version.split()[0]}, {len(wanted)} packages"


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _warm(cloud: "LocalCloud") -> str:
    report = cloud.invoker.warm()
    for name, _, problem in report:
        if problem is not None:
            folder = cloud.invoker.find(name).code.name
            raise StepFailed(
                problem, f"PYTHONPATH=layers/certification/python:. .venv/bin/python -m functions.{folder}.app"
            )
    routes, jobs = len(cloud.stack.routes), len(cloud.schedules.jobs)
    return f"{len(report)} imported, {routes} routes, {jobs} jobs"


def _seed(cloud: "LocalCloud", options: Options) -> str:
    if not options.seed:
        return "none asked for"
    if cloud.restored:
        return "kept from the last time"
    try:
        seed = importlib.import_module("local.seed")
    except ModuleNotFoundError as missing:
        if missing.name != "local.seed":
            raise
        return "no local/seed.py yet"
    try:
        cloud.accounts = seed.seed(cloud)
    except Exception as problem:
        raise StepFailed(f"demo data: {type(problem).__name__}: {problem}", "make start ARGS=--no-seed") from problem
    cloud.save()
    return f"{len(cloud.accounts)} sample accounts" if cloud.accounts else "done"


def _check(cloud: "LocalCloud") -> str:
    """Ask through the sockets, as a browser would."""
    files = f"http://{HOST}:{cloud.ports.s3}/"
    # Without a presigned address there is nothing to see, but S3's side answers.
    asked = {
        "home": (f"{cloud.address}/", 200),
        "control room": (f"{cloud.address}/_local/", 200),
        "files": (files, 403),
    }
    for name, (url, expected) in asked.items():
        status = _status(url)
        if status != expected:
            last = [f"{failure.function}: {failure.error}: {failure.message}" for failure in cloud.invoker.failures]
            cause = " ".join([f"{name} ({url}) answered {status}, not {expected}.", *last[-1:]])
            raise StepFailed(cause, "look into .local/log/handlers.log, or at the control room's page Errors")
    return ", ".join(asked)


def _status(url: str) -> int:
    """The status after redirects; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def _ready(cloud: "LocalCloud") -> dict[str, Any]:
    return {"status": "ready", **_addresses(cloud.address), "accounts": cloud.accounts, "now": cloud.clock.now()}


def _addresses(base: str) -> dict[str, str]:
    return {"portal": f"{base}/", "staff": f"{base}/staff/", "control_room": f"{base}/_local/"}


def _ready_text(cloud: "LocalCloud") -> str:
    from local.control_room.facts import LIMITS_EN, LIMITS_ZH
    from local.control_room.pages import when

    lines = ["", f" {LIMITS_EN}", f" {LIMITS_ZH}", ""]
    lines += [f" {name.replace('_', ' ').capitalize():<14} {url}" for name, url in _addresses(cloud.address).items()]
    lines += [f" {'Clock':<14} {when(cloud.clock.now())} (Hong Kong)", ""]
    lines += [f" {line}" for line in _account_lines(cloud.accounts)]
    lines += [" Try:", *(f"  - {idea}" for idea in TRY), "", " Ctrl-C saves and stops."]
    return "\n".join(lines)


def _account_lines(accounts: Any) -> list[str]:
    if not accounts:
        return []
    if isinstance(accounts, dict):
        return ["Sample accounts:", *(f"  {who}: {_text(how)}" for who, how in accounts.items()), ""]
    return ["Sample accounts:", *(f"  {_text(entry)}" for entry in accounts), ""]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _already_running(running: AlreadyRunning, progress: Progress) -> int:
    base = f"http://{HOST}:{running.details.get('port')}"
    lines = [f" {running}", *(f" {name:<14} {url}" for name, url in _addresses(base).items())]
    facts = {"status": "already running", **running.details, **_addresses(base)}
    progress.tell(facts, "\n".join(["", *lines, "", " Stop it with Ctrl-C in its terminal."]))
    return 0


def _stop_signal() -> threading.Event:
    """Set by Ctrl-C and by SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
