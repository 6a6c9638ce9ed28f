"""Every count that the code makes has an alarm, or a reason why nobody needs to be woken; every alarm has its advice."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import FUNCTIONS, PACKAGE, ROOT, called, named, python_files, tree
from tests.house.templates import of_type, transformed

OURS = "assay"
NEEDS_NO_ALARM = {
    "WebhookRefused": "the same refusals by provider and reason, for whoever looks after WebhookDistrusted alarmed",
    "WebhookClockDiffers": "up to five minutes do no harm; more is refused, and counted as WebhookDistrusted",
    "BillRefused": "a case at the money desk in the same minute; a day that stays open is counted as BillDayLate",
    "StaffFileRefused": "the report tells the person who dropped the file",
}


def counts() -> Iterator[tuple[str, set[str], str]]:
    """Every count in the code: its name, its dimensions, and where it stands."""
    for path in python_files(PACKAGE, FUNCTIONS):
        yield from counts_in(tree(path), path)


def counts_in(module: ast.Module, path: Path) -> Iterator[tuple[str, set[str], str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and called(node.func) == "metrics.count":
            (name,) = node.args
            assert isinstance(name, ast.Constant), f"{named(path)}:{node.lineno}: a count needs a name that can be read"
            yield str(name.value), {str(word.arg) for word in node.keywords}, f"{named(path)}:{node.lineno}"


def test_every_count_has_an_alarm_or_a_reason_and_every_alarm_a_count() -> None:
    made = {(name, frozenset(about)) for name, about, _ in counts()}
    watched = {
        (alarm["MetricName"], frozenset(each["Name"] for each in alarm.get("Dimensions", [])))
        for _, alarm in of_type(transformed(), "AWS::CloudWatch::Alarm")
        if alarm["Namespace"] == OURS
    }
    assert watched == {(name, about) for name, about in made if name not in NEEDS_NO_ALARM}
    assert set(NEEDS_NO_ALARM) == {name for name, _ in made} - {name for name, _ in watched}


def test_every_alarm_is_heard_and_the_operations_page_says_what_to_do() -> None:
    advice = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    for name, alarm in of_type(transformed(), "AWS::CloudWatch::Alarm"):
        assert "docs/operations.md" in alarm["AlarmDescription"], name
        assert alarm["TreatMissingData"] == "notBreaching", f"{name}: nothing counted is nothing wrong"
        assert alarm["AlarmActions"]["Fn::If"][1] == [{"Ref": "AlarmsTo"}], name
        assert re.search(rf"^\| `{name}` \|.+\|.+\|$", advice, re.MULTILINE), (
            f"{name} has no line in docs/operations.md"
        )
