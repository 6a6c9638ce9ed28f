"""The candidates' JSON API: sign-up, application, payment."""

from certification.cloud.doors import door, guarded

app = door(title="Assay: candidates")
handler = guarded(app)
