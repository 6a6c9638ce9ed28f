"""Simulators of the external bodies: card provider, wallets, bank, registries of identity and education, public randomness.

They speak HTTP to the same adapters as the real ones would, misbehave on command, and say everywhere, on screen and in
their data, that they are simulators. `ALL` holds their classes; each is made with a `Context` of its own.
"""

from collections.abc import Callable

from local.simulators.alipay import AlipaySimulator
from local.simulators.bank import BankSimulator
from local.simulators.base import Answer, Context, Simulator
from local.simulators.beacon import BeaconSimulator
from local.simulators.card import CardSimulator
from local.simulators.platform import PlatformSimulator
from local.simulators.rates import RatesSimulator
from local.simulators.receipts import ReceiptsSimulator
from local.simulators.registries import EducationSimulator, IdentitySimulator
from local.simulators.wechatpay import WechatPaySimulator

__all__ = [
    "ALL",
    "AlipaySimulator",
    "Answer",
    "BankSimulator",
    "BeaconSimulator",
    "CardSimulator",
    "Context",
    "EducationSimulator",
    "IdentitySimulator",
    "PlatformSimulator",
    "RatesSimulator",
    "ReceiptsSimulator",
    "Simulator",
    "WechatPaySimulator",
]

ALL: list[Callable[[Context], Simulator]] = [
    CardSimulator,
    IdentitySimulator,
    EducationSimulator,
    BeaconSimulator,
    PlatformSimulator,
    ReceiptsSimulator,
    AlipaySimulator,
    WechatPaySimulator,
    RatesSimulator,
    BankSimulator,
]
