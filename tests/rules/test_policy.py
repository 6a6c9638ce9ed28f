"""Policies are data: complete, strict, hashed, and wide enough for the Chinese schemes."""

import copy
import inspect
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from yaml import YAMLError

from certification import policies
from certification.policies import PolicyError, load_calendar, load_policy, parse_yaml, schemes
from certification.rules import policy as schema
from certification.rules import policy_applying, policy_commitment, policy_eligibility, policy_exam, policy_money, spans
from certification.rules.model import Frozen
from certification.rules.policy import Policy, canonical_json, policy_hash
from certification.rules.spans import Anchor, Span, Window, span

FOLDER = Path(policies.__file__).parent
CGPTC = parse_yaml((FOLDER / "cgptc.yaml").read_text(encoding="utf-8"))
GUANGDONG = parse_yaml((Path(__file__).parent / "schemes" / "gd_example.yaml").read_text(encoding="utf-8"))


def changed(data: Any, *path: Any, to: Any) -> Any:
    """A copy of the data with one value replaced."""
    answer = copy.deepcopy(data)
    place = answer
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return answer


def test_cgptc_is_a_valid_policy_and_is_found_by_its_scheme_and_by_its_version() -> None:
    policy, digest = load_policy("cgptc")
    assert policy.scheme == "cgptc"
    assert digest == policy_hash(policy)
    assert load_policy("cgptc", policy.version) == (policy, digest)
    assert schemes() == ("cgptc", "guangdong", "mixed")


def test_a_published_version_is_never_edited_silently() -> None:
    published = parse_yaml((FOLDER / "published.yaml").read_text(encoding="utf-8"))
    for scheme, versions in published.items():
        assert load_policy(scheme)[0].version in versions
        assert {version: load_policy(scheme, version)[1] for version in versions} == versions


def test_a_scheme_version_or_calendar_that_does_not_exist_is_named_in_the_error() -> None:
    with pytest.raises(PolicyError, match=r"nowhere\.yaml"):
        load_policy("nowhere")
    with pytest.raises(PolicyError, match=r"cgptc-1999\.1\.yaml"):
        load_policy("cgptc", "1999.1")
    with pytest.raises(PolicyError, match=r"calendars/moon\.yaml"):
        load_calendar("moon")


@pytest.mark.rule("INF-07", "GOV-03", "GOV-04")
def test_the_schema_has_room_for_a_chinese_scheme_with_every_part_that_cgptc_lacks() -> None:
    policy = Policy.model_validate(GUANGDONG)
    cgptc, _ = load_policy("cgptc")
    absent = {name for name in Policy.model_fields if getattr(cgptc, name) in (None, ())}
    present = {name for name in Policy.model_fields if getattr(policy, name) not in (None, ())}
    assert absent <= present
    assert list(policy.lanes) == ["commitment", "proof"]


def test_the_hash_ignores_the_order_of_keys_and_changes_with_any_value() -> None:
    policy = Policy.model_validate(CGPTC)
    backwards = Policy.model_validate(dict(reversed(CGPTC.items())))
    assert policy_hash(backwards) == policy_hash(policy)
    dearer = Policy.model_validate(changed(CGPTC, "fees", "schedule", 0, "amounts", "registration", to=3001))
    assert policy_hash(dearer) != policy_hash(policy)


def test_canonical_json_reads_back_to_the_same_policy_and_holds_no_binary_fraction() -> None:
    policy = Policy.model_validate(CGPTC)
    assert Policy.model_validate_json(canonical_json(policy)) == policy
    assert b'"handling_fee_rate":"0.20"' in canonical_json(policy)


def test_every_default_of_the_schema_means_absent_so_that_new_parts_keep_old_hashes() -> None:
    modules = (schema, policy_applying, policy_commitment, policy_eligibility, policy_exam, policy_money, spans)
    models = [model for module in modules for _, model in inspect.getmembers(module, inspect.isclass)]
    for model in (model for model in models if issubclass(model, Frozen)):
        for name, field in model.model_fields.items():
            assert field.is_required() or field.default in (None, ()), f"{model.__name__}.{name}"


@pytest.mark.parametrize("place", [(), ("refund",), ("photo",), ("review", "decide"), ("desks", 0)])
def test_a_key_that_the_schema_does_not_know_is_refused_wherever_it_stands(place: tuple[Any, ...]) -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Policy.model_validate(changed(CGPTC, *place, "surprise", to=1))


