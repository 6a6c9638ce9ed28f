"""Help with an account that somebody cannot reach, by a desk (ACC-06, ACC-08, ACC-11).

Whoever asks has proved an e-mail address of their own, and so has an account to be answered in. They ask for a number that
belongs to another account and whose code came back to them, or for another account that they say is theirs. The holder of
that account hears of it at once and may say no; a desk grants nothing before they had time for it (`rules/account_help.py`).
The effects of a decision are in `unbinding`.
"""

from datetime import date
from typing import Literal

from certification.acts import challenges, home
from certification.acts.agreements import must_have_accepted
from certification.acts.cases import closed, new_case
from certification.acts.cases import opened as case_opened
from certification.acts.people import opened
from certification.cloud import clock
from certification.cloud.blind_index import blind
from certification.cloud.field_encryption import key_of
from certification.cloud.outbox import Announcement
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import Case, cases
from certification.cloud.tables.claims import claims
from certification.cloud.tables.codes import Challenge, Counter, counters
from certification.cloud.tables.codes import challenges as challenge_rows
from certification.cloud.transaction import commit, retried
from certification.policies import load_calendar, load_policy
from certification.rules import codes
from certification.rules.account_help import LONGEST_NOTE, Claimed, Held, Likeness, decided_from, likeness
from certification.rules.cases import CaseKind, Subject
from certification.rules.deadlines import review_due
from certification.rules.desks import desk_for
from certification.rules.errors import NotFound, Refused
from certification.rules.id_documents import IdDocument, must_agree
from certification.rules.identity import full_name
from certification.rules.model import Frozen

Asks = Literal["phone", "account"]


class Wanted(Frozen):
    """What was asked for, sealed with the case: the number that was proved, or the account that was described."""

    note: str
    phone_index: str | None = None
    sealed_phone: str | None = None
    claimed: Claimed | None = None


class Request(Frozen):
    """A request as its two sides see it. `holder` is the other account, empty when there is none."""

    case: str
    asks: Asks
    decided_from: str
    outcome: str | None
    note: str


@retried
def ask_for_phone(candidate_id: str, challenge_id: str, code: str, note: str) -> str:
    """The number whose code came back belongs to another account: ask a desk to take it off that one (ACC-08)."""
    challenge = challenges.proven(challenge_id, "sign_up_phone", code)
    if challenge.subject != candidate_id or challenge.address is None:
        raise challenges.wrong_code()
    claim = claims.find(f"phone:{challenge.address_index}")
    if claim is None or claim.holder == candidate_id:
        raise Refused(
            "phone_free",
            "This number belongs to no other account. Enter it under your mobile number.",
            "该手机号未绑定其他账户，可直接绑定。",
            rules=("ACC-08",),
            field="phone",
        )
    wanted = Wanted(note=_note(note), phone_index=challenge.address_index, sealed_phone=challenge.address)
    return _open(candidate_id, "phone", claim.holder, challenge.address_index, wanted, challenge)


@retried
def ask_for_account(candidate_id: str, name: str, born: date, document: IdDocument, note: str) -> str:
    """An account under this ID document is mine and I cannot sign in: the answer is the same whether there is one (ACC-06)."""
    must_have_accepted(candidates.read(candidate_id))
    must_agree(document, born)
    index = blind("id", document.known_as)
    claim = claims.find(f"id:{index}")
    holder = claim.holder if claim and claim.holder != candidate_id else ""
    claimed = Claimed(name=full_name(name), born=born, document=document)
    return _open(candidate_id, "account", holder, index, Wanted(note=_note(note), claimed=claimed), None)


def _note(text: str) -> str:
    note = " ".join(text.split())
    if not note or len(note) > LONGEST_NOTE:
        raise Refused(
            "note_missing",
            f"Say what happened, in at most {LONGEST_NOTE} characters.",
            f"请说明情况，最多 {LONGEST_NOTE} 个字符。",
            rules=("ACC-06",),
            field="note",
        )
    return note


