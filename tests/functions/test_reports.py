"""Reports from the public about commitments: taken without a name, sealed, limited, and decided by a desk."""

import re
from datetime import timedelta
from typing import Any

import pytest

from certification.cloud.tables.cases import cases
from tests.functions.browser import Browser
from tests.functions.committing import SITTING, People, publish, row
from tests.functions.stand import SITTING as CGPTC_SITTING
from tests.functions.stand import Stand

WHO, TEXT = "陈** 7K", "The graduation certificate is not genuine."


@pytest.fixture
def people(stand: Stand) -> People:
    """A stand with the sitting of Guangdong."""
    publish(stand)
    return People(stand)


def report(stand: Stand, **changes: Any) -> Any:
    body = {"sitting": SITTING, "who": WHO, "text": TEXT, **changes}
    return stand.call("POST", "/api/account/reports", body)


@pytest.mark.rule("CHK-11", "CHK-14")
def test_a_report_becomes_a_case_that_blocks_nobody_and_only_the_desk_reads_it(stand: Stand, people: People) -> None:
    receipt = report(stand).body["receipt"]
    assert report(stand, text=f" {TEXT.upper()} ").body["receipt"] == receipt  # the same report is the same case
    case = cases.read(receipt)
    assert (case.kind, case.blocks, case.about) == ("complaint", "nothing", SITTING)
    assert TEXT not in case.model_dump_json()
    stand.cloud.settle()
    assert (WHO not in stand.log, TEXT not in stand.log) == (True, True)
    shown = people.staff().read(receipt)
    assert shown["report"] == {"who": WHO, "text": TEXT}


@pytest.mark.rule("CHK-11")
def test_a_desk_opens_a_check_on_a_report_and_the_candidate_must_submit_proofs(stand: Stand, people: People) -> None:
    candidate = people.signed()
    receipt = report(stand).body["receipt"]
    staff = people.staff()
    browser = Browser(stand, None)
    browser.jar["__Host-session"] = staff.session
    page = browser.get(f"/staff/cases/{receipt}")
    assert (TEXT in page, "Open a check of a commitment" in page) == (True, True)
    browser.get(f"/staff/check?case={receipt}")
    assert "Enter the reference" in browser.post("/staff/check", reference="APP", why=receipt)
    browser.post("/staff/check", reference=candidate.reference, why=receipt)
    check = row(candidate).open_cases[0]
    assert (check.kind, cases.read(check.reference).facts["mode"]) == ("supervision_check", "key")
    assert candidate.commitment()["check"]["missing"] == ["education_proof", "work_proof"]
    people.decide(candidate, "approve", receipt)
    assert cases.read(receipt).decision is not None


@pytest.mark.rule("CHK-11")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": "x" * 19}, "report_length"),
        ({"text": "x" * 1001}, "report_length"),
        ({"who": " "}, "who_length"),
        ({"who": "x" * 101}, "who_length"),
        ({"sitting": CGPTC_SITTING}, "reports_not_taken"),
        ({"sitting": "nowhere"}, "not_found"),
    ],
)
@pytest.mark.usefixtures("people")
def test_what_is_no_report_is_refused_with_its_reason(stand: Stand, changes: dict[str, str], code: str) -> None:
    assert report(stand, **changes).code == code
    assert report(stand, text="x" * 20).status == report(stand, text="字" * 1000).status == 200


@pytest.mark.rule("CHK-11")
@pytest.mark.usefixtures("people")
def test_one_network_sends_five_reports_in_a_quarter_of_an_hour(stand: Stand) -> None:
    answers = [report(stand, text=f"{TEXT} {number}") for number in range(6)]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert report(stand, text=f"{TEXT} 0").status == 200  # a report that is known is no new one
    stand.wait(timedelta(minutes=15))
    assert report(stand, text=f"{TEXT} 6").status == 200


@pytest.mark.rule("CHK-11", "CHK-14")
@pytest.mark.usefixtures("people")
def test_anybody_reports_on_a_page_without_signing_in(stand: Stand) -> None:
    browser = Browser(stand, None)
    page = browser.get("/report")
    assert "You do not have to say who you are" in page
    assert "20 to 1,000" in page or "20 to 1000" in page
    assert "Choose the exam" in browser.post("/report", who=WHO, text=TEXT)
    thanks = browser.post("/report", sitting=SITTING, who=WHO, text=TEXT)
    assert re.search(r"CASE-[0-9A-F]{12}", thanks)
    assert "举报不实承诺" in Browser(stand, None, "zh").get("/report")
