"""The money desk's books in a real browser: a closed day, one that waits for a person, and one that is late."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import ViewportSize

from certification.acts.bill_books import close
from certification.acts.cases import new_case
from certification.cloud.tables.base import Due
from certification.cloud.tables.bill_days import BillDay, Difference, bill_days
from certification.cloud.tables.cases import cases
from certification.cloud.transaction import commit
from certification.rules.bills import RowKind
from certification.rules.cases import CaseKind, Subject
from certification.rules.desks import TREASURY
from certification.rules.reconciliation import Class, Sums
from local import seed
from local.cloud import LocalCloud
from tests.browser.walker import PHONE, Walker, must_be_good

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
SUMS = (Sums(currency="USD", captured=2_700_000, refunded=108_00, fees=843_60, paid_out=1_000_000),)


def days() -> None:
    """Three days of the card provider, and what they cause."""
    case = new_case(
        CaseKind.BILL_DIFFERENCE,
        Subject.NONE,
        "card",
        "amount",
        now=NOW,
        due=NOW + timedelta(days=3),
        desk=TREASURY,
        facts={"bills": "card", "day": "2026-11-21", "in_the_bill": "USD 13400", "in_our_books": "USD 13500"},
    )
    what = Difference(what=Class.AMOUNT, kind=RowKind.CAPTURE, reference="pi_sample", payment=None, case=case.id)
    due = Due(at=NOW + timedelta(hours=1))

    def day(number: int, **changes: object) -> BillDay:
        row = BillDay(stream="card", provider="card", day=date(2026, 11, number), lines=200, sums=SUMS, due=due)
        changed: BillDay = row.changed(**changes)
        return changed

    kept = day(20, state="compared", sha256="0" * 64)
    commit([bill_days.insert(kept), cases.insert(case)])
    close(bill_days.read("card", "2026-11-20"), [], NOW)
    commit(
        [
            bill_days.insert(day(21, state="compared", differences=(what,), carried=((RowKind.CAPTURE, "pi_other"),))),
            bill_days.insert(day(18, state="awaited", lines=0, sums=())),
        ]
    )


@pytest.fixture(scope="module")
def kept(cloud: LocalCloud) -> None:
    days()
    cloud.invoke("ExportBooksFunction", {"job": "export_books"})


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.usefixtures("kept")
def test_the_books_are_good_on_a_phone_and_on_a_desk(window: Callable[..., Walker], language: str) -> None:
    walker = window(language)
    walker.sign_in_as_staff(seed.REVIEWER_EMAIL)
    for size, viewport in (("phone", PHONE), ("desk", DESKTOP)):
        walker.page.set_viewport_size(viewport)
        for name in ("", "/card/2026-11-20", "/card/2026-11-21", "/card/2026-11-18"):
            walker.go(f"/staff/books{name}")
            walker.shot(f"books-{size}{name.replace('/', '-')}-{language}")
            must_be_good(walker, name)
