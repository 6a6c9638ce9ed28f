"""A real browser before the real pages of the local cloud, on the loopback address."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from local import seed
from local.clock import VirtualClock
from local.cloud import LocalCloud
from tests.browser.walker import PHONE, Walker

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    """The local cloud with staff and one open sitting, on a clock that stands still until a test moves it."""
    with LocalCloud(clock=VirtualClock(START)) as made:
        seed.prepare(made)
        publish_sitting(made)
        made.settle()
        yield made


def publish_sitting(cloud: LocalCloud) -> None:
    from certification.acts.publishing import NewSitting, publish

    publish(NewSitting.model_validate(seed.demo_sitting(cloud.clock.now())))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("needs Debian's chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: .local/pictures when it exists, so that somebody can look at them."""
    kept = Path(__file__).parents[2] / ".local" / "pictures"
    return kept if kept.exists() else tmp_path_factory.mktemp("pictures")


@pytest.fixture
def window(cloud: LocalCloud, browser: Browser, pictures: Path) -> Iterator[Callable[..., Walker]]:
    """Opens windows: `window(language="zh", viewport={...}, javascript=False)`. None may have complained at the end."""
    opened: list[tuple[BrowserContext, Walker]] = []

    def opens(language: str = "en", *, javascript: bool = True, **options: Any) -> Walker:
        context = browser.new_context(
            viewport=options.pop("viewport", PHONE), java_script_enabled=javascript, **options
        )
        context.set_default_timeout(10_000)
        walker = Walker(cloud, context, pictures, language)
        opened.append((context, walker))
        return walker

    yield opens
    for context, walker in opened:
        context.close()
        assert walker.complaints == []
