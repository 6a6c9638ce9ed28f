"""Complete or not, editable or not, what a resubmission changed, and which lane follows."""

from datetime import timedelta

import pytest

from certification.rules.application import UploadState, changes, editability, gaps
from certification.rules.commitments import CLASS_WORDS
from certification.rules.eligibility import EligibilityAnswer, Missing
from certification.rules.lanes import CheckState, choose_lane
from certification.rules.opening import (
    NotOpen,
    must_be_in_registration,
    must_be_in_ticket_window,
    must_be_payable,
    must_be_resubmittable,
)
from certification.rules.policy import Policy
from certification.rules.policy_applying import CandidateClass
from certification.rules.status import Status, Trigger, move
from certification.rules.words import Because
from tests.rules.samples import POLICY, SPRING, ZONE, hong_kong
from tests.rules.test_policy import GUANGDONG

GUANGDONG_POLICY = Policy.model_validate(GUANGDONG)
YES = EligibilityAnswer(eligible=True, because=Because(en="Yes.", zh="符合。"))
NO = YES._replace(eligible=False, missing=(Missing(condition="work_years", en="Two years.", zh="两年。"),))
COMPLETE: dict[str, object] = {
    "full_name": "陈样本",
    "nationality": "CN",
    "date_of_birth": "1995-06-01",
    "id_type": "passport",
    "id_number": "E12345678",
    "phone": "+85251234567",
    "email": "sample.candidate@example.org",
    "education": "bachelor",
    "occupation": "data_analyst",
    "level": "2",
    "form": "onsite",
    "region": "international",
    "declaration": True,
}
UPLOADS: dict[str, UploadState] = {"photo": "accepted", "id_document": "accepted"}


@pytest.mark.rule("ACC-02")
def test_a_complete_application_has_no_gap() -> None:
    assert gaps(POLICY, COMPLETE, UPLOADS, {"identity": "passed"}) == ()


@pytest.mark.rule("ACC-02", "REG-05")
@pytest.mark.parametrize("field", sorted(COMPLETE))
@pytest.mark.parametrize("nothing", [None, "", "  "], ids=["absent", "empty", "blank"])
def test_every_required_answer_is_missed_by_name(field: str, nothing: object) -> None:
    (gap,) = gaps(POLICY, COMPLETE | {field: nothing}, UPLOADS, {"identity": "passed"})
    assert gap.field == field
    assert "missing" in gap.en
    assert gap.zh.startswith("请填写")


def test_an_empty_application_names_everything_at_once() -> None:
    fields = [gap.field for gap in gaps(POLICY, {}, {}, {})]
    assert fields == [row.code for row in POLICY.questions if row.required] + ["photo", "id_document", "identity"]


@pytest.mark.rule("PHO-02")
@pytest.mark.parametrize(
    ("state", "says"), [(None, "missing"), ("checked", "Look at the result"), ("refused", "not accepted")]
)
def test_only_an_accepted_photo_lets_the_candidate_go_on(state: UploadState | None, says: str) -> None:
    uploads: dict[str, UploadState] = {"id_document": "accepted"}
    if state:
        uploads["photo"] = state
    (gap,) = gaps(POLICY, COMPLETE, uploads, {"identity": "passed"})
    assert gap.field == "photo"
    assert says in gap.en


def test_an_optional_upload_counts_only_when_it_was_begun() -> None:
    assert gaps(POLICY, COMPLETE, {**UPLOADS, "work_proof": "accepted"}, {"identity": "passed"}) == ()
    (gap,) = gaps(POLICY, COMPLETE, {**UPLOADS, "work_proof": "refused"}, {"identity": "passed"})
    assert gap.field == "work_proof"


@pytest.mark.rule("EDU-02", "ACC-04")
@pytest.mark.parametrize(
    ("state", "complete"), [("waiting", False), ("passed", True), ("failed", True), ("on_site", True)]
)
def test_a_check_must_be_answered_but_any_answer_lets_the_candidate_go_on(state: CheckState, complete: bool) -> None:
    found = gaps(POLICY, COMPLETE, UPLOADS, {"identity": state})
    assert (found == ()) == complete
    if not complete:
        assert found[0].en.endswith("within 24 hours.")
        assert "24小时" in found[0].zh


@pytest.mark.rule("REG-03")
@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"occupation": "e_commerce_specialist"}, "level"),
        ({"occupation": "elderly_care_worker", "form": "remote"}, "level"),
        ({"occupation": "astronaut"}, "level"),
        ({"region": "the_moon"}, "region"),
    ],
)
def test_a_choice_that_is_not_offered_is_a_gap(choice: dict[str, object], field: str) -> None:
    (gap,) = gaps(POLICY, COMPLETE | choice, UPLOADS, {"identity": "passed"})
    assert gap.field == field


@pytest.mark.rule("REG-04", "REG-06", "CHG-03")
@pytest.mark.parametrize("status", list(Status))
def test_only_a_draft_and_a_returned_application_can_be_edited_by_the_candidate(status: Status) -> None:
    answer = editability(status)
    assert answer.editable == (status in (Status.DRAFT, Status.RETURNED))
    assert answer.because.rules


