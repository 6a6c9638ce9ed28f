"""The control room shows what is, moves the clock, and lets nobody else in."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from local.clock import VirtualClock
from local.cloud import LocalCloud
from local.control_room.inbox import sms_segments
from local.http.messages import Response

TEMPLATE = Path(__file__).parent / "templates" / "runtime" / "template.yaml"
START = datetime(2026, 3, 14, 2, 12, tzinfo=UTC)
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(TEMPLATE, clock=VirtualClock(START)) as made:
        yield made


@pytest.fixture
def used(cloud: LocalCloud) -> LocalCloud:
    """A cloud in which something has happened: two things, one of them unfit, letters, an error."""
    for thing in ("chair<b>", "unfit"):
        cloud.request("POST", "/things", {"content-type": "application/json"}, json.dumps({"thing": thing}))
    cloud.settle()
    return cloud


def facts(cloud: LocalCloud, path: str) -> Any:
    answer = cloud.request("GET", f"/_local/api/{path}")
    assert answer.status == 200
    return json.loads(answer.body)


def post(cloud: LocalCloud, path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> Response:
    return cloud.request("POST", f"/_local/{path}", {**FORM, **(headers or {})}, urlencode(form))


@pytest.mark.parametrize("page", ["", "inbox", "executions", "simulators", "permissions", "errors"])
def test_every_page_says_that_it_is_local_in_both_languages(used: LocalCloud, page: str) -> None:
    answer = used.request("GET", f"/_local/{page}")
    assert answer.status == 200
    assert "Local development cloud" in answer.text
    assert "本地开发云" in answer.text
    assert answer.header("content-type") == "text/html; charset=utf-8"


@pytest.mark.parametrize("page", ["nowhere", "inbox/nobody", "executions/none", "api/nowhere", "api/inbox/nobody"])
def test_what_does_not_exist_is_not_found(cloud: LocalCloud, page: str) -> None:
    assert cloud.request("GET", f"/_local/{page}").status == 404


def test_pages_escape_what_people_typed(used: LocalCloud) -> None:
    text = used.request("GET", "/_local/inbox").text
    assert "chair&lt;b&gt;" in text
    assert "chair<b>" not in text


# Clock


@pytest.mark.parametrize(
    ("form", "moved"),
    [
        ({"advance": "1h"}, timedelta(hours=1)),
        ({"advance": "1d"}, timedelta(days=1)),
        ({"advance": "7d"}, timedelta(days=7)),
        ({"advance": "90m"}, timedelta(minutes=90)),
        ({"next": "job"}, timedelta(hours=1)),
        ({"to": "2026-03-14T12:00"}, timedelta(hours=1, minutes=48)),
        ({"to": "2026-03-14T12:00:00Z"}, timedelta(hours=9, minutes=48)),
    ],
)
def test_the_clock_moves_forward(
    cloud: LocalCloud, form: dict[str, str], moved: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.control_room.actions.PATIENCE_SECONDS", 60)
    answer = post(cloud, "clock", {**form, "return": "/_local/"})
    assert (answer.status, answer.header("location")) == (303, "/_local/")
    assert cloud.clock.now() == START + moved


def test_moving_the_clock_runs_the_jobs_on_the_way(cloud: LocalCloud) -> None:
    post(cloud, "clock", {"advance": "3h"})
    scheduled = [run for run in cloud.executions("examine") if "at" in run.input]
    assert len(scheduled) == 3


@pytest.mark.parametrize(
    "form", [{"advance": "1y"}, {"advance": "-1h"}, {"to": "2020-01-01"}, {"to": "soon"}, {}, {"advance": "401d"}]
)
def test_a_move_that_makes_no_sense_is_refused(cloud: LocalCloud, form: dict[str, str]) -> None:
    answer = post(cloud, "clock", form)
    assert answer.status == 400
    assert json.loads(answer.body)["message"]
    assert cloud.clock.now() == START


def test_the_clock_can_be_moved_by_json_too(cloud: LocalCloud) -> None:
    headers = {"content-type": "application/json"}
    answer = cloud.request("POST", "/_local/api/clock", headers, json.dumps({"advance": "1h"}))
    assert json.loads(answer.body) == {"now": "2026-03-14T03:12:00Z"}
    assert facts(cloud, "clock")["now"] == "2026-03-14T03:12:00Z"


def test_a_long_move_comes_back_early_and_shows_how_far_it_is(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.control_room.actions.PATIENCE_SECONDS", 0)
    with cloud.pump.lock:
        assert post(cloud, "clock", {"advance": "7d", "return": "/_local/"}).status == 303
        assert facts(cloud, "clock")["moving_to"] == "2026-03-21T02:12:00Z"
        assert "on the way to Sat 21 Mar 2026" in cloud.request("GET", "/_local/").text
        assert post(cloud, "clock", {"advance": "1h"}).status == 409
    while cloud.room.actions.moving_to is not None:
        pass
    assert cloud.clock.now() == START + timedelta(days=7)


def test_closing_in_the_middle_of_a_move_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.control_room.actions.PATIENCE_SECONDS", 0)
    with LocalCloud(TEMPLATE, clock=VirtualClock(START)) as cloud:
        post(cloud, "clock", {"advance": "400d", "return": "/_local/"})
    assert cloud.clock.now() < START + timedelta(days=400)


# Who may


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null"])
def test_another_site_may_not_move_the_clock(cloud: LocalCloud, origin: str) -> None:
    assert post(cloud, "clock", {"advance": "1h"}, {"origin": origin}).status == 403
    assert cloud.clock.now() == START


def test_its_own_page_may_move_the_clock(cloud: LocalCloud) -> None:
    assert post(cloud, "clock", {"advance": "1h"}, {"origin": cloud.address}).status == 200


def test_a_name_that_points_at_this_machine_does_not_open_the_control_room(cloud: LocalCloud) -> None:
    assert cloud.request("GET", "/_local/api/inbox", {"host": "rebound.example:8080"}).status == 403
    assert cloud.request("GET", "/_local/api/inbox", {"host": "localhost:8080"}).status == 200


def test_a_way_back_leads_only_into_the_control_room(cloud: LocalCloud) -> None:
    answer = post(cloud, "clock", {"advance": "1h", "return": "https://evil.example/"})
    assert answer.header("location") == "/_local/"


# Inbox


def test_the_inbox_finds_messages_by_address_words_and_kind(used: LocalCloud) -> None:
    assert len(facts(used, "inbox")) == 4
    assert {letter["kind"] for letter in facts(used, "inbox?to=%2B85291234567")} == {"sms"}
    assert len(facts(used, "inbox?kind=mail&q=unfit")) == 1
    assert facts(used, "inbox?to=nobody@example.org") == []


def test_a_message_is_shown_in_full(used: LocalCloud) -> None:
    mail = facts(used, "inbox?kind=mail&q=unfit")[0]
    assert mail["subject"] == "About unfit 关于"
    assert mail["at"] == "2026-03-14T02:12:00+00:00"
    assert facts(used, f"inbox/{mail['identifier']}") == mail
    assert "The unfit is here." in used.request("GET", f"/_local/inbox/{mail['identifier']}").text


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("考" * 70, 1),
        ("考" * 71, 2),
        ("考" * 134, 2),
        ("考" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_text_messages_are_counted_in_segments(text: str, segments: int) -> None:
    assert sms_segments(text) == segments


# Jobs, executions, queues, errors


def test_a_job_can_be_run_now(cloud: LocalCloud) -> None:
    assert post(cloud, "jobs/assay-hourly/run", {}).status == 200
    assert cloud.executions("examine")[0].input == {"thing": "clock", "at": "2026-03-14T02:12:00Z"}
    job = next(job for job in facts(cloud, "jobs") if job["name"] == "assay-hourly")
    assert (job["last_run"], job["next_run"]) == ("2026-03-14T02:12:00Z", "2026-03-14T03:12:00Z")
    assert post(cloud, "jobs/unknown/run", {}).status == 404


def test_an_execution_is_shown_with_its_path_error_and_documents(used: LocalCloud) -> None:
    failed = facts(used, "executions?status=FAILED")
    assert [(run["error"], run["path"]) for run in failed] == [("Unfit", ["Look at the thing", "Unfit thing"])]
    arn = failed[0]["arn"]
    assert facts(used, f"executions/{quote(arn)}")["input"] == {"thing": "unfit"}
    assert "The thing is not fit" in used.request("GET", f"/_local/executions/{quote(arn)}").text


def test_queues_show_what_waits_and_whom_they_feed(cloud: LocalCloud) -> None:
    cloud.pump.paused.update(poller.name for poller in cloud.pollers if poller.name.startswith("Listener"))
    cloud.request("POST", "/things", {"content-type": "application/json"}, '{"thing": "chair"}')
    cloud.settle()
    queues = {queue["name"]: queue for queue in facts(cloud, "queues")}
    assert (queues["assay-letters"]["waiting"], queues["assay-letters"]["feeds"]) == (1, "assay-listener")
    assert queues["assay-dead"]["dead_letters"]
    assert [source["name"] for source in facts(cloud, "sources") if source["paused"]] == list(cloud.pump.paused)


def test_errors_and_the_log_can_be_read(used: LocalCloud) -> None:
    assert [error["error"] for error in facts(used, "errors")["handlers"]] == ["Unfit"]
    assert any("added unfit" in line for line in facts(used, "log"))
    assert all("added" in line for line in facts(used, "log?q=added"))


def test_calls_are_counted_by_function_and_operation(used: LocalCloud) -> None:
    calls = facts(used, "calls")
    assert calls["functions"]["assay-door"]["invocations"] == 2
    assert calls["operations"]["dynamodb:PutItem"] == 2
    assert calls["aws_calls"] > 2


# Simulators


def test_the_switches_of_a_simulator_are_flipped_from_its_page(cloud: LocalCloud) -> None:
    form = {"name": "down", "on": "true", "return": "/_local/simulators"}
    assert post(cloud, "beacon/control/switch", form).status == 303
    status = {entry["name"]: entry["status"] for entry in facts(cloud, "simulators")}["beacon"]
    assert status["switches"] == ["down"]
    assert cloud.request("GET", "/_local/beacon/v1/days/2026-03-01").status == 503
    assert "Behave again" in cloud.request("GET", "/_local/simulators").text


def test_a_simulator_is_reached_below_its_name(cloud: LocalCloud) -> None:
    answer = cloud.request("GET", "/_local/beacon/v1/days/2026-03-01")
    assert json.loads(answer.body)["simulated"] is True


@pytest.mark.parametrize(("path", "status"), [("beacon/control/dance", 400), ("nobody/control/status", 404)])
def test_an_unknown_control_is_refused(cloud: LocalCloud, path: str, status: int) -> None:
    assert post(cloud, path, {}).status == status


def test_another_site_may_not_flip_a_switch(cloud: LocalCloud) -> None:
    form = {"name": "down", "on": "true"}
    assert post(cloud, "beacon/control/switch", form, {"origin": "https://evil.example"}).status == 403


def test_the_state_of_simulators_survives_a_restart(tmp_path: Path) -> None:
    with LocalCloud(TEMPLATE, clock=VirtualClock(START), state=tmp_path) as first:
        post(first, "beacon/control/switch", {"name": "down", "on": "true"})
        first.save()
    with LocalCloud(TEMPLATE, clock=VirtualClock(START), state=tmp_path) as second:
        assert second.request("GET", "/_local/beacon/v1/days/2026-03-01").status == 503


def test_it_tells_a_second_start_who_it_is(cloud: LocalCloud) -> None:
    status = facts(cloud, "status")
    assert status["name"] == "assay-local-cloud"
    assert status["address"] == cloud.address
