"""What letters about accounts are told, read from the rows as they are now, and where a notice of a change goes."""

from collections.abc import Callable
from typing import Any

from certification.acts.people import on_paper
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import cases
from certification.policies import load_policy
from certification.rules.account_help import decided_from
from certification.rules.review import Verdict

Values = dict[str, Any]
TO_BOTH = frozenset({"EmailChanged", "PhoneChanged", "AccountRecovered"})
"""Letters that go to the address or number in use before the change as well."""


def _asked(detail: Values) -> Values:
    case = cases.read(detail["case"])
    zone = load_policy(case.scheme)[0].time_zone if case.scheme else "Asia/Hong_Kong"
    return {"asks": detail["asks"], "decided_from": decided_from(case.opened_at), "zone": zone}


def _decided(detail: Values) -> Values:
    decision = cases.read(detail["case"]).decision
    note = decision.note if decision else ""
    return {"asks": detail["asks"], "granted": detail["outcome"] == "granted", "note": note}


def _name_decided(detail: Values) -> Values:
    decision = cases.read(detail["case"]).decision
    return {
        "granted": decision is not None and decision.outcome == Verdict.APPROVE,
        "note": decision.note if decision else "",
        "on_paper": on_paper(candidates.read(detail["candidate"])),
    }


ABOUT_ACCOUNT: dict[str, Callable[[Values], Values | None]] = {
    "EmailChanged": lambda _: {},
    "PhoneChanged": lambda _: {},
    "PhoneDetached": lambda _: {},
    "AnswerReserved": lambda _: {},
    "AccountRecovered": lambda _: {},
    "AccountSearched": lambda detail: {"registering": detail["registering"] == "yes"},
    "AccountHelpAsked": _asked,
    "AccountHelpDecided": _decided,
    "NamePrintingDecided": _name_decided,
}
