"""The number and the address of an account: proven by a code to the new one, confirmed by one to what stays.

A first number needs no confirmation. A change ends every other session, and the old address or number hears of it. Whoever
just came back by two factors (`recovery`) needs no further proof for half an hour. A number that the mailbox alone confirmed
confirms no change for 72 hours, or whoever reads somebody's mail could take the account. The security question is a way
back into the account, so whoever only holds a session does not set it either (`reserved`).
"""

from typing import Literal

from certification.acts import challenges, code_letters, sessions
from certification.acts.agreements import must_have_accepted
from certification.acts.contact import phone_number
from certification.cloud import clock
from certification.cloud.blind_index import blind
from certification.cloud.field_encryption import key_of
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.codes import Challenge, Purpose
from certification.cloud.tables.codes import challenges as challenge_rows
from certification.cloud.transaction import Lost, commit, retried
from certification.rules.codes import FRESHLY_PROVED
from certification.rules.errors import Refused
from certification.rules.identity import canonical_email
from certification.rules.model import Frozen
from certification.rules.recovery import must_be_settled

Channel = Literal["email", "phone"]
Changing = Literal["email", "phone", "question"]
CONFIRMING: dict[Channel, Purpose] = {"email": "confirm_by_email", "phone": "confirm_by_phone"}


class Proof(Frozen):
    """A code that came back, for its challenge."""

    challenge: str
    code: str


def confirmed_by(candidate_id: str, changing: Changing) -> Channel:
    """Where the code goes that confirms a change: to what stays, or, when there is nothing else, to what changes."""
    return _channel(candidates.read(candidate_id), changing)


def _channel(candidate: Candidate, changing: Changing) -> Channel:
    return "email" if changing == "phone" or candidate.sealed_phone is None else "phone"


def ask_confirmation(candidate_id: str, changing: Changing) -> str:
    """Send the code that confirms a change; gives the challenge's id."""
    candidate = candidates.read(candidate_id)
    channel = _channel(candidate, changing)
    if channel == "phone":
        must_be_settled(candidate.account.phone_changed_at, clock.now())
    index = candidate.email_index if channel == "email" else candidate.phone_index or ""
    challenge, code = challenges.new(CONFIRMING[channel], candidate_id, None, index, candidate.language)
    key = key_of(candidate_id)
    if channel == "email":
        code_letters.by_email(key.open("email", candidate.sealed_email), code, candidate.language, "confirm")
    else:
        code_letters.by_sms(key.open("phone", candidate.sealed_phone or ""), code, candidate.language)
    return challenge.id


def needs_confirmation(candidate_id: str, changing: Changing, session_id: str | None) -> bool:
    """Whether a change needs a second code now: not for a first number, nor right after a recovery."""
    candidate = candidates.read(candidate_id)
    first = changing == "phone" and candidate.sealed_phone is None
    return not first and not _freshly_proved(candidate_id, session_id)


def ask_phone_code(candidate_id: str, phone: str) -> str:
    """Send an SMS code to a number the candidate says is theirs; gives the challenge's id."""
    number = phone_number(phone)
    candidate = candidates.read(candidate_id)
    must_have_accepted(candidate)
    sealed = key_of(candidate_id).seal("phone", number)
    challenge, code = challenges.new("sign_up_phone", candidate_id, sealed, blind("phone", number), candidate.language)
    code_letters.by_sms(number, code, candidate.language)
    return challenge.id


@retried
def confirm_phone_code(
    candidate_id: str, challenge_id: str, code: str, confirmation: Proof | None = None, session_id: str | None = None
) -> None:
    """The number is the candidate's: one account per phone (ACC-07)."""
    challenge = _own(candidate_id, challenge_id, "sign_up_phone", code)
    candidate = candidates.read(candidate_id)
    if candidate.phone_index == challenge.address_index:
        commit([challenge_rows.delete(challenge)])
        return
    held = claims.find(f"phone:{challenge.address_index}")
    if held is not None:
        raise phone_taken()
    writes: list[Write] = [
        challenge_rows.delete(challenge),
        claims.insert(Claim(key=f"phone:{challenge.address_index}", holder=candidate_id)),
    ]
    twice = _freshly_proved(candidate_id, session_id)
    another = candidate.phone_index is not None or candidate.account.greeted
    since = clock.now() if another and not twice else None
    account = candidate.account.model_copy(update={"greeted": True, "phone_changed_at": since})
    if candidate.phone_index is not None:
        writes += confirmed(candidate, "phone", confirmation, session_id)
        writes += sessions.ending_others(candidate_id, session_id)
        writes += [_freed(f"phone:{candidate.phone_index}")]
        account = account.model_copy(update={"phone_before": candidate.sealed_phone})
    changed = candidate.changed(sealed_phone=challenge.address, phone_index=challenge.address_index, account=account)
    commit([*writes, candidates.update(changed)], [_told_of_phone(candidate)])


