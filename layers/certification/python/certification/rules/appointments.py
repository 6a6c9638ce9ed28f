"""APPOINTMENTS: coming in person for the on-site check.

In words: a province's notice of on-site checks names time, place and manner, and may name slots, each with so many
places (CHK-07). Whoever has to come books one place in one slot of their region, until the slot begins, and may change
or give it back until then; a place given back is free for others at once. Who has to come: whoever belongs to a class
that the policy checks on site (CHK-05). What is decided there counts for that exam: a pass is remembered for every later
application for it, and payment opens (EDU-18, EDU-19); whoever did not come may book again.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from certification.rules.deadlines import is_open
from certification.rules.errors import Refused
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_applying import CandidateClass

MOST_PLACES = 500


class Slot(Frozen):
    """One time at which so many people can come; it is named by its beginning."""

    starts: AwareDatetime
    ends: AwareDatetime
    places: int = Field(ge=1, le=MOST_PLACES)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends <= self.starts:
            raise ValueError("a slot ends after it begins")
        return self


def must_come(policy: Policy, classes: Collection[CandidateClass]) -> bool:
    """Whether somebody of these classes is checked on site before paying (CHK-05)."""
    return bool(policy.checks and set(policy.checks.on_site) & set(classes))


def bookable(slots: Iterable[Slot], starts: datetime, now: datetime) -> Slot:
    """The slot that begins then. Raises Refused when the notice names none, or it has begun."""
    slot = next((one for one in slots if one.starts == starts), None)
    if slot is None:
        raise _refused(
            "no_such_slot", "The notice names no such time. Choose one of the list.", "无此时段，请从列表中选择。"
        )
    if not is_open(now, None, slot.starts):
        raise _refused("slot_begun", "This time has begun. Choose a later one.", "该时段已开始，请选择其他时段。")
    return slot


def full() -> Refused:
    """Every place of a slot is taken."""
    return _refused("slot_full", "Every place at this time is taken. Choose another.", "该时段已约满，请选择其他时段。")


def nothing_to_book() -> Refused:
    """No on-site check of this application waits."""
    return _refused("no_on_site_check", "No on-site check of this application is open.", "本次报名没有待办的现场核查。")


def must_be_changeable(booked: datetime, now: datetime) -> None:
    """An appointment may be changed or given back until it begins."""
    if not is_open(now, None, booked):
        raise _refused("appointment_begun", "Your appointment has begun.", "您预约的时段已开始，不能变更。")


def _refused(code: str, en: str, zh: str) -> Refused:
    return Refused(code, en, zh, rules=("CHK-07",), field="starts")
