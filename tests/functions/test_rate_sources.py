"""The sources of exchange rates, as they answer and as they fail."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from certification.providers.ports import Lost
from certification.providers.rates import (
    ECB_DAILY,
    FRANKFURTER_LATEST,
    HKMA_DAILY,
    SHIPPED,
    EcbRates,
    FrankfurterRates,
    HkmaRates,
    RateSource,
    StaticRates,
)
from certification.rules.exchange import BAND, FIRST_BAND, near
from local.simulators.alone import served
from local.simulators.base import Context
from local.simulators.rates import RatesSimulator

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
ECB_FILE = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject>
<Cube><Cube time="2026-10-30"><Cube currency="USD" rate="1.1172"/><Cube currency="CNY" rate="7.4326"/>
<Cube currency="HKD" rate="8.7652"/></Cube></Cube></gesmes:Envelope>"""
FRANKFURTER = '{"amount":1.0,"base":"USD","date":"2026-10-30","rates":{"CNY":6.6529}}'
HKMA = json.dumps(
    {
        "header": {"success": True, "err_code": "0000"},
        "result": {
            "datasize": 2,
            "records": [
                {"end_of_day": "2026-10-29", "usd": 7.8457, "cny": 1.1793},
                {"end_of_day": "2026-10-30", "usd": 7.8457, "cny": 1.1793},
                {"end_of_day": "2026-10-31", "usd": None, "cny": None},
            ],
        },
    }
)
SOURCES: list[tuple[Callable[[str], RateSource], str, str, str, str]] = [
    (lambda base: EcbRates(base, lambda: NOW), ECB_DAILY, ECB_FILE, "ecb", "6.65288221"),
    (lambda base: FrankfurterRates(base, lambda: NOW), FRANKFURTER_LATEST, FRANKFURTER, "frankfurter", "6.65290000"),
    (lambda base: HkmaRates(base, lambda: NOW), HKMA_DAILY, HKMA, "hkma", "6.65284491"),
]


@pytest.mark.parametrize(("source", "path", "body", "name", "rate"), SOURCES, ids=[each[3] for each in SOURCES])
def test_each_source_gives_the_rate_of_its_day(
    source: Callable[[str], RateSource], path: str, body: str, name: str, rate: str
) -> None:
    asked: list[str] = []

    def answer(_method: str, where: str, *_: object) -> tuple[int, dict[str, str], bytes]:
        asked.append(where)
        return 200, {}, body.encode()

    with served(answer) as base:
        found = source(base).latest("USD", "CNY")
    assert asked[0].startswith(path)
    assert (found.source, found.day, str(found.rate)) == (name, date(2026, 10, 30), rate)
    assert found.fetched_at == NOW


@pytest.mark.scenario(90)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, ""), (200, ""), (200, "no rates"), (200, "{}"), (200, "[]"), (200, "<Cube/>"), (200, '{"base":"EUR"}'),
        (200, '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), (200, ECB_FILE.replace('rate="1.1172"', 'rate="0"')),
        (200, ECB_FILE.replace('rate="1.1172"', 'rate="dear"')), (200, FRANKFURTER.replace("6.6529", "-1")),
        (200, FRANKFURTER.replace("2026-10-30", "yesterday")), (200, '{"header":{"success":false}}'),
        (200, HKMA.replace("1.1793", "0")),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_rate_is_lost_and_never_a_fault(status: int, body: str) -> None:
    with served(lambda *_: (status, {}, body.encode())) as base:
        for source, *_ in SOURCES:
            with pytest.raises(Lost):
                source(base).latest("USD", "CNY")


def test_the_shipped_rate_says_its_own_day_and_knows_one_pair() -> None:
    assert StaticRates().latest("USD", "CNY") == SHIPPED
    assert (SHIPPED.source, SHIPPED.rate) == ("static", Decimal("6.65288221"))
    with pytest.raises(Lost):
        StaticRates().latest("USD", "HKD")


def test_the_simulated_source_speaks_the_banks_form_for_its_own_day_and_says_that_it_is_made_up() -> None:
    sunday = datetime(2026, 11, 22, 9, tzinfo=UTC)
    simulator = RatesSimulator(Context(lambda: sunday, lambda *_: 200, "http://rates.test", "http://us.test"))
    with served(simulator.handle) as base:
        source = EcbRates(base, lambda: sunday)
        first = source.latest("USD", "CNY")
        assert (first.day, first.simulated) == (date(2026, 11, 20), True)
        assert near(first.rate, SHIPPED.rate, BAND)
        simulator.control("switch", {"name": "wrong"})
        assert not near(source.latest("USD", "CNY").rate, SHIPPED.rate, FIRST_BAND)
        simulator.control("clear", {})
        simulator.control("switch", {"name": "stale"})
        assert not source.latest("USD", "CNY").shown(sunday)
        simulator.control("switch", {"name": "down"})
        with pytest.raises(Lost):
            source.latest("USD", "CNY")
