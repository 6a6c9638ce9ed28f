"""Whose money a credit is: references decide, everything else is a proposal to a person."""

from datetime import date

import pytest

from certification.rules.bank_matching import Awaited, divide, propose, references_of
from certification.rules.money import Money, usd
from certification.rules.numbers import application_reference
from certification.rules.reference import printed, reference_of
from certification.rules.statements import BankLine, Party

ON = date(2026, 11, 23)
ONE, TWO = application_reference(2026, 4187), application_reference(2026, 4188)
RF_ONE, RF_TWO = reference_of(ONE), reference_of(TWO)


def line(
    text: str = "", structured: str = "", end_to_end: str | None = None, cents: int = 12000, name: str = ""
) -> BankLine:
    return BankLine(
        account="A",
        entry="B1",
        place=0,
        money=usd(cents),
        credit=True,
        booked_on=ON,
        value_on=ON,
        text=text,
        creditor_reference=structured,
        end_to_end=end_to_end,
        other=Party(name=name),
    )


@pytest.mark.rule("PAY-02")
def test_the_structured_reference_wins_then_the_text_then_the_payers_own_id() -> None:
    assert references_of(line(text=RF_TWO, structured=printed(RF_ONE), end_to_end=RF_TWO)) == (RF_ONE,)
    assert references_of(line(text=f"fee {printed(RF_TWO)}", structured="RF00WRONG", end_to_end=RF_ONE)) == (RF_TWO,)
    assert references_of(line(text="fee", end_to_end=RF_ONE)) == (RF_ONE,)
    assert references_of(line(text="exam fee, level 3", end_to_end="1234")) == ()


@pytest.mark.scenario(73)
@pytest.mark.rule("PAY-02")
def test_swapped_digits_place_nothing_and_only_propose() -> None:
    swapped = RF_ONE[:2] + RF_ONE[3] + RF_ONE[2] + RF_ONE[4:]
    credit = line(text=swapped)
    assert divide(credit, {RF_ONE: usd(12000)}) == ()
    waiting = [
        Awaited(application=ONE, reference=RF_ONE, owed=usd(9900)),
        Awaited(application=TWO, reference=RF_TWO, owed=usd(12000)),
    ]
    assert [(one.application, one.why) for one in propose(credit, waiting)] == [(ONE, ("near_reference",))]


def test_one_reference_takes_all_whatever_is_owed() -> None:
    for cents in (9500, 12000, 50000):
        assert [(one.reference, one.money) for one in divide(line(RF_ONE, cents=cents), {})] == [(RF_ONE, usd(cents))]


@pytest.mark.parametrize(("cents", "parts"), [(24000, 2), (23999, 0), (24001, 0), (12000, 0)])
def test_two_references_share_a_credit_only_to_the_cent(cents: int, parts: int) -> None:
    owed = {RF_ONE: usd(10000), RF_TWO: usd(14000)}
    shares = divide(line(f"{RF_ONE} {RF_TWO}", cents=cents), owed)
    assert len(shares) == parts
    assert sum(share.money.amount for share in shares) in (0, cents)


def test_a_reference_that_owes_nothing_or_other_money_is_for_a_person() -> None:
    both = line(f"{RF_ONE}{RF_TWO}", cents=24000)
    assert divide(both, {RF_ONE: usd(24000)}) == ()
    assert divide(both, {RF_ONE: usd(10000), RF_TWO: Money(amount=14000, currency="HKD")}) == ()
    assert divide(both, {RF_ONE: usd(24000), RF_TWO: usd(0)}) == ()


def test_amount_and_name_together_propose_and_neither_alone_does() -> None:
    waiting = [
        Awaited(application=ONE, reference=RF_ONE, owed=usd(12000), names=("CHAN, Tai Man", "陈大文")),
        Awaited(application=TWO, reference=RF_TWO, owed=usd(12000), names=("LEE Siu Ming",)),
    ]
    for name in ("MR CHAN TAI MAN", "陈大文", "chan tai-man"):
        assert [one.application for one in propose(line(name=name), waiting)] == [ONE]
    assert propose(line(name="ACME Ltd"), waiting) == ()
    assert propose(line(name="CHAN TAI MAN", cents=11999), waiting) == ()