def _told_of_phone(candidate: Candidate) -> Announcement:
    about = {"candidate": candidate.id}
    if candidate.phone_index is None and not candidate.account.greeted:
        return Announcement(name="AccountCreated", subject=candidate.id, key=candidate.id, about=about)
    return Announcement(
        name="PhoneChanged", subject=candidate.id, key=f"{candidate.id}#{candidate.version + 1}", about=about
    )


def phone_taken() -> Refused:
    """Only whoever holds the number hears this: its code came back."""
    return Refused(
        "phone_taken",
        "This phone number belongs to another account. Use another number and change it later; or, if the number is yours, "
        "ask a desk to take it off that account.",
        "该手机号已绑定其他账户。可先使用其他号码，日后再更换；如该号码确为您本人所有，可申请服务台解绑。",
        rules=("ACC-07", "ACC-08"),
        field="phone",
    )


def ask_new_email_code(candidate_id: str, email: str) -> str:
    """Send a code to an address the candidate says is theirs. The answer is the same whether it has an account."""
    address = canonical_email(email)
    candidate = candidates.read(candidate_id)
    sealed = key_of(candidate_id).seal("email", address)
    challenge, code = challenges.new("new_email", candidate_id, sealed, blind("email", address), candidate.language)
    code_letters.by_email(address, code, candidate.language, "confirm")
    return challenge.id


@retried
def confirm_new_email(
    candidate_id: str, challenge_id: str, code: str, confirmation: Proof | None = None, session_id: str | None = None
) -> None:
    """The address is the candidate's, and signs them in from now on."""
    challenge = _own(candidate_id, challenge_id, "new_email", code)
    candidate = candidates.read(candidate_id)
    if candidate.email_index == challenge.address_index:
        commit([challenge_rows.delete(challenge)])
        return
    if claims.find(f"email:{challenge.address_index}") is not None:
        raise Refused(
            "email_taken",
            "This e-mail address belongs to another account. Use another address, or sign in with this one.",
            "该邮箱已绑定其他账户，请使用其他邮箱，或用该邮箱登录。",
            rules=("ACC-10",),
            field="email",
        )
    account = candidate.account.model_copy(update={"email_before": candidate.sealed_email})
    changed = candidate.changed(sealed_email=challenge.address, email_index=challenge.address_index, account=account)
    told = Announcement(
        name="EmailChanged",
        subject=candidate_id,
        key=f"{candidate_id}#{candidate.version + 1}",
        about={"candidate": candidate_id},
    )
    commit(
        [
            challenge_rows.delete(challenge),
            claims.insert(Claim(key=f"email:{challenge.address_index}", holder=candidate_id)),
            _freed(f"email:{candidate.email_index}"),
            *confirmed(candidate, "email", confirmation, session_id),
            *sessions.ending_others(candidate_id, session_id),
            candidates.update(changed),
        ],
        [told],
    )


def _freed(key: str) -> Write:
    """What was held before is free again; gone already means that another change came first: look again."""
    claim = claims.find(key)
    if claim is None:
        raise Lost([f"Claims/{key}"])
    return claims.delete(claim)


def _own(candidate_id: str, challenge_id: str, purpose: Purpose, code: str) -> Challenge:
    challenge = challenges.proven(challenge_id, purpose, code)
    if challenge.subject != candidate_id or challenge.address is None:
        raise challenges.wrong_code()
    return challenge


def confirmed(candidate: Candidate, changing: Changing, proof: Proof | None, session_id: str | None) -> list[Write]:
    """The code that confirms a change is used up with it. Refused without one."""
    if _freshly_proved(candidate.id, session_id):
        return []
    if proof is None:
        raise Refused(
            "confirmation_needed",
            "A change is confirmed by a second code, to what stays the same. Ask for it first.",
            "更换须用另一种方式的验证码确认，请先获取。",
            rules=("ACC-10",),
            field="confirmation",
        )
    channel = _channel(candidate, changing)
    if channel == "phone":
        must_be_settled(candidate.account.phone_changed_at, clock.now())
    try:
        challenge = challenges.proven(proof.challenge, CONFIRMING[channel], proof.code)
        if challenge.subject != candidate.id:
            raise challenges.wrong_code()
    except Refused as refusal:
        refusal.field = "confirmation"
        raise
    return [challenge_rows.delete(challenge)]


def _freshly_proved(candidate_id: str, session_id: str | None) -> bool:
    session = sessions.read(session_id)
    if session is None or session.subject != candidate_id or not session.proved_twice:
        return False
    return clock.now() < session.created_at + FRESHLY_PROVED
