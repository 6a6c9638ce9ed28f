"""What anybody reads before registering: notices, plan, conditions, steps, proofs, contacts, browsers, what is verified."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest

from certification.policies import load_commitment_text, load_policy, schemes
from certification.portal.feed import NAMESPACE
from certification.portal.texts import Translator
from certification.rules.notices import NoticeKind
from local import announcing, seed, seed_guangdong
from tests.functions.stand import SITTING, START, Saved, Stand, stand_on

LATER, GUANGDONG = "later-sitting", "guangdong-sitting"
LANGUAGES = ("en", "zh")


def guangdong(now: datetime) -> dict[str, Any]:
    """A sitting of the Guangdong scheme whose registration has not begun."""
    described = seed.demo_sitting(now + timedelta(days=7), GUANGDONG)
    policy, _ = load_policy("guangdong")
    first = datetime.fromisoformat(described["dates"]["slots"][0]["starts"])
    slots = [
        {
            "subject": subject.code,
            "starts": (first + timedelta(hours=3 * number)).isoformat(),
            "ends": (first + timedelta(hours=3 * number + 2)).isoformat(),
        }
        for number, subject in enumerate(policy.subjects)
    ]
    named = {
        "tickets_open": (first - timedelta(days=7)).isoformat(),
        "tickets_close": first.isoformat(),
        "results_published": (first + timedelta(days=60)).isoformat(),
    }
    return described | {
        "scheme": "guangdong",
        "occupations": [row.code for row in policy.occupations],
        "levels": [row.code for row in policy.levels],
        "forms": [row.code for row in policy.forms],
        "dates": described["dates"] | {"slots": slots, **named},
    }


@pytest.fixture(scope="module")
def _published() -> Iterator[tuple[Stand, Saved]]:
    with stand_on() as made:
        later = seed.demo_sitting(START + timedelta(days=10), LATER, number=2)
        for described in (later, guangdong(START)):
            seed.drop(made.cloud, f"sittings/{described['id']}.json", json.dumps(described).encode(), seed.OFFICER)
        made.cloud.settle()
        announcing.publish(made.cloud, SITTING)
        yield made, made.save()


@pytest.fixture
def stand(_published: tuple[Stand, Saved]) -> Stand:
    made, saved = _published
    made.restore(saved)
    return made


def both(stand: Stand, text: str) -> None:
    """A notice that two people publish."""
    for officer in (seed.OFFICER, seed_guangdong.PROVINCE if "scheme: guangdong" in text else seed.SECOND):
        seed.drop(stand.cloud, f"notices/by-{officer}.yaml", text.encode(), officer)
        stand.cloud.settle()


def words(stand: Stand, path: str, language: str = "en", status: int = 200) -> str:
    """The text of a page's main part."""
    answer = stand.cloud.request("GET", f"/{language}{path}", {}, b"")
    assert answer.status == status, path
    main = re.search(r"<main.*</main>", answer.body.decode(), re.DOTALL)
    assert main
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main[0])))


def said(key: str, language: str, **values: Any) -> str:
    return Translator("zh" if language == "zh" else "en")(key, **values)


@pytest.mark.rule("INF-01", "INF-13")
def test_the_plan_of_a_year_names_every_exam_and_its_dates(stand: Stand) -> None:
    page = words(stand, "/plan")
    assert "Annual exam plan 2026" in page
    for text in (
        "CGPTC Professional Qualification",
        "Constructor (Level 1)",
        "11 September 2026",
        "Registration (expected)",
    ):
        assert text in page
    assert "How an exam goes" in page
    assert "Reminder: dates and steps of the next sitting" in page
    assert "2026年度考试工作计划" in words(stand, "/plan/2026", "zh")
    assert "The plan for 2031 has not been published yet." in words(stand, "/plan/2031")
    announced = "Demonstration sitting, "
    assert (announced in page, announced in words(stand, "/plan/2031")) == (True, False)
    for nonsense in ("/plan/20266", "/plan/abcd", "/plan/２０２６"):
        words(stand, nonsense, status=404)
    column = words(stand, "/exams")
    assert column.index("Exam notices") < column.index("Reminder: dates and steps of the next sitting")
    reminder = words(stand, "/notices/exam-notice-cgptc-2026-reminder")
    for text in ("Process", "Registration is expected", "To ask"):
        assert text in reminder


