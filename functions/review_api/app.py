"""The staff's JSON API: case queue, sittings, files, release."""

from certification.cloud.doors import door, guarded

app = door(title="Assay: staff")
handler = guarded(app)