def _open(candidate_id: str, asks: Asks, holder: str, index: str, wanted: Wanted, challenge: Challenge | None) -> str:
    now = clock.now()
    scheme = home.scheme_of(holder or candidate_id)
    policy, _ = load_policy(scheme)
    case = new_case(
        CaseKind.ACCOUNT_HELP,
        Subject.CANDIDATE,
        candidate_id,
        asks,
        index[:16],
        now=now,
        due=max(review_due(now, policy, load_calendar(policy.calendar)).due, decided_from(now)),
        desk=desk_for(policy, CaseKind.ACCOUNT_HELP).code,
        facts={"asks": asks, "holder": holder},
        scheme=scheme,
    )
    if cases.find(case.id) is not None:
        return case.id  # asked before: one request for one thing
    counter = counters.find(f"help:{candidate_id}") or Counter(key=f"help:{candidate_id}")
    asked = tuple(instant for instant in counter.sent_at if instant > now - codes.DAY_WINDOW)
    codes.may_send(now, asked, "request")
    counted = counter.changed(sent_at=(*asked, now))
    # The account that is asked for and the one that asks are both read, so that a stranger learns nothing from the time.
    other = candidates.read(holder or candidate_id)
    account = other.account.model_copy(update={"asked_for": (*other.account.asked_for, case.id)} if holder else {})
    sealed = key_of(candidate_id).seal("wanted", wanted.model_dump_json())
    writes: list[Write] = [
        cases.insert(case.changed(wanted=sealed)),
        counters.update(counted) if counter.version else counters.insert(counted),
        candidates.update(other.changed(account=account)),
    ]
    if challenge is not None:
        writes.append(challenge_rows.delete(challenge))
    heard = Announcement(
        name="AccountHelpAsked",
        subject=case.id,
        key=case.id,
        about={"candidate": holder, "asks": asks, "case": case.id},
    )
    commit(writes, [case_opened(case), *([heard] if holder else [])])
    return case.id


def wanted_in(case: Case) -> Wanted:
    """What was asked for, in clear."""
    return Wanted.model_validate_json(key_of(case.about).open("wanted", case.wanted or ""))


def compared(case: Case) -> Likeness | None:
    """For the desk: which of the claimed fields agree with the account; None when there is nothing to compare."""
    claimed, holder = wanted_in(case).claimed, case.facts.get("holder")
    if claimed is None or not holder:
        return None
    person = opened(candidates.read(holder))
    held = Held(
        names=tuple(name for name in (person.native_name, person.latin_name) if name),
        born=person.birth_date,
        document=person.document,
    )
    return likeness(claimed, held)


def against(holder_id: str) -> tuple[Request, ...]:
    """What others ask for of this account and no desk has decided."""
    found = [cases.find(case) for case in candidates.read(holder_id).account.asked_for]
    return tuple(_shown(case) for case in found if case is not None and case.decision is None)


def read(candidate_id: str, case_id: str) -> Request:
    """A request of this person's own."""
    case = cases.find(case_id) if len(case_id) < 40 else None
    if case is None or case.kind is not CaseKind.ACCOUNT_HELP or case.about != candidate_id:
        raise NotFound("request")
    return _shown(case)


def _shown(case: Case) -> Request:
    decision = case.decision
    return Request(
        case=case.id,
        asks="phone" if case.facts["asks"] == "phone" else "account",
        decided_from=decided_from(case.opened_at).isoformat(),
        outcome=decision.outcome if decision else None,
        note=decision.note if decision else "",
    )


@retried
def say_no(holder_id: str, case_id: str) -> None:
    """The holder still uses the account: the case is over, and whoever asked hears of it. Saying it again changes nothing."""
    case = cases.find(case_id) if len(case_id) < 40 else None
    if case is None or case.kind is not CaseKind.ACCOUNT_HELP or case.facts.get("holder") != holder_id:
        raise NotFound("request")
    if case.decision is None:
        commit([closed(case, "objected", "holder", clock.now())], [decided_letter(case, "objected")])


def decided_letter(case: Case, outcome: str) -> Announcement:
    """What whoever asked hears, once for each case."""
    return Announcement(
        name="AccountHelpDecided",
        subject=case.id,
        key=case.id,
        about={"candidate": case.about, "asks": case.facts["asks"], "case": case.id, "outcome": outcome},
    )
