"""Every private patch of moto, in one place: what moto 5.2.5 gets wrong that our system would notice.

moto holds the state of resources; it never moves an event. `install` starts moto and changes the points listed in
`PATCHES`, each asserted against moto's own signature at import: another version of moto fails loudly here and not
quietly somewhere else. `uninstall` puts everything back and throws moto's state away.

What callers may rely on:

* one global lock (`LOCK`, re-entrant) around every call; `on_event` runs inside it, so it may only take notes;
* DynamoDB: `ClientRequestToken` is honoured for ten minutes, a failed transaction undoes the keys it touched, a
  stream tells one record per change and none for a write that changed nothing (`stream_records`);
* EventBridge: an event that matches an enabled rule is handed to `on_event(rule name, bus name, event)`;
  `Object Created` and `Object Deleted` of buckets with EventBridge switched on arrive the same way, on `default`;
* SQS: visibility, delay and retention follow our clock, and a poll never waits (it would hold the lock);
* KMS: a disabled key or one that awaits deletion refuses to work, and `MessageType=DIGEST` signs the digest;
* the times that moto and botocore write (streams, objects, events, signatures) come from our clock.
"""

import os
from typing import Any

import moto
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

from local.clock import Clock
from local.moto_patches import dynamodb, events, keys, queues, speed, times
from local.moto_patches.dynamodb import stream_records
from local.moto_patches.events import Deliver
from local.moto_patches.queues import next_message_at
from local.moto_patches.shared import LOCK, Patch, shared

__all__ = ["CREDENTIALS", "LOCK", "PATCHES", "install", "installed", "next_message_at", "stream_records", "uninstall"]

MOTO_VERSION = "5.2.5"

CREDENTIALS = {"FOOBARKEY": "FOOBARSECRET"}
"""Access key and secret that moto puts into the environment while it runs: what local signatures are made with."""


def _locked(original: Any) -> Any:
    def process_request(stubber: Any, request: Any) -> Any:
        with LOCK:
            return original(stubber, request)

    return process_request


PATCHES: tuple[Patch, ...] = (
    Patch(BotocoreStubber, "process_request", "self, request", _locked),
    *dynamodb.PATCHES,
    *events.PATCHES,
    *queues.PATCHES,
    *keys.PATCHES,
    *times.PATCHES,
    *speed.PATCHES,
)

if moto.__version__ != MOTO_VERSION:
    raise ImportError(f"local/moto_patches is written for moto {MOTO_VERSION}, but {moto.__version__} is installed")
for _patch in PATCHES:
    _patch.check()

_mock = mock_aws()

# botocore's list of regions knows no SES in ap-southeast-1, so moto would refuse it. Where letters really leave from is a
# decision of the template; here they may leave from the stack's own region.
_ANY_REGION = "MOTO_ALLOW_NONEXISTENT_REGION"


def installed() -> bool:
    """Whether moto runs with our patches in this process."""
    return shared.clock is not None


def install(clock: Clock, on_event: Deliver) -> None:
    """Start moto with empty state and every patch in place. `on_event` must return at once: it runs under `LOCK`."""
    if installed():
        raise RuntimeError("moto's patches are installed already: uninstall() first")
    shared.clock, shared.on_event = clock, on_event
    for patch in PATCHES:
        patch.apply()
    os.environ[_ANY_REGION] = "true"
    _mock.start()


def uninstall() -> None:
    """Stop moto, drop its state and put its own methods back. Nothing happens when nothing is installed."""
    if not installed():
        return
    _mock.stop()
    os.environ.pop(_ANY_REGION, None)
    for patch in PATCHES:
        patch.undo()
    shared.clock = shared.on_event = None
