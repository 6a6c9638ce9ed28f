"""Receipts: numbered in the same transaction that makes them, printed, and never given twice for one thing.

Where a public platform issues the payer's receipts, the payment is reported to it instead, and its number is kept.
"""

from typing import Any

from certification.acts.papers import behind
from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import applications
from certification.cloud.tables.base import Write
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.orders import Order, orders
from certification.cloud.tables.payments import payments
from certification.cloud.tables.receipts import Issued, Receipt, receipts
from certification.cloud.tables.refunds import Refund, refunds
from certification.cloud.transaction import commit, retried
from certification.documents.data import Receipt as Paper
from certification.documents.data import ReceiptLine
from certification.documents.render import render
from certification.policies import load_policy
from certification.providers.receipt_platform import PlatformReceipt, ReceiptsOverHttp, Reported
from certification.rules.fees import VAT
from certification.rules.findings import RefundKind
from certification.rules.policy import Policy
from certification.rules.receipts import (
    SAYS,
    TITLES,
    Line,
    ReceiptKind,
    Turn,
    is_ours,
    lines_of_refund,
    receipt_number,
    series,
    turns_of,
)
from certification.rules.words import Words


def issue(announcement: str, detail: dict[str, Any]) -> None:
    """The receipts that follow from an announcement: registered, a refund arrived, or it failed after it had.

    Announcements may come late, twice and in any order: what a refund has gone through says what there must be."""
    if announcement == "CandidateRegistered":
        number = applications.read(detail["application"]).order
        if number is not None:
            _issue(_of_order(orders.read(number)))
        return
    refund = refunds.read(detail["refund"])
    turns = turns_of((step.state, step.at) for step in refund.steps)
    order = orders.read(refund.order) if refund.order and turns else None
    if order is None or refund.capture not in order.settling:
        return  # what was paid twice or too late was never receipted, and the letter about its return is enough
    _issue(_of_order(order))
    for turn in turns:
        _issue(_of_refund(refund, order, turn))


def _of_order(order: Order) -> Receipt | None:
    """What the payer of a settled order is given; None while it is not settled."""
    if order.settled_by is None or order.settled_at is None:
        return None
    paid = next(one for one in map(payments.read, order.payments) if order.settled_by in one.facts)
    lines = tuple(Line(words=Words(en=line.en, zh=line.zh), amount=line.amount) for line in order.lines)
    return _draft(f"order:{order.number}", ReceiptKind.RECEIPT, order).model_copy(
        update={"lines": lines, "total": order.total, "method": paid.method, "happened_at": order.settled_at}
    )


def _of_refund(refund: Refund, order: Order, turn: Turn) -> Receipt:
    """A credit note of a refund that arrived, or the reversal of the one before."""
    receipt = receipts.read(f"order:{order.number}")
    noted = receipts.find(turn.reverses(refund.id)) if turn.kind is ReceiptKind.REVERSAL else None
    kept = refund.money.model_copy(update={"amount": refund.kept})
    return _draft(turn.source(refund.id), turn.kind, order).model_copy(
        update={
            "lines": noted.lines
            if noted
            else lines_of_refund(receipt.lines, refund.money, kept, _unused(refund, order)),
            "total": refund.money,
            "method": payments.read(refund.payment).method,
            "happened_at": turn.at,
            "refers_to": noted.number if noted else receipt.number,
        }
    )


def _unused(refund: Refund, order: Order) -> tuple[Line, ...]:
    """The lines of what was paid for and not used, where it is they that go back."""
    if refund.kind is not RefundKind.UNUSED:
        return ()
    policy, _ = load_policy(refund.scheme or "")
    whole = {item.code for item in policy.fees.items if item.unused_in_full}
    return tuple(
        Line(words=Words(en=line.en, zh=line.zh), amount=line.amount) for line in order.lines if line.code in whole
    )


def _draft(source: str, kind: ReceiptKind, order: Order) -> Receipt:
    application = applications.read(order.application)
    return Receipt(
        source=source,
        kind=kind,
        scheme=application.scheme,
        order=order.number,
        application=order.application,
        candidate=order.candidate,
        lines=(),
        total=order.total,
        method="card",
        happened_at=order.created_at,
        issued_at=clock.now(),
    )


