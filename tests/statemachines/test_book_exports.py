"""Exports for accounting: every month once, whole days only, and the same sums as the ledger."""

import csv
import hashlib
import io
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from beancount import loader

from certification.acts import book_exports, invariants
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.ledger import ledger
from tests.journeys.stages import Stages
from tests.journeys.town import Town

FEE = 13_500


def export(town: Town, at: datetime) -> tuple[book_exports.Export, ...]:
    """The nightly job at this instant, and what was written by then."""
    town.wait(at - town.clock.now())
    town.cloud.invoke("ExportBooksFunction", {"job": "export_books"})
    return book_exports.index().exports


def place(month: str, form: str) -> str:
    (found,) = [one for one in book_exports.index().exports if one.month == month]
    return book_exports.place(found, form)


def text(month: str, form: str) -> str:
    return vault.read(settings().vault, place(month, form)).decode()


def rows(month: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(month, "csv"))))


def test_a_month_holds_whole_days_is_closed_when_it_is_over_and_stays_as_it_is(town: Town, stages: Stages) -> None:
    stages.at("registered")
    (first,) = export(town, datetime(2026, 11, 23, 15, 59, tzinfo=UTC))
    assert (first.month, first.until, first.entries) == ("2026-11", date(2026, 11, 22), 0), "the day is not over"
    (second,) = export(town, datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
    assert (second.until, second.over, second.entries) == (date(2026, 11, 23), False, 1)
    assert [(row["account"], row["debit"], row["credit"]) for row in rows("2026-11")] == [
        ("Liabilities:Candidate", "", "135.00"),
        ("Assets:Psp:Card", "135.00", ""),
    ]
    assert {row["date"] for row in rows("2026-11")} == {"2026-11-23"}
    closed, *_ = export(town, datetime(2026, 11, 30, 18, 30, tzinfo=UTC))
    assert (closed.month, closed.until, closed.over) == ("2026-11", date(2026, 11, 30), True)
    body = text("2026-11", "csv")
    assert hashlib.sha256(body.encode()).hexdigest() == closed.sha256["csv"]
    december, november = export(town, datetime(2026, 12, 1, 18, 30, tzinfo=UTC))
    assert (december.month, december.entries, november) == ("2026-12", 0, closed)
    assert loader.load_string(text("2026-11", "beancount") + text("2026-12", "beancount"))[1] == []


def test_a_month_that_was_missed_is_written_when_the_job_comes_back(town: Town, stages: Stages) -> None:
    stages.at("registered")
    december, november = export(town, datetime(2026, 12, 3, 18, 30, tzinfo=UTC))
    assert (december.month, november.month, november.over, november.entries) == ("2026-12", "2026-11", True, 1)


def test_written_again_it_is_the_same(town: Town, stages: Stages) -> None:
    stages.at("registered")
    at = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    once = (export(town, at), text("2026-11", "csv"), text("2026-11", "beancount"))
    assert (export(town, at), text("2026-11", "csv"), text("2026-11", "beancount")) == once


class Stopped(BaseException):
    """The process ends."""


BEFORE, TONIGHT = datetime(2026, 11, 23, 15, 50, tzinfo=UTC), datetime(2026, 11, 30, 15, 50, tzinfo=UTC)
TOMORROW = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
"""Before the day of the payment is over; ten minutes before the month is over in the books' zone, and after it."""


@pytest.mark.parametrize("how", ["killed before", "killed after", "overtaken"])
def test_killed_at_any_call_or_overtaken_there_by_the_next_nights_run_it_leaves_whole_files_and_ends_the_same(
    town: Town, stages: Stages, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    stages.at("registered")
    clean, write, calls, struck_at = export(town, TOMORROW), vault.write, list[str](), [0]

    def writes(bucket: str, key: str, body: bytes, content_type: str) -> str:
        calls.append(key)
        struck = len(calls) == struck_at[0]
        if struck and how == "killed before":
            raise Stopped
        done = write(bucket, key, body, content_type)
        if struck and how == "killed after":
            raise Stopped
        if struck and how == "overtaken":
            town.clock.instant = TOMORROW
            assert export(town, TOMORROW) == clean
            town.clock.instant = TONIGHT
        return done

    for at in (1, 2, 3, 4):
        stages.at("registered")
        assert export(town, BEFORE)[0].entries == 0
        town.clock.instant, struck_at[0] = TONIGHT, at
        calls.clear()
        monkeypatch.setattr(vault, "write", writes)
        with suppress(Stopped):
            book_exports.run()
        monkeypatch.setattr(vault, "write", write)
        assert list(book_exports.differences(ledger.everything())) == [], calls
        assert export(town, TOMORROW) == clean, calls
        assert list(book_exports.differences(ledger.everything())) == []


def test_a_table_that_does_not_sum_to_the_ledger_is_found_at_night(town: Town, stages: Stages) -> None:
    stages.at("registered")
    export(town, datetime(2026, 11, 24, 18, 30, tzinfo=UTC))
    assert list(book_exports.differences(ledger.everything())) == []
    changed = text("2026-11", "csv").replace("135.00", "136.00", 1).encode()
    vault.write(settings().vault, place("2026-11", "csv"), changed, "text/csv")
    found = invariants.prove()
    assert "exports: the table of 2026-11 is not the one that was written" in found
    assert "exports: the table of 2026-11 and the ledger do not sum alike" in found
    assert {case.kind for case in town.cases()} == {"review", "failed_machine"}
    vault.write(settings().vault, place("2026-11", "csv"), b"", "text/csv")
    export(town, town.clock.now())
    assert list(book_exports.differences(ledger.everything())) == []
