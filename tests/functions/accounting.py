"""Being somebody with an account, for tests about accounts: codes asked for and given back through the API."""

from typing import Any

from tests.functions.stand import Answer, Stand

EMAIL, PHONE = "owner@example.test", "+85251230001"
OWN = "/api/candidate/account"


def owner(stand: Stand, email: str = EMAIL, phone: str = PHONE) -> str:
    """A session of somebody whose e-mail and phone are proved."""
    session = stand.sign_in(email)
    assert first_phone(stand, session, phone).status == 200
    return session


def challenge(stand: Stand, path: str, body: dict[str, Any], session: str | None = None) -> str:
    """Ask for a code; gives the challenge."""
    answer = stand.call("POST", path, body, session=session)
    assert answer.status == 200, answer
    return str(answer.body["challenge"])


def phone_proof(stand: Stand, session: str, phone: str) -> dict[str, str]:
    asked = challenge(stand, "/api/candidate/phone-code", {"phone": phone}, session)
    return {"challenge": asked, "code": stand.code_for(phone)}


def first_phone(stand: Stand, session: str, phone: str) -> Answer:
    return stand.call("POST", "/api/candidate/phone", phone_proof(stand, session, phone), session=session)


def confirmation(stand: Stand, session: str, changing: str, to: str) -> dict[str, str]:
    """The second code of a change, which goes to what stays."""
    asked = challenge(stand, f"{OWN}/confirmation-code", {"changing": changing}, session)
    return {"challenge": asked, "code": stand.code_for(to)}


def change_phone(stand: Stand, session: str, phone: str, email: str = EMAIL) -> Answer:
    proof: dict[str, Any] = phone_proof(stand, session, phone)
    proof["confirmation"] = confirmation(stand, session, "phone", email)
    return stand.call("POST", "/api/candidate/phone", proof, session=session)


def email_proof(stand: Stand, session: str, email: str) -> dict[str, Any]:
    asked = challenge(stand, f"{OWN}/email-code", {"email": email}, session)
    return {"challenge": asked, "code": stand.code_for(email)}


def change_email(stand: Stand, session: str, email: str, phone: str = PHONE) -> Answer:
    proof = email_proof(stand, session, email)
    proof["confirmation"] = confirmation(stand, session, "email", phone)
    return stand.call("POST", f"{OWN}/email", proof, session=session)


def account(stand: Stand, session: str) -> Any:
    return stand.call("GET", OWN, session=session).body


def subjects(stand: Stand, address: str) -> list[str]:
    """The first words of every letter to an address, newest first; an SMS has no subject."""
    return [letter.subject or letter.text for letter in stand.cloud.inbox.to(address)]


def alive(stand: Stand, session: str) -> bool:
    return stand.call("GET", "/api/candidate/profile", session=session).status == 200
