"""Writes policies/calendars/cn.yaml: the State Council's holidays and moved working days from the `holidays` package.

    PYTHONPATH=layers/certification/python:. .venv/bin/python -m local.policy_tools.mainland_calendar

Every autumn the General Office of the State Council announces the next year's holidays and the weekends that are worked
in exchange. Years not yet announced are the package's forecast from the law on holidays alone, without moved days, and
marked provisional (decision 27): a date promised over them is never made earlier when the real list comes.
"""

import re
from datetime import date
from pathlib import Path

import holidays

TARGET = Path(__file__).parents[2] / "layers/certification/python/certification/policies/calendars/cn.yaml"
YEARS = range(2025, 2031)
LAST_ANNOUNCED = 2026

HEAD = """\
# Working days of the mainland: what local/policy_tools/mainland_calendar.py reads from the `holidays` package, which
# follows the State Council's yearly notices. A test compares this file with the generator. Working days are the other
# Mondays to Fridays, and the weekend days listed at the end, which were made working days.
name: cn
source: PyPI package holidays, CN, with the weekends that the State Council's notices made working days
first: {first}
last: {last}
provisional_from: {provisional}
holidays:
"""


def _iso(name: str) -> str:
    """`02/04/2024` is two different days to readers in different countries."""
    return re.sub(r"(\d\d)/(\d\d)/(\d{4})", r"\3-\1-\2", name)


def mainland() -> str:
    """The file's text."""
    english, chinese = (holidays.CN(years=YEARS, language=language) for language in ("en_US", "zh_CN"))
    first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    lines = [f'  - {{day: {day}, en: "{_iso(english[day])}", zh: "{chinese[day]}"}}\n' for day in sorted(english)]
    worked = [f"  - {day}\n" for day in sorted(chinese.weekend_workdays) if first <= day <= last]
    head = HEAD.format(first=first, last=last, provisional=date(LAST_ANNOUNCED + 1, 1, 1))
    return head + "".join(lines) + "extra_working_days:\n" + "".join(worked)


if __name__ == "__main__":
    TARGET.write_text(mainland(), encoding="utf-8")
