"""STATEMENT FILE: a bank's file as staff drop it, read whole or not at all.

In words: the first character tells the format: `<` is ISO 20022, anything else must be MT940. Every statement in it
must be of an account of ours; a file of another account was dropped by mistake. From here on the account is spelt as we
spell it, so that a line is the same line in every format: in MT940 banks write the currency behind the number.
"""

from collections.abc import Collection

from certification.rules.money import DIGITS
from certification.rules.numbers import squeeze
from certification.rules.statement_camt import read_camt
from certification.rules.statement_mt940 import read_mt940
from certification.rules.statements import Statement, StatementRefused

_MEANS_NOTHING = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"


def read_statements(content: bytes, accounts: Collection[str]) -> tuple[Statement, ...]:
    """The statements of a file, all of accounts of ours (`accounts`, as the policies spell them).

    Raises StatementRefused.
    """
    is_xml = content[:64].lstrip(_MEANS_NOTHING).startswith(b"<")
    found = read_camt(content) if is_xml else read_mt940(content)
    return tuple(_ours(statement, accounts, number) for number, statement in enumerate(found, start=1))


def _ours(statement: Statement, accounts: Collection[str], number: int) -> Statement:
    for account in accounts:
        stated, known = squeeze(statement.account), squeeze(account)
        if stated == known or (stated.startswith(known) and stated.removeprefix(known) in DIGITS):
            return statement.model_copy(update={"account": account, "lines": statement.lines.of_account(account)})
    raise StatementRefused(
        "account_unknown",
        f"statement {number}",
        f"The account ending in {statement.account[-4:]} is not one of ours.",
        f"尾号 {statement.account[-4:]} 的账户不是本机构账户。",
    )
