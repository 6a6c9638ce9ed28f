"""Choosing on the page, in every scheme: the policy's own words, place and subjects where there is a choice, and the fee."""

import re
from typing import Any

import pytest

from local.candidate import ApiCandidate
from tests.functions.committing import SITTING, People, publish
from tests.functions.portal_requests import Answer, ask
from tests.functions.stand import SITTING as SAMPLE
from tests.functions.stand import Stand

CHOICE = {"occupation": "building", "level": "full", "form": "onsite", "region": "foshan"}


@pytest.fixture
def engineer(stand: Stand) -> ApiCandidate:
    """Somebody with a draft in Guangdong in which nothing was chosen."""
    publish(stand)
    candidate = People(stand).complete()
    begun = candidate.call("POST", "/api/candidate/applications", {"sitting": SITTING})
    candidate.reference = begun["reference"]
    return candidate


def page(candidate: ApiCandidate, language: str = "zh", path: str = "choice", **parts: Any) -> Answer:
    cookies = (f"__Host-session={candidate.session}",)
    address = f"/{language}/apply/{candidate.reference}/{path}".rstrip("/")
    if "form" in parts:
        parts["form"] = {**parts["form"], "token": ask("GET", address, cookies=cookies).token}
    return ask("POST" if "form" in parts else "GET", address, cookies=cookies, **parts)


@pytest.mark.rule("REG-03", "INF-07")
def test_the_page_asks_for_specialty_place_and_subjects_in_the_words_of_the_scheme(engineer: ApiCandidate) -> None:
    shown = page(engineer).body
    for words in ("报考专业", "建筑工程", "报考级别", "免二科", "报名地", "佛山", "报考科目", "专业工程管理与实务"):
        assert words in shown
    assert "“免二科”免试" in shown
    assert "连续2个考试年度" in shown
    assert "CNY" in shown
    assert "USD" not in shown


@pytest.mark.rule("REG-03", "REG-05", "REG-07")
def test_what_was_chosen_is_kept_shown_before_confirming_and_priced_by_subject(engineer: ApiCandidate) -> None:
    saved = page(engineer, form={**CHOICE, "subjects": ["practice", "law"]})
    assert (saved.status, saved.location) == (303, f"/zh/apply/{engineer.reference}")
    now = engineer.now()
    assert (now["region"], now["subjects"]) == ("foshan", ["law", "practice"])
    again = page(engineer).body
    for name, value in (("subjects", "law"), ("subjects", "practice"), ("occupation", "building")):
        assert re.search(rf'<input[^>]*name="{name}"[^>]*value="{value}"[^>]*checked', again), (name, value)
    assert re.search(r'<option value="foshan" selected', again)
    engineer.choose_lane(commits=True)
    summary = page(engineer, path="check").body
    for words in ("报名地", "佛山", "建设工程法规及相关知识、专业工程管理与实务", "CNY\N{NO-BREAK SPACE}130.00"):
        assert words in summary


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"occupation": ""}, "请选择“报考专业”"),
        ({"region": ""}, "请选择“报名地”"),
        ({"region": "beijing"}, "请选择“报名地”"),
        ({"subjects": []}, "请从以下科目中至少选择一科"),
        ({"level": "exempt_two", "subjects": ["economics"]}, "请从以下科目中至少选择一科"),
    ],
    ids=["no specialty", "no place", "another place", "no subject", "a waived subject"],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(
    engineer: ApiCandidate, changes: dict[str, Any], words: str
) -> None:
    answer = page(engineer, form={**CHOICE, "subjects": ["law"], **changes})
    assert answer.status == 422
    assert words in answer.body
    assert engineer.now()["occupation"] is None
    if changes.get("region") is None:
        assert re.search(r'<option value="foshan" selected', answer.body)


@pytest.mark.rule("REG-02")
def test_in_cgptc_nobody_is_asked_for_place_or_subjects(stand: Stand) -> None:
    candidate = stand.applicant()
    shown = page(candidate, "en").body
    assert "Occupation" in shown
    for name in ("region", "subjects"):
        assert f'name="{name}"' not in shown
    saved = page(candidate, "en", form={"occupation": "ai_trainer", "level": "3", "form": "onsite"})
    assert saved.status == 303
    assert candidate.now()["subjects"] == ["theory", "practical"]


@pytest.mark.rule("GOV-01", "GOV-02", "GOV-04", "FEE-04", "REF-05")
@pytest.mark.usefixtures("engineer")
def test_an_exams_page_names_legal_basis_scope_bodies_and_the_terms_of_its_own_scheme() -> None:
    shown = ask("GET", f"/zh/exams/{SITTING}").body
    for words in (
        "设定依据",
        "人社部令第31号",
        "收费依据",
        "适用范围",
        "人力资源社会保障部人事考试中心组织或与其他机构共同组织的资格考试",
        "统一部署",
        "国家人事考试中心",
        "组织实施",
        "广东省人事考试机构",
        "广州市人事考试机构",
        "所有费用以 CNY 结算",
        "完成报名后，已缴费用不予退还",
        "具体安排以公告为准",
    ):
        assert words in shown, words
    english = ask("GET", f"/en/exams/{SAMPLE}").body
    assert "All fees are in USD. Value-added tax is not included." in english
    assert "you choose a full refund or a new date" in english
    assert "Legal basis" not in english
