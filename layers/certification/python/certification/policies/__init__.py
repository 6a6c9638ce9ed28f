"""The policies of the schemes, as data: reads the YAML files beside this one, validates and hashes them once."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from pydantic import ValidationError

from certification.rules.agreements import Agreement, AgreementKind
from certification.rules.calendars import WorkingCalendar
from certification.rules.commitments import CommitmentText
from certification.rules.policy import Policy, policy_hash
from certification.rules.policy_reading import Reading


class PolicyError(LookupError):
    """The policy or calendar asked for is not in the package, or its file is not valid; the text says which."""


class _StrictLoader(yaml.SafeLoader):
    """YAML in which a key may not occur twice and no date is made out of text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"key occurs twice: {sorted(twice)}", node.start_mark)
        return super().construct_mapping(node, deep)


_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parse_yaml(text: str) -> Any:
    """YAML as our policy files use it; raises yaml.YAMLError with line and column."""
    return yaml.load(text, Loader=_StrictLoader)


FOLDER: Traversable = files(__package__)
"""Where the files lie. A scheme is one YAML file here; tests put another folder in its place."""


def _read(name: str, what: str) -> Any:
    file = FOLDER.joinpath(name)
    if not file.is_file():
        raise PolicyError(f"there is no {what} file {name} in {__package__}")
    return parse_yaml(file.read_text(encoding="utf-8"))


def _policy(name: str) -> Policy:
    try:
        return Policy.model_validate(_read(name, "policy"))
    except ValidationError as error:
        raise PolicyError(f"{name} is not a valid policy: {error}") from error


@cache
def load_policy(scheme: str, version: str | None = None) -> tuple[Policy, str]:
    """The policy of a scheme and its hash: the current one, or the version that an earlier decision was made under.

    `cgptc.yaml` is the current version; an earlier one is kept as `cgptc-<version>.yaml`.
    """
    policy = _policy(f"{scheme}.yaml")
    if version is not None and version != policy.version:
        policy = _policy(f"{scheme}-{version}.yaml")
        if policy.version != version:
            raise PolicyError(f"{scheme}-{version}.yaml holds version {policy.version}")
    if policy.scheme != scheme:
        raise PolicyError(f"{scheme}.yaml holds scheme {policy.scheme}")
    return policy, policy_hash(policy)


@cache
def load_calendar(name: str) -> WorkingCalendar:
    """A working calendar by name, e.g. `hk`."""
    return WorkingCalendar.model_validate(_read(f"calendars/{name}.yaml", "calendar"))


@cache
def load_agreement(kind: AgreementKind) -> Agreement:
    """A text that people accept, in the version of today."""
    return Agreement.model_validate(_read(f"texts/{kind}.yaml", "text"))


@cache
def load_commitment_text(version: str) -> CommitmentText:
    """The notice and the letter of a commitment in one version, e.g. `cn_2026`."""
    text = CommitmentText.model_validate(_read(f"texts/{version}.yaml", "text"))
    if text.version != version:
        raise PolicyError(f"texts/{version}.yaml holds version {text.version}")
    return text


@cache
def load_reading() -> Reading:
    """How the keys and values of a policy are read to people."""
    return Reading.model_validate(_read("reading/words.yaml", "reading"))


def schemes() -> tuple[str, ...]:
    """Every scheme that has a current policy in this package."""
    names = (entry.name for entry in FOLDER.iterdir())
    current = (name.removesuffix(".yaml") for name in names if name.endswith(".yaml") and "-" not in name)
    return tuple(sorted(name for name in current if name != "published"))


def home_scheme() -> str:
    """The scheme whose rules an account follows before its holder applies for anything: the one marked `accounts.home`."""
    known = schemes()
    return next((scheme for scheme in known if load_policy(scheme)[0].accounts.home), known[0])
