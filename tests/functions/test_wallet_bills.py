"""The wallets' daily bills: read by the names of their columns, refused whole when they do not add up."""

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.providers import alipay_bill, alipay_international_bill, wechat_bill
from certification.providers.alipay_bill import AlipayBills
from certification.providers.alipay_international_bill import AlipayInternationalBills
from certification.providers.bill_ports import rows_of
from certification.providers.card_bill import CardBills
from certification.providers.wechat_bill import WechatBills
from certification.rules.bills import BillRefused, BillRow, RowKind
from tests.functions.wallet_samples import NUMBER, PAYMENT, REFERENCE, TRADE

A_HEADS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
A_PAID = (
    f'{TRADE}\t,{NUMBER}\t,交易    ,"Exam fee, level 3",2026-11-22 20:18:00,2026-11-22 20:19:58,,,,,*明(138****0000),'
    "852.00,852.00,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,,-5.11,0.00,"
)
A_BACK = (
    f"{TRADE}\t,{NUMBER}\t,退款    ,Exam fee,2026-11-22 20:18:00,2026-11-22 21:00:00,,,,,*明(138****0000),"
    "-681.60,-681.60,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,RFD-1,4.09,0.00,"
)
W_HEADS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
W_SUMS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


def alipay_file(
    lines: list[str], paid: str = "1笔，商家实收共852.00元", back: str = "1笔，商家实收退款共-681.60元"
) -> bytes:
    return (
        "#支付宝业务明细查询\r\n#账号：[20880000000000010156]\r\n#----业务明细列表----\r\n"
        + "\r\n".join([A_HEADS, *lines])
        + f"\r\n#----业务明细列表结束----\r\n#交易合计：{paid}，商家优惠共0.00元\r\n"
        + f"#退款合计：{back}，商家优惠退款共0.00元\r\n#导出时间：[2026年11月23日 10:05:00]\r\n"
    ).encode("gbk")


def wechat_line(**changes: str) -> str:
    line = dict.fromkeys(W_HEADS.split(","), "")
    line |= {
        "交易时间": "2026-11-22 20:19:58", "微信订单号": PAYMENT, "商户订单号": NUMBER, "交易状态": "SUCCESS",
        "货币种类": "CNY", "应结订单金额": "852.00", "商户退款单号": "0", "退款金额": "0.00", "申请退款金额": "0.00",
        "商品名称": "Exam fee, Level 3", "手续费": "5.11000", "费率": "0.60%", "订单金额": "852.00", **changes,
    }  # fmt: skip
    return ",".join(f"`{value}" for value in line.values())


W_BACK = {
    "交易状态": "REFUND", "订单金额": "0.00", "应结订单金额": "0.00", "商户退款单号": "RFD-1", "退款状态": "SUCCESS",
    "申请退款金额": "681.60", "退款金额": "681.60", "手续费": "-4.09000",
}  # fmt: skip


def wechat_file(
    lines: list[str], count: str = "2", total: str = "852.00", back: str = "681.60", fee: str = "1.02000"
) -> bytes:
    sums = ",".join(f"`{value}" for value in (count, "852.00", back, "0.00", fee, total, back))
    return ("﻿" + "\r\n".join([W_HEADS, *lines, W_SUMS, sums]) + "\r\n").encode()


BOTH = alipay_file([A_PAID, A_BACK])


def test_alipays_lines_are_the_facts_that_the_notifications_told() -> None:
    paid, back = alipay_bill.read(BOTH)
    assert paid == BillRow(
        provider="alipay",
        kind=RowKind.CAPTURE,
        reference=TRADE,
        amount=85200,
        currency="CNY",
        at=datetime(2026, 11, 22, 12, 19, 58, tzinfo=UTC),
        ours=REFERENCE,
        capture=TRADE,
        fee=511,
    )
    assert (back.kind, back.reference, back.amount, back.ours, back.fee) == (
        RowKind.REFUND,
        f"{TRADE}#RFD-1",
        68160,
        "RFD-1",
        -409,
    )


