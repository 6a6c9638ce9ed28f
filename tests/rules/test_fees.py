"""What an application costs, line by line."""

import pytest

from certification.rules.errors import Refused
from certification.rules.fees import order_fees
from certification.rules.money import total, usd
from tests.rules.samples import POLICY


@pytest.mark.rule("FEE-01", "FEE-02")
def test_a_data_analyst_at_level_2_pays_155_dollars_in_three_lines() -> None:
    fees = order_fees(POLICY, "data_analyst", "2", "onsite")
    assert [(line.item, str(line.amount)) for line in fees.lines] == [
        ("registration", "USD 40.00"),
        ("examination", "USD 95.00"),
        ("certificate", "USD 20.00"),
    ]
    assert fees.total == usd(15500)


@pytest.mark.rule("FEE-02")
def test_the_amount_depends_on_occupation_and_level_and_form() -> None:
    amounts = {
        order_fees(POLICY, occupation, level, form).total
        for occupation, level, form in [
            ("data_analyst", "2", "onsite"),
            ("data_analyst", "2", "remote"),
            ("data_analyst", "1", "onsite"),
            ("elderly_care_worker", "2", "onsite"),
        ]
    }
    assert len(amounts) == 4


@pytest.mark.rule("FEE-02")
def test_every_price_of_the_schedule_is_in_us_dollars_and_sums_from_its_lines() -> None:
    for row in POLICY.fees.schedule:
        fees = order_fees(POLICY, row.occupation, row.level, row.form)
        assert fees.total.currency == "USD"
        assert fees.total == total([line.amount for line in fees.lines], "USD") > usd(0)


@pytest.mark.rule("FEE-03", "FEE-04")
def test_the_answer_names_the_schedule_it_comes_from_and_says_that_tax_is_outside() -> None:
    fees = order_fees(POLICY, "ai_trainer", "3", "remote")
    assert (fees.version, fees.vat) == ("cgptc-2026-2", "excluded")
    assert "tax is not included" in fees.because.en
    assert "不含增值税" in fees.because.zh


def test_only_the_certificate_fee_is_given_back_whole_when_unused() -> None:
    fees = order_fees(POLICY, "data_analyst", "2", "onsite")
    assert [line.item for line in fees.lines if line.unused_in_full] == ["certificate"]


@pytest.mark.parametrize(
    ("occupation", "level", "form"),
    [("e_commerce_specialist", "2", "onsite"), ("elderly_care_worker", "2", "remote"), ("astronaut", "2", "onsite")],
)
def test_what_is_not_offered_cannot_be_bought(occupation: str, level: str, form: str) -> None:
    with pytest.raises(Refused) as refusal:
        order_fees(POLICY, occupation, level, form)
    assert refusal.value.code == "not_offered"


@pytest.mark.rule("FEE-01")
def test_paper_and_mailing_are_one_more_line_for_who_asks_and_cost_by_where_they_go() -> None:
    without = order_fees(POLICY, "data_analyst", "2", "onsite")
    assert "mailing" not in {line.item for line in without.lines}
    for zone in POLICY.fees.mailing:
        fees = order_fees(POLICY, "data_analyst", "2", "onsite", paper=zone.code)
        assert fees.lines[:-1] == without.lines
        assert (fees.lines[-1].item, fees.lines[-1].amount.amount) == ("mailing", zone.amount)
        assert zone.words.en in fees.lines[-1].words.en
        assert fees.total == without.total + fees.lines[-1].amount
    with pytest.raises(Refused, match="paper_not_offered"):
        order_fees(POLICY, "data_analyst", "2", "onsite", paper="the_moon")
