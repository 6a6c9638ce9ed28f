"""The candidate's own account: sessions, ways back, changes of address and number, requests, texts to accept."""

from certification.acts import account_help, agreements, contact_changes, home, names, reserved, sessions
from certification.acts import profile as profiles
from certification.acts.account_help import Request
from certification.api import account_bodies as bodies
from certification.api.account_answers import AccountNow, Asked, NameNow, QuestionOffered, TextToAccept
from certification.api.answers import ChallengeSent, Nothing
from certification.api.bodies import CasePath
from certification.api.signed_in import candidate
from certification.cloud.doors import Routes
from certification.cloud.tables.candidates import candidates
from certification.rules.agreements import AgreementKind
from certification.rules.id_documents import id_document
from certification.rules.reserved_answers import QUESTIONS

routes = Routes("Own account", "/api/candidate/account", "candidate")


@routes.get("")
def read_account() -> AccountNow:
    """How the account is reached and recovered, who is signed in, and what others ask for."""
    who = candidate(routes)
    person, row = profiles.read(who).person, candidates.read(who)
    ways = home.policy_of(who).accounts.recovery
    kept = row.account.reserved_answer
    asked = "security_question" in ways
    return AccountNow(
        email=person.email,
        phone=person.phone,
        ways_back=ways,
        reserved_question=QUESTIONS[kept.question] if kept else None,
        questions=tuple(QuestionOffered(code=code, words=words) for code, words in QUESTIONS.items()) if asked else (),
        sessions=sessions.own(who, routes.session_id()),
        requests=account_help.against(who),
    )


@routes.delete("/sessions/<name>")
def end_session(name: bodies.SessionPath) -> Nothing:
    """End one of the own sessions."""
    sessions.end_one(candidate(routes), name)
    return Nothing()


@routes.post("/sessions/end-others")
def end_other_sessions() -> Nothing:
    """End every session but this one."""
    sessions.end_others(candidate(routes), routes.session_id())
    return Nothing()


@routes.post("/confirmation-code")
def ask_confirmation(asked: bodies.AskConfirmation) -> ChallengeSent:
    """Send the code that confirms a change of address, number or question, to what stays the same."""
    return ChallengeSent(challenge=contact_changes.ask_confirmation(candidate(routes), asked.changing))


@routes.post("/email-code")
def ask_new_email_code(asked: bodies.AskNewEmailCode) -> ChallengeSent:
    """Send a code to a new address. The answer is the same whether the address has an account."""
    return ChallengeSent(challenge=contact_changes.ask_new_email_code(candidate(routes), asked.email))


@routes.post("/email")
def confirm_new_email(proof: bodies.ProveChange) -> Nothing:
    """The new address is the candidate's; the old one hears of it, and every other session ends."""
    confirmation = proof.confirmation.proof if proof.confirmation else None
    who, session = candidate(routes), routes.session_id()
    contact_changes.confirm_new_email(who, proof.challenge, proof.code, confirmation, session)
    return Nothing()


@routes.put("/reserved-answer")
def reserve_answer(reserve: bodies.Reserve) -> Nothing:
    """Choose a security question and answer it, confirmed by a code. The answer is kept as a slow hash."""
    confirmation = reserve.confirmation.proof if reserve.confirmation else None
    reserved.reserve(candidate(routes), reserve.question, reserve.answer, confirmation, routes.session_id())
    return Nothing()


@routes.get("/name")
def read_name() -> NameNow:
    """How the name is printed on documents, and what our fonts lack."""
    return NameNow(**dict(names.read(candidate(routes))))


@routes.post("/name")
def describe_name(described: bodies.DescribeName) -> Asked:
    """Describe a character that cannot be typed or printed: a desk looks at it, the application goes on."""
    return Asked(case=names.ask(candidate(routes), described.description, described.spelling))


@routes.post("/help/phone")
def ask_for_phone(asked: bodies.AskForPhone) -> Asked:
    """Ask a desk to take a number off another account: its code arrived here."""
    return Asked(case=account_help.ask_for_phone(candidate(routes), asked.challenge, asked.code, asked.note))


@routes.post("/help/account")
def ask_for_account(asked: bodies.AskForAccount) -> Asked:
    """Ask a desk for the account of an ID document. The answer is the same whether there is one."""
    who, document = candidate(routes), id_document(asked.id_kind, asked.id_number, asked.id_country)
    return Asked(case=account_help.ask_for_account(who, asked.name, asked.birth_date, document, asked.note))


@routes.get("/help/<case>")
def read_request(case: CasePath) -> Request:
    """What became of an own request."""
    return account_help.read(candidate(routes), case)


@routes.post("/requests/<case>/no")
def say_no(case: CasePath) -> Nothing:
    """Somebody asks for this account or its number, and it is still in use here: the request is over."""
    account_help.say_no(candidate(routes), case)
    return Nothing()


@routes.get("/texts/<name>")
def read_text(name: bodies.TextPath) -> TextToAccept:
    """A text to accept, in the version of today."""
    who, kind = candidate(routes), AgreementKind(name)
    text = agreements.text(kind)
    accepted = agreements.accepted(who, kind)
    given = getattr(candidates.read(who).account, agreements.FIELDS[kind]) if accepted else None
    return TextToAccept(
        text_version=text.version,
        hash=text.hash,
        title=text.title,
        paragraphs=text.paragraphs,
        accepted=accepted,
        accepted_at=given.at if given else None,
    )


@routes.put("/texts/<name>")
def accept_text(name: bodies.TextPath, accept: bodies.Accept) -> Nothing:
    """Accept the version that was read."""
    agreements.accept(candidate(routes), AgreementKind(name), accept.text_version)
    return Nothing()
