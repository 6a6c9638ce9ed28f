"""Refunds by transfer: our file against the published schema and an independent bank, and what the bank answers."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from certification.rules.bank_matching import references_of
from certification.rules.money import Money, usd
from certification.rules.reference import printed, reference_of
from certification.rules.statement_file import read_statements
from certification.rules.statements import Party, StatementRefused
from certification.rules.transfer_order import OutgoingTransfer, is_bank, is_iban, payment_file, read_answer
from local.simulators.bank_files import status_report
from tests.rules.bank import Bank, open_bank

SCHEMAS = Path(__file__).parent.parent / "samples" / "iso20022"
MADE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OUR_IBAN = "NL41MOCK0000000001"
US = Party(name="CGPTC Ltd", account=OUR_IBAN, bank="MOCKNL2A")
PAYEE = Party(name="Chan Tai Man & <Co>\x00\ufffe", account="NL14MOCK0000000002", bank="MOCKNL2A")
RF = reference_of("APP-2026-04187T")


def transfer(name: str = "RFD-0001", cents: int = 9600, payee: Party = PAYEE) -> OutgoingTransfer:
    return OutgoingTransfer(end_to_end=name, money=usd(cents), payee=payee, words=f"Refund {printed(RF)}")


def file_of(*transfers: OutgoingTransfer, message: str = "RFB-20261124-1", on: date = date(2026, 11, 24)) -> bytes:
    return payment_file(message, transfers, US, MADE, on)


def validated(content: bytes, name: str) -> bool:
    return bool(etree.XMLSchema(etree.parse(SCHEMAS / f"{name}.xsd")).validate(etree.fromstring(content)))


@pytest.fixture
def bank() -> Iterator[Bank]:
    with open_bank() as opened:
        yield opened


@pytest.mark.rule("REF-04")
def test_the_file_fits_the_published_schema_and_is_the_same_every_time() -> None:
    hong_kong = Party(name="Wong Siu Ming", account="012-345678-901", bank="HSBCHKHHHKH")
    content = file_of(
        transfer(), transfer("RFD-0002", 5, hong_kong), transfer("RFD-0003", 100, Party(name="A", account="1"))
    )
    assert validated(content, "pain.001.001.09")
    assert content == file_of(
        transfer(), transfer("RFD-0002", 5, hong_kong), transfer("RFD-0003", 100, Party(name="A", account="1"))
    )
    assert b"<CtrlSum>97.05</CtrlSum>" in content
    assert b"<ChrgBr>DEBT</ChrgBr>" in content  # the costs of a refund are ours
    assert b"<Othr><Id>012345678901</Id></Othr>" in content
    assert b"<IBAN>NL14MOCK0000000002</IBAN>" in content


def test_what_no_bank_takes_is_never_written() -> None:
    wrong = (
        (),
        (transfer(), transfer()),
        (transfer("R" * 36),),
        (transfer(cents=0),),
        (transfer(cents=-1),),
        (transfer(payee=Party(name="", account="1")),),
        (transfer(payee=Party(name="A", account="")),),
        (transfer(), transfer("RFD-2").model_copy(update={"money": Money(amount=1, currency="HKD")})),
    )
    for transfers in wrong:
        with pytest.raises(ValueError, match=r"file|payee"):
            file_of(*transfers)


@pytest.mark.scenario(79)
@pytest.mark.rule("REF-04")
def test_the_bank_pays_a_file_once_and_refuses_it_the_second_time(bank: Bank) -> None:
    today = date.fromisoformat(bank.ask("GET", "/_mock/health").get("now", "2026-11-22")[:10])
    content = file_of(transfer(), on=today)
    bank.ask("POST", "/payments", content)
    bank.ask("PATCH", "/_mock/accounts/ACME", {"behaviour": "duplicate-file"})
    bank.ask("POST", "/payments", content)
    bank.days(3)
    first, again = (read_answer(report) for report in bank.messages("pain.002"))
    assert [(one.end_to_end, one.status, one.ended) for one in first.transfers] == [("RFD-0001", "ACCP", False)]
    assert (again.sent_twice, again.rejected, again.transfers) == (True, False, ())
    debits = [
        line
        for message in bank.messages("camt.053")
        if OUR_IBAN.encode() in message
        for line in read_statements(message, [OUR_IBAN])[0].lines
        if not line.credit
    ]
    assert [(line.end_to_end, line.money) for line in debits] == [("RFD-0001", usd(9600))]


@pytest.mark.scenario(80)
@pytest.mark.scenario(81)
def test_a_transfer_that_comes_back_names_itself_and_never_a_payment(bank: Bank) -> None:
    bank.ask("PATCH", "/_mock/accounts/ACME", {"behaviour": "return-later"})
    bank.ask("POST", "/payments", file_of(transfer(), on=date(2026, 11, 23)))
    bank.days(12)
    (back,) = [read_answer(message) for message in bank.messages("pacs.004")]
    assert [(one.end_to_end, one.status, one.ended) for one in back.transfers] == [("RFD-0001", "RTRN", False)]
    lines = [
        line
        for message in bank.messages("camt.053")
        if OUR_IBAN.encode() in message
        for line in read_statements(message, [OUR_IBAN])[0].lines
    ]
    assert [(line.credit, line.end_to_end, bool(line.returned)) for line in lines] == [
        (False, "RFD-0001", False),
        (True, "RFD-0001", True),
    ]


@pytest.mark.scenario(72)
@pytest.mark.scenario(75)
@pytest.mark.rule("PAY-02")
def test_credits_of_the_independent_bank_are_read_from_notification_and_statement_alike(bank: Bank) -> None:
    for note, wrap in ((f"course fee {printed(RF)}", 140), (f"paid by my employer, reference {RF} thanks", 35)):
        credit = {"account": "ACME", "amount": 11975, "note": note, "wrap": wrap, "debtor": {"name": "Chan Tai Man"}}
        bank.ask("POST", "/_mock/credits", credit)
    bank.days(3)
    read = {
        kind: {
            line.key: (line.money, line.other.name, references_of(line))
            for message in bank.messages(kind)
            if OUR_IBAN.encode() in message
            for line in read_statements(message, [OUR_IBAN])[0].lines
        }
        for kind in ("camt.053", "camt.054")
    }
    assert read["camt.053"] == read["camt.054"]
    assert list(read["camt.053"].values()) == [(usd(11975), "Chan Tai Man", (RF,))] * 2


@pytest.mark.scenario(76)
def test_a_statement_of_the_independent_bank_with_a_gap_is_refused(bank: Bank) -> None:
    bank.ask("PATCH", "/_mock/accounts/ACME", {"behaviour": "statement-gap"})
    bank.ask("POST", "/payments", file_of(transfer(), on=date(2026, 11, 23)))
    bank.days(3)
    refused = []
    for message in bank.messages("camt.053"):
        try:
            read_statements(message, [OUR_IBAN])
        except StatementRefused as refusal:
            refused.append(refusal.code)
    assert refused.count("balances_differ") == 1


def test_a_rejected_transfer_says_why_and_a_refused_file_refuses_all_of_it() -> None:
    part = status_report("M1", "PART", [("RFD-1", "ACCP", ""), ("RFD-2", "RJCT", "AC04")], MADE, batch="M1")
    assert validated(part, "pain.002.001.12")
    answer = read_answer(part)
    assert [(one.end_to_end, one.ended, one.reason) for one in answer.transfers] == [
        ("RFD-1", False, ""),
        ("RFD-2", True, "AC04"),
    ]
    assert not answer.rejected
    whole = read_answer(status_report("M1", "RJCT", [], MADE, reason="FF01"))
    assert (whole.message, whole.rejected, whole.reason) == ("M1", True, "FF01")
    with pytest.raises(StatementRefused, match="format_unknown"):
        read_answer(file_of(transfer()))
    with pytest.raises(StatementRefused, match="element_wrong"):
        read_answer(part.replace(b"<OrgnlMsgId>M1</OrgnlMsgId>", b""))


def test_account_numbers_and_codes_of_banks_are_told_by_their_form() -> None:
    assert is_iban("NL14MOCK0000000002")
    assert not is_iban("NL15MOCK0000000002")
    assert not is_iban("012345678901")
    assert is_bank("HSBCHKHHHKH")
    assert is_bank("hsbc hk hh")
    assert not is_bank("HSBC")
