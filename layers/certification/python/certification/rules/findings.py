"""FINDINGS: what money that arrived can be for an order, why money goes back, and the words for each with its rules."""

from enum import StrEnum

from certification.rules.words import Because


class RefundKind(StrEnum):
    """Why money goes back. Only a withdrawal costs a handling fee. `unused`: fee items that were paid and not needed;
    `decided`: a desk asked for it; `external`: it was made in the provider's own pages."""

    WITHDRAWAL = "withdrawal"
    EXAM_CANCELLED = "exam_cancelled"
    DUPLICATE = "duplicate"
    OTHER_ORDER_DUPLICATE = "other_order_duplicate"
    LATE = "late"
    ORDER_CLOSED = "order_closed"
    OVERPAID = "overpaid"
    MISMATCH = "mismatch"
    INCOMPLETE = "incomplete"
    VOID = "void"
    UNUSED = "unused"
    DECIDED = "decided"
    EXTERNAL = "external"


PARTIAL = frozenset({RefundKind.OVERPAID, RefundKind.UNUSED, RefundKind.DECIDED, RefundKind.EXTERNAL})
"""What leaves a payment doing its duty for the order: only a part goes back, or a person decides what follows."""


class Finding(StrEnum):
    """What one capture is for its order."""

    SETTLES = "settles"
    DUPLICATE = "duplicate"
    OTHER_ORDER_DUPLICATE = "other_order_duplicate"
    SHORT = "short"
    PART = "part"
    INCOMPLETE = "incomplete"
    WRONG_CURRENCY = "wrong_currency"
    LATE = "late"
    ORDER_CLOSED = "order_closed"
    SETTLED_BEFORE = "settled_before"
    RETURNING = "returning"
    UNKNOWN_ORDER = "unknown_order"


class Act(StrEnum):
    """What must happen to the order and its application."""

    NOTHING = "nothing"
    REGISTER = "register"
    REINSTATE = "reinstate"
    OFFER_LATE_SEAT = "offer_late_seat"


RETURNED_AS: dict[Finding, RefundKind] = {
    Finding.DUPLICATE: RefundKind.DUPLICATE,
    Finding.OTHER_ORDER_DUPLICATE: RefundKind.OTHER_ORDER_DUPLICATE,
    Finding.SHORT: RefundKind.MISMATCH,
    Finding.INCOMPLETE: RefundKind.INCOMPLETE,
    Finding.WRONG_CURRENCY: RefundKind.MISMATCH,
    Finding.LATE: RefundKind.LATE,
    Finding.ORDER_CLOSED: RefundKind.ORDER_CLOSED,
}

OVERPAID = Because(
    en="More was paid than is owed: you are registered and the excess goes back without a fee.",
    zh="实付金额多于应缴金额：报名有效，多缴部分原路全额退回，不收手续费。",
    rules=("decision 6", "REF-04"),
)
STAYS_SETTLED = Because(
    en="The order is settled; it stays settled.",
    zh="订单已缴清，状态不变。",
    rules=("REG-02",),
)
NOTHING_PAID = Because(
    en="No money has arrived for this order.",
    zh="本订单尚未收到款项。",
    rules=("PAY-05",),
)

FINDINGS: dict[Finding, Because] = {
    Finding.SETTLES: Because(
        en="Paid in full and in time by the payment provider's clock.",
        zh="按支付机构记录的时间，款项已在期限内足额支付。",
        rules=("PAY-05", "FEE-02"),
    ),
    Finding.DUPLICATE: Because(
        en="This order was paid before: the second payment goes back in full by the way it came.",
        zh="该订单此前已缴费：重复缴纳的款项全额原路退回。",
        rules=("PAY-08", "REF-07", "decision 25"),
    ),
    Finding.OTHER_ORDER_DUPLICATE: Because(
        en="The order that replaced this one is paid: this payment goes back in full by the way it came.",
        zh="替代本订单的新订单已缴费：本笔款项全额原路退回。",
        rules=("PAY-09", "REF-07", "decision 25"),
    ),
    Finding.SHORT: Because(
        en="Less was paid than is owed: the order is not settled and all of it goes back without a fee.",
        zh="实付金额少于应缴金额：订单未缴清，款项全额原路退回，不收手续费。",
        rules=("FEE-02", "decision 6"),
    ),
    Finding.PART: Because(
        en="Less has arrived than is owed: it is kept for the order, and what is missing may follow until the due time.",
        zh="到账金额少于应缴金额：款项已计入本订单，差额可在截止时间前补足。",
        rules=("PAY-02", "decision 6"),
    ),
    Finding.INCOMPLETE: Because(
        en="The order was not paid in full by its due time: all that arrived for it goes back without a fee.",
        zh="截止时间前未足额缴费：已到账款项全部退回，不收手续费。",
        rules=("PAY-02", "decision 6"),
    ),
    Finding.WRONG_CURRENCY: Because(
        en="Paid in another currency than the order's: the order is not settled and all of it goes back without a fee.",
        zh="支付币种与订单币种不符：订单未缴清，款项全额原路退回，不收手续费。",
        rules=("FEE-02",),
    ),
    Finding.LATE: Because(
        en="Paid after the due time by the payment provider's clock: all of it goes back without a fee.",
        zh="按支付机构记录的时间，款项在期限之后支付：全额原路退回，不收手续费。",
        rules=("PAY-05", "decision 8"),
    ),
    Finding.ORDER_CLOSED: Because(
        en="The order was closed before this payment: all of it goes back without a fee.",
        zh="支付前订单已关闭：款项全额原路退回，不收手续费。",
        rules=("REF-07",),
    ),
    Finding.SETTLED_BEFORE: Because(
        en="This payment settled the order; what comes back of it was decided when the order was closed.",
        zh="本笔款项曾缴清该订单；退款金额已在订单关闭时确定。",
        rules=("REF-01",),
    ),
    Finding.RETURNING: Because(
        en="This payment is already on its way back.",
        zh="本笔款项已在退款途中。",
        rules=("REF-04",),
    ),
    Finding.UNKNOWN_ORDER: Because(
        en="Nobody knows the order this payment names: it is held until a person has found its owner.",
        zh="无法识别本笔款项对应的订单：款项暂存，待工作人员核实归属。",
        rules=("PAY-05", "decision 6"),
    ),
}

ACTS: dict[Act, Because] = {
    Act.REGISTER: Because(
        en="Paid in full and in time: registered.",
        zh="已在期限内足额缴费：报名成功。",
        rules=("REG-02", "PAY-05"),
    ),
    Act.REINSTATE: Because(
        en="The money was debited in time and known before the seats were frozen: the lapsed application is back.",
        zh="款项在期限内扣款，且在座位名单确定前查实：已失效的报名恢复有效。",
        rules=("PAY-05", "decision 8"),
    ),
    Act.OFFER_LATE_SEAT: Because(
        en="The money was debited in time but became known after the seats were frozen: a person finds a late seat, or "
        "all of it goes back.",
        zh="款项在期限内扣款，但在座位名单确定后才查实：由工作人员安排补位，否则全额退回。",
        rules=("PAY-05", "decision 8"),
    ),
}
