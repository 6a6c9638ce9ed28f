"""Who is calling a route: the authorizer's word and the rows must agree, or the answer is no."""

from certification.acts import callers
from certification.cloud.doors import Routes
from certification.cloud.tables.staff import Role, StaffMember
from certification.rules.errors import Forbidden


def candidate(routes: Routes) -> str:
    """The id of the candidate whose request this is."""
    claimed = routes.caller()
    subject = callers.candidate(routes.session_id())
    if (claimed.kind, claimed.subject) != ("candidate", subject):
        raise Forbidden
    return subject


def member(routes: Routes, *roles: Role) -> StaffMember:
    """The member of staff whose request this is, with one of these roles where any is named."""
    claimed = routes.caller()
    found = callers.staff_member(routes.session_id())
    if (claimed.kind, claimed.subject) != ("staff", found.id):
        raise Forbidden
    if roles:
        callers.must_be(found, roles)
    return found
