"""COMPARING: what stands out in an application that rests on a commitment, so that a person looks (CHK-12).

In words: the policy lists the comparisons. Somebody who graduated younger than so many years, who worked younger than so
many, or whose date of birth, education or graduation differ from what they confirmed for an earlier application, is
looked at more closely. A comparison accuses nobody: it opens a check, which the candidate answers and a person decides.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.words import Because

STEADY = ("date_of_birth", "education", "school", "graduated_on")
"""Answers that do not change from one year to the next."""


class Declared(Frozen):
    """What the comparisons look at. `before` and `now` are fingerprints of answers: of the last application, and of this."""

    born: date | None
    graduated: tuple[date, ...] = ()
    worked_since: tuple[date, ...] = ()
    before: Mapping[str, str] = {}
    now: Mapping[str, str] = {}


def stands_out(policy: Policy, declared: Declared) -> tuple[Because, ...]:
    """Every comparison of the policy that stands out, in its order."""
    found = []
    for rule in policy.checks.smart if policy.checks else ():
        words = {
            "age_at_graduation": _young(declared.born, declared.graduated, rule.limit, "graduated", "毕业"),
            "age_at_first_work": _young(declared.born, declared.worked_since, rule.limit, "worked", "参加工作"),
            "changed_since_last_application": _changed(declared),
        }[rule.compares]
        if words is not None:
            found.append(words)
    return tuple(found)


def _young(born: date | None, days: Iterable[date], limit: int | None, en: str, zh: str) -> Because | None:
    first = min(days, default=None)
    if born is None or first is None or limit is None:
        return None
    age = first.year - born.year - ((first.month, first.day) < (born.month, born.day))
    if age >= limit:
        return None
    return Because(
        en=f"As declared, this person {en} at the age of {age}, below {limit}.",
        zh=f"按填报信息，{zh}时年龄为{age}岁，低于{limit}岁。",
        rules=("CHK-12",),
    )


def _changed(declared: Declared) -> Because | None:
    changed = [code for code in STEADY if code in declared.before and declared.before[code] != declared.now.get(code)]
    if not changed:
        return None
    return Because(
        en=f"Declared otherwise than in the last application: {', '.join(changed)}.",
        zh=f"与上一次报名填报不一致：{'、'.join(changed)}。",
        rules=("CHK-12",),
    )
