"""What the house tests read: the files of the project that git knows or would know, and their syntax trees."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers/certification/python/certification"
FUNCTIONS = ROOT / "functions"


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or would be committed."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return tuple(sorted(path for name in set(names) if name and (path := ROOT / name).is_file()))


def named(path: Path) -> str:
    """A file as a reader of a failure knows it: relative to the project."""
    return path.relative_to(ROOT).as_posix()


def python_files(*folders: Path) -> list[Path]:
    """The Python files below these folders."""
    return [path for path in files() if path.suffix == ".py" and any(path.is_relative_to(each) for each in folders)]


def handlers() -> list[Path]:
    """The file of every function."""
    return sorted(FUNCTIONS.glob("*/app.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), named(path))


def module_name(path: Path) -> str:
    """The name a file of the package is imported by."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> dict[str, int]:
    """What a file imports, by dotted name, with the line: `from a import b` gives `a` and `a.b`."""
    found: dict[str, int] = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name: node.lineno for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            found |= {base: node.lineno} | {f"{base}.{alias.name}": node.lineno for alias in node.names}
    return found


def room(module: str) -> str:
    """The room of the package that a module lives in: `certification.rules.money` is in `rules`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def called(node: ast.expr) -> str:
    """The dotted name of what is called or read, as far as it is spelled out: `datetime.now`, `os.environ.get`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{called(node.value)}.{node.attr}"
    return ""
