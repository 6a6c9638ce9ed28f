"""Letters: what a candidate is told about an announcement, on each channel once.

The row in `Messages` is claimed first, the letter sent, then the row marked. A crash in between leaves it claimed:
nobody knows whether it went, so it is not sent again by itself; the portal shows every message in any case.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from certification import letters
from certification.acts import desk_letters
from certification.acts.account_letter_data import TO_BOTH
from certification.acts.letter_data import data_for
from certification.acts.people import Person, opened
from certification.cloud import clock, post
from certification.cloud.field_encryption import key_of
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.messages import Channel, Message, messages
from certification.cloud.transaction import Lost, commit
from certification.rules.model import Frozen

TO_DESKS = frozenset({"CasePromiseNeared", "CaseOverdue"})


def write(name: str, detail: dict[str, Any]) -> None:
    """Write to the candidate of an announcement by every channel its letter has; about a desk's promise, to its supervisor."""
    if name in TO_DESKS:
        desk_letters.write(name, detail)
        return
    candidate = candidates.read(detail["candidate"])
    person = opened(candidate)
    data = data_for(name, detail, person)
    if data is None:
        return
    letter = letters.render(name, candidate.language, data)
    for channel, address in _addresses(name, person, candidate).items():
        if channel.startswith("email") and letter.text:
            _once(person, detail, channel, letter.subject, letter.text, partial(_by_email, address, letter))
        elif channel.startswith("sms") and letter.sms:
            _once(person, detail, channel, "", letter.sms, partial(post.send_sms, address, letter.sms))


def _by_email(address: str, letter: letters.Letter) -> None:
    post.send_email(address, letter.subject, letter.text, letter.html)


def _addresses(name: str, person: Person, candidate: Candidate) -> dict[Channel, str]:
    """Where a letter goes. A change of address or number is told where the old one was, too."""
    found: dict[Channel, str] = {"email": person.email}
    if person.phone:
        found["sms"] = person.phone
    if name in TO_BOTH:
        key, account = key_of(person.id), candidate.account
        if account.email_before and name != "PhoneChanged":
            found["email_before"] = key.open("email", account.email_before)
        if account.phone_before and name != "EmailChanged":
            found["sms_before"] = key.open("phone", account.phone_before)
    return found


def _once(
    person: Person,
    detail: dict[str, Any],
    channel: Channel,
    subject: str,
    text: str,
    send: Callable[[], None],
) -> None:
    """Claim, send, mark. A channel that was claimed before is left alone."""
    key = key_of(person.id)
    claimed = Message(
        candidate=person.id,
        announcement=detail["announcement"],
        name=detail["name"],
        channel=channel,
        state="claimed",
        claimed_at=clock.now(),
        subject=key.seal("message", subject),
        text=key.seal("message", text),
    )
    try:
        commit([messages.insert(claimed)])
    except Lost:
        return
    # Not read again: every call between claim and sending is one more after which nobody knows whether it went.
    stored = claimed.changed(version=1)
    try:
        send()
    except post.NotSent:
        commit([messages.delete(stored)])  # it surely did not go: whoever delivers again may send it
        raise
    commit([messages.update(stored.changed(state="sent", sent_at=clock.now()))])


class Shown(Frozen):
    """A message as the candidate reads it again."""

    name: str
    channel: str
    state: str
    at: str
    subject: str
    text: str


def shown(candidate_id: str) -> list[Shown]:
    """Every message to a candidate, newest first."""
    key = key_of(candidate_id)
    found = sorted(messages.within(candidate_id), key=lambda message: message.claimed_at, reverse=True)
    return [
        Shown(
            name=message.name,
            channel=message.channel,
            state=message.state,
            at=message.claimed_at.isoformat(),
            subject=key.open("message", message.subject),
            text=key.open("message", message.text),
        )
        for message in found
    ]
