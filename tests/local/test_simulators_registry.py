"""The identity registry and the beacon, each with its adapter over loopback, and their misbehaviour."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from certification.providers.beacon import BeaconOverHttp
from certification.providers.ports import (
    Answer,
    Beacon,
    Later,
    Lost,
    NotYetPublished,
    ProviderRefused,
    Question,
    Registry,
    Result,
)
from certification.providers.registry import HEADER, RegistryOverHttp, verify_answer
from certification.providers.signatures import Rejected, sign
from local.simulators import ALL
from local.simulators.alone import served
from local.simulators.base import Context
from local.simulators.beacon import BeaconSimulator
from local.simulators.registries import MARKERS, SECRET, IdentitySimulator

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)


class Stand:
    """The registry with a clock, the adapter, and a door that verifies what is posted to it."""

    def __init__(self) -> None:
        self.now, self.status = START, 200
        self.answers: list[Answer] = []
        self.refused: list[str] = []
        self.simulator = IdentitySimulator(Context(lambda: self.now, self.deliver, "http://r.test", "http://us.test"))

    registry: Registry

    def deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        assert url == "http://us.test/registry/answers"
        try:
            self.answers.append(verify_answer(headers, body, [SECRET], self.now))
        except Rejected as no:
            self.refused.append(no.code)
            return 400
        return self.status

    def ask(self, number: str = "P1234567", question: str = "Q1") -> Answer | Later:
        return self.registry.ask(Question(question=question, details={"id_number": number, "name": "陈样本"}))

    def until(self, later: timedelta) -> None:
        end = self.now + later
        while (due := self.simulator.next_due()) is not None and due <= end:
            self.now = max(self.now, due)
            self.simulator.run_due()
        self.now = end


@pytest.fixture
def stand() -> Iterator[Stand]:
    here = Stand()
    with served(here.simulator.handle) as base:
        here.registry = RegistryOverHttp(base, [SECRET], lambda: here.now)
        yield here


@pytest.mark.rule("EDU-01")
def test_a_person_and_document_that_belong_together_match_at_once(stand: Stand) -> None:
    answer = stand.ask()
    assert isinstance(answer, Answer)
    assert (answer.result, answer.answered_at, answer.simulated) == (Result.MATCH, START, True)


@pytest.mark.parametrize(("number", "result"), [("E77001234", Result.NO_MATCH), ("A770063(4)", Result.CANNOT_TELL)])
def test_a_marker_in_the_number_chooses_the_answer(stand: Stand, number: str, result: Result) -> None:
    answer = stand.ask(number)
    assert isinstance(answer, Answer)
    assert answer.result is result


def test_a_late_answer_comes_to_our_door_when_it_is_due(stand: Stand) -> None:
    ticket = stand.ask("E77002234")
    assert isinstance(ticket, Later)
    assert stand.ask("E77002234") == ticket
    stand.until(timedelta(hours=1, minutes=59))
    assert stand.answers == []
    stand.until(timedelta(minutes=1))
    (answer,) = stand.answers
    assert (answer.question, answer.ticket, answer.result) == ("Q1", ticket.ticket, Result.MATCH)
    assert stand.ask("E77002234") == answer


def test_an_answer_after_thirty_hours_is_later_than_we_wait(stand: Stand) -> None:
    stand.ask("E77007234")
    stand.until(timedelta(hours=24))
    assert stand.answers == []
    stand.until(timedelta(hours=6))
    assert len(stand.answers) == 1


def test_some_questions_are_never_answered(stand: Stand) -> None:
    assert isinstance(stand.ask("E77003234"), Later)
    stand.until(timedelta(days=10))
    assert stand.answers == []
    assert stand.simulator.next_due() is None


def test_the_same_answer_can_come_twice(stand: Stand) -> None:
    stand.ask("E77004234")
    stand.until(timedelta(hours=1))
    one, other = stand.answers
    assert one == other


def test_a_forged_match_is_refused_and_the_genuine_no_match_follows(stand: Stand) -> None:
    stand.ask("E77005234")
    stand.until(timedelta(hours=1))
    assert stand.refused == ["wrong_signature"]
    assert [answer.result for answer in stand.answers] == [Result.NO_MATCH]


def test_an_answer_that_is_not_taken_is_posted_again_every_hour_for_three_days(stand: Stand) -> None:
    stand.status = 500
    stand.ask("E77002234")
    stand.until(timedelta(days=5))
    assert len(stand.answers) == 73
    assert len({answer.answered_at for answer in stand.answers}) == 1


def test_a_switch_wins_over_the_number_and_the_control_room_can_answer(stand: Stand) -> None:
    control = stand.simulator.control
    assert control("switch", {"name": "never"})["switches"] == ["never"]
    assert isinstance(stand.ask("E77001234"), Later)
    control("answer", {"question": "Q1", "result": "no_match"})
    stand.simulator.run_due()
    assert stand.answers[0].result is Result.NO_MATCH
    assert control("switch", {"name": "twice"})["switches"] == ["twice"]
    assert control("clear", {})["switches"] == []
    assert control("status", {})["markers"] == MARKERS
    for action, form in (("fly", {}), ("switch", {"name": "nonsense"})):
        with pytest.raises(ValueError, match=r"no action|no switch"):
            control(action, form)


def test_it_keeps_no_personal_data_and_goes_on_from_its_dump(stand: Stand) -> None:
    stand.ask("E77002234")
    dumped = json.dumps(stand.simulator.dump(), ensure_ascii=False)
    assert "陈样本" not in dumped
    assert "E77002234" not in dumped
    stand.simulator.load(json.loads(dumped))
    stand.until(timedelta(hours=2))
    assert len(stand.answers) == 1


def test_a_registry_that_is_down_or_does_not_know_us_gives_no_answer(stand: Stand) -> None:
    stand.simulator.control("switch", {"name": "down"})
    with pytest.raises(Lost, match="503"):
        stand.ask()
    stand.simulator.control("clear", {})
    for secret, minutes in (("another", 0), (SECRET, 6), (SECRET, -6)):
        body = b'{"question": "Q1", "details": {}}'
        given = signed(body, START + timedelta(minutes=minutes), secret, b"question.")
        assert stand.simulator.handle("POST", "/v1/questions", given, body)[0] == 401
    with served(stand.simulator.handle) as base, pytest.raises(ProviderRefused, match="not_signed"):
        RegistryOverHttp(base, ["another"], lambda: START).ask(Question(question="Q1", details={}))
    assert stand.simulator.handle("GET", "/v1/questions", {}, b"")[0] == 404


def body_of(**changes: Any) -> bytes:
    answer = {"question": "Q1", "ticket": "T1", "result": "match", "answered_at": "2026-11-22T12:00:00Z"}
    return json.dumps({**answer, **changes}).encode()


def signed(body: bytes, at: datetime = START, secret: str = SECRET, prefix: bytes = b"answer.") -> dict[str, str]:
    return {HEADER.title(): sign(prefix + body, secret, at)}


def test_only_a_signed_fresh_answer_is_believed() -> None:
    body = body_of()
    assert verify_answer(signed(body), body, ["new", SECRET], START).result is Result.MATCH
    refusals: dict[str, list[tuple[dict[str, str], bytes]]] = {
        "wrong_signature": [
            (signed(body, secret="x"), body),
            (signed(body), body_of(result="no_match")),
            (signed(body, prefix=b"question."), body),
        ],
        "too_old": [(signed(body, START - timedelta(seconds=301)), body)],
        "too_new": [(signed(body, START + timedelta(seconds=301)), body)],
        "no_signature": [({}, body)],
        "wrong_shape": [(signed(body_of(result="perhaps")), body_of(result="perhaps"))],
        "not_json": [(signed(b"\xff"), b"\xff")],
    }
    for code, messages in refusals.items():
        for headers, sent in messages:
            with pytest.raises(Rejected) as why:
                verify_answer(headers, sent, [SECRET], START)
            assert why.value.code == code


@pytest.mark.parametrize("answer", [(200, {}, b"{}"), (200, {}, body_of()), (202, {}, b"{}"), (302, {}, b"")])
def test_an_unsigned_answer_to_a_question_is_no_answer(answer: tuple[int, dict[str, str], bytes]) -> None:
    with served(lambda *_: answer) as base, pytest.raises(Lost):
        RegistryOverHttp(base, [SECRET], lambda: START).ask(Question(question="Q1", details={}))


def test_a_signed_answer_to_another_question_is_no_answer() -> None:
    for status, body in ((200, body_of(question="Q2")), (202, b'{"question":"Q2","ticket":"T"}')):
        with served(lambda *_, status=status, body=body: (status, signed(body), body)) as base, pytest.raises(Lost):
            RegistryOverHttp(base, [SECRET], lambda: START).ask(Question(question="Q1", details={}))


@pytest.fixture
def beacon() -> Iterator[tuple[BeaconSimulator, Beacon]]:
    simulator = BeaconSimulator(Context(lambda: START, lambda *_: 200, "http://b.test", "http://us.test"))
    with served(simulator.handle) as base:
        yield simulator, BeaconOverHttp(base)


def test_the_value_of_a_day_is_published_at_noon_and_never_changes(beacon: tuple[BeaconSimulator, Beacon]) -> None:
    _, here = beacon
    value = here.value(DAY)
    assert here.value(DAY) == value
    assert value.simulated
    assert "simulated" in value.source
    assert here.value(DAY - timedelta(days=1)).value != value.value
    with pytest.raises(NotYetPublished):
        here.value(DAY + timedelta(days=1))


def test_a_beacon_that_is_down_or_silent_gives_no_value(beacon: tuple[BeaconSimulator, Beacon]) -> None:
    simulator, here = beacon
    simulator.control("switch", {"name": "not_yet"})
    with pytest.raises(NotYetPublished):
        here.value(DAY)
    simulator.control("clear", {})
    simulator.control("switch", {"name": "down"})
    with pytest.raises(Lost):
        here.value(DAY)
    assert simulator.control("status", {})["switches"] == ["down"]
    with pytest.raises(ValueError, match="no action"):
        simulator.control("fly", {})
    assert (simulator.next_due(), simulator.run_due()) == (None, 0)
    simulator.load(simulator.dump())


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ((200, {}, b'{"day": "2026-11-21", "value": "%s", "source": "x"}' % (b"0" * 64)), Lost),
        ((200, {}, b'{"day": "2026-11-22", "value": "short", "source": "x"}'), Lost),
        ((400, {}, b"{}"), ProviderRefused),
    ],
)
def test_an_odd_answer_of_a_beacon_is_no_value(
    answer: tuple[int, dict[str, str], bytes], failure: type[Exception]
) -> None:
    with served(lambda *_: answer) as base, pytest.raises(failure):
        BeaconOverHttp(base).value(DAY)


def test_every_simulator_has_its_own_name_and_starts_with_a_context() -> None:
    context = Context(lambda: START, lambda *_: 200, "http://x.test", "http://us.test")
    made = [simulator(context) for simulator in ALL]
    assert [one.name for one in made] == [
        "card",
        "registry",
        "education",
        "beacon",
        "platform",
        "receipts",
        "alipay",
        "wechatpay",
        "rates",
        "bank",
    ]
    for one in made:
        assert json.loads(json.dumps(one.dump())) == one.dump()
        assert one.control("status", {})["simulator"] is True
