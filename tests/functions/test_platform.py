"""Coming by an identity platform: believed only when everything fits, and then name and document are its word."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from certification.acts import applications, platform
from certification.acts.visits import Visit
from certification.cloud.tables.candidates import Candidate, candidates
from certification.cloud.tables.claims import claims
from certification.providers import http
from certification.providers.http import Reply
from certification.rules.errors import Refused
from local.simulators.platform import SWITCHES
from tests.functions.accounting import EMAIL, owner
from tests.functions.browser import Browser
from tests.functions.crowd import at_once, codes_of
from tests.functions.policy_folder import policies_in, shipped
from tests.functions.stand import SITTING, Stand

NOBODY = Visit()
FAILED = {"en": "did not end as it began", "zh": "统一身份认证未完成"}
SILENT = {"en": "The identity platform does not answer", "zh": "统一身份认证平台暂无响应"}


@pytest.fixture(scope="module", autouse=True)
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Our own scheme names the platform: one line of its file."""
    text = shipped("cgptc").replace("accounts:\n", "accounts:\n  identity_provider: provincial\n")
    with policies_in(tmp_path_factory.mktemp("policies"), cgptc=text):
        yield


@pytest.fixture(autouse=True)
def without_a_socket(monkeypatch: pytest.MonkeyPatch, stand: Stand) -> None:
    """Adapter and simulator speak on this thread."""

    def call(method: str, url: str, headers: Any = None, body: bytes | None = None) -> Reply:
        answer = stand.cloud.request(method, urlsplit(url).path, headers or {}, body or b"")
        return Reply(answer.status, {name.lower(): value for name, value in answer.headers}, answer.body)

    monkeypatch.setattr(http, "call", call)
    stand.cloud.simulators["platform"].control("clear", {})


class Person(Browser):
    """Somebody's browser, on the way over the platform."""

    def __init__(self, stand: Stand, session: str = "", language: str = "en") -> None:
        super().__init__(stand, None, language)
        if session:
            self.jar["__Host-session"] = session

    def leave(self) -> str:
        """To the platform by our button; gives what its page was asked with."""
        self.get("/sign-in/platform")
        found = re.search(r'action="authorize\?([^"]*)"', self.post("/sign-in/platform"))
        assert found, "the platform's page"
        return found[1]

    def choose(self, asked: str, person: str = "1") -> str:
        """Be this person there, and come back: the page that one ends on."""
        return self.elsewhere(f"/_local/platform/authorize?{asked}", person=person)

    def over_the_platform(self, person: str = "1") -> str:
        """There and back."""
        return self.choose(self.leave(), person)


def nothing_of_a_platform(before: Candidate) -> bool:
    """Whether the account is as it was, and nobody's identity is taken."""
    taken = [one for one in claims.everything() if one.key.startswith("platform:")]
    return candidates.read(before.id) == before and not taken


def at_platform(stand: Stand, address: str, person: str = "1") -> dict[str, str]:
    """Choose a person on the platform's page; gives what the browser comes back with."""
    parts = urlsplit(address)
    assert "SIMULATOR" in stand.cloud.request("GET", f"{parts.path}?{parts.query}").body.decode()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = stand.cloud.request("POST", f"{parts.path}?{parts.query}", kind, f"person={person}".encode())
    back = parse_qs(urlsplit(str(answer.header("location"))).query)
    return {"state": back["state"][0], "code": back["code"][0]}


def verified(stand: Stand, who: str | None, person: str = "1") -> str | None:
    """There and back."""
    away = platform.begin("provincial", "en", who)
    back = at_platform(stand, away.address, person)
    return platform.come_back(back["state"], away.state, back["code"], "en", who, NOBODY)


@pytest.mark.rule("ACC-12")
def test_an_exam_that_names_a_platform_takes_only_whom_it_verified(stand: Stand) -> None:
    session = owner(stand)
    who, person = stand.id_of(session), Person(stand, session)
    refused = stand.call("POST", "/api/candidate/applications", {"sitting": SITTING}, session=session)
    assert (refused.status, refused.code) == (422, "platform_needed")
    person.get(f"/exams/{SITTING}")
    assert "Go there from your account first" in person.post(f"/exams/{SITTING}/apply")
    assert "Not verified" in person.get("/account")
    assert "Verified by the identity platform" in person.over_the_platform()
    profile = stand.call("GET", "/api/candidate/profile", session=session).body
    assert (profile["native_name"], profile["id_number"], profile["identity"]) == (
        "陈样本",
        "440106199505170010",
        "passed",
    )
    begun = stand.call("POST", "/api/candidate/applications", {"sitting": SITTING}, session=session)
    lacking = {gap.field for gap in applications.missing(who, begun.body["reference"])}
    assert {"photo", "education"} <= lacking, "photo and education are added by the person"
    assert not {"full_name", "id_number", "date_of_birth", "identity"} & lacking


@pytest.mark.rule("ACC-12")
def test_whom_the_platform_verified_signs_in_by_it(stand: Stand) -> None:
    session = owner(stand)
    assert "No account was verified with this platform identity" in Person(stand).over_the_platform()
    Person(stand, session).over_the_platform()
    visitor = Person(stand)
    assert "Your applications" in visitor.over_the_platform()
    assert stand.id_of(visitor.jar["__Host-session"]) == stand.id_of(session)
    assert "No account was verified" in Person(stand).over_the_platform(person="2"), "another identity opens nothing"


