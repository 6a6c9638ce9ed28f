"""docs/money.md: every worked example is run, and prints what the page says."""

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "money.md"


LONGEST = 110
"""One page: whoever adds a line takes one away."""


def test_it_is_one_page() -> None:
    assert len(PAGE.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_the_worked_examples_print_what_the_page_says() -> None:
    blocks = re.findall(r"^```pycon\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.M | re.S)
    assert len(blocks) >= 7
    story = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "docs/money.md", str(PAGE), 0)
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(story, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)
    assert len(story.examples) > 20
