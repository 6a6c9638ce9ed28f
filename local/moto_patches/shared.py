"""What all patches share: the lock, the clock, the receiver of events, and how a patch is applied."""

import inspect
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.clock import Clock

LOCK = threading.RLock()
"""Held during every call to moto. moto's DynamoDB is not thread-safe; nothing else in the process may assume it is."""


@dataclass
class Shared:
    """The clock and the receiver while the patches are installed; None before and after."""

    clock: Clock | None = None
    on_event: Callable[[str, str, dict[str, Any]], None] | None = None

    def now(self) -> datetime:
        """The present instant of our clock, in UTC."""
        if self.clock is None:
            raise RuntimeError("moto's patches are not installed: call local.moto_patches.install() first")
        return self.clock.now()

    def seconds(self) -> float:
        """The present instant as seconds since 1970."""
        return self.now().timestamp()


shared = Shared()


@dataclass
class Patch:
    """One replaced attribute: `wrap` gets moto's own and returns ours. `signature` is what moto must look like."""

    owner: Any
    name: str
    signature: str
    wrap: Callable[[Any], Any]
    original: Any = field(default=None, repr=False)

    def check(self) -> None:
        """Raise ImportError when moto's own function takes other parameters than this patch was written for."""
        found = ", ".join(inspect.signature(getattr(self.owner, self.name)).parameters)
        if found != self.signature:
            raise ImportError(f"moto's {self.owner.__name__}.{self.name} takes ({found}), not ({self.signature})")

    def apply(self) -> None:
        self.original = inspect.getattr_static(self.owner, self.name)
        setattr(self.owner, self.name, self.wrap(self.original))

    def undo(self) -> None:
        setattr(self.owner, self.name, self.original)
