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
    home = candidate.path.removeprefix("/en")
    candidate.fill_in("SAMPLE1001")
    assert candidate.next == "Next: Check your answers and submit"
    candidate.hand_in()
    candidate.page.reload()
    assert candidate.next == "We review your application"
    approve(window())
    candidate.page.reload()
    assert candidate.next.startswith("Approved. Pay USD")
    pay(candidate)
    assert candidate.heading == "Paid. You are registered"
    later(cloud, timedelta(days=15))
    candidate.sign_in("first@candidate.test")
    candidate.go(home)
    print(candidate.next, candidate.page.inner_text("main"))
    later(cloud, timedelta(days=30))
    candidate.sign_in("first@candidate.test")
    candidate.go(home)
    print(candidate.next, candidate.page.inner_text("main"))


def later(cloud: LocalCloud, delta: timedelta) -> None:
    """Skip the hours in between: what is due then is found then."""
    import time

    t = time.time()
    cloud.clock.move_to(cloud.clock.now() + delta)
    cloud.settle()
    print("later", time.time() - t)


def approve(reviewer: Walker) -> None:
    reviewer.sign_in_as_staff(seed.REVIEWER_EMAIL)
    reviewer.press("Take the next case")
    reviewer.pick(verdict="approve")
    reviewer.submit()


def pay(candidate: Walker) -> None:
    candidate.press("Go to payment")
    candidate.press("Go to the card payment")
    candidate.page.get_by_text("4242").click()
    candidate.page.get_by_role("button").first.click()
    candidate.page.wait_for_load_state()
    candidate.cloud.settle()
    candidate.page.reload()
