"""The conflicts K1 to K31 between the systems in the sources: data of three schemes, and rules that answer by it.

Scheme `cgptc` follows the published process of CGPTC, `guangdong` the newer notice of Guangdong, and `mixed` combines
variants as nobody does. A conflict of which two schemes held the same value everywhere would prove nothing.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from certification.policies import load_calendar, load_policy, schemes
from certification.rules.application import gaps
from certification.rules.cases import CaseKind
from certification.rules.commitments import chosen_before_confirming, classes_of, locks, offer
from certification.rules.deadlines import check_dates, review_due, ticket_window, verification_due
from certification.rules.desks import desk_for
from certification.rules.duplicates import returned_from
from certification.rules.errors import Refused
from certification.rules.fees import order_fees
from certification.rules.lanes import choose_lane
from certification.rules.money import Money
from certification.rules.photos import replacing
from certification.rules.policy import Policy
from certification.rules.refunds import Ground, decide, refund_policy
from certification.rules.results import check_marks
from certification.rules.sitting import SittingDates, Slot
from certification.rules.standing import ResultVersion, standing

SCHEMES = ("cgptc", "guangdong", "mixed")
POLICIES = {scheme: load_policy(scheme)[0] for scheme in SCHEMES}

Values = tuple[Any, Any, Any]
TABLE: dict[str, tuple[Callable[[Policy], Any], Values]] = {
    "K1 refund after success": (
        lambda p: [(str(w.window.within), str(w.handling_fee_rate)) for w in p.refund.windows],
        ([("P7D", "0.20")], [], [("P3D", "0.10")]),
    ),
    "K2 blackout before the exam": (
        lambda p: str(p.refund.blackout.before) if p.refund.blackout else None,
        ("P30D", None, None),
    ),
    "K3 exam cancelled": (
        lambda p: p.cancellation.offer,
        (("full_refund", "reschedule"), ("staff_decision",), ("full_refund",)),
    ),
    "K4 duplicates": (
        lambda p: (p.duplicates.same_order, p.duplicates.other_order),
        (
            ("immediately", "immediately"),
            ("after_registration_closes", "after_exam_and_reconciled"),
            ("immediately", "after_exam_and_reconciled"),
        ),
    ),
    "K5 successful when, and who is reviewed": (
        lambda p: (p.success_when, p.review.required_for),
        (
            (("approved", "paid"), "all"),
            (("paid",), ("barred", "not_chosen", "withdrawn", "exemption_level", "unlisted_major")),
            (("paid",), ("barred", "not_chosen", "withdrawn", "unverified", "exemption_level")),
        ),
    ),
    "K6 order of steps": (
        lambda p: {name: "choose" in steps for name, steps in p.lanes.items()},
        ({"review": False}, {"commitment": True, "proof": False}, {"commitment": False, "proof": False}),
    ),
    "K7 commitment": (lambda p: p.commitment is not None, (False, True, True)),
    "K8 irreversible": (
        lambda p: p.commitment.lock_on if p.commitment else None,
        (None, ("withdrawn", "declined"), ("withdrawn",)),
    ),
    "K9 what is checked online": (
        lambda p: (p.verification.subjects, str(p.verification.answer.within)),
        ((("identity",), "PT24H"), (("identity", "education"), "PT24H"), (("education",), "PT12H")),
    ),
    "K10 not verifiable": (
        lambda p: [(bool(one.upload), one.provisional, one.on_site) for one in p.verification.fallback],
        ([], [(True, False, False), (True, False, False), (True, True, False)], [(False, False, True)]),
    ),
    "K11 foreign degree": (
        lambda p: p.eligibility.foreign_degrees,
        ((), ("certificate",), ("certificate", "letter")),
    ),
    "K12 photo": (
        lambda p: (p.photo.pixels, p.photo.background),
        (((413, 531), "plain_light"), ((295, 413), "white"), ((358, 441), "white")),
    ),
    "K13 photo replaced": (lambda p: p.photo.replace, ("until_confirmed", "staff_only", "never")),
    "K14 way back in": (
        lambda p: p.accounts.recovery,
        (
            ("email_code", "sms_code", "staff_case"),
            ("sms_code", "security_question", "staff_case"),
            ("staff_case",),
        ),
    ),
    "K15 results": (
        lambda p: str(p.results.publish.within or p.results.publish.until),
        ("P15WD", "notice", "P30WD"),
    ),
    "K16 validity": (
        lambda p: (p.validity.mode, p.validity.unit, p.validity.window),
        (("single", "sitting", 1), ("rolling", "year", 2), ("rolling", "sitting", 2)),
    ),
    "K17 recheck": (
        lambda p: str(p.recheck.apply.within or p.recheck.apply.until) if p.recheck else None,
        (None, "P30D", "notice"),
    ),
    "K18 routing": (
        lambda p: desk_for(p, CaseKind.RECHECK, "guangzhou").code,
        ("admissions", "guangdong_province", "mixed_guangzhou"),
    ),
    "K19 check after the exam": (
        lambda p: (str(p.post_check.decide.within), p.post_check.classes) if p.post_check else None,
        (None, ("P10WD", ("barred", "not_chosen", "withdrawn", "unverified")), None),
    ),
    "K20 public notice": (
        lambda p: str(p.public_notice.lasts.within or p.public_notice.lasts.until) if p.public_notice else None,
        (None, "P10WD", "notice"),
    ),
    "K21 mail": (
        lambda p: (p.paper.postage, p.paper.apply is not None) if p.paper else None,
        (("prepaid_international", False), ("collect", True), ("fee_item", False)),
    ),
    "K22 reissue": (lambda p: p.reissue.since_year if p.reissue else None, (None, 2002, None)),
    "K23 name and ID after certification": (
        lambda p: p.certificate.corrections["name"],
        ("evidence_and_desk", "evidence_and_desk", "desk"),
    ),
    "K24 electronic certificate": (
        lambda p: (p.electronic_certificate.access, p.electronic_certificate.most_active),
        (("direct", None), ("annotation", 3), ("direct", None)),
    ),
    "K25 legal force": (
        lambda p: p.certificate.force.en.partition(".")[0],
        ("Issued by CGPTC", "Valid nationwide", "Valid within the province"),
    ),
    "K26 fees": (
        lambda p: (p.fees.settlement_currency, p.fees.vat, tuple(item.code for item in p.fees.items)),
        (
            ("USD", "excluded", ("registration", "examination", "certificate", "mailing")),
            ("CNY", "none", ("examination",)),
            ("CNY", "included", ("registration", "examination")),
        ),
    ),
    "K27 receipt": (lambda p: p.receipt.by, ("internal", "external", "internal")),
    "K28 ticket window": (
        lambda p: str(p.ticket.opens.before or p.ticket.opens.until),
        ("P7D", "notice", "P5D"),
    ),
    "K29 accepted ID": (
        lambda p: (len(p.exam_day.accepted_ids), p.exam_day.electronic_id),
        ((3, False), (4, False), (1, False)),
    ),
    "K30 score codes": (
        lambda p: [row.code for row in p.results.codes],
        (["-1", "-2"], ["-1", "-2", "-4"], ["-1", "-2"]),
    ),
    "K31 check refused": (lambda p: p.checks.refused if p.checks else None, (None, "void", "forfeited")),
}


def test_every_conflict_is_in_the_table_and_no_two_of_them_are_the_same() -> None:
    assert [name.split()[0] for name in TABLE] == [f"K{number}" for number in range(1, 32)]
    assert schemes() == SCHEMES


@pytest.mark.rule("INF-05", "INF-07")
@pytest.mark.parametrize("conflict", TABLE, ids=lambda name: name.split()[0])
def test_the_schemes_hold_the_values_of_their_sources(conflict: str) -> None:
    read, values = TABLE[conflict]
    assert tuple(read(POLICIES[scheme]) for scheme in SCHEMES) == values
    assert any(value != values[0] for value in values), "a conflict needs two values"


# What the rules answer


def beijing(month: int, day: int, hour: int = 9, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=POLICIES["guangdong"].zone)


def dates(scheme: str, **changed: Any) -> SittingDates:
    """A sitting in the autumn of 2026; its notice names what the scheme leaves to it."""
    subjects = [row.code for row in POLICIES[scheme].subjects]
    slots = tuple(
        Slot(subject=code, starts=beijing(9, 12 + number), ends=beijing(9, 12 + number, 11))
        for number, code in enumerate(subjects)
    )
    named = {
        "registration_opens": beijing(6, 1),
        "registration_closes": beijing(6, 15),
        "payment_closes": beijing(6, 20),
        "slots": slots,
        "tickets_open": beijing(9, 7),
        "tickets_close": beijing(9, 12),
        "results_published": beijing(11, 20),
    }
    return SittingDates.model_validate(named | changed)


def answers(ask: Callable[[Policy, str], Any]) -> Values:
    return tuple(ask(POLICIES[scheme], scheme) for scheme in SCHEMES)


@pytest.mark.rule("REF-01", "REF-02", "REF-05")
def test_k1_and_k2_the_refund_of_the_same_request() -> None:
    def refund(days: int, exam: date) -> Values:
        def ask(policy: Policy, _: str) -> int:
            paid = Money(amount=10_000, currency=policy.fees.settlement_currency)
            asked, success = beijing(6, 10) + timedelta(days=days), beijing(6, 10)
            terms = refund_policy(policy.refund)
            return decide(terms, Ground.WITHDRAWAL, paid, success, exam, asked, policy.zone).amount.amount

        return answers(ask)

    assert refund(2, date(2026, 9, 12)) == (8_000, 0, 9_000)
    assert refund(5, date(2026, 9, 12)) == (8_000, 0, 0)
    assert refund(2, date(2026, 7, 1)) == (0, 0, 9_000)


@pytest.mark.rule("PAY-08", "PAY-09", "REF-07")
def test_k4_when_a_duplicate_goes_back() -> None:
    def same(policy: Policy, scheme: str) -> datetime | None:
        return returned_from(policy.duplicates.same_order, dates(scheme), policy)

    def other(policy: Policy, scheme: str) -> datetime | None:
        return returned_from(policy.duplicates.other_order, dates(scheme), policy)

    assert answers(same) == (None, beijing(6, 15), None)
    assert answers(other) == (None, beijing(9, 16, 11), beijing(9, 14, 11))


def lane(policy: Policy, classes: frozenset[Any], **checks: Any) -> str:
    state: Any = dict.fromkeys(policy.verification.subjects, "passed") | checks
    return choose_lane(policy, state, ELIGIBLE, classes).lane


class Eligible:
    """An answer to which nothing is missing."""

    missing: tuple[()] = ()


ELIGIBLE: Any = Eligible()


@pytest.mark.rule("REG-02", "REG-08", "COM-13", "CHK-05")
def test_k5_to_k7_the_lane_of_the_same_candidate() -> None:
    assert answers(lambda p, _: lane(p, frozenset())) == ("review", "commitment", "commitment")
    assert answers(lambda p, _: lane(p, frozenset({"not_chosen"}))) == ("review", "proof", "proof")
    assert answers(lambda p, _: lane(p, frozenset(), education="failed")) == ("review", "commitment", "proof")
    assert answers(lambda p, _: lane(p, frozenset({"exemption_level"}))) == ("review", "proof", "proof")


@pytest.mark.rule("COM-01", "REG-01")
def test_k6_and_k7_when_the_candidate_chooses_and_what_silence_means() -> None:
    def classes(policy: Policy, _: str) -> frozenset[str]:
        open_to = offer(policy, (), None, beijing(6, 10))
        return classes_of(policy, policy.levels[0].code, None, open_to)

    assert answers(lambda p, _: chosen_before_confirming(p)) == (False, True, False)
    assert answers(classes) == (frozenset(), frozenset({"not_chosen"}), frozenset())


@pytest.mark.rule("COM-10", "COM-11")
def test_k8_what_cannot_be_undone() -> None:
    assert answers(lambda p, _: (locks(p, "withdrawn"), locks(p, "declined"))) == (
        (False, False),
        (True, True),
        (True, False),
    )


@pytest.mark.rule("EDU-01", "EDU-02")
def test_k9_which_unanswered_check_keeps_an_application_from_being_confirmed_and_how_long() -> None:
    def missing(policy: Policy, _: str) -> list[str]:
        checks: Any = dict.fromkeys(("identity", "education"), "waiting")
        return [gap.field for gap in gaps(policy, {}, {}, checks) if gap.part == "verification"]

    def hours(policy: Policy, _: str) -> timedelta:
        due = verification_due(beijing(6, 10), policy, load_calendar(policy.calendar)).due
        return due - beijing(6, 10)

    assert answers(missing) == (["identity"], ["identity", "education"], ["education"])
    assert answers(hours) == (timedelta(hours=24), timedelta(hours=24), timedelta(hours=12))


@pytest.mark.rule("PHO-07", "PHO-08")
def test_k13_who_may_replace_a_photo() -> None:
    def draft(policy: Policy, _: str) -> str:
        return replacing(policy.photo, in_use=True, confirmed=False, asked_again=False).by

    def confirmed(policy: Policy, _: str) -> str:
        return replacing(policy.photo, in_use=True, confirmed=True, asked_again=False).by

    assert answers(draft) == ("candidate", "desk", "nobody")
    assert answers(confirmed) == ("desk", "desk", "nobody")


@pytest.mark.rule("TIC-01", "RES-02")
def test_k15_and_k28_a_sitting_names_the_dates_that_its_scheme_leaves_to_the_notice() -> None:
    def refused(policy: Policy, scheme: str) -> str:
        silent = dates(scheme, tickets_open=None, tickets_close=None, results_published=None)
        try:
            check_dates(silent, policy, load_calendar(policy.calendar))
        except Refused as refusal:
            return refusal.facts["missing"]
        return ""

    def opens(policy: Policy, scheme: str) -> datetime:
        silent = dates(scheme) if scheme == "guangdong" else dates(scheme, tickets_open=None, tickets_close=None)
        return ticket_window(silent, policy, load_calendar(policy.calendar))[0]

    assert answers(refused) == ("", "tickets_open, results_published, tickets_close", "")
    assert answers(opens) == (beijing(9, 5, 0), beijing(9, 7), beijing(9, 7, 0))


@pytest.mark.rule("ROL-01", "ROL-03", "ROL-04")
def test_k16_two_subjects_passed_one_after_the_other() -> None:
    def complete(first: int, second: int) -> Values:
        def ask(policy: Policy, _: str) -> bool:
            subjects = ("a", "b")
            attempts = [
                ResultVersion(reference=code, application=code, version=1, unit=unit, passed=frozenset({code}))
                for code, unit in zip(subjects, (first, second), strict=True)
            ]
            return standing(attempts, subjects, policy.validity, second).complete

        return answers(ask)

    assert complete(1, 1) == (True, True, True)
    assert complete(1, 2) == (False, True, True)
    assert complete(1, 3) == (False, False, False)


@pytest.mark.rule("GOV-03", "RCK-03", "RCK-04")
def test_k17_and_k18_who_decides_a_recheck_depends_on_exam_and_region() -> None:
    assert answers(lambda p, _: desk_for(p, CaseKind.RECHECK, "guangzhou").level) == (None, "provincial", "city")
    assert answers(lambda p, _: desk_for(p, CaseKind.RECHECK, "zhuhai").level) == (None, "provincial", "provincial")


@pytest.mark.rule("FEE-02", "FEE-03", "FEE-04")
def test_k26_what_it_costs_in_which_money_and_on_what_basis() -> None:
    def cost(policy: Policy, _: str) -> tuple[str, bool]:
        row = policy.fees.schedule[0]
        fees = order_fees(policy, row.occupation, row.level, row.form)
        return str(fees.total), "Legal basis" in fees.because.en

    assert answers(cost) == (("USD 105.00", False), ("CNY 252.00", True), ("CNY 140.00", True))


@pytest.mark.rule("RES-05", "RES-06", "RES-07")
def test_k30_a_code_that_the_scheme_does_not_have_is_refused() -> None:
    number = "A2609-000001"

    def codes(code: str) -> Values:
        def ask(policy: Policy, _: str) -> bool:
            subject = policy.subjects[0].code
            header = ("sitting", "candidate_number", "subject", "mark")
            row: Any = dict(zip(header, ("autumn", number, subject, code), strict=True))
            found = check_marks(header, [row], "autumn", {number: frozenset({subject})}, policy)
            return not any(problem.code == "code_unknown" for problem in found.problems)

        return answers(ask)

    assert codes("-2") == (True, True, True)
    assert codes("-4") == (False, True, False)
    assert codes("-3") == (False, False, False)


@pytest.mark.rule("CHK-01")
def test_working_days_are_those_of_the_schemes_own_calendar() -> None:
    # Handed in on 30 September 2026: the mainland works on Saturday 10 October, Hong Kong does not
    def due(policy: Policy, _: str) -> date:
        days = review_due(datetime(2026, 9, 30, 4, tzinfo=UTC), policy, load_calendar(policy.calendar))
        return days.last_day

    assert answers(due) == (date(2026, 10, 8), date(2026, 10, 13), date(2026, 10, 10))
