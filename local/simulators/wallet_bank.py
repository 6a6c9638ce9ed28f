"""The money side of both wallet simulators: trades and refunds, and what is told of them until somebody listens.

A trade is paid on the page behind its code. Everything here happens under the stage's lock, except posting a notice.
"""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from local.simulators.base import Context, Stage, State, flip
from local.simulators.wallet_words import CHINA, WalletRefusal, cents, china, yuan

__all__ = ["CHINA", "SWITCHES", "WalletBank", "WalletRefusal", "cents", "china", "yuan"]

HOUR = 3600
COUPON = 500
SWITCHES = {
    "notice_twice": "every notice is delivered twice",
    "out_of_order": "what is told of one trade is delivered last first, a minute apart",
    "drop": "notices are never delivered",
    "delay_24_hours": "notices are delivered a day later",
    "forged": "before every genuine notice a forged one comes, for ten times the money",
    "late": "the money is taken only an hour after the code has expired",
    "wrong_amount": "one cent less than owed is taken",
    "coupon": "the payer pays 5.00 less than the order, and we are owed all of it",
    "refuse": "the next order is refused (once)",
    "answer_lost": "the next order or refund is carried out, but the answer is lost (once)",
    "not_enough": "refunds are answered: not enough money today",
    "system_error": "every refund fails with the same system error until this is switched off",
    "abnormal": "refunds end abnormal: somebody must act in the merchant pages",
    "bill_not_ready": "the bill of a day is not made yet",
    "bill_wrong": "the totals of a day's bill do not fit its lines",
    "bill_line_twice": "a day's bill shows its first line twice, and counts it",
    "unsigned": "answers are signed by somebody else",
    "down": "the interface answers 503; notices still come",
}


