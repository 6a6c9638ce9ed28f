"""Notices by file: published, superseded, confirmed by a second person, and kept by the applications they were shown to."""

from datetime import timedelta
from typing import Any

import pytest

from certification.acts import notice_board
from certification.acts.sheets import read_report
from certification.cloud.tables.applications import applications
from certification.cloud.tables.notices import notices
from certification.rules.errors import NotFound
from local import seed, seed_guangdong
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


def page(stand: Stand, path: str) -> tuple[int, str]:
    answer = stand.cloud.request("GET", path, {}, b"")
    return answer.status, answer.body.decode()


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
