"""Looks at the signatures of reports that a candidate put together with other proofs."""

from certification.acts import report_signatures
from certification.cloud.handlers import Event, listener


@listener
def handler(detail: Event) -> None:
    report_signatures.check(detail["candidate"], detail["slot"])
