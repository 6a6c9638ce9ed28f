"""The conditions of a scheme's year in words, level by level (INF-05), and what must be proven with what (INF-03)."""

from certification.policies import load_commitment_text
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.policy_applying import Education
from certification.rules.policy_eligibility import Level, Path

Lines = tuple[str, ...]


class LevelConditions(Frozen):
    """A level: `always` must hold, and one of `ways`."""

    name: str
    always: Lines
    ways: Lines


class Told(Frozen):
    """One matter of the commitment's notice."""

    heading: str
    words: str


class Group(Frozen):
    """What somebody learns before registration opens about proofs, checks and cooperation (INF-03, third group)."""

    title: str
    told: tuple[Told, ...]
    materials: Lines
    proof: str


def levels(policy: Policy, say: Speech, offered: tuple[str, ...]) -> tuple[LevelConditions, ...]:
    """The conditions of the levels that a sitting offers."""
    return tuple(
        LevelConditions(
            name=say.said(level.words),
            always=_always(policy, level, say),
            ways=tuple(_way(policy, path, say) for path in level.any_of),
        )
        for level in policy.levels
        if level.code in offered
    )


def counted_until(policy: Policy, say: Speech) -> str:
    """The day up to which age and years of work are counted."""
    return say(f"conditions.until_{policy.eligibility.counted_until}", year=policy.year)


def _always(policy: Policy, level: Level, say: Speech) -> Lines:
    lines = [say("conditions.age", n=level.minimum_age)] if level.minimum_age else []
    waived = [say.said(policy.subject(code).words) for code in level.waives]
    return (*lines, say("conditions.waives", subjects=say("notices.comma").join(waived))) if waived else tuple(lines)


def _way(policy: Policy, path: Path, say: Speech) -> str:
    groups = {group.code: say.said(group.words) for group in policy.eligibility.catalogue}
    held = {one.code: say.said(one.words) for one in policy.eligibility.certificates}
    parts = [] if path.education is Education.NONE else [say(f"profile.level_{path.education}")]
    if path.degree and path.degree != "none":
        parts.append(say(f"conditions.degree_{path.degree}"))
    if path.majors:
        named = say("notices.comma").join(groups[code] for code in path.majors)
        parts.append(say("conditions.majors", majors=named))
    if path.certificate:
        parts.append(held[path.certificate])
    if path.work_years:
        parts.append(say("conditions.work", n=path.work_years))
    if path.field_years:
        parts.append(say("conditions.field", n=path.field_years))
    if path.minimum_age:
        parts.append(say("conditions.age", n=path.minimum_age))
    words = say("conditions.and").join(parts) or say("conditions.nothing")
    if not path.occupations:
        return words
    named = say("notices.comma").join(say.said(policy.occupation(code).words) for code in path.occupations)
    return say("conditions.only_for", occupations=named, words=words)


def proofs(policy: Policy, say: Speech) -> Group:
    """The commitment's notice where a scheme has one; everywhere the materials, and that checks are answered."""
    materials = tuple(
        say.said(upload.words) if upload.required else say("conditions.if_asked", what=say.said(upload.words))
        for upload in policy.uploads
    )
    if policy.commitment is None:
        told = tuple(
            Told(heading=say(f"conditions.{matter}"), words=say(f"conditions.{matter}_text"))
            for matter in ("prove", "powers", "cooperate")
        )
        return Group(title=say("conditions.told"), told=told, materials=materials, proof="")
    text = load_commitment_text(policy.commitment.text)
    return Group(
        title=say.said(text.title),
        told=tuple(Told(heading=say.said(one.heading), words=say.said(one.words)) for one in text.notice),
        materials=materials,
        proof=say("conditions.text_version", version=text.version, hash=text.hash),
    )
