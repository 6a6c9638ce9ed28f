"""READABLE TEXT: what people write has no characters that nobody can see or that turn the text around.

In words: controls (but line breaks and tabs), the signs that override or isolate a direction of writing, the byte order mark
and the anchors of annotations are not part of a text: they could hide what it says from a reviewer, or break a file it goes
into. Names have a stricter rule (`identity.py`).
"""

import re

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")


def is_readable(text: str) -> bool:
    """Whether every character of it can be seen where it stands."""
    return _UNREADABLE.search(text) is None


def readable(text: str) -> str:
    """The text without what cannot be seen: browsers send such characters only when they were pasted by mistake."""
    return _UNREADABLE.sub("", text)
