"""Reading work from a form: jobs, leave for study, certificates held. A block that is left empty is left out.

Blocks are numbered in the order of the page (`jobs_0_since`); what a rule refuses by the order of the answers
(`jobs.0.since`) is led back to its block.
"""

import re
from collections.abc import Callable

from certification.portal.forms import Form
from certification.rules.work import HeldCertificate, StudyLeave, WorkHistory, WorkPeriod

KINDS = ("jobs", "leaves", "certificates")


class WorkForm:
    """One reading: the history, and where each of its entries stands on the page."""

    def __init__(self, form: Form, most: dict[str, int], fields: list[str], certificates: list[str]) -> None:
        self._form, self._fields, self._certificates = form, fields, certificates
        self.names: dict[str, str] = {}
        self.history = WorkHistory(
            jobs=tuple(self._entries("jobs", most, self._job)),
            leaves=tuple(self._entries("leaves", most, self._leave)),
            certificates=tuple(self._entries("certificates", most, self._certificate)),
            workplace=form.text("workplace"),
        )

    def _entries[T](self, kind: str, most: dict[str, int], read: Callable[[str], T | None]) -> list[T]:
        found: list[T] = []
        for number in range(most[kind]):
            name = f"{kind}_{number}"
            entry = read(name)
            if entry is not None:
                for field in ("employer", "duties", "field", "since", "until", "issued", "number", "code"):
                    self.names[f"{kind}.{len(found)}.{field}"] = f"{name}_{field}"
                found.append(entry)
        return found

    def _job(self, name: str) -> WorkPeriod | None:
        form = self._form
        employer, duties = form.text(f"{name}_employer"), form.text(f"{name}_duties")
        since, until = form.day(f"{name}_since"), form.day(f"{name}_until")
        field = form.chosen(f"{name}_field", self._fields)
        touched = employer or duties or field or until or f"{name}_until" in form.errors
        if not (touched or since or f"{name}_since" in form.errors):
            return None
        if since is None:
            form.wrong(f"{name}_since", "work.since_missing")
            return None
        part_time = form.chosen(f"{name}_time", ("full", "part")) == "part"
        return WorkPeriod(
            employer=employer, duties=duties, field=field or None, full_time=not part_time, since=since, until=until
        )

    def _leave(self, name: str) -> StudyLeave | None:
        form = self._form
        since, until = form.day(f"{name}_since"), form.day(f"{name}_until")
        if since is None:
            if until or f"{name}_until" in form.errors:
                form.wrong(f"{name}_since", "work.since_missing")
            return None
        return StudyLeave(since=since, until=until)

    def _certificate(self, name: str) -> HeldCertificate | None:
        form = self._form
        code, number = form.chosen(f"{name}_code", self._certificates), form.text(f"{name}_number")
        issued = form.day(f"{name}_issued")
        if not (code or number or issued or f"{name}_issued" in form.errors):
            return None
        if not code:
            form.wrong(f"{name}_code", "work.certificate_missing")
        if issued is None:
            form.wrong(f"{name}_issued", "work.issued_missing")
        return HeldCertificate(code=code, number=number, issued=issued) if code and issued else None


def blocks[T](form: Form | None, kind: str, stored: tuple[T, ...], more: str, most: int) -> list[T | None]:
    """What to show: the stored entries, those that were typed, and an empty one where none is or one more was asked for."""
    typed = 0
    if form:
        numbers = [
            int(name.split("_")[1])
            for name, text in form.typed.items()
            if re.match(rf"{kind}_\d{{1,2}}_", name, re.ASCII) and text and not name.endswith("_time")
        ]
        typed = max(numbers, default=-1) + 1
    wanted = max(1 if kind == "jobs" else 0, max(len(stored), typed) + (more == kind))
    shown: list[T | None] = [*stored]
    return (shown + [None] * wanted)[: min(wanted, most)]
