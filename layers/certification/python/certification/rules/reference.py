"""REFERENCE: what a payer writes on a bank transfer so that we know whose it is.

In words: a creditor reference after ISO 11649: `RF`, two check digits (ISO 7064 MOD 97-10) and a body of eight
characters, printed in groups of four: `RF38 BRMV W7DQ`. One belongs to one application for its whole life, and it is
computed from the application's own number and back, so there is no list to keep and a late transfer still finds its
person. The body uses 24 letters and 3 digits, so that no character looks like another (pretix chose the same set). Every
body has the same length, so a reference is found in text that a bank has run together, and two in a row are two.
"""

import re

from certification.rules.errors import Refused
from certification.rules.numbers import application_reference, parse_application_reference, squeeze

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ379"
BODY = 8
LENGTH = 4 + BODY
_SIZE = len(ALPHABET) ** BODY
_PER_YEAR = 10**9
# Neighbouring applications get bodies that have little in common: two people in one queue are not mixed up by eye.
_SPREAD = 105_409_287_149
_BACK = pow(_SPREAD, -1, _SIZE)
_FOUND = re.compile(rf"(?=(RF\d\d[{ALPHABET}]{{{BODY}}}))", re.ASCII)


def reference_of(application: str) -> str:
    """The creditor reference of an application, compact. Raises NumberRefused for what is no application's number."""
    _, year, counted = parse_application_reference(application).split("-")
    number = ((int(year) - 2000) * _PER_YEAR + int(counted[:-1])) * _SPREAD % _SIZE
    body = ""
    for _ in range(BODY):
        number, place = divmod(number, len(ALPHABET))
        body = ALPHABET[place] + body
    return f"RF{_check(body)}{body}"


def application_of(reference: str) -> str:
    """The application that a creditor reference belongs to, as people typed it. Raises Refused: a slip, or not ours."""
    compact = squeeze(reference)
    if not valid(compact):
        raise Refused(
            "reference_wrong",
            "This is not a payment reference of ours: one of its characters is wrong, or two are exchanged.",
            "这不是有效的付款附言编号：有字符输入错误或顺序颠倒。",
        )
    number = 0
    for character in compact[4:]:
        number = number * len(ALPHABET) + ALPHABET.index(character)
    year, sequence = divmod(number * _BACK % _SIZE, _PER_YEAR)
    if not 1 <= year <= 99 or not sequence:
        raise Refused("reference_unknown", "No application has this payment reference.", "没有对应该付款附言的报名。")
    return application_reference(2000 + year, sequence)


def valid(compact: str) -> bool:
    """Whether this is the compact form of a creditor reference of ours with the right check digits."""
    return (
        len(compact) == LENGTH
        and compact[:2] == "RF"
        and compact[2:4].isdecimal()
        and compact.isascii()
        and set(compact[4:]) <= set(ALPHABET)
        and _check(compact[4:]) == compact[2:4]
    )


def printed(reference: str) -> str:
    """In groups of four, as on a page or an invoice."""
    return " ".join(reference[place : place + 4] for place in range(0, len(reference), 4))


def found_in(*texts: str) -> tuple[str, ...]:
    """Every valid reference in these texts, each once, in the order they stand.

    Banks cut a text into pieces at 35 or 70 characters, in the middle of a reference: give the pieces as one text.
    """
    found: dict[str, None] = {}
    for text in texts:
        found.update((match, None) for match in _FOUND.findall(squeeze(text)) if valid(match) and _known(match))
    return tuple(found)


def _known(reference: str) -> bool:
    """Whether a valid reference is one we can have given out: a random text with right check digits mostly is not."""
    try:
        application_of(reference)
    except Refused:
        return False
    return True


def _check(body: str) -> str:
    """The two check digits: letters count 10 to 35, and the whole with RF and the digits behind it is 1 modulo 97."""
    digits = "".join(str(int(character, 36)) for character in f"{body}RF00")
    return f"{98 - int(digits) % 97:02d}"
