"""Notices: one name for a scope, versions that follow each other, nothing dated back, and text that can hide nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from certification.rules import restricted_text
from certification.rules.notices import (
    Notice,
    NoticeKind,
    OnSite,
    PlanEntry,
    Series,
    Shown,
    Version,
    check,
    find,
    identity,
    proof,
)
from certification.rules.words import Words

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WORDS = Words(en="Something", zh="事项")
ON_SITE = OnSite(when=WORDS, where=WORDS, how=WORDS)
PLAN = (PlanEntry(exam=WORDS, registration=WORDS, exam_days=(date(2026, 6, 6),)),)


def notice(kind: str = "registration_notice", **changes: Any) -> Notice:
    content = {"kind": kind, "scheme": "cgptc", "year": 2026, "title": WORDS, "text": WORDS}
    return Notice.model_validate({**content, **changes})


def version(number: int, effective: datetime, ends: datetime | None = None) -> Version:
    return Version(
        number=number,
        title=WORDS,
        proof=f"hash {number}",
        effective=effective,
        ends=ends,
        published_at=effective,
        published_by="STF-1",
    )


def series(*versions: Version, kind: NoticeKind = NoticeKind.REGISTRATION_NOTICE, **scope: Any) -> Series:
    wide = {"scheme": "cgptc", "year": 2026, "region": None, "sitting": None, "name": None}
    return Series.model_validate({"id": "a-notice", "kind": kind, "versions": versions, **wide, **scope})


def codes(content: Notice, before: Version | None = None) -> set[str]:
    return {one.code for one in check(content, before, NOW)}


def test_the_name_says_what_it_is_about_so_there_is_one_plan_for_a_year() -> None:
    plan = notice("annual_plan", plan=PLAN)
    assert identity(plan) == identity(notice("annual_plan", plan=PLAN, title=Words(en="Other", zh="其他")))
    assert identity(plan) == "annual-plan-cgptc-2026"
    everything = notice(region="kowloon", sitting="cgptc_1", name="extra")
    assert identity(everything) == "registration-notice-cgptc-2026-in-kowloon-for-cgptc-1-extra"
    assert identity(notice(region="a")) != identity(notice(sitting="a")) != identity(notice(name="a"))
    assert codes(notice(name="in-a")) == {"name_reserved"}


def test_a_version_counts_from_its_instant_to_the_next_ones() -> None:
    first, second = version(1, NOW), version(2, NOW + timedelta(days=1))
    both = series(first, second)
    assert both.in_force(NOW - SECOND) is None
    assert both.in_force(NOW) == first
    assert both.in_force(second.effective - SECOND) == first
    assert both.in_force(second.effective) == second
    assert both.begun(second.effective - SECOND) == (first,)
    assert both.replaced_at(1, second.effective - SECOND) is None
    assert both.replaced_at(1, second.effective) == second.effective
    assert both.replaced_at(2, second.effective) is None


@pytest.mark.rule("CHK-14")
def test_a_list_of_people_is_gone_at_its_end_and_other_notices_stay_readable() -> None:
    end = NOW + timedelta(days=10)
    last = version(1, NOW, end)
    people, reminder = series(last, kind=NoticeKind.COMMITMENTS), series(last, kind=NoticeKind.EXAM_NOTICE)
    assert people.in_force(end - SECOND)
    assert people.in_force(end) is None
    assert not people.removed(last, end - SECOND)
    assert people.removed(last, end)
    assert reminder.in_force(end) is None
    assert not reminder.removed(last, end)


def test_nothing_is_dated_back_and_no_version_begins_before_the_last() -> None:
    assert codes(notice(effective=NOW)) == set()
    assert codes(notice(effective=NOW - SECOND)) == {"dated_back"}
    last = version(1, NOW + timedelta(days=1))
    assert codes(notice(effective=last.effective), last) == {"before_the_last"}
    assert codes(notice(effective=last.effective + SECOND), last) == set()
    assert codes(notice(), last) == {"before_the_last"}
    assert codes(notice("exam_notice", name="a", ends=NOW)) == {"ends_too_soon"}
    assert codes(notice("exam_notice", name="a", ends=NOW + SECOND)) == set()


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        (notice("registration_notice", scheme=None), {"scheme"}),
        (notice("annual_plan", year=None), {"year", "plan"}),
        (notice("on_site_check", region="a"), {"on_site"}),
        (notice("commitments", sitting="s"), {"people", "ends"}),
        (notice("public_notice"), {"name"}),
        (notice(sitting="s", scheme=None), {"scheme"}),
    ],
)
def test_a_kind_says_what_its_notices_are_about(content: Notice, missing: set[str]) -> None:
    found = check(content, None, NOW)
    assert {one.column for one in found if one.code == "scope_missing"} == missing


def test_parts_of_one_kind_are_not_parts_of_another() -> None:
    assert codes(notice(plan=PLAN, on_site=ON_SITE, people=(Shown(name="陈*", reference="…1"),))) == {"scope_unknown"}
    assert codes(notice("on_site_check", region="a", on_site=ON_SITE)) == set()
    assert codes(notice("verification_scope", scheme=None, year=None)) == set()
    assert codes(notice(title=Words(en="A", zh="A"), text=Words(en="A", zh="A"))) == {"not_chinese"}


def test_the_proof_changes_with_every_part() -> None:
    base = notice()
    changed = [notice(title=Words(en="S", zh="事")), notice(region="a"), notice(ends=NOW), notice(effective=NOW)]
    assert len({proof(one) for one in (base, *changed)}) == 5
    assert proof(base) == proof(Notice.model_validate_json(base.model_dump_json()))


def test_the_narrowest_notice_counts() -> None:
    wide, region, sitting = (
        series(version(1, NOW)),
        series(version(1, NOW), region="a"),
        series(version(1, NOW), sitting="s"),
    )
    other = [
        series(version(1, NOW), year=2025),
        series(version(1, NOW), sitting="t"),
        series(version(1, NOW), scheme="x"),
    ]
    late = series(version(1, NOW + SECOND), sitting="s", region="a")
    board = [wide, region, sitting, late, *other]
    asked: dict[str, Any] = {"scheme": "cgptc", "year": 2026, "sitting": "s"}

    def found(at: datetime, region: str | None) -> Series | None:
        one = find(board, NoticeKind.REGISTRATION_NOTICE, at, region=region, **asked)
        return one[0] if one else None

    assert found(NOW, None) == sitting
    assert found(NOW, "a") == sitting
    assert found(NOW + SECOND, "a") == late
    assert found(NOW - SECOND, "a") is None
    assert find([wide, region], NoticeKind.REGISTRATION_NOTICE, NOW, region="b", **asked) == (wide, wide.versions[0])


TEXT = """\
## What you need
Bring **both** documents
and be early.

