"""The photo check as a command line tool: `python -m local.photo_check photos/ --scheme guangdong --fix out/`.

The same code as the server's: a file it saves is byte for byte the photo that the server makes, and is recognised and
kept as it is when it is uploaded (PHO-01, PHO-10, PHO-12). It needs no network and writes nowhere but to `--fix`. For
desks that get photos in batches, and for candidates who want to look before they upload.

Exit code: 0 every photo passed, 1 a person must look at some, 2 some cannot be used at all, 3 nothing to check.
"""

import argparse
import csv
import hashlib
import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from certification.imaging.intake import MOST_BYTES
from certification.imaging.photo import PhotoVerdict, change_photo, check_photo
from certification.imaging.problem import Problem
from certification.imaging.profile import PhotoProfile
from certification.policies import load_policy, schemes
from certification.rules.photo_fixes import PhotoFix, Step

FINISHED_NAME = "报名照片.jpg"
"""What the result is called (PHO-10)."""
COLUMNS = ("file", "verdict", "problems", "en", "zh", "steps", "sha256", "saved")
CODES = {"passed": 0, "doubtful": 1, "unusable": 2}
NOTHING = 3


@dataclass(frozen=True)
class Row:
    """What is said about one file. `steps` were applied; `saved` is where the photo was written."""

    file: str
    verdict: str
    problems: tuple[str, ...]
    en: str
    zh: str
    steps: tuple[str, ...]
    sha256: str
    saved: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the command line names; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local.photo_check", description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path, help="photos, or folders of them")
    parser.add_argument("--scheme", default="cgptc", choices=schemes(), help="whose profile the photos are for")
    parser.add_argument("--fix", type=Path, metavar="FOLDER", help="apply the safe fixes and save the photos there")
    parser.add_argument("--json", action="store_true", help="report as JSON instead of CSV")
    asked = parser.parse_args(arguments)
    profile = PhotoProfile.of(load_policy(asked.scheme)[0].photo)
    files = list(_files(asked.paths))
    rows = [_row(file, profile, _folder(asked.fix, file, files)) for file in files]
    sys.stdout.write(_as_json(rows) if asked.json else _as_csv(rows))
    return max((CODES[row.verdict] for row in rows), default=NOTHING)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Every file that is named or lies in a named folder, in the order of their names; a missing one is an error."""
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith("."))
        elif path.is_file():
            yield path
        else:
            raise SystemExit(f"there is no file or folder {path}")


def _folder(out: Path | None, file: Path, files: list[Path]) -> Path | None:
    """One photo lies in the folder itself, each of several in one named like its file."""
    if out is None or len(files) == 1:
        return out
    twice = sum(other.stem == file.stem for other in files) > 1
    return out / (f"{file.stem}-{files.index(file) + 1}" if twice else file.stem)


def _row(file: Path, profile: PhotoProfile, out: Path | None) -> Row:
    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    verdict, steps = check_photo(data, profile), tuple[Step, ...]()
    if out is not None:
        verdict, steps = _repaired(verdict, profile)
    saved = ""
    if out is not None and verdict.image is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / FINISHED_NAME).write_bytes(verdict.image)
        saved = str(out / FINISHED_NAME)
    said = (verdict.refused,) if verdict.refused else (*verdict.problems, *_why_not(verdict))
    return Row(
        file=str(file),
        verdict="unusable" if verdict.refused else "passed" if verdict.passed else "doubtful",
        problems=tuple(problem.code for problem in said),
        en=" ".join(problem.en for problem in said),
        zh="".join(problem.zh for problem in said),
        steps=steps,
        sha256=hashlib.sha256(verdict.image).hexdigest() if verdict.image else "",
        saved=saved,
    )


def _why_not(verdict: PhotoVerdict) -> Iterator[Problem]:
    return (offer.because for offer in verdict.offers if offer.because)


def _repaired(verdict: PhotoVerdict, profile: PhotoProfile) -> tuple[PhotoVerdict, tuple[Step, ...]]:
    """The photo with every fix that is safe and helps; a turn is a guess, and stays with a person."""
    fix, steps = PhotoFix(), tuple[Step, ...]()
    while verdict.source is not None:
        step = next(
            (offer.step for offer in verdict.offers if offer.possible and offer.step in ("level", "white")), None
        )
        if step is None or step in steps:
            break
        fix, steps = fix.after(step), (*steps, step)
        verdict = change_photo(verdict.source, profile, fix)
    return verdict, steps


def _as_csv(rows: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            (row.file, row.verdict, " ".join(row.problems), row.en, row.zh, " ".join(row.steps), row.sha256, row.saved)
        )
    return out.getvalue()


def _as_json(rows: list[Row]) -> str:
    return json.dumps([row.__dict__ for row in rows], ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
