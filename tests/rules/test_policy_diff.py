"""Two policies compared in plain sentences, and every key and value of a policy in words."""

import copy
import enum
import re
import typing
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from certification import policies
from certification.policies import load_policy, load_reading, parse_yaml
from certification.rules.policy import Policy
from certification.rules.policy_diff import Difference, differences

DATA = parse_yaml((Path(policies.__file__).parent / "guangdong.yaml").read_text(encoding="utf-8"))
GUANGDONG, _ = load_policy("guangdong")
READING = load_reading()


def changed(*path: Any, to: Any) -> Policy:
    """The Guangdong policy with one value replaced; None takes it away."""
    data = copy.deepcopy(DATA)
    place = data
    for key in path[:-1]:
        place = place[key]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return Policy.model_validate(data)


def one(*path: Any, to: Any) -> Difference:
    (found,) = differences(GUANGDONG, changed(*path, to=to), READING)
    return found


def test_a_policy_does_not_differ_from_itself() -> None:
    assert differences(GUANGDONG, GUANGDONG, READING) == ()


@pytest.mark.parametrize(
    ("path", "to", "en", "zh"),
    [
        (
            ("public_notice", "lasts", "within"),
            "P7WD",
            "public notice › lasts: it was within 10 working days of the results (others), "
            "it is now within 7 working days of the results (others).",
            "公示 › 持续时间：原为自成绩公布起10个工作日内（外部），现为自成绩公布起7个工作日内（外部）。",
        ),
        (
            ("checks", "sampling", "proportion"),
            "0.1",
            "checks › random sample › proportion: it was 5 %, it is now 10 %.",
            "核查 › 随机抽查 › 比例：原为5%，现为10%。",
        ),
        (
            ("fees", "schedule", 0, "for_subjects", "law"),
            7000,
            "fees › price list › Building engineering, All subjects, On paper at an exam site › price of each subject"
            " › Construction law: it was CNY 61.00, it is now CNY 70.00.",
            "收费 › 收费标准 › 建筑工程，考全科，纸笔考试 › 各科费用 › 建设工程法规及相关知识：原为CNY 61.00，现为CNY 70.00。",
        ),
        (
            ("validity", "window"),
            4,
            "validity of scores › window: it was 2, it is now 4.",
            "成绩有效期 › 滚动期：原为2，现为4。",
        ),
        (
            ("commitment", "lock_on"),
            ["withdrawn"],
            "commitment › cannot be undone after: it was commitment taken back, not chosen, it is now commitment taken back.",
            "告知承诺 › 不可逆情形：原为撤回承诺、选择不承诺，现为撤回承诺。",
        ),
        (
            ("levels", 0, "minimum_age"),
            20,
            "levels › All subjects › least age: it was 18, it is now 20.",
            "级别 › 考全科 › 最低年龄：原为18，现为20。",
        ),
        (
            ("eligibility", "employer_needed"),
            False,
            "conditions › employer needed: it was yes, it is now no.",
            "报考条件 › 须填写工作单位：原为是，现为否。",
        ),
    ],
    ids=["window", "share", "price", "number", "list", "by code", "yes or no"],
)
def test_a_change_is_one_sentence_with_its_place_what_it_was_and_what_it_is(
    path: tuple[Any, ...], to: Any, en: str, zh: str
) -> None:
    found = one(*path, to=to)
    assert (found.sentence.en, found.sentence.zh) == (en, zh)
    assert found.kind == "changed"


def test_what_is_new_and_what_is_gone_are_said_so() -> None:
    gone = one("reissue", to=None)
    assert gone.kind == "gone"
    assert gone.sentence.en.startswith("reissue: no longer there; it was allowed if there is no electronic certificate")
    assert gone.sentence.zh.startswith("补发：取消，原为可办理条件")
    (new,) = differences(changed("public_notice", to=None), GUANGDONG, READING)
    assert new.kind == "new"
    assert "within 10 working days of the results" in new.sentence.en
    assert new.path == "public_notice"


