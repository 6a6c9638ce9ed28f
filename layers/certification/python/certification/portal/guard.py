"""Cookies and forged forms.

A POST is refused unless the browser says that it comes from our own page (`Sec-Fetch-Site`, `Origin`) and the form
carries a token derived from the session, or, before signing in, from a cookie of this visit. The token is masked anew
on every page, so that a compressed page never repeats it (BREACH).
"""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from certification.portal.requests import Request, Visitor

# `__Host-`: only over TLS (or loopback), only this host, never set by a page of another subdomain.
# Chromium and Firefox accept it on http://127.0.0.1, so the local cloud needs no other name.
SESSION = "__Host-session"
VISIT = "__Host-visit"
LANGUAGE = "__Host-language"
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"


def session_cookie(session_id: str) -> str:
    """Lives until the browser is closed; the session itself ends earlier, on the server."""
    return f"{SESSION}={session_id}; {_ATTRIBUTES}"


def no_session_cookie() -> str:
    return f"{SESSION}=; {_ATTRIBUTES}; Max-Age=0"


def visit_cookie(visit: str) -> str:
    return f"{VISIT}={visit}; {_ATTRIBUTES}"


def language_cookie(language: str) -> str:
    return f"{LANGUAGE}={language}; {_ATTRIBUTES}; Max-Age=31536000"


def new_visit() -> str:
    return secrets.token_urlsafe(16)


def form_token(visitor: Visitor) -> str:
    """A fresh mask, and the visitor's token under it."""
    token = _token(visitor)
    mask = secrets.token_bytes(len(token))
    return mask.hex() + bytes(a ^ b for a, b in zip(mask, token, strict=True)).hex()


def is_forged(request: Request, public_url: str) -> bool:
    """Whether this POST may come from a page that is not ours."""
    headers = request.headers
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return True
    sender = headers.get("origin")
    if sender is not None and urlsplit(sender).netloc not in (headers.get("host"), urlsplit(public_url).netloc):
        return True
    if request.visitor.session is None and request.visitor.visit is None:
        return True
    return not _matches(request.field("token"), _token(request.visitor))


def is_ours(path: str) -> bool:
    """Whether an address to go on to after signing in is a page of ours, not a way out."""
    parts = urlsplit(path)
    return path.startswith("/") and not parts.netloc and not parts.scheme and "\\" not in path and "//" not in path


def _token(visitor: Visitor) -> bytes:
    secret = visitor.session or visitor.visit or ""
    return hashlib.sha256(f"form {secret}".encode()).digest()


def _matches(sent: str, token: bytes) -> bool:
    try:
        raw = bytes.fromhex(sent)
    except ValueError:
        return False
    mask, masked = raw[: len(token)], raw[len(token) :]
    if len(mask) != len(masked):
        return False
    return hmac.compare_digest(bytes(a ^ b for a, b in zip(mask, masked, strict=True)), token)
