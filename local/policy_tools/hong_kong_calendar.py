"""Writes policies/calendars/hk.yaml: the general holidays of Hong Kong from the `holidays` package.

    PYTHONPATH=layers/certification/python:. .venv/bin/python -m local.policy_tools.hong_kong_calendar

General holidays (when banks and offices close) are the package's categories `public` (the statutory ones) and
`optional` together; `public` alone has no Good Friday. The government gazettes a year's list in the year before, so
everything after the last gazetted year is a forecast and marked provisional.
"""

from datetime import date
from pathlib import Path

import holidays

TARGET = Path(__file__).parents[2] / "layers/certification/python/certification/policies/calendars/hk.yaml"
YEARS = range(2025, 2031)
LAST_GAZETTED = 2027

HEAD = """\
# General holidays of Hong Kong: what local/policy_tools/hong_kong_calendar.py reads from the `holidays` package.
# A test compares this file with the generator. Working days are the other Mondays to Fridays.
name: hk
source: PyPI package holidays, HK, categories public and optional
first: {first}
last: {last}
provisional_from: {provisional}
holidays:
"""


# In Hong Kong 周日 is any day of the week but Sunday; readers on the mainland would read Sunday.
CLEARER = {"圣诞节后第一个周日": "圣诞节后第一个平日"}


def _names(joined: str) -> str:
    """Two holidays may fall on one day."""
    return " / ".join(sorted(CLEARER.get(name, name) for name in joined.split("; ")))


def hong_kong() -> str:
    """The file's text."""
    english, chinese = (
        holidays.HK(years=YEARS, categories=("public", "optional"), language=language)
        for language in ("en_HK", "zh_CN")
    )
    first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    lines = [
        f'  - {{day: {day}, en: "{_names(english[day])}", zh: {_names(chinese[day])}}}\n' for day in sorted(english)
    ]
    return HEAD.format(first=first, last=last, provisional=date(LAST_GAZETTED + 1, 1, 1)) + "".join(lines)


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(hong_kong(), encoding="utf-8")