@pytest.mark.rule("ACC-12")
@pytest.mark.parametrize(("switch", "language"), list(zip(sorted(SWITCHES), cycle(("en", "zh")), strict=False)))
def test_a_token_that_is_wrong_in_any_way_is_not_believed(stand: Stand, switch: str, language: str) -> None:
    session = owner(stand)
    before = candidates.read(stand.id_of(session))
    person = Person(stand, session, language)
    asked = person.leave()
    back = at_platform(stand, f"/_local/platform/authorize?{asked}")
    stand.cloud.simulators["platform"].control("switch", {"name": switch})
    page = person.get(f"/sign-in/platform/return?{urlencode(back)}")
    assert (SILENT if switch == "down" else FAILED)[language] in page
    stand.cloud.simulators["platform"].control("clear", {})
    assert FAILED[language] in person.get(f"/sign-in/platform/return?{urlencode(back)}"), "used up: begun again"
    assert nothing_of_a_platform(before)


@pytest.mark.rule("ACC-12")
def test_an_answer_counts_once_and_for_the_browser_that_went(stand: Stand) -> None:
    mine, theirs = owner(stand), owner(stand, "other@example.test", "+85251230002")
    before = candidates.read(stand.id_of(theirs))
    person, thief = Person(stand, mine), Person(stand, theirs)
    back = f"/sign-in/platform/return?{urlencode(at_platform(stand, f'/_local/platform/authorize?{person.leave()}'))}"
    thief.leave()
    for other in (thief, Person(stand, theirs), Person(stand)):
        assert FAILED["en"] in other.get(back), "another person's answer"
    assert nothing_of_a_platform(before)
    assert "Verified by the identity platform" in person.get(back)
    after = candidates.read(stand.id_of(mine))
    assert FAILED["en"] in person.get(back), "the same answer again"
    assert candidates.read(after.id) == after
    assert "Another account was verified with this platform identity" in thief.over_the_platform()
    assert candidates.read(before.id) == before


def test_only_the_browser_and_person_that_went_come_back_and_once(stand: Stand) -> None:
    who, other = (stand.id_of(stand.sign_in(email)) for email in (EMAIL, "other@example.test"))
    away = platform.begin("provincial", "en", who)
    back = at_platform(stand, away.address)
    for state, began, person in (
        (back["state"], "another", who),
        (back["state"], "", who),
        ("another", "another", who),
        (back["state"], away.state, other),
        (back["state"], away.state, None),
    ):
        with pytest.raises(Refused, match="platform_failed"):
            platform.come_back(state, began, back["code"], "en", person, NOBODY)
    platform.come_back(back["state"], away.state, back["code"], "en", who, NOBODY)
    with pytest.raises(Refused, match="platform_failed"):
        platform.come_back(back["state"], away.state, back["code"], "en", who, NOBODY)


def test_the_way_there_and_back_takes_ten_minutes_at_most(stand: Stand) -> None:
    who = stand.id_of(stand.sign_in(EMAIL))
    for seconds, fine in ((-1, True), (0, False)):
        away = platform.begin("provincial", "en", who)
        stand.wait(timedelta(minutes=10, seconds=seconds))
        back = at_platform(stand, away.address)
        if fine:
            platform.come_back(back["state"], away.state, back["code"], "en", who, NOBODY)
        else:
            with pytest.raises(Refused, match="platform_failed"):
                platform.come_back(back["state"], away.state, back["code"], "en", who, NOBODY)


def test_a_code_of_another_journey_is_not_redeemed(stand: Stand) -> None:
    """PKCE: the verifier of this journey does not fit the code of that one."""
    who = stand.id_of(stand.sign_in(EMAIL))
    first, second = (platform.begin("provincial", "en", who) for _ in range(2))
    stolen = at_platform(stand, first.address)
    back = at_platform(stand, second.address)
    with pytest.raises(Refused, match="platform_failed"):
        platform.come_back(back["state"], second.state, stolen["code"], "en", who, NOBODY)


@pytest.mark.rule("ACC-12")
def test_one_platform_identity_has_one_account_however_many_try_at_once(stand: Stand) -> None:
    people = [stand.id_of(stand.sign_in(f"person{number}@example.test")) for number in range(4)]
    ways = []
    for who in people:
        away = platform.begin("provincial", "en", who)
        ways.append((who, away.state, at_platform(stand, away.address)))

    def come(number: int) -> Any:
        who, state, back = ways[number]
        return platform.come_back(back["state"], state, back["code"], "en", who, NOBODY)

    outcomes = at_once(4, come)
    assert outcomes.count(None) == 1
    assert set(codes_of(outcomes)) <= {"platform_taken", "id_document_taken"}
    assert len([one for one in candidates.everything() if one.account.platform]) == 1


@pytest.mark.rule("ACC-12")
def test_what_the_platform_said_is_not_changed_here(stand: Stand) -> None:
    session = owner(stand)
    verified(stand, stand.id_of(session), person="2")
    details = {
        "native_name": "林示例",
        "latin_name": "LIN SHILI",
        "birth_date": "1990-01-01",
        "nationality": "CN",
        "id_kind": "home_return_permit",
        "id_number": "H1234567801",
    }
    put = "/api/candidate/profile/details"
    assert stand.call("PUT", put, details, session=session).status == 200, "the Latin name is the person's own"
    for change in ({"native_name": "陈样本"}, {"id_number": "H87654321"}, {"birth_date": "1990-01-02"}):
        assert stand.call("PUT", put, details | change, session=session).code == "from_platform"
