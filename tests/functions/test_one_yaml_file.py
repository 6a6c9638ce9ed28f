"""A new scheme is one YAML file and nothing else: it is written, and an application of it goes through screening."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certification import policies
from local import seed
from local.policy_tools import check
from tests.functions.committing import People, give_files, sitting
from tests.functions.policy_folder import policies_in, shipped
from tests.functions.stand import Stand


def welder(text: str) -> str:
    """A scheme that nobody has: other codes everywhere, two subjects, another currency's items, a city of its own."""
    for before, after in (
        ("scheme: mixed", "scheme: welding"),
        ("exam: economics_intermediate", "exam: welding"),
        ("Economics (Intermediate) 2026", "Welding 2026"),
        ("经济专业技术资格（中级）2026 年度考试", "焊工 2026 年度考试"),
        ("code: human_resources", "code: steel"),
        ("occupation: human_resources", "occupation: steel"),
        ("Human resources", "Steel"),
        ("code: intermediate\n", "code: craftsman\n"),
        ("[intermediate,", "[craftsman,"),
        ("[intermediate]", "[craftsman]"),
        ("level: intermediate,", "level: craftsman,"),
        ("code: zhuhai", "code: harbour"),
        ("mixed_", "welding_"),
        ("photo:\n  profile: mixed", "photo:\n  profile: welding"),
    ):
        assert before in text, before
        text = text.replace(before, after)
    return text


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Our policies in another folder, with one file more."""
    with policies_in(tmp_path, welding=welder(shipped("mixed"))) as there:
        yield there


def welding_sitting() -> dict[str, Any]:
    """One sitting of the new scheme, as a file of staff."""
    described = sitting("welding-1", number=5)
    dates = described["dates"]
    papers = [slot | {"subject": code} for slot, code in zip(dates["slots"][:2], ("basics", "practice"), strict=True)]
    return described | {
        "scheme": "welding",
        "name_en": "Welding, autumn",
        "name_zh": "焊工秋季考试",
        "occupations": ["steel", "finance"],
        "levels": ["craftsman"],
        "dates": dates | {"slots": papers},
    }


def publish_welding(stand: Stand) -> None:
    """The sitting, dropped by who plans for the new scheme."""
    seed.add_member("STF-welding", "Sample Welding", "welding@staff.test", ("supervisor",), ("welding_province",))
    seed.drop(stand.cloud, "sittings/welding.json", json.dumps(welding_sitting()).encode(), "STF-welding")
    stand.cloud.settle()


@pytest.mark.rule("INF-07", "INF-05")
def test_a_new_scheme_is_one_yaml_file_and_its_applications_are_screened(stand: Stand, folder: Path) -> None:
    assert check.check_file(folder / "welding.yaml") == []
    assert policies.schemes() == ("cgptc", "guangdong", "mixed", "welding")
    publish_welding(stand)
    offered = {one["id"]: one for one in stand.call("GET", "/api/account/sittings").body["sittings"]}["welding-1"]
    assert (offered["scheme"], offered["all_subjects"]) == ("welding", False)
    assert [region["code"] for region in offered["regions"]] == ["guangzhou", "harbour"]
    assert offered["offers"][0]["fee"] == {"amount": 14000, "currency": "CNY"}

    person = People(stand).complete(
        scheme="welding", occupation="steel", level="craftsman", region="harbour", id_kind="resident_identity_card",
        id_number="11010519491231002X", born="1949-12-31", subjects=("practice",),
    )  # fmt: skip
    give_files(stand.id_of(person.session), "photo.welding")
    person.apply("welding-1")
    assert person.now()["subjects"] == ["practice"]
    person.confirm()
    stand.cloud.settle()
    now = person.now()
    assert now["status"] in ("awaiting_signature", "awaiting_proofs")
    assert {step["what"] for step in now["timeline"]} >= {"confirmed"}


@pytest.mark.rule("INF-07")
@pytest.mark.usefixtures("folder")
def test_the_pages_of_a_new_scheme_speak_its_own_words(stand: Stand) -> None:
    publish_welding(stand)
    shown = stand.cloud.request("GET", "/en/exams/welding-1", {}, b"").body.decode()
    assert "Welding, autumn" in shown
    assert "Steel" in shown
    assert "CNY\N{NO-BREAK SPACE}140.00" in shown
