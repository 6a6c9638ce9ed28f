"""What survives a restart: one snapshot file, replaced as a whole, stamped with what can read it.

Looked after twice a second and at exit; `kill -9` may lose up to a second. The file holds pickles, and
loading a pickle runs code: only our own file in our own folder is ever read, never one from somewhere else.
"""

import fcntl
import json
import os
import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

SCHEMA = 1
INTERVAL_SECONDS = 0.5
FILE = "state.bin"
LOCK_FILE = "lock.json"


class StoreError(Exception):
    """The snapshot cannot be used; the text says why and what to type."""


class AlreadyRunning(StoreError):
    """Another process uses the folder. `details` is what it wrote about itself (pid, port)."""

    def __init__(self, details: dict[str, Any]) -> None:
        super().__init__(f"a local cloud is running already: process {details.get('pid')}, port {details.get('port')}")
        self.details = details


class Store:
    """The folder of one local cloud. Only one process at a time may hold it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / FILE
        self._lock_file = (folder / LOCK_FILE).open("a+")

    def acquire(self, about: dict[str, Any]) -> None:
        """Take the folder for this process, or raise AlreadyRunning with what the other one said about itself."""
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock_file.seek(0)
            raise AlreadyRunning(json.loads(self._lock_file.read() or "{}")) from None
        self._lock_file.truncate(0)
        self._lock_file.write(json.dumps({"pid": os.getpid(), **about}))
        self._lock_file.flush()

    def release(self) -> None:
        """Give the folder back."""
        if not self._lock_file.closed:
            self._lock_file.close()

    def load(self, stamp: dict[str, str]) -> dict[str, Any] | None:
        """The saved state, or None when there is none. A snapshot with another stamp is refused."""
        if not self._path.exists():
            return None
        with self._path.open("rb") as file:
            found = self._header(file.readline())
            wanted = {"schema": SCHEMA, **stamp}
            for name, value in wanted.items():
                if found.get(name) != value:
                    raise StoreError(
                        f"{self._path} was written with {name} {found.get(name)!r}, now it is {value!r}. "
                        "Type `make reset` to forget it and start anew, or go back to the version that wrote it."
                    )
            try:
                state: dict[str, Any] = pickle.load(file)
            except Exception as problem:
                raise StoreError(
                    f"{self._path} cannot be read ({problem}). Type `make reset` to start anew."
                ) from problem
        return state

    def save(self, stamp: dict[str, str], state: dict[str, Any]) -> int:
        """Replace the snapshot; a crash leaves the old one whole. Gives the number of bytes."""
        content = json.dumps({"schema": SCHEMA, **stamp}).encode() + b"\n" + pickle.dumps(state, protocol=5)
        new = self._path.with_suffix(".new")
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        return len(content)

    def _header(self, line: bytes) -> dict[str, Any]:
        try:
            header: dict[str, Any] = json.loads(line)
        except ValueError:
            raise StoreError(f"{self._path} is no snapshot of ours. Type `make reset` to start anew.") from None
        return header


class Saver:
    """Saves in the background, at most twice a second, when `version` has changed since the last time."""

    def __init__(
        self, version: Callable[[], object], save: Callable[[], None], failed: Callable[[Exception], None]
    ) -> None:
        self._version, self._save, self._failed = version, save, failed
        self._saved: object = version()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="saver", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Save what is not saved yet and end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._save_if_changed()

    def _loop(self) -> None:
        while not self._stop.wait(INTERVAL_SECONDS):
            self._save_if_changed()

    def _save_if_changed(self) -> None:
        version = self._version()
        if version != self._saved:
            try:
                self._save()
                self._saved = version
            except Exception as problem:
                self._failed(problem)
