"""POLICY, its own codes in words: what a level, a subject, a desk or an upload of this policy is called."""

from collections.abc import Iterable
from typing import Protocol

from certification.rules.policy import Policy
from certification.rules.words import Words

PHOTO = Words(en="photo", zh="照片")


class Coded(Protocol):
    """A row that has a code and words."""

    @property
    def code(self) -> str: ...
    @property
    def words(self) -> Words: ...


def words_of_codes(policy: Policy) -> dict[str, dict[str, Words]]:
    """The words of every code, by the keys under which it can stand in the policy's file."""
    terms = policy.eligibility
    uploads, questions = _by_code(policy.uploads), _by_code(policy.questions)
    parts = questions | uploads | {"photo": PHOTO}
    fields = _by_code(terms.fields)
    found = {
        ("occupations", "occupation"): _by_code(policy.occupations),
        ("levels", "level"): _by_code(policy.levels),
        ("subjects", "waives", "taken", "for_subjects"): _by_code(policy.subjects),
        ("forms", "form"): _by_code(policy.forms),
        ("regions", "region"): _by_code(policy.regions),
        ("items", "amounts"): _by_code(policy.fees.items),
        ("majors", "catalogue"): _by_code(terms.catalogue),
        ("certificates", "certificate"): _by_code(terms.certificates),
        ("desks", "under"): _by_code(policy.desks),
        ("methods",): _by_code(policy.payment.methods),
        ("codes",): _by_code(policy.results.codes),
        ("reasons",): _by_code(policy.review.reasons),
        ("grounds",): _by_code(policy.void.grounds) if policy.void else {},
        ("questions",): questions,
        ("uploads", "upload", "work", "exemption", "foreign_degree", "materials"): uploads,
        ("applies_to",): parts,
        ("fields",): fields | parts,
    }
    return {key: words for keys, words in found.items() for key in keys}


def _by_code(rows: Iterable[Coded]) -> dict[str, Words]:
    return {row.code: row.words for row in rows}
