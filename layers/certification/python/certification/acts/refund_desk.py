"""The money desk: refunds it lets go, sends again, pays by hand or asks for; and the seat behind a refund made elsewhere."""

from certification.acts import disputes
from certification.acts.authority import decides, sees
from certification.acts.books import booked
from certification.acts.cases import closed, opened
from certification.acts.moving import announce, moved
from certification.acts.places import freed
from certification.acts.refunding import STARTED_WITHIN, Wanted, asked, let_go, not_sent, queued, told
from certification.cloud import clock
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import applications
from certification.cloud.tables.base import Due, Write
from certification.cloud.tables.cases import Case, Decided, cases
from certification.cloud.tables.orders import orders
from certification.cloud.tables.payments import payments
from certification.cloud.tables.refunds import Listed, Refund, refunds
from certification.cloud.tables.staff import StaffMember
from certification.cloud.transaction import commit, retried
from certification.rules.errors import NotFound, Refused
from certification.rules.facts import BY_HAND, REJECTED, FactKind, add_fact, fact_of, fold
from certification.rules.payments import OrderState, move_order
from certification.rules.refund_life import PAYABLE_BY_HAND, STOPPED, RefundState, move_refund, sent_again
from certification.rules.review import LONGEST_NOTE, Verdict
from certification.rules.status import Trigger, triggers
from certification.rules.words import Because


def listed(member: StaffMember, which: Listed) -> list[Refund]:
    """The refunds of the member's desks, and of those under them: open ones oldest first, ended ones newest first."""
    found = [refund for desk in sorted(sees(member)) for refund in refunds.of_desk(desk, which)]
    return sorted(found, key=lambda refund: refund.requested_at, reverse=which == "ended")


def read_refund(member: StaffMember, refund: str) -> Refund:
    """A refund of one of the member's desks; any other looks as if it did not exist."""
    found = refunds.find(refund) if len(refund) < 80 else None
    if found is None or found.desk not in sees(member):
        raise NotFound("refund")
    return found


def _may_decide(member: StaffMember, desk: str) -> None:
    if "reviewer" not in member.roles or desk not in decides(member):
        raise Refused("not_your_desk", "Your role may not decide this.", "您无权办理该事项。")


def _reason(text: str) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST_NOTE:
        raise Refused("reason_missing", "Say why, in a few words.", "请填写理由。", field="reason")
    return said


def retry(member: StaffMember, refund: str) -> str:
    """Send a failed refund again: a new one that follows it. Gives its id; asking twice gives the same."""
    known = read_refund(member, refund)
    _may_decide(member, known.desk)
    return _again(refund, member.id)


@retried
def _again(refund: str, by: str) -> str:
    known = refunds.read(refund)
    if known.again is not None:
        return known.again
    if known.state not in STOPPED or known.application is None:
        raise Refused(
            "nothing_to_repeat",
            f"Only a refund that failed can be sent again; this one is {known.state}.",
            "只有失败的退款可以重新办理。",
            rules=("REF-04",),
        )
    payment, now = payments.read(known.payment), clock.now()
    wanted = Wanted(
        refund=sent_again(known.id),
        capture=known.capture,
        kind=known.kind,
        money=known.money,
        kept=known.kept,
        because=Because(en=known.reason_en, zh=known.reason_zh, rules=known.rules),
        not_before=now,
        let_go_already=True,
        by=by,
    )
    after, writes, news = queued(payment, applications.read(known.application), wanted, now)
    stored, entries = booked(payment, after, f"again#{wanted.refund}")
    followed = known.changed(again=wanted.refund, due=None)
    commit([*writes, payments.update(stored), *entries, refunds.update(followed), *_seen_to(known, by)], news)
    return wanted.refund


def _seen_to(refund: Refund, by: str) -> list[Write]:
    """The case about it is closed: somebody acted."""
    case = cases.find(refund.case) if refund.case else None
    return [closed(case, "done", by, clock.now())] if case is not None and case.decision is None else []


@retried
def by_hand(member: StaffMember, refund: str, reason: str) -> None:
    """A person pays it another way than through the provider. It counts once whoever the policy names has confirmed."""
    known = read_refund(member, refund)
    _may_decide(member, known.desk)
    said, now = _reason(reason), clock.now()
    if known.state is RefundState.MANUAL and known.note == said:
        return
    _must_not_go_twice(known)
    case = asked(known, f"by_hand-{len(known.steps)}", now, asks="by_hand", reason=said, by=member.id)
    if known.state is RefundState.MANUAL:
        after = known.changed(note=said, case=case.id)
    else:
        move_refund(known.state, RefundState.MANUAL)
        after = known.went_to(RefundState.MANUAL, now, member.id, note=said, case=case.id, due=None)
    commit([refunds.update(after), cases.insert(case), *_seen_to(known, member.id)], [opened(case)])


