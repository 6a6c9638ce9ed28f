"""What a member of staff may see, decide and plan: the rule of bodies of three levels over every scheme (GOV-01)."""

from collections.abc import Iterator
from functools import cache

from certification.cloud.tables.staff import StaffMember
from certification.policies import load_policy, schemes
from certification.rules import desks
from certification.rules.policy import Policy


def _policies() -> Iterator[Policy]:
    return (load_policy(scheme)[0] for scheme in schemes())


@cache
def _seen(own: tuple[str, ...]) -> frozenset[str]:
    return desks.seen_by(list(_policies()), own)


@cache
def _decided(own: tuple[str, ...]) -> frozenset[str]:
    return desks.decided_by(list(_policies()), own)


def sees(member: StaffMember) -> frozenset[str]:
    """The desks whose cases this member may see: their own, and those under them."""
    return _seen(member.desks)


def decides(member: StaffMember) -> frozenset[str]:
    """The desks whose cases this member may decide, as far as their role allows."""
    return _decided(member.desks)


def plans(member: StaffMember, scheme: str) -> bool:
    """Whether this member may publish sittings of the scheme, as far as their role allows."""
    return scheme in schemes() and desks.may_plan(load_policy(scheme)[0], member.desks)


def publishes(member: StaffMember, scheme: str | None, region: str | None = None) -> bool:
    """Whether this member may publish notices of the scheme (None: of all), as far as their role allows."""
    concerned = [policy for policy in _policies() if scheme in (None, policy.scheme)]
    return any(desks.may_publish(policy, member.desks, region) for policy in concerned)


def publishes_somewhere(member: StaffMember, scheme: str) -> bool:
    """Whether this member may publish notices of the scheme, or at least of one of its regions."""
    regions = (None, *(region.code for region in load_policy(scheme)[0].regions))
    return any(publishes(member, scheme, region) for region in regions)