@pytest.mark.rule("INF-02", "INF-03", "INF-04")
@pytest.mark.parametrize("language", LANGUAGES)
def test_before_registration_opens_anybody_reads_the_three_groups(stand: Stand, language: str) -> None:
    page = words(stand, f"/exams/{LATER}", language)
    assert said("exams.soon", language) in page
    first = ("exams.subjects_and_conditions", "exams.subjects_are")
    second = (
        "exams.dates",
        "exams.registration",
        "exams.payment_closes",
        "exams.tickets",
        "exams.fees",
        "exams.contacts",
    )
    third = ("conditions.prove", "conditions.prove_text", "conditions.powers_text", "conditions.cooperate_text")
    for key in (*first, *second, *third, "exams.materials"):
        assert said(key, language) in page, key
    policy, _ = load_policy("cgptc")
    named = "zh" if language == "zh" else "en"
    shown = [row.words for rows in (policy.subjects, policy.levels, policy.uploads, policy.desks) for row in rows]
    for one in shown:
        assert getattr(one, named) in page


@pytest.mark.rule("INF-03")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scheme_with_a_commitment_shows_its_whole_notice_beforehand(stand: Stand, language: str) -> None:
    page = words(stand, f"/exams/{GUANGDONG}", language)
    policy, _ = load_policy("guangdong")
    assert policy.commitment
    text = load_commitment_text(policy.commitment.text)
    for told in text.notice:
        assert getattr(told.heading, language) in page
        assert re.sub(r"\s+", " ", getattr(told.words, language)).strip() in page
    assert text.hash in page


@pytest.mark.rule("INF-05")
def test_conditions_are_those_of_the_year_and_say_their_version(stand: Stand) -> None:
    for scheme, sitting in (("cgptc", LATER), ("guangdong", GUANGDONG)):
        policy, policy_hash = load_policy(scheme)
        page = words(stand, f"/exams/{sitting}")
        assert said("conditions.version", "en", year=policy.year, version=policy.version, hash=policy_hash) in page
        assert f"31 December {policy.year}" in page
    assert "Bachelor; a major of the groups Construction in general" in page
    assert "4 years of work; 3 years of it in the field" in page
    assert "Senior engineer (title in engineering or engineering economics); 10 years of work" in page


