"""PAYOUTS: what a provider sends to our bank account, in its own bill and on the bank's statement.

In words: a provider's bill says that it paid out, days before the bank says that something came. Until then the money is
on its way. A credit is that payout when it carries the payout's own reference, wherever in the line, and has its amount
to the cent. Nothing else proves it: the amount alone, or the provider's name, is for a person.
"""

from collections.abc import Iterable

from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.numbers import squeeze
from certification.rules.payments import Method
from certification.rules.statements import BankLine

SHORTEST = 6
"""Characters of a reference that may prove anything: a shorter one stands in many texts by chance."""


class Payout(Frozen):
    """What a provider says it paid out. `references` are its own id, and what it gave the bank to show, if anything."""

    provider: Method
    references: tuple[str, ...]
    money: Money


def proven(line: BankLine, payouts: Iterable[Payout]) -> Payout | None:
    """The payout that a line on our account is; None where none is proven, or where two would be."""
    if not line.credit or line.reversal or line.returned:
        return None
    said = _letters(f"{line.creditor_reference} {line.text} {line.end_to_end or ''}")
    found = [one for one in payouts if one.money == line.money and any(_stands(each, said) for each in one.references)]
    return found[0] if len(found) == 1 else None


def _stands(reference: str, said: str) -> bool:
    compact = _letters(reference)
    return len(compact) >= SHORTEST and compact in said


def _letters(text: str) -> str:
    """Banks leave out what is neither letter nor digit."""
    return "".join(filter(str.isalnum, squeeze(text)))
