"""Which Retry or Catch block takes an error, and how long a retry waits.

Source: the developer guide's page on error handling. States.DataLimitExceeded is not covered by a wildcard,
States.Runtime by nothing at all, and States.TaskFailed covers everything but States.Timeout.
"""

import hashlib
from typing import Any

DEFAULTS = {"IntervalSeconds": 1, "BackoffRate": 2.0, "MaxAttempts": 3}


def covers(names: list[str], error: str) -> bool:
    """Whether an ErrorEquals list covers this error name."""
    if error == "States.Runtime":
        return False
    if error in names:
        return True
    if error == "States.DataLimitExceeded":
        return False
    return "States.ALL" in names or ("States.TaskFailed" in names and error != "States.Timeout")


def first_covering(blocks: list[dict[str, Any]], error: str) -> int | None:
    """The position of the first retrier or catcher that covers the error; later ones are not asked."""
    return next((at for at, block in enumerate(blocks) if covers(block["ErrorEquals"], error)), None)


def attempts_of(retrier: dict[str, Any]) -> int:
    """How many times this retrier tries again."""
    return int({**DEFAULTS, **retrier}["MaxAttempts"])


def delay(retrier: dict[str, Any], made: int, seed: str = "") -> float:
    """Seconds before the retry that follows `made` earlier ones.

    With full jitter the wait is a share of the whole, drawn from `seed`: a run that is repeated waits the same.
    Without a seed the longest possible wait is given.
    """
    values = {**DEFAULTS, **retrier}
    seconds: float = values["IntervalSeconds"] * values["BackoffRate"] ** made
    seconds = min(seconds, float(retrier.get("MaxDelaySeconds", seconds)))
    if seed and retrier.get("JitterStrategy") == "FULL":
        return seconds * int(hashlib.sha256(seed.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
    return seconds
