"""events/<function>/<case>.json: what arrives, as it arrives. Every file belongs to a function and is run by a test."""

import json
import re
from pathlib import Path

import pytest

from tests.house.sources import FUNCTIONS, ROOT, files, named

EVENTS = ROOT / "events"
CASES = [path for path in files() if path.is_relative_to(EVENTS)]


def texts() -> dict[Path, str]:
    """The tests, but for these."""
    tests = [path for path in files() if path.suffix == ".py" and path.is_relative_to(ROOT / "tests")]
    return {path: path.read_text(encoding="utf-8") for path in tests if path.parent != Path(__file__).parent}


def runs(text: str, function: str, case: str) -> bool:
    """Whether a test file runs this case: it names it beside its function, or takes every file of the folder, or of all."""
    if 'EVENTS.glob("*/*.json")' in text and "NOT_OURS" in text:
        return function not in re.findall(r"NOT_OURS = frozenset\(\{\"(\w+)\"\}\)", text)
    if not re.search(rf"events[/\"' ,)]*/?\s*[\"']?{function}|\(\s*[\"']{function}[\"']", text):
        return False
    return (
        "glob(" in text or "iterdir(" in text or re.search(rf"[\"'/]{re.escape(case)}(\.json)?[\"']", text) is not None
    )


def orphans() -> list[str]:
    found = texts()
    return [
        named(path) for path in CASES if not any(runs(text, path.parent.name, path.stem) for text in found.values())
    ]


def test_every_event_file_is_run_by_a_test() -> None:
    assert not orphans(), "nothing runs:\n" + "\n".join(orphans())


def test_event_files_are_json_of_an_existing_function() -> None:
    for path in CASES:
        assert path.suffix == ".json"
        assert path.parent.parent == EVENTS
        assert (FUNCTIONS / path.parent.name).is_dir(), f"{named(path)} is for no function"
        assert isinstance(json.loads(path.read_text(encoding="utf-8")), dict)


def test_there_are_event_files() -> None:
    assert CASES


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('EVENTS = ROOT / "events" / "payment_webhook"\nfor path in EVENTS.glob("*.json"):', True),
        ('load("events/payment_webhook/paid.json")', True),
        ('event("payment_webhook", "paid")', True),
        ('event("payment_webhook", "declined")', False),
        ('load("events/notify/paid.json")', False),
        ('NOT_OURS = frozenset({"notify"})\nfor path in EVENTS.glob("*/*.json"):', True),
        ('NOT_OURS = frozenset({"payment_webhook"})\nfor path in EVENTS.glob("*/*.json"):', False),
    ],
)
def test_running_a_case_is_recognised(text: str, found: bool) -> None:
    assert runs(text, "payment_webhook", "paid") is found
