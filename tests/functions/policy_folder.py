"""Our policies in another folder, to which a test adds a scheme or in which it changes one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from certification import policies

SHIPPED = Path(policies.__file__).parent


@contextmanager
def policies_in(folder: Path, **files: str) -> Iterator[Path]:
    """The shipped files with these in place of theirs or beside them (`welding="…"` is `welding.yaml`), as all there is."""
    for path in SHIPPED.rglob("*.yaml"):
        target = folder / path.relative_to(SHIPPED)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policies, "FOLDER", folder)
        policies.load_policy.cache_clear()
        yield folder
    policies.load_policy.cache_clear()


def shipped(scheme: str) -> str:
    """The text of a policy of ours."""
    return (SHIPPED / f"{scheme}.yaml").read_text(encoding="utf-8")
