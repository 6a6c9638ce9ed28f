"""A changed policy replayed over applications: who is concerned, how, and by which rule."""

import copy
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from certification import policies
from certification.policies import load_calendar, load_policy, parse_yaml
from certification.rules.calendars import WorkingCalendar
from certification.rules.choosing import Wanted
from certification.rules.education import EducationEntry
from certification.rules.eligibility import Background
from certification.rules.integrity import Entry
from certification.rules.policy import Policy
from certification.rules.policy_applying import Education
from certification.rules.replaying import NAMES, Replay, outcome
from certification.rules.simulation import Simulation, simulate
from certification.rules.sitting import SittingDates, Slot
from certification.rules.work import WorkHistory, WorkPeriod
from tests.rules.samples import SPRING, hong_kong

FOLDER = Path(policies.__file__).parent
CN, HK = load_calendar("cn"), load_calendar("hk")
GUANGDONG, CGPTC = load_policy("guangdong")[0], load_policy("cgptc")[0]


def changed(scheme: str, *path: Any, to: Any) -> Policy:
    return changed_at(scheme, (path, to))


def changed_at(scheme: str, *changes: tuple[tuple[Any, ...], Any]) -> Policy:
    """The policy with values replaced at these places."""
    data = copy.deepcopy(parse_yaml((FOLDER / f"{scheme}.yaml").read_text(encoding="utf-8")))
    for path, to in changes:
        place = data
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to
    return Policy.model_validate(data)


def beijing(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=GUANGDONG.zone)


AUTUMN = SittingDates(
    registration_opens=beijing(6, 1),
    registration_closes=beijing(6, 15),
    payment_closes=beijing(6, 20),
    slots=(
        Slot(subject="economics", starts=beijing(9, 12), ends=beijing(9, 12, 11)),
        Slot(subject="law", starts=beijing(9, 12, 14), ends=beijing(9, 12, 17)),
        Slot(subject="management", starts=beijing(9, 13), ends=beijing(9, 13, 12)),
        Slot(subject="practice", starts=beijing(9, 13, 14), ends=beijing(9, 13, 18)),
    ),
    tickets_open=beijing(9, 5),
    tickets_close=beijing(9, 12),
    results_published=beijing(11, 20),
)


def engineer(**changes: Any) -> Replay:
    """A bachelor of civil engineering with work since 2022 who commits in Guangzhou."""
    values = {
        "application": "APP-2026-000001X",
        "wanted": Wanted(
            occupation="building", level="full", form="onsite", region="guangzhou", subjects=("law", "practice")
        ),
        "background": Background(
            date_of_birth=date(1998, 4, 1),
            education=(
                EducationEntry(
                    institution="",
                    level=Education.BACHELOR,
                    degree="bachelor",
                    full_time=True,
                    major="土木工程",
                    began=date(2016, 9, 1),
                    graduated=date(2020, 7, 1),
                ),
            ),
            work=WorkHistory(
                jobs=(WorkPeriod(employer="×", field="building_works", since=date(2022, 1, 1), until=None),)
            ),
        ),
        "checks": {"identity": "passed", "education": "passed"},
        "commits": True,
        "dates": AUTUMN,
        "saved_at": beijing(6, 2),
        "confirmed_at": beijing(6, 3),
        "approved_at": beijing(6, 4),
        "registered_at": beijing(6, 5),
    }
    return Replay.model_validate(values | changes)


def analyst(registered_at: datetime, exam: int = 0) -> Replay:
    """A data analyst of CGPTC who registered then; the exam is so many days later than in spring."""
    slots = tuple(
        slot.model_copy(update={"starts": slot.starts + timedelta(days=exam), "ends": slot.ends + timedelta(days=exam)})
        for slot in SPRING.slots
    )
    return engineer(
        wanted=Wanted(occupation="data_analyst", level="3", form="onsite"),
        dates=SPRING.model_copy(update={"slots": slots}),
        commits=None,
        saved_at=hong_kong(2026, 2, 1),
        confirmed_at=hong_kong(2026, 2, 2),
        approved_at=hong_kong(2026, 2, 3),
        registered_at=registered_at,
    )


