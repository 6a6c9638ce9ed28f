"""What belongs to an account beside the person's own answers: what was accepted, and the ways back in."""

from datetime import datetime

from certification.rules.agreements import Acceptance
from certification.rules.model import Frozen


class ReservedAnswer(Frozen):
    """The answer to a security question, as a slow hash of its keyed hash; the question is one of a fixed list."""

    question: str
    salt: str
    digest: str
    set_at: datetime


class Account(Frozen):
    """`greeted`: the letter for a new account was written. `*_before` are the sealed address and number in use before the
    last change: the notice of it goes there too. `phone_changed_at`: when the number took another's place by a code to the
    mailbox, None if it did not (`rules/recovery.py`).

    `printed_name` is how a name is printed whose characters our fonts lack, as a desk and the person agreed (ACC-13).
    `platform` is the identity platform that proved who the person is (ACC-12); `joined` the account this one went into;
    `asked_for` the cases in which somebody else asks for this account or its number.
    """

    agreement: Acceptance | None = None
    service_notice: Acceptance | None = None
    reserved_answer: ReservedAnswer | None = None
    email_before: str | None = None
    phone_before: str | None = None
    phone_changed_at: datetime | None = None
    greeted: bool = False
    printed_name: str | None = None
    platform: str | None = None
    joined: str | None = None
    asked_for: tuple[str, ...] = ()
