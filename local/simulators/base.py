"""What the simulators share: the outside they see, state in plain JSON, an agenda of what is due, and signing.

A simulator never sleeps and starts no thread: what it will do later stands in its agenda, and whoever drives it calls
`run_due()` when `next_due()` has come, on the real clock or a moved one. Requests come on several threads; state is
touched under a lock, and the lock is never held while a message is delivered, for the receiver may ask back.
"""

import copy
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import RLock
from typing import Any, ClassVar, Protocol

Answer = tuple[int, dict[str, str], bytes]
State = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """The outside of one simulator.

    `now` is the (movable) clock; `deliver` posts a message and gives the HTTP status, 0 when nobody answered.
    `base_url` is where this simulator is reached, `public_url` where the product is, both without a trailing slash.
    """

    now: Callable[[], datetime]
    deliver: Callable[[str, Mapping[str, str], bytes], int]
    base_url: str
    public_url: str


class Simulator(Protocol):
    """An external body played on this machine."""

    name: str

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request; `path` begins with a slash and may carry a query."""

    def control(self, action: str, form: Mapping[str, str]) -> dict[str, Any]:
        """What the control room asks for; `status` tells everything. Raises ValueError for what it does not know."""

    def dump(self) -> State:
        """The state as plain JSON values."""

    def load(self, state: State) -> None:
        """Go on from a dumped state."""

    def next_due(self) -> datetime | None:
        """When `run_due` has something to do next."""

    def run_due(self) -> int:
        """Do everything that is due by now, in order; how many things were done."""


class Stage:
    """State, lock and agenda. `perform` gets each agenda item when it is due, outside the lock."""

    def __init__(self, context: Context, fresh: State) -> None:
        self.context = context
        self.lock = RLock()
        self.state: State = {"made": 0, "agenda": [], "switches": [], **fresh}

    def dump(self) -> State:
        """A copy that nobody changes any more."""
        with self.lock:
            return copy.deepcopy(self.state)

    def load(self, state: State) -> None:
        """Go on from there; parts that an older dump lacks stay as they are."""
        with self.lock:
            self.state = {**self.state, **copy.deepcopy(state)}

    def seconds(self) -> int:
        """The clock in unix seconds."""
        return int(self.context.now().timestamp())

    def number(self) -> int:
        """The next number for names of things; numbers, not chance, so that a replay makes the same names."""
        self.state["made"] += 1
        return int(self.state["made"])

    def on(self, switch: str) -> bool:
        """Whether this misbehaviour is switched on."""
        return switch in self.state["switches"]

    def used(self, switch: str) -> bool:
        """Whether it is switched on; a switch for one use is off afterwards."""
        if not self.on(switch):
            return False
        self.state["switches"].remove(switch)
        return True

    def plan(self, due: int, what: str, **details: Any) -> None:
        """Put something on the agenda, due at unix second `due`."""
        self.state["agenda"].append({"due": due, "turn": self.number(), "what": what, **details})

    def next_due(self) -> datetime | None:
        """The earliest due instant on the agenda."""
        with self.lock:
            dues = [item["due"] for item in self.state["agenda"]]
        return datetime.fromtimestamp(min(dues), UTC) if dues else None

    def run(self, perform: Callable[[State], None]) -> int:
        """Perform what is due, earliest first; what performing makes due is performed too."""
        done = 0
        while (item := self._take()) is not None:
            perform(item)
            done += 1
        return done

    def _take(self) -> State | None:
        with self.lock:
            due = [item for item in self.state["agenda"] if item["due"] <= self.seconds()]
            if not due:
                return None
            first: State = min(due, key=lambda item: (item["due"], item.get("turn", 0)))
            self.state["agenda"].remove(first)
            return first


class Answering:
    """What simulators share that only answer: switches, state, and nothing that is ever due."""

    known: ClassVar[Mapping[str, str]] = {}
    """The misbehaviours, by name."""

    def __init__(self, context: Context, fresh: State | None = None) -> None:
        self._stage = Stage(context, fresh or {})

    def control(self, action: str, form: Mapping[str, str]) -> dict[str, Any]:
        """`switch` (`name`, `on`), `clear` or `status`."""
        with self._stage.lock:
            if action == "switch":
                flip(self._stage.state, self.known, form)
            elif action == "clear":
                self._stage.state["switches"] = []
            elif action != "status":
                raise ValueError(f"no action {action!r}; there are switch, clear, status")
            return {"simulator": True, "switches": list(self._stage.state["switches"]), "known": self.known}

    def dump(self) -> State:
        """The state as plain JSON values."""
        return self._stage.dump()

    def load(self, state: State) -> None:
        """Go on from a dumped state."""
        self._stage.load(state)

    def next_due(self) -> datetime | None:
        """Never: it only answers."""
        return None

    def run_due(self) -> int:
        """Nothing."""
        return 0


def signature(message: bytes, secret: str, seconds: int, prefix: bytes = b"") -> str:
    """`t=<seconds>,v1=<hex>`: HMAC-SHA256 of `<seconds>.<prefix><message>`. Written apart from the product's own code,
    so that one mistake cannot be made on both sides."""
    signed = b"%d." % seconds + prefix + message
    return f"t={seconds},v1={hmac.digest(secret.encode(), signed, hashlib.sha256).hex()}"


def flip(state: State, known: Mapping[str, str], form: Mapping[str, str]) -> None:
    """Switch a misbehaviour on or off: form `name`, `on` (`true` or `false`). `known` maps names to what they do."""
    name = form.get("name", "")
    if name not in known:
        raise ValueError(f"no switch {name!r}; there are {', '.join(known)}")
    switches = [switch for switch in state["switches"] if switch != name]
    state["switches"] = [*switches, name] if form.get("on", "true") == "true" else switches
