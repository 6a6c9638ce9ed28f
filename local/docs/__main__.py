"""`make docs`: writes every generated page again and says which ones changed."""

import sys
from collections.abc import Callable

from local import openapi
from local.docs import process
from local.docs.code import ROOT
from local.policy_tools import rules_index, scenarios_index


def api_document() -> str:
    """The JSON API's document."""
    return openapi.as_text(openapi.made())


PAGES: dict[str, Callable[[], str]] = {
    "docs/process.md": process.page,
    "docs/rules.md": rules_index.render,
    "docs/scenarios.md": scenarios_index.render,
    "docs/openapi.json": api_document,
}


def main() -> int:
    for name, page in PAGES.items():
        path, text = ROOT / name, page()
        changed = not path.exists() or path.read_text(encoding="utf-8") != text
        path.write_text(text, encoding="utf-8")
        print(f"{name}: {'written' if changed else 'as it was'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
