"""WECHAT PAY BILL: the list of trades of one day, read by the names of its columns.

UTF-8 with a mark at the beginning. Every value has a backtick before it, and nothing is quoted: a comma in the name of
the goods would break the line apart, so the separator is a comma with the backtick after it. Two lines of totals end the
file. In the mainland an address and the SHA-1 of the file are asked for first; the address lives five minutes, so it is
asked for at every fetch. A file whose hash, count or sums differ is refused whole.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from certification.providers.alipay_events import CHINA, moment
from certification.providers.bill_ports import BillNotReady
from certification.providers.ports import ProviderRefused
from certification.providers.wallet_numbers import reference_of, refund_of
from certification.providers.wechat import WechatOrders
from certification.rules.bills import BillRefused, BillRow, RowKind
from certification.rules.money import parse_amount, round_half_up

AT, PAYMENT, NUMBER, STATE, CURRENCY = "交易时间", "微信订单号", "商户订单号", "交易状态", "货币种类"
TOTAL, REFUND_NUMBER, REFUND, REFUND_STATE, FEE = "订单金额", "商户退款单号", "申请退款金额", "退款状态", "手续费"
COLUMNS = frozenset({AT, PAYMENT, NUMBER, STATE, CURRENCY, TOTAL, REFUND_NUMBER, REFUND, REFUND_STATE, FEE})
COUNT, TOTALS, REFUNDS, FEES = "总交易单数", "订单总金额", "申请退款总金额", "手续费总金额"
# The vendor's word: a refund that is still under way counts as done in a bill.
REFUND_KINDS = {
    **dict.fromkeys(("SUCCESS", "PROCESSING", "CHANGE"), RowKind.REFUND),
    **dict.fromkeys(("FAIL", "CLOSED"), RowKind.REFUND_FAILED),
}
NUMBER_FORM = re.compile(r"-?\d{1,15}(\.\d{1,5})?", re.ASCII)
NO_BUSINESS, NOT_YET = "NO_STATEMENT_EXIST", "STATEMENT_CREATING"


class WechatBills:
    """The days of one product of WeChat Pay. Implements `BillSource`."""

    def __init__(self, orders: WechatOrders) -> None:
        self._orders = orders

    def begins(self, day: date) -> datetime:
        """Its days are Beijing's."""
        return datetime.combine(day, time(), CHINA)

    def ready_at(self, day: date) -> datetime:
        """At ten the next morning."""
        return self.begins(day) + timedelta(days=1, hours=10)

    def fetch(self, day: date) -> bytes:
        """The file as it comes, its hash verified; empty on a day without business."""
        try:
            return self._orders.bill(day)
        except ProviderRefused as no:
            if no.code == NO_BUSINESS:
                return b""
            if no.code == NOT_YET:
                raise BillNotReady(no.code) from no
            raise

    def rows(self, bill: bytes) -> Iterator[BillRow]:
        """Its lines, after count and sums have been found right."""
        return iter(read(bill))


def read(bill: bytes) -> list[BillRow]:
    """The lines of a bill. BillRefused where it cannot be read or does not add up."""
    if not bill:
        return []
    try:
        lines = bill.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as reason:
        raise BillRefused(("not a file in UTF-8",)) from reason
    heads = lines[0].split(",")
    if not set(heads) >= COLUMNS:
        raise BillRefused((f"columns are missing: {', '.join(sorted(COLUMNS - set(heads)))}",))
    found, sums, end = list[BillRow](), dict.fromkeys((TOTALS, REFUNDS, FEES), Decimal(0)), 1
    while end < len(lines) and lines[end].startswith("`"):
        try:
            line = dict(zip(heads, lines[end][1:].split(",`"), strict=True))
            found.append(_row(line))
            sums[TOTALS] += _decimal(line[TOTAL]) if found[-1].kind is RowKind.CAPTURE else 0
            sums[REFUNDS] += _decimal(line[REFUND])
            sums[FEES] += _decimal(line[FEE])
        except (KeyError, ValueError) as reason:
            raise BillRefused((f"line {end}: {reason}",)) from reason
        end += 1
    _must_add_up(lines[end:], len(found), sums)
    return found


def _row(line: dict[str, str]) -> BillRow:
    state, currency, payment = line[STATE], line[CURRENCY], line[PAYMENT]
    if state not in ("SUCCESS", "REFUND") or not payment:
        raise ValueError(f"a line of the state {state!r} is not known, or names no payment")
    paid = state == "SUCCESS"
    amount = parse_amount(line[TOTAL] if paid else line[REFUND], currency).amount
    if amount <= 0:
        raise ValueError("a line moves a positive amount")
    return BillRow(
        provider="wechat_pay",
        kind=RowKind.CAPTURE if paid else REFUND_KINDS[line[REFUND_STATE]],
        reference=payment if paid else line[REFUND_NUMBER],
        amount=amount,
        currency=currency,
        at=moment(line[AT]),
        ours=reference_of(line[NUMBER]) if paid else refund_of(line[REFUND_NUMBER]),
        capture=payment,
        # Five digits are printed; a fee of less than a fen is nobody's.
        fee=round_half_up(_decimal(line[FEE]) * 100),
    )


def _decimal(text: str) -> Decimal:
    """`-4.09000`. An exponent is refused: a few characters of it are a number that fills the memory."""
    if not NUMBER_FORM.fullmatch(text):
        raise ValueError(f"{text[:20]!r} is no amount")
    return Decimal(text)


def _must_add_up(rest: list[str], count: int, sums: dict[str, Decimal]) -> None:
    if len(rest) < 2 or not rest[1].startswith("`"):
        raise BillRefused(("the totals are missing: the file is cut off",))
    try:
        told = dict(zip(rest[0].split(","), rest[1][1:].split(",`"), strict=True))
        problems = [
            f"{name}: announced {told[name]}, found {summed}"
            for name, summed in sums.items()
            if _decimal(told[name]) != summed
        ]
        if int(told[COUNT]) != count:
            problems.append(f"{told[COUNT]} lines are announced, {count} are there")
    except (KeyError, ValueError) as reason:
        raise BillRefused(("the totals cannot be read",)) from reason
    if problems:
        raise BillRefused(tuple(problems))
