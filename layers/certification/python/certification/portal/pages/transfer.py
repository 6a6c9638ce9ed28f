"""Paying by bank transfer: the particulars, choosing it, saying that it was sent; and the account a refund goes to."""

from certification.acts import refund_accounts, transfers
from certification.portal.forms import Form
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response, redirect
from certification.portal.views import transfer
from certification.rules.errors import Refused
from certification.rules.statements import Party


def show(request: Request, reference: str) -> Response:
    view = transfer.of(request.visitor.subject, reference, request.language)
    return page(request, "transfer.html", view=view)


def choose(request: Request, reference: str) -> Response:
    transfers.choose(request.visitor.subject, reference)
    return redirect(request.link(f"/apply/{reference}/pay/transfer"))


def sent(request: Request, reference: str) -> Response:
    transfers.declare(request.visitor.subject, reference)
    return redirect(request.link(f"/apply/{reference}/pay/transfer"))


def account(request: Request, reference: str) -> Response:
    return _account(request, reference, None)


def give_account(request: Request, reference: str) -> Response:
    form = Form(request)
    given = Party(
        name=form.text("holder", "transfer.account_holder_missing", 140),
        account=form.text("number", "transfer.account_number_missing", 50),
        bank=form.text("bank", "transfer.account_bank_missing", 20),
    )
    if not form.errors:
        try:
            refund_accounts.give(request.visitor.subject, reference, given)
        except Refused as refusal:
            form.refused(refusal)
        else:
            return redirect(request.link(f"/apply/{reference}/refund-account"))
    return _account(request, reference, form)


def _account(request: Request, reference: str, form: Form | None) -> Response:
    view = transfer.waits_for_account(request.visitor.subject, reference, request.language)
    return page(request, "refund_account.html", form=form, view=view)
