"""IDENTITY: ID documents, names and numbers in the one form in which two of them can be compared.

In words: a document number is kept in capitals, half width, without spaces, hyphens and brackets. A Hong Kong identity
card has one or two letters, six digits and a check character; a PRC resident identity card has eighteen characters of
which the last is a check character and eight are a date of birth that exists; passports have no check character in
common, so only length and characters are looked at. A name may use any script: letters, marks, spaces, an apostrophe,
a hyphen, a full stop, and the middle dot of names such as 阿依古丽·买买提; it is kept as typed, in composed form (NFC).
A name in Latin letters is one that a passport could show. Phone numbers come in already parsed (E.164).
"""

import re
import unicodedata
from datetime import date
from typing import Literal

from certification.rules.check_digits import hong_kong_identity_card, mod_11_2
from certification.rules.errors import Refused
from certification.rules.model import Frozen

DocumentType = Literal["passport", "hk_identity_card", "resident_identity_card"]
LONGEST_NAME = 100
_DROPPED = re.compile(r"[\s\-‐-―()\[\]]")
_MIDDLE_DOTS = str.maketrans({"•": "·", "‧": "·", "・": "·", "･": "·", "᛫": "·", "․": "·"})
_LATIN_EXTRA = frozenset(" -'.")


class IdentityRefused(Refused):
    """A number or name that cannot be right. `field` says which answer; the value itself is never repeated."""


class IdDocument(Frozen):
    """A document in canonical form. `born` is what the number itself says, where it does."""

    type: DocumentType
    number: str
    born: date | None = None

    @property
    def last_four(self) -> str:
        """What may be shown to others."""
        return self.number[-4:]


def id_document(document_type: DocumentType, typed: str) -> IdDocument:
    """The canonical form of what somebody typed. Raises IdentityRefused (`id_form`, `id_check`, `id_date`)."""
    number = _DROPPED.sub("", unicodedata.normalize("NFKC", typed).upper())
    match document_type:
        case "passport":
            if not re.fullmatch(r"(?=.*\d)[A-Z0-9]{5,15}", number, re.ASCII):
                raise _refused(
                    "id_form", "A passport number has 5 to 15 letters and digits.", "护照号码为 5 至 15 位字母或数字。"
                )
            return IdDocument(type=document_type, number=number)
        case "hk_identity_card":
            return IdDocument(type=document_type, number=_hong_kong(number))
        case "resident_identity_card":
            return IdDocument(type=document_type, number=number, born=_resident(number))


def must_agree(document: IdDocument, date_of_birth: date) -> None:
    """A resident identity card names a date of birth: it must be the one that was given."""
    if document.born is not None and document.born != date_of_birth:
        raise IdentityRefused(
            "birth_date_differs",
            "The date of birth differs from the one in the ID number.",
            "出生日期与身份证号码中的日期不一致。",
            rules=("REG-05",),
            field="date_of_birth",
        )


def show_hong_kong(number: str) -> str:
    """As printed on the card: `A123456(3)`."""
    return f"{number[:-1]}({number[-1]})"


def full_name(typed: str) -> str:
    """A name of any script, composed (NFC), with single spaces and `·` as the only middle dot.

    Raises IdentityRefused (`name_missing`, `name_too_long`, `name_character`). Rare characters are kept as they are.
    """
    name = " ".join(unicodedata.normalize("NFC", typed).translate(_MIDDLE_DOTS).split())
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
        raise _refused("phone_form", "Enter the number with its country code.", "请填写带国家代码的号码。", "phone")
    return parsed


def canonical_email(typed: str) -> str:
    """The form in which two addresses are compared: trimmed, NFC, domain in lower case; the local part too, because no
    mail service in use tells its letters' case apart. Raises IdentityRefused (`email_form`)."""
    address = unicodedata.normalize("NFC", typed.strip()).lower()
    local, at, domain = address.rpartition("@")
    if not (local and at and "." in domain.strip(".")) or re.search(r"[\s,;<>]", address) or len(address) > 254:
        raise _refused("email_form", "Enter an address such as name@example.org.", "请填写有效的电子邮箱。", "email")
    return address


def _hong_kong(number: str) -> str:
    if not re.fullmatch(r"[A-Z]{1,2}\d{6}[0-9A]", number, re.ASCII):
        raise _refused(
            "id_form", "A Hong Kong identity card number looks like A123456(3).", "香港身份证号码形如 A123456(3)。"
        )
    if hong_kong_identity_card(number[:-1]) != number[-1]:
        raise _slip()
    return number


def _resident(number: str) -> date:
    if not re.fullmatch(r"[1-9]\d{16}[0-9X]", number, re.ASCII):
        raise _refused("id_form", "A resident identity card number has 18 characters.", "居民身份证号码为 18 位。")
    if mod_11_2(number[:17]) != number[17]:
        raise _slip()
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise _refused(
            "id_date", "The ID number holds a date of birth that does not exist.", "证件号码中的出生日期不存在。"
        ) from None


def _in_a_name(character: str) -> bool:
    """Letters and marks of any script (private use areas hold rare characters that have no code yet), and joiners."""
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Co" or character in " ·'’-." or "\ufe00" <= character <= "\ufe0f"


def _refused(code: str, en: str, zh: str, field: str = "id_number") -> IdentityRefused:
    return IdentityRefused(code, en, zh, rules=("ACC-02",), field=field)


def _slip() -> IdentityRefused:
    return _refused("id_check", "Check the number: one of its characters is wrong.", "请核对证件号码：有字符输入错误。")


def _name(code: str, en: str, zh: str, field: str = "full_name") -> IdentityRefused:
    return IdentityRefused(code, en, zh, rules=("ACC-13",), field=field)
