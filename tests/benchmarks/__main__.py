"""`make benchmarks`: measures everything here and prints it. Fails when a goal is missed; not part of the test run."""

import importlib
import sys
from pathlib import Path

from tests.benchmarks.measuring import load

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in ("__main__", "measuring"))


def main() -> int:
    """How many goals were missed."""
    missed = 0
    for name in NAMES:
        print(f"{name} ({load()})")
        for line in importlib.import_module(f"tests.benchmarks.{name}").measure():
            print(f"  {line}")
            missed += not line.reached
    return missed


if __name__ == "__main__":
    sys.exit(main())
