"""POLICY, changes: which field may be changed at which stage, and what makes a registration void (CHG-03, CHK-15, CHK-16)."""

from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Literal

from pydantic import Field

from certification.rules.model import Frozen
from certification.rules.policy_applying import Code
from certification.rules.spans import Window
from certification.rules.words import Words

Consequence = Literal["rescreen", "resign", "reprice", "reticket"]
VoidScope = Literal["registration", "sitting_scores", "certificate"]


class Stage(StrEnum):
    """How far an application has come, as far as changing its data goes. The order is that of life."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    PAID = "paid"
    TICKET_OPEN = "ticket_open"
    TICKET_CLOSED = "ticket_closed"
    EXAM_OVER = "exam_over"
    CERTIFIED = "certified"


class ChangeRule(Frozen):
    """Who may change these fields at these stages: the candidate at once, a desk by a correction case, or staff alone.

    A field and stage that no rule names cannot be changed by anybody. `then`: what must be done again.
    """

    fields: tuple[Code, ...] = Field(min_length=1)
    stages: tuple[Stage, ...] = Field(min_length=1)
    who: Literal["candidate", "case", "staff"]
    evidence: Literal["needed", "welcome"] | None = None
    then: tuple[Consequence, ...] = ()


class Changes(Frozen):
    """CHG-01..03: the matrix, and how soon a desk answers a correction."""

    decide: Window
    rules: tuple[ChangeRule, ...] = Field(min_length=1)


class VoidGround(Frozen):
    """Why something is void, and how much of it."""

    code: Code
    scope: VoidScope
    words: Words


class Void(Frozen):
    """CHK-15, CHK-16: the grounds, how long the person may answer, how soon it is decided, by one or two, and appeals."""

    grounds: tuple[VoidGround, ...] = Field(min_length=1)
    reply: Window
    decide: Window
    needs_two: bool
    appeal: Window


def gaps_in_changes(changes: Changes, fields: Collection[str]) -> Iterator[str]:
    """Fields that the policy does not have, two rules for one field at one stage, and a photo the candidate changes."""
    seen: set[tuple[str, Stage]] = set()
    for number, rule in enumerate(changes.rules, 1):
        yield from (f"changes.rules[{number}]: unknown field {code}" for code in rule.fields if code not in fields)
        for place in ((code, stage) for code in rule.fields for stage in rule.stages):
            if place in seen:
                yield f"changes.rules[{number}]: {place[0]} at {place[1]} has a rule already"
            seen.add(place)
        if rule.who == "candidate" and set(rule.stages) != {Stage.DRAFT}:
            yield f"changes.rules[{number}]: the candidate changes a draft only; afterwards it is a case (REG-06)"
        if "photo" in rule.fields and rule.who == "case":
            yield f"changes.rules[{number}]: the photo is never changed on the candidate's wish (CHG-03)"
