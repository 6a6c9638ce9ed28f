"""Bank files: one line per movement whatever the format, and a file that does not add up is refused whole."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import mt940
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from certification.rules.bank_matching import references_of
from certification.rules.money import usd
from certification.rules.reference import reference_of
from certification.rules.statement_camt import NEWEST, OLDEST, read_camt
from certification.rules.statement_file import read_statements
from certification.rules.statement_mt940 import read_mt940
from certification.rules.statements import LONGEST, PACKED, StatementRefused
from certification.rules.transfer_order import read_answer
from certification.rules.xml_files import without_definitions
from local.simulators.bank_files import Booking, Day, Part, cut, notification, statement

ACCOUNT = "123-456789-001"
OURS = (ACCOUNT,)
ON = date(2026, 11, 23)
MADE = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
RF = reference_of("APP-2026-04187T")
SCHEMAS = Path(__file__).parent.parent / "samples" / "iso20022"


def credit(reference: str, cents: int = 12000, status: str = "BOOK", **part: Any) -> Booking:
    return Booking(reference, True, (Part(cents, **part),), ON, ON, status)


def day(*bookings: Booking) -> Day:
    return Day(ACCOUNT, "USD", ON, opening=100000, bookings=bookings)


def refusal(content: bytes, accounts: tuple[str, ...] = OURS) -> str:
    with pytest.raises(StatementRefused) as refused:
        read_statements(content, accounts)
    assert refused.value.en
    assert refused.value.zh
    return refused.value.code


def fits(content: bytes, name: str) -> bool:
    return bool(etree.XMLSchema(etree.parse(SCHEMAS / f"{name}.xsd")).validate(etree.fromstring(content)))


def test_a_credit_is_read_with_everything_that_is_needed_to_place_and_to_return_it() -> None:
    part: dict[str, Any] = {
        "name": "Chan Tai Man",
        "account": "HK-99",
        "structured": RF,
        "end_to_end": "E1",
        "charged": 25,
    }
    content = statement(day(credit("B1", 11975, text=("exam fee",), **part)), MADE)
    assert fits(content, "camt.053.001.08")
    (stated,) = read_statements(content, OURS)
    (line,) = stated.lines
    assert line.key == f"{ACCOUNT}#B1#0"
    assert (line.money, line.credit, line.value_on, line.charged) == (usd(11975), True, ON, usd(25))
    assert (line.other.name, line.other.account, line.end_to_end) == ("Chan Tai Man", "HK-99", "E1")
    assert references_of(line) == (RF,)


@pytest.mark.scenario(72)
@pytest.mark.parametrize("before", range(20, 36))
def test_a_reference_that_the_bank_cut_in_two_is_whole_again(before: int) -> None:
    pieces = cut("x" * before + RF + " and more")
    assert len(pieces) > 1
    (stated,) = read_camt(notification(day(credit("B1", text=pieces)), MADE))
    assert references_of(stated.lines[0]) == (RF,)


@pytest.mark.scenario(75)
def test_the_same_movement_has_the_same_key_in_the_notification_and_in_the_statement() -> None:
    bookings = (credit("B1"), credit("B2", 9500))
    assert fits(notification(day(*bookings), MADE), "camt.054.001.08")
    told = [line.key for line in read_statements(notification(day(*bookings), MADE), OURS)[0].lines]
    stated = [line.key for line in read_statements(statement(day(*bookings), MADE), OURS)[0].lines]
    assert told == stated


def test_two_equal_credits_on_one_day_are_two_and_a_batch_is_as_many_as_it_has_parts() -> None:
    batch = Booking("B3", True, (Part(12000, text=(RF,)), Part(12000, text=(RF,))), ON, ON)
    (stated,) = read_camt(statement(day(credit("B1"), credit("B2"), batch), MADE))
    assert len({line.key for line in stated.lines}) == 4


@pytest.mark.scenario(76)
def test_a_statement_with_a_missing_line_is_refused_whole() -> None:
    content = day(credit("B1"), credit("B2", 9500))
    assert refusal(statement(content, MADE, leave_out=["B2"])) == "balances_differ"
    assert len(read_camt(statement(content, MADE))[0].lines) == 2


def test_a_statement_without_balances_is_refused_and_a_notification_needs_none() -> None:
    without = statement(day(credit("B1")), MADE).replace(b"<Cd>OPBD</Cd>", b"<Cd>INFO</Cd>")
    assert refusal(without) == "balances_missing"
    assert read_camt(notification(day(credit("B1")), MADE))[0].lines


def test_parts_that_do_not_add_up_to_their_booking_are_refused() -> None:
    batch = Booking("B3", True, (Part(12000), Part(9500)), ON, ON)
    content = statement(day(batch), MADE)
    assert refusal(content.replace(b'<Amt Ccy="USD">95.00</Amt>', b'<Amt Ccy="USD">94.99</Amt>')) == "parts_differ"


@pytest.mark.scenario(77)
def test_what_is_pending_counts_when_it_is_booked_and_not_before() -> None:
    (announced,) = read_camt(notification(day(credit("B1", status="PDNG")), MADE))
    assert (len(announced.lines), announced.pending) == (0, 1)
    (booked,) = read_camt(notification(day(credit("B1")), MADE))
    assert len(booked.lines) == 1


@pytest.mark.scenario(81)
def test_a_payment_that_comes_back_says_so_and_names_the_refund_that_it_was() -> None:
    back = credit("B9", 9600, returned="AC04", end_to_end="RFD-1", text=(f"Refund {RF}",))
    (stated,) = read_camt(statement(day(back), MADE))
    assert (stated.lines[0].returned, stated.lines[0].end_to_end) == ("AC04", "RFD-1")


@pytest.mark.parametrize("version", range(OLDEST, NEWEST + 1))
def test_every_version_of_the_namespace_is_read(version: int) -> None:
    content = statement(day(credit("B1")), MADE)
    assert read_camt(content.replace(b"camt.053.001.08", f"camt.053.001.{version:02d}".encode()))


def test_the_oldest_version_has_plain_status_names_and_amounts_elsewhere() -> None:
    content = statement(day(credit("B1", name="Chan Tai Man")), MADE)
    for new, old in (
        (b"camt.053.001.08", b"camt.053.001.02"),
        (b"<Sts><Cd>BOOK</Cd></Sts>", b"<Sts>BOOK</Sts>"),
        (b"<Dbtr><Pty><Nm>Chan Tai Man</Nm></Pty></Dbtr>", b"<Dbtr><Nm>Chan Tai Man</Nm></Dbtr>"),
        (
            b'</Refs><Amt Ccy="USD">120.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>',
            b'</Refs><AmtDtls><TxAmt><Amt Ccy="USD">120.00</Amt></TxAmt></AmtDtls>',
        ),
    ):
        assert new in content
        content = content.replace(new, old)
    assert fits(content, "camt.053.001.02")
    (stated,) = read_camt(content)
    assert (stated.lines[0].other.name, stated.lines[0].money) == ("Chan Tai Man", usd(12000))


BOMB = b'<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;">]>'


@pytest.mark.scenario(97)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_definition_is_refused_in_every_encoding_before_anything_is_read(encoding: str) -> None:
    whole = statement(day(credit("B1")), MADE).replace(b'<?xml version="1.0" encoding="UTF-8"?>', BOMB)
    assert refusal(whole.decode().encode(encoding)) == "definition_refused"
    outside = whole.replace(BOMB, b'<!DOCTYPE x SYSTEM "file:///etc/passwd">')
    assert refusal(outside.decode().encode(encoding)) == "definition_refused"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"</Document", b"</Docment", "not_xml"),
        (b"Document", b"Docment", "format_unknown"),
        (b"camt.053.001.08", b"camt.053.001.01", "format_unknown"),
        (b"camt.053.001.08", b"pain.001.001.09", "format_unknown"),
        (b"<AcctSvcrRef>B1</AcctSvcrRef>", b"", "element_wrong"),
        (b">120.00<", b">-120.00<", "element_wrong"),
        (b">120.00<", b">120.001<", "element_wrong"),
        (b">120.00<", b">1.2e2<", "element_wrong"),
        (b">120.00<", b">NaN<", "element_wrong"),
        (b'Ccy="USD"', b'Ccy="ZZZ"', "element_wrong"),
        (b"<CdtDbtInd>CRDT", b"<CdtDbtInd>CREDIT", "element_wrong"),
        (b"<Dt>2026-11-23", b"<Dt>2026-13-23", "element_wrong"),
        (b"123-456789-001", b"999-456789-001", "account_unknown"),
    ],
)
def test_a_file_with_anything_wrong_is_refused_with_its_reason(old: bytes, new: bytes, code: str) -> None:
    content = statement(day(credit("B1")), MADE)
    assert old in content
    assert refusal(content.replace(old, new)) == code


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"<", b"hello", b"<a>" * 50000, b":20:X\n:25:1\n"])
def test_what_is_no_bank_file_is_refused_and_never_breaks_the_reader(content: bytes) -> None:
    assert refusal(content) in ("not_xml", "format_unknown", "element_wrong")


MT940 = f":20:1\n:25:{ACCOUNT}\n:28C:1/1\n:60F:C261123USD1000,00\n:61:2611231123C120,00NTRFNONREF//B1\n:86:{RF}\n:62F:C261123USD1120,00\n"


@pytest.mark.scenario(97)
@given(st.binary(max_size=300), st.sampled_from([b"", b"<", b":20:X\n", b"<?xml version='1.0' encoding='utf-16'?>"]))
def test_arbitrary_bytes_are_refused_as_a_statement_and_as_an_answer(content: bytes, begins: bytes) -> None:
    for read in (lambda given: read_statements(given, OURS), read_answer):
        with pytest.raises(StatementRefused):
            read(begins + content)


@pytest.mark.parametrize(
    "whole", [statement(day(credit("B1"), credit("B2")), MADE), MT940.encode()], ids=["camt", "mt940"]
)
def test_a_file_that_is_cut_off_anywhere_is_refused(whole: bytes) -> None:
    assert read_statements(whole, OURS)
    for place in range(20):
        refusal(whole[: len(whole) * place // 20])
    refusal(whole.replace(b"120", b"1\xff0"))


def test_an_account_has_one_currency() -> None:
    whole = statement(day(credit("B1"), credit("B2")), MADE)
    one = whole.replace(b'<Amt Ccy="USD">120.00<', b'<Amt Ccy="HKD">120.00<', 1)
    both = whole.replace(b'<Amt Ccy="USD">120.00<', b'<Amt Ccy="HKD">120.00<')
    assert one != both != whole
    assert refusal(one) == refusal(both) == "element_wrong"
    assert refusal(MT940.replace(":62F:C261123USD", ":62F:C261123HKD").encode()) == "balances_differ"


@pytest.mark.parametrize("amount", [b"-120.00", b"1e999", b"Infinity", b"120.005", b"9" * 5000, "١٢٠".encode(), b""])
def test_an_amount_that_is_none_is_refused(amount: bytes) -> None:
    assert refusal(statement(day(credit("B1")), MADE).replace(b">120.00<", b">" + amount + b"<")) == "element_wrong"


def words(part: str, count: int) -> dict[str, Any]:
    return {part: "X" * count}


@pytest.mark.parametrize("part", ["name", "account", "structured", "end_to_end"])
def test_a_name_or_reference_longer_than_any_is_refused_before_anything_is_kept(part: str) -> None:
    fitting: dict[str, Any] = {part: "X" * LONGEST}
    longer: dict[str, Any] = {part: "X" * (LONGEST + 1)}
    assert len(read_statements(statement(day(credit("B1", **fitting)), MADE), OURS)) == 1
    assert refusal(statement(day(credit("B1", **longer)), MADE)) == "text_too_long"
    assert refusal(statement(day(credit("B" * (LONGEST + 1))), MADE)) == "text_too_long"


def test_zeros_behind_the_cents_mean_nothing() -> None:
    content = statement(day(credit("B1")), MADE).replace(b">120.00<", b">120.00000<")
    assert read_camt(content)[0].lines[0].money == usd(12000)


def test_a_count_or_sum_that_the_file_itself_gives_must_be_so() -> None:
    content = notification(day(credit("B1"), credit("B2")), MADE)
    told = b"<TxsSummry><TtlNtries><NbOfNtries>%d</NbOfNtries></TtlNtries></TxsSummry><Ntry>"
    assert len(read_camt(content.replace(b"<Ntry>", told % 2, 1))[0].lines) == 2
    assert refusal(content.replace(b"<Ntry>", told % 3, 1)) == "summary_differs"
    sums = b"<TxsSummry><TtlCdtNtries><Sum>%s</Sum></TtlCdtNtries></TxsSummry><Ntry>"
    assert len(read_camt(content.replace(b"<Ntry>", sums % b"240.00", 1))[0].lines) == 2
    assert refusal(content.replace(b"<Ntry>", sums % b"360.00", 1)) == "summary_differs"


def test_one_reference_with_two_contents_in_one_file_is_refused() -> None:
    assert refusal(notification(day(credit("B1"), credit("B1", 9500)), MADE)) == "reference_twice"


MT940 = f""":20:STMT20261123
:25:HSBCHKHHHKH/123456789001USD
:28C:00231/001
:60F:C261120USD1000,00
:61:2611231123C120,00NTRFNONREF//HK2611230001
{RF}
:86:/ORDP/CHAN TAI MAN/REMI/{RF[:7]} {RF[7:]}/CHGS/USD0,00
:61:2611231123C95,00NTRFEXAM2//HK2611230002
:86:/ORDP/LEE SIU MING/REMI/EXAM
 fee/CHGS/USD25,00
