"""Secrets of external bodies: lists, newest first, so that a rotation overlaps. Kept five minutes per process."""

import json
from datetime import datetime, timedelta

from certification.cloud import clients, clock, memory
from certification.cloud.settings import settings

KEPT = timedelta(minutes=5)
ANEW = timedelta(minutes=1)
_kept: dict[str, tuple[datetime, dict[str, list[str]]]] = {}
_anew: dict[str, datetime] = {}


def secret(name: str, field: str) -> list[str]:
    """The values of one field of a secret, newest first, e.g. `secret("card", "webhook")`."""
    now = clock.now()
    held = _kept.get(name)
    if held is None or not held[0] <= now < held[0] + KEPT:
        text = clients.secrets().get_secret_value(SecretId=settings().secret(name))["SecretString"]
        held = _kept[name] = (now, json.loads(text))
    return held[1][field]


def read_anew(name: str) -> bool:
    """Forget a secret that may have changed, so that its next use reads it. False, and nothing forgotten, when that was
    done less than a minute ago: whoever sends us rubbish cannot make us read all day."""
    now = clock.now()
    last = _anew.get(name)
    if last is not None and last <= now < last + ANEW:
        return False
    _anew[name] = now
    return _kept.pop(name, None) is not None


memory.remembers(_kept.clear)
memory.remembers(_anew.clear)
