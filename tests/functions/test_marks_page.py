"""The marks of a released result on the page of the application: nobody needs a PDF to read them."""

import pytest

from certification.cloud.tables.applications import applications
from certification.cloud.tables.results import Result, results
from certification.cloud.transaction import commit
from certification.rules.status import Status
from tests.functions.photo_pages import Pages
from tests.functions.stand import START, Stand


@pytest.mark.rule("RES-04", "RES-05")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Theory", "88.5 of 100, pass mark 60", "Practical assessment", "Absent")),
        ("zh", ("理论考试", "88.5 分（满分 100，合格标准 60）", "实操考核", "缺考")),
    ],
)
def test_every_paper_s_marks_or_code_stand_on_the_page(stand: Stand, language: str, said: tuple[str, ...]) -> None:
    candidate = stand.in_review()
    page = Pages(stand, candidate, language)
    assert said[1] not in page.get(page.base).text
    application = applications.read(candidate.reference)
    released = Result(
        place=candidate.reference,
        entry="1",
        application=candidate.reference,
        candidate_number="1",
        marks={"theory": "88.5", "practical": "-1"},
        passed=False,
        released_at=START,
    )
    after = application.changed(status=Status.NOT_PASSED, result="1", open_cases=())
    commit([results.insert(released), applications.update(after)])
    text = page.get(page.base).text
    for words in said:
        assert words in text
