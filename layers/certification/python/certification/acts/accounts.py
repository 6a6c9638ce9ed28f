"""Accounts: an e-mail code opens the account or creates it, an SMS code completes it. Nobody learns who has one.

Asking for a code and signing up are the same act: whoever proves an address gets its account, new or old.
Codes are sent at once and stored only as a salted hash; they are in no announcement.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Literal

from certification import letters
from certification.acts import challenges, sessions
from certification.acts.contact import phone_number
from certification.cloud import clock, post
from certification.cloud.blind_index import blind
from certification.cloud.field_encryption import key_of, new_key
from certification.cloud.outbox import Announcement
from certification.cloud.settings import settings
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.codes import Challenge
from certification.cloud.tables.codes import challenges as challenge_rows
from certification.cloud.tables.sessions import sessions as session_rows
from certification.cloud.tables.staff import staff
from certification.cloud.transaction import Lost, commit, retried
from certification.rules import codes
from certification.rules.errors import Refused
from certification.rules.identity import canonical_email

Language = Literal["en", "zh"]
MINUTES = codes.LIFETIME // timedelta(minutes=1)


def ask_email_code(email: str, language: Language) -> str:
    """Send a code to an address and give the challenge's id. The answer is the same whether an account exists."""
    address = canonical_email(email)
    index = blind("email", address)
    claim = claims.find(f"email:{index}")
    challenge, code = challenges.new("sign_in", claim.holder if claim else None, None, index, language)
    _send_email(address, code, language, "sign_in" if claim else "sign_up")
    return challenge.id


def confirm_email_code(challenge_id: str, email: str, code: str) -> str:
    """The session id of the account of a proven address; the account is made if there is none."""
    challenge = challenges.proven(challenge_id, "sign_in", code)
    address = canonical_email(email)
    if not hmac.compare_digest(blind("email", address), challenge.address_index):
        raise challenges.wrong_code()
    claim = claims.find(f"email:{challenge.address_index}")
    now = clock.now()
    candidate_id = claim.holder if claim else None
    writes: list[Write] = []
    if candidate_id is None:
        candidate, writes = _new_candidate(address, challenge, now)
        candidate_id = candidate.id
    session_id, session = sessions.new("candidate", candidate_id, now)
    try:
        commit([challenge_rows.delete(challenge), session_rows.insert(session), *writes])
    except Lost as loss:
        raise challenges.wrong_code() from loss  # the code was used at the same moment, or the account was made
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


def ask_phone_code(candidate_id: str, phone: str) -> str:
    """Send an SMS code to a number the candidate says is theirs; gives the challenge's id."""
    number = phone_number(phone)
    candidate = candidates.read(candidate_id)
    sealed = key_of(candidate_id).seal("phone", number)
    challenge, code = challenges.new("sign_up_phone", candidate_id, sealed, blind("phone", number), candidate.language)
    data = {"site": settings().public_url, "code": code, "minutes": MINUTES}
    letter = letters.render("PhoneCodeRequested", candidate.language, data)
    post.send_sms(number, letter.sms or "")
    return challenge.id


@retried
def confirm_phone_code(candidate_id: str, challenge_id: str, code: str) -> None:
    """The number is the candidate's: one account per phone (ACC-07)."""
    challenge = challenges.proven(challenge_id, "sign_up_phone", code)
    if challenge.subject != candidate_id or challenge.address is None:
        raise challenges.wrong_code()
    candidate = candidates.read(candidate_id)
    claim_key = f"phone:{challenge.address_index}"
    held = claims.find(claim_key)
    if held is not None and held.holder != candidate_id:
        raise Refused(
            "phone_taken",
            "This phone number belongs to another account. Use another number, or sign in to that account.",
            "该手机号已绑定其他账户，请更换号码或登录原账户。",
            rules=("ACC-07",),
            field="phone",
        )
    first = candidate.sealed_phone is None
    with_phone = candidate.changed(sealed_phone=challenge.address, phone_index=challenge.address_index)
    writes = [challenge_rows.delete(challenge), candidates.update(with_phone)]
    if held is None:
        writes.append(claims.insert(Claim(key=claim_key, holder=candidate_id)))
    before = (
        claims.find(f"phone:{candidate.phone_index}")
        if candidate.phone_index not in (None, challenge.address_index)
        else None
    )
    if before is not None:
        writes.append(claims.delete(before))
    made = Announcement(
        name="AccountCreated", subject=candidate_id, key=candidate_id, about={"candidate": candidate_id}
    )
    commit(writes, [made] if first else [])


def ask_staff_code(email: str, language: Language) -> str:
    """Send a code to a member of staff. An unknown address gets the same answer and no mail."""
    address = canonical_email(email)
    index = blind("staff", address)
    claim = claims.find(f"staff:{index}")
    challenge, code = challenges.new("staff_sign_in", claim.holder if claim else None, None, index, language)
    if claim is not None:
        _send_email(address, code, language, "staff_sign_in")
    return challenge.id


def confirm_staff_code(challenge_id: str, code: str) -> str:
    """The session id of a member of staff."""
    challenge = challenges.proven(challenge_id, "staff_sign_in", code)
    member = staff.find(challenge.subject or "")
    if member is None:
        raise challenges.wrong_code()
    session_id, session = sessions.new("staff", member.id, clock.now())
    try:
        commit([challenge_rows.delete(challenge), session_rows.insert(session)])
    except Lost as loss:
        raise challenges.wrong_code() from loss
    return session_id


def _send_email(
    address: str, code: str, language: Language, purpose: Literal["sign_up", "sign_in", "staff_sign_in"]
) -> None:
    data = {"site": settings().public_url, "code": code, "minutes": MINUTES, "purpose": purpose}
    letter = letters.render("EmailCodeRequested", language, data)
    post.send_email(address, letter.subject, letter.text, letter.html)
