"""FALLBACKS: what shows an education that no registry confirmed.

In words: the policy lists the ways, the preferred one first (K10): files to upload (scans of the certificates, or since
2023 the report of the mainland's verification service with the certificate in one PDF), the certificate alone for the
time being, or a visit in person. Which ways are in force depends on the day (EDU-10). A degree from outside the mainland
needs its certification instead; one that was studied inside the mainland may show a letter, where the policy takes
letters (EDU-13, EDU-14). Who was let through with the certificate alone and passes every subject hands the report in
within the policy's working days after the results, or the certificate is not issued (EDU-11, EDU-12).
"""

from collections.abc import Iterable
from datetime import date, datetime

from certification.rules.calendars import WorkingCalendar, day_of
from certification.rules.deadlines import due_after
from certification.rules.education import EducationEntry
from certification.rules.errors import Refused
from certification.rules.policy import Policy
from certification.rules.policy_applying import Fallback
from certification.rules.verification import State


def in_force(policy: Policy, day: date) -> tuple[Fallback, ...]:
    """The ways that are open on a day, in the policy's order."""
    return tuple(
        way
        for way in policy.verification.fallback
        if (way.since is None or way.since <= day) and (way.until is None or day < way.until)
    )


def uploads_for(policy: Policy, entry: EducationEntry, state: State, day: date) -> tuple[str, ...]:
    """The uploads that this entry needs before confirming; empty where it passed, or where a visit shows it."""
    if state == "passed" or "education" not in policy.verification.subjects:
        return ()
    if entry.foreign and policy.eligibility.proofs is not None and policy.eligibility.proofs.foreign_degree:
        return (policy.eligibility.proofs.foreign_degree,)
    return next((way.upload for way in in_force(policy, day) if way.upload), ())


def accepted_for(policy: Policy, entry: EducationEntry) -> tuple[str, ...]:
    """Which papers show a foreign degree in this scheme: `certificate`, and `letter` for studies inside the mainland."""
    if not entry.foreign:
        return ()
    return tuple(
        paper for paper in policy.eligibility.foreign_degrees if paper != "letter" or entry.foreign_taught_at_home
    )


def provisional(policy: Policy, day: date) -> Fallback | None:
    """The way to go on with the certificate alone for the time being, where the policy has one."""
    return next((way for way in in_force(policy, day) if way.provisional), None)


def must_be_provisional(policy: Policy, entries: Iterable[tuple[EducationEntry, State]], now: datetime) -> None:
    """Raises Refused when nothing needs to be handed in later: no such way, or every entry was confirmed."""
    waits = any(state != "passed" and not entry.foreign for entry, state in entries)
    if provisional(policy, day_of(now, policy.zone)) is None or not waits:
        raise Refused(
            "nothing_provisional",
            "There is no report of yours that could come later.",
            "您没有可以后补的学历核验报告。",
            rules=("EDU-11",),
        )


def report_due(released: datetime, policy: Policy, calendar: WorkingCalendar) -> datetime:
    """The first instant at which the report of somebody who passed is too late (EDU-12)."""
    complete = next((way.complete for way in policy.verification.fallback if way.provisional), None)
    if complete is None or complete.within is None:  # another report, where none may come later by itself
        return post_check_due(released, policy, calendar)
    return due_after(released, complete.within, calendar, policy.zone)


def post_check_due(released: datetime, policy: Policy, calendar: WorkingCalendar) -> datetime:
    """The first instant at which a desk is late with what it looks at after the results (QUA-01)."""
    if policy.post_check is None or policy.post_check.decide.within is None:
        raise ValueError("the policy does not say how long a check after the results may take")
    return due_after(released, policy.post_check.decide.within, calendar, policy.zone)


def reports_of(policy: Policy) -> tuple[str, ...]:
    """The uploads that a report is handed in as: of a degree from the mainland first, then of one from elsewhere."""
    proofs = policy.eligibility.proofs
    foreign = (proofs.foreign_degree,) if proofs is not None and proofs.foreign_degree else ()
    found = next((way.upload for way in reversed(policy.verification.fallback) if way.upload), ())
    return tuple(dict.fromkeys((*found, *foreign))) if found else ()
