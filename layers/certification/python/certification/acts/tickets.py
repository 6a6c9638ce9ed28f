"""Admission tickets: printed when the seat is drawn, handed out when their window opens."""

from typing import Any

from certification.acts.batches import each
from certification.acts.papers import Background, behind, id_document, named
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import applications
from certification.cloud.transaction import commit, retried
from certification.documents.data import AdmissionTicket, Paper
from certification.documents.render import render as print_document
from certification.rules.choosing import taken
from certification.rules.errors import Refused
from certification.rules.words import Words


def render(items: list[dict[str, Any]]) -> int:
    """Print the tickets of a batch of seated applications."""
    return each("arrangement", "Print the tickets", items, lambda item: item["application"], _render)


@retried
def _render(item: dict[str, Any]) -> None:
    application = applications.read(item["application"])
    if application.ticket is not None or application.seat is None:
        return
    background = behind(application)
    pdf = print_document("ticket", _data(background))
    key = f"issued/{application.candidate}/{application.reference}/ticket.pdf"
    vault.write(settings().vault, key, pdf, "application/pdf")
    commit([applications.update(application.changed(ticket=key))])


def _data(background: Background) -> AdmissionTicket:
    application, sitting, policy = background.application, background.sitting, background.policy
    seat = application.seat
    if seat is None or application.candidate_number is None:
        raise Refused("not_seated", "This application has no seat yet.", "尚未编排座位。")
    subjects = taken(policy, application)
    return AdmissionTicket(
        **named(background, _printed_at(background), f"/en/draws/{sitting.id}"),
        number=application.candidate_number,
        document=id_document(background.person.id_kind),
        document_number=background.person.id_number or "",
        venue=Words(en=seat.site, zh=seat.site),
        address=Words(en=sitting.address_en, zh=sitting.address_zh),
        papers=tuple(
            Paper(
                subject=policy.subject(slot.subject).words,
                starts=slot.starts,
                ends=slot.ends,
                room=seat.room,
                seat=str(seat.seat),
            )
            for slot in sitting.dates.slots
            if slot.subject in subjects
        ),
        accepted=policy.exam_day.accepted_ids,
        rules=policy.exam_day.instructions,
    )


def _printed_at(background: Background) -> Any:
    """The instant of seating: the same at every retry, so the file is the same."""
    steps = [step.at for step in background.application.life if step.trigger == "seat_drawn"]
    return steps[-1] if steps else clock.now()
