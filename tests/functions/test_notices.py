"""Notices by file: published, superseded, confirmed by a second person, and kept by the applications they were shown to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certification.acts import notice_board, public_lists
from certification.acts import notices as publishing
from certification.acts.sheets import read_report
from certification.cloud.tables.applications import applications
from certification.cloud.tables.notices import notices
from certification.rules.errors import NotFound
from certification.rules.status import Status
from local import seed, seed_guangdong
from local.staff import ApiStaff
from tests.functions.browser import Browser
from tests.functions.stand import SITTING, Stand

REGISTRATION = """\
kind: registration_notice
scheme: cgptc
year: 2026
title: {en: "Registration, autumn 2026", zh: 2026年秋季报名须知}
text:
  en: |
    ## Who may apply
    - whoever meets the conditions
  zh: |
    ## 报考条件
    - 符合条件者
"""
NOTICE = "registration-notice-cgptc-2026"


def drop(stand: Stand, text: str, uploader: str = seed.OFFICER) -> dict[str, Any]:
    key = f"notices/{abs(hash((text, uploader, stand.clock.now())))}.yaml"
    seed.drop(stand.cloud, key, text.encode(), uploader)
    stand.cloud.settle()
    return read_report(key)


def tick(stand: Stand) -> None:
    stand.wait(timedelta(seconds=1))


def test_a_file_publishes_a_notice_and_the_next_file_its_next_version(stand: Stand) -> None:
    assert drop(stand, REGISTRATION)["counts"]
    first = notice_board.posted(NOTICE)
    assert (first.version.number, first.version.published_by) == (1, seed.OFFICER)
    assert first.notice is not None
    assert first.notice.title.zh == "2026年秋季报名须知"
    tick(stand)
    assert drop(stand, REGISTRATION)["counts"]
    assert len(notices.read(NOTICE).series.versions) == 1
    assert drop(stand, REGISTRATION.replace("autumn", "winter"))["counts"]
    second = notice_board.posted(NOTICE)
    assert second.version.number == 2
    assert second.version.proof != first.version.proof
    assert notice_board.posted(NOTICE, 1).notice == first.notice
    assert second.series.replaced_at(1, second.version.effective) == second.version.effective


def test_a_notice_begins_at_its_instant_and_not_a_second_before(stand: Stand) -> None:
    begins = stand.clock.now() + timedelta(days=3)
    assert drop(stand, f"effective: {begins.isoformat()}\n{REGISTRATION}")["counts"]
    stand.wait(timedelta(days=3, seconds=-1))
    with pytest.raises(NotFound):
        notice_board.posted(NOTICE)
    tick(stand)
    assert notice_board.posted(NOTICE).version.number == 1


def test_a_file_with_faults_changes_nothing_and_hears_of_all_of_them(stand: Stand) -> None:
    bad = REGISTRATION.replace("whoever meets the conditions", "<script>alert(1)</script>").replace("cgptc", "nobody")
    past = f"effective: {(stand.clock.now() - timedelta(seconds=1)).isoformat()}\nends: 2026-01-01T00:00:00Z\n"
    report = drop(stand, past + bad)
    assert not report["counts"]
    assert {one["code"] for one in report["problems"]} == {"text_html", "scheme_unknown", "dated_back", "ends_too_soon"}
    assert notice_board.board() == ()
    for text, code in (
        (REGISTRATION.replace("title:", "heading:"), "missing"),
        ("a: [", "not_yaml"),
        (REGISTRATION + "scheme: cgptc\n", "not_yaml"),
    ):
        assert code in {one["code"] for one in drop(stand, text)["problems"]}, text
    assert drop(stand, REGISTRATION, seed.REVIEWER)["problems"][0]["code"] == "role_missing"


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
    from certification.cloud.transaction import commit

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


def page(stand: Stand, path: str) -> tuple[int, str]:
    answer = stand.cloud.request("GET", path, {}, b"")
    return answer.status, answer.body.decode()


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


def test_two_people_publish_where_the_policy_says_so(stand: Stand) -> None:
    text = REGISTRATION.replace("cgptc", "guangdong")
    notice = NOTICE.replace("cgptc", "guangdong")
    for _ in range(2):
        assert drop(stand, text, seed.OFFICER)["counts"]
        tick(stand)
    assert notice_board.board() == ()
    drop(stand, text.replace("autumn", "another"), seed_guangdong.PROVINCE)
    assert notice_board.board() == (), "another text is another proposal"
    drop(stand, text.replace("autumn", "another"), seed.OFFICER)
    version = notice_board.posted(notice).version
    assert (version.published_by, version.seconded_by) == (seed_guangdong.PROVINCE, seed.OFFICER)
    assert notices.read(notice).proposal is None


@pytest.mark.rule("GOV-01")
def test_each_body_publishes_what_is_its_own(stand: Stand) -> None:
    city = "STF-city-supervisor"
    seed.add_member(city, "Sample City", "city-supervisor@staff.test", ("supervisor",), ("guangzhou",))
    guangdong = REGISTRATION.replace("cgptc", "guangdong")
    in_guangzhou = guangdong.replace("year:", "region: guangzhou\nyear:")
    of_all = "kind: integrity_warning\n" + REGISTRATION[REGISTRATION.index("title:") :]

    def refused(text: str, uploader: str) -> bool:
        tick(stand)
        return [one["code"] for one in drop(stand, text, uploader)["problems"]] == ["not_yours_to_publish"]

    for text, forbidden, allowed in (
        (guangdong, (seed.SECOND, city), (seed.OFFICER, seed_guangdong.PROVINCE)),
        (REGISTRATION, (seed_guangdong.PROVINCE, city), (seed.SECOND,)),
        (in_guangzhou, (seed.SECOND,), (city, seed_guangdong.PROVINCE)),
        (guangdong.replace("year:", "region: shenzhen\nyear:"), (city,), ()),
        (of_all, (city,), (seed.OFFICER, seed_guangdong.PROVINCE)),
    ):
        assert all(refused(text, uploader) for uploader in forbidden)
        assert not any(refused(text, uploader) for uploader in allowed)
    published = {one.id for one in notice_board.board()}
    guangdong_ids = {NOTICE.replace("cgptc", "guangdong"), f"{NOTICE.replace('cgptc', 'guangdong')}-in-guangzhou"}
    assert published == {NOTICE, "integrity-warning", *guangdong_ids}


def test_a_due_notice_is_written_again(stand: Stand) -> None:
    drop(stand, REGISTRATION)
    from certification.cloud import vault
    from certification.cloud.settings import settings

    vault.write(settings().published, notice_board.INDEX, b"[]", "application/json")
    stand.skip(stand.clock.now() + timedelta(hours=7))
    assert [one.id for one in notice_board.board()] == [NOTICE]
    assert notices.read(NOTICE).due is None


def test_an_application_keeps_which_notice_was_shown(stand: Stand) -> None:
    drop(stand, REGISTRATION)
    first = notice_board.posted(NOTICE).version
    early = stand.applicant()
    tick(stand)
    drop(stand, REGISTRATION.replace("title:", f"sitting: {SITTING}\ntitle:"))
    later = stand.applicant()
    assert applications.read(early.reference).notices_seen == {NOTICE: f"1:{first.proof}"}
    narrow = notice_board.posted(f"{NOTICE}-for-{SITTING}").version
    assert applications.read(later.reference).notices_seen == {f"{NOTICE}-for-{SITTING}": f"1:{narrow.proof}"}
