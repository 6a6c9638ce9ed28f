"""Who may do this: the session and the staff member's row are read again, whatever the edge of the API said before."""

from certification.acts.sessions import fingerprint
from certification.cloud import clock
from certification.cloud.tables.sessions import Session, sessions
from certification.cloud.tables.staff import Role, StaffMember, staff
from certification.rules.codes import SessionAnswer
from certification.rules.codes import session as live
from certification.rules.errors import Forbidden, NotSignedIn

MAY_PUBLISH_SITTINGS: tuple[Role, ...] = ("supervisor",)
MAY_PUBLISH_NOTICES: tuple[Role, ...] = ("supervisor",)
MAY_RECORD: tuple[Role, ...] = ("supervisor",)
MAY_REVIEW: tuple[Role, ...] = ("reviewer",)
MAY_IMPORT_MARKS: tuple[Role, ...] = ("results_officer",)
MAY_RELEASE: tuple[Role, ...] = ("results_officer", "supervisor")


def session_of(session_id: str | None) -> Session:
    """The session behind an id; `NotSignedIn` when there is none alive. Keeping it alive is the authorizer's work."""
    found = sessions.find(fingerprint(session_id)) if session_id and len(session_id) <= 100 else None
    if found is None or live(clock.now(), found.created_at, found.seen_at) is not SessionAnswer.LIVE:
        raise NotSignedIn
    return found


def candidate(session_id: str | None) -> str:
    """The id of the candidate who is signed in; `Forbidden` for staff."""
    session = session_of(session_id)
    if session.kind != "candidate":
        raise Forbidden
    return session.subject


def staff_member(session_id: str | None) -> StaffMember:
    """The member of staff who is signed in; `Forbidden` for candidates and for who is no longer on the staff."""
    session = session_of(session_id)
    member = staff.find(session.subject) if session.kind == "staff" else None
    if member is None:
        raise Forbidden
    return member


def must_be(member: StaffMember, roles: tuple[Role, ...]) -> None:
    """`Forbidden` unless the member has one of these roles now."""
    if not set(roles) & set(member.roles):
        raise Forbidden