def _must_not_go_twice(refund: Refund) -> None:
    """Raises Refused while this money may still go another way: at the provider, by the refund that follows this one, or
    by another that has taken what was left; and while a colleague is asked about it already."""
    if refund.note or refund.again is not None or refund.state not in PAYABLE_BY_HAND:
        raise Refused(
            "not_by_hand",
            f"This refund is {refund.state} and may still be paid, or it was sent again: it cannot be paid by hand now.",
            "该退款仍在办理中或已重新办理，现在不能人工支付。",
            rules=("REF-04",),
        )
    if refund.state in STOPPED:
        sums = fold(payments.read(refund.payment).facts).captures
        rest = sum(one.refundable for one in sums if one.capture == refund.capture)
        if rest < refund.money.amount + refund.kept:
            raise Refused(
                "refund_not_covered",
                "What was owed has gone back by another refund: nothing is left to pay by hand.",
                "该笔款项已通过其他退款退还，无可人工支付的余额。",
                rules=("REF-04",),
            )


def decided(case: Case) -> None:
    """What a decision about a refund does: it is let go or not, sent again, or counts as paid by hand."""
    if case.decision is None or "refund" not in case.facts:
        return
    yes = case.decision.outcome == Verdict.APPROVE
    match case.facts["asks"]:
        case "release":
            _released(case.facts["refund"], case.decision, yes=yes)
        case "failed" if yes and refunds.read(case.facts["refund"]).state in STOPPED:
            _again(case.facts["refund"], case.decision.decided_by)
        case "by_hand" if yes:
            _paid_by_hand(case.facts["refund"], case.decision)
        case "by_hand":
            _not_paid_by_hand(case.facts["refund"], case.id)
        case _:
            return


@retried
def _released(refund_id: str, decision: Decided, *, yes: bool) -> None:
    refund, now = refunds.read(refund_id), clock.now()
    if refund.state is not RefundState.REQUESTED:
        return
    if not yes:
        _rejected(refund, decision)
        return
    goes_now = refund.not_before <= now
    after = refund.went_to(
        RefundState.APPROVED,
        now,
        decision.decided_by,
        due=Due(at=now + STARTED_WITHIN if goes_now else refund.not_before),
    )
    commit([refunds.update(after)], [let_go(refund)] if goes_now else [])


def _rejected(refund: Refund, decision: Decided) -> None:
    """The money is not reserved any more; it stays the candidate's in the books until somebody decides otherwise."""
    payment, now = payments.read(refund.payment), clock.now()
    stored, entries = not_sent(payment, refund, f"rejected-{refund.id}", now, "desk", {REJECTED: decision.decided_by})
    after = refund.went_to(RefundState.REJECTED, now, decision.decided_by, note=decision.note, due=None)
    commit([payments.update(stored), *entries, refunds.update(after)], told("RefundRejected", refund))


@retried
def _paid_by_hand(refund_id: str, decision: Decided) -> None:
    refund, now = refunds.read(refund_id), clock.now()
    if refund.state is not RefundState.MANUAL:
        return
    payment = payments.read(refund.payment)
    fact = fact_of(
        FactKind.REFUND_DONE,
        f"by-hand-{refund.id}",
        refund.money,
        decision.decided_at,
        "desk",
        capture=refund.capture,
        about=refund.id,
        references={BY_HAND: decision.decided_by},
    )
    stored, entries = booked(payment, payment.changed(facts=add_fact(payment.facts, fact)), fact.key)
    after = refund.went_to(RefundState.SUCCEEDED, now, decision.decided_by, due=None)
    commit([payments.update(stored), *entries, refunds.update(after)], told("RefundArrived", refund))


@retried
def _not_paid_by_hand(refund_id: str, case: str) -> None:
    """The colleague said no: it waits for a person again, as failed, or as the provider left it."""
    refund, now = refunds.read(refund_id), clock.now()
    if refund.state is not RefundState.MANUAL or refund.case != case:
        return
    if refund.steps[-1].by == "provider":
        again = asked(refund, f"manual-{case}", now, asks="manual")
        commit([refunds.update(refund.changed(note="", case=again.id)), cases.insert(again)], [opened(again)])
        return
    payment = payments.read(refund.payment)
    again = asked(refund, f"failed-{case}", now, asks="failed")
    stored, entries = not_sent(payment, refund, f"not-by-hand-{case}", now, "desk")
    failed = refund.went_to(
        move_refund(refund.state, RefundState.FAILED), now, "desk", note="", case=again.id, due=None
    )
    commit([payments.update(stored), *entries, refunds.update(failed), cases.insert(again)], [opened(again)])


@retried
def seat_decided(case: Case) -> None:
    """Whether a seat stays whose fee went back in the provider's own pages: approve ends the registration, else it stays."""
    if case.decision is None or case.decision.outcome != Verdict.APPROVE or "application" not in case.facts:
        return
    application = applications.read(case.facts["application"])
    if application.order is None or Trigger.WITHDRAWN not in triggers(application.status):
        return
    order, now = orders.read(application.order), clock.now()
    if order.state is OrderState.VOIDED:
        return
    held = disputes.going_on(application)
    over = moved(application, Trigger.WITHDRAWN, by=case.decision.decided_by, now=now, due=None, open_cases=held)
    writes: list[Write] = [
        applications.update(over),
        *freed(application),
        orders.update(order.changed(state=move_order(order.state, OrderState.VOIDED))),
        *disputes.over_with(application, "withdrawn", "system", now),
    ]
    news: list[Announcement] = [announce("ApplicationWithdrawn", application)]
    commit(writes, news)
