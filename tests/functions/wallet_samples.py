"""Signed samples of what the wallets send, with the simulators' keys and a fixed clock, as API Gateway events.

    python -m tests.functions.wallet_samples

writes them to events/payment_webhook/; a test makes them again and compares byte for byte.
"""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from certification.providers import alipay_webhook, wechat_webhook
from local.simulators import wallet_keys

EVENTS = Path(__file__).resolve().parents[2] / "events" / "payment_webhook"
NOW = datetime(2026, 11, 22, 12, 20, tzinfo=UTC)
SEAL = "0123456789abcdef0123456789ABCDEF"
SERIAL = "PUB_KEY_ID_0114232134912410000000000000000001"
NUMBER, REFERENCE = "ORD26000001A_PAY0a1b2c3d4e5f", "ORD-26-000001A.PAY-0a1b2c3d4e5f"
TRADE, PAYMENT = "2026112222001400000500000001", "4200000000202611220000000001"
APP, SELLER, MERCHANT = "2021000000000001", "2088000000000001", "1900000109"
KEY = wallet_keys.public_text(wallet_keys.provider())
ALIPAY = alipay_webhook.Account(app=APP, seller=SELLER, partner="2088000000000009", keys=(KEY,))
WECHAT = wechat_webhook.Account(merchant=MERCHANT, app="wxd678efh567hg6787", keys={SERIAL: KEY}, seals=(SEAL,))

PAID = {
    "notify_time": "2026-11-22 20:20:00", "notify_type": "trade_status_sync", "charset": "utf-8", "version": "1.0",
    "notify_id": "2026112200222202000000000000000001", "auth_app_id": APP, "app_id": APP, "trade_no": TRADE,
    "out_trade_no": NUMBER, "seller_id": SELLER, "buyer_id": "2088000000000002", "trade_status": "TRADE_SUCCESS",
    "total_amount": "852.00", "receipt_amount": "852.00", "buyer_pay_amount": "852.00", "invoice_amount": "852.00",
    "point_amount": "0.00", "subject": "Exam fee 报名费 & 考试费=120 USD", "body": "", "gmt_create": "2026-11-22 20:18:00",
    "gmt_payment": "2026-11-22 20:19:58", "fund_bill_list": '[{"amount":"852.00","fundChannel":"ALIPAYACCOUNT"}]',
}  # fmt: skip
UNPAID = {name: PAID[name] for name in PAID if name not in ("gmt_payment", "receipt_amount", "buyer_pay_amount")}
REFUNDED = {"gmt_refund": "2026-11-23 10:00:00.123", "out_biz_no": "RFD-1"}
FORMS: dict[str, dict[str, str]] = {
    "alipay_paid": PAID,
    "alipay_part_refund": {**PAID, "notify_id": "2", "refund_fee": "681.60", **REFUNDED},
    "alipay_full_refund": {
        **PAID, "notify_id": "3", "trade_status": "TRADE_CLOSED", "refund_fee": "852.00", **REFUNDED,
        "gmt_close": "2026-11-23 10:00:00",
    },
    "alipay_timeout": {**UNPAID, "notify_id": "4", "trade_status": "TRADE_CLOSED", "gmt_close": "2026-11-22 20:48:00"},
    "alipay_finished": {**PAID, "notify_id": "5", "trade_status": "TRADE_FINISHED"},
    "alipay_international": {
        "notify_type": "trade_status_sync", "notify_id": "6", "notify_time": "2026-11-22 20:20:00", "currency": "USD",
        "out_trade_no": NUMBER, "trade_no": "2026112221001003000000000001", "trade_status": "TRADE_FINISHED",
        "total_fee": "120.00",
    },
}  # fmt: skip

