"""The seat draw of a sitting: what was promised before, what was fixed after, and the files to recompute it."""

from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.sittings import Sitting, sittings
from certification.letters.formats import Language
from certification.policies import load_policy, schemes
from certification.portal.views.speech import Speech
from certification.rules.errors import NotFound
from certification.rules.model import Frozen
from certification.rules.policy import Policy


class Draw(Frozen):
    """`files` are the published ones as (name, what it is). `done` when anybody can recompute it."""

    sitting: str
    name: str
    done: bool
    sampled: bool
    state: str
    facts: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]


def all_draws(language: Language) -> tuple[Draw, ...]:
    """The draws of every announced sitting."""
    return tuple(_draw(sitting, language) for scheme in schemes() for sitting in sittings.of(scheme))


def of(sitting_id: str, language: Language) -> Draw:
    return _draw(sittings.read(sitting_id), language)


def address(sitting_id: str, name: str) -> str:
    """A short-lived address of one published file."""
    sitting = sittings.read(sitting_id)
    if name not in _files(sitting):
        raise NotFound("file")
    return vault.link(settings().published, f"draws/{sitting_id}/{name}.json", f"{sitting_id}-{name}.json")


def _files(sitting: Sitting) -> tuple[str, ...]:
    there = {
        "commitment": True,
        "list": sitting.draw.list_hash is not None,
        "draw": sitting.draw.published_at is not None and sitting.draw.public_value is not None,
    }
    if sitting.draw.sampled_from:
        there |= {"sample-list": there["list"], "sample": there["draw"]}
    return tuple(name for name, is_there in there.items() if is_there)


def _draw(sitting: Sitting, language: Language) -> Draw:
    policy, _ = load_policy(sitting.scheme)
    say = Speech(language, policy.time_zone)
    files = _files(sitting)
    state = "done" if "draw" in files else "closed" if "list" in files else "promised"
    return Draw(
        sitting=sitting.id,
        name=sitting.name_zh if language == "zh" else sitting.name_en,
        done=state == "done",
        sampled=sitting.draw.sampled_from > 0,
        state=say(f"draws.{state}", closes=say.deadline(sitting.dates.payment_closes)),
        facts=_facts(sitting, policy, say),
        files=tuple((name, say(f"draws.file_{name}")) for name in files),
    )


def _facts(sitting: Sitting, policy: Policy, say: Speech) -> tuple[tuple[str, str], ...]:
    draw = sitting.draw
    rows = [
        (say("draws.commitment"), draw.commitment),
        (say("draws.beacon"), say.said(policy.seating.beacon.words)),
    ]
    if draw.list_hash:
        rows.append((say("draws.list_hash"), draw.list_hash))
    if draw.public_value:
        rows.append((say("draws.public_value"), draw.public_value))
    if draw.sampled_from and policy.checks:
        share = f"{policy.checks.sampling.proportion * 100:f}".rstrip("0").rstrip(".")
        rows.append((say("draws.sample"), say("draws.sample_is", share=share, number=draw.sampled_from)))
    if draw.published_at:
        rows.append((say("draws.published"), say.moment(draw.published_at)))
    return tuple(rows)
