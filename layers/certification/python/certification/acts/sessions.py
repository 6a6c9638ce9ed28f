"""Who is signed in: an opaque id in a cookie or a Bearer header, known to us only by its hash.

A person's sessions are listed in a row of their own, changed in the transaction that begins or ends one: so all of them
can be ended at once, and nothing that was begun is missed. At most ten live at a time; an eleventh ends the oldest.
"""

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime
from typing import Literal

from certification.cloud import clock
from certification.cloud.tables.base import Write
from certification.cloud.tables.sessions import Begun, OwnSessions, Session, session_lists, sessions
from certification.cloud.transaction import Lost, commit, retried
from certification.rules.codes import ABSOLUTE, MOST_SESSIONS, SEEN_STEP, SessionAnswer
from certification.rules.codes import session as live
from certification.rules.errors import NotFound
from certification.rules.model import Frozen

NAME_LENGTH = 16
"""How much of a session's hash names it to its owner."""


class OwnSession(Frozen):
    """One of a person's own sessions, as they see it. `this` is the one they are looking with."""

    name: str
    begun_at: datetime
    ends_at: datetime
    device: str
    this: bool


def fingerprint(session_id: str) -> str:
    """The hash under which a session is stored."""
    return hashlib.sha256(session_id.encode()).hexdigest()


def begin(
    kind: Literal["candidate", "staff"],
    subject: str,
    device: str = "",
    *,
    proved_twice: bool = False,
    alone: bool = False,
) -> tuple[str, list[Write]]:
    """A new opaque id, and the writes that begin its session. `alone`: every other session of the person ends."""
    now = clock.now()
    session_id = secrets.token_urlsafe(32)
    session = Session(
        hash=fingerprint(session_id),
        kind=kind,
        subject=subject,
        created_at=now,
        seen_at=now,
        ends_at=now + ABSOLUTE,
        proved_twice=proved_twice,
    )
    known = session_lists.find(f"of:{subject}") or OwnSessions(subject=subject)
    alive = [one for one in known.begun if now < one.created_at + ABSOLUTE]
    kept = [] if alone else alive[-(MOST_SESSIONS - 1) :]
    listed = known.changed(begun=(*kept, Begun(hash=session.hash, created_at=now, device=device)))
    ended = _deletions([one for one in alive if one not in kept])
    return session_id, [sessions.insert(session), _list(listed), *ended]


def _list(row: OwnSessions) -> Write:
    return session_lists.update(row) if row.version else session_lists.insert(row)


def _deletions(begun: list[Begun]) -> list[Write]:
    found = [sessions.find(one.hash) for one in begun]
    return [sessions.delete(session) for session in found if session is not None]


def ending_all(subject: str) -> list[Write]:
    """The writes that end every session of a person, for the transaction that gives a reason to."""
    known = session_lists.find(f"of:{subject}")
    if known is None:
        return []
    return [session_lists.update(known.changed(begun=())), *_deletions(list(known.begun))]


def ending_others(subject: str, session_id: str | None) -> list[Write]:
    """The writes that end every session of a person but this one."""
    known = session_lists.find(f"of:{subject}")
    if known is None:
        return []
    mine = fingerprint(session_id or "")
    kept = tuple(one for one in known.begun if one.hash == mine)
    others = [one for one in known.begun if one.hash != mine]
    return [session_lists.update(known.changed(begun=kept)), *_deletions(others)]


def own(subject: str, session_id: str | None) -> tuple[OwnSession, ...]:
    """A person's live sessions, newest first."""
    known, now = session_lists.find(f"of:{subject}"), clock.now()
    found: list[OwnSession] = []
    for one in reversed(known.begun if known else ()):
        session = sessions.find(one.hash)
        if session is not None and live(now, session.created_at, session.seen_at) is SessionAnswer.LIVE:
            found.append(
                OwnSession(
                    name=one.hash[:NAME_LENGTH],
                    begun_at=session.created_at,
                    ends_at=session.ends_at,
                    device=one.device,
                    this=one.hash == fingerprint(session_id or ""),
                )
            )
    return tuple(found)


@retried
def end_one(subject: str, name: str) -> None:
    """End one of a person's own sessions by its name; somebody else's, or none, is not found."""
    known = session_lists.find(f"of:{subject}")
    ended = [one for one in known.begun if one.hash[:NAME_LENGTH] == name] if known else []
    if known is None or not ended:
        raise NotFound("session")
    kept = tuple(one for one in known.begun if one not in ended)
    commit([session_lists.update(known.changed(begun=kept)), *_deletions(ended)])


@retried
def end_others(subject: str, session_id: str | None) -> None:
    """End every session of a person but this one."""
    writes = ending_others(subject, session_id)
    if writes:
        commit(writes)


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


@retried
def end(session_id: str | None) -> None:
    """Sign out. Ending a session that does not exist changes nothing."""
    session = sessions.find(fingerprint(session_id)) if session_id else None
    if session is None:
        return
    known = session_lists.find(f"of:{session.subject}")
    writes = [sessions.delete(session)]
    if known is not None:
        kept = tuple(one for one in known.begun if one.hash != session.hash)
        writes.append(session_lists.update(known.changed(begun=kept)))
    commit(writes)
