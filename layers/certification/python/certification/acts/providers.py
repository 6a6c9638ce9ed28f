"""The adapters of external bodies, with the addresses and secrets of this stack."""

from certification.acts import wallets
from certification.acts.bank_refunds import BankRefunds
from certification.cloud import clock
from certification.cloud.secrets import secret
from certification.cloud.settings import settings
from certification.providers.bank_files import BankByFiles
from certification.providers.beacon import BeaconOverHttp
from certification.providers.card import CardCheckouts
from certification.providers.platform import PlatformOverHttp
from certification.providers.ports import Beacon, IdentityPlatform, PaymentProvider, Registry
from certification.providers.registry import RegistryOverHttp
from certification.rules.payments import Method


def payment_provider(provider: Method) -> PaymentProvider:
    """Who processes payments of this kind."""
    match provider:
        case "card":
            return CardCheckouts(settings().card_api, secret("card", "api")[0])
        case "alipay":
            return wallets.alipay()
        case "wechat_pay":
            return wallets.wechat_pay()
        case "bank_transfer":
            return BankByFiles()


def refund_provider(provider: Method) -> PaymentProvider:
    """Who sends refunds of payments of this kind: only the machine that sends them may read where a transfer goes."""
    return BankRefunds() if provider == "bank_transfer" else payment_provider(provider)


def identity_registry() -> Registry:
    """The identity registry."""
    return RegistryOverHttp(settings().registry_api, secret("registry", "shared"), clock.now)


def education_registry() -> Registry:
    """The registry of higher education."""
    return RegistryOverHttp(settings().education_api, secret("education", "shared"), clock.now)


def identity_platform() -> IdentityPlatform:
    """The public platform that verifies people by their real names."""
    return PlatformOverHttp(settings().platform_api, clock.now)


def beacon() -> Beacon:
    """The source of public randomness for draws."""
    return BeaconOverHttp(settings().beacon_api)
