"""Moving a registration to another sitting: same application, same order, another place, the seat freed."""

from datetime import datetime

from certification.acts.moving import announce, moved
from certification.acts.places import live_claim
from certification.acts.settling import FREEZE_PATIENCE
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.orders import orders
from certification.cloud.tables.seats import GivenSeat, seats
from certification.cloud.tables.sittings import Sitting
from certification.rules.errors import Refused
from certification.rules.status import Trigger


def rescheduled(
    application: Application, to: Sitting, now: datetime, *, by: str
) -> tuple[list[Write], list[Announcement]]:
    """The writes. Refused when the person has another application in that sitting, or its list is closed."""
    if to.stage != "announced" or to.called_off is not None:
        raise Refused("sitting_closed", "This date is full or closed.", "该考期已截止。", field="sitting")
    if claims.find(live_claim(application.candidate, to.id)) is not None:
        raise Refused(
            "place_taken", "You have an application for this date already.", "您已报考该考期。", field="sitting"
        )
    after = moved(
        application,
        Trigger.RESCHEDULED,
        by=by,
        now=now,
        due=Due(at=to.dates.payment_closes + FREEZE_PATIENCE),
        rules=("REF-03",),
        sitting=to.id,
        seat=None,
        candidate_number=None,
        ticket=None,
        ticket_announced=False,
        free_until=to.dates.registration_closes,
    )
    order = orders.read(application.order or "")
    writes: list[Write] = [
        applications.update(after),
        orders.update(order.changed(sitting=to.id)),
        claims.insert(Claim(key=live_claim(application.candidate, to.id), holder=application.reference)),
    ]
    old = claims.find(live_claim(application.candidate, application.sitting))
    if old is not None and old.holder == application.reference:
        writes.append(claims.delete(old))
    given = _seat(application)
    writes += [seats.delete(given)] if given is not None else []
    return writes, [announce("RegistrationRescheduled", application, sitting=to.id)]


def _seat(application: Application) -> GivenSeat | None:
    seat = application.seat
    if seat is None:
        return None
    return seats.find(application.sitting, f"{seat.site}#{seat.room}#{seat.seat:04d}")
