"""WHOSE MONEY: which application a credit on our bank account belongs to.

In words: the structured reference decides; else the references found in what the payer wrote, with all spaces taken out;
else the payer's own end-to-end id, if it is one of ours. Nothing else ever decides: the amount and the payer's name only
make a proposal to a person. One credit with several references is divided only if what they owe adds up to it exactly.
Money that a bank sends back to us is never a payment, whatever its text says: it belongs to the refund that came back.
"""

from collections.abc import Iterable, Mapping

from certification.rules.model import Frozen
from certification.rules.money import Money
from certification.rules.numbers import squeeze
from certification.rules.payee import words_of
from certification.rules.reference import LENGTH, found_in, valid
from certification.rules.statements import BankLine

MOST_PROPOSED = 5
_NEAR = 2


class Share(Frozen):
    """The part of a credit that belongs to one reference."""

    reference: str
    money: Money


class Awaited(Frozen):
    """An application that waits for money: its reference, what is still owed, and how its person is called."""

    application: str
    reference: str
    owed: Money
    names: tuple[str, ...] = ()


class Proposal(Frozen):
    """An application this credit might be for; `why` are codes: `amount`, `name`, `near_reference`."""

    application: str
    why: tuple[str, ...]


def references_of(line: BankLine) -> tuple[str, ...]:
    """The references a credit carries, by the strongest place that has one."""
    structured = squeeze(line.creditor_reference)
    if valid(structured):
        return (structured,)
    return found_in(line.text) or found_in(line.end_to_end or "")


def divide(line: BankLine, owed: Mapping[str, Money]) -> tuple[Share, ...]:
    """Who gets how much of a credit; nothing when a person must say. `owed` is what each reference it carries waits for."""
    references = references_of(line)
    if len(references) == 1:
        return (Share(reference=references[0], money=line.money),)
    amounts = [owed.get(reference) for reference in references]
    known = [money for money in amounts if money is not None and money.amount > 0]
    if not references or len(known) < len(references) or {money.currency for money in known} != {line.money.currency}:
        return ()
    if sum(money.amount for money in known) != line.money.amount:
        return ()
    return tuple(Share(reference=one, money=money) for one, money in zip(references, known, strict=True))


def propose(line: BankLine, waiting: Iterable[Awaited]) -> tuple[Proposal, ...]:
    """The likeliest applications, best first: a reference that is nearly right, then amount and name together."""
    pieces = _pieces(line)
    payer = words_of(f"{line.other.name} {line.text}")
    found: list[tuple[int, Proposal]] = []
    for one in waiting:
        near = any(_distance(piece, one.reference) <= _NEAR for piece in pieces)
        amount = one.owed == line.money
        name = any(words_of(name) and words_of(name) <= payer for name in one.names)
        why = [code for code, so in (("near_reference", near), ("amount", amount), ("name", name)) if so]
        if near or (amount and name):
            found.append((-len(why) - 2 * near, Proposal(application=one.application, why=tuple(why))))
    return tuple(proposal for _, proposal in sorted(found, key=lambda one: (one[0], one[1].application)))[
        :MOST_PROPOSED
    ]


def _pieces(line: BankLine) -> list[str]:
    """Every stretch of the text that could be a reference with a slip in it."""
    answer = []
    for written in (line.creditor_reference, line.text, line.end_to_end or ""):
        text = squeeze(written)
        answer += [text[place : place + LENGTH] for place in range(max(0, len(text) - LENGTH + 1))]
    return answer


def _distance(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
