"""The photo check as a command line tool: the same verdicts and bytes as the server, told by exit code, CSV and JSON."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from certification.imaging.photo import check_photo
from certification.imaging.profile import PhotoProfile
from certification.policies import load_policy
from local.artwork.portrait import figure, scene
from local.photo_check import FINISHED_NAME, main
from local.samples import drawn
from tests.samples.phone_photo import PEOPLE, as_jpeg, faulty, good, phone_photo

CGPTC, ONE_INCH = (PhotoProfile.of(load_policy(scheme)[0].photo) for scheme in ("cgptc", "guangdong"))


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, str]]]:
    code = main(arguments)
    return code, list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    (folder / "a good.jpg").write_bytes(as_jpeg(good()))
    (folder / "b 模糊.jpg").write_bytes(as_jpeg(faulty()["blurred"]))
    (folder / "more" / "c.jpg").write_bytes(b"<html>")
    (folder / ".hidden").write_bytes(b"")
    return folder


def test_a_batch_is_told_in_one_report_and_by_its_exit_code(batch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, rows = report(capsys, str(batch))
    assert code == 2
    assert [(Path(row["file"]).name, row["verdict"], row["problems"]) for row in rows] == [
        ("a good.jpg", "passed", ""),
        ("b 模糊.jpg", "doubtful", "blurred"),
        ("c.jpg", "unusable", "not_jpeg"),
    ]
    assert all(row["en"] and row["zh"] for row in rows[1:])
    assert report(capsys, str(batch / "a good.jpg"))[0] == 0
    assert report(capsys, str(batch / "b 模糊.jpg"))[0] == 1
    empty = batch / "none"
    empty.mkdir()
    assert report(capsys, str(empty)) == (3, [])
    with pytest.raises(SystemExit, match="there is no file"):
        main([str(batch / "missing.jpg")])


def test_the_report_is_json_too(batch: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(batch), "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert [row["problems"] for row in rows] == [[], ["blurred"], ["not_jpeg"]]


@pytest.mark.rule("PHO-01", "PHO-10", "PHO-12")
def test_what_the_tool_saves_is_what_the_server_makes_and_recognises(tmp_path: Path) -> None:
    """Run as somebody runs it: one command, nothing to install, the result under its default name."""
    (tmp_path / "IMG_0001.JPG").write_bytes(phone_photo())
    ran = subprocess.run(
        [sys.executable, "-m", "local.photo_check", "IMG_0001.JPG", "--fix", "out"],
        cwd=tmp_path,
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        check=True,
    )
    assert ran.stdout.startswith(b"file,verdict")
    saved = (tmp_path / "out" / "报名照片.jpg").read_bytes()
    assert saved == check_photo(phone_photo(), CGPTC).image
    again = check_photo(saved, CGPTC)
    assert (again.image, again.passed, [note.code for note in again.notes]) == (saved, True, ["finished"])


def test_fixes_that_are_safe_are_applied_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    person = PEOPLE["dark"]
    wall = drawn(scene(figure(person, 300, 350, 300), people=(person,), wall=("#7fa6d6", "#5f88bb")), 900)
    photos = tmp_path / "photos"
    for folder in ("one", "two"):
        (photos / folder).mkdir(parents=True)
        (photos / folder / "me.jpg").write_bytes(as_jpeg(wall))
    code, rows = report(capsys, str(photos), "--scheme", "guangdong", "--fix", str(tmp_path / "out"))
    assert (code, [row["steps"] for row in rows]) == (0, ["white", "white"])
    saved = [Path(row["saved"]) for row in rows]
    assert [path.name for path in saved] == [FINISHED_NAME] * 2
    assert len(set(saved)) == 2
    assert check_photo(saved[0].read_bytes(), ONE_INCH).passed
    assert (photos / "one" / "me.jpg").read_bytes() == as_jpeg(wall), "what was given is never written to"
