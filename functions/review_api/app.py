"""The staff's JSON API: case queue, decisions, sittings, files, release."""

from certification.api import cases, checks, hearings, sittings
from certification.cloud.doors import door, guarded

app = door(cases.routes, hearings.staff_routes, checks.routes, sittings.routes, title="Assay: staff")
handler = guarded(app)
