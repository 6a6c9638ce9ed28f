"""Where a request comes from, as far as an act may know: a range is counted by it, and a session is named to its owner."""

import re

from certification.rules.model import Frozen

_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone|iPad", "iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


class Visit(Frozen):
    """`source` is a network address, `device` two words about browser and system; either may be empty."""

    source: str = ""
    device: str = ""


def visit(source: str, user_agent: str) -> Visit:
    """The visit of a request. Of the browser's own words only its family and system are kept."""
    return Visit(source=source, device=device(user_agent))


def device(user_agent: str) -> str:
    """`Firefox, Windows`; empty when neither is known."""
    words = [next((name for sign, name in known if re.search(sign, user_agent)), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(word for word in words if word)
