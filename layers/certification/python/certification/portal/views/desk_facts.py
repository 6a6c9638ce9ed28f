"""What a case says about itself, in words: codes, amounts, dates, people and places as the reader knows them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from certification.cloud.tables.cases import Case
from certification.cloud.tables.sittings import sittings
from certification.cloud.tables.staff import staff
from certification.policies import load_policy
from certification.portal.views.correction import words as words_of_field
from certification.portal.views.speech import Speech
from certification.rules.cases import CaseKind
from certification.rules.money import Money
from certification.rules.policy_codes import words_of_codes
from certification.rules.reconciliation import SAYS, Class
from certification.rules.status import Status
from certification.rules.waits import waits_for
from certification.rules.words import Words

Facts = tuple[tuple[str, str], ...]
Said = Callable[[str, Case, Speech], str]


def facts(case: Case, say: Speech) -> Facts:
    """Rows for the case's page, in the order of `SAID`. What has no value, and what only the system needs, is left out.

    A value that its reader cannot take (kept by an older version) is shown as it was written.
    """
    known = sorted((key for key in case.facts if not key.startswith("look_at")), key=_place)
    rows = ((key, _said(key, case.facts[key], case, say)) for key in known if key not in HIDDEN and case.facts[key])
    return tuple((say(f"fact.{key}") if say.has(f"fact.{key}") else key, words) for key, words in rows if words)


def _place(key: str) -> tuple[int, str]:
    return (ORDER.index(key) if key in ORDER else len(ORDER), key)


def _said(key: str, value: str, case: Case, say: Speech) -> str:
    try:
        return SAID.get(key, _as_written)(value, case, say)
    except (ValueError, KeyError):
        return value


def person(staff_id: str, say: Speech) -> str:
    """Who did something: a colleague by name, the system in words, anybody who left by id."""
    if say.has(f"fact.by_{staff_id}"):
        return say(f"fact.by_{staff_id}")
    found = staff.find(staff_id) if staff_id.startswith("STF-") else None
    return found.name if found else staff_id


def outcome(code: str, of_kind: Mapping[str, str], say: Speech) -> str:
    """What a case ended with: a verdict, in the words of its kind where it has its own, or why the system closed it."""
    keys = (f"staff.{of_kind.get(code, code)}", f"fact.closed_{code}")
    return next((say(key) for key in keys if say.has(key)), code)


def why(code: str, say: Speech) -> str:
    """A provider's reason in words; one that we have no words for as it came."""
    return say(f"fact.why_{code}") if say.has(f"fact.why_{code}") else code


def minor_units(text: str, say: Speech) -> str:
    """`USD 13500` (minor units, as a case keeps what a bill says) as people read it; nothing where there is nothing."""
    currency, _, minor = text.partition(" ")
    return say.amount(Money(amount=int(minor), currency=currency)) if minor else say("fact.nothing")


def _as_written(value: str, _case: Case, _say: Speech) -> str:
    return value


def _instant(value: str, _case: Case, say: Speech) -> str:
    return say.moment(datetime.fromisoformat(value))


def _day(value: str, _case: Case, say: Speech) -> str:
    return say.day(date.fromisoformat(value))


def _amount(value: str, _case: Case, _say: Speech) -> str:
    return value.replace(" ", "\N{NO-BREAK SPACE}")


def _minor(value: str, _case: Case, say: Speech) -> str:
    return minor_units(value, say)


def _person(value: str, _case: Case, say: Speech) -> str:
    return person(value, say)


def _status(value: str, _case: Case, say: Speech) -> str:
    wait = waits_for(Status(value))
    return wait.zh if say.language == "zh" else wait.en


def _coded(key: str) -> Said:
    """A code with words of its own; one that has none stands as it is."""
    return lambda value, _case, say: say(f"fact.{key}_{value}") if say.has(f"fact.{key}_{value}") else value


def _elsewhere(area: str) -> Said:
    """A code whose words another page has."""
    return lambda value, _case, say: say(f"{area}{value}") if say.has(f"{area}{value}") else value


def _of_policy(key: str) -> Said:
    """A code of the scheme's policy."""

    def said(value: str, case: Case, say: Speech) -> str:
        words = words_of_codes(load_policy(case.scheme)[0])[key] if case.scheme else {}
        return say.said(words[value])

    return said


def _fields(value: str, case: Case, say: Speech) -> str:
    policy, _ = load_policy(case.scheme or "")
    return say("notices.comma").join(words_of_field(policy, code, say) for code in value.split(", "))


def _anomaly(value: str, _case: Case, say: Speech) -> str:
    """`conflict:CAP#1`: what it is, and which fact."""
    name, _, reference = value.partition(":")
    return f"{say(f'fact.anomaly_{name}')} {reference}".strip()


def _what(value: str, case: Case, say: Speech) -> str:
    if case.kind is not CaseKind.BILL_DIFFERENCE:
        return _coded("what")(value, case, say)
    says = SAYS[Class(value)]
    return say.said(Words(en=says.en, zh=says.zh))


def _why(value: str, case: Case, say: Speech) -> str:
    """Why a photo is to be replaced, a check was asked, a payer objects; a sample needs no reason beside its mode."""
    if value == case.facts.get("mode"):
        return ""
    return _elsewhere("photo.why_" if case.kind is CaseKind.PHOTO else "fact.why_")(value, case, say)


def _sitting(value: str, _case: Case, say: Speech) -> str:
    found = sittings.find(value)
    return say.said(Words(en=found.name_en, zh=found.name_zh)) if found else value


HIDDEN = frozenset({"place"})
"""The claim on the place that was booked: the appointment says all of it."""
SAID: dict[str, Said] = {
    "asks": _coded("asks"),
    "what": _what,
    "bill": _coded("bill"),
    "anomaly": _anomaly,
    "finding": _coded("finding"),
    "application": _as_written,
    "order": _as_written,
    "amount": _amount,
    "kept": _amount,
    "refund": _as_written,
    "provider_refund": _as_written,
    "dispute": _as_written,
    "bills": _elsewhere("books.stream_"),
    "day": _day,
    "kind": _elsewhere("books.kind_"),
    "reference": _as_written,
    "in_the_bill": _minor,
    "in_our_books": _minor,
    "entry": _as_written,
    "tries": _as_written,
    "fields": _fields,
    "site": _of_policy("region"),
    "stage": _coded("stage"),
    "upload": _of_policy("upload"),
    "time": _as_written,
    "appointment": _instant,
    "mode": _coded("mode"),
    "answered_at": _instant,
    "on_paper_by": _person,
    "handed_in": _instant,
    "missed": _instant,
    "before": _as_written,
    "ground": _of_policy("grounds"),
    "opened_by": _person,
    "check": _as_written,
    "against": _status,
    "appeal": _as_written,
    "sitting": _sitting,
    "results_due": _instant,
    "holder": _as_written,
    "why": _why,
    "reason": _coded("reason"),
    "by": _person,
    "waits_in": _status,
    "since": _instant,
    "machine": _as_written,
    "state": _as_written,
    "error": _as_written,
    "difference": _as_written,
}
"""How each fact is said, in the order in which a page shows them. `tests/house` holds it against what acts write."""
ORDER = tuple(SAID)
