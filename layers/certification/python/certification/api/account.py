"""Signing up and in, and back into an account, for all; and what anybody may know about open sittings and conditions."""

from certification.acts import accounts, recovery, sessions
from certification.acts.recovery import Progress
from certification.acts.visits import Visit, visit
from certification.api import account_bodies, bodies, eligibility, offers
from certification.api.account_answers import RecoveryNow
from certification.api.answers import ChallengeSent, Nothing, OpenSittings, SignedIn
from certification.cloud.doors import Routes
from certification.rules.reserved_answers import QUESTIONS

routes = Routes("Account", "/api/account")


@routes.post("/email-code")
def ask_email_code(asked: bodies.AskEmailCode) -> ChallengeSent:
    """Send a one-time code to an e-mail address.

    The answer is the same whether the address has an account or not. At most 3 codes in 15 minutes and 10 in a day.
    """
    return ChallengeSent(challenge=accounts.ask_email_code(asked.email, asked.language, _visit()))


@routes.post("/session")
def sign_in(proof: bodies.SignIn) -> SignedIn:
    """Sign in with the code, or sign up: an address without an account gets one.

    A code lives 10 minutes, counts once, and allows 5 tries.
    """
    return SignedIn(session=accounts.confirm_email_code(proof.challenge, proof.email, proof.code, _visit()))


@routes.post("/staff-code")
def ask_staff_code(asked: bodies.AskEmailCode) -> ChallengeSent:
    """Send a one-time code to a member of staff. An unknown address gets the same answer, and a letter that says so."""
    return ChallengeSent(challenge=accounts.ask_staff_code(asked.email, asked.language, _visit()))


@routes.post("/staff-session")
def sign_in_staff(proof: bodies.ProveCode) -> SignedIn:
    """Sign in a member of staff with the code."""
    return SignedIn(session=accounts.confirm_staff_code(proof.challenge, proof.code, _visit()))


@routes.delete("/session")
def sign_out() -> Nothing:
    """End the session of the Authorization header. A session that is over, or none, changes nothing."""
    sessions.end(routes.session_id())
    return Nothing()


@routes.post("/recovery/code")
def ask_recovery_code(asked: account_bodies.AskRecoveryCode) -> ChallengeSent:
    """Send a code to a number or an address of an account that shall be recovered, whether there is one or not."""
    return ChallengeSent(challenge=recovery.ask_code(asked.factor, asked.to, asked.language, _visit()))


@routes.post("/recovery/proof")
def prove_recovery(proof: account_bodies.ProveRecovery) -> RecoveryNow:
    """Prove a factor by its code. The second different one opens the account and ends every other session."""
    progress = recovery.prove_code(proof.factor, proof.challenge, proof.code, proof.recovery, _visit())
    return _recovery(progress)


@routes.post("/recovery/answer")
def answer_recovery(proof: account_bodies.AnswerRecovery) -> RecoveryNow:
    """Prove a factor by the answer to the reserved question: at most 5 tries a day."""
    return _recovery(recovery.prove_answer(proof.recovery, proof.answer, _visit()))


@routes.post("/look-up")
def look_up(asked: account_bodies.LookUp) -> Nothing:
    """Is there an account for this ID document? The answer is always the same; its owner, if there is one, gets a letter."""
    recovery.look_up(asked.id_kind, asked.id_number, asked.id_country, _visit())
    return Nothing()


@routes.get("/sittings")
def list_open_sittings() -> OpenSittings:
    """The sittings that can be applied for, with dates, what is offered, and the fees."""
    return OpenSittings(sittings=offers.open_sittings())


@routes.post("/eligibility")
def calculate_eligibility(question: eligibility.Question) -> eligibility.EligibilityNow:
    """Whether somebody with these studies and jobs may apply, for every level of a sitting. Nothing is stored."""
    return eligibility.tried(question)


def _recovery(progress: Progress) -> RecoveryNow:
    question = QUESTIONS[progress.question] if progress.question else None
    return RecoveryNow(**dict(progress) | {"question": question})


def _visit() -> Visit:
    return visit(*routes.caller_address())