@pytest.mark.rule("CHK-03")
def test_a_changed_name_is_screened_again_and_a_changed_phone_is_not() -> None:
    same: dict[str, str] = {"photo": "hash-1"}
    renamed = changes(POLICY, COMPLETE, COMPLETE | {"full_name": "陈样品"}, same, same)
    assert (renamed.answers, renamed.trigger) == (("full_name",), Trigger.RESUBMITTED_WITH_CHANGES)
    called = changes(POLICY, COMPLETE, COMPLETE | {"phone": "+85259999999"}, same, {"photo": "hash-2"})
    assert (called.answers, called.uploads, called.trigger) == (("phone",), ("photo",), Trigger.RESUBMITTED)
    assert move(Status.RETURNED, renamed.trigger) is Status.VERIFYING
    assert move(Status.RETURNED, called.trigger) is Status.AWAITING_REVIEW


@pytest.mark.rule("REG-02", "REG-08")
@pytest.mark.parametrize("state", ["passed", "failed", "on_site"])
def test_every_cgptc_application_goes_to_review_whatever_the_checks_say(state: CheckState) -> None:
    choice = choose_lane(POLICY, {"identity": state}, YES)
    assert (choice.lane, choice.trigger) == ("review", Trigger.SENT_TO_REVIEW)
    assert len(choice.look_at) == (state != "passed")


def test_the_reviewer_is_told_what_to_look_at() -> None:
    choice = choose_lane(POLICY, {"identity": "on_site"}, NO)
    assert [hint.zh for hint in choice.look_at] == ["身份信息在线核验未通过：需现场核查。", "两年。"]


@pytest.mark.rule("COM-13")
@pytest.mark.parametrize("needs_proof", ["barred", "not_chosen", "withdrawn", "exemption_level"])
def test_in_guangdong_four_classes_hand_in_proofs_first(needs_proof: CandidateClass) -> None:
    choice = choose_lane(GUANGDONG_POLICY, {"identity": "passed", "education": "passed"}, YES, frozenset({needs_proof}))
    assert (choice.lane, choice.trigger) == ("proof", Trigger.SENT_TO_PROOFS)
    assert CLASS_WORDS[needs_proof].en in choice.because.en


@pytest.mark.rule("COM-01", "COM-06")
def test_in_guangdong_who_commits_signs_and_pays_even_when_a_check_did_not_pass() -> None:
    choice = choose_lane(GUANGDONG_POLICY, {"identity": "passed", "education": "on_site"}, YES)
    assert (choice.lane, choice.trigger) == ("commitment", Trigger.SENT_TO_SIGNATURE)


@pytest.mark.rule("COM-13")
def test_a_scheme_that_names_the_unverified_sends_them_to_the_proofs() -> None:
    review = GUANGDONG_POLICY.review.model_copy(update={"required_for": ("unverified",)})
    national = GUANGDONG_POLICY.model_copy(update={"review": review})
    assert choose_lane(national, {"identity": "passed", "education": "on_site"}, YES).lane == "proof"
    assert choose_lane(national, {"identity": "passed", "education": "passed"}, YES).lane == "commitment"


SECOND = timedelta(seconds=1)


@pytest.mark.rule("INF-02")
def test_applying_is_refused_a_second_early_and_at_the_instant_of_closing() -> None:
    must_be_in_registration(SPRING.registration_opens, SPRING, ZONE)
    must_be_in_registration(SPRING.registration_closes - SECOND, SPRING, ZONE)
    with pytest.raises(NotOpen, match="opens on 2026-01-05 09:00 HKT") as early:
        must_be_in_registration(SPRING.registration_opens - SECOND, SPRING, ZONE)
    with pytest.raises(NotOpen, match="closed on 2026-03-20 17:00 HKT") as late:
        must_be_in_registration(SPRING.registration_closes, SPRING, ZONE)
    assert (early.value.code, late.value.code) == ("registration_not_open_yet", "registration_closed")


@pytest.mark.rule("REG-10")
def test_no_payment_can_be_started_at_or_after_the_due_instant() -> None:
    due = hong_kong(2026, 2, 17)
    must_be_payable(due - SECOND, due, ZONE)
    with pytest.raises(NotOpen, match="No payment is possible"):
        must_be_payable(due, due, ZONE)


def test_a_returned_application_cannot_be_handed_in_at_its_due_instant() -> None:
    due = hong_kong(2026, 2, 17)
    must_be_resubmittable(due - SECOND, due, ZONE)
    with pytest.raises(NotOpen, match="Handing in again closed"):
        must_be_resubmittable(due, due, ZONE)


@pytest.mark.rule("TIC-01", "TIC-02")
def test_the_ticket_opens_and_closes_and_then_a_desk_helps() -> None:
    opens, closes = hong_kong(2026, 4, 11), hong_kong(2026, 4, 18, 9)
    must_be_in_ticket_window(opens, opens, closes, ZONE)
    with pytest.raises(NotOpen, match="Ask the examinations desk"):
        must_be_in_ticket_window(closes, opens, closes, ZONE)
    with pytest.raises(NotOpen, match="opens on 2026-04-11 00:00"):
        must_be_in_ticket_window(opens - SECOND, opens, closes, ZONE)
