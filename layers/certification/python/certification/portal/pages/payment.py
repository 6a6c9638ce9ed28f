"""Paying: what is owed, what would come back when, the way to the card page and the way back."""

import json
from urllib.parse import urlsplit

from markupsafe import Markup

from certification.acts import checkout
from certification.cloud.settings import settings
from certification.portal import qr
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import payment
from certification.rules.errors import Refused
from certification.rules.payments import Method

CARD_PAGES = "https://checkout.stripe.com"
"""Where the provider's payment page lives: a browser follows a form only to the origins our page names."""


ALIPAY_PAGES = "https://*.alipay.com"
WITH_A_PAGE: tuple[Method, ...] = ("card", "alipay", "wechat_pay")


def show(request: Request, reference: str) -> Response:
    view = payment.of(request.visitor.subject, reference, request.language)
    if view.paid or view.confirming:
        return redirect(request.link(f"/apply/{reference}/pay/return"))
    return page(request, "pay.html", view=view, posts_to=_elsewhere())


def _elsewhere() -> tuple[str, ...]:
    """Where a form of this page may lead: Alipay sends a browser on from its gateway to pages of its own."""
    return settings().card_api, CARD_PAGES, settings().alipay_api, settings().alipay_global_api, ALIPAY_PAGES


def pay(request: Request, reference: str) -> Response:
    """On to the provider's page. Whoever pays in two windows gets the same page twice."""
    try:
        chosen = request.field("method") or "card"
        method = next((way for way in WITH_A_PAGE if way == chosen), None)
        if method is None:
            raise Refused("method_not_offered", "Choose a way to pay.", "请选择支付方式。")
        address = checkout.start(request.visitor.subject, reference, method)
        ours = request.link(f"/apply/{reference}/pay/code")  # in the language of this visit
        return redirect(ours if urlsplit(address).path.endswith("/pay/code") else address)
    except Refused as refusal:
        if refusal.code in ("confirming_payment", "already_paid"):
            return redirect(request.link(f"/apply/{reference}/pay/return"))
        raise


def code(request: Request, reference: str) -> Response:
    """The code to scan with WeChat; back to the choice when there is none any more."""
    view = payment.scan(request.visitor.subject, reference, request.language)
    if view is None:
        return redirect(request.link(f"/apply/{reference}/pay"))
    return page(request, "pay_code.html", view=view, picture=Markup(qr.svg(view.text, view.label)))


def came_back(request: Request, reference: str) -> Response:
    """After the provider's page. It proves nothing: only the provider's word to us does, so we say that we confirm."""
    view = payment.of(request.visitor.subject, reference, request.language)
    return page(request, "pay_return.html", view=view, asked="asked" in request.query)


def ask(request: Request, reference: str) -> Response:
    checkout.check_now(request.visitor.subject, reference)
    return redirect(request.link(f"/apply/{reference}/pay/return?asked=1"))


def state(request: Request, reference: str) -> Response:
    view = payment.of(request.visitor.subject, reference, request.language)
    return Response(body=json.dumps({"state": "paid" if view.paid else "waiting"}), content_type="application/json")
