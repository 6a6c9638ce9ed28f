"""The local cloud as one object: the real template on moto, our runtime around it, two ports on the loopback address.

Tests make one with a virtual clock and turn it themselves (`settle`, `advance`); `python -m local` serves one.
"""

import functools
import hashlib
import importlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from local import moto_patches, moto_state
from local.bank_courier import carry
from local.clock import Clock
from local.control_room.inbox import Inbox, accept_senders
from local.control_room.room import ControlRoom
from local.deploy import deploy
from local.engine import Engine, Execution
from local.http import mount
from local.http.gateway import Gateway
from local.http.messages import Request, Response
from local.http.server import Server
from local.http.storage import Storage
from local.process import Environment, Ports, ports_of_this_process
from local.runtime.asynchronous import Asynchronous
from local.runtime.bus import Bus
from local.runtime.console import HandlerLog, give_back, take_over
from local.runtime.destinations import Destinations
from local.runtime.invoker import Invoker, Outcome
from local.runtime.machines import Machines, Objects, Tasks
from local.runtime.pump import Pump
from local.runtime.queues import QueuePoller
from local.runtime.repeated import ONCE, Deliveries, Repeated
from local.runtime.schedules import Schedules
from local.runtime.streams import StreamPoller
from local.runtime.system import System
from local.simulators.bank import BankSimulator
from local.stack import EventSourceSpec
from local.store import Saver, Store

TEMPLATE = Path(__file__).resolve().parents[1] / "template.yaml"
STACK_NAME = "assay"
PROBLEMS_KEPT = 200