def simulated(before: Policy, after: Policy, *replays: Replay, calendar: WorkingCalendar = CN) -> Simulation:
    return simulate((before, calendar), (after, calendar), replays)


def only(found: Simulation) -> dict[str, tuple[str, str]]:
    (application,) = found.changed
    return {change.what: (change.before.en, change.after.en) for change in application.changes}


def test_the_same_policy_changes_nothing_for_anybody() -> None:
    found = simulated(GUANGDONG, GUANGDONG, engineer(), engineer(commits=False), engineer(checks={}))
    assert (found.total, found.changed, found.counts) == (3, (), {})
    assert found.summary.en == "0 of 3 applications change."
    assert found.summary.zh == "3 份报名中有 0 份结果改变。"


@pytest.mark.rule("ELI-01")
def test_a_condition_that_becomes_stricter_changes_those_who_met_it_narrowly_and_nobody_else() -> None:
    stricter = changed("guangdong", "levels", 0, "any_of", 1, "work_years", to=6)
    experienced = engineer().background.model_copy(
        update={"work": WorkHistory(jobs=(WorkPeriod(employer="×", field="building_works", since=date(2020, 7, 2)),))}
    )
    narrowly, amply = engineer(), engineer(application="APP-2", background=experienced)
    found = simulated(GUANGDONG, stricter, narrowly, amply)
    assert [one.application for one in found.changed] == ["APP-2026-000001X"]
    assert only(found)["eligible"] == ("met", "not met before 2027")
    assert found.counts == {"eligible": 1}
    assert found.summary.en == "1 of 2 applications change: conditions 1."
    assert found.summary.zh == "2 份报名中有 1 份结果改变：报考条件 1 份。"
    backwards = simulated(stricter, GUANGDONG, narrowly, amply)
    assert only(backwards)["eligible"] == ("not met before 2027", "met")


@pytest.mark.rule("COM-13", "CHK-05")
def test_a_class_that_needs_a_review_changes_way_desk_and_deadlines_of_its_people() -> None:
    required = [*GUANGDONG.review.required_for, "unverified"]
    first = ("commitment", "proofs", "hand_in", 0, "classes")
    hand_in = ["barred", "not_chosen", "withdrawn", "unverified"]
    national = changed_at("guangdong", (("review", "required_for"), required), (first, hand_in))
    failed = engineer(checks={"identity": "passed", "education": "failed"})
    moved = only(simulated(GUANGDONG, national, failed, engineer(application="APP-2")))
    assert moved["lane"] == ("commitment", "proofs and review (the online check did not pass)")
    assert moved["desk"] == ("none", "Guangzhou personnel examination desk")
    assert {"sign_by", "review_by"} <= set(moved)


@pytest.mark.rule("COM-12")
def test_other_proofs_for_a_class_are_told_to_those_who_hand_them_in_and_to_nobody_else() -> None:
    hand_in = ("commitment", "proofs", "hand_in", 0, "uploads")
    uncommitted = engineer(commits=False)
    found = simulated(GUANGDONG, changed("guangdong", *hand_in, to=["work_proof"]), uncommitted, engineer())
    before, after = only(found)["hand_in"]
    assert before.startswith("Education certificate and CHSI report")
    assert after == "Certificate of years of work in the specialty"
    (change,) = found.changed[0].changes
    assert change.sentence.zh.startswith("须提交的证明材料：学历学位证书原件")
    assert change.sentence.zh.endswith("专业工作年限证明。按人员类别提交相应证明材料。")


@pytest.mark.rule("COM-02")
def test_bars_and_locks_are_replayed_as_they_were_when_the_application_was_confirmed() -> None:
    entry = Entry(id="E1", kind="serious", since=beijing(1, 1), until=beijing(6, 4))
    barred = engineer(entries=(entry,))
    unbarred = changed("guangdong", "commitment", "bars", to=["false_commitment"])
    assert only(simulated(GUANGDONG, unbarred, barred))["lane"][1] == "commitment"
    over = engineer(entries=(entry.model_copy(update={"until": beijing(6, 2)}),))
    assert not simulated(GUANGDONG, unbarred, over).changed
    locked = engineer(lock="declined")
    assert "proofs" in outcome(GUANGDONG, CN, locked)["lane"].value.en


