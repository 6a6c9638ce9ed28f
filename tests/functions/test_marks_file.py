"""A marks file of a thousand rows: thirteen of them bad in thirteen ways, and a good one that counts once."""

import csv
import io
import json
from typing import Any, NamedTuple

import boto3
import pytest

from certification.acts.release import staging
from certification.cloud import vault
from certification.cloud.outbox import outbox
from certification.cloud.settings import settings
from certification.cloud.tables.results import results
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit
from certification.rules.numbers import candidate_number
from local import seed
from tests.functions.stand import OFFICER, SECOND, SITTING, Stand

BOTH, THEORY = ["theory", "practical"], ["theory"]
KEY = f"marks/{SITTING}/sample.csv"
COLUMNS = ["sitting", "candidate_number", "subject", "mark"]
Line = list[str]


class Bad(NamedTuple):
    """What is written into a row in place of its good cells, and the code and column of the answer."""

    cells: dict[int, str]
    code: str
    column: str
    more: tuple[str, ...] = ()


def numbers() -> list[str]:
    """501 candidates: 499 with two subjects and two with theory only make 1,000 rows."""
    return [candidate_number(2026, 1, place) for place in range(1, 502)]


def subjects_of(place: int) -> list[str]:
    return THEORY if place >= 499 else BOTH


def good_lines() -> list[Line]:
    lines = [
        [SITTING, number, subject, f"{40 + place % 60}.5"]
        for place, number in enumerate(numbers())
        for subject in subjects_of(place)
    ]
    assert len(lines) == 1_000
    return lines


BAD = (
    Bad({1: "26010000422"}, "number_check", "candidate_number"),
    Bad({1: "2601"}, "number_form", "candidate_number"),
    Bad({1: candidate_number(2026, 1, 9_999)}, "candidate_unknown", "candidate_number"),
    Bad({2: "oral"}, "subject_unknown", "subject"),
    Bad({3: "100.5"}, "mark_out_of_range", "mark"),
    Bad({3: "eighty"}, "mark_not_a_number", "mark"),
    Bad({3: "85.55"}, "mark_too_precise", "mark"),
    Bad({3: "-3"}, "code_unknown", "mark"),
    Bad({3: ""}, "cell_empty", "mark"),
    Bad({0: "another-sitting"}, "wrong_sitting", "sitting"),
    Bad({1: candidate_number(2026, 1, 1), 2: "theory"}, "row_twice", "candidate_number"),
    Bad({}, "too_many_cells", "", ("surplus",)),
    Bad({1: candidate_number(2026, 1, 501), 2: "practical"}, "subject_not_taken", "subject"),
)


