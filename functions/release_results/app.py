"""Releases the results of a batch. In: sitting, items. Out: released."""

from typing import Any

from certification.acts import release
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"released": release.release(event["sitting"], event["items"])}
