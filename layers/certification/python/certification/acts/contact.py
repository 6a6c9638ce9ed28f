"""Phone numbers as people type them, in the one form in which we store and compare them."""

import phonenumbers

from certification.rules.errors import Refused
from certification.rules.identity import canonical_phone

HOME_REGION = "HK"
"""Numbers without a country code are read as Hong Kong numbers, then as mainland ones."""


def phone_number(text: str) -> str:
    """The number in E.164 form, e.g. +85291234567, from any common way to write it. Refused when it can be none."""
    for region in (HOME_REGION, "CN"):
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return canonical_phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    raise Refused(
        "phone_form",
        "Enter a mobile number with its country code, for example +852 9123 4567.",
        "请输入带国家代码的手机号码，例如 +86 138 0013 8000。",
        field="phone",
    )
