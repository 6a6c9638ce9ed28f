"""The artifact that would be deployed: built once by the SAM command line, then compiled as `make build` does."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from local import compile_build
from tests.house.sources import ROOT

TOOLS = ROOT / ".venv-deploy/bin"
MINUTES = 5
REGION = "ap-southeast-1"
"""Where docs/operations.md deploys to. Not Hong Kong: SES, and with it every e-mail, does not exist there."""


def sam(*arguments: str) -> str:
    """Run the SAM command line; what it says. The functions' Python is the first on its path."""
    environment = os.environ | {
        "PATH": f"{TOOLS}:{os.environ['PATH']}",
        "SAM_CLI_TELEMETRY": "0",
        "AWS_DEFAULT_REGION": REGION,
        "PYTHONPATH": "",
    }
    done = subprocess.run(
        [TOOLS / "sam", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=MINUTES * 60,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-4000:]
    return said


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `sam deploy` would package: a template, a folder per function and per layer."""
    assert (TOOLS / "sam").exists(), "the SAM command line is missing: make .venv-deploy/stamp"
    folder = tmp_path_factory.mktemp("sam") / "build"
    sam("build", "--build-dir", str(folder), "--parallel")
    compile_build.main(folder)
    return folder


@pytest.fixture(scope="session")
def functions(build: Path) -> dict[str, list[Path]]:
    """Every function of the built template: its own folder first, then its layers as Lambda puts them on the path."""
    template = yaml.load((build / "template.yaml").read_text(encoding="utf-8"), _Loader)
    shared = template["Globals"]["Function"]["Layers"]
    found = {}
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            layers = [_name(layer) for layer in [*shared, *resource["Properties"].get("Layers", [])]]
            found[name] = [build / resource["Properties"]["CodeUri"], *(build / layer / "python" for layer in layers)]
    return found


def _name(reference: Any) -> str:
    """A layer's logical id: SAM writes the references of some resources in their long form."""
    return str(reference["Ref"] if isinstance(reference, dict) else reference)


class _Loader(yaml.SafeLoader):
    """Reads `!Ref X` as X; other intrinsic functions are of no interest here."""


def _intrinsic(loader: _Loader, _suffix: str, node: yaml.Node) -> Any:
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_Loader.add_multi_constructor("!", _intrinsic)
