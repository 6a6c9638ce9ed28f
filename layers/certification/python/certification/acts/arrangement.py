"""Arrangement: the list is frozen, seats are drawn so that nobody can steer them, given, and the draw published.

Every step can run again: what was written once is read back, never made anew.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from certification.acts import sampling
from certification.acts.batches import each
from certification.acts.cases import opened
from certification.acts.moving import announce, moved
from certification.acts.providers import beacon
from certification.acts.publishing import SLOT, seed_of, show
from certification.acts.sitting_outcomes import milestone
from certification.acts.supervision import check_of, requested
from certification.cloud import clock, vault
from certification.cloud.outbox import Announcement
from certification.cloud.settings import settings
from certification.cloud.tables.applications import Application, Seat, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.cases import cases
from certification.cloud.tables.seats import GivenSeat, seats
from certification.cloud.tables.sittings import Sitting, sittings
from certification.cloud.transaction import commit, retried
from certification.policies import load_policy
from certification.providers.ports import NotYetPublished
from certification.rules.choosing import taken
from certification.rules.numbers import candidate_number
from certification.rules.seating import (
    Entry,
    FrozenList,
    draw,
    draw_document,
    list_document,
    list_hash,
)
from certification.rules.status import Status, Trigger

VALUE_PATIENCE = timedelta(hours=3)


def _frozen_key(sitting: str) -> str:
    return f"lists/frozen/{sitting}.jsonl"


def _seats_key(sitting: str) -> str:
    return f"lists/seats/{sitting}.jsonl"


def frozen_list(sitting: str) -> Iterator[dict[str, Any]]:
    """Who is on the frozen list: application, candidate number, subjects."""
    return vault.read_lines(settings().vault, _frozen_key(sitting))


def freeze(sitting_id: str) -> dict[str, Any]:
    """Close the sitting to registrations by machine, then write its list once. Gives `number` and `hash`.

    The stage moves first: a payment that is settled after it finds a frozen sitting and becomes a case.
    """
    sitting = _close(sitting_id)
    registered = applications.in_status(sitting.id, Status.REGISTERED)
    _write_list(sitting, registered)
    entries = [Entry(candidate_number=item["candidate_number"]) for item in frozen_list(sitting.id)]
    frozen = _frozen(sitting, entries)
    digest = list_hash(frozen).hex()
    sitting = _note_list(sitting.id, digest, sampling.freeze(sitting, registered))
    show(sitting.id, "list", list_document(frozen, f"{sitting.draw.frozen_at}"))
    sampling.show_list(sitting)
    return {"number": len(entries), "hash": digest}


@retried
def _close(sitting_id: str) -> Sitting:
    sitting = sittings.read(sitting_id)
    if sitting.stage == "announced":
        commit([sittings.update(sitting.changed(stage="payment_closed"))])
    return sittings.read(sitting_id)


def _write_list(sitting: Sitting, registered: list[Application]) -> None:
    """The registered in the order of their references, each with a candidate number. The first list written stays."""
    policy, _ = load_policy(sitting.scheme)
    year = sitting.dates.first_subject.astimezone(policy.zone).year
    items = [
        {
            "application": application.reference,
            "candidate_number": candidate_number(year, sitting.number, place),
            "subjects": list(taken(policy, application)),
            "watched": sampling.watched(application),
        }
        for place, application in enumerate(registered, start=1)
    ]
    vault.write_lines_once(settings().vault, _frozen_key(sitting.id), items)


def _frozen(sitting: Sitting, entries: list[Entry]) -> FrozenList:
    return FrozenList(sitting=sitting.id, slot=SLOT, rooms=sitting.rooms, entries=tuple(entries))


@retried
def _note_list(sitting_id: str, digest: str, sampled_from: int) -> Sitting:
    sitting = sittings.read(sitting_id)
    if sitting.draw.list_hash is None:
        noted = sitting.draw.model_copy(
            update={"list_hash": digest, "frozen_at": clock.now(), "sampled_from": sampled_from}
        )
        commit([sittings.update(sitting.changed(draw=noted))])
    return sittings.read(sitting_id)


def draw_seats(sitting_id: str) -> dict[str, Any]:
    """Draw by seed, list and public value. Gives `list`, empty while nobody can know the public value yet."""
    sitting = _note_public_value(sitting_id)
    if sitting.draw.public_value is None:
        return {"list": ""}
    items = {item["candidate_number"]: item for item in frozen_list(sitting.id)}
    entries = [Entry(candidate_number=number) for number in items]
    public_value = bytes.fromhex(sitting.draw.public_value)
    drawn = draw(seed_of(sitting), list_hash(_frozen(sitting, entries)), public_value, entries, sitting.rooms)
    checked = sampling.drawn(sitting, public_value)
    lines = (
        {
            "application": (reference := items[seat.candidate_number]["application"]),
            "check": items[seat.candidate_number].get("watched") or ("sample" if reference in checked else None),
            **seat.model_dump(mode="json"),
        }
        for seat in drawn
    )
    vault.write_lines(settings().vault, _seats_key(sitting.id), lines)
    return {"list": _seats_key(sitting.id)}


@retried
def _note_public_value(sitting_id: str) -> Sitting:
    """The first value published after the list was: that of the following day."""
    sitting = sittings.read(sitting_id)
    if sitting.draw.public_value is not None or sitting.draw.frozen_at is None:
        return sitting
    day = sitting.draw.frozen_at.date() + timedelta(days=1)
    try:
        value = beacon().value(day)
    except NotYetPublished:
        again = Due(at=clock.now() + VALUE_PATIENCE, job="close_payments")
        commit([sittings.update(sitting.changed(due=again))])
        return sitting
    noted = sitting.draw.model_copy(update={"public_value": value.value, "beacon_day": day})
    commit([sittings.update(sitting.changed(draw=noted))])
    return sittings.read(sitting_id)


def seat(sitting_id: str, items: list[dict[str, Any]]) -> int:
    """Give each candidate of a batch the drawn seat."""
    sitting = sittings.read(sitting_id)
    return each(
        "arrangement", "Give the seats", items, lambda item: item["application"], lambda item: _seat(sitting, item)
    )


@retried
def _seat(sitting: Sitting, item: dict[str, Any]) -> None:
    """A seat once given stays; who withdrew after the freeze leaves the seat empty."""
    application = applications.read(item["application"])
    if application.status is not Status.REGISTERED or application.sitting != sitting.id:
        return  # withdrawn, or moved to another sitting, after the freeze
    drawn = Seat(site=item["site"], room=item["room"], seat=item["seat"])
    given = GivenSeat(
        sitting=sitting.id, seat=drawn, application=application.reference, candidate_number=item["candidate_number"]
    )
    seated = moved(
        application,
        Trigger.SEAT_DRAWN,
        by="seat_candidates",
        now=clock.now(),
        due=Due(at=sitting.dates.tickets_open or sitting.dates.first_subject, job="open_tickets"),
        rules=("ARR-01",),
        candidate_number=item["candidate_number"],
        seat=drawn,
    )
    writes, news = _checked(seated, item)
    commit([*writes, seats.insert(given)], [announce("SeatDrawn", application), *news])


def _checked(seated: Application, item: dict[str, Any]) -> tuple[list[Write], list[Announcement]]:
    """The candidate in the seat, and the check of their commitment where the sample or a watch asks for one (CHK-09)."""
    mode = item.get("check")
    made = check_of(seated, mode, "seat_draw", mode, clock.now()) if mode else None
    if made is None:
        return [applications.update(seated)], []
    after, case = made
    return [applications.update(after), cases.insert(case)], [opened(case), requested(seated, case)]


def publish(sitting_id: str) -> str:
    """Publish seed and seats, and move the sitting on. Gives where the draw lies in the public bucket."""
    sitting = sittings.read(sitting_id)
    now = clock.now()
    entries = [Entry(candidate_number=item["candidate_number"]) for item in frozen_list(sitting.id)]
    if entries and sitting.draw.public_value is not None:
        published_at = sitting.draw.published_at or now
        document = draw_document(
            _frozen(sitting, entries),
            seed_of(sitting),
            bytes.fromhex(sitting.draw.public_value),
            f"{sitting.draw.beacon_day}",
            published_at.isoformat(),
        )
        show(sitting.id, "draw", document)
        sampling.publish(sitting, bytes.fromhex(sitting.draw.public_value), published_at.isoformat())
    _move_on(sitting_id, anybody=bool(entries))
    return f"draws/{sitting.id}/draw.json"


@retried
def _move_on(sitting_id: str, *, anybody: bool) -> None:
    sitting = sittings.read(sitting_id)
    if sitting.stage != "payment_closed":
        return
    now = clock.now()
    published = sitting.draw.model_copy(update={"published_at": now})
    after = sitting.changed(
        stage="seated" if anybody else "concluded",
        draw=published,
        due=Due(at=sitting.release_at, job="release_results") if anybody else None,
    )
    commit([sittings.update(after)], [milestone("DrawPublished", sitting)])
