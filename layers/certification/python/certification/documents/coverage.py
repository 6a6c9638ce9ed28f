"""What our fonts can print, without the fonts: pages carry neither typst nor the fonts, and must say at once what lacks.

`coverage.txt` is made from the fonts by local/artwork/coverage.py; a test compares it with them, and with what typst prints.
"""

from functools import cache
from itertools import accumulate
from pathlib import Path

from certification.rules.glyphs import Coverage

FILE = Path(__file__).parent / "coverage.txt"


@cache
def printable() -> Coverage:
    """The letters and marks that have a glyph in at least one font of the documents."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("-") for line in lines if not line.startswith("#")]
    spans = tuple((int(first, 16), int(last or first, 16)) for first, _, last in pairs)
    assert list(accumulate((last for _, last in spans), max)) == [last for _, last in spans], "runs are in order"
    return Coverage(spans=spans)
