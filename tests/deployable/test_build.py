"""What `make build` makes would run on Lambda: it imports, it fits, it is for the right processor, it starts fast."""

import json
import os
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.compile_build import size
from tests.house.templates import of_type, written

pytestmark = pytest.mark.deployable

UNZIPPED = 250 * 1024 * 1024
"""Bytes of a function with its layers that Lambda accepts (quota `Deployment package size`, unzipped)."""
X86_64 = 0x3E
UNCHECKED_HASH = 1
CHILD = Path(__file__).with_name("on_lambda.py")


def environment(name: str) -> dict[str, str]:
    """What Lambda and the template give a function. TZ is `:UTC` there."""
    declared = written()["Globals"]["Function"]["Environment"]["Variables"]
    ours = dict.fromkeys(declared, "https://example.org") | {
        "STACK": "assay",
        "MAIL_FROM": "Assay <no-reply@example.org>",
        "TIME_ZONE": "Asia/Hong_Kong",
        "WALLETS_VIA": "stripe",
        "RATES": "static",
    }
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "ap-east-1"}
    return (
        ours
        | keys
        | {
            "TZ": ":UTC",
            "LANG": "en_US.UTF-8",
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "POWERTOOLS_LOGGER_LOG_EVENT": "false",
        }
    )


def run(name: str, folders: list[Path]) -> dict[str, Any]:
    """A fresh process without site-packages, run as Lambda would: isolated, compiled files as they are."""
    command = [sys.executable, "-I", "-S", "-B", str(CHILD), *map(str, folders)]
    done = subprocess.run(command, env=environment(name), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{name} does not start:\n{done.stderr[-3000:]}"
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


@pytest.fixture(scope="module")
def started(functions: dict[str, list[Path]]) -> dict[str, dict[str, Any]]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = pool.map(lambda item: run(*item), functions.items())
    return dict(zip(functions, answers, strict=True))


def test_every_function_was_built(functions: dict[str, list[Path]]) -> None:
    assert set(functions) == {name for name, _ in of_type(written(), "AWS::Serverless::Function")}
    for folders in functions.values():
        assert (folders[0] / "app.py").is_file()


def test_every_handler_starts_from_the_build_alone(started: dict[str, dict[str, Any]]) -> None:
    """The fixture has failed already if one does not; nothing of this machine's own packages may have helped."""
    assert {name: said["foreign"] for name, said in started.items() if said["foreign"]} == {}


def test_doors_do_not_load_what_prints_or_draws(started: dict[str, dict[str, Any]]) -> None:
    """A request must not wait for libraries that only batches use."""
    heavy = {name: set(said["libraries"]) & {"typst", "PIL", "pyhanko"} for name, said in started.items()}
    doors = {name for name, each in of_type(written(), "AWS::Serverless::Function") if _is_door(each)}
    assert {name: found for name, found in heavy.items() if found and name in doors} == {}


def _is_door(function: dict[str, Any]) -> bool:
    return any(event["Type"] == "HttpApi" for event in function.get("Events", {}).values())


def test_every_function_fits_with_its_layers(
    functions: dict[str, list[Path]], started: dict[str, dict[str, Any]]
) -> None:
    sizes = {
        name: size(folders[0]) + sum(size(folder.parent) for folder in folders[1:])
        for name, folders in functions.items()
    }
    print("\n\n| function | unzipped MB, layers included | import CPU ms |\n|---|---:|---:|")
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        print(f"| {name} | {sizes[name] / 1024 / 1024:.0f} | {started[name]['seconds'] * 1000:.0f} |")
    assert {name: size for name, size in sizes.items() if size >= UNZIPPED} == {}


def test_machine_code_is_for_the_processor_of_the_functions(build: Path) -> None:
    found = []
    for path in build.rglob("*.so*"):
        with path.open("rb") as file:
            head = file.read(20)
        if head[:4] == b"\x7fELF" and struct.unpack_from("<H", head, 18)[0] != X86_64:
            found.append(path.relative_to(build))
    assert not found
    assert any(build.rglob("*.so")), "no machine code at all: were the wheels installed?"


def test_a_layer_holds_python_once(build: Path) -> None:
    """The classic trap: `python/python/certification` builds, deploys and imports nowhere."""
    layers = sorted(path for path in build.iterdir() if path.name.endswith("Layer"))
    assert [layer.name for layer in layers] == [
        "CertificationLayer",
        "DependenciesLayer",
        "DocumentsLayer",
        "ImagingLayer",
    ]
    for layer in layers:
        assert [path.name for path in layer.iterdir()] == ["python"]
        assert not (layer / "python/python").exists()


def test_every_module_is_compiled_and_nobody_checks_its_source(build: Path) -> None:
    """Without `.pyc` a cold start takes three to four times the work; with times in them they are thrown away."""
    uncompiled, checked = [], []
    for source in build.rglob("*.py"):
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
        if not compiled.is_file():
            uncompiled.append(source.relative_to(build))
        elif struct.unpack_from("<I", compiled.read_bytes(), 4)[0] != UNCHECKED_HASH:
            checked.append(source.relative_to(build))
    assert not uncompiled
    assert not checked


def test_compiled_modules_know_no_path_of_this_machine(build: Path) -> None:
    compiled = build / "CertificationLayer/python/certification/rules/__pycache__/money.cpython-313.pyc"
    assert b"/opt/python/certification/rules/money.py" in compiled.read_bytes()
    assert str(build).encode() not in compiled.read_bytes()


def test_the_build_holds_what_runs_and_nothing_else(build: Path) -> None:
    """No tests of ours, no local cloud, no keys."""
    keys = [
        path for path in build.rglob("*") if path.suffix in {".pem", ".key"} and b"PRIVATE KEY" in path.read_bytes()
    ]
    assert not keys
    assert not (build / "CertificationLayer/python/local").exists()
    package = build / "CertificationLayer/python/certification"
    for part in ("policies/cgptc.yaml", "letters/templates/layout.html", "documents/templates/certificate.typ"):
        assert (package / part).is_file(), f"{part} was left behind"
