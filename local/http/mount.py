"""What the HTTP server carries besides the API: simulators of external bodies, each under `/_local/<name>/`."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from local.http.messages import Request, Response
from local.simulators import ALL, Context, alipay, card, registries, wechatpay

PREFIX = "/_local/"


class Simulator(Protocol):
    """An external body played on this machine. `name` is its place in the path, e.g. `card` for `/_local/card/`.

    It starts no thread: the pump calls `run_due` when `next_due` has come.
    """

    name: str

    def handle(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Answer one request, on any thread. `path` is what follows its place, with the query still on it."""

    def control(self, action: str, form: Mapping[str, str]) -> dict[str, Any]:
        """What the control room asks for; `status` tells everything. Unknown actions raise ValueError."""

    def dump(self) -> dict[str, Any]:
        """The state as plain JSON values."""

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a dumped state."""

    def next_due(self) -> datetime | None:
        """When `run_due` has something to do next."""

    def run_due(self) -> int:
        """Do everything that is due by now; how many things were done."""


class Body:
    """A simulator on the pump: what it posts later happens when the clock has come there."""

    def __init__(self, simulator: Simulator, now: Callable[[], datetime]) -> None:
        self.name = f"simulator {simulator.name}"
        self._simulator, self._now = simulator, now

    def step(self) -> bool:
        due = self.next_due()
        return due is not None and due <= self._now() and self._simulator.run_due() > 0

    def next_due(self) -> datetime | None:
        return self._simulator.next_due()

    def dump(self) -> dict[str, Any]:
        return self._simulator.dump()

    def load(self, state: dict[str, Any]) -> None:
        self._simulator.load(state)


def simulators(
    now: Callable[[], datetime], address: str, answer: Callable[[Request], Response], times: int = 1
) -> dict[str, Simulator]:
    """The simulators of `local.simulators` by name. What they post to `address` is answered by `answer`, `times` times."""

    def deliver(url: str, headers: Mapping[str, str], body: bytes) -> int:
        if not url.startswith(f"{address}/"):
            return 0
        host = address.removeprefix("http://")
        target = url.removeprefix(address)
        request = Request.of("POST", target, {"host": host, **headers}, body)
        return [answer(request).status for _ in range(times)][-1]

    made: dict[str, Simulator] = {}
    for kind in ALL:
        name = _name(kind)
        made[name] = kind(Context(now, deliver, f"{address}{PREFIX}{name}", address))
    return made


def handle(simulator: Simulator, request: Request) -> Response:
    """Pass a request below `/_local/<name>` to its simulator."""
    below = request.path.removeprefix(f"{PREFIX}{simulator.name}") or "/"
    target = f"{below}?{request.query}" if request.query else below
    status, headers, body = simulator.handle(request.method, target, request.headers, request.body)
    return Response(status, tuple(headers.items()), body)


def _name(kind: Any) -> str:
    """The class of a simulator knows its name before there is one."""
    return str(kind.name)


def parameters(address: str) -> dict[str, str]:
    """Values for the template's parameters on this machine: the outside is at `address`, its secrets are printed."""
    bodies = {f"{_name(kind).title()}Api": f"{address}{PREFIX}{_name(kind)}" for kind in ALL}
    secrets = {
        "CardApiKey": card.API_KEY,
        "CardWebhookSecret": card.ENDPOINT_SECRET,
        "RegistrySecret": registries.SECRET,
        "EducationSecret": registries.EDUCATION_SECRET,
    }
    gateway, orders = f"{address}{PREFIX}alipay/gateway.do", f"{address}{PREFIX}wechatpay"
    wallets = {
        "WalletsVia": "direct",
        "AlipayApi": gateway,
        "AlipayGlobalApi": gateway,
        "AlipayAccount": json.dumps(alipay.ACCOUNT),
        "WechatPayApi": orders,
        "WechatPayGlobalApi": orders,
        "WechatPayAccount": json.dumps(wechatpay.ACCOUNT),
        "RateSource": "ecb",
    }
    return {"PublicUrl": address, **bodies, **secrets, **wallets}


def declared_parameters(template: Path) -> set[str]:
    """The names under `Parameters:` of a template (its own short tags keep ordinary YAML readers away)."""
    found = re.search(r"^Parameters:\n((?:(?:[ \t#].*)?\n)*)", template.read_text(encoding="utf-8"), re.MULTILINE)
    return set(re.findall(r"^  (\w+):", found[1], re.MULTILINE)) if found else set()
