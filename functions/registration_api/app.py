"""The candidates' JSON API: sign-up, profile, application, payment, documents."""

from certification.api import (
    account,
    applications,
    appointments,
    commitments,
    corrections,
    courses,
    education,
    hearings,
    own_account,
    profile,
    reports,
)
from certification.cloud.doors import door, guarded

app = door(
    account.routes,
    own_account.routes,
    profile.routes,
    education.routes,
    applications.routes,
    appointments.routes,
    corrections.routes,
    courses.routes,
    hearings.routes,
    commitments.routes,
    reports.routes,
    title="Assay: candidates",
)
handler = guarded(app)