def test_a_zip_with_a_summary_and_names_in_gbk_is_unpacked() -> None:
    held, names = io.BytesIO(), ("20880_业务明细.csv", "20880_业务明细(汇总).csv")
    with zipfile.ZipFile(held, "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(str(number) * len(name.encode("gbk")), b"x" if number else BOTH)
    packed = held.getvalue()
    for number, name in enumerate(names):
        packed = packed.replace(str(number).encode() * len(name.encode("gbk")), name.encode("gbk"))
    assert alipay_bill.read(packed) == alipay_bill.read(BOTH)


@pytest.mark.scenario(93)
@pytest.mark.parametrize(
    "bill",
    [
        alipay_file([A_PAID]), alipay_file([A_PAID, A_BACK], paid="2笔，商家实收共852.00元"),
        alipay_file([A_PAID, A_BACK], paid="1笔，商家实收共852.01元"),
        alipay_file([A_PAID, A_BACK], back="1笔，商家实收退款共-681.59元"), BOTH[:-200], BOTH[: BOTH.index("#交易".encode("gbk"))],
        alipay_file([A_PAID.replace("852.00,852.00", "852.001,852.00"), A_BACK]), alipay_file([A_PAID.replace("交易    ", "转账"), A_BACK]),
        alipay_file([A_PAID.replace("2026-11-22 20:19:58", "soon"), A_BACK]), alipay_file([A_PAID, A_BACK.replace("RFD-1", "")]),
        b"\xff\xff", b"PK\x03\x04 no archive", "列\r\n1\r\n".encode("gbk"),
    ],
)  # fmt: skip
def test_a_bill_of_alipay_that_does_not_add_up_is_refused_whole(bill: bytes) -> None:
    with pytest.raises(BillRefused) as why:
        alipay_bill.read(bill)
    assert why.value.problems


@pytest.mark.scenario(95)
def test_a_comma_in_the_name_of_the_goods_does_not_break_a_line_of_wechat_pay() -> None:
    paid, back = wechat_bill.read(wechat_file([wechat_line(), wechat_line(**W_BACK)]))
    assert (paid.kind, paid.reference, paid.amount, paid.ours, paid.fee) == (
        RowKind.CAPTURE,
        PAYMENT,
        85200,
        REFERENCE,
        511,
    )
    assert paid.at == datetime(2026, 11, 22, 12, 19, 58, tzinfo=UTC)
    assert (back.kind, back.reference, back.amount, back.ours, back.capture) == (
        RowKind.REFUND,
        "RFD-1",
        68160,
        "RFD-1",
        PAYMENT,
    )


def test_columns_are_found_by_name_in_any_order_and_older_files_may_have_fewer() -> None:
    heads = W_HEADS.split(",")
    values = wechat_line()[1:].split(",`")
    pairs = [pair for pair in reversed(list(zip(heads, values, strict=True))) if pair[0] not in ("费率备注", "费率")]
    sums = wechat_file([], count="1", back="0.00", fee="5.11000").decode().splitlines()[-2:]
    text = "\n".join([",".join(head for head, _ in pairs), ",".join(f"`{value}" for _, value in pairs), *sums])
    assert wechat_bill.read(text.encode())[0].reference == PAYMENT


@pytest.mark.parametrize(("state", "kind"), [("PROCESSING", RowKind.REFUND), ("FAIL", RowKind.REFUND_FAILED)])
def test_a_refund_under_way_counts_as_done_in_a_bill_and_a_failed_one_as_failed(state: str, kind: RowKind) -> None:
    bill = wechat_file([wechat_line(), wechat_line(**{**W_BACK, "退款状态": state})])
    assert wechat_bill.read(bill)[1].kind is kind


WHOLE = wechat_file([wechat_line(), wechat_line(**W_BACK)])


@pytest.mark.scenario(93)
@pytest.mark.parametrize(
    "bill",
    [
        wechat_file([wechat_line()]), wechat_file([wechat_line(), wechat_line(**W_BACK)], total="852.01"),
        wechat_file([wechat_line(), wechat_line(**W_BACK)], back="0.00"),
        wechat_file([wechat_line(), wechat_line(**W_BACK)], fee="0.00000"),
        wechat_file([wechat_line(**{"交易状态": "REVOKED"}), wechat_line(**W_BACK)]),
        wechat_file([wechat_line(**{"订单金额": "852.001"}), wechat_line(**W_BACK)], total="852.001"),
        wechat_file([wechat_line(**{"订单金额": "-852.00"}), wechat_line(**W_BACK)], total="-852.00"),
        wechat_file([wechat_line(**{"交易时间": "soon"}), wechat_line(**W_BACK)]),
        wechat_file([wechat_line(**{"货币种类": "ABC"}), wechat_line(**W_BACK)]),
        WHOLE[:-60], WHOLE[: WHOLE.index("总交易".encode())], b"\xff", b"a,b\n",
        WHOLE.replace(b",`5.11000", b""),
    ],
)  # fmt: skip
def test_a_bill_of_wechat_pay_that_does_not_add_up_is_refused_whole(bill: bytes) -> None:
    with pytest.raises(BillRefused) as why:
        wechat_bill.read(bill)
    assert why.value.problems


def test_a_day_without_business_is_an_empty_bill() -> None:
    readers: Any = (alipay_bill.read, wechat_bill.read)
    assert [read(b"") for read in readers] == [[], []]


I_HEADS = (
    "Partner_transaction_id|Transaction_id|Amount|Rmb_amount|Fee|Settlement|Rmb_settlement|Currency|Rate|Payment_time|"
    "Settlement_time|Type|Status|Remarks"
)
I_PAID = f"{NUMBER}|{TRADE}|120.00|851.10|1.44|118.56|840.89|USD|7.09250000|2026-11-22 20:19:58||P|P|Exam fee"
I_BACK = (
    f"RFD-1|2026112321001003720000000258|96.0|680.88|1.15|94.85|672.72|USD|7.0925|11/23/2026 10:00:00||R|L|{NUMBER}"
)
ABROAD = "\r\n".join(("Partner:2088|Payment_time:2026-11-22|Total_count:2", I_HEADS, I_PAID, I_BACK, "")).encode()


def test_the_international_list_is_read_with_both_ways_to_write_a_date_and_either_separator() -> None:
    paid, back = alipay_international_bill.read(ABROAD)
    assert (paid.kind, paid.reference, paid.capture, paid.ours) == (RowKind.CAPTURE, TRADE, TRADE, REFERENCE)
    assert (paid.amount, paid.fee, paid.currency) == (12000, 144, "USD")
    assert paid.at == datetime(2026, 11, 22, 12, 19, 58, tzinfo=UTC)
    assert (back.kind, back.reference, back.ours, back.capture) == (RowKind.REFUND, "RFD-1", "RFD-1", None)
    assert (back.amount, back.fee, back.at) == (9600, -115, datetime(2026, 11, 23, 2, tzinfo=UTC))
    uncounted = ABROAD.partition(b"\r\n")[2]
    negative = uncounted.replace(b"|96.0|680.88|1.15|94.85|", b"|-96.0|-680.88|-1.15|-94.85|")
    unsettled = uncounted.replace(b"|118.56|840.89|", b"|||").replace(b"|94.85|672.72|", b"|||")
    for other in (uncounted, negative, uncounted.replace(b"|", b","), b"\xef\xbb\xbf" + ABROAD):
        assert alipay_international_bill.read(other) == [paid, back]
    assert alipay_international_bill.read(unsettled) == [paid, back]
    (failed,) = alipay_international_bill.read(f"{I_HEADS}\n{I_BACK.replace('|R|L|', '|R|F|')}\n".encode())
    assert failed.kind is RowKind.REFUND_FAILED


@pytest.mark.scenario(93)
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Total_count:2", "Total_count:3"), ("|118.56|", "|118.57|"), ("|94.85|", "|94.86|"), ("|120.00|", "|120.001|"),
        ("|120.00|", "|-120.00|"), ("|120.00|", "|NaN|"), ("|120.00|", "|1e999|"), ("|USD|", "|ZZZ|"), ("|P|P|", "|P|F|"),
        ("|R|L|", "|C|L|"), (TRADE, ""), ("RFD-1|", "|"), ("2026-11-22 20:19:58", "22/11/2026 20:19:58"), ("|Fee|", "|Costs|"),
        ("|Remarks\r\n", "|Remarks\r\n\r\nx\r\n"), ("\r\n", ""),
    ],
)  # fmt: skip
def test_an_international_list_that_does_not_add_up_is_refused_whole(right: str, wrong: str) -> None:
    assert right in ABROAD.decode()
    with pytest.raises(BillRefused) as why:
        alipay_international_bill.read(ABROAD.decode().replace(right, wrong).encode())
    assert why.value.problems


