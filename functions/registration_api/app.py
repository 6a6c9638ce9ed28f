"""The candidates' JSON API: sign-up, profile, application, payment, documents."""

from certification.api import account, applications, profile
from certification.cloud.doors import door, guarded

app = door(account.routes, profile.routes, applications.routes, title="Assay: candidates")
handler = guarded(app)
