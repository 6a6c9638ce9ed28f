"""What a story leaves behind, under stable names: what may differ between two tellings is replaced, all else compared.

Random ids and the provider's numbers become `payment 1`, `capture 1`, …, in the order of the provider's times; an
instant within a day of the story becomes `meanwhile`. That money counts at the provider's instant is a line of its own.

Import this only when a local cloud stands: the tables' names come from its environment.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from certification.acts.notifications import shown
from certification.cloud.outbox import outbox
from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.cases import cases
from certification.cloud.tables.inbox import inbox
from certification.cloud.tables.ledger import LedgerEntry, ledger
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import Payment, payments
from certification.cloud.tables.refunds import refunds
from certification.rules.cases import CaseKind
from certification.rules.facts import FactKind
from certification.rules.ledger import balances
from local.control_room.inbox import Letter

MEANWHILE = timedelta(days=1, hours=12)
PROVIDERS = re.compile(r"\b(?:pi|ch|cs|evt|re)(?:_test)?_simulated_\d+")
AGAIN = ("PaymentFactArrived", "RefundReleased")
"""The announcements that may come more often: the sweep repeats them for what no machine has finished."""
HOW_IT_WENT = {"tries", "number", "key_from", "stored_failure", "version"}
"""What a refund's row remembers of its way, and what may differ with it."""

type Left = dict[str, Any]


class Rows:
    """Every row that a payment may touch, read once."""

    def __init__(self, application: str) -> None:
        self.application = applications.read(application)
        self.orders = {order.number: order for order in orders.everything()}
        self.payments = {payment.id: payment for payment in payments.everything()}
        self.ledger = list(ledger.everything())
        self.refunds = list(refunds.everything())
        self.outbox = list(outbox.everything())
        self.inbox = list(inbox.everything())
        every_case = list(cases.everything())
        self.duties = [case for case in every_case if case.kind is not CaseKind.FAILED_MACHINE]
        self.failed = [case for case in every_case if case.kind is CaseKind.FAILED_MACHINE]

    @property
    def order(self) -> Order:
        """The order in force."""
        return self.orders[self.application.order or ""]