CARD_LINE = json.dumps(
    {
        "id": "txn_1", "amount": 13500, "fee": 422, "net": 13078, "reporting_category": "charge", "currency": "usd",
        "created": 1_795_350_000, "source": {"payment_intent": "pi_1", "metadata": {"reference": "A.B"}},
    }
)  # fmt: skip
PACKED = io.BytesIO()
with zipfile.ZipFile(PACKED, "w", zipfile.ZIP_DEFLATED) as _archive:
    _archive.writestr("list.csv", BOTH)
READERS: dict[str, tuple[Any, bytes]] = {
    "card": (CardBills("http://127.0.0.1", "sk_test_x"), f"{CARD_LINE}\n{CARD_LINE}\n".encode()),
    "alipay": (AlipayBills(None), BOTH),  # type: ignore[arg-type]
    "alipay zip": (AlipayBills(None), PACKED.getvalue()),  # type: ignore[arg-type]
    "alipay international": (AlipayInternationalBills(None), ABROAD),  # type: ignore[arg-type]
    "wechat": (WechatBills(None), WHOLE),  # type: ignore[arg-type]
}
each_reader = pytest.mark.parametrize("provider", READERS)


def lines_of(provider: str, bill: bytes) -> list[BillRow] | None:
    """The lines; None where the bill was refused. Anything else is a fault."""
    try:
        return list(rows_of(READERS[provider][0], bill))
    except BillRefused:
        return None


