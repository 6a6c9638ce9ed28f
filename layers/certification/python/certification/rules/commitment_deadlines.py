"""COMMITMENT DEADLINES: until when it is signed, proofs are handed in, and a check is answered.

In words: the policy says until when (the close of registration). Whoever confirmed in time has at least so long as the
policy says, however long our own screening took, but never beyond the close of payment. Whoever comes to the proofs by
their own act, declining or taking a commitment back, does so at their own risk. We advise one day earlier (COM-14).
"""

from datetime import datetime, timedelta

from certification.rules.calendars import WorkingCalendar, day_of
from certification.rules.deadlines import Deadline, begins_before, closings, elapsed, window_end
from certification.rules.policy import Policy
from certification.rules.sitting import SittingDates
from certification.rules.words import Because


def signature_due(
    confirmed: datetime, now: datetime, dates: SittingDates, policy: Policy, calendar: WorkingCalendar
) -> Deadline:
    """Until when the commitment may be signed. Whoever confirmed in time keeps `at_least`, however long we screened."""
    if policy.commitment is None:
        raise ValueError("this scheme has no commitment to sign")
    because = Because(
        en="Sign the commitment, or choose to hand in proofs, before registration closes.",
        zh="请在报名截止前签署承诺书，或选择提交证明材料。",
        rules=("REG-01", "COM-04"),
    )
    due = window_end(confirmed, policy.commitment.sign, policy, calendar, because, closings(dates))
    return _not_before(due, now, dates, policy)


def proofs_due(
    confirmed: datetime, now: datetime, dates: SittingDates, policy: Policy, calendar: WorkingCalendar, *, own_act: bool
) -> Deadline:
    """Until when proofs may be handed in. `own_act`: the candidate came here by declining or withdrawing, at own risk."""
    if policy.commitment is None or policy.commitment.proofs is None:
        raise ValueError("this scheme does not say which proofs are handed in")
    because = Because(
        en="Hand in your proofs before the time to enter information ends. Later it is at your own risk.",
        zh="请在信息录入截止前上传证明材料，逾期后果自负。",
        rules=("COM-14", "COM-09"),
    )
    due = window_end(confirmed, policy.commitment.proofs.due, policy, calendar, because, closings(dates))
    return due if own_act else _not_before(due, now, dates, policy)


def proofs_advised(due: datetime, policy: Policy, calendar: WorkingCalendar) -> datetime:
    """By when we advise to have handed in the proofs: one day before (COM-14)."""
    proofs = policy.commitment.proofs if policy.commitment else None
    return begins_before(due, proofs.advised, calendar, policy.zone) if proofs and proofs.advised else due


def _not_before(deadline: Deadline, now: datetime, dates: SittingDates, policy: Policy) -> Deadline:
    """The deadline, moved so that our own delay takes nothing away; never beyond the close of payment."""
    proofs = policy.commitment.proofs if policy.commitment else None
    if proofs is None or proofs.at_least is None:
        return deadline
    due = max(deadline.due, min(now + elapsed(proofs.at_least), dates.payment_closes))
    return deadline.model_copy(update={"due": due, "last_day": day_of(due - timedelta(microseconds=1), policy.zone)})


def check_answer_due(requested: datetime, policy: Policy, calendar: WorkingCalendar) -> Deadline:
    """By when a candidate answers a check of their commitment."""
    if policy.checks is None:
        raise ValueError("this scheme has no checks")
    because = Because(
        en="Hand in what the check asks for until then. Missing it counts as refusing it.",
        zh="请在此之前配合核查并提交材料，逾期视为拒绝核查。",
        rules=("CHK-13", "CHK-15", "CHK-16"),
    )
    return window_end(requested, policy.checks.answer, policy, calendar, because)
