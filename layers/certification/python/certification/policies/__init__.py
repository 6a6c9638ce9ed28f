"""The policies of the schemes, as data: reads the YAML files beside this one, validates and hashes them once."""

import json
import re
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from certification.rules.agreements import Agreement, AgreementKind
from certification.rules.calendars import WorkingCalendar
from certification.rules.commitments import CommitmentText
from certification.rules.policy import Policy, policy_hash
from certification.rules.policy_reading import Reading


class PolicyError(LookupError):
    """The policy or calendar asked for is not in the package, or its file is not valid; the text says which."""


class _StrictLoader(yaml.SafeLoader):
    """YAML that means one thing only and stays as large as it looks.

    Plain values and keys of text, each key once, no dates made out of text, no octal or sexagesimal numbers; no tags,
    no aliases (a few lines of them unfold to gigabytes), nothing nested deeper than people can follow.
    """

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _refused(f"the alias *{event.anchor} is not understood here: write it out", event)
        if getattr(event, "tag", None) is not None:
            raise _refused(f"the tag {event.tag} is not understood here: take it away", event)
        if self.depth == DEEPEST:
            raise _refused(f"this is nested more than {DEEPEST} deep", event)
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if not isinstance(name, str):
                raise _refused("this key is no text: put it into quotes", key)
            if name in seen:
                raise _refused(f"the key {name} occurs twice", key)
            seen.add(name)
        return super().construct_mapping(node, deep)


def _refused(what: str, at: Any) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, what, at.start_mark)


DEEPEST = 20
_VALUES = (
    ("bool", "tf", "true|false"),
    ("null", ("~", "n", ""), "~|null|"),
    ("int", "-0123456789", r"-?(0|[1-9][0-9]{0,17})"),
    ("float", "-0123456789", r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}"),
)
_StrictLoader.yaml_implicit_resolvers = {}
for _kind, _first, _form in _VALUES:
    _StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(f"^({_form})$"), list(_first))


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


def read_strictly[Model: BaseModel](model: type[Model], data: Any) -> Model:
    """A model out of YAML, every value of the very type it has: `"yes"` is no boolean, `true` no number, `"18"` no age.

    Raises pydantic's ValidationError.
    """
    return model.model_validate_json(json.dumps(data), strict=True)


def _policy(name: str) -> Policy:
    try:
        return read_strictly(Policy, _read(name, "policy"))
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
    return read_strictly(WorkingCalendar, _read(f"calendars/{name}.yaml", "calendar"))


@cache
def load_agreement(kind: AgreementKind) -> Agreement:
    """A text that people accept, in the version of today."""
    return read_strictly(Agreement, _read(f"texts/{kind}.yaml", "text"))


@cache
def load_commitment_text(version: str) -> CommitmentText:
    """The notice and the letter of a commitment in one version, e.g. `cn_2026`."""
    text = read_strictly(CommitmentText, _read(f"texts/{version}.yaml", "text"))
    if text.version != version:
        raise PolicyError(f"texts/{version}.yaml holds version {text.version}")
    return text


@cache
def load_reading() -> Reading:
    """How the keys and values of a policy are read to people."""
    return read_strictly(Reading, _read("reading/words.yaml", "reading"))


def schemes() -> tuple[str, ...]:
    """Every scheme that has a current policy in this package."""
    names = (entry.name for entry in FOLDER.iterdir())
    current = (name.removesuffix(".yaml") for name in names if name.endswith(".yaml") and "-" not in name)
    return tuple(sorted(name for name in current if name != "published"))


def home_scheme() -> str:
    """The scheme whose rules an account follows before its holder applies for anything: the one marked `accounts.home`."""
    known = schemes()
    return next((scheme for scheme in known if load_policy(scheme)[0].accounts.home), known[0])
