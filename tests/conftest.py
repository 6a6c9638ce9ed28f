"""The environment every function has, set before anything of the package is imported."""

import os
from pathlib import Path

import pytest

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="ap-southeast-1",
    TZ="UTC",
    STACK="assay",
    PUBLIC_URL="http://127.0.0.1:8080",
    MAIL_FROM="Assay <no-reply@assay.test>",
    CARD_API="http://127.0.0.1:8080/_local/card",
    REGISTRY_API="http://127.0.0.1:8080/_local/registry",
    EDUCATION_API="http://127.0.0.1:8080/_local/education",
    BEACON_API="http://127.0.0.1:8080/_local/beacon",
    PLATFORM_API="http://127.0.0.1:8080/_local/platform",
    RECEIPTS_API="http://127.0.0.1:8080/_local/receipts",
    WALLETS_VIA="direct",
    ALIPAY_API="http://127.0.0.1:8080/_local/alipay/gateway.do",
    ALIPAY_GLOBAL_API="http://127.0.0.1:8080/_local/alipay/gateway.do",
    WECHAT_PAY_API="http://127.0.0.1:8080/_local/wechatpay",
    WECHAT_PAY_GLOBAL_API="http://127.0.0.1:8080/_local/wechatpay",
    RATES="static",
    TIME_ZONE="Asia/Hong_Kong",
    RATES_API="http://127.0.0.1:8080/_local/rates",
)


def pytest_configure(config: pytest.Config) -> None:
    """Where `GRANTS` names a folder, every process notes which rights its tests use (tests/grants.py)."""
    if folder := os.environ.get("GRANTS"):
        from tests.grants import Watch

        config.pluginmanager.register(Watch(Path(folder)))