class Names:
    """The stable name of everything in one telling that another telling would call differently."""

    def __init__(self, began: datetime) -> None:
        self._began = began
        self._known: dict[str, str] = {}

    def call(self, identifier: str, name: str) -> None:
        """From now on this id has this name."""
        self._known.setdefault(identifier, name)

    def of(self, value: Any) -> Any:
        """The value with every id and instant in it renamed; also in keys."""
        if isinstance(value, datetime):
            passing = self._began <= value <= self._began + MEANWHILE
            return "meanwhile" if passing else value.astimezone(UTC).isoformat()
        if isinstance(value, dict):
            return {self.of(key): self.of(part) for key, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.of(part) for part in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        for identifier, name in self._known.items():
            text = text.replace(identifier, name)
        return PROVIDERS.sub("provider's id", text)


def left_behind(rows: Rows, began: datetime) -> Left:
    """Application, order, payments, books, refunds, cases and announcements after a story that began then."""
    row, order, names = rows.application, rows.order, Names(began)
    paid = _named(rows, names)
    owed = sorted(rows.refunds, key=lambda refund: (names.of(refund.capture), refund.kind))
    for number, refund in enumerate(owed, 1):
        names.call(refund.id, f"refund {number}")
    for number, case in enumerate(sorted(rows.duties, key=lambda case: (case.kind, names.of(str(case.facts)))), 1):
        names.call(case.id, f"case {number} ({case.kind})")
    sums = balances(entry.entry for entry in rows.ledger)
    return {
        "application": names.of(row.model_dump()),
        "order": names.of(order.model_dump()),
        "written": {"application": row.version, "order": order.version},
        "money counts when it was taken": _counts_when_taken(order, row, paid),
        "payments": [names.of(_lasting(payment)) for payment in paid],
        "balances": names.of({f"{account} {currency}": amount for (account, currency), amount in sums.items()}),
        "entries": _sorted(names.of(_entry(entry)) for entry in rows.ledger),
        "refunds": [names.of(refund.model_dump(exclude=HOW_IT_WENT)) for refund in owed],
        "cases": _sorted(names.of(case.model_dump()) for case in rows.duties),
        "announced": _announced(rows, names),
    }


def _named(rows: Rows, names: Names) -> list[Payment]:
    """The payments of the order, and those of nobody; they and what they captured get their names."""
    known = [rows.payments[payment] for payment in rows.order.payments]
    every = [*known, *(payment for name, payment in sorted(rows.payments.items()) if payment not in known)]
    for number, payment in enumerate(every, 1):
        names.call(payment.id, f"payment {number}")
    captures = [fact for one in every for fact in one.facts.values() if fact.kind is FactKind.CAPTURED]
    for number, fact in enumerate(sorted(captures, key=lambda fact: (fact.at, fact.key)), 1):
        names.call(fact.reference, f"capture {number}")
        for what, reference in sorted(fact.references.items()):
            names.call(reference, f"{what} {number}")
    return every


def _lasting(payment: Payment) -> Left:
    """A payment without what only tells how the way went: tries, the page's address, the version."""
    passing = {"tries", "address", "expires_at", "version", "checkout"}
    return {"checkout known": payment.checkout is not None, **payment.model_dump(exclude=passing)}


def _entry(entry: LedgerEntry) -> Left:
    moved = [(posting.account, posting.money.amount, posting.money.currency) for posting in entry.entry.postings]
    return {"payment": entry.payment, "postings": moved}


def _counts_when_taken(order: Order, application: Application, paid: Iterable[Payment]) -> bool:
    """The provider's instant, not ours (PAY-05)."""
    taken = {fact.key: fact.at for payment in paid for fact in payment.facts.values()}.get(order.settled_by or "")
    return taken is not None and order.settled_at == taken == application.registered_at


def _announced(rows: Rows, names: Names) -> dict[str, int]:
    """How often each announcement was made, but for the ones that may be repeated."""
    failed = {case.id for case in rows.failed}
    told = [entry for entry in rows.outbox if entry.name not in AGAIN and entry.subject not in failed]
    return dict(Counter(names.of(f"{entry.name} {entry.subject}") for entry in told))


def _sorted(found: Iterable[Any]) -> list[Any]:
    return sorted(found, key=repr)


def unfinished(rows: Rows, events: Iterable[str]) -> list[str]:
    """What nobody took care of: an event that is not in the inbox or not applied, an announcement that is not sent."""
    missing = {f"card#{event}" for event in events} - {entry.id for entry in rows.inbox}
    return [
        *(f"the event {event} is not in the inbox" for event in sorted(missing)),
        *(f"the inbox entry {entry.id} was not applied" for entry in rows.inbox if entry.applied_at is None),
        *(f"the announcement {entry.id} was not sent" for entry in rows.outbox if entry.sent_at is None),
    ]


def failed_machines(rows: Rows) -> list[str]:
    """The cases that say that a machine could not go on: machine, state and error."""
    return [" / ".join(case.facts.get(name, "?") for name in ("machine", "state", "error")) for case in rows.failed]


class Told(NamedTuple):
    """A letter to the candidate: its announcement, channel, state of its row, and how often it arrived."""

    name: str
    channel: str
    state: str
    arrived: int


def told(candidate: str, names: frozenset[str], arrived: Iterable[Letter]) -> list[Told]:
    """The letters of these announcements; one that arrived without a row of its own has the state `stray`."""
    left = Counter((letter.kind, letter.subject or letter.text.strip()) for letter in arrived)
    found = []
    for row in shown(candidate):
        if row.name in names:
            is_mail = row.channel == "email"
            arrivals = left.pop(("mail" if is_mail else "sms", row.subject if is_mail else row.text.strip()), 0)
            found.append(Told(row.name, row.channel, row.state, arrivals))
    strays = [Told(words[:40], channel, "stray", count) for (channel, words), count in left.items()]
    return sorted([*found, *strays])
