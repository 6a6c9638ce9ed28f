"""Reports from the public. No session needed, and nothing is asked about who reports."""

from typing import Annotated

from pydantic import Field

from certification.acts import public_reports
from certification.api.bodies import Body, Code
from certification.cloud.doors import Routes
from certification.rules.model import Frozen
from certification.rules.reporting import LONGEST, LONGEST_WHO

routes = Routes("Reports", "/api/account")


class Report(Body):
    """Who the report is about, as the public list shows it, and what is known."""

    sitting: Code
    who: Annotated[str, Field(max_length=LONGEST_WHO + 20)]
    text: Annotated[str, Field(max_length=LONGEST + 100)]


class Receipt(Frozen):
    """The number under which the desk reads the report."""

    receipt: str


@routes.post("/reports")
def report_commitment(about: Report) -> Receipt:
    """Report a commitment that may be false. At most 5 reports in 15 minutes and 20 in a day from one network."""
    return Receipt(receipt=public_reports.report(about.sitting, about.who, about.text, routes.caller_address()[0]))
