"""Asking for a correction: which fields, what stands there, which places, and what was asked before."""

from certification.acts import corrections, education
from certification.acts.correcting import EDUCATION, WORK
from certification.acts.correction_shown import WantedCorrection
from certification.acts.ownership import own_application
from certification.acts.papers import behind
from certification.cloud.tables.applications import Correction
from certification.cloud.tables.candidates import candidates
from certification.letters.formats import Language
from certification.portal.views.education import in_a_line, in_words
from certification.portal.views.labels import label
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen
from certification.rules.policy import Policy
from certification.rules.work import WorkHistory

Options = tuple[tuple[str, str], ...]


class Asked(Frozen):
    """One correction in words."""

    what: str
    state: str
    when: str
    note: str


class Page(Frozen):
    """`fields` are (code, words with what stands there now); `sites` the places whose desk can decide.

    `entries` are education entries that can be put right, (number, in a line); `may_add` and `may_work`: one more can be
    asked for, and another work history.
    """

    reference: str
    fields: Options
    sites: Options
    site: str
    evidence: str
    asked: tuple[Asked, ...]
    entries: tuple[tuple[int, str], ...] = ()
    may_add: bool = False
    may_work: bool = False


def of(candidate_id: str, reference: str, language: Language) -> Page:
    """What this candidate may ask for now; another person's application is not found."""
    application = own_application(candidate_id, reference)
    known = behind(application)
    say = Speech(language, known.policy.time_zone)
    fields = corrections.open_to(candidate_id, reference)
    now = corrections.before(application, candidate_id, fields)
    proof = candidates.read(candidate_id).drafts.get("correction_proof")
    return Page(
        reference=reference,
        fields=tuple(
            (code, say("correction.field_now", field=words(known.policy, code, say), now=now[code]))
            for code in fields
            if code not in (EDUCATION, WORK)
        ),
        entries=tuple(
            (one.number, _pair(say("education.number", n=one.number), in_a_line(one.entry, say), say))
            for one in education.of(candidates.read(candidate_id))
        )
        if EDUCATION in fields
        else (),
        may_add=EDUCATION in fields,
        may_work=WORK in fields,
        sites=tuple((row.code, say.said(row.words)) for row in known.policy.regions)
        if len(known.policy.regions) > 1
        else (),
        site=application.region or "",
        evidence=proof.state if proof else "",
        asked=tuple(_asked(one, known.policy, say) for one in reversed(application.corrections)),
    )


def words(policy: Policy, code: str, say: Speech) -> str:
    """What a field is called."""
    if code == "paper":
        return label(policy, code, say)
    if code in (EDUCATION, WORK):
        return say(f"tasks.{'education' if code == EDUCATION else 'work'}")
    return next((say.said(row.words) for row in policy.questions if row.code == code), code)


def background_rows(asked: WantedCorrection, say: Speech) -> list[tuple[str, str]]:
    """What a desk compares of an education entry or a work history: what stands there, and what is wanted."""
    rows = []
    if asked.education is not None:
        one = asked.education
        now = in_a_line(one.now, say) if one.now else "–"
        title = say("education.number", n=one.number) if one.number else say("education.add")
        wanted = say("correction.semicolon").join(_pair(*row, say) for row in in_words(one.wanted, say))
        rows += [(title, say("correction.stands", now=now)), (say("correction.instead"), wanted)]
    if asked.work is not None:
        rows += [(say("tasks.work"), say("correction.stands", now=_jobs(asked.work.now, say)))]
        rows += [(say("correction.instead"), _jobs(asked.work.wanted, say))]
    return rows


def _jobs(history: WorkHistory, say: Speech) -> str:
    """Every job in a line, and what else the history has."""
    jobs = [
        say(
            "check.work_entry",
            employer=job.employer or say("check.own_account"),
            duties=job.duties,
            since=say.day(job.since),
            until=say.day(job.until) if job.until else say("check.today"),
        )
        for job in history.jobs
    ]
    leaves = [_pair(say("work.leave"), say.day(one.since), say) for one in history.leaves]
    held = [
        _pair(say("work.certificate"), f"{one.code} {one.number} {say.day(one.issued)}", say)
        for one in history.certificates
    ]
    return (
        say("correction.semicolon").join((*jobs, *leaves, *held, *([history.workplace] if history.workplace else [])))
        or "–"
    )


def _pair(name: str, value: str, say: Speech) -> str:
    return say("form.pair", name=name, value=value)


def _asked(one: Correction, policy: Policy, say: Speech) -> Asked:
    return Asked(
        what=", ".join(words(policy, code, say) for code in one.fields),
        state=say(f"correction.state_{one.state}"),
        when=say.moment(one.decided_at or one.asked_at),
        note=one.note,
    )
