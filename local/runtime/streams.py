"""Feeds a function from a DynamoDB stream: filters, batches, retries in order, bisecting, failure destination.

A shard waits behind a batch that fails: nothing later is read before it is through, given up, or a day old (what a
stream forgets). The pause between tries grows to a minute, so that a broken handler does not spin.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from moto.events.models import EventPattern

from local.runtime.destinations import Destinations
from local.runtime.invoker import Invoker, Outcome
from local.runtime.source import iso
from local.stack import EventSourceSpec

KEPT_FOR = timedelta(hours=24)
LONGEST_WAIT = timedelta(minutes=1)
SHARD = "shardId-00000000000000000000-00000001"

Records = Callable[[str, int], list[dict[str, Any]]]
"""The records of a table's stream from an index on."""


class GivenUp(Protocol):
    def __call__(self, what: str, why: str) -> None:
        """Told when records were given up."""


@dataclass(frozen=True)
class Slice:
    """Records to deliver together, by their place in the stream."""

    indexes: tuple[int, ...]
    since: datetime
    due: datetime
    attempts: int = 0


@dataclass(frozen=True)
class Place:
    """Where a poller is: the next record to read, and what was read but is not yet through.

    One value, replaced as a whole: a snapshot taken in between never loses a record.
    """

    next: int = 0
    slices: tuple[Slice, ...] = ()


class StreamPoller:
    """One event source mapping of a table's stream."""

    def __init__(
        self,
        spec: EventSourceSpec,
        invoker: Invoker,
        now: Callable[[], datetime],
        records: Records,
        destinations: Destinations,
        given_up: GivenUp,
    ) -> None:
        self.name = spec.logical_id
        self._spec, self._invoker, self._now, self._records = spec, invoker, now, records
        self._destinations, self._given_up = destinations, given_up
        self._table = spec.source_arn.split("/")[1]
        self._filters = [EventPattern.load(json.dumps(pattern)) for pattern in spec.filters]
        self._place = Place()

    def step(self) -> bool:
        if not self._place.slices:
            self._read()
        slices = self._place.slices
        if not slices or slices[0].due > self._now():
            return False
        self._place = replace(self._place, slices=(*self._deliver(slices[0]), *slices[1:]))
        return True

    def next_due(self) -> datetime | None:
        if self._place.slices:
            return self._place.slices[0].due
        return self._now() if self._records(self._table, self._place.next) else None

    def dump(self) -> dict[str, Any]:
        place = self._place
        return {"next": place.next, "slices": [asdict(part) for part in place.slices]}

    def load(self, state: dict[str, Any]) -> None:
        self._place = Place(state["next"], tuple(Slice(**entry) for entry in state["slices"]))

    def _read(self) -> None:
        chosen: list[int] = []
        place = self._place.next
        for record in self._records(self._table, place):
            if self._wanted(record):
                chosen.append(place)
            place += 1
            if len(chosen) == self._spec.batch_size:
                break
        now = self._now()
        self._place = Place(place, (Slice(tuple(chosen), now, now),) if chosen else ())

    def _wanted(self, record: dict[str, Any]) -> bool:
        return not self._filters or any(pattern.matches_event(record) for pattern in self._filters)

    def _deliver(self, part: Slice) -> list[Slice]:
        """Invoke the function; gives what is left to do of this slice."""
        records = self._fetch(part.indexes)
        outcome = self._invoker.invoke(self._spec.function, {"Records": records})
        first_failed = self._first_failed(outcome, records)
        if first_failed is None:
            return []
        rest = replace(part, indexes=part.indexes[first_failed:], attempts=part.attempts + 1)
        return self._again(rest, outcome, first_failed)

    def _again(self, rest: Slice, outcome: Outcome, first_failed: int) -> list[Slice]:
        """What is left to do after a failure: smaller slices, the same one later, or nothing."""
        now = self._now()
        if self._spec.bisect and len(rest.indexes) > 1:
            # A half is a fresh start: bisecting does not use up tries.
            middle = len(rest.indexes) // 2 if first_failed == 0 else 1
            halves = (rest.indexes[:middle], rest.indexes[middle:])
            return [replace(rest, indexes=half, attempts=0, due=now) for half in halves]
        most, oldest = self._spec.maximum_retries, KEPT_FOR
        if self._spec.maximum_age >= 0:
            oldest = min(oldest, timedelta(seconds=self._spec.maximum_age))
        if (0 <= most < rest.attempts) or now - rest.since >= oldest:
            self._give_up(rest, outcome)
            return []
        wait = min(timedelta(seconds=2 ** min(rest.attempts - 1, 6)), LONGEST_WAIT)
        return [replace(rest, due=now + wait)]

    def _first_failed(self, outcome: Outcome, records: list[dict[str, Any]]) -> int | None:
        """The place in the batch from which on records come again; None when all are through."""
        if outcome.failed:
            return 0
        if not self._spec.partial_failures or not outcome.payload:
            return None
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        try:
            named = [numbers.index(item["itemIdentifier"]) for item in outcome.payload["batchItemFailures"] or []]
        except (KeyError, TypeError, ValueError):
            return 0
        return min(named, default=None)

    def _fetch(self, indexes: Iterable[int]) -> list[dict[str, Any]]:
        places = list(indexes)
        found = self._records(self._table, places[0])
        return [found[place - places[0]] for place in places]

    def _give_up(self, part: Slice, outcome: Outcome) -> None:
        """Tell the failure destination which records were given up: it gets their place, not the records."""
        function = self._invoker.find(self._spec.function)
        why = f"{outcome.error} after {part.attempts} tries"
        self._given_up(f"{len(part.indexes)} records of {self._table} for {function.name}", why)
        if self._spec.on_failure is None:
            return
        numbers = [record["dynamodb"]["SequenceNumber"] for record in self._fetch(part.indexes)]
        report = {
            "version": "1.0",
            "timestamp": iso(self._now()),
            "requestContext": {
                "requestId": outcome.request,
                "functionArn": function.arn,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": part.attempts,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "DDBStreamBatchInfo": {
                "shardId": SHARD,
                "startSequenceNumber": numbers[0],
                "endSequenceNumber": numbers[-1],
                "approximateArrivalOfFirstRecord": iso(part.since),
                "approximateArrivalOfLastRecord": iso(part.since),
                "batchSize": len(numbers),
                "streamArn": self._spec.source_arn,
            },
        }
        self._destinations.put_as(function.role, self._spec.on_failure, report)
