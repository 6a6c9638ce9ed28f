"""One person from an empty browser to a certificate anybody can check, by what the pages say."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from local import seed
from local.cloud import LocalCloud
from tests.browser.walker import Walker, must_be_good, settle

EMAIL = "first@candidate.test"


@pytest.mark.rule("REG-02", "VFY-01", "TIC-01")
def test_from_signing_up_to_a_verified_certificate(window: Callable[..., Walker], cloud: LocalCloud) -> None:
    candidate, staff = window(), window()
    candidate.sign_in(EMAIL, "+852 5123 1001")
    candidate.go(f"/exams/{seed.SITTING}")
    candidate.press("Apply for this exam")
    home = candidate.path.removeprefix("/en")
    arrived(candidate, "Next: What you apply for")
    candidate.fill_in("SAMPLE1001", name="䶮𬭼·样本")
    arrived(candidate, "Next: Check your answers and submit")
    candidate.hand_in()
    candidate.page.reload()
    arrived(candidate, "We review your application")
    approve(staff)
    candidate.page.reload()
    assert candidate.next.startswith("Approved. Pay USD")
    pay(candidate)
    assert candidate.heading == "Paid. You are registered"
    candidate.go(home)
    arrived(candidate, "You are registered")
    look_at_part_refund(staff, home.rpartition("/")[2])

    number = wait_for_ticket(candidate, home)
    upload_marks(staff, number)
    release(staff)
    later(cloud, timedelta(hours=8))
    come_back(candidate, home)
    arrived(candidate, "Your certificate is ready")
    candidate.press("Download your certificate (PDF)")
    must_be_good(candidate, "service notice")
    candidate.page.locator('[name="accept"]').check()
    candidate.submit()
    assert candidate.path == f"/en{home}"
    assert download(candidate, "Download your certificate (PDF)").startswith(b"%PDF")
    check(window(), re.search(r"Its number is (\S+)\.", candidate.page.inner_text(".app-next"))[1])  # type: ignore[index]


def arrived(candidate: Walker, words: str) -> None:
    """The box at the top says what comes next."""
    assert candidate.next == words
    must_be_good(candidate, words)
    candidate.shot(f"journey-{re.sub('[^a-z]+', '-', words.lower()).strip('-')}")


def look_at_part_refund(reviewer: Walker, application: str) -> None:
    """The money desk finds the payment, mistypes, and sees what would be left; it asks for nothing."""
    reviewer.go(f"/staff/payments?of={application}")
    must_be_good(reviewer, "payments found")
    reviewer.page.locator("tbody a").first.click()
    must_be_good(reviewer, "part refund")
    reviewer.pick(because="goodwill")
    reviewer.fill(amount="0")
    reviewer.press("See what would be left")
    must_be_good(reviewer, "part refund with an error")
    reviewer.fill(amount="1.00")
    reviewer.press("See what would be left")
    must_be_good(reviewer, "what would be left")


def approve(reviewer: Walker) -> None:
    reviewer.sign_in_as_staff(seed.REVIEWER_EMAIL)
    reviewer.press("Take the next case")
    reviewer.pick(verdict="approve")
    reviewer.submit()


def pay(candidate: Walker) -> None:
    candidate.press("Go to payment")
    must_be_good(candidate, "payment")
    path = candidate.path.removeprefix("/en")
    candidate.go(f"{path}/transfer")
    must_be_good(candidate, "paying by transfer")
    candidate.go(path)
    candidate.go(f"{path}/return")
    must_be_good(candidate, "waiting for the payment")
    candidate.page.go_back()
    candidate.press("with WeChat Pay")
    must_be_good(candidate, "the code to scan")
    candidate.shot("journey-code")
    candidate.follow("Back to the payment page")
    candidate.press("Go to the card payment")
    candidate.page.get_by_text("4242").click()
    candidate.page.get_by_role("button").first.click()
    candidate.page.wait_for_load_state()
    settle(candidate.cloud)
    candidate.page.reload()


def wait_for_ticket(candidate: Walker, home: str) -> str:
    """Through closing, draw and opening of the tickets; gives the candidate number."""
    cloud = candidate.cloud
    later(cloud, timedelta(days=15))
    for _ in range(5):
        later(cloud, timedelta(hours=7))
    come_back(candidate, home)
    arrived(candidate, "Your seat is drawn")
    later_at(cloud, datetime.fromisoformat("2027-01-04T02:00:00+00:00"))
    come_back(candidate, home)
    arrived(candidate, "Download your admission ticket")
    assert download(candidate, "Download your ticket (PDF)").startswith(b"%PDF")
    row = candidate.page.locator(".govuk-summary-list__row", has_text="Candidate number")
    return row.locator("dd").inner_text().strip()


def upload_marks(staff: Walker, number: str) -> None:
    """First a file with a mistake, then the right one, both through the page."""
    later_at(staff.cloud, datetime.fromisoformat("2027-01-12T02:00:00+00:00"))
    staff.sign_in_as_staff(seed.OFFICER_EMAIL)
    header = "sitting,candidate_number,subject,mark"
    rows = [f"{seed.SITTING},{number},theory,{mark}" for mark in ("1000",)]
    drop(staff, "\n".join([header, *rows]))
    assert "problem" in staff.page.locator("#verdict").inner_text()
    must_be_good(staff, "report with problems")
    staff.shot("journey-marks-report")
    right = [f"{seed.SITTING},{number},{subject},81.5" for subject in ("theory", "practical")]
    drop(staff, "\n".join([header, *right]))
    assert staff.page.locator("#verdict").inner_text() == "The file counts: 2 rows."


def drop(staff: Walker, text: str) -> None:
    staff.go("/staff/files")
    staff.pick(kind="marks", folder=seed.SITTING)
    staff.submit()
    staff.page.locator("#file").set_input_files({"name": "marks.csv", "mimeType": "text/csv", "buffer": text.encode()})
    staff.submit()
    staff.page.reload()


def release(staff: Walker) -> None:
    staff.press("Sign out")
    staff.sign_in_as_staff(seed.SECOND_EMAIL)  # who imported the marks may not release them
    staff.go(f"/staff/sittings/{seed.SITTING}")
    staff.shot("journey-release")
    staff.press("Release the results now")


def check(anybody: Walker, number: str) -> None:
    """A stranger types the number as people type."""
    anybody.go("/check")
    anybody.fill(number=f" {number.lower()} ")
    anybody.submit()
    assert anybody.page.locator("#verdict").inner_text() == "This certificate is valid"
    must_be_good(anybody, "valid certificate")
    anybody.shot("journey-verdict")
    shown = anybody.page.inner_text("main")
    assert "䶮***" in shown or "䶮*" in shown
    assert "𬭼" not in shown


def download(walker: Walker, button: str) -> bytes:
    """What is behind a button that leads to a file."""
    link = walker.page.locator("a.govuk-button", has_text=button)
    answer = walker.context.request.get(f"{walker.cloud.address}{link.get_attribute('href')}")
    return answer.body()


def come_back(candidate: Walker, home: str) -> None:
    """Sign in again: days have passed."""
    candidate.sign_in(EMAIL)
    candidate.go(home)


def later(cloud: LocalCloud, delta: timedelta) -> None:
    later_at(cloud, cloud.clock.now() + delta)


def later_at(cloud: LocalCloud, instant: datetime) -> None:
    """Skip the hours in between: jobs find what is due when they run next."""
    cloud.clock.move_to(instant)
    settle(cloud)
