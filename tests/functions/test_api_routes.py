"""Who may call what: every route, asked by its owner, by another person, by nobody, and by the other kind of account.

The table is complete: it names exactly the routes that the code and the document have. A row is a route with a body
that would do something, so that a wrong yes would show.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from local.candidate import ApiCandidate
from tests.functions.stand import OFFICER, REVIEWER, SITTING, Answer, Saved, Stand, document, stand_on

DETAILS = {
    "native_name": "李样本",
    "latin_name": "LI YANGBEN",
    "birth_date": "1990-02-28",
    "nationality": "CN",
    "id_kind": "passport",
    "id_number": "SAMPLE9999",
}
CHOICE = {"occupation": "ai_trainer", "level": "4", "form": "onsite"}
PROOF = {"challenge": "unknown-challenge", "code": "123456"}


ENTRY = {
    "institution": "Sample University",
    "country": "HK",
    "level": "master",
    "full_time": False,
    "major": "Sample",
    "began": "2018-09-01",
    "graduated": "2020-07-01",
}
OTHER_ENTRY = ENTRY | {"level": "doctor"}
FREE_PERSON = {
    "name": "LI YANGBEN",
    "birth_date": "1990-02-28",
    "id_kind": "passport",
    "id_number": "SAMPLE8888",
    "id_country": "CN",
    "note": "My old mailbox is closed.",
}
TEXT_HASH = "0" * 64


class Row(NamedTuple):
    """`own` is what the owner gets. `names`: the path names something of the owner's, so others must not find it."""

    method: str
    path: str
    own: int = 200
    body: Any = None
    names: bool = False


