"""The WeChat Pay simulator's list of trades of one day: a backtick before every value, two lines of totals at the end."""

from local.simulators.base import State
from local.simulators.wallet_bank import china, yuan

MERCHANT, APP = "1900000109", "wxd678efh567hg6787"
REFUNDS = {"processing": "PROCESSING", "success": "SUCCESS", "abnormal": "ABNORMAL"}
HEADS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
SUMS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


def bill(
    trades: dict[str, State], refunds: dict[str, State], day: str, world: bool, wrong: bool = False, twice: bool = False
) -> bytes | None:
    """A product's business of a day in Beijing (`20261122`); None when there was none. `wrong`: one fen more in the sums;
    `twice`: the first payment once more."""
    paid = [
        one
        for one in trades.values()
        if one["world"] is world and one["status"] == "paid" and f"{china(one['paid']):%Y%m%d}" == day
    ]
    back = [
        one
        for one in refunds.values()
        if trades[one["trade"]]["world"] is world and one["state"] == "success" and f"{china(one['at']):%Y%m%d}" == day
    ]
    if not paid and not back:
        return None
    paid = [*paid[:1], *paid] if twice else paid
    lines = [*(_line(one) for one in paid), *(_line(trades[one["trade"]], one) for one in back)]
    came, went = yuan(sum(one["taken"] for one in paid) + wrong), yuan(sum(one["cents"] for one in back))
    sums = [str(len(lines)), came, went, "0.00", "0.00000", came, went]
    ends = [SUMS, ",".join(f"`{value}" for value in sums), ""]
    return ("\ufeff" + "\r\n".join([HEADS, *lines, *ends])).encode()


def _line(trade: State, refund: State | None = None) -> str:
    at = refund["at"] if refund else trade["paid"]
    line = dict.fromkeys(HEADS.split(","), "") | {
        "交易时间": f"{china(at):%Y-%m-%d %H:%M:%S}",
        "公众账号ID": APP,
        "商户号": MERCHANT,
        "微信订单号": trade["id"],
        "商户订单号": trade["number"],
        "交易类型": "NATIVE",
        "交易状态": "REFUND" if refund else "SUCCESS",
        "货币种类": trade["currency"],
        "应结订单金额": "0.00" if refund else yuan(trade["taken"]),
        "商户退款单号": refund["number"] if refund else "0",
        "退款金额": yuan(refund["cents"]) if refund else "0.00",
        "退款状态": REFUNDS[refund["state"]] if refund else "",
        "商品名称": trade["subject"],
        "手续费": "0.00000",
        "订单金额": "0.00" if refund else yuan(trade["taken"]),
        "申请退款金额": yuan(refund["cents"]) if refund else "0.00",
    }
    return ",".join(f"`{value}" for value in line.values())
