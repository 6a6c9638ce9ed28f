"""What goes back: status, body, headers and cookies, with the security headers every answer has."""

import base64
import gzip
from typing import Any
from urllib.parse import urlsplit

from certification.rules.model import Frozen

HSTS = "max-age=63072000; includeSubDomains"
ALWAYS = {
    "strict-transport-security": HSTS,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # not `no-referrer`: with it browsers send `Origin: null` on our own forms
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
WORTH_COMPRESSING = 800


class Response(Frozen):
    """An answer. `posts_to` and `images` are addresses on other origins that this page's forms and pictures need."""

    status: int = 200
    body: str | bytes = ""
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = {}
    cookies: tuple[str, ...] = ()
    posts_to: tuple[str, ...] = ()
    images: tuple[str, ...] = ()

    def with_cookies(self, *cookies: str) -> "Response":
        return self.model_copy(update={"cookies": (*self.cookies, *cookies)})


def redirect(address: str, *cookies: str) -> Response:
    """See other: after every successful POST, and wherever a page lives elsewhere."""
    return Response(status=303, headers={"location": address}, cookies=cookies)


def origin(address: str) -> str:
    """Scheme, host and port of an address: what a content security policy lists."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def policy(response: Response) -> str:
    """The content security policy: everything from us, nothing inline; other origins only where this page needs them."""
    forms = " ".join(["'self'", *sorted({origin(address) for address in response.posts_to})])
    images = " ".join(["'self'", *sorted({origin(address) for address in response.images})])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; manifest-src 'self'; "
        f"img-src {images}; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )


def as_event(response: Response, method: str, accepts: str) -> dict[str, Any]:
    """The response as an HTTP API wants it (payload 2.0), compressed where the client accepts that."""
    body = response.body if isinstance(response.body, bytes) else response.body.encode()
    headers = {**ALWAYS, "content-security-policy": policy(response), "content-type": response.content_type}
    headers |= {"cache-control": "no-store", **response.headers}
    if "gzip" in accepts and len(body) >= WORTH_COMPRESSING:
        body = gzip.compress(body, 6, mtime=0)
        headers |= {"content-encoding": "gzip", "vary": "accept-encoding"}
    if method == "HEAD":
        body = b""
    plain = "content-encoding" not in headers and isinstance(response.body, str)
    return {
        "statusCode": response.status,
        "headers": headers,
        "cookies": list(response.cookies),
        "body": body.decode() if plain else base64.b64encode(body).decode(),
        "isBase64Encoded": not plain,
    }
