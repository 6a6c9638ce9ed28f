"""SIMULATOR of the unified identity platform: OpenID Connect with a page of sample persons, and tokens that can be wrong.

`GET /authorize` shows the page, `POST /authorize` (form `person`) goes back with a code, `POST /token` exchanges code and
verifier, `GET /jwks` gives the key. A code counts once and for five minutes. Switches make the token wrong in one way each.
"""

import base64
import hashlib
import html
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from joserfc import jwt
from joserfc.jwk import ECKey

from local.simulators.base import Answer, Answering, Context

JSON = {"content-type": "application/json"}
PEOPLE: dict[str, dict[str, str]] = {
    "1": {
        "name": "陈样本",
        "id_kind": "resident_identity_card",
        "id_number": "440106199505170010",
        "birthdate": "1995-05-17",
    },
    "2": {"name": "林示例", "id_kind": "home_return_permit", "id_number": "H12345678", "birthdate": "1990-01-01"},
}
SWITCHES = {
    "wrong_nonce": "the token carries another nonce",
    "wrong_audience": "the token is for another service",
    "wrong_issuer": "the token names another platform",
    "expired": "the token ended an hour ago",
    "from_tomorrow": "the token is from tomorrow",
    "forged": "the token is signed by another key",
    "unsigned": "the token says that it needs no signature",
    "nameless": "the token does not say who somebody is",
    "down": "answers 503",
}
CODE_LIVES = 300


class PlatformSimulator(Answering):
    """An issuer at its own address. Its key is made anew and printed by `/jwks`; it protects nothing."""

    name = "platform"
    known = SWITCHES

    def __init__(self, context: Context) -> None:
        key = ECKey.generate_key("P-256", parameters={"kid": "simulated"})
        super().__init__(context, {"codes": {}, "key": key.as_dict(private=True)})

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request."""
        del headers
        where, _, query = path.partition("?")
        if self._stage.on("down"):
            return 503, dict(JSON), b'{"error":"down","simulated":true}'
        if where == "/jwks":
            return _json(200, {"keys": [ECKey.import_key(self._stage.state["key"]).as_dict(private=False)]})
        if (method, where) == ("GET", "/authorize"):
            return 200, {"content-type": "text/html; charset=utf-8"}, _page(query).encode()
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if (method, where) == ("POST", "/authorize"):
            return self._authorize(dict(parse_qsl(query)), form.get("person", "1"))
        if (method, where) == ("POST", "/token"):
            return self._token(form)
        return _json(404, {"error": "not_found"})

    def control(self, action: str, form: Mapping[str, str]) -> dict[str, Any]:
        """`switch`, `clear` or `status`; and who can sign in."""
        return {**super().control(action, form), "people": PEOPLE}

    def _authorize(self, asked: dict[str, str], person: str) -> Answer:
        with self._stage.lock:
            code = f"simulated-code-{self._stage.number():06d}"
            self._stage.state["codes"][code] = {**asked, "person": person, "at": self._stage.seconds()}
        back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked.get('state', '')})}"
        return 303, {"location": back}, b""

    def _token(self, form: dict[str, str]) -> Answer:
        with self._stage.lock:
            asked = self._stage.state["codes"].pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or self._stage.seconds() > asked["at"] + CODE_LIVES:
            return _json(400, {"error": "invalid_grant"})
        if challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return _json(400, {"error": "invalid_grant"})
        return _json(200, {"token_type": "Bearer", "id_token": self._signed(self._claims(asked)), "simulated": True})

    def _claims(self, asked: dict[str, Any]) -> dict[str, Any]:
        now, on = self._stage.seconds(), self._stage.on
        begun = now + 86_400 if on("from_tomorrow") else now - 7200 if on("expired") else now
        claims: dict[str, Any] = {
            "iss": "https://elsewhere.example.org" if on("wrong_issuer") else self._stage.context.base_url,
            "aud": "another-service" if on("wrong_audience") else asked["client_id"],
            "sub": f"simulated-person-{asked['person']}",
            "nonce": "another" if on("wrong_nonce") else asked["nonce"],
            "iat": begun,
            "exp": begun + 3600,
            "simulated": True,
        }
        return claims if on("nameless") else claims | PEOPLE[asked["person"]]

    def _signed(self, claims: dict[str, Any]) -> str:
        if self._stage.on("unsigned"):
            parts = [_encoded(b'{"alg":"none"}'), _encoded(_json(200, claims)[2]), ""]
            return ".".join(parts)
        ours = ECKey.import_key(self._stage.state["key"])
        key = ECKey.generate_key("P-256") if self._stage.on("forged") else ours
        return jwt.encode({"alg": "ES256", "kid": "simulated"}, claims, key)


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def _json(status: int, content: Mapping[str, Any]) -> Answer:
    import json

    return status, dict(JSON), json.dumps(content).encode()


def _page(query: str) -> str:
    people = "".join(
        f'<button name="person" value="{number}">{html.escape(person["name"])}</button> '
        for number, person in PEOPLE.items()
    )
    action = html.escape(f"authorize?{query}", quote=True)
    return (
        '<!doctype html><html lang="zh-CN"><title>SIMULATOR</title><h1>SIMULATOR: unified identity platform</h1>'
        f'<form method="post" action="{action}">{people}</form></html>'
    )
