"""The candidate's applications: begun, chosen, confirmed, paid, and what came of them. Ownership is the acts' question."""

from certification.acts import applications as acts
from certification.acts import (
    certificates,
    checkout,
    notifications,
    payment_history,
    refund_accounts,
    transfers,
    ways,
    withdrawing,
)
from certification.acts.transfers import Expected
from certification.api import bodies, eligibility, progress
from certification.api.answers import (
    ApplicationNow,
    Applications,
    Link,
    Messages,
    Nothing,
    Started,
)
from certification.api.order_answers import Checked, Chosen, FeeLine, OrderNow, WayToPay
from certification.api.signed_in import candidate
from certification.cloud.doors import Routes
from certification.rules.choosing import Wanted
from certification.rules.errors import NotFound
from certification.rules.statements import Party
from certification.rules.words import Words

routes = Routes("Applications", "/api/candidate", "candidate")


@routes.post("/applications")
def begin_application(wanted: bodies.Apply) -> Started:
    """Begin an application for a sitting, or find the one that is live: one per person and sitting."""
    return Started(reference=acts.start(candidate(routes), wanted.sitting))


@routes.get("/applications")
def list_applications() -> Applications:
    """The candidate's applications, newest first."""
    return progress.every(candidate(routes))


@routes.get("/applications/<reference>")
def read_application(reference: bodies.ReferencePath) -> ApplicationNow:
    """One application: status in words, whose turn it is, what is missing, seat, result and everything that happened."""
    return progress.now(candidate(routes), reference)


@routes.get("/applications/<reference>/eligibility")
def read_eligibility(reference: bodies.ReferencePath) -> eligibility.EligibilityNow:
    """Whether the candidate meets the conditions of each level, why, what is missing, and from when on. Before anything is paid."""
    return eligibility.own(candidate(routes), reference)


@routes.put("/applications/<reference>/choice")
def choose(reference: bodies.ReferencePath, choice: bodies.Choice) -> Chosen:
    """Choose occupation or specialty, level, form, place and subjects; the answer says what it will cost."""
    fees = acts.choose(candidate(routes), reference, Wanted.model_validate(choice.model_dump()))
    lines = tuple(FeeLine(code=line.item, words=line.words, amount=line.amount) for line in fees.lines)
    return Chosen(fee=fees.total, lines=lines)


@routes.post("/applications/<reference>/confirm")
def confirm_application(reference: bodies.ReferencePath) -> ApplicationNow:
    """Hand the application in, or in again after a return. Everything that is missing is named in `facts`."""
    who = candidate(routes)
    acts.confirm(who, reference)
    return progress.now(who, reference)


@routes.post("/applications/<reference>/withdraw")
def withdraw_application(reference: bodies.ReferencePath) -> ApplicationNow:
    """Withdraw. What was paid comes back as the refund rule says at this instant; `order` shows it before. Where the
    payer's bank disputes the payment (`bank_holds`) it comes back once that is over."""
    who = candidate(routes)
    withdrawing.withdraw(who, reference)
    return progress.now(who, reference)


@routes.get("/applications/<reference>/order")
def read_order(reference: bodies.ReferencePath) -> OrderNow:
    """What is owed, until when, and both refund dates."""
    quote = checkout.quote(candidate(routes), reference)
    order = quote.order
    return OrderNow(
        number=order.number,
        state=order.state,
        lines=tuple(
            FeeLine(code=line.code, words=Words(en=line.en, zh=line.zh), amount=line.amount) for line in order.lines
        ),
        total=order.total,
        pay_by=order.pay_by,
        payable=quote.payable,
        confirming=quote.confirming,
        settled_at=order.settled_at,
        refund=quote.refund,
        ways=tuple(WayToPay(code=way, words=quote.words[way]) for way in quote.ways),
        exchange=quote.exchange,
        bank_holds=quote.bank_holds,
    )


@routes.post("/applications/<reference>/payment")
def open_payment(reference: bodies.ReferencePath, method: bodies.PageMethod = "card") -> Link:
    """The address of the page to pay on. One that is still open is given again: never two for one order and way.

    For WeChat Pay it is the page that shows the code; the code itself is at `payment/code`."""
    return Link(url=checkout.start(candidate(routes), reference, method))


@routes.get("/applications/<reference>/payment/code")
def read_payment_code(reference: bodies.ReferencePath) -> ways.Code:
    """The text of the WeChat Pay code that may be scanned now, and until when. Not found: there is none."""
    found = ways.code(candidate(routes), reference)
    if found is None:
        raise NotFound("code")
    return found


@routes.post("/applications/<reference>/payment/check")
def check_payment(reference: bodies.ReferencePath) -> Checked:
    """Ask the provider now whether money arrived. What it says counts a moment later."""
    who = candidate(routes)
    found = checkout.check_now(who, reference)
    return Checked(found=found, status=progress.now(who, reference).status)


@routes.get("/applications/<reference>/transfer")
def read_transfer(reference: bodies.ReferencePath) -> Expected:
    """How to pay by bank transfer: the account, the reference, what is missing, and until when it counts."""
    return transfers.own_expected(candidate(routes), reference)


@routes.post("/applications/<reference>/transfer")
def choose_transfer(reference: bodies.ReferencePath) -> Expected:
    """Choose a bank transfer. The particulars come by letter too; other ways to pay stay open."""
    who = candidate(routes)
    transfers.choose(who, reference)
    return transfers.own_expected(who, reference)


@routes.post("/applications/<reference>/transfer/sent")
def declare_transfer(reference: bodies.ReferencePath) -> Expected:
    """Say that the transfer was sent. It is waited for until `waited_until`; what counts is its value day."""
    who = candidate(routes)
    transfers.declare(who, reference)
    return transfers.own_expected(who, reference)


@routes.post("/applications/<reference>/refund-account")
def give_refund_account(reference: bodies.ReferencePath, given: bodies.RefundAccount) -> Nothing:
    """The candidate's own account for a refund by transfer, where the bank did not say which account paid."""
    account = Party(name=given.holder, account=given.number, bank=given.bank)
    refund_accounts.give(candidate(routes), reference, account)
    return Nothing()


@routes.get("/applications/<reference>/documents/<kind>")
def download_document(reference: bodies.ReferencePath, kind: bodies.DocumentPath) -> Link:
    """A short-lived address of the admission ticket, the score report or the certificate, once it may be seen."""
    return Link(url=certificates.download(candidate(routes), reference, kind))


@routes.get("/applications/<reference>/receipts/<receipt>")
def download_receipt(reference: bodies.ReferencePath, receipt: bodies.ReceiptPath) -> Link:
    """A short-lived address of a receipt, credit note or reversal (PDF). `payments` lists them.

    One that a public platform issued is not here: its line has the address where it is queried (PAY-11)."""
    return Link(url=payment_history.receipt(candidate(routes), reference, receipt))


@routes.get("/messages")
def list_messages() -> Messages:
    """Every letter to the candidate, newest first."""
    return Messages(messages=tuple(notifications.shown(candidate(routes))))
