"""What the letters about corrections, hearings, voids and appeals are told, read from the rows as they are now."""

from collections.abc import Callable
from typing import Any

from certification.cloud.tables.applications import Application
from certification.cloud.tables.cases import cases
from certification.cloud.tables.sittings import Sitting
from certification.policies import load_calendar, load_policy
from certification.rules.case_deadlines import appeal_due, reply_due
from certification.rules.words import Words

Values = dict[str, Any]


def _correction(application: Application, _sitting: Sitting, detail: Values) -> Values | None:
    decided = next((one for one in application.corrections if one.case == detail["case"]), None)
    return {"state": decided.state, "note": decided.note} if decided and decided.state != "asked" else None


def _ground(application: Application, code: str) -> Words:
    """The policy's words for a ground."""
    policy, _ = load_policy(application.scheme)
    grounds = policy.void.grounds if policy.void else ()
    return next((ground.words for ground in grounds if ground.code == code), Words(en=code, zh=code))


def _hearing(application: Application, _sitting: Sitting, detail: Values) -> Values | None:
    case = cases.read(detail["case"])
    if case.decision is not None:
        return None
    policy, _ = load_policy(application.scheme)
    due = reply_due(case.opened_at, policy, load_calendar(policy.calendar))
    return {"ground": _ground(application, case.facts["ground"]), "reply_by": due.due}


def _voided(application: Application, _sitting: Sitting, _detail: Values) -> Values | None:
    void = application.void
    if void is None or void.reinstated_at is not None:
        return None
    policy, _ = load_policy(application.scheme)
    by = appeal_due(void.at, policy, load_calendar(policy.calendar)).due if policy.void else None
    return {"ground": _ground(application, void.ground), "appeal_by": by}


def _appeal(_application: Application, _sitting: Sitting, detail: Values) -> Values | None:
    case = cases.read(detail["case"])
    return {"note": case.decision.note} if case.decision else None


ABOUT_LIFE: dict[str, Callable[[Application, Sitting, Values], Values | None]] = {
    "CorrectionDecided": _correction,
    "VoidHearingOpened": _hearing,
    "ApplicationVoided": _voided,
    "ApplicationReinstated": lambda *_: {},
    "AppealRefused": _appeal,
}
