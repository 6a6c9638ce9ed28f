"""The money desk's books: days, differences, signatures that openssl checks, months, and money without a home."""

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certification.acts import invariants
from certification.cloud.tables.cases import cases
from certification.cloud.tables.orders import orders
from certification.cloud.transaction import commit
from local import seed, seed_guangdong
from local.staff import ApiStaff
from tests.journeys.stages import Stages
from tests.journeys.town import START, Town
from tests.statemachines.test_reconciliation import NEXT_MORNING, TODAY, card, day, reconcile

FEE = 13_500


def page(staff: ApiStaff, path: str = "", language: str = "en") -> str:
    answer = staff.awake().send("GET", f"/{language}/staff/books{path}", {"cookie": f"__Host-session={staff.session}"})
    return answer.body.decode().replace("\N{NO-BREAK SPACE}", " ")


def follow(staff: ApiStaff, path: str) -> bytes:
    """What lies behind a link of a page."""
    answer = staff.awake().send("GET", f"/en/staff/books{path}", {"cookie": f"__Host-session={staff.session}"})
    assert answer.status == 303, answer
    return staff.fetch(dict(answer.headers)["location"])


@pytest.fixture
def paid(town: Town, stages: Stages) -> Town:
    stages.at("registered")
    town.wait(NEXT_MORNING - town.clock.now())
    return town


@pytest.mark.rule("PAY-05")
def test_a_closed_day_is_shown_and_its_signature_is_checked_with_the_command_on_its_page(
    paid: Town, tmp_path: Path
) -> None:
    reconcile(paid)
    listed = page(paid.reviewer)
    assert "Questions that wait for a person: 0. Days that are late: 0." in listed
    assert "1 of the last 1 days are closed." in listed
    assert f'href="/en/staff/books/card/{TODAY}"' in listed
    shown = page(paid.reviewer, f"/card/{TODAY}")
    for said in ("Closed and signed", "USD 135.00", "USD 4.22", "openssl dgst -sha256 -verify books.pem"):
        assert said in shown
    files = {"summary": f"card-{TODAY}.json", "signature": f"card-{TODAY}.sig", "key": "books.pem"}
    for kind, name in files.items():
        (tmp_path / name).write_bytes(follow(paid.reviewer, f"/card/{TODAY}/{kind}"))
    assert checked(paid, tmp_path) == "Verified OK"
    summary = tmp_path / files["summary"]
    summary.write_bytes(summary.read_bytes().replace(b"13500", b"13501"))
    assert checked(paid, tmp_path) == "Verification failure"
    answer = paid.reviewer.call("GET", f"/api/staff/books/days/card/{TODAY}/signed")
    assert paid.reviewer.fetch(answer["key"]) == (tmp_path / "books.pem").read_bytes()


def checked(town: Town, folder: Path) -> str:
    """What the command says that the page gives, run where the three files lie."""
    from certification.portal.views import staff_books

    command = staff_books.day(seed.REVIEWER, "card", TODAY.isoformat(), "en").check
    assert command.replace("'", "&#39;").replace('"', "&#34;").replace("<", "&lt;") in page(
        town.reviewer, f"/card/{TODAY}"
    )
    told = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
    return told.stdout.strip().splitlines()[0]


def test_what_differs_is_proposed_linked_to_its_case_and_late_when_nobody_answers(paid: Town) -> None:
    events = card(paid)._bank.part("events")
    for name in [name for name, kept in events.items() if kept["event"]["type"] == "charge.succeeded"]:
        del events[name]
    reconcile(paid)
    assert "Expected in the next bill" in page(paid.reviewer, f"/card/{TODAY}")
    paid.wait(timedelta(days=1))
    reconcile(paid)
    second = TODAY + timedelta(days=1)
    (difference,) = day(second).differences
    shown = page(paid.reviewer, f"/card/{second}")
    for said in ("Waits for a person", "In our books, not in the bill", "its refunds stop", "USD 135.00", "nothing"):
        assert said in shown
    assert f'href="/en/staff/cases/{difference.case}"' in shown
    told = paid.reviewer.call("GET", f"/api/staff/books/days/card/{second}")
    assert (told["differences"][0]["case"], told["line"]["asked"]) == (difference.case, 1)
    assert "1 open of 1" in page(paid.reviewer)
    paid.reviewer.call("GET", f"/api/staff/books/days/card/{second}/signed", expect=404)
    paid.wait(timedelta(days=4))
    listed = page(paid.reviewer)
    assert "Open for more than three days" in listed
    assert "Late" in listed
    assert [one for one in invariants.prove() if one.startswith("days")] == [], "somebody was asked"
    commit([cases.delete(cases.read(difference.case))])
    assert [one for one in invariants.prove() if one.startswith("days")] == [
        f"days: card {second} is compared, and nobody was asked about it"
    ]


