"""A commitment that proves false: two people declare void what rests on it, whenever it is found."""

from datetime import date, timedelta

import pytest

from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.cases import cases
from certification.cloud.tables.certificates import Certificate, certificates
from certification.cloud.transaction import commit
from certification.policies import load_policy
from certification.rules.numbers import certificate_number
from local import seed
from local.staff import ApiStaff
from tests.functions.committing import People, publish, row
from tests.functions.stand import Stand
from tests.functions.test_supervision import answer, ask, registered

DESKS = tuple(desk.code for desk in load_policy("guangdong")[0].desks)


@pytest.fixture
def people(stand: Stand) -> People:
    """A stand with the sitting of Guangdong."""
    publish(stand)
    return People(stand)


@pytest.mark.rule("COM-15", "CHK-04")
@pytest.mark.parametrize("found", ["registered", "awaiting_result", "certified"])
def test_before_or_after_the_exam_a_false_commitment_voids_registration_scores_and_certificate(
    stand: Stand, people: People, found: str
) -> None:
    candidate = registered(stand, people)
    number = certified(row(candidate)) if found == "certified" else None
    late = row(candidate).changed(status=found, certificate=number)
    commit([applications.update(late)])
    case = ask(people, candidate)["case"]
    answer(people, candidate)
    people.decide(candidate, "reject", case, note="The certificate is not genuine.")
    hearing = row(candidate).open_cases[0].reference
    assert cases.read(hearing).facts == {"ground": "false_statement", "check": case}
    assert "VoidHearingOpened" in [message["name"] for message in candidate.messages()]
    candidate.call("POST", f"/api/candidate/applications/{candidate.reference}/hearing", {"text": "It is."})
    people.decide(candidate, "approve", hearing)
    if number:
        assert stand.call("GET", f"/api/certificates/{number}").body["state"] == "valid", "until two have decided"
    seed.add_member("STF-other-desk", "Other Desk", "other-desk@staff.test", ("reviewer",), DESKS)
    ApiStaff(stand.cloud, "other-desk@staff.test").awake().second(hearing)
    stand.cloud.settle()
    assert (row(candidate).status, row(candidate).void.ground) == ("void", "false_statement")
    if number:
        assert stand.call("GET", f"/api/certificates/{number}").body["state"] == "void"
        stand.wait(timedelta(minutes=15))
        candidate.call("POST", f"/api/candidate/applications/{candidate.reference}/appeal", {"text": "No."})
        again = row(candidate).open_cases[0].reference
        people.decide(candidate, "approve", again)
        ApiStaff(stand.cloud, "other-desk@staff.test").awake().second(again)
        stand.cloud.settle()
        assert stand.call("GET", f"/api/certificates/{number}").body["state"] == "valid", "the appeal was upheld"


def certified(application: Application) -> str:
    """A published certificate of the application; gives its number."""
    one = Certificate(
        number=str(certificate_number(2026, 1, bytes(8))),
        sequence=1,
        candidate=application.candidate,
        application=application.reference,
        native_name="陈样本",
        latin_name="CHEN YANGBEN",
        scheme=application.scheme,
        exam="constructor",
        occupation=application.occupation or "",
        level=application.level or "",
        issued_on=date(2026, 12, 31),
        state="published",
    )
    commit([certificates.insert(one)])
    return one.number
