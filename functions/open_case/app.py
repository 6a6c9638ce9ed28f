"""Opens the case of a machine that could not go on. In: machine, state, subject, error. Out: case."""

from typing import Any

from certification.acts import cases
from certification.cloud.handlers import Event, step


@step
def handler(event: Event) -> Any:
    return {"case": cases.open_for_failed_machine(event["machine"], event["state"], event["subject"], event["error"])}
