"""Which sites' pages may use a bucket from a browser: the bucket's CORS rules, as S3 applies them."""

import fnmatch
from collections.abc import Mapping, Sequence
from typing import Any

Rule = Mapping[str, Any]


def allowed_headers(rules: Sequence[Rule], origin: str | None, method: str, asked: str = "") -> dict[str, str] | None:
    """The headers to answer with: of the first rule that fits; None when no rule does. Without an origin, none at all.

    `asked` is what a preflight wants to send (Access-Control-Request-Headers).
    """
    if origin is None:
        return {}
    wanted = [name.strip().lower() for name in asked.split(",") if name.strip()]
    for rule in rules:
        origins, patterns = rule.get("AllowedOrigins", []), [h.lower() for h in rule.get("AllowedHeaders", [])]
        fits = any(fnmatch.fnmatchcase(origin, pattern) for pattern in origins) and method in rule["AllowedMethods"]
        if fits and all(any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns) for name in wanted):
            return _answer(rule, origin, asked)
    return None


def _answer(rule: Rule, origin: str, asked: str) -> dict[str, str]:
    headers = {
        "access-control-allow-origin": "*" if "*" in rule["AllowedOrigins"] else origin,
        "access-control-allow-methods": ", ".join(rule["AllowedMethods"]),
        "vary": "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    }
    if asked:
        headers["access-control-allow-headers"] = asked
    if rule.get("ExposeHeaders"):
        headers["access-control-expose-headers"] = ", ".join(rule["ExposeHeaders"])
    if rule.get("MaxAgeSeconds") is not None:
        headers["access-control-max-age"] = str(rule["MaxAgeSeconds"])
    return headers
