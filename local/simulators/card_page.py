"""The page on which a candidate pays, in English and Chinese. It says first that it is a simulator.

Cards are chosen from a list, never typed: nobody can enter a real one.
"""

from html import escape
from urllib.parse import urlsplit

from local.simulators.base import Answer, State

CARDS = {"visa": "pays", "mastercard": "pays", "declined": "declines"}
TEXT: dict[str, dict[str, str]] = {
    "en": {
        "title": "Pay by card (simulator)",
        "banner": "SIMULATOR. This page stands in for the card provider. No card is charged, no money moves.",
        "owed": "To pay",
        "item": "Item",
        "amount": "Amount",
        "total": "Total",
        "choose": "Choose a test card",
        "visa": "Visa ending 4242: pays",
        "mastercard": "Mastercard ending 4444: pays",
        "declined": "Visa ending 0002: is declined",
        "pay": "Pay",
        "back": "Cancel and go back",
        "note_declined": "The card was declined. Nothing was taken. Choose another card.",
        "note_processing": "Your bank is working on it. You will hear from the shop.",
        "note_complete": "This checkout has been paid.",
        "note_expired": "This checkout has expired. Go back and open a new one.",
        "missing": "There is no such checkout.",
        "other": "中文",
        "reference": "Reference",
    },
    "zh": {
        "title": "银行卡支付（模拟器）",
        "banner": "模拟器：本页面代替银行卡支付机构，不会扣款，没有任何资金往来。",
        "owed": "应付",
        "item": "项目",
        "amount": "金额",
        "total": "合计",
        "choose": "选择测试卡",
        "visa": "Visa 尾号 4242：支付成功",
        "mastercard": "Mastercard 尾号 4444：支付成功",
        "declined": "Visa 尾号 0002：支付被拒",
        "pay": "支付",
        "back": "取消并返回",
        "note_declined": "该卡支付被拒，未扣款。请选择其他卡。",
        "note_processing": "银行正在处理，结果将由商户通知您。",
        "note_complete": "本次支付已完成。",
        "note_expired": "本次支付已过期，请返回后重新发起。",
        "missing": "没有这笔支付。",
        "other": "English",
        "reference": "参考号",
    },
}
STYLE = (
    "body{font:1.1rem/1.5 sans-serif;max-width:34rem;margin:0 auto;padding:1rem;color:#111;background:#fff}"
    ".banner{background:#7a1f00;color:#fff;padding:1rem;font-weight:700}"
    ".note{border-left:.4rem solid #7a1f00;padding:.5rem 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem;border-bottom:1px solid #767676}"
    "td:last-child,th:last-child{text-align:right}label{display:block;padding:.4rem 0}"
    "button{font:inherit;padding:.7rem 2rem;background:#0b5345;color:#fff;border:0}"
    "a:focus-visible,button:focus-visible,input:focus-visible{outline:.2rem solid #b35900;outline-offset:.15rem}"
)


def page(session: State, lines: list[State], notice: str, language: str | None) -> Answer:
    """The checkout as it stands. `notice` is `declined`, `processing` or empty."""
    tongue = language if language in TEXT else "zh" if str(session["locale"]).startswith("zh") else "en"
    text, state = TEXT[tongue], notice or session["status"]
    note = text.get(f"note_{state}", "")
    form = _form(text) if session["status"] == "open" and notice != "processing" else ""
    back = session["cancel_url"]
    content = (
        f"<h1>{text['owed']}: {_money(session['amount_total'], session['currency'])}</h1>"
        + (f'<p class="note" role="status">{note}</p>' if note else "")
        + _table(text, lines, session)
        + f"<p>{text['reference']}: {escape(str(session['client_reference_id']))}</p>"
        + form
        + (f'<p><a href="{escape(back)}">{text["back"]}</a></p>' if back else "")
    )
    return _html(402 if notice == "declined" else 200, tongue, content, session["success_url"])


def missing(language: str | None) -> Answer:
    """404 for people."""
    tongue = language if language in TEXT else "en"
    return _html(404, tongue, f"<h1>{TEXT[tongue]['missing']}</h1>", "")


def _form(text: dict[str, str]) -> str:
    cards = "".join(
        f'<label><input type="radio" name="card" value="{card}"{" checked" * (card == "visa")}> {text[card]}</label>'
        for card in CARDS
    )
    return (
        f'<form method="post"><fieldset><legend>{text["choose"]}</legend>{cards}</fieldset>'
        f'<p><button type="submit">{text["pay"]}</button></p></form>'
    )


def _table(text: dict[str, str], lines: list[State], session: State) -> str:
    rows = "".join(
        f"<tr><td>{escape(line['name'])}</td><td>{_money(line['amount'], line['currency'])}</td></tr>" for line in lines
    )
    total = _money(session["amount_total"], session["currency"])
    return (
        f"<table><thead><tr><th>{text['item']}</th><th>{text['amount']}</th></tr></thead><tbody>{rows}"
        f"<tr><th>{text['total']}</th><th>{total}</th></tr></tbody></table>"
    )


def _money(cents: int, currency: str) -> str:
    return f"{escape(currency.upper())} {cents // 100:,}.{cents % 100:02d}"


def _html(status: int, tongue: str, content: str, leads_to: str) -> Answer:
    text, other = TEXT[tongue], "en" if tongue == "zh" else "zh"
    code = {"en": "en", "zh": "zh-Hans"}
    document = (
        f'<!doctype html><html lang="{code[tongue]}"><head><meta charset="utf-8"><title>{text["title"]}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f'<p class="banner">{text["banner"]}</p>'
        f'<p><a href="?lang={other}" lang="{code[other]}" hreflang="{code[other]}">{text["other"]}</a></p>'
        f"<main>{content}</main></body></html>"
    )
    return status, _headers(leads_to), document.encode()


def _headers(leads_to: str) -> dict[str, str]:
    parts = urlsplit(leads_to)
    # The browser applies form-action to where the form's answer redirects, too.
    also = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": f"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'{also}",
        "cache-control": "no-store",
        "simulator": "card",
    }
