"""Writes the hash of every scheme's current version to policies/published.yaml.

    PYTHONPATH=layers/certification/python:. .venv/bin/python -m local.policy_tools.publish

Only for a version that nothing rests on yet. Once an application was made under a version, its file is kept as
`<scheme>-<version>.yaml`, its line stays, and the change gets a new version.
"""

from pathlib import Path

from certification.policies import load_policy, parse_yaml, schemes

TARGET = Path(__file__).parents[2] / "layers/certification/python/certification/policies/published.yaml"


def published(text: str) -> str:
    """The text of the file with the current versions' hashes, every other line as it is."""
    head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    versions: dict[str, dict[str, str]] = parse_yaml(text)
    for scheme in schemes():
        policy, digest = load_policy(scheme)
        versions.setdefault(scheme, {})[policy.version] = digest
    rows = [
        f"{scheme}:\n" + "".join(f'  "{version}": {digest}\n' for version, digest in sorted(versions[scheme].items()))
        for scheme in sorted(versions)
    ]
    return head + "".join(rows)


if __name__ == "__main__":
    TARGET.write_text(published(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
