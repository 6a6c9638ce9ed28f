"""What the README and the pages name exists, what they show runs, and what is generated is as it would be written now."""

import ast
import re
from pathlib import Path

import pytest

from local.docs.__main__ import PAGES
from tests.house.sources import ROOT, files, named
from tests.house.templates import of_type, written

README = ROOT / "README.md"
MARKDOWN = [README, *sorted((ROOT / "docs").glob("*.md"))]
PROSE = [path for path in MARKDOWN if named(path) not in PAGES]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Folders that are made by a command and named in the text.
MADE = (".venv", ".aws-sam", ".local")
# Keys of objects in buckets, names of AWS resources, addresses.
ELSEWHERE = (
    "sittings/",
    "decisions/",
    "marks/",
    "reports/",
    "statements/",
    "transfers/",
    "seal/",
    "alias/",
    "<stack>",
    "<PublicUrl>/",
)
FILES = (".py", ".yaml", ".md", ".toml", ".json", ".csv", ".sh")
ROOTS = ("", "layers/certification/python/certification/")

each_page = pytest.mark.parametrize("page", MARKDOWN, ids=named)
each_text = pytest.mark.parametrize("page", PROSE, ids=named)


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def text_of(page: Path) -> str:
    """The page without its code blocks."""
    return BLOCK.sub("", page.read_text(encoding="utf-8"))


def exists(path: str) -> bool:
    """Whether a path names something of the project; `rules/refunds.py` may leave out where the package is."""
    if any(character in path for character in "*<{"):
        pattern = re.sub(r"<[^>]*>|\{[^}]*\}", "*", path).rstrip("/")
        return any(any(ROOT.glob(base + pattern)) for base in ROOTS)
    return any((ROOT / base / path).exists() for base in ROOTS)


def paths_named(page: Path) -> set[str]:
    """What looks like a path of ours in a text: has a slash or a known ending, no spaces, no scheme."""
    found = set()
    for span in CODE.findall(text_of(page)):
        path = span.split("::")[0].split("#")[0]
        shaped = re.fullmatch(r"[\w.<>{}*/-]+", path) and ("/" in path or path.endswith(FILES))
        if shaped and not path.startswith(("/", "-", *MADE, *ELSEWHERE)):
            found.add(path)
    return found


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    found = []
    for link in LINK.findall(text_of(page)):
        if not link.startswith(("https://", "mailto:", "#")):
            path = (page.parent / link.split("#")[0]).resolve()
            if not path.exists():
                found.append(link)
    assert not found


@each_text
def test_every_path_that_is_named_exists(page: Path) -> None:
    missing = {path for path in paths_named(page) if not exists(path)}
    assert not missing


@each_text
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)) <= targets()


@each_text
def test_every_parameter_and_resource_that_is_named_exists(page: Path) -> None:
    """CamelCase in code marks is a name of the template or of the code: a parameter, a resource, a class."""
    template = written()
    known = template["Parameters"].keys() | template["Resources"].keys()
    code = {
        node.name
        for path in files()
        if path.suffix == ".py"
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ClassDef)
    }
    texts = "\n".join(path.read_text(encoding="utf-8") for path in files() if path.suffix in {".py", ".yaml"})
    for name in set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`", text_of(page))):
        assert name in known or name in code or re.search(rf"\b{name}\b", texts), f"{named(page)} names {name}"


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_the_machines_in_the_readmes_picture_are_those_of_the_template() -> None:
    pictures = [text for language, text in BLOCK.findall(README.read_text(encoding="utf-8")) if language == "mermaid"]
    assert len(pictures) == 1
    machines = {
        Path(each["DefinitionUri"]).name.removesuffix(".asl.yaml")
        for _, each in of_type(written(), "AWS::Serverless::StateMachine")
    }
    assert set(re.findall(r"<i>(\w+)</i>", pictures[0])) == machines - {"deadlines"}


def test_the_readmes_first_screen_is_one_screen() -> None:
    """Sentence, picture, commands and the table of where things are: what a stranger sees first."""
    lines = README.read_text(encoding="utf-8").splitlines()
    second = next(number for number, line in enumerate(lines) if line.startswith("## ") and "Where is" not in line)
    assert second <= 41
    shown = "\n".join(lines[:second])
    assert "make start" in shown
    assert "make test" in shown
    assert "Where is" in shown


@pytest.mark.parametrize(
    ("page", "example"),
    [
        (page, code)
        for page in PROSE
        for language, code in BLOCK.findall(page.read_text(encoding="utf-8"))
        if language == "python"
    ],
)
def test_a_worked_example_runs(page: Path, example: str) -> None:
    """Each example is a program of its own; what it says with `assert` must hold."""
    exec(compile(example, named(page), "exec"), {"__name__": "example"})


def test_the_page_about_the_process_is_what_template_machines_and_code_say() -> None:
    """The two other generated pages are compared beside their generators' tests."""
    assert (ROOT / "docs/process.md").read_text(encoding="utf-8") == PAGES["docs/process.md"](), "run: make docs"


def test_decisions_are_dated_and_say_the_way_back() -> None:
    text = (ROOT / "docs/decisions.md").read_text(encoding="utf-8")
    entries = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert entries
    for entry in entries:
        title = entry.splitlines()[0]
        assert re.match(r"\d{4}-\d\d-\d\d · .+", title), f"{title} has no date"
        assert "**Instead of**" in entry, f"{title} does not say what else could have been"
        assert "**Way back**" in entry, f"{title} does not say how to undo it"


def test_every_dependency_has_its_licence_written_down() -> None:
    """What we ask for by name (requirements/*.in) stands in docs/licences.md."""
    listed = (ROOT / "docs/licences.md").read_text(encoding="utf-8").lower()
    wanted = set()
    for path in sorted((ROOT / "requirements").glob("*.in")):
        for line in path.read_text(encoding="utf-8").splitlines():
            name = re.match(r"[a-z][\w.-]*", line.lower())
            if name:
                wanted.add(name[0])
    missing = {name for name in wanted if f"| {name} " not in listed}
    assert not missing
