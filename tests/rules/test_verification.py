"""What registries' answers mean, which entries nobody can be asked about, and what shows an education instead."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.policies import load_calendar, load_policy
from certification.rules.appointments import Slot, bookable, must_be_changeable
from certification.rules.education import EducationEntry, cleaned, duplicate_of, highest, may_add
from certification.rules.errors import Refused
from certification.rules.fallbacks import accepted_for, in_force, provisional, report_due, uploads_for
from certification.rules.policy_applying import Education
from certification.rules.verification import Said, State, from_the_start, of_answers, together

TODAY = date(2026, 9, 1)
GUANGDONG, _ = load_policy("guangdong")
ENTRY = EducationEntry(
    institution="样本大学",
    level=Education.BACHELOR,
    full_time=True,
    major="土木工程",
    began=date(2013, 9, 1),
    graduated=date(2017, 7, 1),
)


def entry(**changes: object) -> EducationEntry:
    return EducationEntry.model_validate(ENTRY.model_dump() | changes)


@pytest.mark.rule("EDU-05")
@pytest.mark.parametrize(
    ("said", "state", "reason"),
    [
        ((), "asked", None),
        (("match",), "passed", None),
        (("no_match",), "failed", "no_match"),
        (("cannot_tell",), "on_site", "cannot_tell"),
        (("match", "no_match"), "on_site", "contradiction"),
        (("match", "cannot_tell"), "passed", None),
        (("no_match", "cannot_tell"), "failed", "no_match"),
    ],
)
def test_answers_mean_the_same_in_every_order_and_however_often_they_come(
    said: tuple[Said, ...], state: str, reason: str | None
) -> None:
    for order in permutations((*said, *said)):
        assert (of_answers(order).state, of_answers(order).reason) == (state, reason)


@given(st.lists(st.sampled_from(("asked", "passed", "failed", "on_site"))))
def test_all_entries_together_are_as_good_as_the_worst_and_none_is_nothing_to_verify(states: list[State]) -> None:
    order: tuple[State, ...] = ("asked", "failed", "on_site", "passed")
    expected = min(states, key=order.index, default="passed")
    assert together(states) == expected


@pytest.mark.rule("EDU-13", "EDU-20")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"country": "HK"}, "foreign"),
        ({"country": "MO"}, "foreign"),
        ({"country": "TW"}, "foreign"),
        ({"country": "GB", "taught_in": "CN"}, "foreign"),
        ({"level": "associate"}, None),
        ({"level": "upper_secondary"}, "below_higher"),
        ({"name": "陈样本"}, None),
        ({"name": "陈 样 本"}, None),
        ({"name": "ＣＨＥＮ　Yangben"}, None),
        ({"name": "陈样木"}, "name_differs"),
    ],
)
def test_some_entries_nobody_can_be_asked_about(changes: dict[str, str], reason: str | None) -> None:
    judged = from_the_start(entry(**changes), ["陈样本", "CHEN YANGBEN"])
    assert (judged.state, judged.reason) == ("on_site" if reason else "asked", reason)


@pytest.mark.rule("EDU-16")
def test_a_fifth_entry_is_added_and_a_sixth_is_not() -> None:
    others = {number: entry(institution=f"样本大学{number}", certificate=str(number)) for number in range(1, 5)}
    may_add(entry(certificate="5"), others, 5)
    others[5] = entry(institution="样本大学5", certificate="5")
    with pytest.raises(Refused) as refused:
        may_add(entry(certificate="6"), others, 5, duplicate_meant=True)
    assert refused.value.code == "too_many_entries"


@pytest.mark.rule("EDU-16")
def test_the_same_certificate_or_the_same_study_is_a_duplicate() -> None:
    known = {1: entry(certificate="100")}
    assert duplicate_of(entry(institution="另一大学", major="法学", certificate="100"), known) == 1
    assert duplicate_of(entry(certificate="101"), known) == 1
    assert duplicate_of(entry(major="法学", certificate="101"), known) is None
    assert duplicate_of(entry(level=Education.MASTER), known) is None


def test_dates_have_their_order_and_none_is_in_the_future() -> None:
    assert cleaned(entry(graduated=TODAY), TODAY).graduated == TODAY
    for changes, field in (
        ({"graduated": TODAY + timedelta(days=1)}, "graduated"),
        ({"began": date(2017, 7, 1)}, "began"),
        ({"began": date(1986, 7, 1)}, "began"),
    ):
        with pytest.raises(Refused) as refused:
            cleaned(entry(**changes), TODAY)
        assert refused.value.field == field
    assert cleaned(entry(began=date(1987, 7, 1)), TODAY)
    assert cleaned(entry(began=date(2017, 6, 30)), TODAY)


@pytest.mark.rule("EDU-21")
def test_who_has_no_degree_has_none_as_highest_and_nothing_to_verify() -> None:
    assert highest([]) is Education.NONE
    assert highest([ENTRY, entry(level=Education.ASSOCIATE)]) is Education.BACHELOR
    assert together([]) == "passed"


@pytest.mark.rule("EDU-07", "EDU-10")
def test_the_report_is_a_duty_from_the_first_day_of_2023_on_and_scans_were_enough_before() -> None:
    before, since = (in_force(GUANGDONG, day) for day in (date(2022, 12, 31), date(2023, 1, 1)))
    assert [(way.upload, way.provisional) for way in before] == [(("education_proof",), False)]
    assert [way.provisional for way in since] == [False, True]
    assert all(way.since == date(2023, 1, 1) for way in since)
    assert provisional(GUANGDONG, date(2022, 12, 31)) is None


@pytest.mark.rule("EDU-13", "EDU-14")
def test_a_foreign_degree_needs_its_certification_and_a_letter_only_for_studies_at_home() -> None:
    abroad, at_home = entry(country="GB", taught_in="GB"), entry(country="GB", taught_in="CN")
    assert uploads_for(GUANGDONG, abroad, "on_site", TODAY) == ("foreign_degree_proof",)
    mixed, _ = load_policy("mixed")
    assert (accepted_for(mixed, abroad), accepted_for(mixed, at_home)) == (("certificate",), ("certificate", "letter"))
    assert accepted_for(mixed, ENTRY) == ()
    assert "letter" not in accepted_for(GUANGDONG, at_home)  # dropped in 002


@pytest.mark.parametrize(("state", "uploads"), [("passed", ()), ("failed", ("education_proof",))])
def test_only_what_was_not_confirmed_has_to_be_shown(state: State, uploads: tuple[str, ...]) -> None:
    assert uploads_for(GUANGDONG, ENTRY, state, TODAY) == uploads
    mixed, _ = load_policy("mixed")
    assert uploads_for(mixed, ENTRY, state, TODAY) == ()  # a visit shows it
    cgptc, _ = load_policy("cgptc")
    assert uploads_for(cgptc, ENTRY, state, TODAY) == ()


@pytest.mark.rule("EDU-12")
def test_the_report_is_due_ten_working_days_after_the_results() -> None:
    released = datetime(2026, 9, 21, 2, 0, tzinfo=UTC)  # a Monday; the National Day holiday lies between
    due = report_due(released, GUANGDONG, load_calendar("cn"))
    calendar, day, counted = load_calendar("cn"), date(2026, 9, 21), 0
    while counted < 10:
        day += timedelta(days=1)
        counted += calendar.is_working_day(day)
    assert due == datetime(day.year, day.month, day.day, 16, tzinfo=UTC)
    assert day > date(2026, 10, 5)


@pytest.mark.rule("CHK-07")
def test_a_slot_is_booked_until_it_begins_and_an_appointment_changed_until_then() -> None:
    nine = datetime(2026, 9, 4, 1, tzinfo=UTC)
    slot = Slot(starts=nine, ends=nine + timedelta(hours=1), places=2)
    before = nine - timedelta(seconds=1)
    assert bookable((slot,), nine, before) == slot
    must_be_changeable(nine, before)
    for refused in (lambda: bookable((slot,), nine, nine), lambda: must_be_changeable(nine, nine)):
        with pytest.raises(Refused):
            refused()
    with pytest.raises(ValueError, match="ends after"):
        Slot(starts=nine, ends=nine, places=1)
    for places in (0, 501):
        with pytest.raises(ValueError, match="places"):
            Slot(starts=nine, ends=nine + timedelta(hours=1), places=places)
