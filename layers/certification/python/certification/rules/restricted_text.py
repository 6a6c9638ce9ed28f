"""RESTRICTED TEXT: what a published text may be made of, so that it can be shown anywhere and hide nothing.

In words: headings (`## `, `### `), paragraphs, lists (`- ` or `1. `), **strong words** and [links](https://…). Nothing
else has a meaning: what looks like HTML, a table, an image or code is refused with its line, and so are characters that
nobody can see. A link leads to a page of ours (`/…`), to `https://` or to `mailto:`. The text is read into parts; pages
show the parts and never the text itself, so nothing that somebody wrote can become markup.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

from certification.rules.model import Frozen

LONGEST = 20_000
LISTS = ("bullets", "numbers")
_HEADING = re.compile(r"(#{2,3}) +(\S.*)")
_ITEM = re.compile(r"- +(\S.*)|(\d{1,3})\. +(\S.*)")
_SPAN = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\[(?P<text>[^\[\]]+)\]\((?P<to>[^()\s]+)\)")
_ADDRESS = re.compile(r"https://[^\s<>\"']+|mailto:[^\s<>\"']+@[^\s<>\"']+|/(?!/)[^\s<>\"'\\]*")
_REFUSED: tuple[tuple[str, re.Pattern[str], str, str], ...] = (
    ("html", re.compile(r"<[A-Za-z/!?]"), "Write no HTML; use headings, lists and links.", "请勿使用 HTML，可使用标题、列表和链接。"),
    ("image", re.compile(r"!\["), "A published text has no images.", "公布的文本不能包含图片。"),
    ("table", re.compile(r"^\s*\|"), "A published text has no tables; use a list.", "公布的文本不能包含表格，请使用列表。"),
    ("code", re.compile(r"^\s*(```|~~~)"), "A published text has no code.", "公布的文本不能包含代码。"),
    ("heading", re.compile(r"^(#|#{4,})(?!#)"), "Headings begin with ## or ### and a space.", "标题须以“## ”或“### ”开头。"),
    ("quote", re.compile(r"^\s*>"), "A published text has no quotations.", "公布的文本不能包含引用块。"),
)  # fmt: skip
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")


class Span(Frozen):
    """A piece of a line. `to` is the address of a link."""

    text: str
    strong: bool = False
    to: str | None = None


class Block(Frozen):
    """A heading, a paragraph, or a list; only a list has more than one line."""

    kind: Literal["heading", "subheading", "paragraph", "bullets", "numbers"]
    lines: tuple[tuple[Span, ...], ...]


class TextProblem(Frozen):
    """Something the text may not contain, with the line it stands in (the first is 1; 0: the text as a whole)."""

    line: int
    code: str
    en: str
    zh: str


def problems(text: str) -> tuple[TextProblem, ...]:
    """Everything that is wrong with a text, at once."""
    if not text.strip():
        return (TextProblem(line=0, code="text_empty", en="The text is empty.", zh="文本为空。"),)
    if len(text) > LONGEST:
        en, zh = f"The text has more than {LONGEST:,} characters.", f"文本超过 {LONGEST:,} 个字符。"
        return (TextProblem(line=0, code="text_too_long", en=en, zh=zh),)
    return tuple(
        TextProblem(line=number, code=code, en=en, zh=zh)
        for number, line in enumerate(text.splitlines(), 1)
        for code, en, zh in _wrong(line)
    )


def _wrong(line: str) -> Iterator[tuple[str, str, str]]:
    for code, pattern, en, zh in _REFUSED:
        if pattern.search(line):
            yield f"text_{code}", en, zh
    links = [span["to"] for span in _SPAN.finditer(line) if span["to"] and _ADDRESS.fullmatch(span["to"])]
    for _ in range(line.count("](") - len(links)):
        yield "text_link", "A link begins with https://, mailto: or /.", "链接须以 https://、mailto: 或 / 开头。"
    if any(unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs") for character in line.replace("\t", " ")):
        yield "text_invisible", "Remove the characters that cannot be seen.", "请删除不可见字符。"


def blocks(text: str) -> tuple[Block, ...]:
    """The parts of a text that has no problems."""
    found: list[Block] = []
    open_kind = ""
    for line in text.splitlines():
        kind, words = _kind(line)
        goes_on = kind == "paragraph" and (line.startswith(" ") if open_kind in LISTS else open_kind == kind)
        if not words:
            open_kind = ""
        elif goes_on:
            found[-1] = _longer(found[-1], words)
        elif kind == open_kind and kind in LISTS:
            found[-1] = found[-1].model_copy(update={"lines": (*found[-1].lines, _spans(words))})
        else:
            found.append(Block(kind=kind, lines=(_spans(words),)))
            open_kind = kind
    return tuple(found)


def _kind(line: str) -> tuple[Literal["heading", "subheading", "paragraph", "bullets", "numbers"], str]:
    if heading := _HEADING.fullmatch(line.rstrip()):
        return ("heading" if len(heading[1]) == 2 else "subheading"), heading[2]
    if item := _ITEM.fullmatch(line.rstrip()):
        return ("bullets", item[1]) if item[1] else ("numbers", item[3])
    return "paragraph", line.strip()


def _longer(block: Block, words: str) -> Block:
    """The last line of a block goes on in the next line of the text: with a space, except between Chinese characters."""
    *before, last = block.lines
    ends, begins = last[-1].text[-1:], words[:1]
    gap = "" if _CJK.match(ends) or _CJK.match(begins) else " "
    return block.model_copy(update={"lines": (*before, (*last, *_spans(gap + words)))})


def _spans(words: str) -> tuple[Span, ...]:
    found: list[Span] = []
    end = 0
    for match in _SPAN.finditer(words):
        if match.start() > end:
            found.append(Span(text=words[end : match.start()]))
        found.append(Span(text=match["strong"] or match["text"], strong=bool(match["strong"]), to=match["to"]))
        end = match.end()
    return (*found, Span(text=words[end:])) if end < len(words) else tuple(found)


def plain(text: str) -> str:
    """The words alone: for feeds and short descriptions."""
    lines = ("".join(span.text for span in line) for block in blocks(text) for line in block.lines)
    return "\n".join(lines)
