"""ID DOCUMENTS: every kind of document a person can be known by, in the one form in which two numbers are compared.

In words: a number is kept in capitals, half width, without spaces, hyphens, brackets and the filler of machine-readable
lines. A resident identity card has eighteen characters: a region that exists, a date of birth that exists, a sequence
whose last digit tells the sex, and a check character (GB 11643). Its first generation had fifteen digits and no check
character; such a number is kept as the eighteen that the same person has today, so that both are one. Residents of
Hong Kong, Macao and Taiwan may have a residence permit of the same form (regions 810000, 820000, 830000), a home-return
permit (H or M and eight digits) or a mainland travel permit (eight digits); the issue numbers behind those change with
every renewal and are left out. A Hong Kong identity card has one or two letters, six digits and a check character.
Passports have no check character in common: five to fifteen of the letters and digits that ICAO allows; and two states
may give the same number, so a passport is known by its state too. Those of Hong Kong and Macao are issued by China.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Literal, get_args

from certification.rules.check_digits import hong_kong_identity_card, mod_11_2
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.words import Words

DocumentType = Literal[
    "resident_identity_card",
    "passport",
    "hk_identity_card",
    "home_return_permit",
    "taiwan_permit",
    "residence_permit",
]
KINDS: tuple[DocumentType, ...] = get_args(DocumentType)
NAMES: dict[DocumentType, Words] = {
    "resident_identity_card": Words(en="PRC resident identity card", zh="居民身份证"),
    "passport": Words(en="Passport", zh="护照"),
    "hk_identity_card": Words(en="Hong Kong identity card", zh="香港身份证"),
    "home_return_permit": Words(
        en="Mainland travel permit for Hong Kong and Macao residents", zh="港澳居民来往内地通行证"
    ),
    "taiwan_permit": Words(en="Mainland travel permit for Taiwan residents", zh="台湾居民来往大陆通行证"),
    "residence_permit": Words(en="Residence permit for Hong Kong, Macao and Taiwan residents", zh="港澳台居民居住证"),
}
ISSUED_BY_CHINA = {"HK": "CN", "MO": "CN"}
RESIDENCE_REGIONS = ("810000", "820000", "830000")
_PROVINCES = (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
PROVINCES = frozenset(str(code) for group in _PROVINCES for code in group)
OLDEST_SEQUENCES = ("996", "997", "998", "999")
"""In fifteen digits these sequences meant: more than a hundred years old then, so born in the nineteenth century."""
_DROPPED = re.compile(r"[\s\-‐-―()\[\]<]")


class IdentityRefused(Refused):
    """A number or name that cannot be right. `field` says which answer; the value itself is never repeated."""


class IdDocument(Frozen):
    """A document in canonical form. `born` and `sex` are what the number itself says, where it does.

    `issuer` is the state of a passport (ISO 3166-1 alpha-2), None for every other kind: those have one issuer.
    """

    type: DocumentType
    number: str
    issuer: str | None = None
    born: date | None = None
    sex: Literal["female", "male"] | None = None

    @property
    def known_as(self) -> str:
        """What two documents are compared by. Raises IdentityRefused (`id_country`) for a passport of no state."""
        if self.type != "passport":
            return f"{self.type}|{self.number}"
        if self.issuer is None:
            raise _no_state()
        return f"{self.type}|{self.issuer}|{self.number}"

    @property
    def last_four(self) -> str:
        """What may be shown to others."""
        return self.number[-4:]


def id_document(document_type: DocumentType, typed: str, country: str | None = None) -> IdDocument:
    """The canonical form of what somebody typed. `country` issued it; it counts for passports only.

    Raises IdentityRefused: `id_form`, `id_check`, `id_region`, `id_date`, or `id_other_kind` for the number of another kind.
    """
    number = _DROPPED.sub("", unicodedata.normalize("NFKC", typed).upper())
    document = _READERS[document_type](number)
    return document.model_copy(update={"issuer": issuer_of(document_type, country)})


def issuer_of(document_type: DocumentType | None, country: str | None) -> str | None:
    """The state that issued a passport to somebody of this nationality; None for other documents, or if nobody said."""
    if document_type != "passport" or not country:
        return None
    code = country.strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", code, re.ASCII):
        raise _no_state()
    return ISSUED_BY_CHINA.get(code, code)


def must_agree(document: IdDocument, date_of_birth: date) -> None:
    """A number that names a date of birth: it must be the one that was given."""
    if document.born is not None and document.born != date_of_birth:
        raise IdentityRefused(
            "birth_date_differs",
            "The date of birth differs from the one in the ID number.",
            "出生日期与身份证号码中的日期不一致。",
            rules=("REG-05",),
            field="date_of_birth",
        )


def show(document: IdDocument) -> str:
    """As printed on the document: `A123456(3)` on a Hong Kong card, the plain number elsewhere."""
    if document.type == "hk_identity_card":
        return f"{document.number[:-1]}({document.number[-1]})"
    return document.number


def _passport(number: str) -> IdDocument:
    if not re.fullmatch(r"(?=.*\d)[A-Z0-9]{5,15}", number, re.ASCII):
        raise refused(
            "id_form", "A passport number has 5 to 15 letters and digits.", "护照号码为 5 至 15 位字母或数字。"
        )
    return IdDocument(type="passport", number=number)


def _hong_kong(number: str) -> IdDocument:
    if not re.fullmatch(r"[A-Z]{1,2}\d{6}[0-9A]", number, re.ASCII):
        raise refused(
            "id_form", "A Hong Kong identity card number looks like A123456(3).", "香港身份证号码形如 A123456(3)。"
        )
    if hong_kong_identity_card(number[:-1]) != number[-1]:
        raise _slip()
    return IdDocument(type="hk_identity_card", number=number)


def _home_return(number: str) -> IdDocument:
    if not re.fullmatch(r"[HM]\d{8}(\d{2})?", number, re.ASCII):
        raise refused(
            "id_form",
            "The number of this permit is the letter H or M and 8 digits.",
            "通行证号码为字母 H 或 M 加 8 位数字。",
        )
    return IdDocument(type="home_return_permit", number=number[:9])


def _taiwan(number: str) -> IdDocument:
    if not re.fullmatch(r"\d{8}(\d{2}[A-Z]?)?", number, re.ASCII):
        raise refused(
            "id_form",
            "The number of this permit has 8 digits (an issue number behind them may be left out).",
            "通行证号码为 8 位数字（其后的签发次数可不填）。",
        )
    return IdDocument(type="taiwan_permit", number=number[:8])


def _resident(number: str) -> IdDocument:
    if re.fullmatch(r"[1-9]\d{14}", number, re.ASCII):
        number = _eighteen(number)
    _must_have_18(number, "A resident identity card number has 18 characters.", "居民身份证号码为 18 位。")
    if number[:6] in RESIDENCE_REGIONS:
        raise _other_kind("residence_permit")
    if number[:2] not in PROVINCES:
        raise refused(
            "id_region",
            "The number does not begin with a region of mainland China. Check the first digits.",
            "证件号码前几位不是有效的地区代码，请核对。",
        )
    return _numbered_person("resident_identity_card", number)


def _residence(number: str) -> IdDocument:
    _must_have_18(number, "The number of a residence permit has 18 characters.", "居住证号码为 18 位。")
    if number[:2] in PROVINCES:
        raise _other_kind("resident_identity_card")
    if number[:6] not in RESIDENCE_REGIONS:
        raise refused(
            "id_region",
            "The number of a residence permit begins with 810000, 820000 or 830000.",
            "居住证号码以 810000、820000 或 830000 开头。",
        )
    return _numbered_person("residence_permit", number)


def _eighteen(fifteen: str) -> str:
    """The number of today of somebody whose card had fifteen digits: the century and a check character are added."""
    if fifteen[12:] in OLDEST_SEQUENCES:
        raise _no_such_date()
    body = f"{fifteen[:6]}19{fifteen[6:]}"
    return body + mod_11_2(body)


def _must_have_18(number: str, en: str, zh: str) -> None:
    if not re.fullmatch(r"[1-9]\d{16}[0-9X]", number, re.ASCII):
        raise refused("id_form", en, zh)


def _numbered_person(document_type: DocumentType, number: str) -> IdDocument:
    if mod_11_2(number[:17]) != number[17]:
        raise _slip()
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise _no_such_date() from None
    return IdDocument(type=document_type, number=number, born=born, sex="male" if int(number[16]) % 2 else "female")


def refused(code: str, en: str, zh: str, field: str = "id_number") -> IdentityRefused:
    """A refusal of one answer about who somebody is."""
    return IdentityRefused(code, en, zh, rules=("ACC-02",), field=field)


def _no_state() -> IdentityRefused:
    return refused("id_country", "Choose the country that issued the passport.", "请选择护照签发国。", "id_country")


def _slip() -> IdentityRefused:
    return refused("id_check", "Check the number: one of its characters is wrong.", "请核对证件号码：有字符输入错误。")


def _no_such_date() -> IdentityRefused:
    return refused(
        "id_date", "The ID number holds a date of birth that does not exist.", "证件号码中的出生日期不存在。"
    )


def _other_kind(kind: DocumentType) -> IdentityRefused:
    name = NAMES[kind]
    return refused(
        "id_other_kind",
        f"This is the number of another kind of document. Choose: {name.en}.",
        f"该号码属于另一类证件，请选择“{name.zh}”。",
        "id_type",
    )


_READERS: dict[DocumentType, Callable[[str], IdDocument]] = {
    "resident_identity_card": _resident,
    "passport": _passport,
    "hk_identity_card": _hong_kong,
    "home_return_permit": _home_return,
    "taiwan_permit": _taiwan,
    "residence_permit": _residence,
}
