"""CHECK DIGITS: one more character that a slip of the hand makes wrong.

In words: every number that people copy carries a check character computed from the rest. All of these catch every
single wrong character. The systems over a prime (11-2, 23) also catch every exchange of two neighbours; the hybrid
systems of ISO 7064 (11,10 and 37,36) catch all but a few exchanges, and the tests say exactly how few.
"""

DIGITS = "0123456789"
LETTERS_AND_DIGITS = DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# 23 letters: those that are not easily read as a digit (no I, L, O); 23 is prime, so no exchange goes unnoticed.
CHECK_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"


def _hybrid(text: str, alphabet: str) -> str:
    """ISO 7064, hybrid system MOD M+1,M: the check character for the text, from the same alphabet of M characters."""
    size = len(alphabet)
    product = size
    for character in text:
        total = (product + alphabet.index(character)) % size or size
        product = total * 2 % (size + 1)
    return alphabet[(size + 1 - product) % size]


def mod_37_36(text: str) -> str:
    """ISO 7064 MOD 37,36 over 0-9 and A-Z. ValueError when the text holds anything else."""
    return _hybrid(text, LETTERS_AND_DIGITS)


def mod_11_10(digits: str) -> str:
    """ISO 7064 MOD 11,10 over digits. ValueError when the text holds anything else."""
    return _hybrid(digits, DIGITS)


def mod_11_2(digits: str) -> str:
    """ISO 7064 MOD 11-2 over digits: a digit or X. The resident identity card of the PRC uses it (GB 11643-1999)."""
    total = 0
    for digit in digits:
        total = (total + DIGITS.index(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11]


def check_letter(digits: str) -> str:
    """The remainder of the whole number by 23, as one of 23 letters."""
    return CHECK_LETTERS[int(digits) % 23]


def hong_kong_identity_card(body: str) -> str:
    """The check character (0-9 or A) of a Hong Kong identity card: one or two letters and six digits.

    Letters count 10 to 35, a missing first letter counts 36, weights run from 9 down to 2, modulus 11.
    """
    values = [LETTERS_AND_DIGITS.index(character) for character in body]
    if len(values) == 7:
        values.insert(0, 36)
    total = sum(weight * value for weight, value in zip(range(9, 1, -1), values, strict=True))
    return "0123456789A"[-total % 11]
