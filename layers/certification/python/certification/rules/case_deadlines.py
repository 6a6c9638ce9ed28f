"""CASE DEADLINES: until when a desk decides what was asked for, may be answered, or may be appealed against.

In words: a correction, a hearing and an appeal have their own times in the policy; each says by which rule.
"""

from datetime import datetime

from certification.rules.calendars import WorkingCalendar
from certification.rules.deadlines import Deadline, window_end
from certification.rules.policy import Policy
from certification.rules.policy_changes import Void
from certification.rules.words import Because


def correction_due(asked: datetime, policy: Policy, calendar: WorkingCalendar) -> Deadline:
    """When a desk must have decided a correction that was asked for (CHG-01)."""
    if policy.changes is None:
        raise ValueError("this scheme knows no corrections")
    because = Because(
        en="The desk of your place of registration decides your correction by then.",
        zh="所选报考点在此之前办理您的更正申请。",
        rules=("REG-06", "CHG-01"),
    )
    return window_end(asked, policy.changes.decide, policy, calendar, because)


def reply_due(told: datetime, policy: Policy, calendar: WorkingCalendar) -> Deadline:
    """Until when a candidate may answer before it is decided whether something is void."""
    because = Because(en="You may answer until then.", zh="您可在此之前陈述意见。", rules=("CHK-15", "CHK-16"))
    return window_end(told, _void(policy).reply, policy, calendar, because)


def hearing_due(told: datetime, policy: Policy, calendar: WorkingCalendar) -> Deadline:
    """When it must be decided whether something is void."""
    because = Because(en="It is decided by then.", zh="在此之前作出决定。", rules=("CHK-15", "CHK-16"))
    return window_end(told, _void(policy).decide, policy, calendar, because)


def appeal_due(decided: datetime, policy: Policy, calendar: WorkingCalendar) -> Deadline:
    """Until when a candidate may appeal against a rejection, a forfeit or a void."""
    because = Because(en="You may appeal until then.", zh="您可在此之前提出申诉。", rules=("CHK-03",))
    return window_end(decided, _void(policy).appeal, policy, calendar, because)


def _void(policy: Policy) -> Void:
    if policy.void is None:
        raise ValueError("this scheme declares nothing void")
    return policy.void
