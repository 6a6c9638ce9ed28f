"""COURSE, the money: what happened to each refund, what is next, whose turn it is, and by when.

In words: a refund that waits for a person is the desk's turn until what the desk promised; one that waits for its date is
ours; one that was sent is the provider's and the banks' until the days that the policy names, and where it names none
until we ask the provider ourselves. Where an account is missing it is the candidate's turn. A refund that waits for the
end of a dispute has no date: nobody knows when a bank decides.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from certification.rules.calendars import WorkingCalendar, end_of_day
from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.policy_money import Refund
from certification.rules.refund_life import AT_PROVIDER, STOPPED, STUCK_AFTER, WAITS_TO_BE_SENT, RefundState
from certification.rules.waits import Party
from certification.rules.words import Because, Words

S = RefundState
State = Literal["done", "now"]


class Step(Frozen):
    """A state that a refund came to, and when."""

    state: RefundState
    at: datetime


class MoneyBack(Frozen):
    """A refund of the application. `not_before` is its date; `promised` by when a desk acts, where it is asked;
    `arrives_by` by when it arrives or is asked about, where it was sent. `followed`: another refund goes on in its place.
    `asks_candidate`: the candidate must name an account."""

    name: str
    money: Money
    because: Because
    steps: tuple[Step, ...]
    not_before: datetime
    promised: datetime | None = None
    arrives_by: datetime | None = None
    followed: bool = False
    asks_candidate: bool = False


class MoneyLine(Frozen):
    """What `course.py` makes a line of."""

    key: str
    state: State
    at: datetime
    turn: Party
    words: Words
    because: Because


HAPPENED: dict[RefundState, Words] = {
    S.REQUESTED: Words(en="A refund of {money} was asked for", zh="已提出退款 {money}"),
    S.APPROVED: Words(en="The refund of {money} was approved", zh="退款 {money} 已批准"),
    S.RESERVED: Words(en="A refund of {money} was set aside for you", zh="已预留退款 {money}"),
    S.SUBMITTED: Words(en="The refund of {money} was sent the way you paid", zh="退款 {money} 已提交，原路退回"),
    S.SUCCEEDED: Words(en="The refund of {money} went back", zh="退款 {money} 已退回"),
    S.REJECTED: Words(en="The refund of {money} was not approved", zh="退款 {money} 未获批准"),
    S.CANCELLED: Words(en="The refund of {money} was called off", zh="退款 {money} 已取消"),
    S.FAILED: Words(
        en="The refund of {money} did not arrive; it is still yours", zh="退款 {money} 未能到账，款项仍归您所有"
    ),
    S.RETURNED: Words(
        en="The refund of {money} came back to us; it is still yours", zh="退款 {money} 被退回，款项仍归您所有"
    ),
    S.EXTERNAL: Words(en="The payment provider sent {money} back", zh="支付机构已退回 {money}"),
}
NEXT: dict[str, Words] = {
    "decided": Words(en="The finance desk decides about the refund of {money}", zh="财务组审批退款 {money}"),
    "sent": Words(en="The refund of {money} is sent", zh="办理退款 {money}"),
    "arrives": Words(
        en="The refund of {money} arrives; after that we ask where it is", zh="退款 {money} 到账；逾期由我们查询"
    ),
    "seen_to": Words(en="The finance desk sees to the refund of {money}", zh="财务组处理退款 {money}"),
    "account": Words(en="Give an account for the refund of {money}", zh="请提供接收退款 {money} 的账户"),
}
BY_THE_WAY_IT_CAME = Because(en="Money goes back the way it came.", zh="款项原路退回。", rules=("REF-04",))


def arrives_by(sent: datetime, terms: Refund, calendar: WorkingCalendar, zone: ZoneInfo) -> datetime:
    """Until when a refund that was sent is waited for: the longest that the policy tells, else until we ask."""
    if terms.bank_transfer_takes is None:
        return sent + STUCK_AFTER
    longest = terms.bank_transfer_takes[1]
    day = sent.astimezone(zone).date()
    if longest.unit == "working_days":
        return end_of_day(calendar.add_working_days(day, longest.count), zone)
    return end_of_day(day + timedelta(days=longest.count), zone)


def lines(refunds: tuple[MoneyBack, ...]) -> Iterator[MoneyLine]:
    """What happened to each refund, and what is next."""
    for refund in refunds:
        for number, step in enumerate(refund.steps, 1):
            if step.state in HAPPENED:
                words = _said(HAPPENED[step.state], refund.money)
                key = f"refund-{refund.name}-{number}"
                yield MoneyLine(key=key, state="done", at=step.at, turn="nobody", words=words, because=refund.because)
        found = _next(refund)
        if found is not None:
            what, turn, at = found
            words = _said(NEXT[what], refund.money)
            key = f"refund-{refund.name}"
            yield MoneyLine(key=key, state="now", at=at, turn=turn, words=words, because=BY_THE_WAY_IT_CAME)


def _next(refund: MoneyBack) -> tuple[str, Party, datetime] | None:
    """What is next, whose turn it is, and by when; None where nothing is, or nobody knows when."""
    state = refund.steps[-1].state if refund.steps else S.RESERVED
    if refund.followed:
        return None
    if state in WAITS_TO_BE_SENT:
        return "sent", "machine", refund.not_before
    if state in AT_PROVIDER:
        return ("arrives", "outside", refund.arrives_by) if refund.arrives_by else None
    if refund.promised is None:
        return None
    if state is S.REQUESTED:
        return "decided", "desk", refund.promised
    if state is S.MANUAL and refund.asks_candidate:
        return "account", "candidate", refund.promised
    return ("seen_to", "desk", refund.promised) if state in (*STOPPED, S.MANUAL) else None


def _said(words: Words, money: Money) -> Words:
    return Words(en=words.en.format(money=money), zh=words.zh.format(money=money))
