"""The account itself, as its owner sees it."""

from datetime import datetime

from certification.acts import account_help, agreements, home, names, platform, profile, sessions
from certification.acts.account_help import Request as HelpRequest
from certification.acts.people import opened
from certification.cloud.tables.candidates import candidates
from certification.letters.formats import Language
from certification.portal.views.speech import Speech
from certification.rules.agreements import AgreementKind
from certification.rules.glyphs import code_point
from certification.rules.id_documents import KINDS, NAMES
from certification.rules.model import Frozen
from certification.rules.reserved_answers import QUESTIONS

Options = tuple[tuple[str, str], ...]


class SessionLine(Frozen):
    """One place somebody is signed in at."""

    name: str
    device: str
    begun: str
    this: bool


class RequestLine(Frozen):
    """Somebody asks for this account or its number."""

    case: str
    words: str


class OwnAccount(Frozen):
    """Everything on the account's page."""

    email: str
    phone: str
    on_paper: str
    details: str
    education: str
    platform: str
    ways: tuple[str, ...]
    asks_question: bool
    question: str
    sessions: tuple[SessionLine, ...]
    requests: tuple[RequestLine, ...]


class Question(Frozen):
    """The page that sets a security question."""

    offered: bool
    questions: Options
    question: str


class NameView(Frozen):
    """How a name stands on paper."""

    native: str
    on_paper: str
    missing: str
    forms: str
    case: str
    decided: str
    note: str


class TextView(Frozen):
    """A text to accept. `asks`: the reader may accept it; `accepted` says when they did."""

    title: str
    paragraphs: tuple[str, ...]
    version: str
    asks: bool
    accepted: str


def of(candidate_id: str, session_id: str | None, language: Language) -> OwnAccount:
    """The account's page."""
    say, row = Speech(language), candidates.read(candidate_id)
    person, ways = opened(row), home.policy_of(candidate_id).accounts.recovery
    kept = row.account.reserved_answer
    return OwnAccount(
        email=person.email,
        phone=person.phone or "",
        on_paper=person.on_paper,
        details=say(_details(profile.read(candidate_id))),
        education=_entries(len(row.education), say),
        platform=_platform(row.account.platform, say),
        ways=tuple(say(f"own.way_{way}") for way in ways),
        asks_question="security_question" in ways,
        question=say.said(QUESTIONS[kept.question]) if kept else "",
        sessions=tuple(
            SessionLine(
                name=one.name,
                device=one.device or say("own.session_unknown"),
                begun=say("own.session_begun", at=say.moment(one.begun_at)),
                this=one.this,
            )
            for one in sessions.own(candidate_id, session_id)
        ),
        requests=tuple(_request(one, say) for one in account_help.against(candidate_id)),
    )


def _details(known: profile.Profile) -> str:
    if not known.person.id_number:
        return "own.none"
    words = {"passed": "own.details_checked", "asked": "own.details_asked"}
    return words.get(known.identity_check, "own.details_given")


def _entries(count: int, say: Speech) -> str:
    return say("own.entries", count=count) if count > 1 else say("own.entries_one" if count else "own.none")


def _platform(verified_by: str | None, say: Speech) -> str:
    """Whether the identity platform verified this account; nothing where no scheme names one."""
    if platform.offered() is None:
        return ""
    return say("own.platform_done") if verified_by else say("own.platform_not")


def _request(request: HelpRequest, say: Speech) -> RequestLine:
    at = say.moment(datetime.fromisoformat(request.decided_from))
    words = say("own.request_phone", at=at) if request.asks == "phone" else say("own.request_account", at=at)
    return RequestLine(case=request.case, words=words)


def question(candidate_id: str, language: Language) -> Question:
    """The page that sets a security question."""
    say = Speech(language)
    kept = candidates.read(candidate_id).account.reserved_answer
    return Question(
        offered="security_question" in home.policy_of(candidate_id).accounts.recovery,
        questions=tuple((code, say.said(words)) for code, words in QUESTIONS.items()),
        question=kept.question if kept else "",
    )


def name(candidate_id: str) -> NameView:
    """How the name stands on paper."""
    known = names.read(candidate_id)
    return NameView(
        native=known.native or "",
        on_paper=known.on_paper,
        missing=", ".join(f"{character} ({code_point(character)})" for character in known.missing),
        forms=" ".join(known.forms),
        case=known.case or "",
        decided=known.decided or "",
        note=known.note,
    )


def text(candidate_id: str | None, kind: AgreementKind, language: Language) -> TextView:
    """A text that people accept; without a candidate it is only read."""
    say, now = Speech(language), agreements.text(kind)
    given = None
    if candidate_id and agreements.accepted(candidate_id, kind):
        given = getattr(candidates.read(candidate_id).account, agreements.FIELDS[kind])
    return TextView(
        title=say.said(now.title),
        paragraphs=tuple(say.said(words) for words in now.paragraphs),
        version=now.version,
        asks=candidate_id is not None,
        accepted=say("own.accepted_at", at=say.moment(given.at)) if given else "",
    )


def request_words(candidate_id: str, case: str, language: Language) -> str:
    """What became of an own request."""
    say, request = Speech(language), account_help.read(candidate_id, case)
    if request.outcome:
        return say("own.request_done", case=request.case)
    return say("own.request_open", case=request.case, at=say.moment(datetime.fromisoformat(request.decided_from)))


def every_id_kind(language: Language) -> tuple[tuple[str, str, str], ...]:
    """(code, name, hint) of every kind of ID document we know."""
    say = Speech(language)
    return tuple((kind, say.said(NAMES[kind]), say(f"profile.{kind}_hint")) for kind in KINDS)
