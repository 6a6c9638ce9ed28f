"""The card simulator's balance: one transaction for each movement of money, from the log of what happened.

From the events that were made, not from those that arrived: a bill shows what a lost message never told.
"""

from local.simulators.base import Answer, State
from local.simulators.card_bank import CardBank
from local.simulators.card_form import encoded, fields, invalid, whole

TRANSACTIONS = "/v1/balance_transactions"
# What moves money, the sign it has on our balance, and what the provider calls it.
MOVES: dict[str, tuple[int, str, str]] = {
    "charge.succeeded": (1, "charge", "charge"),
    "refund.created": (-1, "refund", "refund"),
    "refund.failed": (1, "refund_failure", "refund_failure"),
    "charge.dispute.funds_withdrawn": (-1, "adjustment", "dispute"),
    "charge.dispute.funds_reinstated": (1, "adjustment", "dispute_reversal"),
    "payout.created": (-1, "payout", "payout"),
}


class CardBalance:
    """Balance transactions of one bank, newest first."""

    def __init__(self, bank: CardBank) -> None:
        self._bank = bank

    def listed(self, query: str) -> Answer:
        """By `created[gte]` and `created[lt]`, in pages, with the object each is about where it is asked for."""
        asked = fields(query)
        created = asked.get("created", {})
        least, before = whole(created.get("gte", "0"), "created[gte]"), whole(created.get("lt", "9999999999"), "lt")
        full = "data.source" in asked.get("expand", {}).values()
        found = [one for one in self._all(full) if least <= one["created"] < before]
        found.reverse()
        if "starting_after" in asked:
            names = [one["id"] for one in found]
            if asked["starting_after"] not in names:
                raise invalid("no such object", "starting_after", "resource_missing")
            found = found[names.index(asked["starting_after"]) + 1 :]
        limit = min(whole(asked.get("limit", "10"), "limit", 1), 100)
        more = len(found) > limit
        return encoded(200, {"object": "list", "data": found[:limit], "has_more": more, "url": TRANSACTIONS})

    def _all(self, full: bool) -> list[State]:
        kept = [one["event"] for one in self._bank.part("events").values()]
        return [self._transaction(event, full) for event in kept if event["type"] in MOVES]

    def _transaction(self, event: State, full: bool) -> State:
        sign, kind, category = MOVES[event["type"]]
        source = event["data"]["object"]
        amount = sign * source["amount"]
        fee = _fee(source["amount"]) if category == "charge" else 0
        return {
            "id": f"txn_{event['id']}",
            "object": "balance_transaction",
            "amount": amount,
            "created": event["created"],
            "currency": source["currency"],
            "exchange_rate": None,
            "fee": fee,
            "net": amount - fee,
            "reporting_category": category,
            "source": self._named(source) if full else source["id"],
            "status": "pending",
            "type": kind,
        }

    def _named(self, source: State) -> State:
        """A charge tells its payment intent and the intent's metadata, as the real one does."""
        if source["object"] != "charge":
            return source
        intent = next(one for one in self._bank.part("intents").values() if one["latest_charge"] == source["id"])
        return {**source, "payment_intent": intent["id"], "metadata": intent["metadata"]}


def _fee(cents: int) -> int:
    """2.9 % and 30 cents."""
    return (cents * 29 + 500) // 1000 + 30
