"""Forms that are not what they should be: each gets a page that names the field and what to do, and changes nothing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from moto.backends import get_backend

from certification.portal import guard
from certification.portal.requests import Visitor
from certification.portal.routes import FILES, ROUTES
from local.candidate import ApiCandidate
from local.stack import ACCOUNT, REGION
from local.staff import ApiStaff
from tests.functions import committing, on_site
from tests.functions.page_table import APPLY, ROWS, Row, Typed
from tests.functions.stand import OFFICER, REVIEWER, SECOND, SITTING, Saved, Stand, stand_on

FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
UNSEEN = {"status": "paid\u202e", "candidate": "CAN-nobody", "policy_hash": "CAN-nobody\x00"}
"""Fields that no form has, some with what nobody sees: sent along with every mistake."""
WRONG = {
    "text": "x" * 5000,
    "choice": "nonsense",
    "date": "32",
    "code": "12345x",
    "tick": "on",
}


@dataclass
class Person:
    """Somebody's browser: the cookies it has, and whose pages it looks at."""

    stand: Stand
    kind: str
    jar: dict[str, str] = field(default_factory=lambda: {guard.VISIT: "visit"})
    names: dict[str, str] = field(default_factory=dict)

    def send(
        self, path: str, fields: Mapping[str, Any], language: str = "en", token: str | None = None, **headers: str
    ) -> "Shown":
        """One form, with the token of our own page unless another is given."""
        own = guard.form_token(Visitor(session=self.jar.get(guard.SESSION), visit=self.jar.get(guard.VISIT)))
        sent = {**fields, "token": own if token is None else token}
        cookies = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        answer = self.stand.cloud.request(
            "POST",
            f"/{language}{path.format_map(self.names)}",
            {**FORM, "cookie": cookies, **{name.replace("_", "-"): value for name, value in headers.items()}},
            urlencode(sent, doseq=True).encode(),
        )
        for name, value in answer.headers:
            if name.lower() == "set-cookie" and "Max-Age=0" not in value:
                key, _, rest = value.partition("=")
                self.jar[key] = rest.split(";")[0]
        return Shown(answer.status, unescape(answer.body.decode()), answer.header("location") or "", language)

    def hidden(self, path: str) -> dict[str, str]:
        """What the page at an address sends along by itself."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        answer = self.stand.cloud.request("GET", f"/en{path.format_map(self.names)}", {"cookie": cookies}, b"")
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.body.decode())
        return {name: value for name, value in found if name != "token"}

    def without(self, cookie: str) -> "Person":
        return Person(self.stand, self.kind, {**self.jar, cookie: "ended"}, self.names)


@dataclass(frozen=True)
class Shown:
    """The page that came back."""

    status: int
    body: str
    location: str
    language: str

    @property
    def mistakes(self) -> dict[str, str]:
        """What the summary on top of the page leads to, and its words."""
        return dict(re.findall(r'<a href="#([^"]+)">([^<]+)</a>', self.body))


@dataclass
class World:
    """People at every stage that a form belongs to."""

    stand: Stand
    people: dict[str, Person]
    stranger: Person
    saved: Saved

    def rows(self) -> dict[str, list[Any]]:
        """Every row there is, looked at where it lies. Codes are left out: wrong ones are counted."""
        tables = get_backend("dynamodb")[ACCOUNT][REGION].tables
        return {
            name: [{key: one.value for key, one in item.attrs.items()} for item in table.all_items()]
            for name, table in tables.items()
            if not name.endswith("-Codes")
        }


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with stand_on() as stand:
        committing.publish(stand)
        on_site.publish(stand)
        mainland, mixed = committing.People(stand), on_site.Unverified(stand)
        rejected = stand.in_review()
        stand.decide(rejected, "reject", reasons=["something_else"], note="A sample.")
        ApiStaff(stand.cloud, SECOND).awake().second(stand.case_of(rejected))
        checked = mainland.signed()
        checked.pay()
        stand.cloud.settle()
        desk, address = mainland.staff(), f"/api/staff/applications/{checked.reference}"
        desk.call("POST", f"{address}/check", {"why": "A sample."})
        desk.call("POST", f"{address}/hearing", {"ground": "false_statement"})
        stages = {
            "draft": stand.applicant(),
            "review": stand.in_review(),
            "pay": stand.to_pay(),
            "rejected": rejected,
            "checked": checked,
            "mainland": mainland.draft(commits=None),
            "signing": mainland.confirmed(),
            "proofs": mainland.confirmed(commits=False),
            "signed": mainland.signed(),
            "on site": mixed.confirmed(),
        }
        people = {name: of_candidate(stand, one) for name, one in stages.items()}
        case = stand.case_of(stages["review"])
        for name, email in (("reviewer", REVIEWER), ("officer", OFFICER)):
            people[name] = Person(stand, "staff", {guard.SESSION: stand.sign_in_staff(email)}, NAMES | {"case": case})
        people["nobody"] = Person(stand, "nobody", names=NAMES)
        stranger = of_candidate(stand, stand.candidate())
        yield World(stand, people, stranger, stand.save())


NAMES = {
    "sitting": SITTING,
    "case": "CASE-0123456789AB",
    "name": "0123456789abcdef",
    "number": "1",
    "kind": "photo",
    "refund": "RFD-0123456789AB",
    "payment": "PAY-0123456789ab",
    "notice": "nothing",
    "reference": "APP-2026-123456789A",
}


def of_candidate(stand: Stand, candidate: ApiCandidate) -> Person:
    jar = {guard.SESSION: candidate.awake().session}
    return Person(stand, "candidate", jar, NAMES | {"reference": candidate.reference or NAMES["reference"]})


def test_the_table_has_every_form_there_is() -> None:
    posts = {route.path for route in ROUTES if route.method == "POST"}
    listed = {row.path.replace("{kind}", kind) for row in ROWS for kind in (FILES if "{kind}" in row.path else ("",))}
    assert listed == posts


def bad(name: str, typed: Typed) -> Iterator[dict[str, str]]:
    """What may be sent in place of one field: nothing but spaces, and something that it does not take."""
    parts, wrong = [f"{name}_{part}" for part in ("day", "month", "year")], WRONG.get(typed.kind)
    if typed.needed:
        yield dict.fromkeys(parts, " ") if typed.kind == "date" else {name: "  "}
    if wrong and (typed.needed or typed.kind != "choice"):
        yield dict(zip(parts, (wrong, "1", "1990"), strict=True)) if typed.kind == "date" else {name: wrong}


def as_sent(fields: Mapping[str, Typed]) -> dict[str, Any]:
    """The fields as a browser sends them."""
    sent: dict[str, Any] = {}
    for name, typed in fields.items():
        if typed.kind == "date":
            sent |= dict(zip((f"{name}_year", f"{name}_month", f"{name}_day"), typed.sound.split("-"), strict=True))
        else:
            sent[name] = typed.sound.split(" ") if name == "statements" else typed.sound
    return sent


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.path)
def test_a_mistake_is_answered_beside_its_field_and_nothing_changes(world: World, row: Row) -> None:
    person = world.people[row.who]
    flow = led(person, row)
    before = world.rows()
    for name, typed in row.fields.items():
        others = as_sent({key: value for key, value in row.fields.items() if key != name})
        for replaced in bad(name, typed):
            sent = {**UNSEEN, **others, **replaced, **flow}
            shown = person.send(row.path, sent)
            assert (shown.status, name in shown.mistakes) == (422, True), (name, replaced, shown.mistakes)
            assert "\u202e" not in shown.body
            assert "\x00" not in shown.body
        if list(bad(name, typed)):
            said = person.send(row.path, sent, "zh").mistakes[name]
            assert re.search(r"[\u4e00-\u9fff]", said), "in both languages"
    assert world.rows() == before
    if row.before:
        world.stand.restore(world.saved)


def led(person: Person, row: Row) -> dict[str, str]:
    """Through the form before; gives the flow that this one belongs to."""
    if row.before is None:
        return {}
    path, fields = row.before
    sent = {name: value.split(" ") if name == "statements" else value for name, value in fields.items()}
    shown = person.send(path, {**person.hidden(path), **sent})
    assert shown.status == 303, (shown.status, shown.mistakes)
    return {"flow": shown.location.partition("flow=")[2]}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.path)
def test_a_form_that_is_not_from_our_page_or_not_ones_own_changes_nothing(world: World, row: Row) -> None:
    person, fields = world.people[row.who], as_sent(row.fields)
    before = world.rows()
    strange = guard.form_token(Visitor(session="another", visit="another"))
    for token in ("", "é", "00" * 32, strange):
        assert person.send(row.path, fields, token=token).status == 403
    for headers in ({"sec_fetch_site": "cross-site"}, {"origin": "https://example.org"}, {"content_type": "text/json"}):
        assert person.send(row.path, fields, **headers).status == 403
    if person.kind != "nobody" and row.path != "/sign-out":
        door = "/en/staff/sign-in?" if person.kind == "staff" else "/en/sign-in?"
        ended = person.without(guard.SESSION).send(row.path, fields)
        assert (ended.status, ended.location.startswith(door), "ended=1" in ended.location) == (303, True, True)
        other = world.people["reviewer" if person.kind == "candidate" else "draft"]
        shown = Person(world.stand, other.kind, other.jar, person.names).send(row.path, fields)
        assert (shown.status, shown.location.startswith(door)) == (303, True), "for people of the other kind"
    if APPLY in row.path:
        thief = Person(world.stand, "candidate", world.stranger.jar, person.names)
        shown = thief.send(row.path, fields)
        assert shown.status in ((303, 404) if row.before else (404,)), "somebody else's looks like none"
    assert world.rows() == before


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.path)
def test_a_form_sent_twice_counts_once(world: World, row: Row) -> None:
    person = world.people[row.who]
    person = Person(world.stand, person.kind, dict(person.jar), person.names)
    flow, before = led(person, row), world.rows()
    sent = {**UNSEEN, **person.hidden(row.path), **as_sent(row.fields), **flow}
    first = person.send(row.path, sent)
    once = world.rows()
    assert first.status in ((303, 200) if once != before else (200, 303, 404, 409, 422)), first
    second = person.send(row.path, sent)
    assert second.status in (200, 303, 403, 404, 409, 422)
    twice = world.rows()
    assert {name: len(rows) for name, rows in twice.items()} == {name: len(rows) for name, rows in once.items()}
    assert row.again or not [name for name in twice if twice[name] != once[name]]
    assert "CAN-nobody" not in str(once)
    world.stand.restore(world.saved)
