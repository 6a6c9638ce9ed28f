"""Exchange: what a price is in the payer's currency, as a guide, from the last good rate of this stack's source.

The source is asked when a page needs the rate, once an hour at most, and never twice for a page: who pays waits for
nothing but one short call. When it does not answer, the last good rate is shown with its day, or none at all; a sale
never waits for a rate.
"""

from datetime import datetime, timedelta

from certification.acts.wallets import WALLETS
from certification.cloud import clock
from certification.cloud.settings import settings
from certification.cloud.tables.rates import KnownRate, rates
from certification.cloud.transaction import Lost as Overtaken
from certification.cloud.transaction import commit
from certification.providers.ports import Lost, Unreachable
from certification.providers.rates import (
    SHIPPED,
    EcbRates,
    FrankfurterRates,
    HkmaRates,
    RateSource,
    StaticRates,
)
from certification.rules.exchange import ExchangeQuote, ReferenceRate, good_rate, quote
from certification.rules.money import Money
from certification.rules.policy import Policy

PAYERS = "CNY"
"""What both wallets take from their payers."""
ASKED_EVERY = timedelta(hours=1)


def indicative(price: Money, policy: Policy) -> ExchangeQuote | None:
    """What a wallet's payer is shown beside a price; None where the policy shows nothing, the price is in the payer's
    currency already, or no rate is fit to be shown."""
    terms = policy.fees.foreign_exchange
    if terms is None or price.currency == PAYERS or not set(WALLETS) & set(policy.payment.ways):
        return None
    now = clock.now()
    lives = timedelta(**{terms.quote_lives.unit: terms.quote_lives.count})
    return quote(price, _rate(price.currency, now), now, lives)


def _rate(base: str, now: datetime) -> ReferenceRate | None:
    """The last good rate, after asking for a newer one when that is due."""
    pair = f"{base}/{PAYERS}"
    known = rates.find(pair)
    if known is not None and known.asked_at <= now < known.asked_at + ASKED_EVERY:
        return known.rate
    best = good_rate(_fresh(base), known.rate if known else None, SHIPPED, now)
    row = KnownRate(pair=pair, rate=best, asked_at=now)
    write = rates.insert(row) if known is None else rates.update(known.changed(rate=best, asked_at=now))
    try:
        commit([write])
    except Overtaken:
        return best  # another page asked at the same moment
    return best


def _fresh(base: str) -> ReferenceRate | None:
    try:
        return source().latest(base, PAYERS)
    except (Lost, Unreachable):
        return None


def source() -> RateSource:
    """Whom this stack asks for reference rates."""
    address = settings().rates_api
    match settings().rates:
        case "ecb":
            return EcbRates(address, clock.now)
        case "frankfurter":
            return FrankfurterRates(address, clock.now)
        case "hkma":
            return HkmaRates(address, clock.now)
        case "static":
            return StaticRates()
