"""The simulated bank: files that any bank could have written, and misbehaviour on command."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from certification.rules.bank_matching import references_of
from certification.rules.money import usd
from certification.rules.reference import reference_of
from certification.rules.statement_file import read_statements
from certification.rules.statements import Party, StatementRefused
from certification.rules.transfer_order import OutgoingTransfer, payment_file, read_answer
from local.simulators.bank import ACCOUNT, SWITCHES, BankSimulator
from local.simulators.base import Context

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SCHEMAS = Path(__file__).parent.parent / "samples" / "iso20022"
RF = reference_of("APP-2026-04187T")
US = Party(name="CGPTC Limited", account=ACCOUNT, bank="SAMPHKHH")


class World:
    """A bank and the clock it goes by."""

    def __init__(self) -> None:
        self.now = START
        never: Callable[..., int] = lambda *_: 0  # noqa: E731 - the bank posts nothing
        self.bank = BankSimulator(Context(lambda: self.now, never, "http://127.0.0.1:1/_local/bank", ""))

    def send(self, text: str = RF, amount: str = "135.00", **more: str) -> None:
        self.bank.control("transfer", {"text": text, "amount": amount, **more})

    def switch(self, *names: str) -> None:
        for name in names:
            self.bank.control("switch", {"name": name})

    def lines(self) -> list[Any]:
        """The lines of the newest file."""
        return list(read_statements(self.newest(), [ACCOUNT])[0].lines)

    def newest(self, kind: str = "") -> bytes:
        return [content for name, content in self.bank.files().items() if kind in name][-1]

    def refund(self, name: str = "RFD-1", message: str = "M1") -> None:
        payee = Party(name="Sample Payer", account="HK-1", bank="SAMPHKHH")
        one = OutgoingTransfer(end_to_end=name, money=usd(9600), payee=payee, words="Refund")
        content = payment_file(message, [one], US, self.now, date(2026, 11, 23))
        assert self.bank.handle("POST", "/payments", {}, content)[0] == 202


@pytest.fixture
def world() -> World:
    return World()


def test_every_file_it_writes_fits_its_published_schema(world: World) -> None:
    world.send()
    world.refund()
    world.bank.control("statement", {})
    names = {"053": "camt.053.001.08", "054": "camt.054.001.08", "002": "pain.002.001.12"}
    assert len(world.bank.files()) == 4
    for name, content in world.bank.files().items():
        schema = etree.XMLSchema(etree.parse(SCHEMAS / f"{names[name[-7:-4]]}.xsd"))
        assert schema.validate(etree.fromstring(content)), schema.error_log


def test_a_transfer_is_told_at_once_and_stands_in_the_days_statement(world: World) -> None:
    world.send()
    (told,) = world.lines()
    assert (told.money, references_of(told), told.other.name) == (usd(13500), (RF,), "Sample Payer")
    world.bank.control("statement", {})
    assert [line.key for line in world.lines()] == [told.key]
    world.bank.control("statement", {})
    assert world.lines() == []


def test_it_mutilates_cuts_and_deducts_on_command(world: World) -> None:
    world.switch("mutilate")
    world.send()
    assert references_of(world.lines()[0]) == ()
    world.bank.control("clear", {})
    world.switch("cut", "deduct", "no_account")
    world.send(text="x" * 30 + RF)
    (line,) = world.lines()
    assert (references_of(line), line.money, line.charged, line.other.account) == ((RF,), usd(11000), usd(2500), "")
    world.bank.control("clear", {})
    world.switch("pending", "twice")
    world.send()
    assert world.lines() == []
    world.bank.control("statement", {})
    assert len(world.lines()) == 3
    assert len(world.bank.files()) == 6


def test_a_gap_is_a_statement_that_does_not_add_up_and_the_next_one_does(world: World) -> None:
    world.send()
    world.switch("gap")
    world.bank.control("statement", {})
    with pytest.raises(StatementRefused, match="balances_differ"):
        world.lines()
    world.bank.control("statement", {})
    assert len(world.lines()) == 1


def test_our_file_is_carried_out_once_and_may_be_refused_or_come_back(world: World) -> None:
    world.refund()
    world.refund()
    assert read_answer(world.newest("002")).sent_twice
    assert len([name for name in world.bank.files() if "054" in name]) == 1
    world.switch("reject_file")
    world.refund("RFD-2", "M2")
    assert read_answer(world.newest("002")).rejected
    world.switch("closed_account")
    world.refund("RFD-3", "M3")
    assert [one.reason for one in read_answer(world.newest("002")).transfers] == ["AC04"]
    world.bank.control("clear", {})
    world.switch("return_later")
    world.refund("RFD-4", "M4")
    world.now += timedelta(days=3)
    assert world.bank.run_due() == 1
    (back,) = world.lines()
    assert (back.credit, back.returned, back.end_to_end) == (True, "AC04", "RFD-4")


def test_it_has_a_page_for_people_and_says_what_it_does_not_know(world: World) -> None:
    status, headers, page = world.bank.handle("GET", "/", {}, b"")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"No real money" in page
    assert world.bank.handle("POST", "/transfer", {}, b"amount=135.00&text=x")[0] == 303
    assert world.bank.handle("POST", "/transfer", {}, b"amount=much")[0] == 422
    name = next(iter(world.bank.files()))
    assert world.bank.handle("GET", f"/files/{name}", {}, b"")[0] == 200
    assert world.bank.handle("GET", "/files/nothing", {}, b"")[0] == 404
    with pytest.raises(ValueError, match="no action"):
        world.bank.control("rob", {})
    assert set(world.bank.control("status", {})["known"]) == set(SWITCHES)
    other = World()
    other.bank.load(world.bank.dump())
    assert other.bank.files() == world.bank.files()
