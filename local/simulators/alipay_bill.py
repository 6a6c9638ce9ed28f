"""The Alipay simulator's lists of business of one day.

The mainland's: GBK, comments, ids with a tab, sums at the end. The international one: UTF-8, a line that counts, parts
between bars, a refund without the number of its payment.
"""

from local.simulators.base import State
from local.simulators.wallet_bank import china, yuan

HEADS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)


RATE = 7.0925
ABROAD = (
    "Partner_transaction_id|Transaction_id|Amount|Rmb_amount|Fee|Settlement|Rmb_settlement|Currency|Rate|Payment_time|"
    "Settlement_time|Type|Status|Remarks"
)


def _business(
    trades: dict[str, State], refunds: dict[str, State], day: str, world: bool, twice: bool
) -> tuple[list[State], list[State]]:
    """What was paid and what went back on a day in China; `twice`: the first line once more."""
    paid = [
        one for one in trades.values() if one["world"] is world and one["status"] == "paid" and _on(one["paid"], day)
    ]
    back = [
        one
        for one in refunds.values()
        if trades[one["trade"]]["world"] is world and one["state"] == "success" and _on(one["at"], day)
    ]
    return ([*paid[:1], *paid], back) if twice else (paid, back)


def bill(
    trades: dict[str, State], refunds: dict[str, State], day: str, wrong: bool = False, twice: bool = False
) -> bytes | None:
    """The mainland's business of a day in China; None when there was none. `wrong`: one fen more in the sums."""
    paid, back = _business(trades, refunds, day, False, twice)
    if not paid and not back:
        return None
    lines = [_line(one, one["taken"], one["paid"]) for one in paid]
    lines += [_line(trades[one["trade"]], -one["cents"], one["at"], one["number"]) for one in back]
    sums = [sum(one["taken"] for one in paid) + wrong, sum(one["cents"] for one in back)]
    text = [
        "#支付宝业务明细查询（模拟器）",
        f"#起始日期：[{day} 00:00:00]",
        "#-----------------------------------------业务明细列表----------------------------------------",
        HEADS,
        *lines,
        "#-----------------------------------------业务明细列表结束------------------------------------",
        f"#交易合计：{len(paid)}笔，商家实收共{yuan(sums[0])}元，商家优惠共0.00元",
        f"#退款合计：{len(back)}笔，商家实收退款共-{yuan(sums[1])}元，商家优惠退款共0.00元",
        "",
    ]
    return "\r\n".join(text).encode("gbk")


def bill_abroad(
    trades: dict[str, State], refunds: dict[str, State], day: str, wrong: bool = False, twice: bool = False
) -> bytes | None:
    """The international trades of a day; None when there were none. `wrong`: one line more is counted than is there."""
    paid, back = _business(trades, refunds, day, True, twice)
    if not paid and not back:
        return None
    lines = [_line_abroad(one["number"], one["id"], one["taken"], one, one["paid"], "P") for one in paid]
    for one in back:
        trade = trades[one["trade"]]
        lines.append(_line_abroad(one["number"], one["id"], one["cents"], trade, one["at"], "R"))
    head = f"Partner:2088000000000009|Payment_time:{day}|Total_count:{len(lines) + wrong}"
    return "".join(f"{line}\r\n" for line in (head, ABROAD, *lines)).encode()


def _line_abroad(number: str, identity: str, cents: int, trade: State, at: int, kind: str) -> str:
    amount, renminbi = yuan(cents), yuan(round(cents * RATE))
    when = f"{china(at):%Y-%m-%d %H:%M:%S}"
    parts = (number, identity, amount, renminbi, "0.00", amount, renminbi, trade["currency"], f"{RATE:.8f}", when, "")
    return "|".join((*parts, kind, "P", trade["number"]))


def _on(seconds: int, day: str) -> bool:
    return f"{china(seconds):%Y-%m-%d}" == day


def _line(trade: State, cents: int, at: int, request: str = "") -> str:
    line = dict.fromkeys(HEADS.split(","), "") | {
        "支付宝交易号": f"{trade['id']}\t",
        "商户订单号": f"{trade['number']}\t",
        "业务类型": "退款    " if request else "交易    ",
        "商品名称": '"' + trade["subject"].replace('"', '""') + '"',
        "创建时间": f"{china(trade['made']):%Y-%m-%d %H:%M:%S}",
        "完成时间": f"{china(at):%Y-%m-%d %H:%M:%S}",
        "订单金额（元）": yuan(cents),
        "商家实收（元）": yuan(cents),
        "退款批次号/请求号": request,
        "服务费（元）": "0.00",
    }
    return ",".join(line.values())