@each_reader
def test_a_bill_that_is_cut_off_or_changed_anywhere_is_refused_or_says_the_same(provider: str) -> None:
    whole = READERS[provider][1]
    right = lines_of(provider, whole)
    assert right
    for twentieth in range(1, 20):
        cut, changed = whole[: len(whole) * twentieth // 20], bytearray(whole)
        changed[len(whole) * twentieth // 20] ^= 0x55
        assert lines_of(provider, cut) in (None, right) or provider == "card"  # its pages are whole or not there
        lines_of(provider, bytes(changed))


@each_reader
@settings(deadline=None)
@given(st.binary(min_size=1, max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"\xef\xbb\xbf", b"#", b"{"]))
def test_arbitrary_bytes_are_no_bill(provider: str, bill: bytes, begins: bytes) -> None:
    assert not lines_of(provider, begins + bill)


@pytest.mark.parametrize("fee", ["1e999999999", "NaN", "Infinity", "", "0.000001", "--1", "9" * 30])
def test_a_number_that_would_fill_the_memory_is_no_fee(fee: str) -> None:
    bill = wechat_file([wechat_line(**{"手续费": fee}), wechat_line(**W_BACK)], fee=fee)
    assert lines_of("wechat", bill) is None


@pytest.mark.parametrize(
    "change",
    [{"created": 1e300}, {"created": 10**15}, {"currency": 7}, {"amount": -1.5}, {"net": None}, {"source": []}],
)
def test_a_line_of_the_card_provider_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    assert lines_of("card", json.dumps({**json.loads(CARD_LINE), **change}).encode()) is None
    for text in ("[1]", "7", "null", CARD_LINE.replace("13500", "1e999"), "[" * 100_000 + "]" * 100_000):
        assert lines_of("card", text.encode()) is None
