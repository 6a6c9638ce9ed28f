"""POLICY: one scheme's rules as data, versioned and hashed.

In words: nothing that differs between awarding bodies, exams or years is code. A scheme is one exam of one body in one
year under one policy. The policy's hash is stored with every decision made under it, so that the decision can be
repeated years later. A key that the schema does not know is refused; a part that a scheme does not have is absent.
Values that no source names are listed in `own_choices`, so that the awarding body can see what we chose for it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from certification.rules.desks import gaps_in_desks
from certification.rules.model import Frozen
from certification.rules.policy_applying import (
    Accounts,
    CandidateClass,
    Code,
    Desk,
    Named,
    Photo,
    Question,
    Review,
    Upload,
    Verification,
)
from certification.rules.policy_changes import Changes, Void, gaps_in_changes
from certification.rules.policy_commitment import Checks, Commitment, gaps_in_commitment
from certification.rules.policy_conditions import contradictions
from certification.rules.policy_eligibility import Eligibility, Level, Occupation
from certification.rules.policy_exam import (
    Certificate,
    ElectronicCertificate,
    ExamDay,
    Form,
    Notifications,
    Paper,
    PostCheck,
    PublicNotice,
    Recheck,
    Reissue,
    Results,
    Seating,
    Subject,
    Ticket,
    Validity,
)
from certification.rules.policy_information import Information
from certification.rules.policy_lanes import LaneName, LaneStep, gaps_in_lanes
from certification.rules.policy_money import Cancellation, Duplicates, FeeItemCode, Fees, Payment, Receipt, Refund
from certification.rules.policy_windows import gaps_in_windows
from certification.rules.words import Words


class Policy(Frozen):
    """The whole policy of a scheme. Parts that may be absent are those some schemes do not have."""

    scheme: Code
    exam: Code
    year: int = Field(ge=2000, le=2100)
    version: str = Field(pattern=r"^\d{4}\.\d+$")
    title: Words
    body: Words
    time_zone: str
    calendar: Code
    legal_basis: Words | None = None
    applies_to: Words | None = None
    own_choices: tuple[str, ...]

    lanes: dict[LaneName, tuple[LaneStep, ...]] = Field(min_length=1)
    success_when: tuple[Literal["approved", "paid"], ...] = Field(min_length=1)
    classes: tuple[CandidateClass, ...] = ()

    regions: tuple[Named, ...] = Field(min_length=1)
    levels: tuple[Level, ...] = Field(min_length=1)
    occupations: tuple[Occupation, ...] = Field(min_length=1)
    subjects: tuple[Subject, ...] = Field(min_length=1)
    forms: tuple[Form, ...] = Field(min_length=1)
    eligibility: Eligibility

    accounts: Accounts
    questions: tuple[Question, ...] = Field(min_length=1)
    uploads: tuple[Upload, ...] = ()
    photo: Photo
    verification: Verification
    commitment: Commitment | None = None
    review: Review
    checks: Checks | None = None
    changes: Changes | None = None
    void: Void | None = None

    fees: Fees
    payment: Payment
    refund: Refund
    cancellation: Cancellation
    duplicates: Duplicates
    receipt: Receipt

    seating: Seating
    ticket: Ticket
    exam_day: ExamDay
    results: Results
    validity: Validity
    recheck: Recheck | None = None
    post_check: PostCheck | None = None
    public_notice: PublicNotice | None = None

    certificate: Certificate
    electronic_certificate: ElectronicCertificate
    paper: Paper | None = None
    reissue: Reissue | None = None
    notifications: Notifications
    desks: tuple[Desk, ...] = Field(min_length=1)
    information: Information | None = None

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"there is no time zone {name}") from None
        return name

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        from_other_parts = list(_disagreements(self))
        if from_other_parts:
            raise ValueError("; ".join(from_other_parts))
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this scheme's days begin and end."""
        return ZoneInfo(self.time_zone)

    def occupation(self, code: str) -> Occupation:
        return next(row for row in self.occupations if row.code == code)

    def level(self, code: str) -> Level:
        return next(row for row in self.levels if row.code == code)

    def subject(self, code: str) -> Subject:
        return next(row for row in self.subjects if row.code == code)

    def form(self, code: str) -> Form:
        return next(row for row in self.forms if row.code == code)

    def question(self, code: str) -> Words | None:
        """What the question is called in this scheme, None where it is not asked: the occupation may be a specialty."""
        return next((row.words for row in self.questions if row.code == code), None)

    def subjects_of(self, occupation: str, level: str) -> tuple[str, ...]:
        """The subjects that are taken: those of the occupation without those the level waives (ELI-08)."""
        waived = self.level(level).waives
        return tuple(code for code in self.occupation(occupation).subjects if code not in waived)


