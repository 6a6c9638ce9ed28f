"""Whom a statement of a resource's own policy is about."""

from dataclasses import dataclass
from typing import Any

from local.gate.evaluate import PolicyError, listed
from local.stack import ACCOUNT

_ACCOUNT_NAMES = {ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"}


@dataclass(frozen=True)
class Principal:
    """Who asks: a role by its ARN, an AWS service by its name, or (for keys) the account as a whole."""

    role: str | None = None
    service: str | None = None
    account: bool = False


def concerns(named: Any, principal: Principal, effect: str) -> bool:
    """Whether a Principal element means this principal.

    Naming the account is not allowing its roles, except where a key's policy hands the decision to IAM; a refusal of
    the account is a refusal of everybody in it.
    """
    if named == "*":
        return True
    if not isinstance(named, dict):
        raise PolicyError(f"the principal {named!r} is not implemented by the gate")
    for kind, entries in named.items():
        if kind not in ("AWS", "Service"):
            raise PolicyError(f"the principal kind {kind} is not implemented by the gate")
        for entry in listed(entries):
            if kind == "Service" and entry == principal.service:
                return True
            if kind == "AWS" and _is_ours(entry, principal, effect):
                return True
    return False


def _is_ours(entry: str, principal: Principal, effect: str) -> bool:
    if entry == "*":
        return principal.service is None
    if entry in _ACCOUNT_NAMES:
        return principal.account or (effect == "Deny" and principal.role is not None)
    return principal.role is not None and entry == principal.role
