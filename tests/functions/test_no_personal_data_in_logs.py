"""Nobody's name, number, address or code is in a log line, on the bus, in a machine, or in a stored row in clear.

One whole life is lived with values that occur nowhere else (`recorded.py`), then every function is made to fail.
"""

import base64
import json
import re
from collections.abc import Iterator

import boto3
import pytest

from local.chain import Fault, Mode, chain
from local.cloud import HandlerFailed
from tests.functions.recorded import Life
from tests.functions.stand import REVIEWER, Stand, stand_on

DOORS = frozenset({"authorizer", "portal", "registration_api", "review_api", "registry_answers", "verification_api"})
PERSONAL = (
    "陈样本",
    "CHEN YANGBEN",
    "SAMPLE88001",
    "SAMPLE77002",
    "person1@example.test",
    "person2@example.test",
    "+85251240001",
    "51240002",
    "1995-05-17",
    "Sample University",
    "Sample Ltd",
    REVIEWER,
)
MOST_CALLS = 3


class Heard:
    """The life, everything printed meanwhile, and the secrets that were given out."""

    def __init__(self, life: Life, printed: str) -> None:
        self.life, self.printed = life, printed
        bodies = [json.dumps(event) for event in life.asked]
        self.codes = {code for text in bodies for code in re.findall(r'\\"code\\": \\"(\d{6})\\"', text)}
        self.sessions = {found for text in bodies for found in re.findall(r"Bearer ([\w-]{43})", text)}

    @property
    def stand(self) -> Stand:
        return self.life.stand

    def secrets(self) -> Iterator[str]:
        """Every form in which a value could be written."""
        for value in (*PERSONAL, *self.sessions):
            yield value
            yield json.dumps(value)[1:-1]
            yield base64.b64encode(value.encode()).decode().rstrip("=")[:-1]

    def found_in(self, text: str) -> list[str]:
        found = [value for value in self.secrets() if value.lower() in text.lower()]
        return found + [code for code in self.codes if re.search(rf"(?<![\d.]){code}(?![\d+])", text)]


@pytest.fixture(scope="module")
def heard() -> Iterator[Heard]:
    with stand_on() as stand:
        lines: list[str] = []
        keep = stand.cloud.log.line

        def line(function: str, request: str, text: str) -> None:
            lines.append(text)
            keep(function, request, text)

        stand.cloud.log.line = line  # type: ignore[method-assign]
        life = Life(stand)
        life.record()
        yield Heard(life, "\n".join(lines))


def test_the_values_we_look_for_were_really_there(heard: Heard) -> None:
    typed = "\n".join(event.get("body") or "" for event in heard.life.asked)
    for value in PERSONAL:
        assert value in typed or _escaped(value) in typed, value
    assert len(heard.codes) >= 4
    assert len(heard.sessions) >= 3
    assert heard.found_in(f"the code {next(iter(heard.codes))} and 陈样本") != []
    assert heard.found_in(json.dumps("陈样本")) != []


def test_no_log_line_of_a_whole_life_holds_any_of_it(heard: Heard) -> None:
    for message in ("webhook stored", "answer stored", "UnreadableEvent"):
        assert message in heard.printed
    assert heard.found_in(heard.printed) == []


def test_nothing_that_travels_between_functions_holds_any_of_it(heard: Heard) -> None:
    for (function, case), seen in heard.life.seen.items():
        if function not in DOORS:
            assert heard.found_in(json.dumps(seen.event, ensure_ascii=False)) == [], f"{function}/{case}"


def test_no_machine_saw_any_of_it(heard: Heard) -> None:
    runs = heard.stand.cloud.executions()
    assert len(runs) > 10
    assert heard.found_in(json.dumps([[run.input, run.output, run.error] for run in runs], default=str)) == []


def test_no_row_holds_a_number_an_address_or_a_code_in_clear(heard: Heard) -> None:
    """Names stand in their rows: they are printed on documents and shown, masked, to whoever verifies one. The inbox
    keeps what the card provider sent as it sent it, and that holds the address the provider was given."""
    dynamodb = boto3.client("dynamodb")
    named = {"陈样本", "CHEN YANGBEN", "Sample University", "Sample Ltd", _escaped("陈样本")}
    for table in dynamodb.list_tables()["TableNames"]:
        text = json.dumps(dynamodb.scan(TableName=table)["Items"], ensure_ascii=False, default=str)
        allowed = named | ({"person1@example.test"} if table.endswith("-Inbox") else set())
        assert [value for value in heard.found_in(text) if value not in allowed] == [], table


def _escaped(value: str) -> str:
    return json.dumps(value)[1:-1]


TYPED = {("registration_api", case) for case in ("save_details", "ask_phone_code", "sign_in", "save_contact")}


def failing(heard: Heard) -> list[tuple[str, str]]:
    """One event per function, and every one that brings what somebody typed."""
    first = dict(reversed(heard.life.seen))
    return sorted({*first.items(), *TYPED})


def test_no_failure_of_any_function_prints_any_of_it(heard: Heard) -> None:
    stand = heard.stand
    failures = 0
    for function, case in failing(heard):
        for number in range(1, MOST_CALLS + 1):
            seen = heard.life.seen[function, case]
            stand.restore(seen.saved)
            chain.arm(Fault(number, Mode.THROTTLE, times=9))
            try:
                stand.cloud.invoke(f"assay-{function}", seen.event)
            except HandlerFailed:
                failures += 1
            fired = bool(chain.fired)
            chain.arm(None)
            assert heard.found_in(stand.log) == [], f"{function}/{case} call {number}"
            if not fired:
                break
    assert failures > 30
