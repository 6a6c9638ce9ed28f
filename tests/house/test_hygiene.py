"""What must not be in the repository: addresses of this machine or of a registry, keys, leftovers of other tools."""

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, files, named

TEXT = {
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".txt",
    ".in",
    ".sh",
    ".json",
    ".html",
    ".css",
    ".js",
    ".typ",
    ".csv",
    "",
}
LOCKS = [*sorted((ROOT / "requirements").glob("*.txt")), *sorted(ROOT.glob("layers/*/python/requirements.txt"))]

MACHINE = re.compile(r"(?<![\w.$)}])/(?:root|home/\w+|Users/\w+|work|opt/pypi\w*)(?:/[\w.]|\b$)")
REGISTRY = re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host|file://|https?://", re.IGNORECASE)
PRIVATE = re.compile(r"-----BEGIN (?:\w+ )*PRIVATE KEY-----\s*\n[A-Za-z0-9+/=]{40}")
SECRET = re.compile(r"\bAKIA[0-9A-Z]{16}\b|\bsk_live_\w{10,}|\bwhsec_[A-Za-z0-9]{32,}")


def text_files() -> list[tuple[Path, str]]:
    return [
        (path, path.read_text(encoding="utf-8")) for path in files() if path.suffix in TEXT and path != Path(__file__)
    ]


@pytest.mark.parametrize(
    ("pattern", "what"), [(MACHINE, "a path of a machine"), (PRIVATE, "a private key"), (SECRET, "a secret")]
)
def test_no_file_holds(pattern: re.Pattern[str], what: str) -> None:
    found = [
        f"{named(path)}:{text[: match.start()].count(chr(10)) + 1} {match.group()[:60]}"
        for path, text in text_files()
        for match in pattern.finditer(text)
    ]
    assert not found, f"{what}:\n" + "\n".join(found)


@pytest.mark.parametrize("path", LOCKS, ids=named)
def test_a_lock_file_names_no_registry_and_hashes_everything(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not REGISTRY.search(text)
    pinned = re.findall(r"^[\w.\[\],-]+==\S+", text, re.MULTILINE)
    assert pinned
    assert all(
        part.count("--hash=sha256:")
        for part in re.split(r"^(?=[\w.\[\],-]+==)", text, flags=re.MULTILINE)
        if "==" in part
    )


def test_the_layers_and_the_local_cloud_run_the_same_versions() -> None:
    def versions(path: Path) -> dict[str, str]:
        pinned = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s\\]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        return {name.lower(): version for name, version in pinned}

    tested = versions(ROOT / "requirements/development.txt")
    for path in LOCKS:
        if path.name == "requirements.txt" or path.name == "local.txt":
            differing = {name: version for name, version in versions(path).items() if tested.get(name) != version}
            assert not differing, f"{named(path)} ships what the tests do not run"


def test_what_can_be_made_is_not_committed() -> None:
    made = {".venv", ".venv-deploy", ".aws-sam", ".local", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
    found = [
        named(path) for path in files() if made & set(path.relative_to(ROOT).parts) or path.suffix in {".pyc", ".pem"}
    ]
    assert not found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cd /work/main", True),
        ("file:///root/x", True),
        ("/home/somebody/x", True),
        ("/homepage", False),
        ("$(HOME)/.pyenv", False),
        ("layers/work/x", False),
        ("a/root", False),
    ],
)
def test_a_path_of_a_machine_is_recognised(text: str, found: bool) -> None:
    assert bool(MACHINE.search(text)) is found
