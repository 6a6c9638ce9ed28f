"""The Chinese order of things: everything checked before confirming, corrections at the desk of a city, signed anew."""

import icalendar
import pytest

from certification.cloud.tables.applications import applications
from certification.cloud.tables.cases import cases
from certification.cloud.tables.orders import orders
from certification.portal import guard
from local.candidate import ApiCandidate
from tests.functions.committing import People, publish
from tests.functions.portal_requests import ask as ask_page
from tests.functions.stand import Answer, Stand


@pytest.fixture
def people(stand: Stand) -> People:
    publish(stand)
    return People(stand)


def ask(stand: Stand, candidate: ApiCandidate, fields: dict[str, str], site: str | None = None) -> Answer:
    path = f"/api/candidate/applications/{candidate.reference}/corrections"
    return stand.call("POST", path, {"fields": fields, "site": site}, session=candidate.session)


@pytest.mark.rule("REG-05")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_that_is_verified_before_confirming_stands_on_the_page(people: People, language: str) -> None:
    candidate = people.draft()
    cookies = (f"{guard.SESSION}={candidate.session}",)
    shown = ask_page("GET", f"/{language}/apply/{candidate.reference}/check", cookies=cookies)
    assert shown.status == 200, shown.location
    sample = candidate.sample
    names = {
        "en": ("Passport", "All subjects", "Construction law", "Guangzhou"),
        "zh": ("护照", "考全科", "法规", "广州"),
    }
    for text in (sample.id_number, "陈样本", sample.email, "1 Sample Road", "Sample Ltd", *names[language]):
        assert text in shown.body, text
    digits = sample.phone[-8:]
    assert digits in "".join(character for character in shown.body if character.isdigit())


@pytest.mark.rule("CHG-01")
@pytest.mark.parametrize(
    ("site", "desk"), [(None, "guangzhou"), ("shenzhen", "shenzhen"), ("zhuhai", "guangdong_province")]
)
def test_a_correction_goes_to_the_desk_of_the_city_that_was_chosen(
    stand: Stand, people: People, site: str | None, desk: str
) -> None:
    candidate = people.signed()
    assert ask(stand, candidate, {"postal_address": "2 New Road"}, site).status == 200
    (correction,) = applications.read(candidate.reference).corrections
    assert cases.read(correction.case).desk == desk


def test_a_city_that_does_not_exist_opens_no_case(stand: Stand, people: People) -> None:
    candidate = people.signed()
    refused = ask(stand, candidate, {"postal_address": "2 New Road"}, "atlantis")
    assert (refused.status, refused.code) == (422, "site_unknown")


@pytest.mark.rule("CHG-03", "REG-07")
def test_other_subjects_before_paying_are_priced_and_signed_anew(stand: Stand, people: People) -> None:
    candidate = people.signed()
    first = candidate.order()
    wanted = {"subjects": "law, practice"}
    assert ask(stand, candidate, wanted).status == 200
    people.decide(candidate, "approve", applications.read(candidate.reference).corrections[0].case)
    application = applications.read(candidate.reference)
    assert (application.status, application.subjects) == ("awaiting_signature", ("law", "practice"))
    assert application.commitment is None
    assert orders.read(first["number"]).state == "superseded"
    candidate.sign()
    stand.cloud.settle()
    revised = candidate.order()
    assert revised["total"]["amount"] == 13_000 < first["total"]["amount"]
    candidate.pay()
    stand.cloud.settle()
    assert candidate.status() == "registered"
    refused = ask(stand, candidate, {"subjects": "law"})
    assert (refused.status, refused.code) == (422, "not_changeable_now")


@pytest.mark.rule("REG-01")
def test_the_timeline_of_a_commitment_says_sign_then_pay_in_the_calendar_too(stand: Stand, people: People) -> None:
    candidate = people.confirmed()
    path = f"/api/candidate/applications/{candidate.reference}/timeline"
    lines = {one["key"]: one for one in stand.call("GET", path, session=candidate.session).body["lines"]}
    assert (lines["sign"]["state"], lines["sign"]["turn"]) == ("now", "candidate")
    assert "REG-01" in lines["sign"]["because"]["rules"]
    candidate.sign()
    stand.cloud.settle()
    lines = {one["key"]: one for one in stand.call("GET", path, session=candidate.session).body["lines"]}
    assert (lines["pay"]["state"], lines["pay"]["at"]) == ("now", candidate.order()["pay_by"])
    assert set(lines) >= {"tickets", "exam-economics", "exam-practice"}
    cookies = (f"{guard.SESSION}={candidate.session}",)
    answer = ask_page("GET", f"/zh/apply/{candidate.reference}/calendar.ics", cookies=cookies)
    summaries = {str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(answer.body).events}
    assert any(summary.startswith("考试：") for summary in summaries)