:61:2611231123RC120,00NTRFRVSL//HK2611230003
:86:REVERSAL OF HK2611230001
:61:2611231123RD30,00NTRFRVSL
:62F:C261123USD1125,00
-}}
"""


@pytest.mark.scenario(78)
def test_an_mt940_reversal_of_a_credit_is_money_out_and_of_a_debit_money_in() -> None:
    (stated,) = read_statements(MT940.encode(), OURS)
    assert [(line.money.amount, line.credit, line.reversal) for line in stated.lines] == [
        (12000, True, False),
        (9500, True, False),
        (12000, False, True),
        (3000, True, True),
    ]
    assert [line.other.name for line in stated.lines[:2]] == ["CHAN TAI MAN", "LEE SIU MING"]
    assert references_of(stated.lines[0]) == (RF,)
    assert stated.lines[0].key == f"{ACCOUNT}#HK2611230001#0"
    assert stated.lines[3].key == f"{ACCOUNT}#00231/001/2026-11-20/4#0"


@pytest.mark.scenario(78)
def test_the_library_reads_the_same_movements_when_it_is_told_that_reversals_have_a_sign() -> None:
    theirs = mt940.parse(MT940, options=mt940.Options(reversal_sign=True))  # without it a taken-back credit comes in
    (ours,) = read_mt940(MT940.encode())
    assert [int(one.data["amount"].amount * 100) for one in theirs] == [
        line.money.amount if line.credit else -line.money.amount for line in ours.lines
    ]
    assert [one.data["date"] for one in theirs] == [line.value_on for line in ours.lines]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (":62F:C261123USD1125,00", ":62F:C261123USD1245,00", "balances_differ"),
        (":61:2611231123C95,00NTRFEXAM2//HK2611230002", ":61:nonsense", "element_wrong"),
        ("USD1000,00", "ZZZ1000,00", "element_wrong"),
        ("C95,00", "C95,001", "element_wrong"),
        (":25:HSBCHKHHHKH/123456789001USD\n", "", "element_wrong"),
        (":61:261123", ":61:261323", "element_wrong"),
        ("123456789001USD", "123456789009USD", "account_unknown"),
    ],
)
def test_an_mt940_file_with_anything_wrong_is_refused(old: str, new: str, code: str) -> None:
    assert old in MT940
    assert refusal(MT940.replace(old, new).encode()) == code


def test_a_booking_day_belongs_to_the_year_next_to_its_value_day() -> None:
    turn = MT940.replace("2611231123C95", "2612310102C95")
    (stated,) = read_mt940(turn.encode())
    assert stated.lines[1].booked_on == date(2027, 1, 2)


def test_thousands_of_lines_are_packed_and_read_again_as_they_were() -> None:
    bookings = [credit(f"B{number}", 100 + number, name=f"Payer {number}") for number in range(2 * PACKED + 5)]
    content = statement(day(*bookings), MADE)
    (stated,) = read_statements(content, OURS)
    assert [line.entry for line in stated.lines] == [one.reference for one in bookings]
    assert [line.other.name for line in stated.lines] == [one.parts[0].name for one in bookings]
    assert (len(stated.lines), stated.lines[PACKED].money, stated.lines[-1].entry) == (
        len(bookings),
        usd(100 + PACKED),
        bookings[-1].reference,
    )
    (in_crumbs,) = read_camt(content[place : place + 777] for place in range(0, len(content), 777))
    assert list(in_crumbs.lines.of_account(ACCOUNT)) == list(stated.lines)
    assert {line.account for line in stated.lines.of_account("other")} == {"other"}


def test_a_definition_is_refused_before_anything_of_it_is_passed_on() -> None:
    bomb = b'<?xml version="1.0"?>' + b" " * 400 + b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    passed: list[bytes] = []
    with pytest.raises(StatementRefused, match="definition_refused"):
        passed += without_definitions(bomb[place : place + 50] for place in range(0, len(bomb), 50))
    assert passed == []
