"""Every part of the candidates' API. Its function serves them, the document describes them, a test asks each."""

from certification.api import (
    account,
    applications,
    appointments,
    choices,
    commitments,
    corrections,
    courses,
    education,
    hearings,
    own_account,
    profile,
    refunds,
    reports,
)

PARTS = (
    account.routes,
    own_account.routes,
    profile.routes,
    education.routes,
    applications.routes,
    refunds.routes,
    appointments.routes,
    choices.routes,
    corrections.routes,
    courses.routes,
    hearings.routes,
    commitments.routes,
    reports.routes,
)
