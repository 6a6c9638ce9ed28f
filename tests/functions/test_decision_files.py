"""Decisions and sittings by file: the whole file is right, or nothing of it happens and every row that is wrong is named."""

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from certification.acts import review
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import applications
from certification.cloud.tables.cases import cases
from certification.cloud.tables.staff import StaffMember, staff
from certification.cloud.transaction import commit
from certification.rules.review import Decision, Verdict
from local import seed
from local.staff import ApiStaff
from tests.functions.stand import OFFICER, REVIEWER, Stand
from tests.functions.test_candidate_profile import post_file

DECISIONS = "decisions/cgptc/sample.csv"


def drop(stand: Stand, text: str, uploader: str = seed.REVIEWER, key: str = DECISIONS) -> dict[str, Any]:
    return drop_bytes(stand, text.encode(), uploader, key)


def drop_bytes(stand: Stand, data: bytes, uploader: str = seed.REVIEWER, key: str = DECISIONS) -> dict[str, Any]:
    seed.drop(stand.cloud, key, data, uploader)
    stand.cloud.settle()
    email = REVIEWER if key.startswith("decisions/") else OFFICER
    return dict(stand.call("GET", f"/api/staff/files/report?key={key}", session=stand.sign_in_staff(email)).body)


def rows(*lines: str) -> str:
    return "\n".join(("application,decision,reasons,note", *lines)) + "\n"


@pytest.mark.rule("CHK-02", "CHK-03")
def test_a_file_decides_many_at_once(stand: Stand) -> None:
    first, second = stand.in_review(), stand.in_review()
    report = drop(
        stand,
        rows(
            f"{first.reference},approve,,",
            f'{second.reference.lower()},return,name_differs; photo_not_recent,"Two things, please."',
        ),
    )
    assert (report["counts"], report["rows"], report["problems"]) == (True, 2, [])
    assert (first.status(), second.status()) == ("awaiting_payment", "returned")
    assert [reason["code"] for reason in second.now()["returned"]["reasons"]] == ["photo_not_recent", "name_differs"]
    decision = cases.read(stand.case_of(first)).decision
    assert decision is not None
    assert (decision.by, decision.decided_by) == ("file", seed.REVIEWER)


def test_one_bad_row_and_nothing_of_the_file_happens(stand: Stand) -> None:
    people = [stand.in_review() for _ in range(3)]
    good, returned, twice = (person.reference for person in people)
    report = drop(
        stand,
        rows(
            f"{good},approve,,",
            f"{returned},return,,",
            f"{returned[:-1]}{'A' if returned[-1] != 'A' else 'B'},approve,,",
            "APP-2026-04187T,approve,,",
            f"{twice},approve,,",
            f"{twice},approve,,",
            f"{good},perhaps,,",
            f"{good},reject,name_differs,",
            ",approve,,",
        ),
    )
    assert report["counts"] is False
    assert {(one["row"], one["code"]) for one in report["problems"]} >= {
        (3, "reason_missing"),
        (4, "number_check"),
        (5, "not_waiting"),
        (7, "row_twice"),
        (8, "decision_unknown"),
        (9, "reject_on_page"),
        (10, "cell_empty"),
    }
    assert [person.status() for person in people] == ["awaiting_review"] * 3
    assert not [case for case in cases.everything() if case.decision]


def workbook(*lines: tuple[object, ...], more: bool = False) -> bytes:
    """An XLSX file as a spreadsheet program saves it."""
    book = openpyxl.Workbook()
    sheet = book.active
    for line in lines:
        sheet.append(line)
    if more:
        book.create_sheet("notes").append(("nobody reads this",))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEADER = ("application", "decision", "reasons", "note")


@pytest.mark.rule("CHK-02", "CHK-03")
def test_a_workbook_decides_as_a_csv_does(stand: Stand) -> None:
    first, second = stand.in_review(), stand.in_review()
    report = drop_bytes(
        stand,
        workbook(
            HEADER,
            (first.reference, "approve", None, None),
            (second.reference, "return", "name_differs", "请核对姓名。"),
            (None, None, None, None),
            more=True,
        ),
    )
    assert (report["counts"], report["rows"], report["problems"]) == (True, 2, [])
    assert (first.status(), second.status()) == ("awaiting_payment", "returned")
    assert second.now()["returned"]["note"] == "请核对姓名。"


