"""Staff: who may decide what, for which desks."""

from typing import Any, Literal

from certification.cloud.tables.base import Record, Row, Table, meta

Role = Literal["reviewer", "results_officer", "supervisor"]


class StaffMember(Record):
    """A member of staff. `email_index` is the blind index of the address; `desks` are the queues they serve."""

    id: str
    name: str
    email_index: str
    roles: tuple[Role, ...]
    desks: tuple[str, ...]


class StaffRow(Row):
    class Meta:
        table_name = meta("Staff")


class Staff(Table[StaffMember]):
    name = "Staff"
    row = StaffRow
    record = StaffMember

    def columns(self, record: StaffMember) -> dict[str, Any]:
        return {"pk": record.id}


staff = Staff()
