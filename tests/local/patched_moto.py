"""moto with our patches for one test: a clock that stands still, and everything that was told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3

from local import moto_patches
from local.clock import VirtualClock
from local.stack import REGION

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@dataclass
class Patched:
    """The clock, and the events that matched a rule: (rule, bus, event)."""

    clock: VirtualClock
    told: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)


@contextmanager
def patched_moto(start: datetime = START) -> Iterator[Patched]:
    patched = Patched(VirtualClock(start))
    moto_patches.install(patched.clock, lambda rule, bus, event: patched.told.append((rule, bus, event)))
    try:
        yield patched
    finally:
        moto_patches.uninstall()


def client(service: str, **settings: Any) -> Any:
    """A client made now, in the local cloud's region."""
    return boto3.client(service, region_name=REGION, **settings)  # type: ignore[call-overload]
