"""The payment page with its ways and the guide to the price, and the page with the code, in both languages."""

import re
from datetime import timedelta

import pytest

from certification.acts import ways
from certification.policies import load_policy
from tests.functions.browser import Browser
from tests.functions.stand import Stand


def plain(page: str) -> str:
    """With ordinary spaces."""
    return page.replace("\xa0", " ").replace("\u2009", " ")


@pytest.mark.rule("PAY-03")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_shows_the_price_in_dollars_and_the_details_of_the_conversion_before_anything_is_paid(
    stand: Stand, language: str
) -> None:
    candidate = stand.to_pay()
    shown = candidate.order()["exchange"]
    page = plain(Browser(stand, candidate, language).get(f"/apply/{candidate.reference}/pay"))
    about = f"CNY {shown['about']['amount'] / 100:,.2f}"
    for word in ("USD 135.00", about, shown["rate"], "USD/CNY", {"en": "SIMULATED", "zh": "模拟数据"}[language]):
        assert word in page, word
    assert {"en": "European Central Bank, for information only", "zh": "欧洲中央银行，仅供参考"}[language] in page
    assert {"en": "use their own rate", "zh": "按其自身汇率换算"}[language] in page
    assert {"en": "1 September 2026", "zh": "2026年9月1日"}[language] in page
    for name in {"en": ("Alipay", "WeChat Pay"), "zh": ("支付宝", "微信支付")}[language]:
        assert re.search(rf"<button[^>]*>\s*[^<]*{name}", page), name


@pytest.mark.scenario(90)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_a_rate_the_page_says_that_the_wallet_shows_the_amount_and_still_sells(
    stand: Stand, language: str
) -> None:
    candidate = stand.to_pay()
    stand.cloud.simulators["rates"].control("switch", {"name": "down"})
    browser = Browser(stand, candidate, language)
    page = browser.get(f"/apply/{candidate.reference}/pay")
    assert "CNY" not in page
    assert {"en": "the app shows the exact amount before you confirm", "zh": "应用内显示准确金额"}[language] in page
    browser.post(f"/apply/{candidate.reference}/pay", method="wechat_pay")
    assert "<svg" in browser.page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_code_stands_on_a_page_that_says_what_to_do_until_when_and_what_is_owed(
    stand: Stand, language: str
) -> None:
    candidate = stand.to_pay()
    browser, base = Browser(stand, candidate, language), f"/apply/{candidate.reference}"
    assert "<svg" not in browser.get(f"{base}/pay/code")  # nothing was begun
    browser.get(f"{base}/pay")
    page = plain(browser.post(f"{base}/pay", method="wechat_pay"))
    assert re.search(r'<svg[^>]*role="img"[^>]*aria-label="[^"]+"', page)
    assert "USD 135.00" in page
    assert {"en": "Open WeChat on your phone", "zh": "打开手机微信"}[language] in page
    (order,) = stand.cloud.simulators["wechatpay"].control("status", {})["orders"]
    assert order["url"] in page
    stand.cloud.simulators["wechatpay"].control("pay", {"order": order["number"]})
    stand.cloud.settle()
    browser.post(f"{base}/pay/check")
    assert {"en": "Paid. You are registered", "zh": "缴费成功，报名完成"}[language] in browser.page
    assert candidate.status() == "registered"


def test_alipays_button_leads_to_alipays_own_page(stand: Stand) -> None:
    candidate = stand.to_pay()
    browser, base = Browser(stand, candidate), f"/apply/{candidate.reference}"
    browser.get(f"{base}/pay")
    shown = browser.post(f"{base}/pay", method="alipay")
    assert re.search(r"Pay with Alipay \(simulator\).*135\.00", shown, re.DOTALL)


def test_a_code_that_has_ended_leads_back_to_the_choice(stand: Stand) -> None:
    candidate = stand.to_pay()
    browser, base = Browser(stand, candidate), f"/apply/{candidate.reference}"
    browser.get(f"{base}/pay")
    browser.post(f"{base}/pay", method="wechat_pay")
    stand.wait(timedelta(minutes=30))
    assert "Pay the fee" in browser.get(f"{base}/pay/code")


def test_a_way_that_the_policy_does_not_offer_is_refused(stand: Stand) -> None:
    candidate = stand.to_pay()
    browser, base = Browser(stand, candidate), f"/apply/{candidate.reference}"
    browser.get(f"{base}/pay")
    page = browser.post(f"{base}/pay", method="bank_transfer")
    assert "Choose a way to pay" in page


def test_a_form_may_lead_to_alipays_pages_and_nowhere_that_is_not_named(stand: Stand) -> None:
    candidate = stand.to_pay()
    answer = stand.cloud.request(
        "GET", f"/en/apply/{candidate.reference}/pay", {"cookie": f"__Host-session={candidate.session}"}, b""
    )
    policy = {name.lower(): value for name, value in answer.headers}["content-security-policy"]
    assert "https://*.alipay.com" in policy
    assert "https://checkout.stripe.com" in policy


@pytest.mark.rule("PAY-04")
def test_a_wallet_that_the_policy_does_not_offer_is_refused_at_the_door_too(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = stand.to_pay()
    monkeypatch.setattr(ways, "load_policy", lambda _scheme: load_policy("mixed"))  # cards only
    path = f"/api/candidate/applications/{candidate.reference}/payment"
    refused = candidate.call("POST", f"{path}?method=alipay", {}, expect=422)
    assert refused["code"] == "method_not_offered"
    assert candidate.call("POST", f"{path}?method=card", {})["url"]
