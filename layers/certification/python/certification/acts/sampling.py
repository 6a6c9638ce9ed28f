"""The sample of a sitting: frozen with the list of candidates, drawn with the seats, published without anybody's name.

Who is checked for other reasons (reported, or a comparison that stands out) is found here too, so that every check of a
sitting is asked for once, with the seat.
"""

from typing import Any

from certification.acts.publishing import seed_of, show
from certification.acts.supervision import Mode
from certification.cloud import vault
from certification.cloud.settings import settings
from certification.cloud.tables.applications import Application
from certification.cloud.tables.sittings import Sitting
from certification.policies import load_policy
from certification.rules.policy_commitment import Checks
from certification.rules.sampling import Population, name_of, population_document, sample, sample_document


def _list_key(sitting: str) -> str:
    return f"lists/sample/{sitting}.jsonl"


def checks_of(sitting: Sitting) -> Checks | None:
    """How commitments of this sitting are supervised; None where there are none."""
    policy, _ = load_policy(sitting.scheme)
    return policy.checks if policy.commitment is not None else None


def freeze(sitting: Sitting, registered: list[Application]) -> int:
    """Everybody whose check was waived, by the name of their commitment; gives their number. The first list stays."""
    if checks_of(sitting) is None:
        return 0
    items = [
        {"application": application.reference, "name": name_of(application.commitment)}
        for application in registered
        if application.commitment is not None and application.commits and _is_waived(application)
    ]
    vault.write_lines_once(settings().vault, _list_key(sitting.id), items)
    return len(_listed(sitting.id))


def show_list(sitting: Sitting) -> None:
    """The frozen list with its hash, for everybody."""
    checks = checks_of(sitting)
    population = _population(sitting, checks) if checks else None
    if population is not None and population.names:
        show(sitting.id, "sample-list", population_document(population, f"{sitting.draw.frozen_at}"))


def _is_waived(application: Application) -> bool:
    """What the rule said when the commitment was signed (CHK-08)."""
    return any(answer.rule == "waiver" and answer.yes for answer in application.answers)


def watched(application: Application) -> Mode | None:
    """Why somebody who committed is looked at besides the sample: a comparison stood out, or their level is watched."""
    policy, _ = load_policy(application.scheme)
    if policy.checks is None or not application.commits or application.commitment is None:
        return None
    if any(answer.rule == "smart" and not answer.yes for answer in application.answers):
        return "smart"
    return "key" if "exemption_level" in policy.checks.key and "exemption_level" in application.classes else None


def _listed(sitting: str) -> dict[str, str]:
    """Name to application."""
    return {item["name"]: item["application"] for item in vault.read_lines(settings().vault, _list_key(sitting))}


def _population(sitting: Sitting, checks: Checks) -> Population:
    return Population(sitting=sitting.id, proportion=checks.sampling.proportion, names=tuple(_listed(sitting.id)))


def drawn(sitting: Sitting, public_value: bytes) -> frozenset[str]:
    """The applications that the sample drew."""
    checks = checks_of(sitting)
    if checks is None:
        return frozenset()
    listed = _listed(sitting.id)
    return frozenset(listed[name] for name in sample(seed_of(sitting), public_value, _population(sitting, checks)))


def publish(sitting: Sitting, public_value: bytes, published_at: str) -> None:
    """Seed and sample, as anybody may recompute them."""
    checks = checks_of(sitting)
    population = _population(sitting, checks) if checks else None
    if population is not None and population.names:
        document: dict[str, Any] = sample_document(
            population, seed_of(sitting), public_value, f"{sitting.draw.beacon_day}", published_at
        )
        show(sitting.id, "sample", document)
