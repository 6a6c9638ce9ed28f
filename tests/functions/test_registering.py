"""What a candidate must have before an application goes in: an answered check, an employer where the scheme wants one."""

from datetime import timedelta

import pytest

from certification.acts import work
from certification.rules.work import WorkHistory
from tests.functions.committing import People, publish
from tests.functions.stand import Stand


@pytest.mark.rule("ACC-04")
def test_registration_waits_for_the_check_of_the_person_and_goes_on_when_it_was_answered(stand: Stand) -> None:
    candidate = stand.candidate(id_number="E77002234")
    candidate.apply("sample-sitting")
    refused = candidate.confirm(expect=422)
    assert (refused["code"], list(refused["facts"])) == ("incomplete", ["identity"])
    stand.cloud.advance(timedelta(hours=3))
    stand.cloud.settle()
    candidate.awake().confirm()


@pytest.fixture
def people(stand: Stand) -> People:
    publish(stand)
    return People(stand)


@pytest.mark.rule("ACC-14")
@pytest.mark.parametrize("words", ["Sample University", "unemployed", "灵活就业"])
def test_an_employer_must_be_named_and_a_school_or_the_truth_will_do(people: People, words: str) -> None:
    candidate = people.draft()
    who = people.stand.id_of(candidate.session)
    stored = people.stand.call("GET", "/api/candidate/profile", session=candidate.session).body["work"]
    history = WorkHistory.model_validate(stored)
    alone = history.model_copy(update={"jobs": tuple(job.model_copy(update={"employer": ""}) for job in history.jobs)})
    work.save(who, alone)
    refused = candidate.confirm(expect=422)
    assert "employer" in refused["facts"]
    work.save(who, alone.model_copy(update={"workplace": words}))
    candidate.confirm()


@pytest.mark.rule("ACC-14")
def test_where_the_scheme_asks_for_none_no_employer_is_needed(stand: Stand) -> None:
    candidate = stand.applicant()
    work.save(stand.id_of(candidate.session), WorkHistory())
    candidate.confirm()
