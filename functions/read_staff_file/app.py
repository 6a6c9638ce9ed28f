"""Reads a file that staff dropped."""

from certification.acts import staff_files
from certification.cloud.handlers import Event, listener


@listener
def handler(detail: Event) -> None:
    staff_files.read(detail["object"]["key"])
