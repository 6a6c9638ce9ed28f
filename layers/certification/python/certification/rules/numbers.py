"""NUMBERS: what people copy, say on the phone and type.

In words: every number ends in a check character, so that a slip is told apart from a number that does not exist. What
people type is read leniently: case, spaces, hyphens of any kind and full-width forms do not matter, and in a
certificate number O is 0, I and L are 1. A certificate number has the year, a sequence without gaps, twelve characters
that nobody can guess, and a check character: knowing one number leads to no other.

    application   APP-2026-04187T            year, sequence, letter (modulo 23)
    order         ORD-26-000042R             year, sequence, letter (modulo 23)
    candidate     26010000421                year, sitting, sequence, ISO 7064 MOD 11,10 (for spreadsheets)
    certificate   26-000042-8ZC0M3T4Q6KY-8   year, sequence, 60 random bits, ISO 7064 MOD 37,36
"""

import re
import unicodedata

from certification.rules.check_digits import check_letter, mod_11_10, mod_37_36
from certification.rules.errors import Refused
from certification.rules.model import Frozen

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BYTES = 8
RANDOM_CHARACTERS = 12
_LOOKALIKES = str.maketrans("OIL", "011")
_CONFUSING = frozenset("OIL")


class NumberRefused(Refused):
    """The text is not such a number. `code` is `number_form` (wrong shape) or `number_check` (a slip of the hand)."""

    def __init__(self, code: str, what_en: str, what_zh: str, shape: str) -> None:
        if code == "number_check":
            en = f"Check the {what_en}: one of its characters is wrong, or two are exchanged."
            zh = f"请核对{what_zh}：有字符输入错误或顺序颠倒。"
        else:
            en = f"This is not a {what_en}. It looks like {shape}."
            zh = f"{what_zh}格式不正确，应类似于 {shape}。"
        super().__init__(code, en, zh, facts={"shape": shape})


class CertificateNumber(Frozen):
    """The parts of a certificate number; `str()` joins them as printed. `year` has four digits."""

    year: int
    sequence: int
    random: str
    check: str

    def __str__(self) -> str:
        return f"{self.year % 100:02d}-{self.sequence:06d}-{self.random}-{self.check}"


def squeeze(text: str) -> str:
    """Upper case, half width, without spaces and hyphens of any kind."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(
        character
        for character in folded
        if not (character.isspace() or unicodedata.category(character) in ("Pd", "Cf"))
    )


def application_reference(year: int, sequence: int) -> str:
    """`APP-2026-04187T` from 2026 and 4187; the sequence grows beyond five digits when it must."""
    return _lettered("APP", f"{_year(year)}", f"{_counted(sequence):05d}")


def parse_application_reference(text: str) -> str:
    """The canonical form of what somebody typed. Raises NumberRefused."""
    return _parse_lettered(text, "APP", r"20\d\d", 5, ("application reference", "报名编号", "APP-2026-04187T"))


def order_number(year: int, sequence: int) -> str:
    """`ORD-26-000042R` from 2026 and 42."""
    return _lettered("ORD", f"{_year(year) % 100:02d}", f"{_counted(sequence):06d}")


def parse_order_number(text: str) -> str:
    """The canonical form of what somebody typed. Raises NumberRefused."""
    return _parse_lettered(text, "ORD", r"\d\d", 6, ("order number", "订单号", "ORD-26-000042R"))


def _lettered(prefix: str, year: str, sequence: str) -> str:
    return f"{prefix}-{year}-{sequence}{check_letter(year + sequence)}"


def _parse_lettered(text: str, prefix: str, year_form: str, width: int, what: tuple[str, str, str]) -> str:
    match = re.fullmatch(rf"(?:{prefix})?({year_form})(\d{{{width},9}})([A-Z])", squeeze(text), re.ASCII)
    if match is None:
        raise NumberRefused("number_form", *what)
    year, sequence, letter = match.groups()
    if check_letter(year + sequence) != letter or (len(sequence) > width and sequence[0] == "0"):
        raise NumberRefused("number_check", *what)
    return _lettered(prefix, year, sequence)


def candidate_number(year: int, sitting: int, sequence: int) -> str:
    """Eleven digits for one candidate in one sitting: year, number of the sitting in the year, sequence, check."""
    if not (1 <= sitting <= 99 and 1 <= sequence <= 999_999):
        raise ValueError("a candidate number holds sittings 1 to 99 of a year and 999,999 candidates of a sitting")
    body = f"{_year(year) % 100:02d}{sitting:02d}{sequence:06d}"
    return body + mod_11_10(body)


def parse_candidate_number(text: str) -> str:
    """The canonical form of what somebody typed. Raises NumberRefused."""
    digits = squeeze(text)
    what = ("candidate number", "准考证号", "26010000421")
    if not re.fullmatch(r"\d{11}", digits, re.ASCII):
        raise NumberRefused("number_form", *what)
    if mod_11_10(digits[:-1]) != digits[-1]:
        raise NumberRefused("number_check", *what)
    return digits


def certificate_number(year: int, sequence: int, random: bytes) -> CertificateNumber:
    """A new certificate number. `random`: eight bytes from the operating system's generator, of which 60 bits are used.

    A check character that could be misread (I, L, O) is avoided by taking the next last random character.
    """
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"a certificate number needs exactly {RANDOM_BYTES} random bytes")
    bits = int.from_bytes(random) >> 4
    body = f"{_year(year) % 100:02d}{_counted(sequence):06d}"
    while True:
        characters = "".join(CROCKFORD[(bits >> (5 * place)) & 31] for place in reversed(range(RANDOM_CHARACTERS)))
        check = mod_37_36(body + characters)
        if check not in _CONFUSING:
            return CertificateNumber(year=year, sequence=sequence, random=characters, check=check)
        bits = bits & ~31 | (bits + 1) & 31


def parse_certificate_number(text: str) -> CertificateNumber:
    """What somebody typed or scanned, read leniently. Raises NumberRefused; a number read well may not exist."""
    squeezed = squeeze(text).translate(_LOOKALIKES)
    match = re.fullmatch(rf"(\d\d)(\d{{6,9}})([{CROCKFORD}]{{12}})([0-9A-Z])", squeezed, re.ASCII)
    what = ("certificate number", "证书编号", "26-000042-8ZC0M3T4Q6KY-8")
    if match is None:
        raise NumberRefused("number_form", *what)
    year, sequence, random, check = match.groups()
    if mod_37_36(year + sequence + random) != check or (len(sequence) > 6 and sequence[0] == "0"):
        raise NumberRefused("number_check", *what)
    return CertificateNumber(year=2000 + int(year), sequence=int(sequence), random=random, check=check)


def _year(year: int) -> int:
    if not 2000 <= year <= 2099:
        raise ValueError("numbers hold years from 2000 to 2099")
    return year


def _counted(sequence: int) -> int:
    if not 1 <= sequence <= 999_999_999:
        raise ValueError("a sequence counts from 1 to 999,999,999")
    return sequence
