"""Codes on their way: by e-mail or SMS, at once, in no announcement and in no row."""

from datetime import timedelta
from typing import Literal

from certification import letters
from certification.cloud import post
from certification.cloud.settings import settings
from certification.cloud.tables.codes import Language
from certification.rules import codes

MINUTES = codes.LIFETIME // timedelta(minutes=1)
Purpose = Literal["sign_up", "sign_in", "staff_sign_in", "recover", "confirm"]


def by_email(address: str, code: str, language: Language, purpose: Purpose) -> None:
    """Send a code to an address."""
    data = {"site": settings().public_url, "code": code, "minutes": MINUTES, "purpose": purpose}
    letter = letters.render("EmailCodeRequested", language, data)
    post.send_email(address, letter.subject, letter.text, letter.html)


def by_sms(number: str, code: str, language: Language, purpose: Literal["number", "commitment"] = "number") -> None:
    """Send a code to a number."""
    data = {"site": settings().public_url, "code": code, "minutes": MINUTES, "purpose": purpose}
    post.send_sms(number, letters.render("PhoneCodeRequested", language, data).sms or "")


def to_nobody(address: str, language: Language) -> None:
    """Tell an address that it is not a member of staff's. It costs what sending a code costs, so nobody learns from time."""
    letter = letters.render("StaffAddressUnknown", language, {"site": settings().public_url})
    post.send_email(address, letter.subject, letter.text, letter.html)