def _issue(drafted: Receipt | None) -> None:
    if drafted is None:
        return
    policy, _ = load_policy(drafted.scheme)
    if is_ours(policy.receipt):
        _print(_numbered(drafted, policy).source)
    elif drafted.kind is not ReceiptKind.REVERSAL:
        _reported(drafted)


@retried
def _numbered(drafted: Receipt, policy: Policy) -> Receipt:
    """The receipt under the next number of its series. Counter and receipt are one transaction: no gaps, none twice."""
    known = receipts.find(drafted.source)
    if known is not None:
        return known
    counted_in = series(drafted.kind, drafted.scheme, clock.now().astimezone(policy.zone).year)
    key = f"last receipt of {counted_in}"
    counter = claims.find(key) or Claim(key=key, holder="0")
    sequence = int(counter.holder) + 1
    number = Issued(number=receipt_number(counted_in, sequence), series=counted_in, sequence=sequence)
    receipt: Receipt = drafted.changed(ours=number)
    counted = counter.changed(holder=str(sequence))
    count: Write = claims.update(counted) if counter.version else claims.insert(counted)
    commit([count, receipts.insert(receipt)])
    return receipt


@retried
def _print(source: str) -> None:
    receipt = receipts.read(source)
    if receipt.file is not None:
        return
    key = f"issued/{receipt.candidate}/{receipt.application}/{receipt.number}.pdf"
    vault.write(settings().vault, key, render("receipt", _paper(receipt)), "application/pdf")
    commit([receipts.update(receipt.changed(file=key))])


def _paper(receipt: Receipt) -> Paper:
    background = behind(applications.read(receipt.application))
    policy, person = background.policy, background.person
    return Paper(
        issuer=policy.body,
        issued_at=receipt.issued_at,
        time_zone=policy.time_zone,
        verification_url=f"{settings().public_url}/en/apply/{receipt.application}",
        title=TITLES[receipt.kind],
        says=SAYS[receipt.kind],
        number=receipt.number,
        name=person.on_paper,
        name_latin=person.latin_name if person.latin_name != person.on_paper else None,
        order=receipt.order,
        exam=policy.title,
        sitting=Words(en=background.sitting.name_en, zh=background.sitting.name_zh),
        lines=tuple(ReceiptLine(words=line.words, amount=str(line.amount)) for line in receipt.lines),
        total=str(receipt.total),
        method=ways_of(receipt, policy),
        happened_at=receipt.happened_at,
        vat=VAT[policy.fees.vat],
        refers_to=receipt.refers_to,
    )


def ways_of(receipt: Receipt, policy: Policy) -> Words:
    """How it was paid: by every way that brought a part of it, the first part first; of what went back, the one way."""
    order = orders.read(receipt.order)
    paid = [payments.read(payment) for payment in order.payments]
    parts = [one.method for capture in reversed(order.settling) for one in paid if capture in one.facts]
    ways = dict.fromkeys(parts) if receipt.kind is ReceiptKind.RECEIPT and parts else (receipt.method,)
    words = {one.code: one.words for one in policy.payment.methods}
    named = [words.get(way, Words(en=way, zh=way)) for way in ways]
    return Words(en=", ".join(one.en for one in named), zh="、".join(one.zh for one in named))


def _reported(drafted: Receipt) -> None:
    """Tell the public platform; its number is kept. Telling it again changes nothing there and here."""
    if receipts.find(drafted.source) is not None:
        return
    person = behind(applications.read(drafted.application)).person
    told: PlatformReceipt = ReceiptsOverHttp(settings().receipts_api).report(
        Reported(
            order=drafted.order,
            payer=person.on_paper,
            money=drafted.total,
            happened_at=drafted.happened_at,
            refund=drafted.source.partition(":")[2].replace("#", "-")
            if drafted.kind is ReceiptKind.CREDIT_NOTE
            else None,
        )
    )
    known = receipts.find(drafted.source)
    if known is None:
        commit([receipts.insert(drafted.changed(elsewhere=told.number, address=told.address))])
