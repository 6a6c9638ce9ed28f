"""Style sheets, scripts and the manifest, served by the portal itself under an address that changes with the content."""

import hashlib
from functools import cache
from pathlib import Path

from certification.portal.responses import Response

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
FOREVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=300"


@cache
def files() -> dict[str, bytes]:
    """Every static file by its path below the folder."""
    return {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in TYPES and "__pycache__" not in path.parts
    }


@cache
def fingerprint() -> str:
    """One hash over all of them: scripts import each other by relative address, so they share a folder."""
    whole = hashlib.sha256()
    for name, content in files().items():
        whole.update(f"{name}\0{len(content)}\0".encode() + content)
    return whole.hexdigest()[:12]


def address(name: str) -> str:
    """Where a page finds a static file. Naming one that does not exist is an error of the template."""
    if name not in files():
        raise KeyError(f"portal/static has no file {name}")
    return f"/static/{fingerprint()}/{name}"


def serve(path: str) -> Response | None:
    """The file behind `/static/<hash>/<name>`. A page of an older release gets today's file, but not for ever."""
    asked, _, name = path.removeprefix("/static/").partition("/")
    content = files().get(name)
    if content is None:
        return None
    caching = FOREVER if asked == fingerprint() else BRIEFLY
    kind = TYPES[Path(name).suffix]
    body: str | bytes = content if kind.startswith("image/") else content.decode()
    return Response(body=body, content_type=kind, headers={"cache-control": caching})
