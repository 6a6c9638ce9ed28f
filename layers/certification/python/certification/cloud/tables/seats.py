"""Seats: one row per seat that was given away. The key is the seat, so no seat is given twice."""

from typing import Any

from pynamodb.attributes import UnicodeAttribute

from certification.cloud.tables.applications import Seat
from certification.cloud.tables.base import Record, Row, Table, meta


class GivenSeat(Record):
    """Who sits there."""

    sitting: str
    seat: Seat
    application: str
    candidate_number: str


class SeatRow(Row):
    class Meta:
        table_name = meta("Seats")

    sk = UnicodeAttribute(range_key=True)


class Seats(Table[GivenSeat]):
    name = "Seats"
    row = SeatRow
    record = GivenSeat

    def columns(self, record: GivenSeat) -> dict[str, Any]:
        seat = record.seat
        return {"pk": record.sitting, "sk": f"{seat.site}#{seat.room}#{seat.seat:04d}"}


seats = Seats()
