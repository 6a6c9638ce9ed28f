"""The candidates' JSON API: sign-up, profile, application, payment, documents."""

from certification.api import account, applications, commitments, corrections, courses, education, own_account, profile
from certification.cloud.doors import door, guarded

app = door(
    account.routes,
    own_account.routes,
    profile.routes,
    education.routes,
    applications.routes,
    corrections.routes,
    courses.routes,
    commitments.routes,
    title="Assay: candidates",
)
handler = guarded(app)
