"""What the engine remembers of an execution. Documents inside are never changed in place, so a dump may share them."""

from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Any, Self


@dataclass(kw_only=True)
class Execution:
    """One run of a machine as people see it.

    `status` is RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED; `path` lists the states entered, in order, those of
    branches and inline items included; `parent` is the ARN of the execution whose distributed map started this one.
    """

    arn: str
    machine: str
    name: str
    kind: str
    input: Any
    status: str = "RUNNING"
    output: Any = None
    error: str | None = None
    cause: str | None = None
    path: list[str] = field(default_factory=list)
    started: datetime
    stopped: datetime | None = None
    parent: str | None = None


@dataclass(kw_only=True)
class FanOut:
    """The children of a Parallel or Map state under way.

    `mode` is PARALLEL, INLINE or DISTRIBUTED. A child is a branch, an item or a batch of `batch_size` items; `results`
    has one place per child. For a distributed map a place holds the child execution's record.
    """

    mode: str
    name: str
    items: list[Any]
    results: list[Any]
    left: int
    concurrency: int
    next: int = 0
    batch_size: int = 0
    batch_input: Any = None
    failed_items: int = 0
    tolerated_count: float | None = None
    tolerated_percentage: float | None = None
    children: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, mode: str, items: list[Any], concurrency: int, batch_size: int = 0, **more: Any) -> Self:
        """Children for these items, none of them started."""
        count = -(-len(items) // batch_size) if batch_size else len(items)
        return cls(
            mode=mode,
            items=items,
            results=[None] * count,
            left=count,
            concurrency=concurrency,
            batch_size=batch_size,
            **{"name": "", **more},
        )

    def items_of(self, index: int) -> list[Any]:
        """The items that the child at `index` works on."""
        size = self.batch_size or 1
        return self.items[index * size : (index + 1) * size]

    def has_room(self) -> bool:
        """Whether one more child may start now."""
        finished = len(self.results) - self.left
        return self.next < len(self.results) and self.next - finished < self.concurrency

    def is_beyond_tolerance(self) -> bool:
        """Whether more items failed than the state tolerates; with no threshold given, none may."""
        if self.tolerated_count is None and self.tolerated_percentage is None:
            return self.failed_items > 0
        count, percentage = self.tolerated_count, self.tolerated_percentage
        too_many = count is not None and self.failed_items > count
        return too_many or (percentage is not None and self.failed_items * 100 > percentage * len(self.items))


@dataclass(kw_only=True)
class Frame:
    """A place in a scope of the definition: the machine itself, a branch, or an item of an inline map.

    `scope` leads from the definition to the object with StartAt and States; `attempts` counts retries per retrier;
    `turn` grows with every unit of work made for this frame.
    """

    id: int
    scope: list[Any]
    input: Any
    state: str = ""
    parent: int | None = None
    index: int = 0
    variables: dict[str, Any] = field(default_factory=dict)
    item: dict[str, Any] | None = None
    attempts: dict[str, int] = field(default_factory=dict)
    turn: int = 0
    fan_out: FanOut | None = None


@dataclass(kw_only=True)
class Run:
    """An execution with all that is needed to go on with it. `place` says which child of its parent it is."""

    execution: Execution
    machine_arn: str
    deadline: datetime | None = None
    frames: dict[int, Frame] = field(default_factory=dict)
    serial: int = 0
    place: tuple[int, int, int] | None = None
    """Frame, turn and index in the parent's execution."""

    def new_frame(self, scope: list[Any], document: Any, **more: Any) -> Frame:
        """A frame at the door of `scope`; nothing is entered yet."""
        self.serial += 1
        frame = Frame(id=self.serial, scope=scope, input=document, **more)
        self.frames[frame.id] = frame
        return frame

    def dump(self) -> dict[str, Any]:
        """Plain JSON."""
        return {**_plain(self), "frames": [_plain(frame) for frame in self.frames.values()]}

    @classmethod
    def load(cls, state: dict[str, Any]) -> Self:
        """What `dump` gave."""
        frames = [
            Frame(**{**each, "fan_out": FanOut(**_copied(each["fan_out"])) if each["fan_out"] else None})
            for each in map(_copied, state["frames"])
        ]
        execution = _copied(state["execution"])
        instants = {name: _instant(execution[name]) for name in ("started", "stopped")}
        changed = {
            "execution": Execution(**{**execution, **instants}),
            "deadline": _instant(state["deadline"]),
            "frames": {frame.id: frame for frame in frames},
            "place": tuple(state["place"]) if state["place"] else None,
        }
        return cls(**{**state, **changed})


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, (list, tuple)) else dict(value) if isinstance(value, dict) else value


def _copied(state: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in state.items()}


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