@pytest.mark.rule("INF-06")
def test_the_entry_named_for_a_scheme_is_named_on_its_page(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    here = words(stand, f"/exams/{LATER}")
    assert "You register in: Certification Registration Portal That is this site." in here
    assert "职业资格认证报名门户" in words(stand, f"/exams/{LATER}", "zh")
    from certification.portal.views import information
    from certification.rules.policy_information import Entry, Information
    from certification.rules.words import Words

    policy, policy_hash = load_policy("cgptc")
    elsewhere = Information(entry=Entry(words=Words(en="Elsewhere", zh="别处"), address="https://example.org/register"))
    monkeypatch.setattr(
        information, "load_policy", lambda _: (policy.model_copy(update={"information": elsewhere}), policy_hash)
    )
    answer = stand.cloud.request("GET", f"/en/exams/{LATER}", {}, b"").body.decode()
    assert '<a class="govuk-link" href="https://example.org/register">Elsewhere</a>' in answer


@pytest.mark.rule("INF-07")
def test_each_scheme_shows_its_own_order_of_steps(stand: Stand) -> None:
    page = words(stand, f"/exams/{LATER}")
    texts = [said(f"exams.step_{step}", "en") for step in load_policy("cgptc")[0].lanes["review"]]
    assert " ".join(texts) in page
    other = words(stand, f"/exams/{GUANGDONG}")
    for lane, steps in load_policy("guangdong")[0].lanes.items():
        assert (
            f"{said(f'exams.lane_{lane}', 'en')} {' '.join(said(f'exams.step_{step}', 'en') for step in steps)}"
            in other
        )
    assert "What this site shows you after signing in counts." in other


@pytest.mark.parametrize("scheme", schemes())
def test_every_step_of_every_scheme_has_words(scheme: str) -> None:
    for lane, steps in load_policy(scheme)[0].lanes.items():
        assert all(
            Translator("en").has(f"exams.{key}") for key in (f"lane_{lane}", *(f"step_{step}" for step in steps))
        )


@pytest.mark.rule("INF-08")
@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_is_warned_of_promises_of_a_pass(stand: Stand, language: str) -> None:
    for place, key in ((f"/exams/{LATER}", "exams.training"), ("/help", "about.help_training_text")):
        assert said(key, language) in words(stand, place, language)
        assert ("no training institution" if language == "en" else "未指定任何培训机构") in said(key, language)
    warning = words(stand, "/notices/integrity-warning", language)
    for text in (
        ("guaranteed pass", "prosecuted", "no training institution")
        if language == "en"
        else ("保过", "追究责任", "考培分开")
    ):
        assert text in warning


@pytest.mark.rule("INF-09")
def test_how_certificates_are_issued_stands_in_a_notice_and_on_the_exams_page(stand: Stand) -> None:
    notice = words(stand, "/notices/issuing-notice-cgptc-2026")
    assert "a sealed PDF on the page of the application" in notice
    page = words(stand, f"/exams/{LATER}")
    assert "How certificates of 2026 are issued" in page
    assert said("exams.certificate_direct", "en") in page
    assert said("exams.paper_prepaid_international", "en") in page
    assert "领证通知" in words(stand, f"/exams/{LATER}", "zh")


@pytest.mark.rule("INF-10")
@pytest.mark.parametrize("language", LANGUAGES)
def test_which_certificates_can_be_verified_is_listed(stand: Stand, language: str) -> None:
    page = words(stand, "/check/scope", language)
    for scheme in schemes():
        policy, _ = load_policy(scheme)
        named = [policy.title, *(row.words for row in policy.occupations), *(row.words for row in policy.levels)]
        for one in named:
            assert getattr(one, language) in page
    assert said("notices.kind_verification_scope", language) in page
    assert said("check.scope", language) in words(stand, "/check", language)


@pytest.mark.rule("INF-11")
def test_every_desk_says_how_to_reach_it_and_whether_it_answers_now(stand: Stand) -> None:
    page = words(stand, "/contacts")
    for scheme in schemes():
        for desk in load_policy(scheme)[0].desks:
            assert desk.words.en in page
            assert desk.email in page
            assert desk.phone is None or desk.phone in page
    assert "Working days 09:00–13:00, 14:00–18:00 (Hong Kong time)" in page
    assert "Answers now, until 1 September 2026, 13:00 (Hong Kong time)." in page
    stand.wait(timedelta(hours=3, minutes=59, seconds=59))
    assert "until 1 September 2026, 13:00 (Hong Kong time)" in words(stand, "/contacts")
    stand.wait(timedelta(seconds=1))
    assert "Closed now. Answers again from 1 September 2026, 14:00 (Hong Kong time)." in words(stand, "/contacts")
    assert desk_hidden(words(stand, f"/exams/{LATER}"))


def desk_hidden(page: str) -> bool:
    """An exam's page lists its own scheme's desks and no others."""
    return "admissions@cgptc.test" in page and "@guangdong" not in page


@pytest.mark.rule("INF-12")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_supported_browsers_are_named_and_how_old_ones_fail(stand: Stand, language: str) -> None:
    page = words(stand, "/browsers", language)
    for text in ("Chrome", "Edge", "Safari", "Firefox", "360", "Internet Explorer", "TLS 1.2", "JavaScript"):
        assert text in page
    assert "Sogou" in page if language == "en" else "搜狗" in page
    assert f'href="/{language}/browsers"' in stand.cloud.request("GET", f"/{language}/", {}, b"").body.decode()


@pytest.mark.rule("CHK-07")
def test_a_notice_of_checks_on_site_says_when_where_and_how(stand: Stand) -> None:
    text = (
        "kind: on_site_check\nscheme: guangdong\nyear: 2026\nregion: guangzhou\n"
        "title: {en: Checks on site in Guangzhou, zh: 广州现场核查公告}\ntext: {en: Bring originals., zh: 请携带原件。}\n"
        "on_site:\n  when: {en: '7 and 8 October, 09:00', zh: 10月7日至8日}\n"
        "  where: {en: 1 Sample Road, zh: 样本路1号}\n  how: {en: 'in person, without an appointment', zh: 本人现场办理}\n"
    )
    both(stand, text)
    page = words(stand, "/notices/on-site-check-guangdong-2026-in-guangzhou")
    assert "When 7 and 8 October, 09:00 Where 1 Sample Road How in person, without an appointment" in page
    assert "Constructor (Level 1) 2026 · Guangzhou" in page
    assert "Checks on site in Guangzhou" in words(stand, f"/exams/{GUANGDONG}")
    assert "Checks on site in Guangzhou" not in words(stand, f"/exams/{LATER}")


def test_a_notice_shows_its_history_and_old_versions_lead_to_the_new_one(stand: Stand) -> None:
    stand.wait(timedelta(seconds=1))
    text = (seed_text("warning")).replace("designated by us", "designated by anybody")
    both(stand, text)
    newest, first = words(stand, "/notices/integrity-warning"), words(stand, "/notices/integrity-warning/1")
    assert "designated by anybody" in newest
    assert "Another one took its place on 1 September 2026" in first
    assert "Another one took its place" not in newest
    proofs = set(re.findall(r"[0-9a-f]{64}", newest))
    assert len(proofs) == 2
    assert proofs == set(re.findall(r"[0-9a-f]{64}", first))
    for nobody in ("integrity-warning/3", "integrity-warning/x", "integrity-warning/0", "nothing"):
        words(stand, f"/notices/{nobody}", status=404)


def seed_text(name: str) -> str:
    return (announcing.FOLDER / f"{name}.yaml").read_text("utf-8")


def test_what_somebody_wrote_never_becomes_markup(stand: Stand) -> None:
    text = seed_text("warning").replace("no preparation", 'no "prep" & 3 < 4 onload=alert(1)')
    stand.wait(timedelta(seconds=1))
    both(stand, text)
    body = stand.cloud.request("GET", "/en/notices/integrity-warning", {}, b"").body.decode()
    assert "sell no &#34;prep&#34; &amp; 3 &lt; 4 onload=alert(1)" in body
    assert "<strong>guaranteed pass</strong>" in body


def test_every_kind_of_notice_has_a_name(stand: Stand) -> None:
    assert all(Translator("en").has(f"notices.kind_{kind}") for kind in NoticeKind)
    page = words(stand, "/notices")
    for kind in ("registration_notice", "annual_plan", "exam_notice", "issuing_notice", "integrity_warning"):
        assert said(f"notices.kind_{kind}", "en") in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notices_can_be_followed_by_a_feed(stand: Stand, language: str) -> None:
    answer = stand.cloud.request("GET", f"/{language}/notices/feed", {}, b"")
    headers = {name.lower(): value for name, value in answer.headers}
    assert headers["content-type"].startswith("application/atom+xml")
    assert headers["cache-control"] == "public, max-age=300"
    feed = ElementTree.fromstring(answer.body)
    entries = feed.findall(f"{{{NAMESPACE}}}entry")
    assert len(entries) == 7
    for entry in entries:
        address = entry.findtext(f"{{{NAMESPACE}}}id") or ""
        path = address.partition(f"/{language}/")[2]
        title = entry.findtext(f"{{{NAMESPACE}}}title") or ""
        assert title in words(stand, f"/{path}", language)
        assert datetime.fromisoformat(entry.findtext(f"{{{NAMESPACE}}}updated") or "").tzinfo


TOLD = {
    "cgptc": {"PHO-06", "ARR-07", "ARR-09", "EXA-01", "EXA-05"},
    "guangdong": {
        *("EDU-15", "COM-05", "COM-14", "PHO-06", "PHO-09", "PHO-11", "ARR-02", "ARR-03", "ARR-04", "TIC-02", "EXA-01"),
        *("EXA-02", "EXA-03", "EXA-05", "INT-04", "INT-05", "CER-04", "CER-05", "CER-10", "VFY-04", "MAI-01", "REI-09"),
    },
}


@pytest.mark.rule(
    "EDU-15", "COM-05", "COM-14", "PHO-06", "PHO-09", "PHO-11", "ARR-02", "ARR-03", "ARR-04", "ARR-07", "ARR-09"
)
@pytest.mark.rule("TIC-02", "EXA-01", "EXA-02", "EXA-03", "EXA-05", "INT-04", "INT-05", "CER-04", "CER-05", "CER-10")
@pytest.mark.rule("VFY-04", "MAI-01", "REI-09")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("scheme", "sitting"), [("cgptc", LATER), ("guangdong", GUANGDONG)])
def test_what_no_rule_can_do_for_a_candidate_is_told_on_the_exams_page(
    stand: Stand, scheme: str, sitting: str, language: str
) -> None:
    page = words(stand, f"/exams/{sitting}", language)
    policy, _ = load_policy(scheme)
    assert policy.information
    assert {rule for one in policy.information.told for rule in one.rules} == TOLD[scheme]
    for one in policy.information.told:
        assert getattr(one.words, language) in page
    for document in policy.exam_day.accepted_ids:
        assert getattr(document, language) in page
