"""IDENTITY: names, birth dates and document numbers, in the one form in which we store and compare them.

In words: a name keeps every character the person writes, in Unicode's composed form (NFC), with single spaces and the
middle dot "·" between parts of a name; it holds no digits and no control characters. The Latin name is what the
passport's machine line could hold: letters, spaces, hyphens, apostrophes. A Hong Kong identity card and a PRC resident
identity card carry a check character, which must be right; the resident card also tells the birth date, which must
agree. A passport number is six to twelve letters and digits. Brackets, spaces, hyphens and full-width forms do not
matter when a number is typed.
"""

import re
import unicodedata
from datetime import date
from typing import Literal

from certification.rules.errors import Refused

IdKind = Literal["passport", "hk_identity_card", "resident_identity_card"]
LONGEST_NAME = 80
_DOTS = str.maketrans(dict.fromkeys("•‧∙・･．", "·"))
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"


def person_name(text: str) -> str:
    """A name in any script, as it will be printed. Refused when it is empty, too long, or holds what no name holds."""
    name = " ".join(unicodedata.normalize("NFC", text).translate(_DOTS).split())
    if not name or len(name) > LONGEST_NAME:
        raise _refused(
            "name_length",
            f"Enter your full name, up to {LONGEST_NAME} characters.",
            f"请填写姓名，最多 {LONGEST_NAME} 个字符。",
            "full_name",
        )
    for character in name:
        if unicodedata.category(character)[0] not in "LM" and character not in " ·'’-.,":
            raise _refused(
                "name_character",
                f"A name cannot hold “{_shown(character)}”. Enter the name as in your ID document.",
                f"姓名中不能包含“{_shown(character)}”，请按证件填写。",
                "full_name",
            )
    return name


def latin_name(text: str) -> str:
    """A name in Latin letters, upper case as passports print it."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    if not re.fullmatch(r"[A-Za-zÆØŁĐÞßæøłđþ][A-Za-zÆØŁĐÞßæøłđþ' ,.-]{0,79}", plain.replace("’", "'")):
        raise _refused(
            "latin_name",
            "Enter the name in Latin letters as in your passport, for example CHAN TAI MAN.",
            "请按护照填写拉丁字母姓名，例如 CHEN YANGBEN。",
            "latin_name",
        )
    return name.upper()


def birth_date(day: date, today: date) -> date:
    """A birth date of somebody who can be a candidate: in the past, and less than 120 years ago."""
    if day >= today or day.year < today.year - 120:
        raise _refused(
            "birth_date", "Enter your date of birth; it is in the past.", "请填写正确的出生日期。", "date_of_birth"
        )
    return day


def id_number(kind: IdKind, text: str, born: date | None = None) -> str:
    """The canonical form of a document number. `born` is compared where the number tells the birth date."""
    squeezed = _squeeze(text)
    if kind == "hk_identity_card":
        return _hong_kong(squeezed)
    if kind == "resident_identity_card":
        return _resident(squeezed, born)
    if not re.fullmatch(r"[A-Z0-9]{6,12}", squeezed):
        raise _refused(
            "passport_form",
            "A passport number has 6 to 12 letters and digits.",
            "护照号码为 6 至 12 位字母和数字。",
            "id_number",
        )
    return squeezed


def _squeeze(text: str) -> str:
    """Upper case, half width, without brackets, spaces and hyphens."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in folded if character not in "()[] -‐‑–—" and not character.isspace())


def _hong_kong(number: str) -> str:
    """One or two letters, six digits, a check character: the weighted sum is divisible by 11."""
    match = re.fullmatch(r"([A-Z]{1,2})(\d{6})([0-9A])", number)
    if match is None:
        raise _refused(
            "hkid_form",
            "A Hong Kong identity card number looks like A123456(3).",
            "香港身份证号码格式如 A123456(3)。",
            "id_number",
        )
    letters, digits, check = match.groups()
    # A missing first letter counts as a space with the value 36; letters count from 10.
    values = [36 if character == " " else int(character, 36) for character in letters.rjust(2) + digits]
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
    if (total + int(check, 16)) % 11:
        raise _wrong_check()
    return number


def _resident(number: str, born: date | None) -> str:
    """Seventeen digits and a check character (GB 11643); places 7 to 14 are the birth date."""
    if not re.fullmatch(r"\d{17}[0-9X]", number):
        raise _refused(
            "resident_id_form",
            "A resident identity card number has 17 digits and a check character.",
            "居民身份证号码为 18 位。",
            "id_number",
        )
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    if _RESIDENT_CHECKS[total % 11] != number[17]:
        raise _wrong_check()
    try:
        told = date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        raise _wrong_check() from None
    if born is not None and told != born:
        raise _refused(
            "birth_date_differs",
            "The date of birth differs from the one in the identity card number.",
            "出生日期与身份证号码不一致。",
            "date_of_birth",
        )
    return number


def _wrong_check() -> Refused:
    return _refused(
        "id_number_check",
        "Check the document number: one of its characters is wrong.",
        "请核对证件号码：有字符输入错误。",
        "id_number",
    )


def _shown(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"


def _refused(code: str, en: str, zh: str, field: str) -> Refused:
    return Refused(code, en, zh, rules=("ACC-02",), field=field)
