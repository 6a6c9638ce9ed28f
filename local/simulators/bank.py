"""SIMULATOR of our bank: takes transfers from anybody and refund files from us, and writes statements. No real money.

People send money on its page (`/_local/bank/`), we send files to `POST /payments`, and what it writes lies under
`/files/<name>` for the money desk, or is carried to the staff's files by the control room (`carry`). It misbehaves on
command, see `SWITCHES`. Its files are checked in tests against the published schemas and an independent bank.
"""

import base64
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any
from urllib.parse import parse_qs

from local.simulators.bank_files import Booking, Day, Part, cut, notification, statement, status_report
from local.simulators.base import Answer, Context, Stage, State, flip

ACCOUNT, CURRENCY = "012-345678-901", "USD"
CHARGES = 2500
DAY = 24 * 3600
SWITCHES = {
    "mutilate": "two characters of every reference are exchanged on the way",
    "cut": "texts are cut after 35 characters, wherever that falls",
    "deduct": "banks on the way keep 25.00 of every transfer",
    "no_account": "the payer's account is not told",
    "gap": "the next statement leaves a booking out (once)",
    "twice": "every file is written twice",
    "pending": "credits are announced, and booked only with the day's statement",
    "reject_file": "our next file is refused as a whole (once)",
    "closed_account": "every transfer of ours is rejected: the account is closed",
    "return_later": "every transfer of ours is carried out, and comes back after three days",
}
Entry = State


