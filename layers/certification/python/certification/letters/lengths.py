"""How many parts an SMS takes (3GPP TS 23.038, GSM 7-bit default alphabet with its extension table).

A text wholly in that alphabet holds 160 units in one part, 153 in each of several; any other text is sent as UCS-2
and holds 70, or 67 in each of several. Units of UCS-2 are UTF-16 code units: a rare character counts as two.
"""

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("^{}\\[~]|€\f")


def sms_units(text: str) -> tuple[int, int]:
    """The length of a text in units, and how many units one part holds when there is only one (160 or 70)."""
    if all(character in GSM or character in EXTENSION for character in text):
        return sum(2 if character in EXTENSION else 1 for character in text), 160
    return len(text.encode("utf-16-le")) // 2, 70


def sms_parts(text: str) -> int:
    """How many parts the text is sent (and paid) as."""
    units, single = sms_units(text)
    if units <= single:
        return 1
    return -(-units // (153 if single == 160 else 67))
