"""IDENTITY PLATFORM: a public service that says who somebody is, over OpenID Connect (authorization code, PKCE).

In words: we send the browser to the platform with a state, a nonce and the hash of a verifier that only we know; it comes
back with a code; we exchange the code and the verifier for an ID token, and believe it only when it is signed by a key of
the platform with an algorithm we allow, is meant for us, is new, is not expired, and carries our nonce. Anything else is a
`NotBelieved` with its reason, and nothing happens. joserfc does the cryptography.
"""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import ValidationError

from certification.providers import http
from certification.providers.ports import Lost, PlatformIdentity, ProviderRefused

ALGORITHMS = ["ES256", "RS256"]
CLIENT = "assay"
SKEW = 60
"""Seconds that the platform's clock may differ from ours."""


class NotBelieved(Exception):
    """A token that is not the platform's word to us about now. `code` says what is wrong with it."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code


class PlatformOverHttp:
    """The platform whose issuer is `base_url`. `now` tells the time by which a token is judged."""

    def __init__(self, base_url: str, now: Callable[[], datetime]) -> None:
        self._base = base_url.rstrip("/")
        self._now = now

    def address(self, state: str, nonce: str, verifier: str, back: str) -> str:
        """Where the browser goes: the platform's own page."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": CLIENT,
            "scope": "openid real_name",
            "redirect_uri": back,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._base}/authorize?{urlencode(asked)}"

    def redeem(self, code: str, verifier: str, nonce: str, back: str) -> PlatformIdentity:
        """Who came back with this code. Raises NotBelieved, ProviderRefused (a used or foreign code), Unreachable or Lost."""
        form = {
            "grant_type": "authorization_code",
            "client_id": CLIENT,
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": back,
        }
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        reply = http.call("POST", f"{self._base}/token", kind, urlencode(form).encode())
        if 400 <= reply.status < 500:
            raise ProviderRefused(reply.status, str(reply.json().get("error")), "the platform refuses the code")
        if reply.status != 200:
            raise Lost(f"the platform answered {reply.status}")
        return self._believed(str(reply.json().get("id_token", "")), nonce)

    def _believed(self, token: str, nonce: str) -> PlatformIdentity:
        keys = http.call("GET", f"{self._base}/jwks")
        if keys.status != 200:
            raise Lost(f"the platform's keys answered {keys.status}")
        try:
            found = jwt.decode(token, KeySet.import_key_set(keys.json()), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        except (JoseError, ValueError) as reason:
            raise NotBelieved(
                "not_signed", f"the token is not signed by the platform: {type(reason).__name__}"
            ) from reason
        claims: dict[str, Any] = found.claims
        self._must_be_ours(claims, nonce)
        try:
            return PlatformIdentity(
                subject=claims["sub"],
                name=claims["name"],
                id_kind=claims["id_kind"],
                id_number=claims["id_number"],
                birth_date=claims["birthdate"],
                simulated=bool(claims.get("simulated", False)),
            )
        except (KeyError, ValidationError) as reason:
            raise NotBelieved("wrong_shape", "signed, but it does not say who somebody is") from reason

    def _must_be_ours(self, claims: dict[str, Any], nonce: str) -> None:
        now = self._now().timestamp()
        audience = claims.get("aud")
        wrong = {
            "wrong_issuer": claims.get("iss") != self._base,
            "wrong_audience": audience not in (CLIENT, [CLIENT]),
            "expired": not _is_time(claims.get("exp")) or now >= claims["exp"] + SKEW,
            "too_new": not _is_time(claims.get("iat")) or claims["iat"] > now + SKEW,
            "not_yet": "nbf" in claims and (not _is_time(claims["nbf"]) or claims["nbf"] > now + SKEW),
            "wrong_nonce": claims.get("nonce") != nonce,
        }
        for code, is_so in wrong.items():
            if is_so:
                raise NotBelieved(code, "the platform's token is not one for us and now")


def _is_time(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
