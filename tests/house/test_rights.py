"""Least privilege, read from the code: a role grants what the code behind its function can need, and nothing else.

The local cloud's gate proves the same by running; this finds a missing right on a path that no test takes.
"""

import pytest

from local.docs import template
from tests.house.rights import granted, needed

# A right that the reading of the code gets wrong, with the reason. Empty is best.
FILES_DECIDE = "a file decides reviews and on-site checks; money without a home is placed by page or program only"
NOT_NEEDED: dict[tuple[str, str], str] = {
    ("read_staff_file", "dynamodb:GetItem on Orders"): FILES_DECIDE,
    ("read_staff_file", "dynamodb:GetItem on Payments"): FILES_DECIDE,
}
NEEDED_ANYWAY: dict[tuple[str, str], str] = {}

each_function = pytest.mark.parametrize(
    ("logical_id", "folder"), template.functions().items(), ids=template.functions().values()
)


@each_function
def test_a_role_grants_what_the_code_can_need(logical_id: str, folder: str) -> None:
    missing = {right for right in needed(folder) - granted(logical_id) if (folder, right) not in NOT_NEEDED}
    assert not missing, f"{folder} may not:\n" + "\n".join(sorted(missing))


@each_function
def test_a_role_grants_nothing_that_the_code_cannot_need(logical_id: str, folder: str) -> None:
    surplus = {right for right in granted(logical_id) - needed(folder) if (folder, right) not in NEEDED_ANYWAY}
    assert not surplus, f"{folder} need not:\n" + "\n".join(sorted(surplus))


def test_the_reading_of_the_code_sees_what_is_there() -> None:
    assert "dynamodb:PutItem on Ledger" in needed("apply_payment")
    assert "dynamodb:PutItem on Outbox" in needed("payment_webhook")
    assert "dynamodb:GetItem on Keys" in needed("check_identity")
    assert "kms:Decrypt on FieldsKey" in needed("check_identity")
    assert "secretsmanager:GetSecretValue on CardSecret" in needed("payment_webhook")
    assert "dynamodb:Query on Applications/index/place" in needed("freeze_registrations")
    assert "dynamodb:Query on Inbox/index/due" in needed("find_due")
    assert "dynamodb:PutItem on Ledger" not in needed("notify")
    assert "events:PutEvents on Bus" in needed("relay_announcements")
    assert "ses:SendRawEmail" in needed("notify")
