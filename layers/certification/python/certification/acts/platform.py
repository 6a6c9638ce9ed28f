"""Coming by an identity platform: its word about who somebody is goes into their account, and lets them sign in (ACC-12).

An exam whose policy names a platform takes nobody who was not verified by it. The way there and back is one row, known by
the hash of its state, used once, and bound to whoever began it: a browser that did not begin cannot end it. On the first
entry name, document and birth date come from the platform; photo and education are added by the person.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from certification.acts import agreements, profile, sessions
from certification.acts.providers import identity_platform
from certification.acts.uploads import held
from certification.acts.visits import Visit
from certification.cloud import clock
from certification.cloud.blind_index import blind
from certification.cloud.log import logger
from certification.cloud.settings import settings
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.tables.codes import Journey, journeys
from certification.cloud.transaction import Lost, commit, retried
from certification.policies import load_policy, schemes
from certification.providers.platform import NotBelieved
from certification.providers.ports import Lost as NoAnswer
from certification.providers.ports import PlatformIdentity, ProviderRefused, Unreachable
from certification.rules.errors import Refused
from certification.rules.id_documents import id_document
from certification.rules.model import Frozen

LIVES = timedelta(minutes=10)
BACK = "/sign-in/platform/return"


class Away(Frozen):
    """Where the browser goes, and the state it must come back with."""

    address: str
    state: str


def needed_for(scheme: str) -> str | None:
    """The platform that this scheme wants people to come by; None where it wants none."""
    return load_policy(scheme)[0].accounts.identity_provider


def offered() -> str | None:
    """The platform that some scheme of ours wants people to come by; None where none does."""
    return next(filter(None, map(needed_for, schemes())), None)


def must_have_come_by(candidate: Candidate, scheme: str) -> None:
    """Refuses whoever was not verified by the platform of this scheme."""
    wanted = needed_for(scheme)
    if wanted is not None and candidate.account.platform != wanted:
        raise Refused(
            "platform_needed",
            "This exam takes people whom the public identity platform has verified. Go there from your account first.",
            "本考试须先通过统一身份认证平台实名认证，请在“我的账号”中前往认证。",
            rules=("ACC-12",),
            facts={"platform": wanted},
        )


def begin(provider: str, language: str, candidate_id: str | None) -> Away:
    """Send somebody to the platform: to be verified (signed in), or to sign in."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    journey = Journey(
        key=_key(state),
        provider=provider,
        candidate=candidate_id,
        nonce=nonce,
        verifier=verifier,
        expires_at=clock.now() + LIVES,
    )
    commit([journeys.insert(journey)])
    return Away(address=identity_platform().address(state, nonce, verifier, _back(language)), state=state)


def come_back(
    state: str, began_with: str, code: str, language: str, candidate_id: str | None, visit: Visit
) -> str | None:
    """Somebody came back. Gives a session when they sign in by it; None when their own account was verified.

    `began_with` is the state that the browser remembers. Nothing is believed that does not fit together.
    """
    journey = journeys.find(_key(state)) if len(state) <= 100 else None
    same = hmac.compare_digest(state.encode(), began_with.encode())
    if journey is None or not same or clock.now() >= journey.expires_at or journey.candidate != candidate_id:
        raise _failed()
    try:
        commit([journeys.delete(journey)])  # one return for one departure
    except Lost as loss:
        raise _failed() from loss
    try:
        identity = identity_platform().redeem(code, journey.verifier, journey.nonce, _back(language))
    except (NotBelieved, ProviderRefused) as reason:
        logger.warning("platform not believed", code=reason.code)
        raise _failed() from reason
    except (Unreachable, NoAnswer) as reason:
        raise Refused(
            "platform_silent",
            "The identity platform does not answer. Try again in a few minutes.",
            "统一身份认证平台暂无响应，请稍后再试。",
            rules=("ACC-12",),
        ) from reason
    if candidate_id is None:
        return _sign_in(journey.provider, identity, visit)
    _verified(candidate_id, journey.provider, identity)
    return None


@retried
def _sign_in(provider: str, identity: PlatformIdentity, visit: Visit) -> str:
    claim = claims.find(_claim(provider, identity))
    if claim is None:
        raise Refused(
            "platform_unknown",
            "No account was verified with this platform identity yet. Sign in by e-mail first, and go to the platform "
            "from your account.",
            "该认证身份尚未关联账号。请先用邮箱登录，再从“我的账号”前往认证。",
            rules=("ACC-12",),
        )
    session_id, begun = sessions.begin("candidate", claim.holder, visit.device)
    commit(begun)
    return session_id


@retried
def _verified(candidate_id: str, provider: str, identity: PlatformIdentity) -> None:
    """Name, document and birth date as the platform says them; one platform identity has one account, and the reverse."""
    candidate = candidates.read(candidate_id)
    agreements.must_have_accepted(candidate)
    held(candidate)
    claim_key = _claim(provider, identity)
    claim = claims.find(claim_key)
    if claim is not None and claim.holder != candidate_id:
        raise Refused(
            "platform_taken",
            "Another account was verified with this platform identity. Sign in with it.",
            "该认证身份已关联其他账号，请用其登录。",
            rules=("ACC-12", "ACC-05"),
        )
    document = id_document(identity.id_kind, identity.id_number)
    account = candidate.account.model_copy(update={"platform": provider})
    saved = profile.with_details(
        candidate.changed(account=account),
        identity.name,
        candidate.latin_name or "",
        identity.birth_date,
        candidate.nationality or "CN",
        document.type,
        document.number,
    )
    _, writes, told = profile.details_stored(candidate, saved, proved=True)
    first: list[Write] = [claims.insert(Claim(key=claim_key, holder=candidate_id))] if claim is None else []
    commit([*writes, *first], told)


def _claim(provider: str, identity: PlatformIdentity) -> str:
    return f"platform:{blind('platform', f'{provider}|{identity.subject}')}"


def _key(state: str) -> str:
    return f"journey:{hashlib.sha256(state.encode()).hexdigest()}"


def _back(language: str) -> str:
    return f"{settings().public_url}/{language}{BACK}"


def _failed() -> Refused:
    return Refused(
        "platform_failed",
        "The way over the identity platform did not end as it began. Begin again.",
        "统一身份认证未完成，请重新开始。",
        rules=("ACC-12",),
    )
