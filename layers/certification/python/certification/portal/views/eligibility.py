"""The answer to "Am I eligible?" as a page shows it: per level, and the timeline as a table and as bars."""

from datetime import date

from certification.acts import eligibility
from certification.acts.eligibility import Calculation, LevelAnswer
from certification.cloud.tables.sittings import sittings
from certification.letters.formats import Language
from certification.policies import load_policy
from certification.portal.study_form import DEGREES, LEVELS
from certification.portal.views import work
from certification.portal.views.speech import Speech
from certification.portal.views.work import Options
from certification.rules.eligibility import Background, Missing
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.timetable import Row
from certification.rules.words import Because

ROW_HEIGHT, WIDTH = 24, 600
Lines = tuple[str, ...]


class PathShown(Frozen):
    """One path: what it asks, and what is missing; nothing where it is met."""

    words: str
    met: bool
    missing: Lines


class LevelShown(Frozen):
    """One level: yes or no in words, why, when, and what would have to be proven."""

    name: str
    state: str
    eligible: bool
    because: str
    earliest: str
    paths: tuple[PathShown, ...]
    proofs: Lines
    rules: str


class Stretch(Frozen):
    """One row of the timeline; `x` and `width` are where its bar is, out of `WIDTH`."""

    kind: str
    what: str
    name: str
    since: str
    until: str
    counts: str
    why: str
    x: int
    width: int
    y: int


class Shown(Frozen):
    """The whole answer. `majors` are the groups of the catalogue with their majors."""

    sitting: str
    sitting_name: str
    occupation: str
    until: str
    levels: tuple[LevelShown, ...]
    timeline: tuple[Stretch, ...]
    height: int
    width: int
    majors: tuple[tuple[str, str], ...]


def own(candidate_id: str, reference: str, language: Language) -> Shown:
    """The answer for the candidate's application."""
    return shown(eligibility.own(candidate_id, reference), language)


def tried(sitting: str, occupation: str, background: Background, language: Language) -> Shown:
    """The answer for what was typed into the calculator."""
    return shown(eligibility.tried(sitting, occupation, background), language)


def shown(found: Calculation, language: Language) -> Shown:
    policy, _ = load_policy(found.scheme)
    say = Speech(language, policy.time_zone)
    sitting = sittings.read(found.sitting)
    nearest = next((one for one in found.levels if one.answer.eligible), found.levels[0] if found.levels else None)
    stretches = _timeline(nearest.timeline if nearest else (), found.until, policy, say)
    return Shown(
        sitting=sitting.id,
        sitting_name=sitting.name_zh if language == "zh" else sitting.name_en,
        occupation=say.said(policy.occupation(found.occupation).words),
        until=say.day(found.until),
        levels=tuple(_level(one, found.sitting, policy, say) for one in found.levels),
        timeline=stretches,
        height=ROW_HEIGHT * max(1, len(stretches)),
        width=WIDTH,
        majors=_majors(policy, found.occupation, say),
    )


class Asked(Frozen):
    """What the calculator offers."""

    sitting: str
    sitting_name: str
    occupations: Options
    levels: Options
    degrees: Options
    fields: Options
    certificates: Options


def calculator(sitting_id: str, language: Language) -> Asked:
    """The calculator of a sitting; NotFound when there is none."""
    sitting = sittings.read(sitting_id)
    policy, _ = load_policy(sitting.scheme)
    say = Speech(language, policy.time_zone)
    return Asked(
        sitting=sitting.id,
        sitting_name=sitting.name_zh if language == "zh" else sitting.name_en,
        occupations=[(code, say.said(policy.occupation(code).words)) for code in sitting.occupations],
        levels=[(code, say(f"profile.level_{code}")) for code in reversed(LEVELS)],
        degrees=[(code, say(f"eligibility.degree_{code}")) for code in DEGREES],
        fields=work.fields(policy, None, say),
        certificates=work.certificates(policy, say),
    )


def _level(one: LevelAnswer, here: str, policy: Policy, say: Speech) -> LevelShown:
    answer = one.answer
    state = "yes" if answer.eligible else "exception" if answer.by_exception else "no"
    uploads = {upload.code: upload.words for upload in policy.uploads}
    return LevelShown(
        name=say.said(policy.level(one.level).words),
        state=say(f"eligibility.{state}"),
        eligible=answer.eligible,
        because=_said(answer.because, say),
        earliest=_earliest(one, here, say),
        paths=tuple(
            PathShown(
                words=path.zh if say.language == "zh" else path.en,
                met=path.met,
                missing=tuple(_said(gap, say) for gap in path.missing),
            )
            for path in answer.paths
        ),
        proofs=tuple(
            say(
                "eligibility.proof" if proof.always else "eligibility.proof_without_commitment",
                what=say.said(uploads[proof.upload]),
                why=_said(proof.because, say),
            )
            for proof in answer.proofs
        ),
        rules=", ".join(answer.because.rules),
    )


def _earliest(one: LevelAnswer, here: str, say: Speech) -> str:
    answer = one.answer
    if answer.eligible:
        return ""
    if answer.earliest is None:
        return say("eligibility.never_by_itself")
    if one.sitting is not None and one.sitting != here:
        sitting = sittings.read(one.sitting)
        name = sitting.name_zh if say.language == "zh" else sitting.name_en
        return say("eligibility.earliest_sitting", day=say.day(answer.earliest), sitting=name)
    return say("eligibility.earliest_year", day=say.day(answer.earliest), year=answer.earliest_year)


def _said(words: Missing | Because, say: Speech) -> str:
    return words.zh if say.language == "zh" else words.en


def _timeline(rows: tuple[Row, ...], until: date, policy: Policy, say: Speech) -> tuple[Stretch, ...]:
    if not rows:
        return ()
    first = min(row.since for row in rows)
    days = max(1, (max(until, *(row.until or until for row in rows)) - first).days + 1)
    held = {one.code: say.said(one.words) for one in policy.eligibility.certificates}
    found = []
    for number, row in enumerate(rows):
        end = row.until or until
        x = (row.since - first).days * WIDTH // days
        found.append(
            Stretch(
                kind=row.kind,
                what=say(f"eligibility.{row.kind}"),
                name=held.get(row.name, row.name),
                since=say.day(row.since),
                until=say.day(row.until) if row.until else say("check.today"),
                counts=say.said(row.counts) if row.counts else "",
                why=say.said(row.why) if row.why else "",
                x=x,
                width=max(3, ((end - row.since).days + 1) * WIDTH // days),
                y=number * ROW_HEIGHT + 4,
            )
        )
    return tuple(found)


def _majors(policy: Policy, occupation: str, say: Speech) -> tuple[tuple[str, str], ...]:
    comma = say("notices.comma")
    return tuple(
        (say.said(group.words), comma.join(say.said(major.words) for major in group.majors))
        for group in policy.eligibility.catalogue
        if not group.occupations or occupation in group.occupations
    )
