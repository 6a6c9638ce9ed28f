"""The photo in a real browser: chosen, told what is in doubt, repaired with one click, with and without JavaScript."""

from collections.abc import Callable

import pytest

from local import seed
from tests.browser.walker import Walker, must_be_good, settle
from tests.samples.phone_photo import as_jpeg, tilted


@pytest.mark.rule("PHO-02", "PHO-12")
@pytest.mark.parametrize(("language", "javascript"), [("en", True), ("zh", False)])
def test_a_photo_is_repaired_with_one_click(window: Callable[..., Walker], language: str, javascript: bool) -> None:
    walker = window(language, javascript=javascript)
    walker.sign_in(f"photo-{language}@candidate.test", f"+852 5123 30{'01' if javascript else '02'}")
    walker.go(f"/exams/{seed.SITTING}")
    walker.page.locator("main form button").last.click()
    walker.page.wait_for_load_state()
    home = walker.path.removeprefix(f"/{language}")
    walker.go(f"{home}/photo")
    if javascript:
        must_be_good(walker, "choose a photo")
    walker.shot(f"photo-choose-{language}")
    walker.choose_file(as_jpeg(tilted(degrees=15)))
    walker.go(f"{home}/photo")
    if javascript:
        must_be_good(walker, "a photo in doubt")
    walker.shot(f"photo-doubt-{language}")
    walker.page.locator('button[value="level"]').first.click()
    walker.page.wait_for_load_state()
    walker.shot(f"photo-checking-{language}")
    settle(walker.cloud)
    walker.go(f"{home}/photo")
    assert walker.page.locator(".app-verdict--good").count() == 1
    walker.shot(f"photo-fixed-{language}")
    walker.page.locator('form[action$="/photo/use"] button').click()
    walker.page.wait_for_load_state()
    walker.go(f"{home}/photo")
    if javascript:
        must_be_good(walker, "a photo in use")
    walker.shot(f"photo-used-{language}")