def as_csv(lines: list[Line]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([COLUMNS, *lines])
    return out.getvalue().encode("utf-8-sig")


@pytest.fixture
def seated(stand: Stand) -> Stand:
    """The exam is over and 501 candidates are on the frozen list; their applications do not matter here."""
    items = [
        {"application": f"APP-2026-{place:05d}X", "candidate_number": number, "subjects": subjects_of(place)}
        for place, number in enumerate(numbers())
    ]
    vault.write_lines_once(settings().vault, f"lists/frozen/{SITTING}.jsonl", items)
    sitting = sittings.read(SITTING)
    commit([sittings.update(sitting.changed(stage="seated", due=None))])
    stand.wait(sitting.dates.exam_over - stand.clock.now())
    return stand


def drop(stand: Stand, body: bytes, key: str = KEY, uploader: str = seed.OFFICER) -> dict[str, Any]:
    """The report of a dropped file, once the machine has read it."""
    seed.drop(stand.cloud, key, body, uploader)
    stand.cloud.settle()
    return dict(json.loads(vault.read(settings().staff_files, f"reports/{key}.json")))


def imported() -> int:
    return sum(entry.name == "MarksImported" for entry in outbox.everything())


@pytest.mark.rule("RES-01")
def test_thirteen_bad_rows_of_a_thousand_are_all_reported_and_nothing_is_changed(seated: Stand) -> None:
    lines = good_lines()
    expected = {}
    for number, bad in enumerate(BAD):
        place = 70 * number + 40
        for column, text in bad.cells.items():
            lines[place][column] = text
        lines[place] += bad.more
        expected[place + 2] = (bad.code, bad.column)
    report = drop(seated, as_csv(lines))
    assert (report["counts"], report["rows"]) == (False, 1_000)
    found = {one["row"]: (one["code"], one["column"]) for one in report["problems"] if one["row"]}
    assert found == expected
    assert all(one["en"] and one["zh"] for one in report["problems"])
    assert sittings.read(SITTING).marks is None
    assert list(results.everything()) == []
    assert imported() == 0
    assert not seated.cloud.undelivered


def test_the_bad_rows_come_as_a_sheet_for_the_desk_without_a_formula(seated: Stand) -> None:
    lines = good_lines()
    lines[0][3] = '=HYPERLINK("http://example.org")'
    drop(seated, as_csv(lines))
    sheet = vault.read(settings().staff_files, f"reports/{KEY}.problems.csv")
    assert sheet.startswith(b"\xef\xbb\xbf")
    (row,) = [row for row in csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"))) if row["row"] == "2"]
    assert (row["code"], row["value"][:2]) == ("mark_not_a_number", "'=")


@pytest.mark.rule("RES-01")
def test_a_good_file_counts_once_however_often_it_arrives(seated: Stand) -> None:
    body = as_csv(good_lines())
    for key in (KEY, KEY, f"marks/{SITTING}/again.csv"):
        report = drop(seated, body, key)
        assert (report["counts"], report["rows"], report["problems"]) == (True, 1_000, [])
    marks = sittings.read(SITTING).marks
    assert marks is not None
    assert (marks.rows, marks.imported_by, marks.file) == (1_000, seed.OFFICER, KEY)
    assert imported() == 1
    staged = list(results.within(staging(sittings.read(SITTING))))
    assert len(staged) == 501
    assert staged[0].marks == {"theory": "40.5", "practical": "40.5"}
    assert [one.passed for one in staged[:25]] == [False] * 20 + [True] * 5


def test_a_later_file_before_the_release_takes_the_place_of_the_first(seated: Stand) -> None:
    drop(seated, as_csv(good_lines()))
    first = sittings.read(SITTING).marks
    corrected = good_lines()
    corrected[0][3], corrected[1][3] = "-1", "−2"
    report = drop(seated, as_csv(corrected), f"marks/{SITTING}/corrected.csv")
    assert report["counts"] is True
    second = sittings.read(SITTING).marks
    assert first is not None
    assert second is not None
    assert first.id != second.id
    staged = results.read(staging(sittings.read(SITTING)), candidate_number(2026, 1, 1))
    assert (staged.marks, staged.passed) == ({"theory": "-1", "practical": "-2"}, False)


def test_a_bad_file_after_a_good_one_leaves_the_good_one_in_force(seated: Stand) -> None:
    drop(seated, as_csv(good_lines()))
    before = sittings.read(SITTING)
    assert drop(seated, as_csv(good_lines()[:-1]), f"marks/{SITTING}/short.csv")["counts"] is False
    assert sittings.read(SITTING) == before


@pytest.mark.rule("RES-05")
def test_who_is_missing_is_named_with_the_subject(seated: Stand) -> None:
    lines = good_lines()
    del lines[998], lines[3]
    report = drop(seated, as_csv(lines))
    missing = [(one["code"], one["value"]) for one in report["problems"]]
    assert missing == [
        ("candidate_missing", candidate_number(2026, 1, 2)),
        ("candidate_missing", candidate_number(2026, 1, 500)),
    ]
    assert "practical" in report["problems"][0]["en"]


@pytest.mark.parametrize(
    ("key", "uploader", "body", "code"),
    [
        (KEY, seed.REVIEWER, b"", "role_missing"),
        (KEY, "STF-nobody", b"", "uploader_unknown"),
        ("marks/unknown/sample.csv", seed.OFFICER, b"", "sitting_unknown"),
        ("marks/sample.csv", seed.OFFICER, b"", "sitting_unknown"),
        (KEY, seed.OFFICER, "sitting,candidate_number,subject,mark\n香".encode("gb18030"), "not_utf8"),
        (KEY, seed.OFFICER, b"sitting,candidate_number,subject\n", "column_missing"),
        (KEY, seed.OFFICER, b"", "empty"),
    ],
)
def test_a_file_that_cannot_be_used_is_answered_with_the_reason(
    seated: Stand, key: str, uploader: str, body: bytes, code: str
) -> None:
    report = drop(seated, body, key, uploader)
    assert code in {one["code"] for one in report["problems"]}
    assert report["counts"] is False
    assert imported() == 0


def test_a_file_without_an_uploader_is_not_used(seated: Stand) -> None:
    boto3.client("s3").put_object(Bucket=settings().staff_files, Key=KEY, Body=as_csv(good_lines()))
    seated.cloud.settle()
    report = json.loads(vault.read(settings().staff_files, f"reports/{KEY}.json"))
    assert [one["code"] for one in report["problems"]] == ["uploader_unknown"]


def test_marks_before_the_exam_is_over_are_refused(stand: Stand) -> None:
    report = drop(stand, as_csv(good_lines()))
    assert [one["code"] for one in report["problems"]] == ["too_early"]


def test_marks_after_the_release_was_decided_are_refused(seated: Stand) -> None:
    drop(seated, as_csv(good_lines()))
    path = f"/api/staff/sittings/{SITTING}/release"
    alone = seated.call("POST", path, session=seated.sign_in_staff(OFFICER))
    assert (alone.status, alone.code) == (422, "importer_may_not_release")
    session = seated.sign_in_staff(SECOND)
    for _ in range(2):
        assert seated.call("POST", path, session=session).body["stage"] == "releasing"
    assert sum(entry.name == "ReleaseDecided" for entry in outbox.everything()) == 1
    before = sittings.read(SITTING).marks
    seed.drop(seated.cloud, f"marks/{SITTING}/late.csv", as_csv(good_lines()[::-1]), seed.OFFICER)
    answer = seated.cloud.invoke("assay-read_marks", {"bucket": "assay-staff", "key": f"marks/{SITTING}/late.csv"})
    assert answer == {"sitting": SITTING, "rows": 0, "errors": 1}
    assert sittings.read(SITTING).marks == before
