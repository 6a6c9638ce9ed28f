"""One person from an empty browser to a certificate anybody can check, by what the pages say."""

from collections.abc import Callable
from datetime import timedelta

from local import seed
from local.cloud import LocalCloud

from tests.browser.walker import Walker


def test_from_signing_up_to_a_verified_certificate(window: Callable[..., Walker], cloud: LocalCloud) -> None:
    candidate = window()
    candidate.sign_in("first@candidate.test", "+852 5123 1001")
    candidate.go(f"/exams/{seed.SITTING}")
    candidate.press("Apply for this exam")
    assert candidate.next == "Next: Occupation and level"
    candidate.fill_in("SAMPLE1001")
    assert candidate.next == "Next: Check your answers and submit"
    candidate.hand_in()
    assert candidate.next == "We review your application"
    approve(window())
    candidate.page.reload()
    assert candidate.next.startswith("Approved. Pay USD")
    pay(candidate)
    assert candidate.heading == "Paid. You are registered"
    cloud.advance(timedelta(days=30))


def approve(reviewer: Walker) -> None:
    reviewer.sign_in_as_staff(seed.REVIEWER_EMAIL)
    reviewer.press("Take the next case")
    reviewer.pick(verdict="approve")
    reviewer.submit()


def pay(candidate: Walker) -> None:
    candidate.press("Go to payment")
    candidate.press("Go to the card payment")
    candidate.page.locator('[name="number"]').fill("4242 4242 4242 4242")
    candidate.page.locator('[name="expiry"]').fill("12/40")
    candidate.page.locator('[name="cvc"]').fill("123")
    candidate.page.locator('button[value="pay"]').click()
    candidate.page.wait_for_load_state()
    candidate.cloud.settle()
    candidate.page.reload()
