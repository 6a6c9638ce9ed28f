"""What the environment tells a function. Every function gets the same variables (template.yaml, Globals)."""

import os
from functools import cache
from typing import Literal, cast
from zoneinfo import ZoneInfo

from certification.rules.exchange import Source
from certification.rules.model import Frozen

WalletsVia = Literal["direct", "stripe"]


class Settings(Frozen):
    """The stack's name (prefix of every resource name) and the addresses of the outside.

    `public_url` is where candidates reach us, without a trailing slash; the `*_api` values are the base addresses
    of the card payment provider, the registries of identity and of education, and the source of public randomness.
    `wallets_via` says who processes Alipay and WeChat Pay: they themselves (`direct`, at the four addresses) or the card
    provider (`stripe`). `rates` is the source of reference exchange rates and `rates_api` its base address. `time_zone` is
    that of the nightly jobs, and of the days and months of the books.
    """

    stack: str
    public_url: str
    mail_from: str
    card_api: str
    registry_api: str
    education_api: str
    beacon_api: str
    platform_api: str
    receipts_api: str
    wallets_via: WalletsVia
    alipay_api: str
    alipay_global_api: str
    wechat_pay_api: str
    wechat_pay_global_api: str
    time_zone: ZoneInfo
    rates: Source
    rates_api: str

    def table(self, name: str) -> str:
        """The physical name of a table, e.g. `assay-Applications`."""
        return f"{self.stack}-{name}"

    @property
    def bus(self) -> str:
        return self.stack

    @property
    def uploads(self) -> str:
        """The bucket for files as they arrive; nothing in it is trusted."""
        return f"{self.stack}-uploads"

    @property
    def vault(self) -> str:
        """The bucket for checked photos, issued documents and what machines hand over."""
        return f"{self.stack}-vault"

    @property
    def staff_files(self) -> str:
        """The bucket where staff drop files: a prefix per kind of file."""
        return f"{self.stack}-staff"

    @property
    def published(self) -> str:
        """The bucket of what anybody may read: draws, notices, lists."""
        return f"{self.stack}-published"

    def key(self, purpose: str) -> str:
        """The alias of a KMS key: `fields`, `lookups` or `seal`."""
        return f"alias/{self.stack}-{purpose}"

    def secret(self, name: str) -> str:
        return f"{self.stack}/{name}"


@cache
def settings() -> Settings:
    """The settings of this process, read once. A missing variable is an error that names it."""
    return Settings(
        stack=os.environ["STACK"],
        public_url=os.environ["PUBLIC_URL"].rstrip("/"),
        mail_from=os.environ["MAIL_FROM"],
        card_api=os.environ["CARD_API"].rstrip("/"),
        registry_api=os.environ["REGISTRY_API"].rstrip("/"),
        education_api=os.environ["EDUCATION_API"].rstrip("/"),
        beacon_api=os.environ["BEACON_API"].rstrip("/"),
        platform_api=os.environ["PLATFORM_API"].rstrip("/"),
        receipts_api=os.environ["RECEIPTS_API"].rstrip("/"),
        wallets_via=cast(WalletsVia, os.environ["WALLETS_VIA"]),
        alipay_api=os.environ["ALIPAY_API"],
        alipay_global_api=os.environ["ALIPAY_GLOBAL_API"],
        wechat_pay_api=os.environ["WECHAT_PAY_API"].rstrip("/"),
        wechat_pay_global_api=os.environ["WECHAT_PAY_GLOBAL_API"].rstrip("/"),
        time_zone=ZoneInfo(os.environ["TIME_ZONE"]),
        rates=cast(Source, os.environ["RATES"]),
        rates_api=os.environ["RATES_API"].rstrip("/"),
    )
