"""An independent bank for tests: mock-bank on a port of the loopback, asked by HTTP."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mockbank.server import Config, make_server


class Bank:
    """A bank of another author: files in, files out, a clock that is moved."""

    def __init__(self, address: str) -> None:
        self._address = address

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request; `bytes` are sent as XML, anything else as JSON. The answer is JSON, a refusal's too."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        kind = "application/xml" if isinstance(body, bytes) else "application/json"
        asked = urllib.request.Request(self._address + path, sent, {"Content-Type": kind}, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as refused:  # a refusal is an answer too
            return json.loads(refused.read())

    def messages(self, kind: str) -> list[bytes]:
        """Every message of this kind that the bank has sent, oldest first."""
        rows = sorted(self.ask("GET", "/_mock/messages"), key=lambda row: int(row["id"]))
        return [row["body"].encode() for row in rows if row["type"].startswith(kind) and row["releasedAt"]]

    def days(self, count: int) -> None:
        """Move the bank's clock."""
        self.ask("POST", f"/_mock/advance?days={count}")


@contextmanager
def open_bank() -> Iterator[Bank]:
    """A fresh bank whose account ACME is in US dollars."""
    server = make_server(Config(port=0, quiet=True))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        bank = Bank(f"http://127.0.0.1:{server.server_address[1]}")
        bank.ask("PATCH", "/_mock/accounts/ACME", {"currency": "USD"})
        yield bank
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
