"""XML FILES: a bank's file as elements, with nothing in it that a bank's file never needs.

In words: a document type definition is refused before anything is read, in whatever encoding the file is written: it could
make a small file huge, or read files of ours.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from certification.rules.statements import StatementRefused

AT_ONCE, AT_FIRST = 64 * 1024, 256
"""Bytes that are parsed at a time, and before the root element."""
NOT_XML = (ET.ParseError, expat.ExpatError, ValueError, LookupError)
"""What the parsers raise for bytes that are not well-formed XML."""


def not_xml() -> StatementRefused:
    """The refusal of a file that is not well-formed."""
    return StatementRefused("not_xml", "file", "The file is not well-formed XML.", "文件不是格式正确的 XML。")


def parse_xml(content: bytes) -> ET.Element:
    """The root element; a document type definition, and anything that is not XML, is refused."""
    try:
        return ET.fromstring(b"".join(without_definitions(pieces(content))))
    except NOT_XML as reason:
        raise not_xml() from reason


class _Enough(Exception):
    """The root element was reached: a definition can no longer follow."""


def pieces(content: bytes) -> Iterator[bytes]:
    """A file as parsers take it, a little at a time."""
    return (content[place : place + AT_ONCE] for place in range(0, len(content), AT_ONCE))


def without_definitions(content: Iterable[bytes]) -> Iterator[bytes]:
    """The same pieces. Raises StatementRefused when they have a document type definition, in whatever encoding they are
    written; nothing is passed on before the root element was reached without one."""

    def definition(*_: object) -> None:
        raise StatementRefused(
            "definition_refused",
            "file",
            "The file holds a document type definition (DTD), which a bank's file never needs. It was not read.",
            "文件含有文档类型定义（DTD），银行文件不应包含，未予读取。",
        )

    def root(*_: object) -> None:
        raise _Enough

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = definition
    parser.StartElementHandler = root
    held, rest = [], iter(content)
    try:
        for piece in rest:
            held.append(piece)
            # a parser goes on to the end of what it was given even when it was told to stop
            for place in range(0, len(piece), AT_FIRST):
                parser.Parse(piece[place : place + AT_FIRST], False)
        parser.Parse(b"", True)
    except _Enough:
        pass
    yield from held
    yield from rest


def strip_namespace(root: ET.Element, namespace: str) -> None:
    """Element names without the document's namespace; a supplement in another one keeps its own and is not read."""
    prefix = f"{{{namespace}}}"
    for element in root.iter():
        element.tag = element.tag.removeprefix(prefix)


def text(element: ET.Element | None, *paths: str) -> str:
    """The text of the first of these paths that has any, trimmed; empty when none has."""
    if element is not None:
        for path in paths:
            found = (element.findtext(path) or "").strip()
            if found:
                return found
    return ""
