"""The snapshot file is whole, stamped and held by one process only."""

from pathlib import Path
from typing import Any

import pytest

from local.store import AlreadyRunning, Saver, Store, StoreError

STAMP = {"moto": "5.2.5", "template": "abc"}


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    state = {"moto": b"\x00\x01", "sources": {"bus": [1, 2]}}
    Store(tmp_path).save(STAMP, state)
    assert Store(tmp_path).load(STAMP) == state


def test_a_new_folder_has_no_state(tmp_path: Path) -> None:
    assert Store(tmp_path / "new").load(STAMP) is None


@pytest.mark.parametrize("changed", [{"moto": "5.2.6"}, {"template": "other"}])
def test_another_stamp_is_refused_with_the_way_out(tmp_path: Path, changed: dict[str, str]) -> None:
    Store(tmp_path).save(STAMP, {})
    with pytest.raises(StoreError, match="make reset") as refused:
        Store(tmp_path).load(STAMP | changed)
    assert next(iter(changed)) in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"nonsense", b'{"schema": 1, "moto": "5.2.5", "template": "abc"}\ngarbage'])
def test_a_broken_file_is_refused_with_the_way_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state.bin").write_bytes(content)
    with pytest.raises(StoreError, match="make reset"):
        Store(tmp_path).load(STAMP)


def test_a_crash_while_writing_leaves_the_old_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    store.save(STAMP, {"round": 1})

    def crash(_descriptor: int) -> None:
        raise OSError("power cut")

    monkeypatch.setattr("local.store.os.fsync", crash)
    with pytest.raises(OSError, match="power cut"):
        store.save(STAMP, {"round": 2})
    assert store.load(STAMP) == {"round": 1}


def test_only_one_process_holds_the_folder_and_says_who_it_is(tmp_path: Path) -> None:
    first, second = Store(tmp_path), Store(tmp_path)
    first.acquire({"port": 8080})
    with pytest.raises(AlreadyRunning, match="8080") as refused:
        second.acquire({"port": 9090})
    assert refused.value.details["port"] == 8080
    first.release()
    second.acquire({"port": 9090})
    second.release()


def test_the_saver_saves_changes_at_the_latest_when_it_stops() -> None:
    saved: list[int] = []
    version = 0
    saver = Saver(lambda: version, lambda: saved.append(version), lambda _: None)
    saver.start()
    version = 1
    saver.stop()
    assert saved == [1]


def test_the_saver_writes_nothing_when_nothing_changed() -> None:
    saved: list[Any] = []
    saver = Saver(lambda: 0, lambda: saved.append(1), lambda _: None)
    saver.start()
    saver.stop()
    assert saved == []


def test_a_failed_save_is_reported_and_tried_again() -> None:
    problems: list[Exception] = []
    tries = 0
    version = 0

    def save() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise OSError("disk full")

    saver = Saver(lambda: version, save, problems.append)
    version = 1
    saver.stop()
    saver.stop()
    assert [str(problem) for problem in problems] == ["disk full"]
    assert tries == 2
