"""LIABILITIES: how long we may hold money that is not ours, and what is to be done when it is older.

In words: every liability has a date by which it goes where it belongs. A refund goes within a day of its date, or of what a
person promised. Money whose order nobody knows, and money that came twice and is not queued, may wait for whoever was asked,
but no longer than 30 days. Money on an order that is closed, with nothing queued, should have been returned within a day.
Money of a paid order is looked at when its row says; a day later that is late. Nothing is late at its date, only after it;
each is listed with its age.
"""

from datetime import datetime, timedelta
from typing import Literal

from certification.rules.words import Words

Kind = Literal["unapplied", "duplicate", "refund", "closed", "unearned"]
DONE_WITHIN = timedelta(days=1)
"""How long after its date something may still be under way before it is late."""
HELD_AT_MOST = timedelta(days=30)
"""Money that waits for a person is late after this, whatever was promised."""


def gone_by(kind: Kind, since: datetime, promised: datetime | None) -> datetime:
    """By when it should be gone. `since` is when it came, was asked for or fell due; `promised` what a person who was asked
    promised, or a refund's own date; None: nobody was asked."""
    if kind in ("unapplied", "duplicate"):
        return min(promised or since, since + HELD_AT_MOST)
    return promised or since + DONE_WITHIN


def is_late(by: datetime, now: datetime) -> bool:
    """Whether its date has passed."""
    return by < now


def days_held(since: datetime, now: datetime) -> int:
    """Whole days since then."""
    return max(0, (now - since) // timedelta(days=1))


TO_DO: dict[Kind, Words] = {
    "unapplied": Words(
        en="Answer the case: place it with its order, or send it back.", zh="办理待办事项：归入所属订单或退回。"
    ),
    "duplicate": Words(
        en="Ask for its refund on the payment's page, unless a dispute is open.", zh="如无争议，请在付款页面提出退款。"
    ),
    "refund": Words(
        en="Open the refund: let it go, send it again, or pay it by hand.", zh="打开退款：放行、重新办理或线下支付。"
    ),
    "closed": Words(
        en="The order is closed and nothing goes back: ask for its refund, or find out why not.",
        zh="订单已关闭而款项未退：请提出退款或查明原因。",
    ),
    "unearned": Words(
        en="The order was not looked at when it was due: see whether the job of deadlines runs.",
        zh="订单到期未处理：请检查截止时间任务是否运行。",
    ),
}
