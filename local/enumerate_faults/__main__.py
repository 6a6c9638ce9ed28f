"""The command line: everything, some stories, or one telling again."""

import argparse
import sys

from local.enumerate_faults.modes import MODES
from local.enumerate_faults.points import (
    PAIRS,
    PROCESSES,
    SEED,
    Telling,
    close,
    enumerate_points,
    run,
    world_of_this_process,
)
from local.enumerate_faults.stories import STORIES


def main() -> int:
    """Give 0 when every telling ends as well as without a fault."""
    asked = _arguments()
    if asked.at:
        return _replay(asked.story[0], asked.at, asked.mode)
    numbers = {"processes": asked.processes, "pairs": asked.pairs, "seed": asked.seed}
    report = enumerate_points(asked.story, **numbers, every=asked.every)
    print(*report.lines(), *report.failures(), sep="\n")
    return 1 if report.failures() else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.enumerate_faults", description=__doc__)
    parser.add_argument("--story", action="append", choices=STORIES, help="one of the stories; without: all")
    parser.add_argument("--at", action="append", type=int, help="the call to break, from 1; twice for a pair")
    parser.add_argument("--mode", action="append", choices=MODES, help="how, for each --at")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--pairs", type=int, default=PAIRS, help="how many pairs of faults to draw")
    parser.add_argument("--every", action="store_true", help="break also what a story before does in the same way")
    parser.add_argument("--seed", type=int, default=SEED, help="of the pairs")
    asked = parser.parse_args()
    asked.story = asked.story or list(STORIES)
    if asked.at and (len(asked.story) != 1 or len(asked.mode or ()) != len(asked.at)):
        parser.error("one telling needs one --story and a --mode for each --at")
    return asked


def _replay(story: str, at: list[int], modes: list[str]) -> int:
    """Tell it once more, and say what was broken and what came of it."""
    telling = Telling(story, tuple(zip(at, modes, strict=True)))
    result = run(telling)
    world = world_of_this_process()
    for call, mode in result.broken:
        print(f"broken ({mode}): {call.function} {call.service} {call.operation}")
    print(*(f"failed: {one.function} {one.error}: {one.message}" for one in world.cloud.invoker.failures), sep="\n")
    print(*(result.problems or ("ends as well as without the fault",)), sep="\n")
    close()
    return 1 if result.problems else 0


if __name__ == "__main__":
    sys.exit(main())
