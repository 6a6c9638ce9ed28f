"""Whose outcome would change if a policy changed: replays exported applications under both policies.

    make policy-simulate INPUTS=applications.jsonl A=guangdong B=changed.yaml IN=zh
    make policy-simulate INPUTS=https://… SESSION=… SITTING=guangdong-demo-1 A=guangdong B=changed.yaml

`INPUTS` is a file of JSON Lines, one application a line as `GET /api/staff/sittings/<sitting>/replays` gives them, or the
address of a running portal, from which they are fetched with the session of a member of staff. One line for each change,
then the summary. Exit code 1: a policy or a line is not valid.
"""

import argparse
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from certification.policies import load_calendar
from certification.rules.replaying import Replay
from certification.rules.simulation import Simulation, simulate
from local.policy_tools.diff import NotValid, policy_at


def replays(inputs: str, sitting: str, session: str) -> Iterator[Replay]:
    """The applications of a file or of a running portal."""
    if inputs.startswith(("http://", "https://")):
        yield from _fetched(inputs.rstrip("/"), sitting, session)
        return
    if not Path(inputs).is_file():
        raise NotValid(f"{inputs or 'INPUTS'}: there is no such file. Name one, or the address of a portal.")
    for number, line in enumerate(Path(inputs).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield Replay.model_validate_json(line)
        except ValidationError as error:
            places = ", ".join(".".join(map(str, one["loc"])) or "the line" for one in error.errors())
            raise NotValid(f"{inputs}: line {number}: {places}: not as the export writes it.") from error


def _fetched(portal: str, sitting: str, session: str) -> Iterator[Replay]:
    after = ""
    while True:
        address = f"{portal}/api/staff/sittings/{sitting}/replays" + (f"?after={after}" if after else "")
        request = urllib.request.Request(address, headers={"authorization": f"Bearer {session}"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                page = json.load(answer)
        except urllib.error.HTTPError as error:
            why = {401: "the session is not alive: sign in again", 403: "this member of staff does not plan the scheme"}
            raise NotValid(f"{address}: {why.get(error.code, f'answered {error.code}')}.") from error
        except (OSError, ValueError) as error:
            raise NotValid(f"{address}: no answer that can be read ({error}).") from error
        for row in page["replays"]:
            yield Replay.model_validate(row)
        after = page["after"] or ""
        if not after:
            return


def written(found: Simulation, language: str) -> Iterator[str]:
    """The lines of the report."""
    for application in found.changed:
        for change in application.changes:
            yield f"{application.application}  {getattr(change.sentence, language)}"
    yield getattr(found.summary, language)


def main(arguments: Sequence[str]) -> int:
    """Print the report; give the exit code."""
    parser = argparse.ArgumentParser(prog="policy-simulate")
    parser.add_argument("inputs")
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--language", choices=("en", "zh"), default="en")
    parser.add_argument("--sitting", default="")
    parser.add_argument("--session", default="")
    given = parser.parse_args(arguments)
    try:
        before, after = policy_at(given.before), policy_at(given.after)
        found = simulate(
            (before, load_calendar(before.calendar)),
            (after, load_calendar(after.calendar)),
            replays(given.inputs, given.sitting, given.session),
        )
    except NotValid as error:
        print(error)
        return 1
    for line in written(found, given.language):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
