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
from certification.policies import (
    PolicyError,
    load_calendar,
    load_commitment_text,
    load_policy,
    parse_yaml,
    read_strictly,
    schemes,
)
from certification.rules.agreements import Agreement
from certification.rules.calendars import WorkingCalendar
from certification.rules.commitments import CommitmentText
from certification.rules.policy import Policy, policy_hash
from certification.rules.refunds import refund_policy

FOLDER = Path(policies.__file__).parent
LARGEST = 1024 * 1024
MOST = 50
"""Bytes of a file, and lines of complaints: more helps nobody."""
SAID = {
    "missing": ("This key is missing.", "Add it; it has no default."),
    "extra_forbidden": ("There is no such key here.", "Take it away, or correct its spelling."),
    "literal_error": ("This value is not known; it can be {expected}.", "Use one of the values named."),
    "enum": ("This value is not known; it can be {expected}.", "Use one of the values named."),
    "string_type": ("This is no text.", 'Write text; put numbers, true and false into quotes, such as "60".'),
    "int_type": ("This is no whole number.", "Write a whole number without quotes, such as 18."),
    "bool_type": ("This is neither true nor false.", "Write true or false, without quotes."),
    "tuple_type": ("This is no list.", "Write a list, such as [a, b]."),
    "dict_type": ("There are no keys with values.", "Write them, such as {en: Name, zh: 名称}."),
    "model_type": ("There are no keys with values.", "Write them, such as {en: Name, zh: 名称}."),
    "too_short": ("There are too few; the least is {min_length}.", "Name more."),
    "too_long": ("There are too many; the most is {max_length}.", "Name fewer."),
    "string_too_short": (
        "This is empty or too short; the least is {min_length} character.",
        "Write what belongs here.",
    ),
    "string_too_long": ("This is longer than {max_length} characters.", "Write less."),
    "greater_than": ("This is too small; it is above {gt}.", "Write a larger number."),
    "greater_than_equal": ("This is too small; the least is {ge}.", "Write a larger number."),
    "less_than": ("This is too large; it is below {lt}.", "Write a smaller number."),
    "less_than_equal": ("This is too large; the most is {le}.", "Write a smaller number."),
    "finite_number": ("This is no number.", 'Write a decimal in quotes, such as "0.20".'),
    "decimal_parsing": ("This is no decimal.", 'Write a decimal in quotes, such as "0.20".'),
    "decimal_type": ("This is no decimal.", 'Write a decimal in quotes, such as "0.20".'),
    "date_from_datetime_parsing": ("This is no date.", 'Write year, month and day, such as "2026-07-08".'),
    "date_type": ("This is no date.", 'Write year, month and day, such as "2026-07-08".'),
}
"""What the schema's complaints mean to whoever writes a policy, and what to do; other complaints are said as they are."""
FORMS = (
    ("phone", "Write digits with spaces, such as +86 20 5555 0101."),
    ("email", "Write an address, such as desk@example.org."),
    ("opens", "Write hours and minutes, such as 08:30."),
    ("closes", "Write hours and minutes, such as 17:00."),
    ("version", 'Write year and number in quotes, such as "2026.1".'),
    ("short", "Write two to four capital letters."),
    ("address", "Write an address that begins with https://."),
)
"""How a text looks that has a form, by its key; any other is a code."""
CODE = "Use small letters, digits and _, beginning with a letter."
LIKE = "Write it like the same key in a policy that we ship."


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
    if path.stat().st_size > LARGEST:
        return [Trouble(path.name, "", f"It has more than {LARGEST} bytes.", "A policy is much shorter: divide it.")]
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
        read = read_strictly(model, data)
    except ValidationError as error:
        places = [one["loc"] for one in error.errors()]
        return [
            trouble
            for one in error.errors()
            if not (one["type"] == "too_short" and _is_within(places, one["loc"]))
            for trouble in _wrong(path.name, one)
        ]
    return list(_beyond(path, read)) if isinstance(read, Policy) else []


def _is_within(places: Sequence[tuple[Any, ...]], place: tuple[Any, ...]) -> bool:
    """Whether one of the places lies inside this one: a list is not too short because its only row is wrong."""
    return any(len(one) > len(place) and one[: len(place)] == place for one in places)


def _not_yaml(file: str, error: yaml.YAMLError) -> Trouble:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    what = getattr(error, "problem", None) or "It holds a character that YAML does not allow"
    todo = LIKE
    if "\\t" in what:
        todo = "Indent with spaces."
    elif "another document" in what:
        todo = "One file is one policy: take away ---."
    elif "occurs twice" in what:
        todo = "Keep one of them."
    return Trouble(file, place, f"{what[:1].upper()}{what[1:]}.", todo)


def _wrong(file: str, error: Any) -> Iterator[Trouble]:
    """One complaint of the schema; what parts say about each other comes as several sentences in one."""
    place = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"])
    told = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "value_error" and not error["loc"]:
        for sentence in told.split("; "):
            at, colon, what = sentence.partition(": ")
            words = what if colon else sentence
            yield Trouble(file, at if colon else "", f"{words[:1].upper()}{words[1:]}.", "Make both places agree.")
        return
    what, todo = SAID.get(error["type"], (f"{told[:1].upper()}{told[1:].rstrip('.')}.", LIKE))
    if error["type"] == "string_pattern_mismatch":
        what = "This is not written as it should be."
        todo = next((form for key, form in FORMS if error["loc"][-1] == key), CODE)
    if error["type"] == "extra_forbidden":
        close = difflib.get_close_matches(str(error["loc"][-1]), _known_keys(), n=1, cutoff=0.75)
        todo += f" Did you mean {close[0]}?" if close else ""
    yield Trouble(file, place, what.format(**error.get("ctx", {})), todo)


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
    hours = {"payment.last_query": policy.payment.last_query}
    if policy.commitment is not None and policy.commitment.proofs is not None and policy.commitment.proofs.at_least:
        hours["commitment.proofs.at_least"] = policy.commitment.proofs.at_least
    for place, length in hours.items():
        if length.unit not in ("hours", "minutes"):
            yield Trouble(path.name, place, f"{length} is counted on a calendar.", "Write hours, such as PT24H.")
    try:
        refund_policy(policy.refund)
    except ValueError as error:
        yield Trouble(path.name, "refund", f"{str(error)[:1].upper()}{str(error)[1:]}.", "Write it so.")


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
    for trouble in found[:MOST]:
        print(trouble)
    if len(found) > MOST:
        print(f"… and {len(found) - MOST} more.")
    print(f"{len(found)} wrong." if found else "All is well.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
