"""The timeline through page, API and calendar file: the same dates everywhere, in both languages, for its owner only."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest

from certification.cloud.tables.refunds import refunds
from certification.cloud.tables.sittings import sittings
from certification.portal import guard
from local.candidate import ApiCandidate
from tests.functions.portal_requests import Answer as PageAnswer
from tests.functions.portal_requests import ask
from tests.functions.stand import SITTING, Stand


def timeline(stand: Stand, candidate: ApiCandidate) -> dict[str, Any]:
    path = f"/api/candidate/applications/{candidate.reference}/timeline"
    return dict(stand.call("GET", path, session=candidate.session).body)


def by_key(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {line["key"]: line for line in found["lines"]}


def page(candidate: ApiCandidate, where: str, language: str = "en", session: str | None = None) -> PageAnswer:
    path = f"/{language}/apply/{candidate.reference}/{where}"
    return ask("GET", path, cookies=(f"{guard.SESSION}={session or candidate.session}",))


def events(candidate: ApiCandidate, language: str = "en") -> dict[str, Any]:
    answer = page(candidate, "calendar.ics", language)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return {str(event["UID"]): event for event in icalendar.Calendar.from_ical(answer.body).events}


@pytest.mark.rule("CHK-01", "REG-02")
def test_the_timeline_says_whose_turn_it_is_by_when_and_by_which_rule(stand: Stand) -> None:
    candidate = stand.in_review()
    lines = by_key(timeline(stand, candidate))
    review = lines["review"]
    assert (review["state"], review["turn"], review["at"]) == ("now", "desk", "2026-09-08T16:00:00Z")
    assert review["because"]["rules"] == ["CHK-01"]
    assert [line["words"]["en"] for line in lines.values() if line["state"] == "done"] == [
        "You confirmed your application",
        "Your application went to review",
    ]
    stand.decide(candidate, "approve")
    after = timeline(stand, candidate)
    pay = by_key(after)["pay"]
    assert (pay["turn"], pay["at"], after["next_deadline"]) == ("candidate", candidate.order()["pay_by"], pay["at"])
    assert set(pay["because"]["rules"]) == {"REG-09", "REG-10"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_shows_the_lines_with_their_rules(stand: Stand, language: str) -> None:
    candidate = stand.in_review()
    shown = page(candidate, "timeline", language)
    assert shown.status == 200
    assert "CHK-01" in shown.body
    assert ("8 September 2026, end of day" if language == "en" else "2026年9月8日 24:00") in shown.body
    assert ("We review your application." if language == "en" else "工作人员正在审核。") in shown.body


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_calendar_file_keeps_identities_and_its_sequence_grows(stand: Stand, language: str) -> None:
    candidate = stand.in_review()
    before = events(candidate, language)
    uid = f"{candidate.reference}-tickets@assay"
    assert f"{candidate.reference}-review@assay" in before
    assert f"{candidate.reference}-exam-theory@assay" in before
    assert before[uid].end == sittings.read(SITTING).dates.first_subject
    stand.decide(candidate, "approve")
    after = events(candidate, language)
    assert after[uid].start == before[uid].start
    assert after[uid]["SEQUENCE"] > before[uid]["SEQUENCE"]
    assert "REG-10" in str(after[f"{candidate.reference}-pay@assay"]["DESCRIPTION"])
    assert after[f"{candidate.reference}-pay@assay"].walk("VALARM")


def test_what_a_withdrawal_ends_is_called_off_in_the_calendar(stand: Stand) -> None:
    candidate = stand.in_review()
    candidate.withdraw()
    found = events(candidate)
    assert found
    assert {str(event["STATUS"]) for event in found.values()} == {"CANCELLED"}


@pytest.mark.rule("REF-04")
def test_a_refund_is_on_the_timeline_until_it_went_back_and_its_date_in_the_calendar(stand: Stand) -> None:
    candidate = stand.registered()
    card = stand.cloud.simulators["card"]
    card.control("switch", {"name": "refund_slow"})
    candidate.withdraw()
    stand.cloud.settle()
    card.control("clear", {})
    (refund,) = refunds.everything()
    lines = by_key(timeline(stand, candidate))
    due = lines[f"refund-{refund.id}"]
    assert (due["state"], due["turn"], due["because"]["rules"]) == ("now", "outside", ["REF-04"])
    assert lines[f"refund-{refund.id}-1"]["because"]["rules"][0] == "REF-01"
    assert "USD 108.00" in page(candidate, "timeline").body.replace("\xa0", " ")
    assert "原路退回" in page(candidate, "timeline", "zh").body
    uid = f"{candidate.reference}-refund-{refund.id}@assay"
    assert uid in events(candidate)
    stand.cloud.advance(timedelta(hours=25))
    words = [line["words"]["en"] for line in timeline(stand, candidate.awake())["lines"]]
    assert any("went back" in one for one in words)
    assert uid not in events(candidate)


def test_another_persons_timeline_does_not_exist(stand: Stand) -> None:
    candidate, other = stand.applicant(), stand.sign_in("other@example.test")
    path = f"/api/candidate/applications/{candidate.reference}/timeline"
    assert stand.call("GET", path, session=other).status == 404
    assert stand.call("GET", path).status == 401
    for where in ("timeline", "calendar.ics"):
        assert page(candidate, where, session=other).status == 404
        assert page(candidate, where, session="nobody").status == 303


def test_an_expired_session_leads_back_to_the_timeline_after_signing_in(stand: Stand) -> None:
    candidate = stand.applicant()
    stand.wait(timedelta(days=2))
    answer = page(candidate, "timeline")
    assert (answer.status, "ended=1" in answer.location) == (303, True)