def test_every_bad_row_of_a_workbook_is_in_one_report_and_nothing_happens(stand: Stand) -> None:
    candidate = stand.in_review()
    report = drop_bytes(
        stand,
        workbook(
            HEADER,
            (candidate.reference, "approve", None, None),
            (candidate.reference, "=1+1", None, None),
            (4187, "approve", None, None),
            (None, "approve", None, None),
        ),
    )
    assert report["counts"] is False
    assert {(one["row"], one["code"]) for one in report["problems"]} >= {
        (3, "decision_unknown"),
        (4, "number_form"),
        (5, "cell_empty"),
    }
    assert candidate.status() == "awaiting_review"


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 not a zip", "not_xlsx"),
        (zipped("notes.txt", b"hello"), "not_xlsx"),
        (zipped("xl/workbook.xml", b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>"), "not_xlsx"),
        (zipped("xl/worksheets/sheet1.xml", b" " * (60 * 1024 * 1024 + 1)), "workbook_too_large"),
        (workbook(("application", "decision")), "column_missing"),
        (workbook(), "empty"),
    ],
    ids=["broken", "another zip", "with entities", "a bomb", "other columns", "empty"],
)
def test_a_workbook_that_cannot_be_used_is_answered_with_the_reason(stand: Stand, data: bytes, code: str) -> None:
    report = drop_bytes(stand, data)
    assert code in {one["code"] for one in report["problems"]}
    assert not stand.cloud.invoker.failures


@pytest.mark.parametrize(
    ("text", "uploader", "key", "code"),
    [
        (rows(), "STF-officer", DECISIONS, "role_missing"),
        (rows(), "STF-nobody", DECISIONS, "uploader_unknown"),
        (rows(), "STF-reviewer", "decisions/unknown/sample.csv", "scheme_unknown"),
        ("", "STF-reviewer", DECISIONS, "empty"),
        ("application;decision\n", "STF-reviewer", DECISIONS, "column_missing"),
        ('application,decision,reasons,note\n"', "STF-reviewer", DECISIONS, "not_csv"),
        ("{", "STF-officer", "sittings/sample.json", "not_json"),
        ("{}", "STF-officer", "sittings/sample.json", "missing"),
        ("{}", "STF-reviewer", "sittings/sample.json", "role_missing"),
    ],
)
def test_a_file_that_cannot_be_used_is_answered_with_the_reason(
    stand: Stand, text: str, uploader: str, key: str, code: str
) -> None:
    report = drop(stand, text, uploader, key)
    assert report["counts"] is False
    assert code in {one["code"] for one in report["problems"]}
    assert not stand.cloud.undelivered
    assert not stand.cloud.invoker.failures


def test_a_file_by_the_form_says_who_dropped_it(stand: Stand) -> None:
    candidate = stand.in_review()
    reviewer = ApiStaff(stand.cloud, REVIEWER)
    reviewer.sign_in()
    key = reviewer.drop("decisions", rows(f"{candidate.reference},approve,,").encode(), "cgptc")
    assert stand.call("GET", f"/api/staff/files/report?key={key}", session=reviewer.session).status == 404
    stand.cloud.settle()
    assert reviewer.report(key)["counts"] is True
    assert candidate.status() == "awaiting_payment"


def test_the_form_fixes_who_drops_the_file(stand: Stand) -> None:
    session = stand.sign_in_staff(REVIEWER)
    form = stand.call("POST", "/api/staff/files/decisions/cgptc", session=session).body
    assert form["fields"]["x-amz-meta-uploader"] == "STF-reviewer"
    for fields in (
        {**form["fields"], "x-amz-meta-uploader": "STF-officer"},
        {name: value for name, value in form["fields"].items() if name != "x-amz-meta-uploader"},
        {**form["fields"], "key": "marks/x/y.csv"},
    ):
        assert post_file(stand, {**form, "fields": fields}, b"x", "text/csv") == 403
    assert post_file(stand, form, b"x", "text/csv") in (200, 201, 204)


def colleague() -> StaffMember:
    """Another reviewer of the desk."""
    found = staff.find(seed.SECOND)
    assert found is not None
    return found


