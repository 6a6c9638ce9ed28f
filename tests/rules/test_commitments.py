"""The commitment: open to whom, over which text and content, and until when it may be taken back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from certification.policies import load_calendar, load_commitment_text, load_policy, parse_yaml
from certification.rules.commitment_deadlines import proofs_advised, proofs_due, signature_due
from certification.rules.commitments import (
    NOTICE,
    Lock,
    check_notice,
    check_statements,
    classes_of,
    content_hash,
    lock_key,
    locks,
    must_be_withdrawable,
    offer,
)
from certification.rules.errors import Refused
from certification.rules.integrity import Entry, EntryKind, counts, in_force, next_end
from certification.rules.policy import Policy
from certification.rules.policy_applying import CandidateClass
from certification.rules.proofs import looked_at_first, needed
from certification.rules.sitting import SittingDates, Slot
from certification.rules.supervision import waiver

GUANGDONG, _ = load_policy("guangdong")
CGPTC, _ = load_policy("cgptc")
EXAMPLE = Policy.model_validate(
    parse_yaml((Path(__file__).parent / "schemes" / "gd_example.yaml").read_text(encoding="utf-8"))
)
TEXT = load_commitment_text("cn_2026")
NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DATES = SittingDates(
    registration_opens=NOW - timedelta(days=5),
    registration_closes=NOW + timedelta(days=5),
    payment_closes=NOW + timedelta(days=9),
    slots=(Slot(subject="law", starts=NOW + timedelta(days=40), ends=NOW + timedelta(days=40, hours=2)),),
)
CLOSES = DATES.registration_closes
CALENDAR = load_calendar("cn")


def entry(kind: EntryKind = "serious", since: datetime = NOW, until: datetime | None = None, **more: Any) -> Entry:
    return Entry(id="E-1", kind=kind, since=since, until=until, **more)


def code(act: Any) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


@pytest.mark.rule("COM-01")
def test_the_commitment_is_open_to_whom_nothing_bars_and_only_where_the_scheme_has_one() -> None:
    assert offer(GUANGDONG, (), None, NOW).open
    assert not offer(CGPTC, (), None, NOW).open


@pytest.mark.rule("COM-02", "INT-02")
@pytest.mark.parametrize("kind", ["serious", "especially_serious", "false_commitment"])
def test_an_entry_bars_from_its_first_instant_to_its_last_and_not_after(kind: EntryKind) -> None:
    ends = NOW + timedelta(days=1)
    listed = (entry(kind, NOW, ends),)
    assert offer(GUANGDONG, listed, None, NOW - SECOND).open
    barred = offer(GUANGDONG, listed, None, NOW)
    assert (barred.open, barred.belongs, barred.until) == (False, "barred", ends)
    assert not offer(GUANGDONG, listed, None, ends - SECOND).open
    assert offer(GUANGDONG, listed, None, ends).open


@pytest.mark.rule("COM-02")
def test_a_long_term_entry_bars_without_an_end_and_one_taken_back_bars_nobody() -> None:
    century = NOW + timedelta(days=36_500)
    assert not offer(GUANGDONG, (entry("especially_serious"),), None, century).open
    assert offer(GUANGDONG, (entry(taken_back=True),), None, NOW).open


@pytest.mark.rule("COM-02")
def test_a_policy_names_its_bars() -> None:
    terms = GUANGDONG.commitment
    assert terms is not None
    only_false = GUANGDONG.model_copy(update={"commitment": terms.model_copy(update={"bars": ("false_commitment",)})})
    assert offer(only_false, (entry("serious"),), None, NOW).open
    assert not offer(only_false, (entry("false_commitment"),), None, NOW).open


@pytest.mark.rule("COM-10", "COM-11")
@pytest.mark.parametrize(
    ("lock", "belongs", "rule"), [("withdrawn", "withdrawn", "COM-10"), ("declined", "not_chosen", "COM-11")]
)
def test_a_lock_closes_the_commitment_and_says_why(lock: Lock, belongs: str, rule: str) -> None:
    closed = offer(GUANGDONG, (), lock, NOW)
    assert (closed.open, closed.belongs, closed.because.rules) == (False, belongs, (rule,))


@pytest.mark.rule("COM-10", "COM-11")
def test_what_locks_is_policy_and_the_lock_is_of_one_exam_and_year() -> None:
    terms = GUANGDONG.commitment
    assert terms is not None
    national = GUANGDONG.model_copy(update={"commitment": terms.model_copy(update={"lock_on": ("withdrawn",)})})
    assert locks(GUANGDONG, "declined")
    assert not locks(national, "declined")
    assert locks(national, "withdrawn")
    key = lock_key("CAN-1", GUANGDONG)
    assert key != lock_key("CAN-2", GUANGDONG)
    assert key != lock_key("CAN-1", GUANGDONG.model_copy(update={"year": 2027}))
    assert key != lock_key("CAN-1", GUANGDONG.model_copy(update={"exam": "another"}))


@pytest.mark.rule("COM-13")
def test_the_four_classes_follow_from_choice_bar_lock_and_level() -> None:
    free, barred = offer(GUANGDONG, (), None, NOW), offer(GUANGDONG, (entry(),), None, NOW)
    assert classes_of(GUANGDONG, "full", True, free) == frozenset()
    assert classes_of(GUANGDONG, "full", False, free) == {"not_chosen"}
    assert classes_of(GUANGDONG, "full", None, free) == {"not_chosen"}
    assert classes_of(GUANGDONG, "full", True, barred) == {"barred"}
    assert classes_of(GUANGDONG, "full", True, offer(GUANGDONG, (), "withdrawn", NOW)) == {"withdrawn"}
    assert classes_of(GUANGDONG, "exempt_two", True, free) == {"exemption_level"}
    assert classes_of(CGPTC, "3", None, offer(CGPTC, (), None, NOW)) == frozenset()


@pytest.mark.rule("COM-01")
def test_where_nobody_chooses_before_confirming_everybody_is_asked_when_signing() -> None:
    lanes = {**GUANGDONG.lanes, "commitment": ("apply", "confirm", "sign", "pay", "success")}
    later = GUANGDONG.model_copy(update={"lanes": lanes})
    assert classes_of(later, "full", None, offer(later, (), None, NOW)) == frozenset()


@pytest.mark.rule("COM-03", "COM-07")
def test_the_notice_has_its_six_matters_and_the_letter_its_four_statements_in_both_languages() -> None:
    assert tuple(one.kind for one in TEXT.notice) == NOTICE
    assert len(TEXT.statements) == 4
    for words in (*(one.words for one in TEXT.notice), *TEXT.statements, TEXT.letter, TEXT.title):
        assert words.en
        assert words.zh


@pytest.mark.rule("COM-03")
def test_only_this_very_text_may_be_signed_for() -> None:
    check_notice(TEXT, TEXT.hash)
    other = TEXT.model_copy(update={"version": "cn_2027"})
    assert code(lambda: check_notice(TEXT, None)) == "notice_not_shown"
    assert code(lambda: check_notice(TEXT, other.hash)) == "notice_not_shown"


@pytest.mark.rule("COM-07")
@pytest.mark.parametrize("agreed", [(), (1, 2, 3), (1, 2, 3, 5), (1, 2, 3, 4, 5)])
def test_all_four_statements_are_agreed_to_and_no_other(agreed: tuple[int, ...]) -> None:
    check_statements(TEXT, (4, 3, 2, 1))
    assert code(lambda: check_statements(TEXT, agreed)) == "statements_missing"


@pytest.mark.rule("COM-04")
def test_a_signature_covers_one_text_and_one_content() -> None:
    content = {"answers": {"level": "a", "name": "b"}, "files": {}}
    signed = content_hash(TEXT, "APP-1", "hash", content)
    assert content_hash(TEXT, "APP-1", "hash", dict(reversed(content.items()))) == signed
    assert content_hash(TEXT, "APP-1", "hash", {**content, "files": {"photo": "c"}}) != signed
    assert content_hash(TEXT, "APP-2", "hash", content) != signed
    assert content_hash(TEXT.model_copy(update={"version": "cn_2027"}), "APP-1", "hash", content) != signed


@pytest.mark.rule("COM-08")
def test_it_may_be_taken_back_while_unpaid_and_until_registration_closes_and_not_at_that_instant() -> None:
    must_be_withdrawable(GUANGDONG, DATES, CLOSES - SECOND, paid=False)
    assert code(lambda: must_be_withdrawable(GUANGDONG, DATES, CLOSES, paid=False)) == "commitment_closed"
    assert code(lambda: must_be_withdrawable(GUANGDONG, DATES, NOW, paid=True)) == "commitment_paid"


@pytest.mark.rule("COM-14")
def test_proofs_are_due_at_the_end_of_entry_and_advised_a_day_earlier() -> None:
    due = proofs_due(NOW, NOW, DATES, GUANGDONG, CALENDAR, own_act=False).due
    advised = proofs_advised(due, GUANGDONG, CALENDAR)
    assert (due, advised) == (CLOSES, CLOSES - timedelta(hours=24))
    assert looked_at_first(advised - SECOND, advised, due) == advised
    assert looked_at_first(advised, advised, due) == due


@pytest.mark.rule("COM-14", "COM-09")
def test_our_own_delay_costs_nobody_the_deadline_but_ones_own_late_act_does() -> None:
    late = CLOSES - timedelta(minutes=1)
    assert proofs_due(NOW, late, DATES, GUANGDONG, CALENDAR, own_act=True).due == CLOSES
    assert proofs_due(NOW, late, DATES, GUANGDONG, CALENDAR, own_act=False).due == late + timedelta(hours=2)
    assert signature_due(NOW, late, DATES, GUANGDONG, CALENDAR).due == late + timedelta(hours=2)
    early = CLOSES - timedelta(hours=2)
    assert signature_due(NOW, early, DATES, GUANGDONG, CALENDAR).due == CLOSES
    at_last = DATES.payment_closes - timedelta(minutes=1)
    assert signature_due(NOW, at_last, DATES, GUANGDONG, CALENDAR).due == DATES.payment_closes


@pytest.mark.rule("COM-12", "COM-13", "COM-06")
def test_each_class_hands_in_its_own_proofs_and_who_committed_none() -> None:
    assert needed(GUANGDONG, ()) == ()
    barred: tuple[CandidateClass, ...] = ("barred",)
    assert needed(GUANGDONG, barred) == ("education_proof", "work_proof")
    assert needed(GUANGDONG, ("not_chosen", "exemption_level")) == ("education_proof", "work_proof", "exemption_proof")
    assert needed(CGPTC, barred) == ()


@pytest.mark.rule("INT-01")
def test_the_next_end_is_that_of_an_entry_that_counts_now() -> None:
    first, second = NOW + timedelta(days=1), NOW + timedelta(days=2)
    listed = (entry(until=second), entry(until=first), entry(), entry(since=first, until=first + SECOND))
    assert next_end(listed, NOW) == first
    assert len(in_force(listed, NOW)) == 3
    assert next_end(listed, second) is None
    assert counts(entry(until=first), first - SECOND)
    assert not counts(entry(until=first), first)


@pytest.mark.rule("CHK-08")
@pytest.mark.parametrize("missing", [None, "committed", "auto_verified", "no_integrity_entry"])
def test_the_check_is_waived_only_when_all_three_conditions_hold(missing: str | None) -> None:
    holds = {name: name != missing for name in ("committed", "auto_verified", "no_integrity_entry")}
    answer = waiver(GUANGDONG, **holds)
    assert answer.waived is (missing is None)
    assert "CHK-08" in answer.because.rules
    assert not waiver(CGPTC, committed=True, auto_verified=True, no_integrity_entry=True).waived
