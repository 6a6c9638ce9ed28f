"""GLYPHS: whether a name can be printed as it is, and what stands on paper when it cannot.

In words: every letter and mark of a name must have a glyph in a font of our documents; nothing is ever printed as a box or
a question mark. A variation selector asks for one form of a character: our fonts have no such forms, so the character's
usual form is printed, and the person is told. When a character has no glyph the name is kept as it was typed, the
application goes on, and a desk agrees with the person how the name is printed: a spelling whose characters all have one.
"""

from bisect import bisect_right
from itertools import pairwise

from certification.rules.errors import Refused
from certification.rules.model import Frozen

_JOINERS = frozenset(" ·'’-.")


class Coverage(Frozen):
    """Runs of code points that can be printed, in order."""

    spans: tuple[tuple[int, int], ...]

    def has(self, character: str) -> bool:
        """Whether this character can be printed."""
        code = ord(character)
        place = bisect_right(self.spans, code, key=lambda span: span[0]) - 1
        return place >= 0 and code <= self.spans[place][1]


class Printing(Frozen):
    """How a name will be printed: `text` is what stands on paper, `missing` what has no glyph, `forms` what asked for a
    form that is printed in its usual one."""

    text: str
    missing: tuple[str, ...]
    forms: tuple[str, ...]

    @property
    def possible(self) -> bool:
        return not self.missing


def printing(name: str, coverage: Coverage) -> Printing:
    """What can be printed of a name, character by character."""
    plain = "".join(character for character in name if not is_selector(character))
    missing = [character for character in plain if character not in _JOINERS and not coverage.has(character)]
    forms = [before for before, character in pairwise(name) if is_selector(character)]
    return Printing(text=plain, missing=tuple(dict.fromkeys(missing)), forms=tuple(dict.fromkeys(forms)))


def must_be_printable(name: str, coverage: Coverage, field: str) -> None:
    """A spelling that a desk and a person agree on must not need the same help again."""
    found = printing(name, coverage)
    if found.missing:
        codes = ", ".join(code_point(character) for character in found.missing)
        raise Refused(
            "not_printable",
            f"Our fonts have no glyph for {codes}. Give a spelling without it, for example in Latin letters.",
            f"现有字体没有以下字符：{codes}。请提供不含该字符的写法，例如拉丁字母拼写。",
            rules=("ACC-13",),
            field=field,
        )


def code_point(character: str) -> str:
    """`U+4E00`, for a character that cannot be shown."""
    return f"U+{ord(character):04X}"


def is_selector(character: str) -> bool:
    """Whether this is a variation selector, which has no shape of its own."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def name_on_paper(native: str | None, latin: str | None, agreed: str | None, coverage: Coverage) -> str:
    """What our documents print: the agreed spelling; else the name itself; else, until a desk has helped, the Latin one."""
    for name in (agreed, native, latin):
        if name and printing(name, coverage).possible:
            return printing(name, coverage).text
    return native or latin or ""


def must_have_a_name_to_print(native: str | None, latin: str | None, coverage: Coverage) -> None:
    """Somebody whose own name cannot be printed must not be without any: the Latin one is needed meanwhile."""
    missing = printing(native, coverage).missing if native else ()
    if missing and not (latin and printing(latin, coverage).possible):
        codes = ", ".join(f"{character} ({code_point(character)})" for character in missing)
        raise Refused(
            "latin_name_needed",
            f"We keep your name as it is, but our fonts have no glyph for {codes} yet. Enter your name in Latin letters too.",
            f"姓名将原样保存，但现有字体暂缺：{codes}。请同时填写拉丁字母姓名。",
            rules=("ACC-13",),
            field="latin_name",
        )