class WalletBank:
    """Trades by our number, refunds by ours; what a subclass says of them, and how, is the wallet's own."""

    webhook: str
    retries: tuple[int, ...]
    tells_closing = True

    def __init__(self, context: Context) -> None:
        self.stage = Stage(context, {"trades": {}, "refunds": {}, "notices": {}})

    @abstractmethod
    def words(self, kind: str, trade: State, refund: State | None, name: str) -> State:
        """What a notice says: `paid`, `closed` or `refund`."""

    @abstractmethod
    def letter(self, words: State, forged: bool) -> tuple[dict[str, str], bytes]:
        """Headers and body of a notice, signed now."""

    def part(self, name: str) -> dict[str, State]:
        """One kind of thing by its number."""
        found: dict[str, State] = self.stage.state[name]
        return found

    def open(self, number: str, **about: Any) -> State:
        """A new trade, or the one there is under this number; another amount under it is refused."""
        known = self.part("trades").get(number)
        if known is not None:
            if (known["cents"], known["currency"]) != (about["cents"], about["currency"]):
                raise WalletRefusal("OUT_TRADE_NO_USED", "the number was used for another amount", 403)
            return known
        if self.stage.used("refuse"):
            raise WalletRefusal("NO_AUTH", "the merchant may not do this", 403)
        trade = {"number": number, "id": None, "status": "waiting", "made": self.stage.seconds(), **about}
        self.part("trades")[number] = trade
        self.stage.plan(trade["expires"], "expire", number=number)
        return trade

    def find(self, number: str = "", identity: str = "") -> State | None:
        """A trade by our number or the wallet's own."""
        if number:
            return self.part("trades").get(number)
        return next((trade for trade in self.part("trades").values() if identity and trade["id"] == identity), None)

    def pay(self, number: str) -> str:
        """Somebody paid: `paid`, or `processing` when the bank takes its time."""
        trade = self.part("trades")[number]
        if trade["status"] != "waiting":
            raise ValueError(f"trade {number} is {trade['status']}, not waiting")
        if self.stage.on("late"):
            self.stage.plan(trade["expires"] + HOUR, "take", number=number)
            trade["status"] = "processing"
            return "processing"
        self.take(number)
        return "paid"

    def take(self, number: str) -> None:
        """Take the money and tell. A bank that was slow does not care for the code's end."""
        trade = self.part("trades")[number]
        now = self.stage.seconds()
        taken = trade["cents"] - (1 if self.stage.on("wrong_amount") else 0)
        payer = taken - (COUPON if self.stage.on("coupon") else 0)
        identity = f"{china(now):%Y%m%d%H%M%S}{self.stage.number():014d}"
        trade |= {"status": "paid", "id": identity, "taken": taken, "payer": payer, "paid": now}
        self.tell("paid", trade)

    def close(self, number: str, tell: bool = False) -> bool:
        """Close a trade that waits; False when it does not."""
        trade = self.part("trades")[number]
        if trade["status"] != "waiting":
            return False
        trade |= {"status": "closed", "closed": self.stage.seconds()}
        if tell and self.tells_closing:
            self.tell("closed", trade)
        return True

    def refund(self, trade: State, number: str, cents: int, at_once: bool) -> State:
        """Send money back under our number, once. At once, or a minute later."""
        known = self.part("refunds").get(number)
        if known is not None and known["trade"] == trade["number"] and known["state"] != "refused":
            if known["cents"] != cents:
                raise WalletRefusal("INVALID_REQUEST", "the number was used for another amount")
            return known
        if trade["status"] != "paid" or cents <= 0 or cents > trade["taken"] - self.returned(trade):
            raise WalletRefusal("REFUND_AMT_NOT_EQUAL_TOTAL", "more than is left")
        if self.stage.on("system_error"):
            raise WalletRefusal("SYSTEM_ERROR", "something went wrong", 500)
        if self.stage.on("not_enough"):
            raise WalletRefusal("NOT_ENOUGH", "not enough money today", 403)
        refund = {
            "number": number,
            "trade": trade["number"],
            "cents": cents,
            "state": "processing",
            "made": self.stage.seconds(),
            "id": f"50{self.stage.number():026d}",
            "at": None,
        }
        self.part("refunds")[number] = refund
        if at_once and not self.stage.on("abnormal"):
            self.done(number)
        else:
            self.stage.plan(self.stage.seconds() + 60, "refunded", number=number)
        return refund

    def done(self, number: str) -> None:
        """A refund comes to its end: done, or abnormal."""
        refund = self.part("refunds")[number]
        abnormal = self.stage.on("abnormal") and refund["state"] == "processing"
        refund |= {"state": "abnormal" if abnormal else "success", "at": self.stage.seconds()}
        self.tell("refund", self.part("trades")[refund["trade"]], refund)

    def returned(self, trade: State) -> int:
        """What went back of a trade, or is on its way."""
        return sum(one["cents"] for one in self.part("refunds").values() if one["trade"] == trade["number"])

    def tell(self, kind: str, trade: State, refund: State | None = None) -> None:
        """Put a notice on the agenda, as often and as late as the switches say."""
        now = self.stage.seconds()
        name = f"{china(now):%Y%m%d}{self.stage.number():020d}"
        self.part("notices")[name] = {
            "kind": kind,
            "number": trade["number"],
            "words": self.words(kind, trade, refund, name),
            "deliveries": [],
        }
        due = now + (24 * HOUR if self.stage.on("delay_24_hours") else 0)
        due += 60 if self.stage.on("out_of_order") and kind == "paid" else 0
        if self.stage.on("drop"):
            return
        if self.stage.on("forged"):
            self.stage.plan(due, "deliver", notice=name, first=due, forged=True)
        for _ in range(2 if self.stage.on("notice_twice") else 1):
            self.stage.plan(due, "deliver", notice=name, first=due)

    def deliver(self, item: State) -> None:
        """Post a notice; try again later unless it was taken."""
        with self.stage.lock:
            kept, forged = self.part("notices")[item["notice"]], bool(item.get("forged"))
            headers, body = self.letter(kept["words"], forged)
        status = self.stage.context.deliver(f"{self.stage.context.public_url}{self.webhook}", headers, body)
        with self.stage.lock:
            now = self.stage.seconds()
            kept["deliveries"].append({"at": now, "status": status, "forged": forged})
            following = [item["first"] + wait for wait in self.retries if item["first"] + wait > now]
            if not forged and not 200 <= status < 300 and following:
                self.stage.plan(following[0], "deliver", notice=item["notice"], first=item["first"])

    def perform(self, item: State) -> None:
        """Do one thing of the agenda."""
        if item["what"] == "deliver":
            self.deliver(item)
            return
        with self.stage.lock:
            acts = {"take": self.take, "refunded": self.done, "expire": self.expire}
            acts[item["what"]](item["number"])

    def expire(self, number: str) -> None:
        """The code's end has come."""
        self.close(number)

    def control(self, action: str, form: Mapping[str, str]) -> dict[str, Any]:
        """`switch` (`name`, `on`), `clear`, `status`; `pay`, `close` (`order`); `refund` (`order`, `cents`: in the
        wallet's own pages); `repair` (`refund`: one that ended abnormal); `deliver` (`notice`, once more)."""
        with self.stage.lock:
            if action == "switch":
                flip(self.stage.state, SWITCHES, form)
            elif action == "clear":
                self.stage.state["switches"] = []
            elif action in ("pay", "close", "refund"):
                self._on_trade(action, form)
            elif action == "repair":
                if self.part("refunds").get(form.get("refund", ""), {}).get("state") != "abnormal":
                    raise ValueError("there is no such refund that ended abnormal")
                self.done(form["refund"])
            elif action == "deliver":
                if form.get("notice") not in self.part("notices"):
                    raise ValueError("there is no such notice")
                now = self.stage.seconds()
                self.stage.plan(now, "deliver", notice=form["notice"], first=now)
            elif action != "status":
                raise ValueError(f"this simulator has no action {action!r}")
            return self.status()

    def _on_trade(self, action: str, form: Mapping[str, str]) -> None:
        trade = self.find(form.get("order", ""))
        if trade is None:
            raise ValueError(f"there is no order {form.get('order')!r}")
        if action == "pay":
            self.pay(trade["number"])
        elif action == "close":
            self.close(trade["number"], tell=True)
        else:
            self.refund(trade, f"pages{self.stage.number():06d}", int(form.get("cents", "0")), at_once=True)

    def status(self) -> dict[str, Any]:
        """Everything, for the control room."""
        return {
            "simulator": True,
            "switches": list(self.stage.state["switches"]),
            "known": SWITCHES,
            "buttons": self._buttons(),
            "orders": [
                {
                    **{name: one.get(name) for name in ("number", "status", "cents", "currency", "id")},
                    "url": self.code(one),
                }
                for one in self.part("trades").values()
            ],
            "refunds": [dict(one) for one in self.part("refunds").values()],
            "notices": [
                {"id": name, "kind": one["kind"], "order": one["number"], "deliveries": list(one["deliveries"])}
                for name, one in self.part("notices").items()
            ],
        }

    def _buttons(self) -> list[State]:
        """What somebody can do there now: pay what waits, repair what ended abnormal."""
        waiting = [one["number"] for one in self.part("trades").values() if one["status"] == "waiting"]
        abnormal = [one["number"] for one in self.part("refunds").values() if one["state"] == "abnormal"]
        return [
            *({"action": "pay", "order": number} for number in waiting),
            *({"action": "repair", "refund": number} for number in abnormal),
        ]

    def code(self, trade: State) -> str:
        """What the wallet's code says: here the address of a page, so that whoever has no phone can follow it."""
        return f"{self.stage.context.base_url}/scan/{trade['number']}"

    def dump(self) -> State:
        """The state as plain JSON values."""
        return self.stage.dump()

    def load(self, state: State) -> None:
        """Go on from a dumped state."""
        self.stage.load(state)

    def next_due(self) -> datetime | None:
        """When the next notice, end or slow payment is due."""
        return self.stage.next_due()

    def run_due(self) -> int:
        """Deliver, end and take what is due."""
        return self.stage.run(self.perform)