def test_a_part_that_cgptc_cannot_do_without_is_missed() -> None:
    for name, field in Policy.model_fields.items():
        if field.is_required():
            with pytest.raises(ValidationError):
                Policy.model_validate({key: value for key, value in CGPTC.items() if key != name})


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("occupations", 0, "levels"), ["5", "9"], "unknown level 9"),
        (("occupations", 0, "subjects"), ["theory", "dance"], "unknown subject dance"),
        (("occupations", 0, "forms"), ["onsite", "moon"], "unknown form moon"),
        (("forms", 0, "taken"), {"theory": "onsite"}, "does not say how each subject is taken"),
        (("fees", "schedule", 0, "level"), "4", "no price for data_analyst 5 onsite"),
        (("fees", "schedule", 0, "level"), "4", "two prices for data_analyst 4 onsite"),
        (("fees", "schedule", 0, "form"), "moon", "a price for data_analyst 5 moon, not offered"),
        (("fees", "schedule", 0, "amounts"), {"recheck": 1}, "recheck is not a fee item"),
        (("review", "reasons", 0, "applies_to"), "shoes", "unknown part shoes"),
        (("subjects", 0, "pass_mark"), "100.1", "pass mark above maximum"),
        (("subjects", 1, "code"), "theory", "subjects: a code occurs twice, theory"),
        (("questions", 1, "code"), "full_name", "questions: a code occurs twice, full_name"),
        (("review", "reasons", 1, "code"), "photo_unsuitable", "review.reasons: a code occurs twice, photo_unsuitable"),
        (("lanes", "review"), ["apply", "review", "pay", "success"], "apply, confirm, review, pay, success, in this"),
        (("lanes", "review"), ["apply", "pay", "confirm", "review", "success"], "apply, confirm, review, pay, success"),
        (("lanes", "review"), ["apply", "choose", "confirm", "review", "pay", "success"], "in this order"),
        (("review", "decide", "from"), "saved", "review.decide.from: it is counted from submitted, not from saved"),
        (("review", "decide", "capped_by"), "payment_closes", "review.decide.capped_by: the rule knows no such end"),
        (("payment", "due", "capped_by"), "notice", "payment.due.capped_by: it can be .* not notice"),
        (("refund", "blackout", "from"), "exam_day", "refund.blackout.from: it is counted from first_subject"),
        (("refund", "windows", 0, "window", "from"), "approved", "windows.window.from: it is counted from success"),
        (("cancellation", "choose"), {"from": "called_off", "until": "notice", "who": "desk"}, "said with within"),
        (("success_when",), ["paid"], "successful when approved and paid"),
        (("lanes", "commitment"), ["apply", "confirm", "success"], "the scheme has no commitment"),
        (("photo", "head"), ["0.8", "0.6"], "not below the greatest"),
        (("own_choices",), ["refund.colour"], "refund.colour is not in this policy"),
    ],
)
def test_parts_that_contradict_each_other_are_named(path: tuple[Any, ...], value: Any, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Policy.model_validate(changed(CGPTC, *path, to=value))


def test_with_a_commitment_the_classes_that_are_reviewed_are_named() -> None:
    with pytest.raises(ValidationError, match="with a commitment not everybody is reviewed before paying"):
        Policy.model_validate(changed(GUANGDONG, "review", "required_for", to="all"))


LATER = {"upload": ["id_document"], "provisional": True, "on_site": False}
IN_TEN_DAYS = {"complete": {"from": "results_published", "within": "P10WD", "who": "candidate"}}
NOT_CHECKED = {"code": "not_checked_after_exam", "scope": "sitting_scores", "words": {"en": "x", "zh": "x"}}


@pytest.mark.rule("EDU-12", "CHK-16")
def test_a_report_that_shows_nothing_leads_to_a_hearing_that_the_policy_knows() -> None:
    without_checks = changed(CGPTC, "verification", "fallback", to=[LATER | IN_TEN_DAYS])
    with pytest.raises(ValidationError, match=r"void\.grounds: not_checked_after_exam is missing, which a report may"):
        Policy.model_validate(without_checks)
    grounds = [*CGPTC["void"]["grounds"], NOT_CHECKED]
    Policy.model_validate(changed(without_checks, "void", "grounds", to=grounds))
    with pytest.raises(ValidationError, match="does not say within which time"):
        Policy.model_validate(changed(GUANGDONG, "verification", "fallback", to=[LATER]))


@pytest.mark.rule("EDU-12")
def test_a_report_that_stands_for_a_check_is_looked_at_by_somebody() -> None:
    unseen = {key: value for key, value in GUANGDONG.items() if key != "post_check"}
    with pytest.raises(ValidationError, match=r"post_check\.classes: unverified is missing, so nobody would look"):
        Policy.model_validate(unseen)
    Policy.model_validate(changed(unseen, "verification", "fallback", to=[GUANGDONG["verification"]["fallback"][2]]))


def test_a_time_zone_is_one_that_exists() -> None:
    with pytest.raises((ValidationError, KeyError, ValueError), match="Atlantis"):
        Policy.model_validate(changed(CGPTC, "time_zone", to="Asia/Atlantis"))


@pytest.mark.rule("REF-01", "REF-02", "REF-03", "REF-04", "CHK-01", "RES-01", "EDU-01", "FEE-02", "FEE-03")
def test_cgptc_carries_the_numbers_of_its_published_process() -> None:
    policy, _ = load_policy("cgptc")
    (window,) = policy.refund.windows
    assert (str(window.window.within), str(window.handling_fee_rate)) == ("P7D", "0.20")
    assert policy.refund.blackout is not None
    assert str(policy.refund.blackout.before) == "P30D"
    assert policy.cancellation.offer == ("full_refund", "reschedule")
    assert [str(length) for length in policy.refund.bank_transfer_takes or ()] == ["P3WD", "P7WD"]
    assert str(policy.review.decide.within) == "P5WD"
    assert str(policy.results.publish.within) == "P15WD"
    assert str(policy.verification.answer.within) == "PT24H"
    assert (policy.fees.settlement_currency, policy.fees.vat) == ("USD", "excluded")


@pytest.mark.rule("PHO-03")
def test_the_photo_profile_is_policy_and_ours_is_marked_as_our_own_choice() -> None:
    policy, _ = load_policy("cgptc")
    assert (policy.photo.pixels, policy.photo.millimetres) == ((413, 531), (35, 45))
    assert "photo" in policy.own_choices
    one_inch = Policy.model_validate(GUANGDONG).photo
    assert (one_inch.pixels, one_inch.millimetres, one_inch.background) == ((295, 413), (25, 35), "white")


def test_a_policy_offers_by_code_what_it_lists() -> None:
    policy, _ = load_policy("cgptc")
    assert policy.occupation("data_analyst").words.zh == "数据分析师"
    assert policy.level("2").any_of[0].work_years == 8
    assert policy.subject("theory").pass_mark == 60
    assert policy.form("remote").taken["practical"] == "video"
    assert policy.zone.key == "Asia/Hong_Kong"


@pytest.mark.parametrize("text", ["P7D", "P5WD", "PT24H", "PT15M"])
def test_a_span_is_one_word_there_and_back(text: str) -> None:
    assert str(span(text)) == text
    assert Span.model_validate(span(text).model_dump()) == span(text)
    assert span(text).model_dump_json() == f'"{text}"'


def test_a_span_is_read_to_people_in_both_languages() -> None:
    assert (span("P5WD").en, span("P5WD").zh) == ("5 working days", "5个工作日")
    assert (span("P1D").en, span("PT24H").zh) == ("1 day", "24小时")


@pytest.mark.parametrize("text", ["P0D", "7D", "P7", "PT5D", "P5W", "P-1D", "P1.5D", "", "P7D "])
def test_any_other_text_is_no_span(text: str) -> None:
    with pytest.raises(ValidationError):
        Span.model_validate(text)


def test_a_window_has_exactly_one_length() -> None:
    week = {"from": "success", "who": "candidate"}
    assert Window.model_validate({**week, "within": "P7D"}).since is Anchor.SUCCESS
    for lengths in ({}, {"within": "P7D", "until": "notice"}, {"within": "P7D", "before": "P7D"}):
        with pytest.raises(ValidationError, match="exactly one"):
            Window.model_validate({**week, **lengths})


def test_a_key_that_occurs_twice_in_a_policy_file_is_refused() -> None:
    with pytest.raises(YAMLError, match="occurs twice"):
        parse_yaml("scheme: a\nscheme: b\n")


def test_a_policy_file_that_is_wrong_or_under_a_wrong_name_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    load_policy.cache_clear()
    held = {"cgptc.yaml": CGPTC, "cgptc-2025.1.yaml": CGPTC, "other.yaml": CGPTC, "broken.yaml": {"scheme": "broken"}}
    monkeypatch.setattr(policies, "_read", lambda name, _what: held[name])
    with pytest.raises(PolicyError, match=r"cgptc-2025\.1\.yaml holds version 2026\.1"):
        load_policy("cgptc", "2025.1")
    with pytest.raises(PolicyError, match=r"other\.yaml holds scheme cgptc"):
        load_policy("other")
    with pytest.raises(PolicyError, match=r"broken\.yaml is not a valid policy"):
        load_policy("broken")
    load_policy.cache_clear()
