"""Every e-mail and text message the system sent, read from moto, newest first."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email import message_from_string, policy
from email.message import EmailMessage
from email.utils import parseaddr
from functools import partial
from typing import Any, Literal

from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from local.stack import ACCOUNT, REGION

Kind = Literal["mail", "sms"]

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_EXTENDED = frozenset("^{}\\[~]|€\f")


@dataclass(frozen=True)
class Letter:
    """One message as it left. `at` is the instant at which the local cloud saw it, by the local clock."""

    number: int
    identifier: str
    kind: Kind
    at: datetime
    to: tuple[str, ...]
    sender: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def segments(self) -> int:
        """How many parts a text message is billed as; 0 for e-mail."""
        return sms_segments(self.text) if self.kind == "sms" else 0

    def as_json(self) -> dict[str, Any]:
        """For the JSON side of the control room."""
        return {**asdict(self), "at": self.at.isoformat(), "segments": self.segments}

    def contains(self, words: str) -> bool:
        """Whether the words stand somewhere in the message, whatever their case."""
        everything = " ".join((*self.to, self.sender, self.subject, self.text, self.html))
        return words.lower() in everything.lower()


def sms_segments(text: str) -> int:
    """Segments of a text message: 160 GSM-7 characters or 70 others in one, 153 or 67 each in several (3GPP 23.038)."""
    if all(sign in GSM_7 or sign in GSM_7_EXTENDED for sign in text):
        length, one, several = sum(2 if sign in GSM_7_EXTENDED else 1 for sign in text), 160, 153
    else:
        length, one, several = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= one else -(-length // several)


def accept_senders(addresses: Iterable[str]) -> None:
    """Verify the template's senders, as somebody does by hand on AWS; a letter from anybody else is refused."""
    for address in {parseaddr(given)[1] for given in addresses} - {""}:
        ses_backends[ACCOUNT][REGION].verify_email_identity(address)


class Inbox:
    """moto keeps no time of sending: `collect` notes the instant at which a message is first seen."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self._lock = now, threading.Lock()
        self._letters: list[Letter] = []
        self._seen: dict[str, datetime] = {}
        self._counted = 0

    def collect(self) -> None:
        """Take in what was sent since the last call."""
        mails, texts = _all()
        if len(mails) + len(texts) == self._counted:
            return
        with self._lock:
            known = {letter.identifier for letter in self._letters}
            makers: dict[str, Callable[[int, datetime], Letter]] = {mail.id: partial(_mail, mail) for mail in mails}
            makers |= {identifier: partial(_sms, identifier, *sent) for identifier, sent in texts.items()}
            for identifier, make in makers.items():
                if identifier not in known:
                    at = self._seen.setdefault(identifier, self._now())
                    self._letters.append(make(len(self._letters) + 1, at))
            self._letters.sort(key=lambda letter: (letter.at, letter.number))
            self._counted = len(mails) + len(texts)

    def letters(self, to: str | None = None, words: str | None = None, kind: Kind | None = None) -> list[Letter]:
        """Messages, newest first: to one address or phone, with some words in them, of one kind."""
        self.collect()
        with self._lock:
            found = list(reversed(self._letters))
        if to is not None:
            found = [letter for letter in found if any(to.lower() in address.lower() for address in letter.to)]
        if words:
            found = [letter for letter in found if letter.contains(words)]
        return [letter for letter in found if kind is None or letter.kind == kind]

    def to(self, address: str) -> list[Letter]:
        """Messages to an address or phone, newest first."""
        return self.letters(to=address)

    def last(self, to: str) -> Letter:
        """The newest message to an address or phone."""
        found = self.letters(to=to)
        if not found:
            raise LookupError(f"nothing was sent to {to}")
        return found[0]

    def dump(self) -> dict[str, datetime]:
        """When each message was first seen."""
        self.collect()
        return dict(self._seen)

    def load(self, state: dict[str, datetime]) -> None:
        self._letters, self._seen, self._counted = [], dict(state), 0
        self.collect()


def _all() -> tuple[list[Any], dict[str, tuple[str, str]]]:
    """What moto keeps as sent: e-mail and text messages, from whatever region they left."""
    mails = [mail for backend in list(ses_backends[ACCOUNT].values()) for mail in list(backend.sent_messages)]
    texts: dict[str, tuple[str, str]] = {}
    for backend in list(sns_backends[ACCOUNT].values()):
        texts |= dict(backend.sms_messages)
    return mails, texts


def _sms(identifier: str, phone: str, text: str, number: int, at: datetime) -> Letter:
    return Letter(number, identifier, "sms", at, (phone,), "", "", text)


def _mail(mail: Any, number: int, at: datetime) -> Letter:
    if hasattr(mail, "raw_data"):
        return _raw(mail, number, at)
    addresses = [address for found in mail.destinations.values() for address in found or []]
    html = mail.body if mail.body.lstrip().startswith("<") else ""
    text = "" if html else mail.body
    return Letter(number, mail.id, "mail", at, tuple(dict.fromkeys(addresses)), mail.source, mail.subject, text, html)


def _raw(mail: Any, number: int, at: datetime) -> Letter:
    parsed = message_from_string(mail.raw_data, _class=EmailMessage, policy=policy.default)
    to = tuple(dict.fromkeys(mail.destinations)) or tuple(str(parsed.get("To", "")).split(", "))
    return Letter(
        number,
        mail.id,
        "mail",
        at,
        to,
        str(parsed.get("From", mail.source)),
        str(parsed.get("Subject", "")),
        _part(parsed, "plain"),
        _part(parsed, "html"),
        tuple(part.get_filename() or part.get_content_type() for part in parsed.iter_attachments()),
        {name: str(value) for name, value in parsed.items()},
    )


def _part(parsed: EmailMessage, kind: str) -> str:
    part = parsed.get_body(preferencelist=(kind,))
    content: Any = part.get_content() if part is not None else ""
    return content if isinstance(content, str) else ""
