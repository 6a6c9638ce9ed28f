"""The tools for whoever writes policies: check says what is wrong and what to do, diff reads changes aloud."""

import re
import subprocess
from pathlib import Path

import pytest

from certification import policies
from local.policy_tools import check, diff, publish

FOLDER = Path(policies.__file__).parent
GUANGDONG = (FOLDER / "guangdong.yaml").read_text(encoding="utf-8")

REFUND = "refund: {windows: []"
WEEKS = """refund: {windows: [{window: {from: success, within: P5WD, who: candidate}, handling_fee_rate: "0.20"}]"""


def written(folder: Path, text: str, name: str = "guangdong.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_we_ship_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main([]) == 0
    assert capsys.readouterr().out == "All is well.\n"


@pytest.mark.parametrize(
    ("before", "after", "place", "said"),
    [
        ("receipt: {by: external", "reciept: {by: external", "receipt", "This key is missing. Add it"),
        ("receipt: {by: external", "reciept: {by: external", "reciept", "Did you mean receipt?"),
        ("replace: staff_only", "replace: perhaps", "photo.replace", "Use one of the values named."),
        ("who: candidate}", "who: candidate, colour: red}", "colour", "Take it away"),
        ("window: 2,", "window: two,", "validity.window", "no whole number"),
        ("exam: constructor", "exam: [constructor", "line", "like the same key in a policy"),
        ("calendar: cn", "calendar: mars", "calendar", "There is no calendar mars."),
        ("calendar: cn", "calendar: cn\ncalendar: hk", "line 14", "The key calendar occurs twice. Keep one of them."),
        ("text: cn_2026", "text: cn_1999", "commitment.text", "There is no such text."),
        ("scheme: guangdong", "scheme: fujian", "scheme", "Call the file fujian.yaml."),
        ("year: 2026", "year: 2030", "calendar", "Let it cover the exam's year and the next."),
        ("last_query: PT24H", "last_query: P1D", "payment.last_query", "Write hours, such as PT24H."),
        ("under: national_centre", "under: nobody", "desks.guangdong_province", "Unknown desk above it, nobody."),
        ("window: 2,", "window: true,", "validity.window", "no whole number"),
        ("window: 2,", "window: 21,", "validity.window", "the most is 20"),
        ("minimum_age: 18", 'minimum_age: "18"', "minimum_age", "without quotes"),
        ("two_people: true", 'two_people: "yes"', "two_people", "Write true or false, without quotes."),
        ("two_people: true", "two_people: yes", "two_people", "Write true or false, without quotes."),
        ("time_zone: Asia/Shanghai", "time_zone: Asia/Schanghai", "time_zone", "no time zone Asia/Schanghai"),
        ("settlement_currency: CNY", "settlement_currency: CNX", "settlement_currency", "minor unit of CNX"),
        ("email: national@exams.test", "email: nobody", "email", "desk@example.org"),
        ('opens: "09:00"', 'opens: "19:00"', "hours", "not after 19:00"),
        ("within: P5WD", "within: P50000WD", "within", "at most four digits"),
        ("code: shenzhen", "code: guangzhou", "regions", "A code occurs twice, guangzhou."),
        (
            "sign, pay, success]",
            "pay, sign, success]",
            "lanes.commitment",
            "confirm, sign, pay, success, in this order",
        ),
        ("exam: constructor", "exam: constructor\n1: one", "line", "put it into quotes"),
        ("exam: constructor_level_one", "exam: &e constructor\nfoo: *e", "line", "The alias *e is not understood"),
        ("exam: constructor", "exam: !!python/name:os.system x", "line", "is not understood here: take it away"),
        ("exam: constructor", f"exam: {'[' * 3000}", "line", "nested more than 20 deep"),
        ("exam: constructor", "exam:\tconstructor\n\t- a", "line", "Indent with spaces."),
        ("exam: constructor_level_one", "exam: constructor\n---\nexam: again", "line", "take away ---"),
        ("at_least: PT2H", "at_least: P1D", "commitment.proofs.at_least", "Write hours, such as PT24H."),
        (REFUND, WEEKS, "refund", "counted in calendar days, e.g. P7D"),
        ("economics: 6100, ", "", "fees.schedule building full onsite", "No price for subject economics."),
    ],
)
def test_each_mistake_is_named_with_file_place_and_what_to_do(
    before: str, after: str, place: str, said: str, tmp_path: Path
) -> None:
    assert before in GUANGDONG
    found = check.check_file(written(tmp_path, GUANGDONG.replace(before, after, 1)))
    assert any(place in trouble.place and said in f"{trouble.what} {trouble.todo}" for trouble in found), found
    assert all(str(trouble).startswith("guangdong.yaml: ") for trouble in found)


def test_several_mistakes_are_named_at_once_and_the_exit_code_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = GUANGDONG.replace("minimum_age: 18", "minimum_age: -1").replace("forms: [onsite]", "forms: [moon]")
    assert check.main([str(written(tmp_path, broken))]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 2
    assert re.fullmatch(r"\d+ wrong\.", lines[-1])
    assert check.main([str(tmp_path / "nothing.yaml")]) == 2


def test_a_list_whose_only_row_is_wrong_is_not_called_too_short_and_many_complaints_are_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = check.check_file(written(tmp_path, GUANGDONG.replace("taken: {", "taken: {moon: 5, ", 1)))
    assert [trouble.place for trouble in found] == ["forms.1.taken.moon"]
    assert check.main([str(written(tmp_path, GUANGDONG + "".join(f"k{number}: 1\n" for number in range(80))))]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 52
    assert lines[-2:] == ["… and 30 more.", "80 wrong."]


def test_a_file_of_a_megabyte_is_refused_unread(tmp_path: Path) -> None:
    (trouble,) = check.check_file(written(tmp_path, GUANGDONG + "#" * 1024 * 1024))
    assert "more than 1048576 bytes" in trouble.what


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n"])
def test_a_file_without_keys_is_no_policy(text: str, tmp_path: Path) -> None:
    (trouble,) = check.check_file(written(tmp_path, text))
    assert trouble.what == "It has no keys."


def test_a_file_that_is_not_utf_8_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "guangdong.yaml"
    path.write_bytes(GUANGDONG.encode("gb18030"))
    (trouble,) = check.check_file(path)
    assert trouble.what == "It is not UTF-8."


def test_a_calendar_is_checked_too(tmp_path: Path) -> None:
    text = (FOLDER / "calendars" / "cn.yaml").read_text(encoding="utf-8")
    assert check.check_file(written(tmp_path, text, "cn.yaml")) == []
    (trouble,) = check.check_file(written(tmp_path, text.replace("first: 2025-01-01", "first: 2027-01-01"), "cn.yaml"))
    assert "in order" in trouble.what


def test_a_desk_that_means_two_teams_and_a_change_nobody_published_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "FOLDER", _copy(tmp_path))
    monkeypatch.setattr(check, "FOLDER", tmp_path)
    _forget()
    other = GUANGDONG.replace("code: guangdong_finance", "code: finance")
    written(tmp_path, other)
    found = {(trouble.place, trouble.file) for trouble in check.check_all()}
    _forget()
    assert found == {("desks.finance", "guangdong.yaml"), ("version", "guangdong.yaml")}


def test_publishing_writes_the_hash_of_the_current_versions_and_keeps_the_rest() -> None:
    text = publish.TARGET.read_text(encoding="utf-8")
    assert publish.published(text) == text
    older = text.replace("cgptc:\n", 'cgptc:\n  "2025.1": abc\n')
    assert publish.published(older) == older


def test_two_policies_are_compared_by_scheme_version_or_file_in_either_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = written(tmp_path, GUANGDONG.replace('proportion: "0.05"', 'proportion: "0.02"'))
    assert diff.main("guangdong@2026.1", str(changed), "both") == 0
    assert capsys.readouterr().out.splitlines() == [
        "checks › random sample › proportion: it was 5 %, it is now 2 %.",
        "核查 › 随机抽查 › 比例：原为5%，现为2%。",
        "1 difference.",
    ]
    assert diff.main("guangdong", str(changed), "zh") == 0
    assert capsys.readouterr().out.endswith("共 1 处不同。\n")
    assert diff.main("guangdong", str(written(tmp_path, "scheme: x", "x.yaml")), "en") == 1
    for nowhere in ("nowhere", "guangdong@1999.1", "", "nowhere.yaml"):
        assert diff.main("guangdong", nowhere, "en") == 1
        assert "there is no" in capsys.readouterr().out.splitlines()[-1]


def test_make_runs_the_check_on_one_file(tmp_path: Path) -> None:
    broken = written(tmp_path, GUANGDONG.replace("window: 2,", "window: 0,"))
    done = subprocess.run(["make", "policy-check", f"FILE={broken}"], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "validity.window" in done.stdout


def _copy(folder: Path) -> Path:
    for path in FOLDER.rglob("*.yaml"):
        target = folder / path.relative_to(FOLDER)
        target.parent.mkdir(exist_ok=True, parents=True)
        target.write_bytes(path.read_bytes())
    return folder


def _forget() -> None:
    for cached in (policies.load_policy, policies.load_calendar, policies.load_commitment_text, policies.load_reading):
        cached.cache_clear()
