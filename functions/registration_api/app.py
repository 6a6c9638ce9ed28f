"""The candidates' JSON API: sign-up, profile, application, payment, documents."""

from certification.api.candidates_door import PARTS
from certification.cloud.doors import door, guarded

app = door(*PARTS, title="Assay: candidates")
handler = guarded(app)
