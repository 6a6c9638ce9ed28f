"""Whose rules an account follows: those of the exam the person applied for last; before that, those of our own body."""

from certification.cloud.tables.applications import applications
from certification.policies import home_scheme, load_policy
from certification.rules.policy import Policy


def scheme_of(candidate_id: str | None) -> str:
    """The scheme whose policy says how this account is recovered and which desk helps."""
    found = applications.of(candidate_id) if candidate_id else []
    return found[0].scheme if found else home_scheme()


def policy_of(candidate_id: str | None) -> Policy:
    """The policy of that scheme."""
    return load_policy(scheme_of(candidate_id))[0]
