"""REPORTING: how the public says that a commitment may be false.

In words: anybody may report a commitment that was shown to the public: who it is about as the list shows it, and what
they know, in 20 to 1,000 characters. One range of the network may send five reports in a quarter of an hour and twenty
in a day. The same report again is the same case. A report accuses nobody and blocks nothing: a desk reads it and decides
whether a check is opened (CHK-11, CHK-14).
"""

import hashlib

from certification.rules.errors import Refused
from certification.rules.policy import Policy

SHORTEST, LONGEST, LONGEST_WHO = 20, 1000, 100


def check_report(policy: Policy, who: str, text: str) -> tuple[str, str]:
    """The report without spaces around it. Refused where the scheme takes none, and with its field where it is not one."""
    if policy.checks is None or "reported" not in policy.checks.key:
        raise Refused(
            "reports_not_taken",
            "This exam takes no reports about commitments.",
            "本项考试不受理承诺情况举报。",
            rules=("CHK-11",),
        )
    named, told = " ".join(who.split()), text.strip()
    if not named or len(named) > LONGEST_WHO:
        raise Refused(
            "who_length",
            f"Say who the report is about, as the list shows it, in up to {LONGEST_WHO} characters.",
            f"请填写公示名单所示的被举报人，不超过 {LONGEST_WHO} 个字符。",
            rules=("CHK-11",),
            field="who",
        )
    if not SHORTEST <= len(told) <= LONGEST:
        raise Refused(
            "report_length",
            f"Say what you know in {SHORTEST} to {LONGEST} characters.",
            f"请用 {SHORTEST} 至 {LONGEST} 个字符说明情况。",
            rules=("CHK-11",),
            field="text",
        )
    return named, told


def fingerprint(who: str, text: str) -> str:
    """Names a report by what it says, so that the same one again is the same."""
    return hashlib.sha256(f"{who.casefold()}|{' '.join(text.casefold().split())}".encode()).hexdigest()[:16]
