"""What the work page and the calculator offer: fields of work, certificates, and how many entries there may be."""

from certification.portal.views.speech import Speech
from certification.rules.policy import Policy
from certification.rules.work import MOST_CERTIFICATES, MOST_JOBS, MOST_LEAVES

MOST = {"jobs": MOST_JOBS, "leaves": MOST_LEAVES, "certificates": MOST_CERTIFICATES}
Options = list[tuple[str, str]]


def fields(policy: Policy, occupation: str | None, say: Speech) -> Options:
    """The fields of work that are related to the occupation; all of them while none is chosen."""
    return [
        (field.code, say.said(field.words))
        for field in policy.eligibility.fields
        if occupation is None or not field.occupations or occupation in field.occupations
    ]


def certificates(policy: Policy, say: Speech) -> Options:
    """The certificates that a condition asks for."""
    return [(row.code, say.said(row.words)) for row in policy.eligibility.certificates]


def times(say: Speech) -> list[tuple[str, str, str]]:
    """Full-time or part-time."""
    return [("full", say("work.full_time"), ""), ("part", say("work.part_time"), "")]