APPLICATION = "/api/candidate/applications/{reference}"
CANDIDATES = (
    Row("GET", "/api/candidate/profile"),
    Row("PUT", "/api/candidate/profile/details", 200, DETAILS),
    Row("PUT", "/api/candidate/profile/contact", 200, {"address": "2 Sample Road", "language": "zh"}),
    Row("GET", "/api/candidate/education"),
    Row("POST", "/api/candidate/education", 200, OTHER_ENTRY),
    Row("PUT", "/api/candidate/education/{number}", 200, ENTRY),
    Row("POST", "/api/candidate/without-degree", 422),
    Row("PUT", "/api/candidate/profile/work", 200, {"jobs": []}),
    Row("POST", "/api/candidate/phone-code", 200, {"phone": "+852 5199 9999"}),
    Row("POST", "/api/candidate/phone", 422, PROOF),
    Row("POST", "/api/candidate/uploads/{kind}"),
    Row("POST", "/api/candidate/uploads/{kind}/accept"),
    Row("GET", "/api/candidate/uploads/{kind}"),
    Row("POST", "/api/candidate/applications", 200, {"sitting": SITTING}),
    Row("GET", "/api/candidate/applications"),
    Row("GET", APPLICATION, names=True),
    Row("GET", f"{APPLICATION}/eligibility", names=True),
    Row("PUT", f"{APPLICATION}/choice", 200, CHOICE, names=True),
    Row("POST", f"{APPLICATION}/confirm", names=True),
    Row("POST", f"{APPLICATION}/withdraw", names=True),
    Row("GET", f"{APPLICATION}/order", 422, names=True),
    Row("POST", f"{APPLICATION}/payment", 422, names=True),
    Row("POST", f"{APPLICATION}/payment/check", 422, names=True),
    Row("GET", f"{APPLICATION}/payment/code", 404, names=True),
    Row("GET", f"{APPLICATION}/transfer", 422, names=True),
    Row("POST", f"{APPLICATION}/transfer", 422, names=True),
    Row("POST", f"{APPLICATION}/transfer/sent", 422, names=True),
    Row(
        "POST",
        f"{APPLICATION}/refund-account",
        422,
        {"holder": "CHEN YANGBEN", "number": "012-345678-902", "bank": "SAMPHKHH"},
        names=True,
    ),
    Row("GET", f"{APPLICATION}/documents/{{kind}}", 422, names=True),
    Row("GET", f"{APPLICATION}/receipts/{{receipt}}", 404, names=True),
    Row("GET", "/api/candidate/messages"),
    Row("GET", "/api/candidate/payments"),
    Row("GET", f"{APPLICATION}/called-off", names=True),
    Row("POST", f"{APPLICATION}/called-off", 422, {"choice": "full_refund"}, names=True),
    Row("GET", f"{APPLICATION}/timeline", names=True),
    Row("GET", f"{APPLICATION}/corrections", names=True),
    Row("POST", f"{APPLICATION}/corrections", 422, {"fields": {"full_name": "样本"}}, names=True),
    Row("POST", f"{APPLICATION}/corrections/education", 422, {"entry": ENTRY, "number": 1}, names=True),
    Row("POST", f"{APPLICATION}/corrections/work", 422, {"work": {"jobs": []}}, names=True),
    Row("GET", f"{APPLICATION}/hearing", names=True),
    Row("POST", f"{APPLICATION}/hearing", 422, {"text": "It was a slip."}, names=True),
    Row("POST", f"{APPLICATION}/appeal", 422, {"text": "Look again."}, names=True),
    Row("POST", "/api/candidate/photo/fix", 422, {"step": "turn_left"}),
    Row("GET", f"{APPLICATION}/commitment", 422, names=True),
    Row(
        "PUT",
        f"{APPLICATION}/commitment/choice",
        422,
        {"commits": False, "notice": TEXT_HASH, "language": "en"},
        names=True,
    ),
    Row("POST", f"{APPLICATION}/commitment/notice", 422, {"notice": TEXT_HASH, "language": "en"}, names=True),
    Row("POST", f"{APPLICATION}/commitment/code", 422, names=True),
    Row("POST", f"{APPLICATION}/commitment/signature", 422, PROOF | {"statements": [1, 2, 3, 4]}, names=True),
    Row("POST", f"{APPLICATION}/commitment/decline", 422, names=True),
    Row("POST", f"{APPLICATION}/commitment/withdrawal", 422, names=True),
    Row("POST", f"{APPLICATION}/proofs", 422, names=True),
    Row("POST", f"{APPLICATION}/check", 422, names=True),
    Row("PUT", f"{APPLICATION}/provisional", 422, {"later": True}, names=True),
    Row("POST", f"{APPLICATION}/report", 422, names=True),
    Row("GET", f"{APPLICATION}/on-site", 422, names=True),
    Row("POST", f"{APPLICATION}/on-site", 422, {"starts": "2026-10-01T01:00:00+00:00"}, names=True),
    Row("POST", f"{APPLICATION}/on-site/cancel", 422, names=True),
    Row("GET", "/api/candidate/account"),
    Row("DELETE", "/api/candidate/account/sessions/{name}", names=True),
    Row("POST", "/api/candidate/account/sessions/end-others"),
    Row("POST", "/api/candidate/account/confirmation-code", 200, {"changing": "phone"}),
    Row("POST", "/api/candidate/account/email-code", 200, {"email": "changed@example.test"}),
    Row("POST", "/api/candidate/account/email", 422, PROOF),
    Row("PUT", "/api/candidate/account/reserved-answer", 422, {"question": "first_teacher", "answer": "Sample"}),
    Row("GET", "/api/candidate/account/name"),
    Row("POST", "/api/candidate/account/name", 200, {"description": "A horse over a dragon", "spelling": ""}),
    Row("POST", "/api/candidate/account/help/phone", 422, PROOF | {"note": "It is mine."}),
    Row("POST", "/api/candidate/account/help/account", 200, FREE_PERSON),
    Row("GET", "/api/candidate/account/help/{case}", names=True),
    Row("POST", "/api/candidate/account/requests/{case}/no", names=True),
    Row("GET", "/api/candidate/account/texts/{name}"),
    Row("PUT", "/api/candidate/account/texts/{name}", 422, {"text_version": "1999.1"}),
)


class StaffRow(NamedTuple):
    """`roles` may call it; whoever else is on the staff gets 403, or 404 where `desk` decides."""

    method: str
    path: str
    roles: tuple[str, ...] = ("reviewer", "officer")
    own: int = 200
    body: Any = None
    desk: bool = False


