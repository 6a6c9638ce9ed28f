"""Lists of commitments that the public sees: by file and by page, masked, true when published, and removed at the end."""

from datetime import UTC, datetime, timedelta

import pytest

from certification.acts import notice_board, public_lists
from certification.acts import notices as publishing
from certification.cloud.tables.applications import applications
from certification.cloud.tables.notices import notices
from certification.cloud.transaction import commit
from certification.rules.errors import NotFound
from certification.rules.status import Status
from local import seed, seed_guangdong
from local.staff import ApiStaff
from tests.functions.browser import Browser
from tests.functions.stand import SITTING, Stand
from tests.functions.test_notices import drop, page, tick

COMMITMENTS = f"""\
kind: commitments
scheme: guangdong
year: 2026
sitting: {seed_guangdong.SITTING}
title: {{en: "Commitments, Guangzhou", zh: "承诺情况公示"}}
text: {{en: "These people committed that they meet the conditions.", zh: "下列人员已作出承诺。"}}
"""
LIST = f"commitments-guangdong-2026-for-{seed_guangdong.SITTING}"


def with_commitments(stand: Stand) -> None:
    """A sitting with two commitments in force, one taken back, and one application without any."""
    from certification.cloud.tables.applications import Application
    from certification.cloud.tables.candidates import Candidate, candidates

    seed_guangdong.publish(stand.cloud)
    people = (
        ("陈样本", Status.REGISTERED, "CMT-1"),
        ("买买提·样本", Status.AWAITING_PAYMENT, "CMT-2"),
        ("撤回", Status.AWAITING_PROOFS, "CMT-3"),
        ("未承诺", Status.REGISTERED, None),
    )
    for number, (name, status, commitment) in enumerate(people):
        candidate = Candidate(
            id=f"CAN-{number}",
            language="zh",
            created_at=stand.clock.now(),
            sealed_email="x",
            email_index=f"x{number}",
            native_name=name,
        )
        application = Application(
            reference=f"APP-2026-00{number}7Q",
            candidate=candidate.id,
            sitting=seed_guangdong.SITTING,
            scheme="guangdong",
            policy_hash="hash",
            status=status,
            commitment=commitment,
            region="shenzhen" if number == 1 else "guangzhou",
        )
        commit([candidates.insert(candidate), applications.insert(application)])


@pytest.mark.rule("CHK-14")
def test_commitments_are_shown_masked_until_their_end_and_then_removed(stand: Stand) -> None:
    with_commitments(stand)
    assert drop(stand, COMMITMENTS, seed.OFFICER)["counts"]
    assert page(stand, f"/en/notices/{LIST}")[0] == 404, "two people publish it"
    assert drop(stand, COMMITMENTS, seed_guangdong.PROVINCE)["counts"]
    status, body = page(stand, f"/zh/notices/{LIST}")
    assert status == 200
    for shown in (
        "陈**",
        "买*****",
        "007Q",
        "017Q",
        "mailto:province@guangdong-exams.test",
        'href="/zh/report"',
        "举报",
    ):
        assert shown in body, shown
    for hidden in ("陈样本", "买买提", "撤", "未承诺", "027Q", "037Q", "APP-2026", "CAN-"):
        assert hidden not in body, hidden
    version = notice_board.posted(LIST).version
    assert version.ends == datetime(2026, 9, 15, 16, tzinfo=UTC), "ten working days, to the end of the day in China"
    stand.skip(stand.clock.now() + timedelta(hours=7))
    due = notices.read(LIST).due
    assert due is not None
    assert due.at == version.ends
    stand.wait(version.ends - stand.clock.now() - timedelta(seconds=1))
    assert page(stand, f"/en/notices/{LIST}")[0] == 200
    tick(stand)
    status, body = page(stand, f"/en/notices/{LIST}")
    assert status == 410
    assert version.proof in body
    assert "陈**" not in body
    assert LIST not in page(stand, "/en/notices/feed")[1]
    notice_board.read(LIST, 1)
    stand.skip(stand.clock.now() + timedelta(hours=7))
    with pytest.raises(NotFound):
        notice_board.read(LIST, 1)
    assert notices.read(LIST).series.versions[0].proof == version.proof


