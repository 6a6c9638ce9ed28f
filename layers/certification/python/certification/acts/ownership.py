"""Whose row it is: another person's looks like one that does not exist."""

from certification.cloud.tables.applications import Application, applications
from certification.rules.errors import NotFound


def own_application(candidate_id: str, reference: str) -> Application:
    """The candidate's application, or `NotFound`."""
    application = applications.find(reference) if len(reference) < 40 else None
    if application is None or application.candidate != candidate_id:
        raise NotFound("application")
    return application