STAFF = (
    StaffRow("GET", "/api/staff/cases"),
    StaffRow("POST", "/api/staff/cases/next", ("reviewer",)),
    StaffRow("GET", "/api/staff/cases/{case}", ("reviewer",), desk=True),
    StaffRow("POST", "/api/staff/cases/{case}/decision", ("reviewer",), 200, {"verdict": "approve"}),
    StaffRow("POST", "/api/staff/cases/{case}/keep", ("reviewer",)),
    StaffRow("POST", "/api/staff/cases/{case}/give-back", ("reviewer",)),
    StaffRow("POST", "/api/staff/cases/{case}/second", ("reviewer",), 422, {"proposal": 1, "agree": True}),
    StaffRow("POST", "/api/staff/cases/{case}/take-back", ("reviewer",), 422, {"proposal": 1, "why": "."}),
    StaffRow("POST", "/api/staff/applications/{reference}/hearing", ("reviewer",), 422, {"ground": "false_statement"}),
    StaffRow("POST", "/api/staff/cases/{case}/received", ("reviewer",), 404),
    StaffRow("POST", "/api/staff/applications/{reference}/check", ("reviewer",), 422, {"why": "A sample."}),
    StaffRow("GET", "/api/staff/books", ("reviewer",), desk=True),
    StaffRow("GET", "/api/staff/books/days/{stream}/{day}", ("reviewer",), 404, desk=True),
    StaffRow("GET", "/api/staff/books/days/{stream}/{day}/signed", ("reviewer",), 404, desk=True),
    StaffRow("GET", "/api/staff/books/months/{month}/{form}", ("reviewer",), 404, desk=True),
    StaffRow("GET", "/api/staff/refunds"),
    StaffRow("GET", "/api/staff/refunds/{refund}", ("reviewer",), 404, desk=True),
    StaffRow("POST", "/api/staff/refunds/{refund}/retry", ("reviewer",), 404),
    StaffRow("POST", "/api/staff/refunds/{refund}/by-hand", ("reviewer",), 404, {"reason": "A sample."}),
    StaffRow("GET", "/api/staff/payments/{payment}/refunds", ("reviewer",), 404, desk=True),
    StaffRow(
        "POST",
        "/api/staff/payments/{payment}/refunds",
        ("reviewer",),
        404,
        {"capture": "CAP#pi_1", "amount": "1.00", "reason": "A sample."},
    ),
    StaffRow("GET", "/api/staff/sittings"),
    StaffRow("POST", "/api/staff/sittings/{sitting}/release", ("officer",), 422),
    StaffRow(
        "POST",
        "/api/staff/sittings/{sitting}/call-off",
        ("officer",),
        422,
        {"why_en": "A sample.", "why_zh": "样本。", "instead": ["nowhere"]},
    ),
    StaffRow("GET", "/api/staff/sittings/{sitting}/replays", ("officer",)),
    StaffRow("POST", "/api/staff/files/sittings", ("officer",)),
    StaffRow("POST", "/api/staff/files/decisions/{scheme}", ("reviewer",)),
    StaffRow("POST", "/api/staff/files/marks/{sitting}", ("officer",)),
    StaffRow("POST", "/api/staff/files/notices", ("officer",)),
    StaffRow("POST", "/api/staff/files/integrity/{scheme}", ("officer",)),
    StaffRow("POST", "/api/staff/files/statements/{scheme}", ("reviewer",)),
    StaffRow("GET", "/api/staff/files/transfers"),
    StaffRow("GET", "/api/staff/files/transfers/{scheme}/{message}", ("reviewer",), 404, desk=True),
    StaffRow("GET", f"/api/staff/files/report?key=sittings/{SITTING}.json", ("officer",), desk=True),
)
PUBLIC = {
    ("POST", "/api/account/email-code"),
    ("POST", "/api/account/session"),
    ("POST", "/api/account/staff-code"),
    ("POST", "/api/account/staff-session"),
    ("DELETE", "/api/account/session"),
    ("POST", "/api/account/recovery/code"),
    ("POST", "/api/account/recovery/proof"),
    ("POST", "/api/account/recovery/answer"),
    ("POST", "/api/account/look-up"),
    ("POST", "/api/account/reports"),
    ("GET", "/api/account/sittings"),
    ("POST", "/api/account/eligibility"),
    ("GET", "/api/certificates/{number}"),
}


