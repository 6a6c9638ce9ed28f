"""The staff's JSON API: case queue, decisions, sittings, files, release."""

from certification.api.staff_door import PARTS
from certification.cloud.doors import door, guarded

app = door(*PARTS, title="Assay: staff")
handler = guarded(app)
