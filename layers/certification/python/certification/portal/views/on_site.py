"""The on-site check of an application in words."""

from certification.acts import appointments
from certification.acts.ownership import own_application
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen


class OnSite(Frozen):
    """`slots` are (beginning, words, places left) of those with a place left; `appointment` is what was booked, in words."""

    facts: tuple[tuple[str, str], ...]
    slots: tuple[tuple[str, str, str], ...]
    appointment: str


def of(candidate_id: str, reference: str, language: Language) -> OnSite:
    """The candidate's own on-site check; refused where none is open."""
    policy, _ = load_policy(own_application(candidate_id, reference).scheme)
    say, known = Speech(language, policy.time_zone), appointments.read(candidate_id, reference)
    rows = ((say("on_site.when"), known.when), (say("on_site.where"), known.where), (say("on_site.how"), known.how))
    return OnSite(
        facts=tuple((name, say.said(words)) for name, words in rows if words),
        slots=tuple(
            (
                slot.starts.isoformat(),
                say.period(slot.starts, slot.ends),
                say("on_site.places", free=slot.free),
            )
            for slot in known.slots
            if slot.free and slot.starts != known.appointment
        ),
        appointment=say.moment(known.appointment) if known.appointment else "",
    )
