"""What a desk's decision about an account does: a number or a whole account changes hands, in one transaction.

Everything that could be held by two is moved by the row that guards it, so of several at the same moment one succeeds; and
every session of both sides ends, so that nobody goes on with what is no longer theirs.
"""

from certification.acts import sessions
from certification.acts.account_help import decided_letter, wanted_in
from certification.cloud import clock
from certification.cloud.field_encryption import key_of
from certification.cloud.outbox import Announcement
from certification.cloud.tables.applications import applications
from certification.cloud.tables.base import Write
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.cases import Case
from certification.cloud.tables.claims import Claim, claims
from certification.cloud.transaction import Lost, commit, retried
from certification.rules.account_help import must_be_ripe
from certification.rules.errors import Refused
from certification.rules.review import Verdict


def must_be_possible(case: Case) -> None:
    """Raises Refused unless a desk may grant this request now."""
    must_be_ripe(case.opened_at, clock.now())
    holder = case.facts.get("holder")
    if not holder:
        raise Refused(
            "no_such_account",
            "There is no account under this ID document. Refuse, and say that they can go on registering.",
            "该证件没有已注册的账号，请选择“不同意”并告知其可继续注册。",
            rules=("ACC-05",),
        )
    if case.facts["asks"] == "account" and _in_use(case.about):
        raise Refused(
            "both_in_use",
            "The account that asks is in use itself: it has applications, or an identity platform verified it. So the two "
            "cannot become one.",
            "申请人的新账号已在使用（已有报名记录或已实名认证），无法合并。",
            rules=("ACC-06",),
        )


def _in_use(asker_id: str) -> bool:
    return bool(applications.of(asker_id)) or candidates.read(asker_id).account.platform is not None


@retried
def apply(case: Case) -> None:
    """Apply a decided request, once: what was moved already stays as it is."""
    if case.decision is None or case.decision.by == "system":
        return
    try:
        if case.decision.outcome != Verdict.APPROVE:
            commit([], [decided_letter(case, "refused")])
        elif case.facts["asks"] == "phone":
            _give_number(case)
        else:
            _give_account(case)
    except Lost as loss:
        if not loss.concerns("Outbox/AccountHelpDecided"):
            raise  # otherwise the letter is written, and so is everything beside it


def _give_number(case: Case) -> None:
    """The number leaves one account and enters the other (ACC-08)."""
    wanted = wanted_in(case)
    claim = claims.find(f"phone:{wanted.phone_index}")
    asker = candidates.read(case.about)
    writes: list[Write] = []
    told = [decided_letter(case, "granted")]
    if claim is None:
        writes.append(claims.insert(Claim(key=f"phone:{wanted.phone_index}", holder=asker.id)))
    elif claim.holder != asker.id:
        holder = candidates.read(claim.holder)
        without = holder.changed(sealed_phone=None, phone_index=None)
        writes += [claims.update(claim.changed(holder=asker.id)), candidates.update(without)]
        writes += sessions.ending_all(holder.id)
        told.append(Announcement(name="PhoneDetached", subject=case.id, key=case.id, about={"candidate": holder.id}))
    writes += _freed(asker, "phone", asker.phone_index if asker.phone_index != wanted.phone_index else None)
    account = asker.account.model_copy(update={"phone_before": asker.sealed_phone, "phone_changed_at": None})
    with_number = asker.changed(sealed_phone=wanted.sealed_phone, phone_index=wanted.phone_index, account=account)
    commit([*writes, candidates.update(with_number)], told)


def _freed(candidate: Candidate, kind: str, index: str | None) -> list[Write]:
    claim = claims.find(f"{kind}:{index}") if index else None
    return [claims.delete(claim)] if claim is not None and claim.holder == candidate.id else []


def _give_account(case: Case) -> None:
    """The account gets the address (and the number, if there is one) of whoever asked; the account they asked with ends."""
    asker, holder = candidates.read(case.about), candidates.read(case.facts["holder"])
    if asker.account.joined is not None:
        return
    theirs, its = key_of(asker.id), key_of(holder.id)
    email_claim = claims.read(f"email:{asker.email_index}")
    writes: list[Write] = [
        *_freed(holder, "email", holder.email_index),
        claims.update(email_claim.changed(holder=holder.id)),
        *sessions.ending_all(holder.id),
        *sessions.ending_all(asker.id),
        *_freed(asker, "id", asker.id_index),  # or nobody could ever enter that document again
    ]
    before = {"email_before": holder.sealed_email}
    changes = {
        "sealed_email": its.seal("email", theirs.open("email", asker.sealed_email)),
        "email_index": asker.email_index,
        "account": holder.account.model_copy(update=before),
    }
    if asker.phone_index is not None and asker.sealed_phone is not None:
        number_claim = claims.read(f"phone:{asker.phone_index}")
        writes += [*_freed(holder, "phone", holder.phone_index), claims.update(number_claim.changed(holder=holder.id))]
        changes |= {
            "sealed_phone": its.seal("phone", theirs.open("phone", asker.sealed_phone)),
            "phone_index": asker.phone_index,
            "account": holder.account.model_copy(
                update=before | {"phone_before": holder.sealed_phone, "phone_changed_at": None}
            ),
        }
    ended = asker.changed(
        sealed_phone=None,
        phone_index=None,
        id_index=None,
        account=asker.account.model_copy(update={"joined": holder.id}),
    )
    told = Announcement(
        name="AccountRecovered", subject=case.id, key=f"{holder.id}#{case.id}", about={"candidate": holder.id}
    )
    commit(
        [*writes, candidates.update(holder.changed(**changes)), candidates.update(ended)],
        [decided_letter(case, "granted"), told],
    )
