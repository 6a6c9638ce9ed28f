"""Orders: what is owed for one application, with the fees of today's schedule, frozen, and until when it can be paid."""

import secrets
from datetime import datetime
from typing import Any

from certification.acts.applications import LARGEST, SMALLEST
from certification.cloud.tables.applications import Application
from certification.cloud.tables.base import Due
from certification.cloud.tables.orders import Order, OrderLine
from certification.cloud.tables.sittings import Sitting
from certification.policies import load_calendar
from certification.rules.choosing import taken
from certification.rules.deadlines import lapses_at, payment_due, payment_reminder
from certification.rules.fees import order_fees
from certification.rules.numbers import order_number
from certification.rules.policy import Policy


def waits_for_money(order: Order, sitting: Sitting, policy: Policy, now: datetime) -> dict[str, Any]:
    """How an application waits that must be paid: it is looked at when a reminder is due, if that is still to come, and
    then when the last query is over; what the candidate was promised is the due time of the order."""
    remind = payment_reminder(order.pay_by, policy, load_calendar(policy.calendar))
    ends = lapses_at(sitting.dates, policy)
    return {"due": Due(at=remind if now < remind < order.pay_by else ends), "promised": order.pay_by}


def new_order(
    application: Application, sitting: Sitting, policy: Policy, policy_hash: str, now: datetime, decided_at: datetime
) -> Order:
    """An order that is not yet stored. Refused once payment has closed."""
    chosen = (application.occupation or "", application.level or "", application.form or "")
    fees = order_fees(policy, *chosen, taken(policy, application), application.paper)
    pay_by = payment_due(decided_at, sitting.dates, policy, load_calendar(policy.calendar))
    sequence = SMALLEST + secrets.randbelow(LARGEST - SMALLEST)
    return Order(
        number=order_number(now.year, sequence),
        application=application.reference,
        candidate=application.candidate,
        sitting=sitting.id,
        policy_hash=policy_hash,
        fees_version=fees.version,
        lines=tuple(
            OrderLine(code=line.item, en=line.words.en, zh=line.words.zh, amount=line.amount) for line in fees.lines
        ),
        total=fees.total,
        created_at=now,
        pay_by=pay_by.due,
        closes=sitting.dates.payment_closes,
    )
