"""Coming by an identity platform: believed only when everything fits, and then name and document are its word."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from certification.acts import applications, platform
from certification.acts.visits import Visit
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.claims import claims
from certification.rules.errors import Refused
from local.simulators.platform import SWITCHES
from tests.functions.accounting import EMAIL, owner
from tests.functions.crowd import at_once, codes_of
from tests.functions.stand import SITTING, Stand
from tests.functions.test_account_pages import Visitor

NOBODY = Visit()


@pytest.fixture(autouse=True)
def wanted(monkeypatch: pytest.MonkeyPatch, _stand: Any) -> None:
    """Our own scheme asks for the platform, and adapter and simulator speak without a socket."""
    from certification.providers import http
    from certification.providers.http import Reply

    monkeypatch.setattr(platform, "needed_for", lambda _scheme: "provincial")
    stand = _stand[0]

    def call(method: str, url: str, headers: Any = None, body: bytes | None = None) -> Reply:
        answer = stand.cloud.request(method, urlsplit(url).path, headers or {}, body or b"")
        return Reply(answer.status, {name.lower(): value for name, value in answer.headers}, answer.body)

    monkeypatch.setattr(http, "call", call)
    stand.cloud.simulators["platform"].control("clear", {})


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
    who = stand.id_of(session)
    refused = stand.call("POST", "/api/candidate/applications", {"sitting": SITTING}, session=session)
    assert (refused.status, refused.code) == (422, "platform_needed")
    assert verified(stand, who) is None
    profile = stand.call("GET", "/api/candidate/profile", session=session).body
    assert (profile["native_name"], profile["id_number"], profile["identity"]) == (
        "陈样本",
        "440106199505170010",
        "passed",
    )
    assert stand.call("POST", "/api/candidate/applications", {"sitting": SITTING}, session=session).status == 200
    reference = stand.call("POST", "/api/candidate/applications", {"sitting": SITTING}, session=session).body[
        "reference"
    ]
    lacking = {gap.field for gap in applications.missing(who, reference)}
    assert {"photo", "education"} <= lacking, "photo and education are added by the person"
    assert not {"full_name", "id_number", "date_of_birth", "identity"} & lacking


@pytest.mark.rule("ACC-12")
def test_whom_the_platform_verified_signs_in_by_it(stand: Stand) -> None:
    who = stand.id_of(owner(stand))
    with pytest.raises(Refused, match="platform_unknown"):
        verified(stand, None)
    verified(stand, who)
    session = verified(stand, None)
    assert session is not None
    assert stand.id_of(session) == who


@pytest.mark.rule("ACC-12")
@pytest.mark.parametrize("switch", sorted(SWITCHES))
def test_a_token_that_is_wrong_in_any_way_is_not_believed(stand: Stand, switch: str) -> None:
    session = owner(stand)
    before = candidates.read(stand.id_of(session))
    away = platform.begin("provincial", "en", before.id)
    back = at_platform(stand, away.address)
    stand.cloud.simulators["platform"].control("switch", {"name": switch})
    with pytest.raises(Refused) as refusal:
        platform.come_back(back["state"], away.state, back["code"], "en", before.id, NOBODY)
    assert refusal.value.code == ("platform_silent" if switch == "down" else "platform_failed")
    assert candidates.read(before.id) == before
    assert not [one for one in claims.everything() if one.key.startswith("platform:")]


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


def test_the_way_is_walked_on_pages(stand: Stand) -> None:
    session = owner(stand)
    visitor = Visitor(stand, session=session).get("/account")
    assert "Not verified" in visitor.body
    visitor.get("/sign-in/platform")
    assert "Go to the platform" in visitor.body
    away = platform.begin("provincial", "en", stand.id_of(session))
    back = at_platform(stand, away.address)
    visitor.cookies["__Host-platform"] = away.state
    visitor.get(f"/sign-in/platform/return?code={back['code']}&state={back['state']}")
    assert visitor.path == "/en/account"
    assert "Verified by the identity platform" in visitor.body
    stranger = Visitor(stand).get("/sign-in/platform/return?code=x&state=y")
    assert (stranger.status, "did not end as it began" in stranger.body) == (409, True)
