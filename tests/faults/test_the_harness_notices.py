"""Mistakes planted in the product are found by the points: else a green enumeration would mean nothing."""

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest

from local.chain import Call
from local.enumerate_faults import points
from local.enumerate_faults.points import Result, Telling

type Mistake = Callable[[], Any]


@pytest.fixture(scope="module", autouse=True)
def _world() -> Iterator[None]:
    points.world_of_this_process()
    yield
    points.close()


def places(function: str, operation: str) -> list[int]:
    """The numbers of the calls of the story "pay" that do this."""
    calls: tuple[Call, ...] = points.calls_of("pay")
    return [at for at, call in enumerate(calls, 1) if (call.function, call.operation) == (function, operation)]


def told(at: int, mode: str) -> Result:
    return points.run(Telling("pay", ((at, mode),)))


def mail_that_the_sdk_repeats() -> Any:
    """A mail client that tries again by itself."""
    import boto3

    from certification.cloud import clients

    return patch.object(clients, "mail", lambda: boto3.client("sesv2"))


def letters_without_a_claim() -> Any:
    """The letter is sent first; its row is written when all went well."""
    from certification.acts import notifications
    from certification.cloud.transaction import commit

    real = notifications._once

    def careless(person: Any, detail: Any, channel: Any, subject: str, text: str, send: Callable[[], None]) -> None:
        send()
        real(person, detail, channel, subject, text, lambda: commit([]) if False else None)

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


def nobody_looks_after_an_unsettled_payment() -> Any:
    """The sweep forgets payments whose facts wait for the settlement."""
    from certification.acts import deadlines

    return patch.dict(deadlines.OUTCOMES, {"Payments": lambda _key: None, "Inbox": lambda _key: None})


MISTAKES = [
    (mail_that_the_sdk_repeats, "assay-notify", "SendEmail", "lost", "letter CandidateRegistered by email"),
    (letters_without_a_claim, "assay-notify", "TransactWriteItems", "before", "letter CandidateRegistered"),
    (an_attempt_for_every_request, "assay-portal", "POST /_local/card/v1/checkout/sessions", "after", "payments"),
    (an_event_marked_before_it_is_applied, "assay-apply_payment", "TransactWriteItems", "after", "application.status"),
    (nobody_looks_after_an_unsettled_payment, "assay-apply_payment", "Invoke", "before", ""),
]


@pytest.mark.parametrize(("mistake", "function", "operation", "mode", "found"), MISTAKES)
def test_a_mistake_is_noticed(mistake: Mistake, function: str, operation: str, mode: str, found: str) -> None:
    at = places(function, operation)
    assert not [result.line for place in at if (result := told(place, mode)).problems], (
        "without the mistake all is well"
    )
    with mistake():
        problems = [problem for place in at for problem in told(place, mode).problems]
    assert any(found in problem for problem in problems), problems