class BankSimulator:
    """One account of ours, in US dollars."""

    name = "bank"

    def __init__(self, context: Context) -> None:
        fresh: State = {"bookings": [], "files": [], "messages": {}, "balance": 0, "stated": 0}
        self._stage = Stage(context, fresh)
        self.carry: Callable[[], None] | None = None
        """Carries our files here and the bank's to our staff's files; the local cloud knows how."""

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request."""
        del headers
        place = path.partition("?")[0]
        with self._stage.lock:
            if (method, place) == ("POST", "/payments"):
                self._take(body)
                return 202, {"content-type": "application/json"}, b'{"taken":true,"simulated":true}'
            if (method, place) == ("POST", "/transfer"):
                form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
                try:
                    self._transfer(form)
                except ValueError as wrong:
                    return 422, _HTML, _page(str(wrong), self._files()).encode()
                return 303, {"location": f"{self._stage.context.base_url}/"}, b""
            if method == "GET" and place.startswith("/files/"):
                found = next((file for file in self._files() if file["name"] == place.removeprefix("/files/")), None)
                if found is not None:
                    return 200, {"content-type": "application/xml"}, base64.b64decode(found["content"])
            if (method, place) == ("GET", "/"):
                return 200, _HTML, _page("", self._files()).encode()
        return 404, {"content-type": "application/json"}, b'{"code":"not_found","simulated":true}'

    def control(self, action: str, form: Mapping[str, str]) -> dict[str, Any]:
        """`switch`, `clear`, `transfer` (`amount`, `text`, `name`, `account`), `statement` (of the day), `carry`, `status`."""
        if action == "carry" and self.carry is not None:
            self.carry()
        with self._stage.lock:
            if action == "switch":
                flip(self._stage.state, SWITCHES, form)
            elif action == "clear":
                self._stage.state["switches"] = []
            elif action == "transfer":
                self._transfer(form)
            elif action == "statement":
                self._statement()
            elif action not in ("status", "carry"):
                raise ValueError(f"the bank has no action {action!r}")
            return {
                "simulator": True,
                "switches": list(self._stage.state["switches"]),
                "known": SWITCHES,
                "buttons": [{"action": "statement"}, {"action": "carry"}],
                "page": f"{self._stage.context.base_url}/",
                "balance": str(Decimal(self._stage.state["balance"]).scaleb(-2)),
                "files": [file["name"] for file in self._files()],
                "bookings": [dict(one) for one in self._stage.state["bookings"]],
            }

    def files(self) -> dict[str, bytes]:
        """Every file that the bank has written, by name, oldest first."""
        with self._stage.lock:
            return {file["name"]: base64.b64decode(file["content"]) for file in self._files()}

    def dump(self) -> State:
        """The state as plain JSON values."""
        return self._stage.dump()

    def load(self, state: State) -> None:
        """Go on from a dumped state."""
        self._stage.load(state)

    def next_due(self) -> datetime | None:
        """When the next transfer of ours comes back."""
        return self._stage.next_due()

    def run_due(self) -> int:
        """Send back what is due."""
        return self._stage.run(self._come_back)

    # money that comes in

    def _transfer(self, form: Mapping[str, str]) -> None:
        """Somebody sends us money."""
        try:
            cents = int(Decimal(form.get("amount", "")) * 100)
        except InvalidOperation as wrong:
            raise ValueError("the amount is a number such as 135.00") from wrong
        on = self._stage.on
        kept = CHARGES if on("deduct") else 0
        if cents <= kept:
            raise ValueError("nothing would arrive of that")
        text = form.get("text", "")
        if on("mutilate"):
            text = re.sub(r"(RF\d\d ?\w)(\w)(\w)", r"\1\3\2", text)
        entry = self._entry(
            cents - kept,
            credit=True,
            name=form.get("name") or "Sample Payer",
            account="" if on("no_account") else form.get("account") or "HK-SAMPLE-1",
            text=list(cut(text)) if on("cut") else [text] if text else [],
            charged=kept,
            status="PDNG" if on("pending") else "BOOK",
        )
        self._write("054", notification(self._day([entry]), self._now()))

    # our own transfers

    def _take(self, body: bytes) -> None:
        """A pain.001 of ours: answered by a status report, and carried out at once."""
        space = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
        root = ET.fromstring(body)
        message = root.findtext(f".//{space}MsgId") or ""
        transfers = list(root.iter(f"{space}CdtTrfTxInf"))
        known = self._stage.state["messages"]
        if message in known:
            self._write("002", status_report(message, "RJCT", [], self._now(), reason="DUPL"))
            return
        known[message] = len(transfers)
        if self._stage.used("reject_file"):
            self._write("002", status_report(message, "RJCT", [], self._now(), reason="FF01"))
            return
        closed = self._stage.on("closed_account")
        answers, entries = [], []
        for one in transfers:
            end_to_end = one.findtext(f"{space}PmtId/{space}EndToEndId") or ""
            answers.append((end_to_end, "RJCT" if closed else "ACCP", "AC04" if closed else ""))
            if closed:
                continue
            cents = int(Decimal(one.findtext(f"{space}Amt/{space}InstdAmt") or "0") * 100)
            entries.append(self._entry(cents, credit=False, end_to_end=end_to_end))
            if self._stage.on("return_later"):
                due = self._stage.seconds() + 3 * DAY
                self._stage.plan(due, "return", end_to_end=end_to_end, cents=cents)
        group = "RJCT" if closed else "ACCP"
        self._write("002", status_report(message, group, answers, self._now(), batch=message))
        if entries:
            self._write("054", notification(self._day(entries), self._now()))

    def _come_back(self, item: State) -> None:
        with self._stage.lock:
            entry = self._entry(
                item["cents"], credit=True, end_to_end=item["end_to_end"], returned="AC04", text=["RETURNED"]
            )
            self._write("054", notification(self._day([entry]), self._now()))

    # files

    def _statement(self) -> None:
        """Everything since the last statement; what was announced is booked now."""
        state = self._stage.state
        entries = state["bookings"][state["stated"] :]
        for entry in entries:
            if entry["status"] == "PDNG":
                entry["status"] = "BOOK"
                state["balance"] += entry["cents"]
        moved = sum(entry["cents"] if entry["credit"] else -entry["cents"] for entry in entries)
        day = self._day(entries, opening=state["balance"] - moved)
        left_out = [entries[-1]["reference"]] if entries and self._stage.used("gap") else []
        self._write("053", statement(day, self._now(), left_out))
        if not left_out:
            state["stated"] = len(state["bookings"])

    def _entry(self, cents: int, *, credit: bool, status: str = "BOOK", **part: Any) -> Entry:
        state = self._stage.state
        entry = {
            "reference": f"SIM{self._stage.number():08d}",
            "cents": cents,
            "credit": credit,
            "status": status,
            "on": self._now().date().isoformat(),
            "part": part,
        }
        state["bookings"].append(entry)
        if status == "BOOK":
            state["balance"] += cents if credit else -cents
        return entry

    def _day(self, entries: list[Entry], opening: int = 0) -> Day:
        bookings = tuple(
            Booking(
                reference=entry["reference"],
                credit=entry["credit"],
                parts=(Part(entry["cents"], **entry["part"]),),
                booked=date.fromisoformat(entry["on"]),
                valued=date.fromisoformat(entry["on"]),
                status=entry["status"],
            )
            for entry in entries
        )
        number = len(self._files()) + 1
        return Day(ACCOUNT, CURRENCY, self._now().date(), opening=opening, number=number, bookings=bookings)

    def _write(self, kind: str, content: bytes) -> None:
        for _ in range(2 if self._stage.on("twice") else 1):
            name = f"{self._now():%Y%m%d}-{len(self._files()) + 1:04d}-{kind}.xml"
            self._files().append({"name": name, "content": base64.b64encode(content).decode()})

    def _files(self) -> list[State]:
        found: list[State] = self._stage.state["files"]
        return found

    def _now(self) -> datetime:
        return self._stage.context.now().astimezone(UTC)


_HTML = {"content-type": "text/html; charset=utf-8"}


def _page(wrong: str, files: list[State]) -> str:
    """Where anybody sends us money, and the money desk fetches what the bank has written."""
    rows = "".join(f'<li><a href="files/{escape(file["name"])}">{escape(file["name"])}</a></li>' for file in files)
    fields = "".join(
        f'<p><label for="{name}">{label}</label><br><input id="{name}" name="{name}" value="{value}"></p>'
        for name, label, value in (
            ("amount", "Amount in USD", "135.00"),
            ("text", "Text: the payment reference", ""),
            ("name", "Payer", "Sample Payer"),
            ("account", "Payer's account", "HK-SAMPLE-1"),
        )
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Simulated bank</title></head><body>'
        f"<main><h1>Simulated bank</h1><p>No real money. Account {ACCOUNT}.</p><p role=alert>{escape(wrong)}</p>"
        f'<form method="post" action="transfer">{fields}<button>Send the transfer</button></form>'
        f"<h2>Files</h2><ul>{rows}</ul></main></body></html>"
    )
