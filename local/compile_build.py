"""Makes what `sam build` made ready to start fast: `python local/compile_build.py .aws-sam/build`.

`sam build` ships sources only, so that every cold start compiles everything: three to four times the work. Here the
artifact is compiled with *unchecked hash* files, the only kind that stays valid however the archive sets its times.
The portal's templates become modules first, so that the functions need neither their sources nor the macros' package.
Before that the artifact loses what no function reads: descriptions of AWS services that `cloud/clients.py` never opens,
and packages that a layer repeats from the dependencies layer, which every function carries too.

Run it with the Python version of the functions, in the environment of development.
"""

import ast
import compileall
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from py_compile import PycInvalidationMode

from certification.portal.templating import compile_to

PACKAGE = "CertificationLayer/python/certification"
SHARED = "DependenciesLayer"
RUNTIME = (3, 13)
# Not services: botocore's own tables.
KEPT = {"endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json"}


def main(build: Path) -> None:
    if sys.version_info[:2] != RUNTIME:
        raise SystemExit(f"The functions run on Python {RUNTIME[0]}.{RUNTIME[1]}; this is {sys.version.split()[0]}")
    if not (build / "template.yaml").is_file():
        raise SystemExit(f"{build} holds no build; run `sam build` first")
    before = size(build)
    for layer in sorted(build.glob("*Layer")):
        drop_repeated_packages(layer, build / SHARED)
    drop_unused_services(build / SHARED / "python/botocore/data", services(build))
    pages = compile_to(build / PACKAGE / "portal/compiled")
    trimmed = size(build)
    for folder in sorted(path for path in build.iterdir() if path.is_dir()):
        compile_folder(folder, "/opt" if folder.name.endswith("Layer") else "/var/task")
    print(
        f"{before / 1e6:.0f} MB as built, {trimmed / 1e6:.0f} MB trimmed, {size(build) / 1e6:.0f} MB compiled; {pages} templates"
    )


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def services(build: Path) -> set[str]:
    """The AWS services that the package opens clients for."""
    tree = ast.parse((build / PACKAGE / "cloud/clients.py").read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "boto3.client")
    return {str(ast.literal_eval(call.args[0])) for call in calls}


def drop_unused_services(data: Path, used: set[str]) -> None:
    missing = sorted(used - {path.name for path in data.iterdir()})
    if missing:
        raise SystemExit(f"botocore describes no service {', '.join(missing)}")
    for path in sorted(data.iterdir()):
        if path.is_dir() and path.name not in used:
            shutil.rmtree(path)
        elif path.is_file() and path.name not in KEPT and path.suffix == ".json":
            raise SystemExit(f"{path.name} in botocore's data is new: is it needed?")


def distributions(layer: Path) -> dict[str, Path]:
    """The packages of a layer by name and version, e.g. `cffi-2.1.1.dist-info`."""
    return {path.name: path for path in (layer / "python").glob("*.dist-info")}


def drop_repeated_packages(layer: Path, shared: Path) -> None:
    """Remove from a layer what the shared layer has in the same version."""
    if layer == shared:
        return
    for name in sorted(distributions(layer).keys() & distributions(shared).keys()):
        for path in files_of(distributions(layer)[name]):
            path.unlink()
    remove_empty_folders(layer)


def files_of(distribution: Path) -> Iterator[Path]:
    """The files that a package's RECORD lists and that are there."""
    record = (distribution / "RECORD").read_text(encoding="utf-8")
    for line in record.splitlines():
        path = distribution.parent / line.split(",")[0].strip('"')
        if path.is_file():
            yield path


def remove_empty_folders(top: Path) -> None:
    for folder in sorted((path for path in top.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def compile_folder(folder: Path, seen_as: str) -> None:
    """Compile every module; tracebacks name the path it will have on Lambda, not the one of the build."""
    good = compileall.compile_dir(
        folder,
        quiet=1,
        force=True,
        workers=0,
        stripdir=str(folder),
        prependdir=seen_as,
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
    if not good:
        raise SystemExit(f"{folder.name} holds a module that does not compile")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".aws-sam/build"))