@pytest.mark.rule("CHK-03")
def test_a_row_that_cannot_be_decided_now_keeps_the_whole_file_from_counting(stand: Stand) -> None:
    good, held, proposed = (stand.in_review() for _ in range(3))
    review.keep(colleague(), stand.case_of(held))
    rejected = Decision(verdict=Verdict.REJECT, decided_by=seed.SECOND, reasons=("name_differs",), note="Look.")
    review.decide(colleague(), stand.case_of(proposed), rejected)
    everyone = [f"{one.reference},approve,," for one in (good, held, proposed)]
    report = drop(stand, rows(*everyone, "nothing,approve,,"))
    assert (report["counts"], report["rows_in_force"]) == (False, 0)
    assert [(one["row"], one["code"]) for one in report["problems"]] == [
        (3, "not_yours_to_decide"),
        (4, "waits_for_second"),
        (5, "number_form"),
    ]
    assert good.status() == "awaiting_review"
    assert not [case for case in cases.everything() if case.decision]


def test_a_file_decides_only_cases_of_its_own_scheme_that_wait_at_the_readers_desks(stand: Stand) -> None:
    candidate = stand.in_review()
    other = drop(stand, rows(f"{candidate.reference},approve,,"), key="decisions/guangdong/sample.csv")
    away = StaffMember(
        id="STF-away", name="Sample", email_index="sample-away", roles=("reviewer",), desks=("guangzhou",)
    )
    commit([staff.insert(away)])
    elsewhere = drop(stand, rows(f"{candidate.reference},approve,,"), uploader=away.id, key="decisions/cgptc/away.csv")
    assert [one["code"] for one in (*other["problems"], *elsewhere["problems"])] == ["not_waiting", "not_waiting"]
    assert candidate.status() == "awaiting_review"


def test_a_file_whose_reader_died_on_the_way_is_read_to_its_end(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [stand.in_review() for _ in range(3)]
    text = rows(*(f"{one.reference},approve,," for one in people))
    decide, calls = review.decide, []

    def die(*arguments: Any, **options: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise RuntimeError("the reader was killed")
        decide(*arguments, **options)

    monkeypatch.setattr(review, "decide", die)
    seed.drop(stand.cloud, DECISIONS, text.encode(), seed.REVIEWER)
    stand.cloud.settle()
    assert [one.status() for one in people].count("awaiting_payment") == 1
    stand.skip(stand.clock.now() + timedelta(hours=1))  # the queue delivers again
    session = stand.sign_in_staff(REVIEWER)
    report = stand.call("GET", f"/api/staff/files/report?key={DECISIONS}", session=session).body
    assert (report["counts"], report["rows"], report["problems"]) == (True, 3, [])
    assert [one.status() for one in people] == ["awaiting_payment"] * 3
    again = drop(stand, text)  # and once more when all is over
    assert (again["counts"], again["rows"]) == (True, 3)
    assert all(len(applications.read(one.reference).orders) == 1 for one in people)


def test_what_somebody_did_while_a_file_was_applied_is_named_and_the_rest_counts(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = stand.in_review(), stand.in_review()
    decide = review.decide

    def be_slow(member: StaffMember, case: str, *more: Any, **options: Any) -> None:
        if case == stand.case_of(second):
            returned = Decision(verdict=Verdict.RETURN, decided_by=seed.SECOND, reasons=("name_differs",))
            decide(colleague(), case, returned)
        decide(member, case, *more, **options)

    monkeypatch.setattr(review, "decide", be_slow)
    report = drop(stand, rows(f"{first.reference},approve,,", f"{second.reference},approve,,"))
    assert (report["counts"], report["rows_in_force"]) == (False, 1)
    assert [(one["row"], one["code"]) for one in report["problems"]] == [(3, "already_decided")]
    assert (first.status(), second.status()) == ("awaiting_payment", "returned")


def test_a_note_stays_as_it_was_written_and_a_formula_is_none(stand: Stand) -> None:
    candidate = stand.in_review()
    note = "姓名（与证件）不一致，请更正：“㈱”"
    for bad in ("=HYPERLINK(1)", "＝A1"):
        report = drop_bytes(stand, workbook(HEADER, (candidate.reference, "return", "name_differs", bad)))
        assert [(one["row"], one["column"], one["code"]) for one in report["problems"]] == [(2, "note", "formula")]
    assert drop(stand, rows(f"{candidate.reference},return,name_differs,{note}"))["counts"] is True
    assert candidate.now()["returned"]["note"] == note


def test_the_report_for_a_spreadsheet_computes_nothing(stand: Stand) -> None:
    drop(stand, rows("=1+1,approve,,", "＋1,approve,,", "@x,approve,,"))
    found = vault.read(settings().staff_files, f"reports/{DECISIONS}.problems.csv").decode("utf-8-sig")
    shown = [line["value"] for line in csv.DictReader(io.StringIO(found))]
    assert shown == ["'=1+1", "'+1", "'@x"]