- the original, see [the list](https://example.org/list)
  and a copy
- nothing else
1. first
2. second
### Asking
写信给我们，
谢谢。
"""


def test_a_text_is_read_into_its_parts() -> None:
    parts = restricted_text.blocks(TEXT)
    assert [(part.kind, len(part.lines)) for part in parts] == [
        ("heading", 1),
        ("paragraph", 1),
        ("bullets", 2),
        ("numbers", 2),
        ("subheading", 1),
        ("paragraph", 1),
    ]
    assert [(span.text, span.strong) for span in parts[1].lines[0]] == [
        ("Bring ", False),
        ("both", True),
        (" documents", False),
        (" and be early.", False),
    ]
    assert parts[2].lines[0][1].to == "https://example.org/list"
    assert restricted_text.plain(TEXT).endswith("Asking\n写信给我们，谢谢。")
    assert restricted_text.problems(TEXT) == ()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("<b>bold</b>", "text_html"),
        ("<!-- hidden -->", "text_html"),
        ("</p>", "text_html"),
        ("![a](https://example.org/a.png)", "text_image"),
        ("| a | b |", "text_table"),
        ("```", "text_code"),
        ("# Title", "text_heading"),
        ("#### Title", "text_heading"),
        ("> said", "text_quote"),
        ("[x](javascript:alert(1))", "text_link"),
        ("[x](http://example.org)", "text_link"),
        ("[x](//example.org)", "text_link"),
        ("[x](data:text/html,a)", "text_link"),
        ("[x](/\\example.org)", "text_link"),
        ("turned \u202e round", "text_invisible"),
        ("zero\u200bwidth", "text_invisible"),
        ("bell\x07", "text_invisible"),
    ],
)
def test_what_a_text_may_not_contain_is_named_with_its_line(line: str, code: str) -> None:
    found = restricted_text.problems(f"Good.\n\n{line}\n")
    assert [(one.line, one.code) for one in found] == [(3, code)]


def test_everything_wrong_is_said_at_once_and_length_has_a_limit() -> None:
    assert [one.line for one in restricted_text.problems("<a>\n\n# x\nfine\n![y](/z)")] == [1, 3, 5]
    assert restricted_text.problems("a" * restricted_text.LONGEST) == ()
    assert [one.code for one in restricted_text.problems("a" * (restricted_text.LONGEST + 1))] == ["text_too_long"]
    assert [one.code for one in restricted_text.problems(" \n")] == ["text_empty"]
    fair = "3 < 4, a@b, #hash, 5 > 4, (a) [b] ~ `c` [here](/en/exams) [mail](mailto:a@example.org)"
    assert restricted_text.problems(fair) == ()
