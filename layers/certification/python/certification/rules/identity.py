"""IDENTITY: names, phone numbers and addresses in the one form in which two of them can be compared.

In words: a name may use any script: letters, marks, spaces, an apostrophe, a hyphen, a full stop, and the middle dot of
names such as 阿依古丽·买买提. It is kept as typed, in composed form (NFC), full-width letters as plain ones, every kind of
middle dot as one. What nobody is called is refused with the character's code: digits, controls, invisible and directing
characters, placeholders for a character that cannot be typed (□, 〓, ?), marks heaped on one letter, a variation selector
that follows no Han character, and Latin letters mixed with Cyrillic or Greek ones that only look like them. A name in
Latin letters is one that a passport could show. ID documents are in `id_documents.py`. Phone numbers come in already
parsed (E.164).
"""

import re
import unicodedata

from certification.rules.id_documents import IdentityRefused, refused

LONGEST_NAME = 100
_MIDDLE_DOTS = str.maketrans({"•": "·", "‧": "·", "・": "·", "･": "·", "᛫": "·", "․": "·"})
_LATIN_EXTRA = frozenset(" -'.")
_FULL_WIDTH = str.maketrans({chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "})
PLACEHOLDERS = frozenset("?*□■〓○◇#_")
MOST_MARKS = 3
"""Marks upon one letter: Vietnamese, Thai and Tibetan names need two, seldom three."""


def full_name(typed: str) -> str:
    """A name of any script, composed (NFC), with single spaces and `·` as the only middle dot.

    Raises IdentityRefused (`name_missing`, `name_too_long`, `name_character`, `name_placeholder`, `name_marks`,
    `name_mixed`). Rare characters are kept as they are.
    """
    name = " ".join(unicodedata.normalize("NFC", typed.translate(_FULL_WIDTH)).translate(_MIDDLE_DOTS).split())
    _no_placeholder(name)
    if not any(unicodedata.category(character).startswith("L") for character in name):
        raise _name("name_missing", "Enter the full name as in your ID document.", "请填写与证件一致的姓名。")
    if len(name) > LONGEST_NAME:
        raise _name(
            "name_too_long", f"A name has at most {LONGEST_NAME} characters.", f"姓名最多 {LONGEST_NAME} 个字符。"
        )
    wrong = next((character for character in name if not _in_a_name(character)), None)
    if wrong is not None:
        shown = f"U+{ord(wrong):04X}"
        raise _name(
            "name_character", f"A name does not contain the character {shown}.", f"姓名中不能包含字符 {shown}。"
        )
    _no_tricks(name)
    return name


def latin_name(typed: str) -> str:
    """A name as a passport shows it in Latin letters: with space, hyphen, apostrophe and full stop only."""
    name = full_name(typed).replace("’", "'").replace("·", " ")
    for character in name:
        if character not in _LATIN_EXTRA and not unicodedata.name(character, "").startswith(("LATIN", "COMBINING")):
            raise _name(
                "name_not_latin", "Use the Latin letters of your passport.", "请使用护照上的拉丁字母。", "latin_name"
            )
    return name


def canonical_phone(parsed: str) -> str:
    """An E.164 number (`+85251234567`) from a parser of phone numbers. Raises IdentityRefused (`phone_form`)."""
    if not re.fullmatch(r"\+[1-9]\d{6,14}", parsed, re.ASCII):
        raise refused("phone_form", "Enter the number with its country code.", "请填写带国家代码的号码。", "phone")
    return parsed


def canonical_email(typed: str) -> str:
    """The form in which two addresses are compared: trimmed, NFC, domain in lower case; the local part too, because no
    mail service in use tells its letters' case apart. Raises IdentityRefused (`email_form`)."""
    address = unicodedata.normalize("NFC", typed.strip()).lower()
    local, at, domain = address.rpartition("@")
    if not (local and at and "." in domain.strip(".")) or re.search(r"[\s,;<>]", address) or len(address) > 254:
        raise refused("email_form", "Enter an address such as name@example.org.", "请填写有效的电子邮箱。", "email")
    return address


def _no_placeholder(name: str) -> None:
    """Somebody who cannot type a character writes a box or a question mark: that must not become the name."""
    if any(character in PLACEHOLDERS for character in name):
        raise _name(
            "name_placeholder",
            "Do not write a sign in place of a character. If you cannot type it, write the name in Latin letters here "
            "and describe the character under “A character that cannot be typed”.",
            "请勿用符号代替汉字。如无法输入，请先填写拉丁字母姓名，并在“无法输入的字”中说明。",
        )


def _no_tricks(name: str) -> None:
    """Nothing that looks like one name and is stored as another."""
    marks = 0
    for before, character in zip(" " + name, name, strict=False):
        marks = marks + 1 if unicodedata.category(character).startswith("M") and not _is_selector(character) else 0
        if marks > MOST_MARKS or (_is_selector(character) and not _is_han(before)) or (marks and before in " ·'’-."):
            raise _name(
                "name_marks",
                f"The mark U+{ord(character):04X} does not belong there. Type the name anew.",
                f"姓名中的附加符号 U+{ord(character):04X} 位置不正确，请重新输入。",
            )
    scripts = {unicodedata.name(character, "").split(" ")[0] for character in name if character.isalpha()}
    if "LATIN" in scripts and scripts & {"CYRILLIC", "GREEK"}:
        raise _name(
            "name_mixed",
            "The name mixes Latin letters with letters of another alphabet that look alike. Type it in one alphabet.",
            "姓名中混用了形近的不同字母，请使用同一种字母。",
        )


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CJK")


def _in_a_name(character: str) -> bool:
    """Letters and marks of any script (private use areas hold rare characters that have no code yet), and joiners."""
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Co" or character in " ·'’-." or "\ufe00" <= character <= "\ufe0f"


def _name(code: str, en: str, zh: str, field: str = "full_name") -> IdentityRefused:
    return IdentityRefused(code, en, zh, rules=("ACC-13",), field=field)