@pytest.mark.rule("FEE-04")
def test_a_dearer_subject_changes_the_fee_of_those_who_take_it() -> None:
    dearer = changed("guangdong", "fees", "schedule", 0, "for_subjects", "law", to=7000)
    without = engineer(application="APP-2", wanted=engineer().wanted.model_copy(update={"subjects": ("economics",)}))
    found = simulated(GUANGDONG, dearer, engineer(), without)
    assert only(found)["fee"] == ("CNY 130.00", "CNY 139.00")
    assert "Legal basis" in found.changed[0].changes[0].because.en


@pytest.mark.rule("REF-01", "REF-02")
def test_a_longer_refund_window_changes_amount_never_and_last_day_unless_the_blackout_comes_first() -> None:
    window = {"window": {"from": "success", "within": "P10D", "who": "candidate"}, "handling_fee_rate": "0.20"}
    longer = changed("cgptc", "refund", "windows", to=[window])
    early, late = analyst(hong_kong(2026, 2, 10)), analyst(hong_kong(2026, 3, 16, 12))
    assert only(simulated(CGPTC, longer, early, calendar=HK)) == {"refund_until": ("2026-02-17", "2026-02-20")}
    assert not simulated(CGPTC, longer, late, calendar=HK).changed
    dearer = changed("cgptc", "refund", "windows", 0, "handling_fee_rate", to="0.30")
    assert only(simulated(CGPTC, dearer, early, calendar=HK)) == {"refund": ("USD 108.00", "USD 94.50")}


@pytest.mark.rule("CHK-01", "RES-01")
def test_deadlines_change_in_working_days_of_the_schemes_calendar() -> None:
    faster = changed("cgptc", "review", "decide", "within", to="P3WD")
    found = simulated(CGPTC, faster, analyst(hong_kong(2026, 2, 10)), calendar=HK)
    assert only(found) == {"review_by": ("the end of 2026-02-09", "the end of 2026-02-05")}
    assert found.changed[0].changes[0].because.rules[0] == "CHK-01"


def test_what_is_no_longer_offered_is_said_with_the_reason_and_has_no_outcome_besides() -> None:
    fewer = [{"code": "guangzhou", "words": {"en": "Guangzhou", "zh": "广州"}}]
    fewer.append({"code": "shenzhen", "words": {"en": "Shenzhen", "zh": "深圳"}})
    smaller = changed("guangdong", "regions", to=fewer)
    elsewhere = engineer(wanted=engineer().wanted.model_copy(update={"region": "foshan"}))
    found = simulated(GUANGDONG, smaller, elsewhere, engineer(application="APP-2"))
    assert only(found) == {"offered": ("offered", "not offered")}
    assert found.changed[0].changes[0].sentence.en.endswith("Choose a place of registration from the list.")


def test_a_date_that_only_a_notice_names_and_the_end_of_a_calendar_are_answers_too() -> None:
    silent = AUTUMN.model_copy(update={"results_published": None})
    assert outcome(GUANGDONG, CN, engineer(dates=silent))["results_by"].value.en == "not decided by the policy"
    short = CN.model_copy(update={"last": date(2026, 6, 5), "holidays": (), "extra_working_days": ()})
    proving = engineer(commits=False)
    assert outcome(GUANGDONG, short, proving)["review_by"].value.en == "beyond the calendar"


def test_every_thing_that_can_change_has_a_name_and_sentences_are_in_both_languages() -> None:
    committed, reviewed = engineer(), engineer(commits=False)
    found = {*outcome(GUANGDONG, CN, committed), *outcome(GUANGDONG, CN, reviewed)}
    assert found == set(NAMES)
    for application in simulated(CGPTC, GUANGDONG, committed, reviewed).changed:
        for change in application.changes:
            assert " → " in change.sentence.en
            assert change.sentence.zh
            assert change.because.zh


def test_a_replay_goes_to_json_and_back_and_holds_nothing_that_names_the_person() -> None:
    replay = engineer()
    assert Replay.model_validate_json(replay.model_dump_json()) == replay
    fields = set(Replay.model_fields)
    assert not fields & {"name", "native_name", "id_number", "phone", "email", "address", "candidate"}