def test_a_day_is_not_late_before_three_days_have_passed(paid: Town) -> None:
    paid.cloud.simulators["card"].control("switch", {"name": "down"})
    reconcile(paid)
    ends = START.replace(hour=0) + timedelta(days=1)
    paid.wait(ends + timedelta(days=3) - timedelta(seconds=1) - paid.clock.now())
    assert [one for one in invariants.prove() if one.startswith("days")] == []
    paid.wait(timedelta(seconds=1))
    assert [one for one in invariants.prove() if one.startswith("days")] == [
        f"days: card {TODAY} is awaited, and nobody was asked about it"
    ]
    reconcile(paid)
    assert [one for one in invariants.prove() if one.startswith("days")] == []
    assert "The bill itself" in page(paid.reviewer, f"/card/{TODAY}")


def test_months_and_money_without_a_home_are_there_after_the_night(paid: Town) -> None:
    assert "there is none yet" in page(paid.reviewer)
    night(paid)
    shown = page(paid.reviewer)
    for said in ("2026-11", "23 November 2026", "There is none."):
        assert said in shown
    table = follow(paid.reviewer, "/months/2026-11/csv").decode()
    assert table.startswith("date,time,source")
    link = paid.reviewer.call("GET", "/api/staff/books/months/2026-11/beancount")["url"]
    assert b"Assets:Psp:Card  135.00 USD" in paid.reviewer.fetch(link)
    paid.reviewer.call("GET", "/api/staff/books/months/2026-10/csv", expect=404)


def night(town: Town) -> None:
    town.cloud.invoke("ExportBooksFunction", {"job": "export_books"})


def test_a_refund_that_waits_is_listed_and_late_a_day_after_its_date(town: Town, stages: Stages) -> None:
    candidate = stages.at("registered")
    town.cloud.simulators["card"].control("switch", {"name": "down"})
    candidate.awake().withdraw()
    town.settle()
    (refund,) = open_rows(town)
    assert (refund["kind"], refund["money"]["amount"], refund["late"]) == ("refund", 10_800, False)
    town.wait(timedelta(days=1, seconds=1))
    assert [row["late"] for row in open_rows(town)] == [True]
    shown = page(town.reviewer)
    assert f"Goes back: {refund['refund']}" in shown
    assert "Money past its date: 1." in shown


def test_money_that_waits_for_nothing_is_listed_with_its_age_and_what_to_do_and_the_proof_counts_it(
    town: Town, stages: Stages
) -> None:
    candidate = stages.at("registered")
    order = orders.read(candidate.awake().order()["number"])
    assert order.due is not None
    town.wait(order.due.at + timedelta(days=1) - town.clock.now())
    assert (open_rows(town), counted()) == ([], [])
    town.wait(timedelta(seconds=1))
    (row,) = open_rows(town)
    assert (row["kind"], row["money"]["amount"], row["days"], row["late"]) == ("unearned", FEE, 1, True)
    assert counted() == ["liabilities: 1 are past their date; the oldest is 1 days old"]
    assert "see whether the job of deadlines runs" in page(town.reviewer)
    assert "请检查截止时间任务是否运行" in page(town.reviewer, language="zh")
    commit([orders.update(order.changed(state="voided", due=None))])
    (row,) = open_rows(town)
    assert (row["kind"], row["order"], row["late"]) == ("closed", order.number, True)


def counted() -> list[str]:
    return [one for one in invariants.prove() if one.startswith("liabilities")]


def open_rows(town: Town) -> list[Any]:
    night(town)
    return list(town.reviewer.awake().call("GET", "/api/staff/books")["open"]["rows"])


def test_whoever_does_not_keep_the_money_finds_no_books(paid: Town) -> None:
    reconcile(paid)
    night(paid)
    city = ApiStaff(paid.cloud, seed_guangdong.CITY_EMAIL)
    for path in ("", f"/card/{TODAY}", f"/card/{TODAY}/summary", "/months/2026-11/csv"):
        assert "Page not found" in page(city, path)
    for path in ("", f"/days/card/{TODAY}", f"/days/card/{TODAY}/signed", "/months/2026-11/csv"):
        city.call("GET", f"/api/staff/books{path}", expect=404)
    assert "Page not found" in page(paid.reviewer, "/card/2026-01-01")
    assert "账务" in page(paid.reviewer, language="zh")
