"""Whether an account named for a refund can be used, and what the days of a transfer mean."""

from datetime import UTC, date, datetime, timedelta

import pytest

from certification.policies import load_calendar, load_policy
from certification.rules.errors import Refused
from certification.rules.payee import ACCOUNT_REASONS, check_payee, needs_another_account
from certification.rules.refund_life import RefundState, sent_again, sent_before
from certification.rules.statements import Party
from certification.rules.transfers import counts_from, grace_ends

NAMES = ("陈样本", "CHEN, Yangben")
OWN = Party(name="Yangben  Chen", account="012-345678-902", bank="sampHKhh")


@pytest.mark.rule("REF-04")
@pytest.mark.parametrize("name", ["CHEN Yangben", "yangben chen", "Chén Yangben", "陈样本", " 陈样本 "])
def test_the_holder_is_called_as_the_candidate_in_either_writing(name: str) -> None:
    taken = check_payee(OWN.model_copy(update={"name": name}), NAMES)
    assert (taken.account, taken.bank) == ("012345678902", "SAMPHKHH")


@pytest.mark.rule("REF-04")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Chen"}, "holder"),
        ({"name": "Chen Yangben Ltd"}, "holder"),
        ({"name": ""}, "holder"),
        ({"account": "1234"}, "number"),
        ({"account": "NL15MOCK0000000002"}, "number"),
        ({"account": "1" * 35}, "number"),
        ({"account": "12345;678"}, "number"),
        ({"bank": "SAMPHK"}, "bank"),
        ({"bank": "SAMP HK HH X"}, "bank"),
    ],
)
def test_anything_else_is_refused_with_its_field(change: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        check_payee(OWN.model_copy(update=change), NAMES)
    assert refused.value.field == field


def test_an_iban_with_right_check_digits_is_taken_and_nobody_without_a_name_gets_money() -> None:
    assert check_payee(OWN.model_copy(update={"account": "NL14 MOCK 0000 0000 02"}), NAMES).account.startswith("NL14")
    with pytest.raises(Refused):
        check_payee(OWN, ("", "…"))


@pytest.mark.rule("REF-04")
@pytest.mark.parametrize("why", sorted(ACCOUNT_REASONS))
def test_an_account_that_could_not_take_the_money_is_not_tried_again(why: str) -> None:
    assert needs_another_account(RefundState.RETURNED, why)
    assert needs_another_account(RefundState.FAILED, why)


@pytest.mark.rule("REF-04")
def test_what_was_not_the_accounts_fault_goes_to_the_same_account_again() -> None:
    assert not needs_another_account(RefundState.FAILED, "FF01")
    assert not needs_another_account(RefundState.RETURNED, "MS03")
    assert needs_another_account(RefundState.RETURNED, "")
    assert not needs_another_account(RefundState.FAILED, None)


def test_a_refund_knows_the_one_it_follows() -> None:
    assert sent_before("RFD-1") is None
    assert [sent_before("RFD-1.2"), sent_before("RFD-1.3"), sent_before("RFD-1.11")] == ["RFD-1", "RFD-1.2", "RFD-1.10"]
    assert sent_before(sent_again("RFD-1.9")) == "RFD-1.9"


@pytest.mark.rule("PAY-02")
def test_a_transfer_counts_from_the_start_of_its_value_day_in_the_schemes_zone() -> None:
    policy, _ = load_policy("cgptc")
    midnight = datetime(2026, 12, 7, 16, 0, tzinfo=UTC)  # the end of 7 December in Hong Kong
    assert counts_from(date(2026, 12, 7), policy.zone) <= midnight
    assert counts_from(date(2026, 12, 8), policy.zone) > midnight


@pytest.mark.rule("PAY-02")
def test_the_grace_is_five_working_days_after_the_due_day() -> None:
    policy, _ = load_policy("cgptc")
    calendar = load_calendar(policy.calendar)
    monday = datetime(2026, 12, 7, 16, 0, tzinfo=UTC)
    assert grace_ends(monday, policy, calendar) == monday + timedelta(days=7)
    ungraced = policy.model_copy(update={"payment": policy.payment.model_copy(update={"transfer_grace": None})})
    assert grace_ends(monday, ungraced, calendar) == monday
