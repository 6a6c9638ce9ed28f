"""The board: published notices as anybody reads them, from objects. No table is read and nobody waits for a machine.

`notices/index.json` lists every notice with its versions, `notices/<id>/<number>.json` is the text of one version and
is never replaced. What counts at an instant is asked of the rule; the index only says what was published.
"""

from datetime import datetime

from pydantic import TypeAdapter

from certification.cloud import clock, vault
from certification.cloud.settings import settings
from certification.policies import load_policy
from certification.rules.errors import NotFound
from certification.rules.model import Frozen
from certification.rules.notices import Notice, NoticeKind, Series, Version, find

INDEX = "notices/index.json"
BOARD: TypeAdapter[tuple[Series, ...]] = TypeAdapter(tuple[Series, ...])


class Posted(Frozen):
    """One version with its text; without it when it spoke of people and has ended."""

    series: Series
    version: Version
    notice: Notice | None


def text_key(identifier: str, number: int) -> str:
    """Where the text of a version lies."""
    return f"notices/{identifier}/{number}.json"


def board() -> tuple[Series, ...]:
    """Every published notice, those of tomorrow too: ask `in_force` or `begun` with the time."""
    found = vault.find(settings().published, INDEX)
    return BOARD.validate_json(found) if found else ()


def posted(identifier: str, number: int | None = None) -> Posted:
    """A version that counts or has counted; without a number the newest. `NotFound` before its instant."""
    now = clock.now()
    series = next((one for one in board() if one.id == identifier), None)
    begun = series.begun(now) if series else ()
    version = next((one for one in begun if number in (None, one.number)), None)
    if series is None or version is None:
        raise NotFound("notice")
    gone = series.removed(version, now)
    return Posted(series=series, version=version, notice=None if gone else read(identifier, version.number))


def read(identifier: str, number: int) -> Notice:
    """The text of a version."""
    found = vault.find(settings().published, text_key(identifier, number))
    if found is None:
        raise NotFound("notice")
    return Notice.model_validate_json(found)


def about(
    kind: NoticeKind, scheme: str, sitting: str, region: str | None, at: datetime | None = None
) -> tuple[Series, Version] | None:
    """The notice of a kind that counts for a sitting (and region) of a scheme, now or at an instant."""
    year = load_policy(scheme)[0].year
    return find(board(), kind, at or clock.now(), scheme=scheme, year=year, sitting=sitting, region=region)


def seen(scheme: str, sitting: str, region: str | None) -> dict[str, str]:
    """Which registration notice and informed text count now: what an application keeps (`id` to `number:hash`)."""
    kinds = (NoticeKind.REGISTRATION_NOTICE, NoticeKind.INFORMED_TEXT)
    found = [one for kind in kinds if (one := about(kind, scheme, sitting, region))]
    return {series.id: f"{version.number}:{version.proof}" for series, version in found}
