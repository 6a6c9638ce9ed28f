"""Accounts: a proven e-mail address opens its account or makes one. Nobody learns who has one.

Asking for a code and signing up are the same act: whoever proves an address gets its account, new or old. Known and
unknown addresses cost the same calls, the letter included. Phones are in `contact_changes`, ways back in `recovery`.
"""

import hmac
import secrets
from datetime import datetime
from typing import Literal

from certification.acts import challenges, code_letters, sessions
from certification.acts.visits import Visit
from certification.cloud import clock
from certification.cloud.blind_index import blind
from certification.cloud.field_encryption import new_key
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.codes import Challenge
from certification.cloud.tables.codes import challenges as challenge_rows
from certification.cloud.tables.staff import staff
from certification.cloud.transaction import commit, retried
from certification.rules.identity import canonical_email

Language = Literal["en", "zh"]
NOWHERE = Visit()


def ask_email_code(email: str, language: Language, visit: Visit = NOWHERE) -> str:
    """Send a code to an address and give the challenge's id. The answer is the same whether an account exists."""
    address = canonical_email(email)
    index = blind("email", address)
    claim = claims.find(f"email:{index}")
    holder = claim.holder if claim else None
    challenge, code = challenges.new("sign_in", holder, None, index, language, visit.source)
    code_letters.by_email(address, code, language, "sign_in" if claim else "sign_up")
    return challenge.id


@retried
def confirm_email_code(challenge_id: str, email: str, code: str, visit: Visit = NOWHERE) -> str:
    """The session id of the account of a proven address; the account is made if there is none.

    Of several proofs at the same moment one makes the account, and the others, run again, find it or the code used.
    """
    challenge = challenges.proven(challenge_id, "sign_in", code, visit.source)
    address = canonical_email(email)
    if not hmac.compare_digest(blind("email", address), challenge.address_index):
        raise challenges.wrong_code()
    claim = claims.find(f"email:{challenge.address_index}")
    candidate_id = claim.holder if claim else None
    writes: list[Write] = []
    if candidate_id is None:
        candidate, writes = _new_candidate(address, challenge, clock.now())
        candidate_id = candidate.id
    session_id, begun = sessions.begin("candidate", candidate_id, visit.device)
    commit([challenge_rows.delete(challenge), *begun, *writes])
    return session_id


def _new_candidate(address: str, challenge: Challenge, now: datetime) -> tuple[Candidate, list[Write]]:
    candidate_id = f"CAN-{secrets.token_hex(8)}"
    key, key_write = new_key(candidate_id)
    candidate = Candidate(
        id=candidate_id,
        language=challenge.language,
        created_at=now,
        sealed_email=key.seal("email", address),
        email_index=challenge.address_index,
    )
    claim = Claim(key=f"email:{challenge.address_index}", holder=candidate_id)
    return candidate, [candidates.insert(candidate), key_write, claims.insert(claim)]


def ask_staff_code(email: str, language: Language, visit: Visit = NOWHERE) -> str:
    """Send a code to a member of staff. An unknown address gets the same answer, and a letter that says so."""
    address = canonical_email(email)
    index = blind("staff", address)
    claim = claims.find(f"staff:{index}")
    holder = claim.holder if claim else None
    challenge, code = challenges.new("staff_sign_in", holder, None, index, language, visit.source)
    if claim is not None:
        code_letters.by_email(address, code, language, "staff_sign_in")
    else:
        code_letters.to_nobody(address, language)
    return challenge.id


@retried
def confirm_staff_code(challenge_id: str, code: str, visit: Visit = NOWHERE) -> str:
    """The session id of a member of staff."""
    challenge = challenges.proven(challenge_id, "staff_sign_in", code, visit.source)
    member = staff.find(challenge.subject or "")
    if member is None:
        raise challenges.wrong_code()
    session_id, begun = sessions.begin("staff", member.id, visit.device)
    commit([challenge_rows.delete(challenge), *begun])
    return session_id
