"""Rates: the last good reference rate of each pair of currencies, and when its source was last asked."""

from datetime import datetime
from typing import Any

from certification.cloud.tables.base import Record, Row, Table, meta
from certification.rules.exchange import ReferenceRate


class KnownRate(Record):
    """`pair` is e.g. `USD/CNY`; `rate` is None until a source gave one that could be believed."""

    pair: str
    rate: ReferenceRate | None
    asked_at: datetime


class RateRow(Row):
    class Meta:
        table_name = meta("Rates")


class Rates(Table[KnownRate]):
    name = "Rates"
    row = RateRow
    record = KnownRate

    def columns(self, record: KnownRate) -> dict[str, Any]:
        return {"pk": record.pair}


rates = Rates()
