"""Reads policies and calendars as the product does, and says in plain words what is wrong with a file and what to do.

    make policy-check                 every policy, calendar and text that we ship
    make policy-check FILE=my.yaml    one file, wherever it lies

Exit code 0: all is well; 1: something is wrong (each on a line: file, place, what, what to do); 2: no such file.
"""

import difflib
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ValidationError

from certification import policies
from certification.policies import PolicyError, load_calendar, load_commitment_text, load_policy, parse_yaml, schemes
from certification.rules.agreements import Agreement
from certification.rules.calendars import WorkingCalendar
from certification.rules.commitments import CommitmentText
from certification.rules.policy import Policy, policy_hash

FOLDER = Path(policies.__file__).parent
ADVICE = {
    "missing": "Add this key; it has no default.",
    "extra_forbidden": "Take this key away, or correct its spelling.",
    "literal_error": "Use one of the values named.",
    "enum": "Use one of the values named.",
    "string_type": 'Write text; put numbers into quotes, such as "60".',
    "int_type": "Write a whole number without quotes.",
    "bool_type": "Write true or false.",
    "tuple_type": "Write a list, such as [a, b].",
    "dict_type": "Write keys with values, such as {en: Name, zh: 名称}.",
    "model_type": "Write keys with values, such as {en: Name, zh: 名称}.",
    "too_short": "Name at least one.",
    "string_pattern_mismatch": "Use small letters, digits and _, beginning with a letter; a version is such as 2026.1.",
}


KINDS: dict[str, type[BaseModel]] = {"holidays": WorkingCalendar, "letter": CommitmentText, "paragraphs": Agreement}
"""What a file is, by a key that only its kind has; any other is a policy."""


class Trouble(NamedTuple):
    """One thing that is wrong, where, and what to do about it."""

    file: str
    place: str
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place or 'the whole file'}: {self.what} {self.todo}".rstrip()


def check_file(path: Path) -> list[Trouble]:
    """What is wrong with one policy, calendar or text."""
    try:
        data = parse_yaml(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return [Trouble(path.name, "", "It is not UTF-8.", "Save it as UTF-8.")]
    except yaml.YAMLError as error:
        return [_not_yaml(path.name, error)]
    if not isinstance(data, dict):
        return [Trouble(path.name, "", "It has no keys.", "Begin with a copy of a policy that we ship.")]
    model = next((model for key, model in KINDS.items() if key in data), Policy)
    try:
        read = model.model_validate(data)
    except ValidationError as error:
        return [trouble for one in error.errors() for trouble in _wrong(path.name, one)]
    return list(_beyond(path, read)) if isinstance(read, Policy) else []


def _not_yaml(file: str, error: yaml.YAMLError) -> Trouble:
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return Trouble(file, place, f"{getattr(error, 'problem', error)}.", "Compare with a policy that we ship.")


def _wrong(file: str, error: Any) -> Iterator[Trouble]:
    """One complaint of the schema; what parts say about each other comes as several sentences in one."""
    place = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"])
    if error["type"] == "value_error" and not error["loc"]:
        for sentence in str(error["msg"]).removeprefix("Value error, ").split("; "):
            at, colon, what = sentence.partition(": ")
            words = what if colon else sentence
            yield Trouble(file, at if colon else "", f"{words[:1].upper()}{words[1:]}.", "Make both places agree.")
        return
    what = str(error["msg"]).removeprefix("Value error, ")
    todo = ADVICE.get(error["type"], "Write it like the same key in a policy that we ship.")
    if error["type"] == "extra_forbidden":
        close = difflib.get_close_matches(str(error["loc"][-1]), _known_keys(), n=1)
        todo += f" Did you mean {close[0]}?" if close else ""
    yield Trouble(file, place, f"{what[:1].upper()}{what[1:].rstrip('.')}.", todo)


def _known_keys() -> list[str]:
    return list(policies.load_reading().fields)


def _beyond(path: Path, policy: Policy) -> Iterator[Trouble]:
    """What the schema alone cannot see: the file's name, the calendar, the text of the commitment."""
    if path.stem not in (policy.scheme, f"{policy.scheme}-{policy.version}"):
        yield Trouble(path.name, "scheme", f"It is {policy.scheme}.", f"Call the file {policy.scheme}.yaml.")
    try:
        calendar = load_calendar(policy.calendar)
    except PolicyError:
        yield Trouble(path.name, "calendar", f"There is no calendar {policy.calendar}.", "Name one of calendars/.")
    else:
        if calendar.first > date(policy.year, 1, 1) or calendar.last < date(policy.year + 1, 12, 31):
            need = f"It covers {calendar.first} to {calendar.last}."
            yield Trouble(path.name, "calendar", need, "Let it cover the exam's year and the next.")
    if policy.commitment is not None:
        try:
            load_commitment_text(policy.commitment.text)
        except PolicyError:
            yield Trouble(path.name, "commitment.text", "There is no such text.", "Name one of texts/.")
    if policy.payment.last_query.unit not in ("hours", "minutes"):
        what = f"{policy.payment.last_query} is counted on a calendar."
        yield Trouble(path.name, "payment.last_query", what, "Write hours, such as PT24H.")


def check_all() -> list[Trouble]:
    """What is wrong with everything we ship, each file for itself and all of them together."""
    files = sorted(
        path for path in FOLDER.rglob("*.yaml") if path.parent.name != "reading" and path.stem != "published"
    )
    found = [trouble for path in files for trouble in check_file(path)]
    return found or [*_same_teams(), *_one_home(), *_published()]


def _same_teams() -> Iterator[Trouble]:
    """A desk's code means the same team wherever it is used."""
    known: dict[str, tuple[str, Any]] = {}
    for scheme in schemes():
        for desk in load_policy(scheme)[0].desks:
            team = (desk.words, desk.email, desk.hours)
            other, before = known.setdefault(desk.code, (scheme, team))
            if team != before:
                what = f"{other} has another team under this code."
                yield Trouble(f"{scheme}.yaml", f"desks.{desk.code}", what, "Give one of them another code.")


def _one_home() -> Iterator[Trouble]:
    """Accounts follow one policy until their holder applies for an exam."""
    homes = [scheme for scheme in schemes() if load_policy(scheme)[0].accounts.home]
    if len(homes) != 1:
        what = f"{', '.join(homes) or 'No policy'} is marked as the home of accounts."
        yield Trouble("policies", "accounts.home", what, "Write home: true in exactly one policy.")


def _published() -> Iterator[Trouble]:
    published = parse_yaml((FOLDER / "published.yaml").read_text(encoding="utf-8"))
    for scheme in schemes():
        policy, _ = load_policy(scheme)
        if published.get(scheme, {}).get(policy.version) != policy_hash(policy):
            what = f"Version {policy.version} is not what published.yaml says."
            todo = "Raise the version; or, if nothing rests on it yet, run local.policy_tools.publish."
            yield Trouble(f"{scheme}.yaml", "version", what, todo)


def main(arguments: Sequence[str]) -> int:
    """Print what is wrong; give the exit code."""
    paths = [Path(argument) for argument in arguments if argument]
    missing = [path for path in paths if not path.is_file()]
    if missing:
        print(f"{missing[0]}: there is no such file.")
        return 2
    found = [trouble for path in paths for trouble in check_file(path)] if paths else check_all()
    for trouble in found:
        print(trouble)
    print(f"{len(found)} wrong." if found else "All is well.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
