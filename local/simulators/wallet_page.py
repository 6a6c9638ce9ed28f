"""The page behind a wallet's code: where "the phone" pays. In English and Chinese; it says first that it is a simulator."""

from html import escape
from urllib.parse import urlsplit

from local.simulators.base import Answer, State
from local.simulators.card_page import STYLE
from local.simulators.wallet_bank import yuan

NAMES = {"alipay": ("Alipay", "支付宝"), "wechatpay": ("WeChat Pay", "微信支付")}
TEXT: dict[str, dict[str, str]] = {
    "en": {
        "title": "Pay with {name} (simulator)",
        "banner": "SIMULATOR. This page stands in for {name}. No wallet is charged, no money moves.",
        "order": "Order",
        "owed": "To pay",
        "pay": "Pay now",
        "note_waiting": "Scanned. Nobody has paid yet.",
        "note_paid": "Paid. Go back to the page you came from.",
        "note_processing": "Your bank is working on it. You will hear from the merchant.",
        "note_closed": "This code is closed or has expired. Nothing was taken.",
        "missing": "There is no such order.",
        "other": "中文",
    },
    "zh": {
        "title": "{name}支付（模拟器）",
        "banner": "模拟器：本页面代替{name}，不会扣款，没有任何资金往来。",
        "order": "订单",
        "owed": "应付",
        "pay": "立即支付",
        "note_waiting": "已扫码，尚未支付。",
        "note_paid": "支付成功，请返回原页面。",
        "note_processing": "银行正在处理，结果将由商户通知您。",
        "note_closed": "该二维码已关闭或过期，未扣款。",
        "missing": "没有这笔订单。",
        "other": "English",
    },
}


def page(wallet: str, trade: State | None, language: str | None) -> Answer:
    """The order as it stands, with the button while it waits."""
    tongue = language if language in TEXT else "en"
    name = NAMES[wallet][tongue == "zh"]
    text = {key: value.format(name=name) for key, value in TEXT[tongue].items()}
    if trade is None:
        return _html(wallet, 404, tongue, text, f"<h1>{text['missing']}</h1>", "")
    form = f'<form method="post"><p><button type="submit">{text["pay"]}</button></p></form>'
    content = (
        f"<h1>{text['owed']}: {escape(trade['currency'])} {yuan(trade['cents'])}</h1>"
        f'<p class="note" role="status">{text["note_" + trade["status"]]}</p>'
        f"<p>{escape(trade['subject'])}</p><p>{text['order']}: {escape(trade['number'])}</p>"
        + (form if trade["status"] == "waiting" else "")
    )
    return _html(wallet, 200, tongue, text, content, trade.get("back") or "")


def _html(wallet: str, status: int, tongue: str, text: dict[str, str], content: str, leads_to: str) -> Answer:
    other, code = "en" if tongue == "zh" else "zh", {"en": "en", "zh": "zh-Hans"}
    parts = urlsplit(leads_to)
    also = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    document = (
        f'<!doctype html><html lang="{code[tongue]}"><head><meta charset="utf-8"><title>{text["title"]}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f'<p class="banner">{text["banner"]}</p>'
        f'<p><a href="?lang={other}" lang="{code[other]}" hreflang="{code[other]}">{text["other"]}</a></p>'
        f"<main>{content}</main></body></html>"
    )
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": f"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'{also}",
        "cache-control": "no-store",
        "simulator": wallet,
    }
    return status, headers, document.encode()
