"""Mistakes planted in the product are found by the points: else a green enumeration would mean nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import pytest

from local.enumerate_faults import points
from local.enumerate_faults.checking import tell
from local.enumerate_faults.points import Telling
from local.enumerate_faults.stories import STORIES

type Mistake = Callable[[], Any]


@pytest.fixture(scope="module", autouse=True)
def _world() -> Iterator[None]:
    points.world_of_this_process()
    yield
    points.close()


def problems_at(function: str, operation: str, mode: str) -> list[str]:
    """What goes wrong when these calls of the story "pay" break, one by one, as the product is at the moment."""
    points.calls_of("pay")  # as it ends without a mistake: what every telling is compared with
    world = points.world_of_this_process()
    world.go_back()
    calls = tell(world, STORIES["pay"]).calls
    at = [number for number, call in enumerate(calls, 1) if (call.function, call.operation) == (function, operation)]
    assert at, "the story has no such call"
    return [problem for place in at for problem in points.run(Telling("pay", ((place, mode),))).problems]


def mail_that_the_sdk_repeats() -> Any:
    """A mail client that tries again by itself."""
    import boto3

    from certification.cloud import clients

    return patch.object(clients, "mail", lambda: boto3.client("sesv2"))


def letters_without_a_claim() -> Any:
    """The letter is sent first; its row is written when all went well."""
    from certification.acts import notifications

    real = notifications._once

    def careless(person: Any, detail: Any, channel: Any, subject: str, text: str, send: Callable[[], None]) -> None:
        send()
        real(person, detail, channel, subject, text, lambda: None)

    return patch.object(notifications, "_once", careless)


def an_attempt_for_every_request() -> Any:
    """Whoever asks again gets a new checkout, whatever became of the first."""
    from certification.acts import checkout

    return patch.object(checkout, "ATTEMPT_ALIVE", frozenset())


def an_event_marked_before_it_is_applied() -> Any:
    """The inbox entry is done in a transaction of its own; the payment follows in the next."""
    from certification.acts import payments

    real: Any = vars(payments)["commit"]

    def in_two(writes: Any, news: Any = ()) -> None:
        if len(writes) > 1 and writes[0].label.startswith("Inbox/"):
            real(writes[:1])
            real(writes[1:], news)
        else:
            real(writes, news)

    return patch.object(payments, "commit", in_two)


def nobody_tries_again() -> Any:
    """A step that fails is not tried again by its machine, and the sweep forgets what was left."""
    from certification.acts import deadlines
    from certification.cloud import handlers

    forgotten = dict.fromkeys(("Payments", "Inbox"), lambda _key: None)
    stack = ExitStack()
    stack.enter_context(patch.object(handlers, "is_passing", lambda _error: False))
    stack.enter_context(patch.dict(deadlines.OUTCOMES, forgotten))
    return stack


MISTAKES = [
    (mail_that_the_sdk_repeats, "assay-notify", "SendEmail", "lost", "letter CandidateRegistered by email"),
    (letters_without_a_claim, "assay-notify", "TransactWriteItems", "before", "letter CandidateRegistered"),
    (an_attempt_for_every_request, "assay-portal", "POST /_local/card/v1/checkout/sessions", "after", "payments"),
    (an_event_marked_before_it_is_applied, "assay-apply_payment", "TransactWriteItems", "after", "payments"),
    (nobody_tries_again, "assay-apply_payment", "TransactWriteItems", "throttle", "was not applied"),
]


@pytest.mark.parametrize(("mistake", "function", "operation", "mode", "found"), MISTAKES)
def test_a_mistake_is_noticed(mistake: Mistake, function: str, operation: str, mode: str, found: str) -> None:
    assert not problems_at(function, operation, mode), "without the mistake all is well"
    with mistake():
        problems = problems_at(function, operation, mode)
    assert any(found in problem for problem in problems), problems
