"""Who is signed in: an opaque id in a cookie or a Bearer header, known to us only by its hash."""

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from certification.cloud import clock
from certification.cloud.tables.sessions import Session, sessions
from certification.cloud.transaction import Lost, commit
from certification.rules.codes import ABSOLUTE, SessionAnswer
from certification.rules.codes import session as live

SEEN_STEP = timedelta(minutes=15)
"""How much a session's last use may lag behind, so that not every page view is a write."""


def fingerprint(session_id: str) -> str:
    """The hash under which a session is stored."""
    return hashlib.sha256(session_id.encode()).hexdigest()


def new(kind: Literal["candidate", "staff"], subject: str, now: datetime) -> tuple[str, Session]:
    """A new opaque id and its row, not yet stored."""
    session_id = secrets.token_urlsafe(32)
    session = Session(
        hash=fingerprint(session_id), kind=kind, subject=subject, created_at=now, seen_at=now, ends_at=now + ABSOLUTE
    )
    return session_id, session


def read(session_id: str | None) -> Session | None:
    """The session behind an id, if it is alive: used within 3 hours, begun within 12. Using it keeps it alive."""
    if not session_id or len(session_id) > 100:
        return None
    session = sessions.find(fingerprint(session_id))
    now = clock.now()
    if session is None or live(now, session.created_at, session.seen_at) is not SessionAnswer.LIVE:
        return None
    if now >= session.seen_at + SEEN_STEP:
        with suppress(Lost):  # another request of the same person kept it alive
            commit([sessions.update(session.changed(seen_at=now))])
    return session


def end(session_id: str | None) -> None:
    """Sign out. Ending a session that does not exist changes nothing."""
    session = sessions.find(fingerprint(session_id)) if session_id else None
    if session is None:
        return
    try:
        commit([sessions.delete(session)])
    except Lost:
        end(session_id)
