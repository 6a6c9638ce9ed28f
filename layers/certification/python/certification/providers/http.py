"""HTTP: the only door through which adapters call out. Small on purpose: no retries, no redirects, short waits.

A caller must know whether a call may have been carried out, so failures before and after the request left are different
exceptions, and nobody repeats a call behind the caller's back.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

from certification.providers.ports import Lost, Unreachable

WAIT = urllib3.Timeout(connect=3, read=6)
LARGEST = 1_048_576
LARGEST_FILE = 128 * 1_048_576
"""For daily bills; everything else is small."""

# Hooks of the local chain, which counts calls and injects faults there: called with e.g. "POST https://host/path".
before_call: Callable[[str], None] | None = None
after_call: Callable[[str], None] | None = None

_pool = urllib3.PoolManager(retries=False)


@dataclass(frozen=True)
class Reply:
    """Status, headers with lower-case names, and the body as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; anything else is Lost, for we cannot tell what happened."""
        try:
            content = json.loads(self.body)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise Lost(f"the answer (status {self.status}) is not a JSON object")
        return content


def call(
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    *,
    largest: int = LARGEST,
) -> Reply:
    """One request, one answer of any status and at most `largest` bytes. Raises Unreachable or Lost."""
    name = f"{method} {url.partition('?')[0]}"
    if before_call is not None:
        before_call(name)
    reply = _send(method, url, headers or {}, body, name, largest)
    if after_call is not None:
        after_call(name)
    return reply


def _send(method: str, url: str, headers: Mapping[str, str], body: bytes | None, name: str, largest: int) -> Reply:
    # A frozen Lambda may wake after minutes: a connection kept open would be dead, and its failure would look like a
    # lost answer. Hence one connection per call, also where the other side does not repeat our "close".
    sent = {"Connection": "close", "User-Agent": "assay/1", **headers}
    try:
        answer = _pool.request(
            method, url, body=body, headers=sent, timeout=WAIT, redirect=False, preload_content=False
        )
        content = answer.read(largest + 1)
        answer.release_conn()
    except (
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
        urllib3.exceptions.NameResolutionError,
        urllib3.exceptions.LocationValueError,
    ) as reason:
        raise Unreachable(f"{name}: {type(reason).__name__}") from reason
    except urllib3.exceptions.HTTPError as reason:
        raise Lost(f"{name}: {type(reason).__name__}") from reason
    finally:
        _pool.clear()
    if len(content) > largest:
        raise Lost(f"{name}: the answer is longer than {largest} bytes")
    return Reply(answer.status, {key.lower(): value for key, value in answer.headers.items()}, content)
