"""Readable text: nothing hidden and nothing turned around, in any script."""

import pytest

from certification.rules.readable import is_readable, readable


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 Sample Road",
        "样本路 1 号",
        "first\nsecond\r\n\tthird",
        "שלום",
        "สวัสดี",
        "👩\u200d👩\u200d👧",
        "می\u200cخواهم",
    ],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert is_readable(text)
    assert readable(text) == text


@pytest.mark.parametrize(
    "code", [0x00, 0x08, 0x0B, 0x1B, 0x7F, 0x85, 0x9F, 0x202A, 0x202E, 0x2066, 0x2069, 0xFEFF, 0xFFF9]
)
def test_what_nobody_can_see_is_no_part_of_a_text(code: int) -> None:
    text = f"a{chr(code)}b"
    assert not is_readable(text)
    assert readable(text) == "ab"
