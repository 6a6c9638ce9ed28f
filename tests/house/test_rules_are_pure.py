"""The rules know nothing but their arguments: no AWS, no network, no clock, no environment, no chance, no files."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import PACKAGE, imported, named, python_files, tree

RULES = python_files(PACKAGE / "rules")
MAY_IMPORT = {"pydantic", "pydantic_core", "certification"}
# Parts of the standard library through which the world could come in.
IMPURE = {"os", "io", "sys", "time", "random", "secrets", "socket", "subprocess", "pathlib", "tempfile", "urllib"}
IMPURE |= {"http", "logging", "asyncio", "threading", "multiprocessing", "importlib", "ssl", "shutil", "uuid"}
WORLDLY_CALLS = {"open", "input", "print", "exec", "eval", "__import__"}
CLOCKS = {"now", "utcnow", "today"}

# Everything a rule could reach for is taken away before the modules are imported.
SEALED = """
import builtins, importlib, os, pkgutil, socket, sys
import pydantic, zoneinfo
os.environ.clear()
def refuse(*arguments, **named):
    raise AssertionError("a rule reached for the network")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
import certification.rules as rules
names = [module.name for module in pkgutil.iter_modules(rules.__path__, "certification.rules.")]
for name in names:
    importlib.import_module(name)
worldly = {"boto3", "botocore", "pynamodb", "yaml", "aws_lambda_powertools", "jinja2", "cryptography"} & set(sys.modules)
others = {name for name in sys.modules if name.startswith("certification.")} - {"certification.rules", *names}
print(len(names), sorted(worldly), sorted(others))
"""


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_rule_imports_the_standard_library_pydantic_and_other_rules(path: Path) -> None:
    for name in imported(path):
        top = name.split(".")[0]
        assert top in MAY_IMPORT or top in sys.stdlib_module_names, f"{named(path)} imports {name}"
        assert top not in IMPURE, f"{named(path)} imports {name}"
        assert top != "certification" or name.startswith("certification.rules"), f"{named(path)} imports {name}"


def test_no_rule_reads_a_clock_a_file_or_the_environment() -> None:
    found = []
    for path in RULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                called = node.func
                if isinstance(called, ast.Name) and called.id in WORLDLY_CALLS:
                    found.append(f"{named(path)}:{node.lineno} calls {called.id}")
                if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
                    found.append(f"{named(path)}:{node.lineno} calls .{called.attr}()")
    assert found == []


def test_the_rules_load_without_network_environment_or_any_other_part_of_the_package() -> None:
    run = subprocess.run(
        [sys.executable, "-c", SEALED],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(PACKAGE.parent)},
    )
    assert run.stderr == ""
    count, _, rest = run.stdout.partition(" ")
    assert int(count) == len(RULES) - 1  # __init__
    assert rest.strip() == "[] []"


def test_every_rule_states_itself_in_words_first() -> None:
    for path in RULES:
        assert ast.get_docstring(tree(path)), f"{named(path)} has no docstring"
