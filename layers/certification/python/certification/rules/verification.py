"""VERIFICATION: what the registries' answers mean, and when a person must look.

In words: identity and each education entry are asked about once for the same particulars. The answers may come in any
order, twice, or contradict each other, so the state is a function of the set of answers: only matches is passed, only
mismatches is failed, both is a contradiction that a person resolves, and a registry that cannot tell counts as nothing
as soon as it can. Some entries are never asked about, because no registry can answer: a qualification from outside the
mainland, one below higher education, one under another name; there a person looks (EDU-13, EDU-20). No answer in time
is an on-site check too (decision 21). Whoever has no degree has nothing to verify (EDU-21). A pass on site counts for
every later application for that exam (EDU-19), and for no other.
"""

import unicodedata
from collections.abc import Iterable
from typing import Literal

from certification.rules.education import EducationEntry
from certification.rules.model import Frozen
from certification.rules.words import Words

Matter = Literal["identity", "education"]
State = Literal["asked", "passed", "failed", "on_site"]
Said = Literal["match", "no_match", "cannot_tell"]
Reason = Literal[
    "no_answer", "cannot_tell", "contradiction", "foreign", "name_differs", "below_higher", "no_match", "desk"
]

WORDS: dict[Reason, tuple[Words, tuple[str, ...]]] = {
    "no_answer": (
        Words(en="The registry did not answer in time.", zh="核验机构未在规定时间内反馈。"),
        ("EDU-01", "EDU-05"),
    ),
    "cannot_tell": (Words(en="The registry cannot tell.", zh="核验机构无法确认。"), ("EDU-05",)),
    "contradiction": (
        Words(en="The registry gave two different answers.", zh="核验机构先后反馈的结果不一致。"),
        ("EDU-05",),
    ),
    "foreign": (
        Words(
            en="Qualifications from outside the mainland cannot be checked online. Upload their certification.",
            zh="国（境）外学历学位无法在线核验，请上传教育部留学服务中心出具的认证材料。",
        ),
        ("EDU-13", "EDU-14"),
    ),
    "name_differs": (
        Words(
            en="The name on the certificate differs from your name now.",
            zh="证书上的姓名与现姓名不一致，需现场核查。",
        ),
        ("EDU-20",),
    ),
    "below_higher": (
        Words(en="The registry knows higher education only.", zh="核验机构仅提供高等教育学历学位核验。"),
        ("EDU-10",),
    ),
    "no_match": (
        Words(
            en="The registry knows no such qualification. Check what you entered; if it is right, go on.",
            zh="核验未通过。请核对所填信息；如确认无误，可继续报名并接受核查。",
        ),
        ("EDU-05", "EDU-18"),
    ),
    "desk": (Words(en="A person looked at the proofs.", zh="已经人工核查。"), ("EDU-18", "EDU-19")),
}


class Judged(Frozen):
    """The state of one check and why it is not simply what the registry said."""

    state: State
    reason: Reason | None = None


def from_the_start(entry: EducationEntry, names: Iterable[str]) -> Judged:
    """Whether an education entry can be asked about at all; `names` are the person's own."""
    if entry.foreign:
        return Judged(state="on_site", reason="foreign")
    if not entry.higher:
        return Judged(state="on_site", reason="below_higher")
    if entry.name and same_name(entry.name) not in {same_name(name) for name in names}:
        return Judged(state="on_site", reason="name_differs")
    return Judged(state="asked")


def same_name(name: str) -> str:
    """A name in the form in which two of them are compared: width, case, spaces and dots do not matter."""
    return "".join(character for character in unicodedata.normalize("NFKC", name).casefold() if character.isalnum())


def of_answers(said: Iterable[Said]) -> Judged:
    """What a set of answers means, in whatever order and however often each came; `asked` when there is none."""
    found = set(said)
    if {"match", "no_match"} <= found:
        return Judged(state="on_site", reason="contradiction")
    if "match" in found:
        return Judged(state="passed")
    if "no_match" in found:
        return Judged(state="failed", reason="no_match")
    if "cannot_tell" in found:
        return Judged(state="on_site", reason="cannot_tell")
    return Judged(state="asked")


def together(states: Iterable[State]) -> State:
    """The state of all entries together: waiting while one waits; then the worst of them; nothing to verify passes."""
    found = set(states)
    for state in WORST_FIRST:
        if state in found:
            return state
    return "passed"


WORST_FIRST: tuple[State, ...] = ("asked", "failed", "on_site")