class World(NamedTuple):
    """An applicant with a complete draft, another candidate, staff, and a review that waits.

    The applicant asked a desk for an account (`asked`), and the other one for the applicant's (`against`).
    """

    stand: Stand
    saved: Saved
    owner: ApiCandidate
    other: str
    staff: dict[str, str]
    case: str
    asked: str
    against: str

    def address(self, path: str) -> str:
        from certification.acts.sessions import NAME_LENGTH, fingerprint

        kind = "ticket" if "documents" in path else "photo"
        name = "registration_agreement" if "/texts/" in path else fingerprint(self.owner.session)[:NAME_LENGTH]
        case = self.asked if "/help/" in path else self.against if "/requests/" in path else self.case
        names = {"reference": self.owner.reference, "kind": kind, "case": case, "name": name, "sitting": SITTING}
        query = "?scheme=cgptc" if "/uploads/" in path or path.endswith("/photo/fix") else ""
        made_up = {"message": "RFB-CGPTC-000001", "refund": "RFD-0123456789AB", "payment": "PAY-0123456789ab"}
        made_up |= {"stream": "card", "day": "2026-09-01", "month": "2026-09", "form": "csv"}
        made_up |= {"receipt": "R26-CGPTC-000001A"}
        return path.format(**names, **made_up, scheme="cgptc", number=1) + query

    def call(self, row: Row | StaffRow, session: str | None = None) -> Answer:
        return self.stand.call(row.method, self.address(row.path), row.body, session=session)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with stand_on() as stand:
        waiting = stand.in_review()
        owner, other = stand.applicant(), stand.candidate()
        staff = {"reviewer": stand.sign_in_staff(REVIEWER), "officer": stand.sign_in_staff(OFFICER)}
        asked = ask_for_account(stand, owner.session, FREE_PERSON | {"id_number": "SAMPLE7777"})
        against = ask_for_account(stand, other.session, of_profile(stand, owner.session))
        yield World(stand, stand.save(), owner, other.session, staff, stand.case_of(waiting), asked, against)


def ask_for_account(stand: Stand, session: str, described: dict[str, str]) -> str:
    """The case in which somebody asks a desk for the account of a person."""
    answer = stand.call("POST", "/api/candidate/account/help/account", described, session=session)
    return str(answer.body["case"])


def of_profile(stand: Stand, session: str) -> dict[str, str]:
    """What somebody says who describes the holder of an account rightly."""
    profile = stand.call("GET", "/api/candidate/profile", session=session).body
    described = {name: profile[name] for name in ("birth_date", "id_kind", "id_number")}
    return described | {
        "id_country": profile["nationality"],
        "name": profile["native_name"],
        "note": "My old mailbox is closed.",
    }


@pytest.fixture(autouse=True)
def _fresh(world: World) -> None:
    world.stand.restore(world.saved)


def without_query(row: Row | StaffRow) -> tuple[str, str]:
    return row.method, row.path.split("?")[0]


def test_the_table_names_every_route_there_is() -> None:
    from certification.api import candidates_door, staff_door

    coded = {
        (method, path.replace("<", "{").replace(">", "}"))
        for part in (*candidates_door.PARTS, *staff_door.PARTS)
        for method, path in part.listed
    }
    announced = {(method.upper(), path) for path, operations in document()["paths"].items() for method in operations}
    table = {without_query(row) for row in (*CANDIDATES, *STAFF)} | PUBLIC
    assert table == announced
    assert table == coded | {("GET", "/api/certificates/{number}")}


def test_the_document_asks_for_a_session_where_the_template_does(world: World) -> None:
    open_prefixes = [
        route.path.removesuffix("{proxy+}").removesuffix("{number}")
        for route in world.stand.cloud.stack.routes
        if route.path.startswith("/api/") and route.authorizer is None
    ]
    for path, operations in document()["paths"].items():
        public = path.startswith(tuple(open_prefixes))
        assert all(bool(operation.get("security")) is not public for operation in operations.values()), path


@pytest.mark.parametrize("row", CANDIDATES, ids=lambda row: f"{row.method} {row.path}")
def test_a_candidates_route_answers_its_owner_and_nobody_else(world: World, row: Row) -> None:
    assert world.call(row).status == 401
    assert world.call(row, "no-such-session").status == 403
    for session in world.staff.values():
        assert world.call(row, session).status == 403
    if row.names:
        assert (world.call(row, world.other).status, world.call(row, world.other).code) == (404, "not_found")
    assert world.call(row, world.owner.session).status == row.own
    assert not world.stand.cloud.invoker.failures