class HandlerFailed(Exception):
    """A function that was invoked directly failed; `error` is the name of its exception."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"{outcome.payload['errorType']}: {outcome.payload['errorMessage']}")
        self.error = outcome.error


@dataclass(frozen=True)
class Undelivered:
    """Something the runtime gave up, or a problem of the runtime itself."""

    at: datetime
    what: str
    why: str


class LocalCloud:
    """One at a time per process: moto's state is the process's.

    `state` is a folder for the snapshot (None: nothing is kept); `parameters` go to the template, on top of the
    addresses of this machine; `report` hears which part of the start begins; `deliveries` is how often everything arrives.
    """

    def __init__(
        self,
        template: Path = TEMPLATE,
        *,
        clock: Clock | None = None,
        state: Path | None = None,
        parameters: Mapping[str, str] | None = None,
        ports: Ports | None = None,
        report: Callable[[str], None] = lambda _phase: None,
        deliveries: Deliveries = ONCE,
    ) -> None:
        self.template, self.clock = template, clock or Clock()
        self.undelivered: deque[Undelivered] = deque(maxlen=PROBLEMS_KEPT)
        self.deliveries = deliveries
        self.accounts: Any = None
        self._requests = 0
        self._closing: list[Callable[[], None]] = []
        try:
            report("storage")
            self._open(ports, state)
            saved = self._restore_resources()
            report("template")
            self.stack = deploy(template, self._parameters(parameters or {}), STACK_NAME, existing=saved is not None)
            self._wire()
            self.restored = saved is not None
            self._restore_sources(saved)
        except BaseException:
            self.close()
            raise

    def settle(self) -> None:
        """Deliver everything that is due now, and what that causes, on this thread."""
        self.pump.settle()
        self.inbox.collect()

    def advance(self, delta: timedelta | None = None, *, to: datetime | None = None) -> None:
        """Move the clock by `delta` or to an instant: due jobs and timers run in order on the way."""
        if (delta is None) == (to is None):
            raise ValueError("give either a delta or an instant")
        self.pump.advance(to if to is not None else self.clock.now() + (delta or timedelta()))
        self.inbox.collect()

    def invoke(self, function: str, event: Any) -> Any:
        """Invoke a function by logical id, name or ARN. Raises HandlerFailed when it fails."""
        outcome = self.invoker.invoke(function, event)
        if outcome.failed:
            raise HandlerFailed(outcome)
        return outcome.payload

    def request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | str = b""
    ) -> Response:
        """A request to the HTTP side without a socket: the API, a simulator or the control room."""
        host = f"127.0.0.1:{self.ports.http}"
        return self.handle(Request.of(method, path, {"host": host, **(headers or {})}, body))

    def store_request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | str = b""
    ) -> Response:
        """A request to the S3 endpoint without a socket, e.g. a browser's presigned POST."""
        host = f"127.0.0.1:{self.ports.s3}"
        return self.storage.handle(Request.of(method, path, {"host": host, **(headers or {})}, body))

    def executions(self, machine: str | None = None) -> list[Execution]:
        """Executions of a machine (by name without the stack's prefix, or in full), or of all."""
        names = {machine, f"{STACK_NAME}-{machine}"}
        return [run for run in self.engine.executions() if machine is None or run.machine in names]

    def handle(self, request: Request) -> Response:
        """What the HTTP port answers."""
        self._requests += 1
        if request.path == "/_local" or request.path.startswith(mount.PREFIX):
            name, _, rest = request.path.removeprefix(mount.PREFIX).partition("/")
            simulator = self.simulators.get(name)
            if simulator is None or rest.startswith("control/"):
                return self.room.handle(request)
            return mount.handle(simulator, request)
        response = self.gateway.handle(request)
        self.inbox.collect()
        return response

    def serve(self) -> None:
        """Pump and save in the background from now on; returns at once."""
        self.pump.run(self._trouble)
        if self.store is not None:
            saver = Saver(self.version, self.save, self._trouble)
            saver.start()
            self._closing.append(saver.stop)

    def save(self) -> None:
        """Write the snapshot now."""
        if self.store is not None:
            with moto_patches.LOCK:
                sources = self.pump.dump()
                resources = moto_state.snapshot()
                times = {"now": self.clock.now(), "offset": self.clock.offset, "inbox": self.inbox.dump()}
                state = {"sources": sources, "moto": resources, "accounts": self.accounts, **times}
            self.store.save(self._stamp(), state)

    def version(self) -> tuple[Any, ...]:
        """Changes whenever something may have changed that a snapshot holds."""
        jobs = tuple(job.last_run for job in self.schedules.jobs)
        done = self.system.calls(), sum(self.invoker.counts.values()), self._requests
        return *done, self.clock.offset, self.bus.waiting(), self.asynchronous.waiting(), jobs

    def close(self) -> None:
        """Save, stop, and give the process back; a second call does nothing."""
        while self._closing:
            self._closing.pop()()

    def __enter__(self) -> "LocalCloud":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def address(self) -> str:
        """Where the HTTP side is reached, without a trailing slash."""
        return self._http.address

    def _open(self, ports: Ports | None, state: Path | None) -> None:
        """The folder, the ports, moto: everything that must exist before the first client."""
        self.ports = ports_of_this_process(ports)
        self.store = Store(state) if state is not None else None
        if self.store is not None:
            self._closing.append(self.store.release)
            self.store.acquire({"port": self.ports.http})
        self._environment = Environment()
        self._closing.append(self._environment.restore)
        self._environment.prepare(self.ports)
        self._http = Server(self.ports.http, self.handle)
        self._closing.append(self._http.close)
        self._s3 = Server(self.ports.s3, lambda request: self.storage.handle(request))  # noqa: PLW0108 - made later
        self._closing.append(self._s3.close)
        moto_patches.install(self.clock, self._event)
        self._closing.append(moto_patches.uninstall)
        self.system = System()
        self._closing.append(self.system.close)
        take_over()
        self._closing.append(give_back)
        self.log = HandlerLog(self.clock.now, state / "log" if state else None)
        self._closing.append(self.log.close)

    def _restore_resources(self) -> dict[str, Any] | None:
        saved = self.store.load(self._stamp()) if self.store is not None else None
        if saved is not None:
            moto_state.restore(saved["moto"])
            self.clock.offset = saved["offset"]
            self.clock.move_to(saved["now"])
        return saved

    def _parameters(self, given: Mapping[str, str]) -> dict[str, str]:
        """Addresses of this machine for every parameter of that kind that the template declares."""
        addresses = mount.parameters(self._http.address)
        declared = mount.declared_parameters(self.template)
        return {name: value for name, value in addresses.items() if name in declared} | dict(given)

    def _wire(self) -> None:
        """Tie the runtime together around the deployed stack."""
        self._environment.use([spec.environment for spec in self.stack.functions.values()])
        self._use_clock()
        now = self.clock.now
        self.chain, self.gate = self.system.chain, self.system.guard(self.stack)
        self.inbox = Inbox(now)
        accept_senders([spec.environment.get("MAIL_FROM", "") for spec in self.stack.functions.values()])
        self.invoker = Invoker(self.stack, now, self.log, self.system.acting, self.system.killed)
        self.deliverer = Repeated(self.invoker, self.deliveries.times)
        check, self.sqs = self.system.check, boto3.client("sqs")
        self.engine = Engine(self.clock, Tasks(self.invoker, check), Objects(self.system.acting))
        self.engine.authorize = check
        for machine in self.stack.machines.values():
            self.engine.define(machine)
        self.asynchronous = Asynchronous(self.deliverer, now, self.give_up)
        self.destinations = Destinations(self.stack, self.engine, self.asynchronous.add, self.system, self.sqs)
        self.bus = Bus(self.stack.rules, self.destinations, now, self.give_up, self.deliveries)
        self.schedules = Schedules(self.stack.rules, now, self.bus.scheduled)
        self.pollers = [self._poller(spec) for spec in self.stack.event_sources if spec.enabled]
        self.simulators = mount.simulators(now, self._http.address, self.handle, self.deliveries.times)
        bank = self.simulators["bank"]
        if isinstance(bank, BankSimulator):
            bank.carry = lambda: carry(self, bank)
        bodies = [mount.Body(simulator, now) for simulator in self.simulators.values()]
        sources = [self.bus, *self.pollers, self.asynchronous, Machines(self.engine), *bodies]
        self.pump = Pump(self.clock, sources, self.schedules, self.inbox.collect)
        self._closing.append(self.pump.stop)
        self.gateway = Gateway(self.stack.routes, self.invoker, now)
        self.storage = Storage(boto3.client("s3"), now, self._s3.address)
        self.room = ControlRoom(self)
        self._http.start()
        self._s3.start()

    def _poller(self, spec: EventSourceSpec) -> StreamPoller | QueuePoller:
        self.system.check_source(spec, self.invoker.find(spec.function).role)
        if spec.source_arn.split(":")[2] == "sqs":
            return QueuePoller(spec, self.deliverer, self.clock.now, self.system.acting, self.sqs)
        records = moto_patches.stream_records
        return StreamPoller(spec, self.deliverer, self.clock.now, records, self.destinations, self.give_up)

    def _restore_sources(self, saved: dict[str, Any] | None) -> None:
        if saved is not None:
            self.pump.load(saved["sources"])
            self.inbox.load(saved["inbox"])
            self.accounts = saved["accounts"]

    def _event(self, rule: str, bus: str, event: dict[str, Any]) -> None:
        self.bus.announce(rule, bus, event)

    def give_up(self, what: str, why: str) -> None:
        """Note something that was not delivered; the control room shows it."""
        self.undelivered.append(Undelivered(self.clock.now(), what, why))

    def _trouble(self, problem: Exception) -> None:
        self.give_up("the runtime itself", f"{type(problem).__name__}: {problem}")

    def _stamp(self) -> dict[str, str]:
        """What a snapshot must agree with: moto's version, the template and its state machines."""
        machines = sorted((self.template.parent / "statemachines").glob("*.yaml"))
        content = b"".join(file.read_bytes() for file in [self.template, *machines])
        return {"moto": moto_patches.MOTO_VERSION, "template": hashlib.sha256(content).hexdigest()[:16]}

    def _use_clock(self) -> None:
        clock = importlib.import_module("certification.cloud.clock")
        clock.use(self.clock.now)
        self._closing.append(functools.partial(clock.use, None))