@pytest.mark.rule("CHK-14", "GOV-01")
def test_a_list_for_one_place_holds_those_who_registered_there_and_a_long_one_is_divided(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_commitments(stand)
    in_guangzhou = COMMITMENTS.replace("year:", "region: guangzhou\nyear:")
    for officer in (seed.OFFICER, seed_guangdong.PROVINCE):
        assert drop(stand, in_guangzhou, officer)["counts"]
    (identifier,) = (one.id for one in notice_board.board())
    posted = notice_board.posted(identifier).notice
    assert posted is not None
    assert [one.name for one in posted.people] == ["陈**"]
    monkeypatch.setattr(public_lists, "MOST", 1)
    (problem,) = drop(stand, COMMITMENTS, seed.OFFICER)["problems"]
    assert (problem["code"], "2 people committed" in problem["en"]) == ("list_too_long", True)
    monkeypatch.setattr(public_lists, "MOST", 2)
    assert drop(stand, COMMITMENTS + "\n", seed.OFFICER)["counts"]


@pytest.mark.rule("CHK-14")
def test_the_list_of_commitments_is_written_on_the_page_too(stand: Stand) -> None:
    with_commitments(stand)
    officer = ApiStaff(stand.cloud, seed.OFFICER_EMAIL)
    officer.sign_in()
    browser = Browser(stand, officer)
    browser.get("/staff/notices/new")
    browser.post(
        "/staff/notices/new",
        kind="commitments",
        scheme="guangdong",
        year="2026",
        sitting=seed_guangdong.SITTING,
        title_en="Commitments, Guangzhou",
        title_zh="承诺情况公示",
        text_en="These people committed that they meet the conditions.",
        text_zh="下列人员已作出承诺。",
    )
    assert "This is how it will be read" in browser.page
    browser.post("/staff/notices/new", act="publish")
    assert [one.notice.people[0].name for one in publishing.proposals()] == ["陈**"]


def take_back(number: int) -> None:
    """One of the commitments above is withdrawn."""
    application = next(one for one in applications.in_status(seed_guangdong.SITTING, Status.AWAITING_PAYMENT))
    assert application.reference == f"APP-2026-00{number}7Q"
    commit([applications.update(application.changed(status=Status.AWAITING_PROOFS))])


@pytest.mark.rule("CHK-14")
def test_who_took_a_commitment_back_between_two_people_is_not_in_the_list_of_a_file(stand: Stand) -> None:
    with_commitments(stand)
    drop(stand, COMMITMENTS, seed.OFFICER)
    take_back(1)
    drop(stand, COMMITMENTS, seed_guangdong.PROVINCE)
    posted = notice_board.posted(LIST)
    assert posted.notice is not None
    assert [one.name for one in posted.notice.people] == ["陈**"]
    assert (posted.version.published_by, posted.version.seconded_by) == (seed.OFFICER, seed_guangdong.PROVINCE)


@pytest.mark.rule("CHK-14")
def test_who_took_a_commitment_back_between_two_people_is_not_in_the_list_of_a_page(stand: Stand) -> None:
    with_commitments(stand)
    drop(stand, COMMITMENTS, seed.OFFICER)
    second = ApiStaff(stand.cloud, seed_guangdong.PROVINCE_EMAIL)
    second.sign_in()
    browser = Browser(stand, second)
    browser.get(f"/staff/notices/proposals/{LIST}")
    assert "买*****" in browser.page
    take_back(1)
    browser.post(f"/staff/notices/proposals/{LIST}")
    status, body = page(stand, f"/zh/notices/{LIST}")
    assert (status, "陈**" in body, "买" in body) == (200, True, False)


@pytest.mark.rule("CHK-14")
def test_who_is_in_the_list_is_not_the_staffs_to_choose(stand: Stand) -> None:
    with_commitments(stand)
    for text, code in (
        (COMMITMENTS + "people: [{name: 陈样本, reference: APP-1}]\n", "list_is_ours"),
        (COMMITMENTS + "ends: 2027-01-01T00:00:00Z\n", "list_is_ours"),
        (COMMITMENTS.replace(seed_guangdong.SITTING, SITTING), "sitting_unknown"),
        (COMMITMENTS.replace(seed_guangdong.SITTING, SITTING).replace("guangdong", "cgptc"), "no_supervision"),
    ):
        assert [one["code"] for one in drop(stand, text)["problems"]] == [code]
