"""A letter's body as blocks, from which its text part and its HTML part are both made: they never tell two stories.

Templates write plain paragraphs, separated by empty lines, and call `item`, `row` and `button`. Those mark their
lines with control characters, which `clean` takes out of every value: what a person typed is never read as markup.
"""

import re
from itertools import groupby
from typing import Literal, cast

from certification.rules.model import Frozen

_MARK, _BETWEEN = "\x02", "\x1f"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

Kind = Literal["paragraph", "item", "row", "button"]


class Block(Frozen):
    """Neighbouring lines of one kind. Each line is a tuple: (text,), (item,), (label, value) or (label, address)."""

    kind: Kind
    lines: tuple[tuple[str, ...], ...]


def clean(value: object) -> str:
    """A value as one line of visible text."""
    return _CONTROL.sub(" ", str(value)).strip()


def item(text: object) -> str:
    """One line of a list."""
    return f"\n{_MARK}item{_BETWEEN}{clean(text)}\n"


def row(label: object, value: object) -> str:
    """A named value, e.g. the date of the exam."""
    return f"\n{_MARK}row{_BETWEEN}{clean(label)}{_BETWEEN}{clean(value)}\n"


def button(label: object, address: object) -> str:
    """The one thing to do now."""
    return f"\n{_MARK}button{_BETWEEN}{clean(label)}{_BETWEEN}{clean(address)}\n"


def parse(body: str) -> tuple[Block, ...]:
    """The blocks of a rendered body. An empty line ends a paragraph; neighbouring items, and rows, are one block."""
    parts: list[tuple[Kind, tuple[str, ...]]] = []
    for plain, group in groupby(body.split("\n"), key=lambda text: not text.startswith(_MARK)):
        lines = list(group)
        parts += _paragraphs(lines) if plain else [_marked(text) for text in lines]
    grouped = groupby(parts, key=lambda part: part[0])
    return tuple(block for kind, group in grouped for block in _blocks(kind, tuple(content for _, content in group)))


def as_text(blocks: tuple[Block, ...], colon: str) -> str:
    """The text part. `colon` joins label and value as the language writes it."""
    return "\n\n".join("\n".join(_text(block.kind, line, colon) for line in block.lines) for block in blocks)


def _marked(text: str) -> tuple[Kind, tuple[str, ...]]:
    kind, *content = text[1:].split(_BETWEEN)
    return cast(Kind, kind), tuple(content)


def _paragraphs(lines: list[str]) -> list[tuple[Kind, tuple[str, ...]]]:
    texts = re.split(r"\n\s*\n", "\n".join(lines))
    return [("paragraph", (" ".join(text.split("\n")).strip(),)) for text in texts if text.strip()]


def _blocks(kind: Kind, lines: tuple[tuple[str, ...], ...]) -> tuple[Block, ...]:
    if kind == "paragraph":
        return tuple(Block(kind=kind, lines=(line,)) for line in lines)
    return (Block(kind=kind, lines=lines),)


def _text(kind: Kind, line: tuple[str, ...], colon: str) -> str:
    if kind == "item":
        return f"* {line[0]}"
    if kind == "button":
        return f"{line[0]}{colon.strip()}\n{line[1]}"
    return colon.join(line)
