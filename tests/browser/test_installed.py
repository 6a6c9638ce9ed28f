"""The installed app (ACC-01): a browser would install it, it opens without a network, and it keeps nothing of a person."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from local import seed
from local.cloud import LocalCloud
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.walker import Walker, must_be_good

NARROW: ViewportSize = {"width": 360, "height": 740}
READY = "navigator.serviceWorker.ready.then((worker) => worker.active.state)"
CACHES = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    found[name] = {};
    for (const kept of await cache.keys()) found[name][new URL(kept.url).pathname] = await (await cache.match(kept)).text();
  }
  return found;
}"""
OLDER = """async () => {
  await caches.open('assay-of-an-older-release');
  await caches.open('of-somebody-else');
  await (await navigator.serviceWorker.ready).unregister();
}"""
ACTIVATED = """async () => {
  const worker = await navigator.serviceWorker.ready;
  while (worker.active.state !== 'activated') await new Promise((done) => setTimeout(done, 20));
  return caches.keys();
}"""


@pytest.fixture(scope="module")
def phone(cloud: LocalCloud, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walker]:
    """A phone with a profile that stays: what is private leaves nothing behind and cannot be installed."""
    context: BrowserContext = browser.browser_type.launch_persistent_context(
        str(tmp_path_factory.mktemp("profile")), executable_path=CHROMIUM, args=ARGUMENTS, viewport=NARROW
    )
    context.set_default_timeout(10_000)
    yield Walker(cloud, context, tmp_path_factory.mktemp("pictures"))
    context.close()


def ask_browser(page: Page, method: str) -> Any:
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    return session.send(method)


@pytest.mark.rule("ACC-01")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_browser_would_install_it(phone: Walker, language: str) -> None:
    phone.language = language
    phone.go("/")
    assert phone.page.evaluate(READY) in ("activating", "activated")
    found = ask_browser(phone.page, "Page.getAppManifest")
    assert found["errors"] == []
    manifest = json.loads(found["data"])
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == (
        f"/{language}/applications",
        "/",
        "standalone",
    )
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"] if icon["type"] == "image/png"}
    assert any(icon.get("purpose") == "maskable" for icon in manifest["icons"])
    assert ask_browser(phone.page, "Page.getInstallabilityErrors")["installabilityErrors"] == []
    assert (
        must_start(phone, manifest["start_url"]) == {"en": "Sign in or create an account", "zh": "登录或注册"}[language]
    )
    phone.language = "en"


def must_start(phone: Walker, address: str) -> str:
    """The installed app opens its first page: without an account it asks to sign in."""
    phone.page.goto(f"{phone.cloud.address}{address}")
    return phone.heading


@pytest.mark.rule("ACC-01")
def test_somebody_registers_in_the_app_and_it_keeps_nothing_of_them(phone: Walker) -> None:
    phone.sign_in("installed@candidate.test", "+852 5123 2051")
    phone.go(f"/exams/{seed.SITTING}")
    phone.press("Apply for this exam")
    reference = phone.path.rpartition("/")[2]
    for page in (f"/apply/{reference}", "/applications", "/messages", f"/exams/{seed.SITTING}"):
        phone.go(page)
        assert phone.sideways() <= 0, page
    kept = phone.page.evaluate(CACHES)
    assert len(kept) == 1
    (name, files), *_ = kept.items()
    assert name.startswith("assay-")
    assert all(path in ("/en/offline", "/zh/offline") or path.startswith("/static/") for path in files)
    assert {"/en/offline", "/zh/offline"} <= files.keys()
    everything = " ".join(files.values())
    for personal in (
        "installed@candidate.test",
        "5123 2051",
        "51232051",
        reference,
        "Sign out",
        "退出登录",
        'name="token"',
    ):
        assert personal not in everything


@pytest.mark.rule("ACC-01")
def test_without_a_network_it_says_so_and_shows_nothing_of_the_person(phone: Walker) -> None:
    phone.go("/applications")
    assert phone.heading == "Your applications"
    phone.context.set_offline(True)
    try:
        for language, title in (("en", "You are offline"), ("zh", "网络不可用")):
            phone.language = language
            phone.go("/applications")
            assert phone.heading == title
            assert "APP-" not in phone.page.content()
            must_be_good(phone, f"offline in {language}")
            phone.page.set_viewport_size({"width": 360, "height": 740})
            assert "rgb(11, 61, 92)" in phone.page.evaluate(
                "getComputedStyle(document.querySelector('.app-header')).backgroundColor"
            ), "the page without a network has its style sheet"
    finally:
        phone.context.set_offline(False)
        phone.language = "en"
    phone.go("/applications")
    assert phone.heading == "Your applications"


def test_a_new_release_deletes_what_the_old_one_kept_and_nothing_else(phone: Walker) -> None:
    phone.go("/")
    phone.page.evaluate(OLDER)
    phone.page.goto("about:blank")
    phone.go("/")
    names = phone.page.evaluate(ACTIVATED)
    assert "assay-of-an-older-release" not in names
    assert "of-somebody-else" in names
    assert [name for name in names if name.startswith("assay-")] == [f"assay-{fingerprint()}"]


def fingerprint() -> str:
    from certification.portal import static_files

    return static_files.fingerprint()


def test_the_worker_is_asked_for_again_and_answers_only_what_it_keeps(phone: Walker) -> None:
    answer = phone.page.request.get(f"{phone.cloud.address}/service-worker.js")
    assert answer.headers["cache-control"] == "no-cache"
    assert "unsafe" not in answer.headers["content-security-policy"]
    source = answer.text()
    assert f"'{fingerprint()}'" in source
    assert "{kept}" not in source
