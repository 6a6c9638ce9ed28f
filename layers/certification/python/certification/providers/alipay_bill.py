"""ALIPAY BILL: the mainland product's list of business of one day, read by the names of its columns.

A file in GBK: comments begin with `#`, the ids end with a tab, and the last comments count and sum what came and what
went back. It comes alone or in a zip beside a summary. The address it is fetched from lives 30 seconds, so it is asked
for at every fetch and never kept. Count and sums must agree with the lines, or the whole bill is refused.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from certification.providers import http
from certification.providers.alipay import CURRENCY, AlipayPages
from certification.providers.alipay_events import CHINA, moment
from certification.providers.bill_ports import BillNotReady
from certification.providers.ports import Lost, ProviderRefused
from certification.providers.wallet_numbers import reference_of
from certification.rules.bills import BillRefused, BillRow, RowKind
from certification.rules.money import parse_amount

TRADE, NUMBER, KIND, DONE = "支付宝交易号", "商户订单号", "业务类型", "完成时间"
AMOUNT, RECEIVED, REQUEST, FEE = "订单金额（元）", "商家实收（元）", "退款批次号/请求号", "服务费（元）"
COLUMNS = frozenset({TRADE, NUMBER, KIND, DONE, AMOUNT, RECEIVED, REQUEST, FEE})
KINDS = {"交易": RowKind.CAPTURE, "退款": RowKind.REFUND}
TOTALS = {
    RowKind.CAPTURE: re.compile(r"#交易合计：(\d+)笔，商家实收共(-?[\d.]+)元"),
    RowKind.REFUND: re.compile(r"#退款合计：(\d+)笔，商家实收退款共(-?[\d.]+)元"),
}
SUMMARY = "汇总"
LARGEST = 512 * 1024 * 1024
NO_BUSINESS, NOT_YET = "isp.bill_not_exist", "isp.bill_not_ready"


class AlipayBills:
    """The days of Alipay's mainland product. Implements `BillSource`."""

    def __init__(self, pages: AlipayPages) -> None:
        self._pages = pages

    def begins(self, day: date) -> datetime:
        """Its days are China's."""
        return datetime.combine(day, time(), CHINA)

    def ready_at(self, day: date) -> datetime:
        """At ten the next morning."""
        return self.begins(day) + timedelta(days=1, hours=10)

    def fetch(self, day: date) -> bytes:
        """The file as it comes; empty on a day without business."""
        try:
            address = self._pages.bill_address(day.isoformat())
        except ProviderRefused as no:
            if no.code == NO_BUSINESS:
                return b""
            if no.code == NOT_YET:
                raise BillNotReady(no.code) from no
            raise
        reply = http.call("GET", address, largest=http.LARGEST_FILE)
        if reply.status != 200 or not reply.body:  # an empty file is no day without business
            raise Lost(f"the address of the bill answered {reply.status}: it is asked for anew")
        return reply.body

    def rows(self, bill: bytes) -> Iterator[BillRow]:
        """Its lines, after count and sums have been found right."""
        return iter(read(bill))


def read(bill: bytes) -> list[BillRow]:
    """The lines of a bill. BillRefused where it cannot be read or does not add up."""
    if not bill:
        return []
    lines = _text(bill).replace("\r\n", "\n").split("\n")
    table = csv.DictReader(line for line in lines if line.strip() and not line.startswith("#"))
    if not {(name or "").strip() for name in table.fieldnames or ()} >= COLUMNS:
        raise BillRefused((f"columns are missing: {', '.join(sorted(COLUMNS - set(table.fieldnames or ())))}",))
    found, received = list[BillRow](), dict.fromkeys(TOTALS, 0)
    for number, raw in enumerate(table, 1):
        line = {(name or "").strip(): (value or "").strip() for name, value in raw.items() if isinstance(value, str)}
        try:
            row = _row(line)
            received[row.kind] += _fen(line[RECEIVED])
        except (KeyError, ValueError) as reason:
            raise BillRefused((f"line {number}: {reason}",)) from reason
        found.append(row)
    _must_add_up(lines, found, received)
    return found


def _row(line: dict[str, str]) -> BillRow:
    kind, trade, amount = KINDS[line[KIND]], line[TRADE], _fen(line[AMOUNT])
    if not trade or (amount < 0) is not (kind is RowKind.REFUND):
        raise ValueError("a line needs a trade, a payment is positive and a refund negative")
    request = line[REQUEST]
    if kind is RowKind.REFUND and not request:
        raise ValueError("a refund needs its number")
    return BillRow(
        provider="alipay",
        kind=kind,
        reference=trade if kind is RowKind.CAPTURE else f"{trade}#{request}",
        amount=abs(amount),
        currency=CURRENCY,
        at=moment(line[DONE]),
        ours=reference_of(line[NUMBER]) if kind is RowKind.CAPTURE else request,
        capture=trade,
        fee=-_fen(line[FEE]),
    )


def _must_add_up(lines: list[str], found: list[BillRow], received: dict[RowKind, int]) -> None:
    comments = "\n".join(line for line in lines if line.startswith("#"))
    problems = []
    for kind, pattern in TOTALS.items():
        told = pattern.search(comments)
        count = sum(row.kind is kind for row in found)
        if told is None:
            problems.append(f"the totals of {kind} are missing: the file is cut off")
        elif int(told[1]) != count:
            problems.append(f"{told[1]} lines of {kind} are announced, {count} are there")
        elif abs(_fen(told[2])) != abs(received[kind]):
            problems.append(f"the lines of {kind} sum to {received[kind]} fen, announced is {told[2]}")
    if problems:
        raise BillRefused(tuple(problems))


def _fen(text: str) -> int:
    return parse_amount((text or "0").replace(",", "").removeprefix("+"), CURRENCY).amount


def _text(bill: bytes) -> str:
    try:
        return (_unpacked(bill) if bill.startswith(b"PK") else bill).decode("gbk")
    except (UnicodeDecodeError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as reason:
        raise BillRefused((f"not a file in GBK: {type(reason).__name__}",)) from reason


def _unpacked(bill: bytes) -> bytes:
    """The one list in a zip; names in it may be in GBK too, which Python reads as code page 437."""
    with zipfile.ZipFile(io.BytesIO(bill)) as archive:
        lists = [member for member in archive.infolist() if SUMMARY not in _name(member)]
        if len(lists) != 1 or lists[0].file_size > LARGEST:
            raise BillRefused(("the archive must hold one list of business",))
        return archive.read(lists[0])


def _name(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & 0x800:
        return member.filename
    return member.filename.encode("cp437", "replace").decode("gbk", "replace")
