"""Signing up and in, for candidates and staff, and what anybody may know about open sittings and conditions. No session needed."""

from certification.acts import accounts, sessions
from certification.api import bodies, eligibility, offers
from certification.api.answers import ChallengeSent, Nothing, OpenSittings, SignedIn
from certification.cloud.doors import Routes

routes = Routes("Account", "/api/account")


@routes.post("/email-code")
def ask_email_code(asked: bodies.AskEmailCode) -> ChallengeSent:
    """Send a one-time code to an e-mail address.

    The answer is the same whether the address has an account or not. At most 3 codes in 15 minutes and 10 in a day.
    """
    return ChallengeSent(challenge=accounts.ask_email_code(asked.email, asked.language))


@routes.post("/session")
def sign_in(proof: bodies.SignIn) -> SignedIn:
    """Sign in with the code, or sign up: an address without an account gets one.

    A code lives 10 minutes, counts once, and allows 5 tries.
    """
    return SignedIn(session=accounts.confirm_email_code(proof.challenge, proof.email, proof.code))


@routes.post("/staff-code")
def ask_staff_code(asked: bodies.AskEmailCode) -> ChallengeSent:
    """Send a one-time code to a member of staff. An unknown address gets the same answer and no mail."""
    return ChallengeSent(challenge=accounts.ask_staff_code(asked.email, asked.language))


@routes.post("/staff-session")
def sign_in_staff(proof: bodies.ProveCode) -> SignedIn:
    """Sign in a member of staff with the code."""
    return SignedIn(session=accounts.confirm_staff_code(proof.challenge, proof.code))


@routes.delete("/session")
def sign_out() -> Nothing:
    """End the session of the Authorization header. A session that is over, or none, changes nothing."""
    sessions.end(routes.session_id())
    return Nothing()


@routes.get("/sittings")
def list_open_sittings() -> OpenSittings:
    """The sittings that can be applied for, with dates, what is offered, and the fees."""
    return OpenSittings(sittings=offers.open_sittings())


@routes.post("/eligibility")
def calculate_eligibility(question: eligibility.Question) -> eligibility.EligibilityNow:
    """Whether somebody with these studies and jobs may apply, for every level of a sitting. Nothing is stored."""
    return eligibility.tried(question)
