"""STANDING: what a person has passed of an exam, until when, and what is missing.

In words: the standing is the fold of all result versions of one person, exam, level and specialty; for each attempt the
newest version counts. It is complete when every subject was passed within one window of consecutive units. A unit is a
sitting or a year, whether or not the person applied in it; a sitting that was called off for the person is no unit. A
scheme without rolling has a window of one. Absence, breach and void give no pass. The certificate rests on the result
versions in which the subjects of the earliest complete window were passed.
"""

from collections.abc import Iterable, Sequence

from certification.rules.model import Frozen
from certification.rules.policy_exam import Validity


class ResultVersion(Frozen):
    """One version of one attempt: the unit it counts in, and the subjects passed.

    `unit` numbers consecutive sittings of the exam, or is the year, as the policy's validity says.
    """

    reference: str
    application: str
    version: int
    unit: int
    passed: frozenset[str]


class Credit(Frozen):
    """A subject that counts: passed in `unit`, and no longer after `counts_until`."""

    subject: str
    unit: int
    counts_until: int
    rests_on: str


class Standing(Frozen):
    """Complete or not. When it is, `credits` are those the certificate rests on; else those that still count now."""

    complete: bool
    completed_in: int | None
    credits: tuple[Credit, ...]
    missing: tuple[str, ...]

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The result versions behind the credits, once each, in order."""
        return tuple(dict.fromkeys(credit.rests_on for credit in self.credits))


def standing(results: Iterable[ResultVersion], subjects: Sequence[str], validity: Validity, now: int) -> Standing:
    """The standing in unit `now`. `subjects` are those the level asks for; a waived one is not among them."""
    window = validity.window if validity.mode == "rolling" else 1
    newest: dict[str, ResultVersion] = {}
    for result in results:
        if result.application not in newest or newest[result.application].version < result.version:
            newest[result.application] = result
    attempts = sorted(newest.values(), key=lambda result: (result.unit, result.application))
    for unit in sorted({attempt.unit for attempt in attempts}):
        counting = _credits(attempts, subjects, window, unit)
        if len(counting) == len(subjects):
            return Standing(complete=True, completed_in=unit, credits=counting, missing=())
    counting = _credits(attempts, subjects, window, now)
    passed = {credit.subject for credit in counting}
    missing = tuple(subject for subject in subjects if subject not in passed)
    return Standing(complete=False, completed_in=None, credits=counting, missing=missing)


def _credits(attempts: Sequence[ResultVersion], subjects: Sequence[str], window: int, unit: int) -> tuple[Credit, ...]:
    """The newest pass of each subject within the window that ends with `unit`."""
    found: dict[str, Credit] = {}
    for attempt in attempts:
        if unit - window < attempt.unit <= unit:
            for subject in attempt.passed:
                found[subject] = Credit(
                    subject=subject,
                    unit=attempt.unit,
                    counts_until=attempt.unit + window - 1,
                    rests_on=attempt.reference,
                )
    return tuple(found[subject] for subject in subjects if subject in found)
