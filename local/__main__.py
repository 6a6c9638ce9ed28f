"""`python -m local`: start the local cloud, say what happens, and serve until Ctrl-C."""

import argparse
import sys
from pathlib import Path

from local.process import HTTP_PORT, Ports
from local.start import REPOSITORY, Options, start


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and start. Gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--port", type=int, default=HTTP_PORT, help="port of portal and API; S3 listens on the next")
    parser.add_argument("--ephemeral", action="store_true", help="keep nothing: a fresh cloud, gone at the end")
    parser.add_argument("--state", type=Path, default=REPOSITORY / ".local", help="folder of the data that is kept")
    parser.add_argument("--json", action="store_true", help="one JSON object per line, for tools")
    parser.add_argument("--no-seed", action="store_true", help="no demo data")
    parser.add_argument("--template", type=Path, default=REPOSITORY / "template.yaml", help="another template")
    given = parser.parse_args(arguments)
    folder = None if given.ephemeral else given.state
    ports = Ports.following(given.port)
    return start(Options(ports, folder, given.template, seed=not given.no_seed, as_json=given.json))


if __name__ == "__main__":
    sys.exit(main())
