"""Parts of a sum that came by transfer, when their order ends before it was complete: they are looked at again.

Settling then finds what the rule says of them: everything goes back (decision 6).
"""

from datetime import timedelta

from certification.acts.inbox_entries import unsettled
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.orders import Order
from certification.cloud.tables.payments import payments

LOOKED_AT_WITHIN = timedelta(minutes=15)


def looked_at_again(order: Order) -> tuple[list[Write], list[Announcement]]:
    """What must be written with the end of an unpaid order, so that its parts are settled anew: one of them is told, and
    settling looks at all payments of its order."""
    due = Due(at=clock.now() + LOOKED_AT_WITHIN)
    parts = [
        payment
        for payment in map(payments.read, order.payments)
        if payment.method == "bank_transfer" and payment.facts and not payment.unsettled
    ]
    told = parts[:1]
    return [payments.update(part.changed(unsettled=True, due=due)) for part in told], [unsettled(part) for part in told]
