"""XML FILES: a bank's file as elements, with nothing in it that a bank's file never needs.

In words: a document type definition is refused before anything is read, in whatever encoding the file is written: it could
make a small file huge, or read files of ours.
"""

import xml.etree.ElementTree as ET
from xml.parsers import expat

from certification.rules.statements import StatementRefused

NOT_XML = (ET.ParseError, expat.ExpatError, ValueError, LookupError)
"""What the parsers raise for bytes that are not well-formed XML."""


def not_xml() -> StatementRefused:
    """The refusal of a file that is not well-formed."""
    return StatementRefused("not_xml", "file", "The file is not well-formed XML.", "文件不是格式正确的 XML。")


def parse_xml(content: bytes) -> ET.Element:
    """The root element; a document type definition, and anything that is not XML, is refused."""
    try:
        refuse_definitions(content)
        return ET.fromstring(content)
    except NOT_XML as reason:
        raise not_xml() from reason


class _Enough(Exception):
    """The root element was reached: a definition can no longer follow."""


def refuse_definitions(content: bytes) -> None:
    """Raises StatementRefused when the file has a document type definition, in whatever encoding it is written."""

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
    try:
        parser.Parse(content, True)
    except _Enough:
        return


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
