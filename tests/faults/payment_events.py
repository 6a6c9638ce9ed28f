"""What tests of the payment stories share: the provider's events, posted when the test wants, and how it must end."""

import json
from collections import Counter

from local.enumerate_faults import stories
from local.enumerate_faults.world import World
from local.simulators.base import signature
from local.simulators.card import ENDPOINT_SECRET


def order_of(world: World) -> str:
    from certification.cloud.tables.applications import applications

    return applications.read(world.candidate.reference).order or ""


def paid(world: World) -> list[bytes]:
    """The candidate pays; gives the bodies of the provider's events, which nobody has delivered yet."""
    address = stories.open_by_api(world)
    stories.pay_on(world, address)
    kept = world.cloud.simulators["card"].dump()["events"].values()
    return [json.dumps(one["event"]).encode() for one in kept]


def deliver(world: World, body: bytes) -> int:
    """The provider's post, freshly signed; gives the status of our answer."""
    signed = signature(body, ENDPOINT_SECRET, int(world.clock.now().timestamp()))
    headers = {"content-type": "application/json", "stripe-signature": signed}
    return world.cloud.request("POST", "/webhooks/card", headers, body).status


def inbox() -> list[str]:
    from certification.cloud.tables.inbox import inbox as entries

    return sorted(entry.id for entry in entries.everything())


def registered_once(world: World) -> None:
    """One registration, one entry of the whole amount, every letter once, nothing for a person, and all invariants."""
    from certification.acts import invariants
    from certification.acts.notifications import shown
    from certification.cloud.outbox import outbox
    from certification.cloud.tables.applications import applications
    from certification.cloud.tables.cases import cases
    from certification.cloud.tables.ledger import ledger

    application = applications.read(world.candidate.reference)
    assert application.status == "registered"
    assert [step.to for step in application.life].count(application.status) == 1
    assert len(list(ledger.everything())) == 1
    assert [entry.name for entry in outbox.everything()].count("CandidateRegistered") == 1
    written = Counter(
        (row.channel, row.state) for row in shown(application.candidate) if row.name == "CandidateRegistered"
    )
    assert written == {("email", "sent"): 1, ("sms", "sent"): 1}
    assert {case.kind for case in cases.everything()} == {"review"}
    assert invariants.differences() == []