@pytest.mark.parametrize(
    ("path", "to", "en", "zh"),
    [
        (
            ("accounts", "id_documents"),
            ["resident_identity_card", "residence_permit", "home_return_permit", "taiwan_permit"],
            "accounts › ID documents: no longer passport.",
            "账户 › 证件类别：取消护照。",
        ),
        (
            ("own_choices",),
            [*DATA["own_choices"], "refund.precedence"],
            "own choices: now also refund › order of refund rules.",
            "自定事项：新增退费 › 退费规则次序。",
        ),
        (
            ("levels", 0, "words", "zh"),
            "考全部科目",
            "levels › All subjects › words: only the Chinese changes, from “考全科” to “考全部科目”.",
            "级别 › 考全部科目 › 文字：原为“考全科”，现为“考全部科目”。",
        ),
        (
            ("uploads", 0, "largest"),
            5 * 1024 * 1024,
            "largest file: it was 10 MB, it is now 5 MB.",
            "文件大小上限：原为10 MB，现为5 MB。",
        ),
        (
            ("eligibility", "proofs", "exemption"),
            "work_proof",
            "it was Proof for the waived subjects, it is now Certificate of years of work in the specialty.",
            "原为免试条件证明材料，现为专业工作年限证明。",
        ),
        (
            ("changes", "rules", 1, "evidence"),
            "welcome",
            "changes › rules › no. 2 › evidence: ",
            "信息修改 › 规则 › 第2项 › 依据材料：",
        ),
        (
            ("payment", "due"),
            {"from": "approved", "within": "P5D", "capped_by": "payment_closes", "who": "candidate"},
            "it is now within 5 days of the approval, at the latest at the close of payment (the candidate).",
            "现为自审核通过起5日内，最迟至缴费截止（报考人员）。",
        ),
        (
            ("levels", 0, "any_of", 0, "majors"),
            ["construction"],
            "ways to qualify › no. 1 › majors: no longer Building, Municipal works, Highways,",
            "第1项 › 专业：取消建筑类、市政类、",
        ),
    ],
    ids=["long list", "own choices", "one language", "size", "codes in words", "numbered", "window", "majors"],
)
def test_nothing_is_read_as_a_code_or_taken_for_another_thing(path: tuple[Any, ...], to: Any, en: str, zh: str) -> None:
    found = one(*path, to=to).sentence
    assert en in found.en
    assert zh in found.zh


def test_rows_within_a_row_are_numbered() -> None:
    (new,) = differences(changed("levels", 0, "any_of", to=[]), GUANGDONG, READING)
    assert "new, (1) education associate degree, years of work 6, majors Construction in general" in new.sentence.en
    assert "；（5）学历 博士，工作年限 1，" in new.sentence.zh


def test_no_code_of_the_policy_is_read_aloud_where_it_has_words() -> None:
    for before, after in (("cgptc", "guangdong"), ("guangdong", "mixed"), ("mixed", "cgptc")):
        found = differences(load_policy(before)[0], load_policy(after)[0], READING)
        said = [one for one in found if re.search(r"[a-z]_[a-z]", one.sentence.en + one.sentence.zh)]
        assert {one.path for one in said} <= {"exam", "photo.profile", "photo.earlier", "fees.version", "paper.carrier"}
        assert not [one.path for one in found if "Level 1 (senior" in one.sentence.en and "rules" in one.path]


def test_a_list_with_codes_is_compared_by_them_wherever_its_rows_stand() -> None:
    turned = changed("desks", to=list(reversed(DATA["desks"])))
    assert differences(GUANGDONG, turned, READING) == ()
    fewer = changed("desks", to=[row for row in DATA["desks"] if row["code"] != "shenzhen"])
    (found,) = differences(GUANGDONG, fewer, READING)
    assert (found.path, found.kind) == ("desks.shenzhen", "gone")
    assert found.sentence.zh.startswith("办理机构 › 深圳市人事考试机构")
    (gone,) = differences(GUANGDONG, changed("regions", to=DATA["regions"][:-1]), READING)
    assert (gone.sentence.en, gone.sentence.zh) == (
        "places of registration › Yunfu: no longer there.",
        "报名地 › 云浮：取消。",
    )


def test_two_schemes_can_be_compared_whole_and_every_sentence_is_in_both_languages() -> None:
    found = differences(load_policy("cgptc")[0], GUANGDONG, READING)
    assert len(found) > 100
    for difference in found:
        assert difference.sentence.en.endswith(".")
        assert difference.sentence.zh.endswith("。")
        assert "{" not in difference.sentence.en + difference.sentence.zh


def test_every_key_and_every_value_of_the_schema_has_words() -> None:
    keys: set[str] = set()
    values: set[str] = set()
    seen: set[Any] = set()

    def walk(kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind not in seen:
                seen.add(kind)
                for name, field in kind.model_fields.items():
                    keys.add(field.alias or name)
                    walk(field.annotation)
        elif isinstance(kind, type) and issubclass(kind, enum.StrEnum):
            values.update(str(one) for one in kind)
        elif typing.get_origin(kind) is typing.Literal:
            values.update(str(one) for one in typing.get_args(kind))
        else:
            for part in typing.get_args(kind):
                walk(part)

    walk(Policy)
    assert sorted(keys - set(READING.fields)) == []
    assert sorted(values - set(READING.values)) == []
