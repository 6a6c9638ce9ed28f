"""ALIPAY WEBHOOK: is this notification really from Alipay, and meant for us?

In words: a form whose `sign` is RSA-SHA256 over all other fields but `sign_type`, sorted by name and joined as
`name=value` with `&`, decoded. Blank fields and fields we never heard of belong to it. A field that comes twice, another
algorithm or another charset is refused: each is a way to make the two sides read different things. There is no time in
it, so it can be replayed for ever; the inbox and the facts know it again.

Two products speak in this form. The mainland's names the app and the seller: both must be ours. The international one
names neither: its form is a reason to ask, never a proof (`is_hint`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from certification.providers.rsa import is_signed
from certification.providers.signatures import Rejected, is_name, raw_body

UNSIGNED = frozenset({"sign", "sign_type"})


@dataclass(frozen=True)
class Account:
    """Who we are to Alipay, and whose signature counts, newest key first.

    `app` and `seller` belong to the mainland product, `partner` to the international one; empty where there is none.
    """

    app: str
    seller: str
    partner: str
    keys: Sequence[str]


@dataclass(frozen=True)
class Verified:
    """A genuine notification: every field as it was signed, and the signature."""

    fields: dict[str, str]

    @property
    def id(self) -> str:
        return self.fields["notify_id"]

    @property
    def body(self) -> str:
        """What is stored: the whole form, from which the signature can be checked again."""
        return json.dumps(self.fields, ensure_ascii=False)


def verify(request: Mapping[str, Any], account: Account) -> Verified:
    """The notification in an API Gateway request, or Rejected."""
    fields = _form(raw_body(request))
    if fields.get("sign_type") != "RSA2":
        raise Rejected("wrong_algorithm", "sign_type must be RSA2")
    charset = fields.get("charset", fields.get("_input_charset", "utf-8"))
    if charset.lower().replace("-", "") != "utf8":
        raise Rejected("wrong_algorithm", "the charset must be UTF-8")
    if not fields.get("sign"):
        raise Rejected("no_signature", "there is no sign")
    check(signed_text(fields, UNSIGNED), fields["sign"], account.keys)
    if not is_name(fields.get("notify_id")) or not (fields.get("out_trade_no") or fields.get("trade_no")):
        raise Rejected("wrong_shape", "signed, but without notify_id or the number of a trade")
    if not is_hint(fields) and not _ours(fields, account):
        raise Rejected("not_ours", "the notification is for another app or seller")
    if is_hint(fields) and not account.partner:
        raise Rejected("not_ours", "the international product is not in use here")
    return Verified(fields)


def is_hint(fields: Mapping[str, str]) -> bool:
    """Whether the form names nobody it is for (the international product)."""
    return "app_id" not in fields


def signed_text(fields: Mapping[str, str], without: frozenset[str]) -> bytes:
    """The text that is signed: sorted `name=value`, joined with `&`. Requests of the mainland product include
    `sign_type`, notifications leave it out."""
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name not in without).encode()


def check(text: bytes, signature: str, keys: Sequence[str]) -> None:
    """Rejected unless one of the keys signed the text."""
    usable = [key for key in keys if key.strip()]
    if not usable:
        raise Rejected("no_secret", "no public key of Alipay is configured, so nothing can be believed")
    if not any(is_signed(text, signature, key) for key in usable):
        raise Rejected("wrong_signature", "the body was changed on its way, or another key signed it")


def _ours(fields: Mapping[str, str], account: Account) -> bool:
    return bool(account.app) and (fields.get("app_id"), fields.get("seller_id")) == (account.app, account.seller)


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError as reason:
        raise Rejected("not_form", "the body is not a form in UTF-8") from reason
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Rejected("duplicate_field", "a field comes twice")
    return fields
