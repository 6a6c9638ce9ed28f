"""WECHAT PAY WEBHOOK: is this notification really from WeChat Pay, meant for us, and fresh?

In words: RSA-SHA256 over time, nonce and raw body, each followed by a line feed, by the key whose serial the header
names: a platform certificate's serial, or `PUB_KEY_ID_...`. We know our keys; an unknown serial is refused and never
looked up here, or anybody could make us call out. The time may differ by 300 seconds either way. Inside is a resource
sealed with our APIv3 key (AES-256-GCM): sealing proves nothing, because every program of the merchant has that key.

Now and then WeChat Pay sends a wrong signature, marked `WECHATPAY/SIGNTEST/`, to see whether we look. It is refused,
and nobody is called for it.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from certification.providers.rsa import is_signed
from certification.providers.signatures import Rejected, header, is_name, json_object, raw_body, seconds_ahead

SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"
SEALED_WITH = "AEAD_AES_256_GCM"
PROBE = "WECHATPAY/SIGNTEST/"


@dataclass(frozen=True)
class Account:
    """Who we are to WeChat Pay. `keys` are its public keys by serial; `seals` our APIv3 keys, newest first."""

    merchant: str
    app: str
    keys: Mapping[str, str]
    seals: Sequence[str]


@dataclass(frozen=True)
class Verified:
    """A genuine notification, opened, and how far the sender's clock is ahead in seconds."""

    envelope: dict[str, Any]
    resource: dict[str, Any]
    ahead: int

    @property
    def id(self) -> str:
        return str(self.envelope["id"])

    @property
    def body(self) -> str:
        """What is stored: the envelope, with the opened resource in place of the sealed one."""
        # in ASCII: what JSON can escape and UTF-8 cannot write, half a surrogate pair, is kept as it came
        return json.dumps({**self.envelope, "resource": self.resource})


def verify(request: Mapping[str, Any], account: Account, now: datetime) -> Verified:
    """The notification in an API Gateway request, or Rejected."""
    raw = raw_body(request)
    ahead = check(request.get("headers"), raw, account.keys, now)
    envelope = json_object(raw)
    if not all(is_name(envelope.get(name)) for name in ("id", "event_type", "create_time")):
        raise Rejected("wrong_shape", "signed, but without id, event_type or create_time")
    resource = _opened(envelope.get("resource"), account.seals)
    if resource.get("mchid") != account.merchant or resource.get("appid", account.app) != account.app:
        raise Rejected("not_ours", "the notification is for another merchant or app")
    return Verified(envelope, resource, ahead)


def check(headers: Mapping[str, str] | None, body: bytes, keys: Mapping[str, str], now: datetime) -> int:
    """Rejected unless WeChat Pay signed this message, a notification or an answer, within the window. Returns how many
    seconds its clock is ahead of ours."""
    stamp, nonce, signature, serial = (
        header(headers, f"wechatpay-{name}") for name in ("timestamp", "nonce", "signature", "serial")
    )
    if not signature:
        raise Rejected("no_signature", "there is no signature header")
    if signature.startswith(PROBE):
        raise Rejected("probe", "WeChat Pay looks whether we verify: we do")
    # The vendor's own library for Go takes a missing type for the usual one.
    if header(headers, "wechatpay-signature-type") not in ("", SIGNATURE_TYPE):
        raise Rejected("wrong_algorithm", f"the signature type must be {SIGNATURE_TYPE}")
    if not any(key.strip() for key in keys.values()):
        raise Rejected("no_secret", "no public key of WeChat Pay is configured, so nothing can be believed")
    if serial not in keys:
        raise Rejected("unknown_key", "the key with this serial is not configured")
    if not is_signed(f"{stamp}\n{nonce}\n".encode(errors="replace") + body + b"\n", signature, keys[serial]):
        raise Rejected("wrong_signature", "the body was changed on its way, or another key signed it")
    return seconds_ahead(stamp, now)


def _opened(resource: object, seals: Sequence[str]) -> dict[str, Any]:
    if not isinstance(resource, dict) or resource.get("algorithm") != SEALED_WITH:
        raise Rejected("wrong_algorithm", f"the resource must be sealed with {SEALED_WITH}")
    try:
        sealed = base64.b64decode(resource["ciphertext"], validate=True)
        nonce, name = resource["nonce"].encode(), (resource.get("associated_data") or "").encode()
    except (binascii.Error, ValueError, KeyError, AttributeError, TypeError) as reason:
        raise Rejected("unreadable_resource", "the sealed resource lacks a part") from reason
    for key in seals:
        try:
            return json_object(AESGCM(key.encode()).decrypt(nonce, sealed, name))
        except (InvalidTag, ValueError):
            continue  # sealed with another of our keys, or by nobody who has one
    raise Rejected("unreadable_resource", "none of our APIv3 keys opens the resource")