def _disagreements(policy: Policy) -> list[str]:
    """What one part names and another does not know: each a sentence with the place."""
    found: list[str] = []
    levels, subjects = {row.code for row in policy.levels}, {row.code for row in policy.subjects}
    forms = {row.code: row for row in policy.forms}
    found += [f"{name}: a code occurs twice, {code}" for name, code in _twice(policy)]
    for row in policy.occupations:
        found += [f"occupations.{row.code}: unknown level {level}" for level in row.levels if level not in levels]
        found += [f"occupations.{row.code}: unknown subject {code}" for code in row.subjects if code not in subjects]
        for form in row.forms:
            if form not in forms:
                found.append(f"occupations.{row.code}: unknown form {form}")
            elif not set(row.subjects) <= set(forms[form].taken):
                found.append(f"occupations.{row.code}: form {form} does not say how each subject is taken")
    offered = {(row.code, level, form) for row in policy.occupations for level in row.levels for form in row.forms}
    priced = [(row.occupation, row.level, row.form) for row in policy.fees.schedule]
    found += [f"fees.schedule: no price for {' '.join(key)}" for key in sorted(offered - set(priced))]
    found += [f"fees.schedule: a price for {' '.join(key)}, not offered" for key in sorted(set(priced) - offered)]
    found += [f"fees.schedule: two prices for {' '.join(key)}" for key in sorted(set(priced)) if priced.count(key) > 1]
    items = {item.code for item in policy.fees.items}
    for fee in policy.fees.schedule:
        found += [f"fees.schedule: {item} is not a fee item" for item in fee.amounts if item not in items]
    found += _unpriced(policy, items, offered)
    if policy.fees.mailing and ("mailing" not in items or policy.paper is None):
        found.append("fees.mailing: there is no fee item mailing, or no certificate on paper")
    asked = {row.code for row in policy.questions} | {row.code for row in policy.uploads} | {"photo", "other"}
    found += [
        f"review.reasons.{reason.code}: unknown part {reason.applies_to}"
        for reason in policy.review.reasons
        if reason.applies_to not in asked
    ]
    found += [f"subjects.{row.code}: pass mark above maximum" for row in policy.subjects if row.pass_mark > row.maximum]
    found += gaps_in_lanes(policy)
    found += gaps_in_windows(policy)
    if policy.photo.head[0] >= policy.photo.head[1]:
        found.append("photo.head: the least share is not below the greatest")
    found += contradictions(policy)
    found += gaps_in_desks(policy, (row.code for row in policy.regions))
    if policy.changes is not None:
        found += gaps_in_changes(policy.changes, asked | {"subjects", "specialty", "paper"})
    found += gaps_in_commitment(policy)
    data = as_data(policy)
    found += [f"own_choices: {path} is not in this policy" for path in policy.own_choices if not _exists(data, path)]
    return found


def _twice(policy: Policy) -> Iterator[tuple[str, str]]:
    """Codes that two rows of one list share, each with the list's place."""
    lists: dict[str, tuple[Any, ...]] = {
        name: getattr(policy, name)
        for name in ("regions", "levels", "occupations", "subjects", "forms", "questions", "uploads")
    }
    lists |= {"review.reasons": policy.review.reasons, "fees.items": policy.fees.items}
    lists |= {"fees.mailing": policy.fees.mailing}
    lists |= {"payment.methods": policy.payment.methods, "results.codes": policy.results.codes}
    lists |= {"void.grounds": policy.void.grounds if policy.void else ()}
    for name, rows in lists.items():
        yield from ((name, code) for code, count in Counter(row.code for row in rows).items() if count > 1)


def _unpriced(policy: Policy, items: set[FeeItemCode], offered: set[tuple[str, str, str]]) -> list[str]:
    """Rows of the schedule that leave a subject without its price."""
    found = []
    for fee in policy.fees.schedule:
        place = f"fees.schedule {fee.occupation} {fee.level} {fee.form}"
        if not fee.amounts and not fee.for_subjects:
            found.append(f"{place}: there is no amount")
        if fee.for_subjects is None or (fee.occupation, fee.level, fee.form) not in offered:
            continue
        if "examination" not in items:
            found.append(f"{place}: subjects are priced, but examination is not a fee item")
        takeable = set(policy.subjects_of(fee.occupation, fee.level))
        found += [f"{place}: no price for subject {code}" for code in sorted(takeable - set(fee.for_subjects))]
        found += [
            f"{place}: a price for subject {code}, not taken" for code in sorted(set(fee.for_subjects) - takeable)
        ]
    return found


def _exists(data: Any, path: str) -> bool:
    """Whether a dotted path leads somewhere in the policy's data."""
    for key in path.split("."):
        if not isinstance(data, dict) or key not in data:
            return False
        data = data[key]
    return True


def as_data(policy: Policy) -> dict[str, Any]:
    """The policy as plain data, as its file has it; what is absent is left out."""
    return policy.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def canonical_json(policy: Policy) -> bytes:
    """The policy as one line of JSON: sorted keys, no spaces, UTF-8, numbers as integers or decimal strings.

    What is absent is left out, so a part that the schema learns later does not change the hash of older policies; for
    that, every default in the schema is "absent" (a house test checks it).
    """
    return json.dumps(as_data(policy), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def policy_hash(policy: Policy) -> str:
    """SHA-256 of the canonical JSON, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_json(policy)).hexdigest()
