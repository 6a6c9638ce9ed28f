"""What changed from one policy to another, in plain sentences.

    make policy-diff A=cgptc B=guangdong            two schemes that we ship
    make policy-diff A=guangdong B=changed.yaml IN=zh

`A` and `B` are a scheme, a scheme and version (`cgptc@2026.1`), or a file. Exit code 1: a file is not a valid policy.
"""

import sys
from pathlib import Path

from certification.policies import PolicyError, load_policy, load_reading, parse_yaml, read_strictly, schemes
from certification.rules.policy import Policy
from certification.rules.policy_diff import differences
from local.policy_tools.check import check_file


class NotValid(Exception):
    """The file is not a valid policy; the text says what is wrong."""


def policy_at(where: str) -> Policy:
    """A policy by scheme, by scheme and version, or by file."""
    path = Path(where)
    if path.suffix == ".yaml":
        if not path.is_file():
            raise NotValid(f"{where}: there is no such file.")
        wrong = [trouble for trouble in check_file(path) if trouble.place != "scheme"]
        if wrong:
            raise NotValid("\n".join(str(trouble) for trouble in wrong))
        return read_strictly(Policy, parse_yaml(path.read_text(encoding="utf-8")))
    scheme, _, version = where.partition("@")
    try:
        return load_policy(scheme, version or None)[0]
    except PolicyError as error:
        known = ", ".join(schemes())
        raise NotValid(
            f"{where or 'nothing'}: {error}. Name a scheme ({known}), or a file that ends in .yaml."
        ) from error


def main(before: str, after: str, language: str) -> int:
    """Print every difference in one language or, with `both`, in both; give the exit code."""
    try:
        found = differences(policy_at(before), policy_at(after), load_reading())
    except NotValid as error:
        print(error)
        return 1
    for difference in found:
        for one in ("en", "zh") if language == "both" else (language,):
            print(getattr(difference.sentence, one))
    differ = "1 difference." if len(found) == 1 else f"{len(found)} differences."
    print(f"共 {len(found)} 处不同。" if language == "zh" else differ)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "both"))
