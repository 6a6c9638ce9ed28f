"""Stored applications exported as the rules read them, and a changed policy simulated over them."""

import json
from pathlib import Path
from typing import Any

import pytest

from certification import policies
from certification.acts import replays as exporting
from local import seed_guangdong
from local.policy_tools import simulate
from tests.functions.committing import SITTING, People, publish
from tests.functions.stand import REVIEWER, Stand

POLICY = (Path(policies.__file__).parent / "guangdong.yaml").read_text(encoding="utf-8")


@pytest.fixture
def people(stand: Stand) -> People:
    publish(stand)
    return People(stand)


def page(stand: Stand, session: str, after: str = "") -> Any:
    query = f"?after={after}" if after else ""
    return stand.call("GET", f"/api/staff/sittings/{SITTING}/replays{query}", session=session)


@pytest.mark.rule("INF-05")
def test_a_changed_policy_is_replayed_over_what_is_stored_and_names_whose_outcome_changes(
    stand: Stand, people: People, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST", 1)
    signed = people.signed()
    one_subject = people.confirmed(subjects=("economics",))
    people.draft()  # not confirmed: nothing was decided about it
    national = stand.sign_in_staff(seed_guangdong.NATIONAL_EMAIL)
    rows, after = [], ""
    while True:
        body = page(stand, national, after).body
        rows += body["replays"]
        after = body["after"]
        if not after:
            break
    assert {row["application"] for row in rows} == {signed.reference, one_subject.reference}
    text = json.dumps(rows, ensure_ascii=False)
    for private in ("陈样本", "YANGBEN", "SAMPLE9", "mainland", "+86138", "Sample Ltd", "Sample University"):
        assert private not in text

    lines = tmp_path / "applications.jsonl"
    lines.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    changed = tmp_path / "guangdong.yaml"
    changed.write_text(POLICY.replace("law: 6100", "law: 7100"), encoding="utf-8")
    assert simulate.main([str(lines), "guangdong", str(changed)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 2
    assert told[0].startswith(f"{signed.reference}  fee: CNY 252.00 → CNY 262.00. Fee schedule guangdong-2026-1")
    assert told[1] == "1 of 2 applications change: fee 1."
    assert simulate.main([str(lines), str(changed), "guangdong", "--language", "zh"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 份报名中有 1 份结果改变：费用 1 份。"
    assert simulate.main([str(lines), "guangdong", "guangdong"]) == 0
    assert capsys.readouterr().out == "0 of 2 applications change.\n"


@pytest.mark.rule("GOV-01")
@pytest.mark.usefixtures("people")
def test_only_who_plans_the_scheme_exports_it(stand: Stand) -> None:
    assert page(stand, stand.sign_in_staff(seed_guangdong.PROVINCE_EMAIL)).status == 403
    assert page(stand, stand.sign_in_staff(REVIEWER)).status == 403
    national = stand.sign_in_staff(seed_guangdong.NATIONAL_EMAIL)
    assert stand.call("GET", "/api/staff/sittings/nowhere/replays", session=national).status == 404
    assert page(stand, national, "not-a-reference").status == 422
    assert page(stand, national).body == {"replays": [], "after": None}


def test_a_line_that_is_no_export_and_a_policy_that_is_not_valid_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "applications.jsonl"
    lines.write_text('\n{"application": "APP"}\n', encoding="utf-8")
    assert simulate.main([str(lines), "guangdong", "guangdong"]) == 1
    assert "line 2: wanted, background" in capsys.readouterr().out
    lines.write_text("not json", encoding="utf-8")
    assert simulate.main([str(lines), "guangdong", "guangdong"]) == 1
    assert simulate.main([str(tmp_path / "nothing.jsonl"), "guangdong", "guangdong"]) == 1
    assert simulate.main(["http://127.0.0.1:9", "guangdong", "guangdong"]) == 1
    assert "no answer that can be read" in capsys.readouterr().out
    broken = tmp_path / "guangdong.yaml"
    broken.write_text(POLICY.replace("window: 2,", "window: 0,"), encoding="utf-8")
    assert simulate.main([str(lines), "guangdong", str(broken)]) == 1
    assert "validity.window" in capsys.readouterr().out