ORDER = {
    "mchid": MERCHANT, "appid": WECHAT.app, "out_trade_no": NUMBER, "transaction_id": PAYMENT, "trade_type": "NATIVE",
    "trade_state": "SUCCESS", "trade_state_desc": "支付成功", "bank_type": "CMC_DEBIT",
    "success_time": "2026-11-22T20:19:58+08:00", "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
    "amount": {"total": 85200, "payer_total": 85200, "currency": "CNY", "payer_currency": "CNY"},
}  # fmt: skip
ABROAD = {
    **{name: ORDER[name] for name in ORDER if name != "transaction_id"},
    "id": "4200000000202611220000000002",
    "amount": {
        "total": 12000, "currency": "USD", "payer_total": 85110, "payer_currency": "CNY",
        "exchange_rate": {"type": "SETTLEMENT_RATE", "rate": 709250000},
    },
}  # fmt: skip
REFUND = {
    "mchid": MERCHANT, "transaction_id": PAYMENT, "out_trade_no": NUMBER, "out_refund_no": "RFD-1",
    "refund_id": "50200207182026112300000000001", "refund_status": "SUCCESS",
    "success_time": "2026-11-23T10:05:00+08:00", "user_received_account": "支付用户零钱",
    "amount": {"total": 85200, "refund": 68160, "payer_total": 85200, "payer_refund": 68160},
}  # fmt: skip
UNDONE = {name: REFUND[name] for name in REFUND if name != "success_time"}
NOTICES: dict[str, tuple[str, dict[str, Any]]] = {
    "wechat_paid": ("TRANSACTION.SUCCESS", ORDER),
    "wechat_paid_global": ("TRANSACTION.SUCCESS", ABROAD),
    "wechat_paid_with_coupon": (
        "TRANSACTION.SUCCESS",
        {**ORDER, "amount": {"total": 85200, "payer_total": 80000, "currency": "CNY", "payer_currency": "CNY"}},
    ),
    "wechat_refunded": ("REFUND.SUCCESS", REFUND),
    "wechat_refund_abnormal": ("REFUND.ABNORMAL", {**UNDONE, "refund_status": "ABNORMAL"}),
    "wechat_refund_closed": ("REFUND.CLOSED", {**UNDONE, "refund_status": "CLOSED"}),
}


def gateway(path: str, headers: dict[str, str], body: bytes, packed: bool) -> dict[str, Any]:
    """A request as API Gateway (payload 2.0) hands it over, its body in base64 or not."""
    http = {"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7"}
    return {
        "version": "2.0",
        "routeKey": f"POST {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {**headers, "host": "assay.example.org"},
        "requestContext": {"http": http, "requestId": "req-1", "stage": "$default"},
        "body": base64.b64encode(body).decode() if packed else body.decode(),
        "isBase64Encoded": packed,
    }


def alipay(
    fields: dict[str, str], *, key: RSAPrivateKey | None = None, packed: bool = True, **more: str
) -> dict[str, Any]:
    """A notification of Alipay; `more` fields are added after signing."""
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    sign = wallet_keys.signed(key or wallet_keys.provider(), text.encode())
    body = urlencode({**fields, "sign_type": "RSA2", "sign": sign, **more}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    return gateway("/webhooks/alipay", headers, body, packed)


def wechat(
    kind: str,
    plain: dict[str, Any] | bytes,
    *,
    at: datetime = NOW,
    serial: str = SERIAL,
    key: RSAPrivateKey | None = None,
    packed: bool = False,
    seal: str = SEAL,
    **envelope: Any,
) -> dict[str, Any]:
    """A notification of WeChat Pay about `plain`, which may be text that is no JSON; `envelope` changes what is around."""
    name = kind.partition(".")[0].lower()
    inside = plain if isinstance(plain, bytes) else json.dumps(plain, ensure_ascii=False).encode()
    sealed = AESGCM(seal.encode()).encrypt(b"fdasfjihihi1", inside, name.encode())
    content = {
        "id": f"EV-{wallet_keys.digest(json.dumps(plain) if isinstance(plain, dict) else repr(plain))}",
        "create_time": "2026-11-22T20:20:00+08:00",
        "resource_type": "encrypt-resource",
        "event_type": kind,
        "summary": "支付成功",
        "resource": {
            "original_type": name,
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(sealed).decode(),
            "associated_data": name,
            "nonce": "fdasfjihihi1",
        },
        **envelope,
    }
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    stamp, nonce = str(int(at.timestamp())), "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"
    signature = wallet_keys.signed(key or wallet_keys.provider(), f"{stamp}\n{nonce}\n".encode() + body + b"\n")
    headers = {
        "content-type": "application/json",
        "wechatpay-serial": serial,
        "wechatpay-timestamp": stamp,
        "wechatpay-nonce": nonce,
        "wechatpay-signature": signature,
        "wechatpay-signature-type": "WECHATPAY2-SHA256-RSA2048",
    }
    return gateway("/webhooks/wechatpay", headers, body, packed)


def samples() -> dict[str, dict[str, Any]]:
    """Every sample by its name."""
    made = {name: alipay(fields) for name, fields in FORMS.items()}
    made["alipay_paid_plain"] = alipay(PAID, packed=False)
    made |= {name: wechat(*notice) for name, notice in NOTICES.items()}
    probe = wechat(*NOTICES["wechat_paid"])
    probe["headers"]["wechatpay-signature"] = "WECHATPAY/SIGNTEST/" + probe["headers"]["wechatpay-signature"][19:]
    return {**made, "wechat_probe": probe}


def written(sample: dict[str, Any]) -> str:
    """A sample as it stands in its file."""
    return json.dumps(sample, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    for name, sample in samples().items():
        (EVENTS / f"{name}.json").write_text(written(sample), encoding="utf-8")
