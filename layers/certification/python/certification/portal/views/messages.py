"""Every e-mail and SMS we sent to a candidate."""

from datetime import datetime

from certification.acts import notifications
from certification.letters.formats import Language
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen


class Message(Frozen):
    """One message; an SMS has no subject."""

    subject: str
    channel: str
    at: str
    state: str
    text: str


def of(candidate_id: str, language: Language) -> tuple[Message, ...]:
    """Newest first."""
    say = Speech(language)
    return tuple(
        Message(
            subject=message.subject,
            channel=say(f"messages.{message.channel}"),
            at=say.moment(datetime.fromisoformat(message.at)),
            state="" if message.state == "sent" else say("messages.unsure"),
            text=message.text,
        )
        for message in notifications.shown(candidate_id)
    )
