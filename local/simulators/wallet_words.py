"""How the simulated wallets write amounts and times, and how they say no."""

from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


class WalletRefusal(Exception):
    """The wallet says no; `code` is its own word."""

    def __init__(self, code: str, text: str = "", status: int = 400) -> None:
        super().__init__(f"{code} {text}")
        self.code, self.text, self.status = code, text, status


def china(seconds: int) -> datetime:
    """Unix seconds in China's time."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(CHINA)


def yuan(cents: int) -> str:
    """`852.00`."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def cents(text: str) -> int:
    """From `852.00`; refused when it is no amount with at most two digits."""
    whole, _, part = text.partition(".")
    if not whole.isdigit() or not (part or "0").isdigit() or len(part) > 2:
        raise WalletRefusal("INVALID_PARAMETER", f"{text!r} is no amount")
    return int(whole) * 100 + int(part.ljust(2, "0"))
