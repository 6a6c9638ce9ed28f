"""Who is calling the API: the opaque session id as Bearer, answered with kind and subject. The handler asks again."""

from typing import Any

from certification.acts import sessions


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    scheme, _, session_id = headers.get("authorization", "").partition(" ")
    session = sessions.read(session_id.strip()) if scheme.lower() == "bearer" else None
    if session is None:
        return {"isAuthorized": False}
    return {"isAuthorized": True, "context": {"kind": session.kind, "subject": session.subject}}
