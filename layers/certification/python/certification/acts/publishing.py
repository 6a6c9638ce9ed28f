"""Publishing a sitting: its dates, rooms, and the promise behind its draw."""

import base64
import json
import secrets
from datetime import UTC, datetime, time
from typing import Any

from certification.cloud import clients, clock, vault
from certification.cloud.outbox import Announcement
from certification.cloud.settings import settings
from certification.cloud.tables.base import Due
from certification.cloud.tables.sittings import Draw, Sitting, sittings
from certification.cloud.transaction import Lost, commit
from certification.policies import load_calendar, load_policy
from certification.rules.deadlines import check_dates, lapses_at, results_due, ticket_window
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.seating import SEED_BYTES, Room, commitment, commitment_document
from certification.rules.sitting import SittingDates

SLOT = "all"
"""One draw covers every subject of a sitting: who sits once, sits there all day."""
RELEASE_TIME = time(9)
"""When on the last possible day the job releases, scheme time, unless staff released before."""


class NewSitting(Frozen):
    """A sitting as staff describe it (a file under `sittings/`). Times carry their zone."""

    id: str
    number: int
    scheme: str
    name_en: str
    name_zh: str
    occupations: tuple[str, ...]
    levels: tuple[str, ...]
    forms: tuple[str, ...]
    regions: tuple[str, ...] = ()
    dates: SittingDates
    rooms: tuple[Room, ...]
    address_en: str
    address_zh: str


def publish(new: NewSitting) -> Sitting:
    """Make a sitting known, with the hash of its draw's seed published before registration can close (decision 9).

    Publishing the same sitting again gives the one that exists; another content under its id is refused.
    """
    existing = sittings.find(new.id)
    if existing is not None:
        return _same(existing, new)
    policy, policy_hash = load_policy(new.scheme)
    calendar = load_calendar(policy.calendar)
    check_dates(new.dates, policy, calendar)
    _known(new)
    opens, closes = ticket_window(new.dates, policy, calendar)
    due = results_due(new.dates, policy, calendar)
    draw = _promise(new.id)
    sitting = Sitting(
        **dict(new) | {"dates": new.dates.model_copy(update={"tickets_open": opens, "tickets_close": closes})},
        policy_hash=policy_hash,
        results_due=due.due,
        release_at=datetime.combine(due.last_day, RELEASE_TIME, policy.zone).astimezone(UTC),
        draw=draw,
        due=Due(at=lapses_at(new.dates, policy), job="close_payments"),
    )
    told = Announcement(name="SittingPublished", subject=sitting.id, key=sitting.id, about={"sitting": sitting.id})
    try:
        commit([sittings.insert(sitting)], [told])
    except Lost:
        return _same(sittings.read(new.id), new)
    _show_commitment(sitting)
    return sitting


def _known(new: NewSitting) -> None:
    """Every occupation, level, form, region and subject must be one of the policy's."""
    policy, _ = load_policy(new.scheme)
    known = {
        "occupations": {row.code for row in policy.occupations},
        "levels": {row.code for row in policy.levels},
        "forms": {row.code for row in policy.forms},
        "regions": {row.code for row in policy.regions},
    }
    unknown = [f"{name}: {code}" for name, codes in known.items() for code in getattr(new, name) if code not in codes]
    unknown += [
        f"slots: {slot.subject}"
        for slot in new.dates.slots
        if slot.subject not in {row.code for row in policy.subjects}
    ]
    if unknown:
        raise Refused(
            "unknown_in_policy",
            f"The policy of {new.scheme} does not know {', '.join(unknown)}.",
            f"{new.scheme} 的政策中没有：{'、'.join(unknown)}。",
            facts={"unknown": ", ".join(unknown)},
        )


def _same(existing: Sitting, new: NewSitting) -> Sitting:
    fields = ("number", "scheme", "occupations", "levels", "regions", "rooms")
    if any(getattr(existing, field) != getattr(new, field) for field in fields):
        raise Refused(
            "sitting_exists",
            f"Sitting {new.id} exists with other content. Give the new one another id.",
            f"考试 {new.id} 已存在且内容不同，请更换编号。",
        )
    _show_commitment(existing)
    return existing


def _promise(sitting: str) -> Draw:
    """A seed nobody has seen: sealed under our key, its hash ready to be published."""
    seed = secrets.token_bytes(SEED_BYTES)
    sealed = clients.kms().encrypt(KeyId=settings().key("fields"), Plaintext=seed, EncryptionContext={"draw": sitting})[
        "CiphertextBlob"
    ]
    return Draw(commitment=commitment(seed), sealed_seed=base64.b64encode(sealed).decode())


def seed_of(sitting: Sitting) -> bytes:
    """The seed of a sitting's draw, opened by the draw and its publication only."""
    answer = clients.kms().decrypt(
        KeyId=settings().key("fields"),
        CiphertextBlob=base64.b64decode(sitting.draw.sealed_seed),
        EncryptionContext={"draw": sitting.id},
    )
    return answer["Plaintext"]


def _show_commitment(sitting: Sitting) -> None:
    """The promise as anybody may read it. Written from the row, so that a lost write is repaired by publishing again."""
    policy, _ = load_policy(sitting.scheme)
    beacon = policy.seating.beacon.source
    document = commitment_document(sitting.id, SLOT, seed_of(sitting), beacon, clock.now().isoformat())
    show(sitting.id, "commitment", document)


def show(sitting: str, name: str, document: dict[str, Any]) -> None:
    """Publish one document of a draw, once: what was published is never replaced."""
    body = json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False).encode()
    vault.write_once(settings().published, f"draws/{sitting}/{name}.json", body, "application/json")
