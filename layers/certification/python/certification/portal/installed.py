"""The installed app (ACC-01): its service worker, served from the root so that it may stand before every page."""

import json

from certification.letters.formats import LANGUAGES
from certification.portal import static_files
from certification.portal.responses import Response

PATH = "/service-worker.js"
KEPT = ("vendor/govuk-frontend/govuk-frontend.css", "app.css", "js-enabled.js", "app.js", "icon.svg")
"""The static files that the page without a network needs; app.js brings the menu's button, which works by itself."""
MODULES = ("vendor/govuk-frontend/govuk-frontend.js",)


def kept() -> tuple[str, ...]:
    """Every address that the worker keeps: the page that says there is no network, and what it looks like."""
    pages = tuple(f"/{language}/offline" for language in LANGUAGES)
    return (*pages, *(static_files.address(name) for name in (*KEPT, *MODULES)))


def service_worker() -> Response:
    """The worker of this release. Browsers ask for it again at every start, so it is never kept."""
    source = static_files.files()["service-worker.js"].decode()
    body = source.replace("{version}", static_files.fingerprint()).replace("{kept}", json.dumps(kept()))
    return Response(body=body, content_type=static_files.TYPES[".js"], headers={"cache-control": "no-cache"})
