"""The stories: what the outside does, in order, and again when it hears no good answer.

A candidate tries again after a few minutes; the provider posts an event again until it is taken (the simulator does);
queues, streams and the bus deliver again (the runtime does); the hourly sweep finds what was left.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from local.enumerate_faults.modes import AFTER, BEFORE, LOST, MODES
from local.enumerate_faults.world import World
from local.http.messages import Response

PATIENCE_MINUTES = 3
MOST_TRIES = 8


class Stuck(Exception):
    """The outside tried often enough: the story cannot go on."""


@dataclass(frozen=True)
class Story:
    """`tell` acts as the outside; `letters` are the names of the announcements the candidate must hear of; `modes` the ways
    in which its places are broken."""

    name: str
    about: str
    tell: Callable[[World], None]
    letters: frozenset[str]
    modes: tuple[str, ...] = tuple(MODES)


def _again_until[T](world: World, what: str, ask: Callable[[], T | None]) -> T:
    """What a patient person does: ask, wait a few minutes, ask again."""
    for _ in range(MOST_TRIES):
        found = ask()
        if found is not None:
            return found
        world.wait(minutes=PATIENCE_MINUTES)
    raise Stuck(f"{what}: no good answer after {MOST_TRIES} tries")


def pay_on(world: World, address: str) -> None:
    """The candidate pays on the provider's page."""
    answer = world.provider_page(address, card="visa")
    if answer.status != 303:
        raise Stuck(f"the provider's page answers {answer.status}")


def _pay(world: World) -> None:
    """Through the portal: its form leads to the provider's page."""
    path = f"/en/apply/{world.candidate.reference}/pay"

    def ask() -> str | None:
        address = world.page("POST", path).header("location") or ""
        return address if "/checkout/" in address else None

    pay_on(world, _again_until(world, "opening the checkout on the portal", ask))
    world.settle()


def _json(answer: Response, field: str) -> object | None:
    return json.loads(answer.body)[field] if answer.status == 200 else None


def open_by_api(world: World) -> str:
    """The address of the provider's page, asked for by a program."""
    path = f"/api/candidate/applications/{world.candidate.reference}/payment"
    return _again_until(world, "opening the checkout by the API", lambda: _address(world.api("POST", path)))


def _address(answer: Response) -> str | None:
    found = _json(answer, "url")
    return str(found) if found else None


def _pay_twice(world: World) -> None:
    """Through the API; five seconds after the first charge the card is charged again for the same order."""
    address = open_by_api(world)
    world.card("switch", name="second_payment", on="true")
    pay_on(world, address)
    world.settle()
    world.wait(seconds=5)


def _ask(world: World) -> None:
    """Through the API; no event of the provider arrives, and the candidate presses "Query" (PAY-05, PAY-07)."""
    address = open_by_api(world)
    world.card("switch", name="drop", on="true")
    pay_on(world, address)
    path = f"/api/candidate/applications/{world.candidate.reference}/payment/check"
    _again_until(world, "asking whether money arrived", lambda: _json(world.api("POST", path), "found") or None)
    world.settle()


def _wallet(world: World) -> None:
    """Through the API, with Alipay's international product: its notice proves nothing, and the trade is asked for."""
    path = f"/api/candidate/applications/{world.candidate.reference}/payment?method=alipay"
    address = _again_until(world, "opening the wallet's page", lambda: _address(world.api("POST", path)))
    parts = urlsplit(address)
    opened = world.cloud.request("GET", f"{parts.path}?{parts.query}", {}, b"")
    number = (opened.header("location") or "").rpartition("/")[2]
    world.cloud.simulators["alipay"].control("pay", {"order": number})
    world.settle()


STORIES = {
    story.name: story
    for story in (
        Story("pay", "a card payment, from the portal's form to registered", _pay, frozenset({"CandidateRegistered"})),
        Story(
            "pay_twice",
            "two payments on one order: registered, and the second is sent back",
            _pay_twice,
            frozenset({"CandidateRegistered", "PaymentQueuedForReturn", "RefundArrived"}),
        ),
        Story("ask", "no event arrives, the candidate asks", _ask, frozenset({"CandidateRegistered"})),
        Story(
            "wallet",
            "a payment with Alipay, whose notice is only a reason to ask",
            _wallet,
            frozenset({"CandidateRegistered"}),
            (BEFORE, AFTER, LOST),
        ),
    )
}
