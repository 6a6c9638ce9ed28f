"""Results: marks per candidate of a marks file (staged), and the released result versions."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from certification.cloud.tables.base import Record, Row, Table, meta


class Result(Record):
    """The marks of one application. Staged rows live under their import, released ones under their application.

    `marks` maps a subject to points or to a code of the policy (absent, violation); it is text because both are.
    """

    place: str
    entry: str
    application: str
    candidate_number: str
    marks: dict[str, str]
    passed: bool | None = None
    released_at: datetime | None = None
    policy_hash: str = ""


class ResultRow(Row):
    class Meta:
        table_name = meta("Results")

    sk = UnicodeAttribute(range_key=True)


class Results(Table[Result]):
    name = "Results"
    row = ResultRow
    record = Result

    def columns(self, record: Result) -> dict[str, Any]:
        return {"pk": record.place, "sk": record.entry}


results = Results()