@pytest.mark.parametrize("row", STAFF, ids=lambda row: f"{row.method} {row.path.split('?')[0]}")
def test_a_staff_route_answers_the_roles_it_is_for_and_nobody_else(world: World, row: StaffRow) -> None:
    assert world.call(row).status == 401
    assert world.call(row, "no-such-session").status == 403
    assert world.call(row, world.owner.session).status == 403
    for role, session in world.staff.items():
        if role not in row.roles:
            assert world.call(row, session).status == (404 if row.desk else 403), role
    for role in row.roles:
        assert world.call(row, world.staff[role]).status == row.own, role
    assert not world.stand.cloud.invoker.failures


def forged(world: World, row: Row | StaffRow, context: Any, bearer: str | None) -> int:
    """The status of a request that reaches the function past the authorizer, or with a context nobody gave."""
    function = "registration_api" if row.path.startswith("/api/candidate") else "review_api"
    path, _, query = world.address(row.path).partition("?")
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "queryStringParameters": dict([query.split("=")]) if query else {},
        "headers": {"authorization": f"Bearer {bearer}"} if bearer else {},
        "requestContext": {"http": {"method": row.method, "path": path}, "stage": "$default"},
    }
    if context is not None:
        event["requestContext"]["authorizer"] = {"lambda": context}
    if row.body is not None:
        event |= {"body": json.dumps(row.body)}
        event["headers"]["content-type"] = "application/json"
    return int(world.stand.cloud.invoke(f"assay-{function}", event)["statusCode"])


@pytest.mark.parametrize("row", [*CANDIDATES, *STAFF], ids=lambda row: f"{row.method} {row.path.split('?')[0]}")
def test_a_function_believes_no_context_without_the_session_behind_it(world: World, row: Row | StaffRow) -> None:
    stand = world.stand
    kind = "candidate" if row.path.startswith("/api/candidate") else "staff"
    subject = stand.id_of(world.owner.session) if kind == "candidate" else "STF-reviewer"
    genuine = world.owner.session if kind == "candidate" else world.staff["reviewer"]
    for context, bearer, expected in (
        (None, genuine, 401),
        ({}, genuine, 401),
        ({"kind": kind}, genuine, 401),
        ({"kind": kind, "subject": subject}, None, 401),
        ({"kind": kind, "subject": subject}, "no-such-session", 401),
        ({"kind": kind, "subject": subject}, world.other, 403),
        ({"kind": kind, "subject": "somebody-else"}, genuine, 403),
        ({"kind": "staff" if kind == "candidate" else "candidate", "subject": subject}, genuine, 403),
    ):
        assert forged(world, row, context, bearer) == expected, (context, bearer)


def test_who_leaves_the_staff_is_refused_at_once(world: World) -> None:
    from certification.cloud.tables.staff import staff
    from certification.cloud.transaction import commit

    session = world.staff["reviewer"]
    assert world.call(STAFF[0], session).status == 200
    commit([staff.delete(staff.read("STF-reviewer"))])
    assert world.call(STAFF[0], session).status == 403


def test_who_loses_a_role_is_refused_at_once(world: World) -> None:
    from certification.cloud.tables.staff import staff
    from certification.cloud.transaction import commit

    member = staff.read("STF-reviewer")
    commit([staff.update(member.changed(roles=("results_officer",)))])
    assert world.call(STAFF[1], world.staff["reviewer"]).status == 403


def test_a_reviewer_of_another_desk_does_not_find_the_case(world: World) -> None:
    from certification.cloud.tables.staff import staff
    from certification.cloud.transaction import commit

    commit([staff.update(staff.read("STF-reviewer").changed(desks=("finance",)))])
    session = world.staff["reviewer"]
    assert world.call(STAFF[0], session).body == {"cases": [], "page": 1, "pages": 1}
    assert world.call(STAFF[1], session).body == {"case": None}
    for row in (STAFF[2], STAFF[3]):
        assert world.call(row, session).status == 404
