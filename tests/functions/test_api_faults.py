"""What fails inside: no door opens by a fault, none shows an inside, and asking again leads where it should."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from local.candidate import ApiCandidate
from local.chain import Call, Fault, Mode, chain
from tests.functions.stand import REVIEWER, Answer, Saved, Stand, stand_on
from tests.functions.test_api_routes import DETAILS, ENTRY, FREE_PERSON


class World(NamedTuple):
    """A candidate with a draft, one whose review waits, and a reviewer."""

    stand: Stand
    saved: Saved
    draft: ApiCandidate
    waiting: ApiCandidate
    reviewer: str


@pytest.fixture(scope="module")
def _world() -> Iterator[World]:
    with stand_on() as stand:
        draft, waiting, reviewer = stand.applicant(), stand.in_review(), stand.sign_in_staff(REVIEWER)
        yield World(stand, stand.save(), draft, waiting, reviewer)


@pytest.fixture
def world(_world: World) -> Iterator[World]:
    _world.stand.restore(_world.saved)
    yield _world
    chain.only(None)
    chain.arm(None)


Ask = Callable[[World], Answer]
READING: dict[str, Ask] = {
    "profile": lambda w: w.stand.call("GET", "/api/candidate/profile", session=w.draft.session),
    "application": lambda w: w.stand.call(
        "GET", f"/api/candidate/applications/{w.waiting.reference}", session=w.waiting.session
    ),
    "queue": lambda w: w.stand.call("GET", "/api/staff/cases", session=w.reviewer),
    "case": lambda w: w.stand.call("GET", f"/api/staff/cases/{w.stand.case_of(w.waiting)}", session=w.reviewer),
}
WRITING: dict[str, Ask] = {
    "details": lambda w: w.stand.call("PUT", "/api/candidate/profile/details", DETAILS, session=w.draft.session),
    "withdraw": lambda w: w.stand.call(
        "POST", f"/api/candidate/applications/{w.draft.reference}/withdraw", session=w.draft.session
    ),
    "confirm": lambda w: w.stand.call(
        "POST", f"/api/candidate/applications/{w.draft.reference}/confirm", session=w.draft.session
    ),
    "decide": lambda w: w.stand.call(
        "POST",
        f"/api/staff/cases/{w.stand.case_of(w.waiting)}/decision",
        {"verdict": "approve"},
        session=w.reviewer,
    ),
    "name": lambda w: w.stand.call(
        "POST", "/api/candidate/account/name", {"description": "A dragon", "spelling": ""}, session=w.draft.session
    ),
    "education": lambda w: w.stand.call(
        "PUT", "/api/candidate/education/1", ENTRY | {"country": "CN"}, session=w.draft.session
    ),
    "work": lambda w: w.stand.call("PUT", "/api/candidate/profile/work", {"jobs": []}, session=w.draft.session),
    "help": lambda w: w.stand.call("POST", "/api/candidate/account/help/account", FREE_PERSON, session=w.draft.session),
    "end other sessions": lambda w: w.stand.call(
        "POST", "/api/candidate/account/sessions/end-others", session=w.draft.session
    ),
    "take next": lambda w: w.stand.call("POST", "/api/staff/cases/next", session=w.reviewer),
}


def of_doors(call: Call) -> bool:
    """Every call of a door and its authorizer."""
    return call.function in ("assay-registration_api", "assay-review_api", "assay-authorizer")


def writes_of_doors(call: Call) -> bool:
    """Dying around a read is dying before the write."""
    return of_doors(call) and call.operation == "TransactWriteItems"


def points(world: World, ask: Ask, scope: Callable[[Call], bool]) -> Iterator[int]:
    """The number of each cloud call of a request, found by making it once without a fault; each from the start."""
    chain.only(scope)
    chain.arm(None)
    assert ask(world).status == 200
    calls = chain.count
    assert calls > 0
    for number in range(1, calls + 1):
        world.stand.restore(world.saved)
        yield number


@pytest.mark.parametrize("name", [*READING, *WRITING])
def test_a_service_that_refuses_never_opens_a_door(world: World, name: str) -> None:
    ask = {**READING, **WRITING}[name]
    for number in points(world, ask, of_doors):
        chain.arm(Fault(number, Mode.THROTTLE, times=9))
        answer = ask(world)
        assert chain.fired, number
        chain.arm(None)
        if "message" in answer.body:  # the authorizer failed: API Gateway answers
            assert (answer.status, answer.body) == (500, {"message": "Internal Server Error"})
        else:
            assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "unavailable", "5")
        assert ask(world).status == 200, f"call {number}: asking again"


@pytest.mark.parametrize("mode", [Mode.BEFORE, Mode.AFTER, Mode.LOST])
@pytest.mark.parametrize("name", WRITING)
def test_whatever_dies_on_the_way_asking_again_ends_as_it_should(world: World, name: str, mode: Mode) -> None:
    ask = WRITING[name]
    expected = state_after(world, ask)
    for number in points(world, ask, writes_of_doors):
        chain.arm(Fault(number, mode, times=1))
        first = ask(world)
        chain.arm(None)
        assert first.status == (200 if mode is Mode.LOST else 500)
        assert ask(world).status == 200, f"{mode} call {number}"
        assert normal() == expected, f"{mode} call {number}"


def state_after(world: World, ask: Ask) -> Any:
    """The rows after the request, once, without a fault."""
    assert ask(world).status == 200
    found = normal()
    world.stand.restore(world.saved)
    return found


def normal() -> Any:
    """What matters of the rows: statuses, decisions, holds, the announcements; neither instants nor versions."""
    from certification.cloud.outbox import outbox
    from certification.cloud.tables.applications import applications
    from certification.cloud.tables.candidates import candidates
    from certification.cloud.tables.cases import cases
    from certification.cloud.tables.claims import claims

    return (
        sorted((one.reference, one.status, len(one.life)) for one in applications.everything()),
        sorted((one.id, one.held_by, one.native_name, one.id_index) for one in candidates.everything()),
        sorted((one.id, one.taken_by, one.decision and one.decision.outcome) for one in cases.everything()),
        sorted((one.key, one.holder) for one in claims.everything()),
        sorted(one.name for one in outbox.everything()),
    )


def test_a_fault_of_our_own_shows_neither_itself_nor_what_was_typed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("Z123456(7) of 陈样本")

    monkeypatch.setattr("certification.acts.profile.save_details", broken)
    answer = WRITING["details"](world)
    assert (answer.status, answer.code) == (500, "failed")
    assert "KeyError" not in json.dumps(answer.body)
    assert '"error":"KeyError"' in world.stand.log
    assert "broken" in world.stand.log
    assert "Z123456" not in world.stand.log
    assert "陈样本" not in world.stand.log


def test_an_answer_that_is_not_what_was_promised_is_never_given(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certification.acts.uploads.link", lambda *_: 5)
    answer = world.stand.call("GET", "/api/candidate/uploads/photo?scheme=cgptc", session=world.draft.session)
    assert (answer.status, answer.code) == (500, "failed")


def test_eight_people_at_once_each_get_their_own(world: World) -> None:
    sessions = {f"person{number}@example.test": "" for number in range(8)}
    for email in sessions:
        sessions[email] = world.stand.sign_in(email)
    wrong: list[str] = []
    gate = threading.Barrier(len(sessions))

    def ask(email: str) -> None:
        gate.wait()
        for _ in range(10):
            seen = world.stand.call("GET", "/api/candidate/profile", session=sessions[email]).body["email"]
            if seen != email:
                wrong.append(f"{email} saw {seen}")

    threads = [threading.Thread(target=ask, args=(email,)) for email in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
