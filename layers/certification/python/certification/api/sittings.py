"""The staff's sittings, notices and files: publish, decide and import by file; release by decision."""

from typing import Annotated

from pydantic import Field

from certification.acts import calling_off, drops, release, replays, transfer_files
from certification.acts.callers import MAY_PUBLISH_SITTINGS, MAY_RELEASE
from certification.acts.drops import Drop, StaffSitting
from certification.acts.replays import Replays
from certification.acts.sheets import Report
from certification.acts.transfer_files import TransferFile
from certification.api import bodies
from certification.api.answers import Link, StaffSittings
from certification.api.signed_in import member
from certification.cloud.doors import Routes
from certification.cloud.tables.sittings import sittings
from certification.rules.model import Frozen
from certification.rules.review import LONGEST_NOTE

Why = Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE)]


class CallOff(bodies.Body):
    """Why, in both languages, as candidates read it; and the sittings that are offered instead."""

    why_en: Why
    why_zh: Why
    instead: Annotated[list[bodies.Code], Field(max_length=10)] = []


class TransferFiles(Frozen):
    """Files of refunds for the bank, newest first."""

    files: tuple[TransferFile, ...]


routes = Routes("Sittings and files", "/api/staff", "staff")


@routes.get("/sittings")
def list_sittings() -> StaffSittings:
    """Every sitting with its stage and dates."""
    member(routes)
    return StaffSittings(sittings=drops.all_sittings())


@routes.post("/sittings/<sitting>/release")
def release_results(sitting: bodies.CodePath) -> StaffSitting:
    """Release the imported marks now instead of on the last possible day. Deciding again changes nothing."""
    who = member(routes, *MAY_RELEASE)
    release.decide(sitting, who.id)
    return drops.staff_sitting(sittings.read(sitting))


@routes.post("/sittings/<sitting>/call-off")
def call_off(sitting: bodies.CodePath, given: CallOff) -> StaffSitting:
    """Call an exam off: everybody registered is offered what the policy says. Doing it again changes nothing."""
    who = member(routes, *MAY_PUBLISH_SITTINGS)
    calling_off.call_off(who, sitting, given.why_en, given.why_zh, tuple(given.instead))
    return drops.staff_sitting(sittings.read(sitting))


@routes.get("/sittings/<sitting>/replays")
def list_replays(sitting: bodies.CodePath, after: bodies.AfterReference = "") -> Replays:
    """The confirmed applications as the rules read them, for the simulator; a page of a hundred. For who plans the scheme."""
    return replays.of_sitting(member(routes, *MAY_PUBLISH_SITTINGS), sitting, after)


@routes.post("/files/sittings")
def drop_sitting() -> Drop:
    """A form for one sitting as JSON. For supervisors."""
    return drops.ask(member(routes), "sittings")


@routes.post("/files/decisions/<scheme>")
def drop_decisions(scheme: bodies.CodePath) -> Drop:
    """A form for decisions on waiting applications as CSV. For reviewers."""
    return drops.ask(member(routes), "decisions", scheme)


@routes.post("/files/marks/<sitting>")
def drop_marks(sitting: bodies.CodePath) -> Drop:
    """A form for the marks of one sitting as CSV. For results officers."""
    return drops.ask(member(routes), "marks", sitting)


@routes.post("/files/notices")
def drop_notice() -> Drop:
    """A form for one version of a notice as YAML. For supervisors."""
    return drops.ask(member(routes), "notices")


@routes.post("/files/integrity/<scheme>")
def drop_integrity(scheme: bodies.CodePath) -> Drop:
    """A form for entries of the integrity register as CSV, in the time zone of a scheme. For supervisors."""
    return drops.ask(member(routes), "integrity", scheme)


@routes.post("/files/statements/<scheme>")
def drop_statement(scheme: bodies.CodePath) -> Drop:
    """A form for a statement of the bank, or its answer to a file of ours. For the money desk's reviewers."""
    return drops.ask(member(routes), "statements", scheme)


@routes.get("/files/transfers")
def list_transfer_files() -> TransferFiles:
    """The newest files of refunds for the bank, of the money desks the caller works at."""
    return TransferFiles(files=transfer_files.written(member(routes)))


@routes.get("/files/transfers/<scheme>/<message>")
def download_transfer_file(scheme: bodies.CodePath, message: bodies.CodePath) -> Link:
    """A short-lived address of one file of refunds (pain.001), to be sent to the bank once."""
    return Link(url=transfer_files.address(member(routes), scheme, message))


@routes.get("/files/report")
def read_report(key: bodies.FileKey) -> Report:
    """The report that answers a dropped file: whether it counts, and every row that is wrong."""
    return drops.report(member(routes), key)
