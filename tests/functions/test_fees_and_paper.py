"""What an application costs, on the page and in the API: the three fees, paper only for who asks, and Guangdong's own."""

from typing import Any

import pytest

from certification.acts import invariants
from certification.cloud.tables.applications import applications
from certification.cloud.tables.orders import orders
from local.candidate import ApiCandidate
from tests.functions.committing import People, publish
from tests.functions.portal_requests import Answer, ask
from tests.functions.stand import REVIEWER, SITTING, Stand

CHOICE = {"occupation": "data_analyst", "level": "3", "form": "onsite"}
FEES = {"registration": 3_500, "examination": 8_000, "certificate": 2_000}


def choose(stand: Stand, candidate: ApiCandidate, **more: Any) -> Any:
    path = f"/api/candidate/applications/{candidate.reference}/choice"
    return stand.call("PUT", path, {**CHOICE, **more}, session=candidate.session)


def page(candidate: ApiCandidate, path: str, language: str = "en", **parts: Any) -> Answer:
    cookies = (f"__Host-session={candidate.session}",)
    address = f"/{language}/apply/{candidate.reference}/{path}".rstrip("/")
    if "form" in parts:
        parts["form"] = {**parts["form"], "token": ask("GET", address, cookies=cookies).token}
    return ask("POST" if "form" in parts else "GET", address, cookies=cookies, **parts)


def lines(answer: dict[str, Any]) -> dict[str, int]:
    return {line["code"]: line["amount"]["amount"] for line in answer["lines"]}


@pytest.mark.rule("FEE-01", "FEE-02", "FEE-03")
def test_three_fees_in_us_dollars_and_paper_only_for_who_asks_for_it(stand: Stand) -> None:
    candidate = stand.applicant()
    without = choose(stand, candidate).body
    assert (lines(without), without["fee"]) == (FEES, {"amount": 13_500, "currency": "USD"})
    (sitting,) = [
        one
        for one in stand.call("GET", "/api/account/sittings", session=candidate.session).body["sittings"]
        if one["id"] == SITTING
    ]
    zones = {zone["code"]: zone["fee"]["amount"] for zone in sitting["mailing"]}
    assert zones == {"hong_kong": 1_500, "mainland_macao_taiwan": 2_500, "elsewhere": 4_500}
    for zone, amount in zones.items():
        asked = choose(stand, candidate, paper=zone).body
        assert (lines(asked), asked["fee"]["amount"]) == (FEES | {"mailing": amount}, 13_500 + amount)
    assert candidate.now()["paper"] == "elsewhere"
    refused = choose(stand, candidate, paper="the_moon")
    assert (refused.status, refused.code, refused.body["field"]) == (422, "paper_not_offered", "paper")
    choose(stand, candidate)
    assert candidate.now()["paper"] is None


@pytest.mark.rule("FEE-01", "FEE-02", "CER-02")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_offers_paper_with_its_price_and_what_was_chosen_is_on_the_order_and_in_the_preview(
    stand: Stand, language: str
) -> None:
    candidate = stand.applicant()
    shown = page(candidate, "choice", language).body
    assert ("Certificate on paper too" if language == "en" else "纸质证书") in shown
    assert "USD\N{NO-BREAK SPACE}45.00" in shown
    assert page(candidate, "choice", language, form=CHOICE).status == 303
    assert applications.read(candidate.reference).paper is None
    assert page(candidate, "choice", language, form={**CHOICE, "paper": "elsewhere"}).status == 303
    summary = page(candidate, "check", language).body
    assert ("Any other place" if language == "en" else "其他国家或地区") in summary
    assert "USD\N{NO-BREAK SPACE}180.00" in summary
    candidate.confirm()
    stand.cloud.settle()
    stand.decide(candidate, "approve")
    order = candidate.order()
    assert lines(order) == FEES | {"mailing": 4_500}
    kept = orders.read(order["number"])
    assert (kept.fees_version, str(kept.total)) == ("cgptc-2026-2", "USD 180.00")
    paying = page(candidate, "pay", language).body
    assert (
        "Paper certificate and international mailing: Any other place" if language == "en" else "国际邮寄"
    ) in paying
    # 20 % is kept once, on the total: of 180.00 come back 144.00
    assert order["refund"]["now"]["amount"]["amount"] == 14_400
    candidate.pay()
    stand.cloud.settle()
    assert (candidate.status(), invariants.differences()) == ("registered", [])


@pytest.mark.rule("FEE-01", "PAY-06", "CHG-03")
@pytest.mark.parametrize(
    ("before", "wish", "after"), [(None, "hong_kong", 15_000), ("hong_kong", "electronic", 13_500)]
)
def test_paper_may_be_added_or_dropped_before_paying_and_makes_a_revised_order(
    stand: Stand, before: str | None, wish: str, after: int
) -> None:
    candidate = stand.applicant()
    choose(stand, candidate, paper=before)
    candidate.confirm()
    stand.cloud.settle()
    stand.decide(candidate, "approve")
    first = orders.read(candidate.order()["number"])
    path = f"/api/candidate/applications/{candidate.reference}/corrections"
    assert stand.call("POST", path, {"fields": {"paper": wish}}, session=candidate.session).status == 200
    correction = applications.read(candidate.reference).corrections[-1].case
    staff = stand.sign_in_staff(REVIEWER)
    granted = stand.call("POST", f"/api/staff/cases/{correction}/decision", {"verdict": "approve"}, session=staff)
    assert granted.status == 200
    stand.cloud.settle()
    stand.decide(candidate, "approve")
    revised = orders.read(candidate.order()["number"])
    assert (revised.revises, revised.total.amount) == (first.number, after)
    assert orders.read(first.number).state == "superseded"


@pytest.fixture
def engineer(stand: Stand) -> ApiCandidate:
    publish(stand)
    return People(stand).draft(True)


@pytest.mark.rule("FEE-04")
def test_the_chinese_scheme_charges_subjects_in_its_own_currency_names_its_basis_and_sells_no_paper(
    stand: Stand, engineer: ApiCandidate
) -> None:
    choice = {"occupation": "building", "level": "full", "form": "onsite", "region": "guangzhou"}
    path = f"/api/candidate/applications/{engineer.reference}/choice"
    one = stand.call("PUT", path, {**choice, "subjects": ["law"]}, session=engineer.session).body
    assert (lines(one), one["fee"]) == ({"examination": 6_100}, {"amount": 6_100, "currency": "CNY"})
    paper = stand.call("PUT", path, {**choice, "subjects": ["law"], "paper": "elsewhere"}, session=engineer.session)
    assert (paper.status, paper.code) == (422, "paper_not_offered")
    assert "纸质证书及" not in page(engineer, "choice", "zh").body
