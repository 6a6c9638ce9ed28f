"""The card simulator's way back: refunds by the interface and by the provider's own pages, and disputes.

As strict as the real one where it matters: never more than is left of a charge, nothing of a disputed charge, and the
first answer under an idempotency key again for 24 hours. A refund may be slow, and may fail after it succeeded.
"""

from collections.abc import Callable, Mapping
from urllib.parse import unquote

from local.simulators.base import Answer, Stage, State
from local.simulators.card_bank import HOUR, CardBank
from local.simulators.card_form import Refusal, StoredAnswers, encoded, fields, invalid, whole

REFUNDS = "/v1/refunds"
INTENTS = "/v1/payment_intents/"
KNOWN = {"payment_intent", "charge", "amount", "reason", "metadata", "expand"}
REASONS = ("duplicate", "fraudulent", "requested_by_customer")
EVIDENCE = 14 * 24 * HOUR


class CardReturns:
    """Refunds and disputes of one bank's charges."""

    def __init__(self, stage: Stage, bank: CardBank) -> None:
        self._stage, self._bank = stage, bank
        for part in ("refunds", "disputes", "answers", "hidden"):  # all of it goes back when a state is loaded
            stage.state.setdefault(part, {})

    def answers(self, place: str) -> bool:
        """Whether this path is one of ours."""
        return place == REFUNDS or place.startswith((f"{REFUNDS}/", INTENTS))

    def interface(self, method: str, place: str, query: str, headers: Mapping[str, str], form: str) -> Answer:
        """Refunds: make one, list them, read one; and read a payment intent."""
        if (method, place) == ("POST", REFUNDS):
            return self._create(form, headers.get("idempotency-key"))
        if method != "GET":
            raise Refusal(405, "invalid_request_error", "method_not_allowed", f"{method} is not possible here")
        with self._stage.lock:
            if place == REFUNDS:
                return self._list(fields(query))
            part, prefix = ("intents", INTENTS) if place.startswith(INTENTS) else ("refunds", f"{REFUNDS}/")
            found = self._bank.part(part).get(unquote(place.removeprefix(prefix)))
            if found is None:
                raise Refusal(404, "invalid_request_error", "resource_missing", "No such object")
            return encoded(200, found)

    def _create(self, form: str, key: str | None) -> Answer:
        with self._stage.lock:
            answers, now = StoredAnswers(self._stage.state), self._stage.seconds()
            if key and (stored := answers.find(key, form, now)):
                return stored
            given = fields(form)
            for unknown in sorted(set(given) - KNOWN):
                raise invalid(f"Received unknown parameter: {unknown}", unknown, "parameter_unknown")
            if given.get("reason", REASONS[0]) not in REASONS:
                raise invalid("Invalid reason", "reason")
            charge = self._charge_of(given.get("payment_intent", ""))
            if self._stage.used("refund_500"):
                broken = Refusal(500, "api_error", "internal", "something went wrong; this answer is stored").answer
                return answers.keep(key, form, now, broken)
            cents = whole(given["amount"], "amount", 1) if "amount" in given else self._left(charge)
            refund = self._refund(charge, cents, given.get("metadata", {}), given.get("reason"))
            answer = answers.keep(key, form, now, encoded(200, refund))
            lost = self._stage.used("refund_answer_lost")
        if lost:
            raise Refusal(504, "api_error", "gateway_timeout", "carried out, but the answer was lost on its way")
        return answer

    def _list(self, asked: State) -> Answer:
        """Refunds of one payment, newest first, in pages."""
        found = [
            one
            for one in self._bank.part("refunds").values()
            if asked.get("payment_intent", one["payment_intent"]) == one["payment_intent"]
        ]
        found.reverse()
        if "starting_after" in asked:
            names = [one["id"] for one in found]
            found = found[names.index(asked["starting_after"]) + 1 :]
        limit = min(whole(asked.get("limit", "10"), "limit", 1), 100)
        return encoded(200, {"object": "list", "data": found[:limit], "has_more": len(found) > limit, "url": REFUNDS})

    def _charge_of(self, intent: str) -> State:
        found = self._bank.part("intents").get(intent)
        charge = self._bank.part("charges").get(found["latest_charge"] or "") if found else None
        if charge is None:
            raise Refusal(404, "invalid_request_error", "resource_missing", "No such payment_intent, or not charged")
        return charge

    def _left(self, charge: State) -> int:
        return int(charge["amount"] - charge.get("amount_refunded", 0))

    def _refund(self, charge: State, cents: int, metadata: State, reason: str | None = None) -> State:
        """Give money back. Raises Refusal over the rest, and while the charge is disputed."""
        if charge.get("disputed"):
            raise invalid("This charge has been charged back.", "charge", "charge_disputed")
        if self._left(charge) <= 0:
            raise invalid("The charge has already been refunded.", "charge", "charge_already_refunded")
        if cents > self._left(charge):
            raise invalid(
                "The refund is greater than the unrefunded amount on the charge", "amount", "amount_too_large"
            )
        name, slow = f"re_simulated_{self._stage.number():06d}", self._stage.on("refund_slow")
        refund: State = {
            "id": name,
            "object": "refund",
            "amount": cents,
            "balance_transaction": f"txn_{name}",
            "charge": charge["id"],
            "created": self._stage.seconds(),
            "currency": charge["currency"],
            "metadata": metadata,
            "payment_intent": self._intent_of(charge),
            "reason": reason,
            "status": "pending" if slow else "succeeded",
        }
        self._bank.part("refunds")[name] = refund
        self._refunded(charge, cents)
        self._bank.tell(("refund.created", refund), ("charge.refunded", charge))
        if slow:
            self._stage.plan(self._stage.seconds() + 24 * HOUR, "refund_succeeds", refund=name)
        if self._stage.on("refund_fails"):
            self._stage.plan(self._stage.seconds() + (25 if slow else 1) * HOUR, "refund_fails", refund=name)
        return refund

    def _refunded(self, charge: State, cents: int) -> None:
        charge["amount_refunded"] = charge.get("amount_refunded", 0) + cents
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]

    def _intent_of(self, charge: State) -> str:
        return next(name for name, one in self._bank.part("intents").items() if one["latest_charge"] == charge["id"])

    def _succeed(self, refund: State) -> None:
        if refund["status"] == "pending":
            refund["status"] = "succeeded"
            self._bank.tell(("refund.updated", refund))

    def _fail(self, refund: State) -> None:
        """The money comes back: the card is closed. It may have succeeded before."""
        if refund["status"] in ("pending", "succeeded"):
            refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
            refund["failure_balance_transaction"] = f"txn_failed_{refund['id']}"
            self._refunded(self._bank.part("charges")[refund["charge"]], -refund["amount"])
            self._bank.tell(("refund.updated", refund), ("refund.failed", refund))

    def control(self, action: str, form: Mapping[str, str]) -> None:
        """`refund` (`payment`, `amount` in cents, none: all), `refund_succeeds`, `refund_fails` (`refund`), `dispute`,
        `inquiry` (`payment`), `dispute_won`, `dispute_lost` (`dispute`). Raises ValueError."""
        try:
            if action == "refund":
                charge = self._charge_of(form.get("payment", ""))
                self._refund(charge, int(form.get("amount") or self._left(charge)), {})
            elif action in ("dispute", "inquiry"):
                self._dispute(self._charge_of(form.get("payment", "")), inquiry=action == "inquiry")
            elif action in ("refund_succeeds", "refund_fails"):
                self.perform({"what": action, "refund": form.get("refund", "")})
            else:
                self._decide(self._named("disputes", form.get("dispute", "")), won=action == "dispute_won")
        except Refusal as refusal:
            raise ValueError(str(refusal)) from refusal

    def _named(self, part: str, name: str) -> State:
        if name not in self._bank.part(part):
            raise ValueError(f"there is no {part.removesuffix('s')} {name!r}")
        return self._bank.part(part)[name]

    def perform(self, item: State) -> None:
        """What was planned for a refund."""
        act: Callable[[State], None] = self._succeed if item["what"] == "refund_succeeds" else self._fail
        act(self._named("refunds", item["refund"]))

    def _dispute(self, charge: State, *, inquiry: bool) -> None:
        name, now = f"dp_simulated_{self._stage.number():06d}", self._stage.seconds()
        dispute: State = {
            "id": name,
            "object": "dispute",
            "amount": charge["amount"],
            "balance_transactions": [],
            "charge": charge["id"],
            "created": now,
            "currency": charge["currency"],
            "evidence_details": {"due_by": now + EVIDENCE, "has_evidence": False},
            "is_charge_refundable": inquiry and self._left(charge) > 0,
            "livemode": False,
            "metadata": {},
            "payment_intent": self._intent_of(charge),
            "reason": "general",
            "status": "warning_needs_response" if inquiry else "needs_response",
        }
        self._bank.part("disputes")[name] = dispute
        if inquiry:
            self._bank.tell(("charge.dispute.created", dispute))
            return
        charge["disputed"] = True
        dispute["balance_transactions"] = [{"id": f"txn_out_{name}", "amount": -charge["amount"]}]
        self._bank.tell(("charge.dispute.created", dispute), ("charge.dispute.funds_withdrawn", dispute))

    def _decide(self, dispute: State, *, won: bool) -> None:
        inquiry = dispute["status"].startswith("warning")
        if inquiry or not won:
            dispute["status"] = "warning_closed" if inquiry else "lost"
            self._bank.tell(("charge.dispute.closed", dispute))
            return
        dispute["status"] = "won"
        dispute["balance_transactions"].append({"id": f"txn_back_{dispute['id']}", "amount": dispute["amount"]})
        self._bank.part("charges")[dispute["charge"]]["disputed"] = False
        self._bank.tell(("charge.dispute.closed", dispute), ("charge.dispute.funds_reinstated", dispute))
