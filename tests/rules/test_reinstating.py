"""Where a void that was taken back leads, when the fee had gone back with it."""

import pytest

from certification.rules.reinstating import goes_on
from certification.rules.status import Status

S = Status


@pytest.mark.rule("REF-06")
@pytest.mark.parametrize(
    ("earlier", "went_back", "payment_open", "status", "case"),
    [
        (S.REGISTERED, False, True, S.REGISTERED, False),
        (S.REGISTERED, False, False, S.REGISTERED, False),
        (S.REGISTERED, True, True, S.AWAITING_PAYMENT, False),
        (S.REGISTERED, True, False, S.REGISTERED, True),
        (S.AWAITING_PAYMENT, True, True, S.AWAITING_PAYMENT, False),
        (S.SEATED, True, True, S.SEATED, True),
        (S.PASSED, True, False, S.PASSED, True),
        (S.PASSED, False, False, S.PASSED, False),
    ],
)
def test_only_who_has_paid_is_registered_and_nobody_loses_a_right_because_payment_has_closed(
    earlier: Status, went_back: bool, payment_open: bool, status: Status, case: bool
) -> None:
    found = goes_on(earlier, fee_went_back=went_back, payment_open=payment_open)
    assert (found.status, found.fee_case) == (status, case)
